pragma user_version = 13;

-- The number of the last look with which officers were told of something.
alter table "group" add column look_number integer not null default 0 check (look_number >= 0);

-- How everything stood that a group needs when it was looked at last, and what its officers know of that.
create table checkup (
    checkup_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    -- What was looked at, by its name in the program, and which of several: a channel, say; empty where there is one alone.
    what text not null check (length(what) > 0),
    subject text not null,
    standing text not null check (standing in ('right', 'attention', 'wrong')),
    since_ms integer not null,
    -- The worst of which officers were told since it was last right, and the look with which they were told last.
    known text not null check (known in ('right', 'attention', 'wrong')),
    look integer check (look > 0),
    -- What is so, and what they can do about it. Names nobody.
    said text not null check (length(said) > 0),
    remedy text check (length(remedy) > 0),
    unique (group_id, what, subject)
) strict;

create index checkup_by_look on checkup (group_id, look) where look is not null;
