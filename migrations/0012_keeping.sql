pragma user_version = 12;

-- The key of tags, sealed with the key in ledger.key, once that is another than the one tags were first made with: tags stay
-- the same, for nobody can make those of tombstones anew.
alter table vault add column tags blob check (tags is null or length(tags) = 72);

-- What is gone for good, in order: a copy of the ledger that is older has it still. Numbers are never given twice, and none is
-- left out.
create table gone (
    gone_id integer primary key autoincrement,
    at_ms integer not null,
    -- What, as JSON: numbers of files and tags, and nobody's account.
    what text not null check (json_valid(what))
) strict;

create index gone_by_time on gone (at_ms);

-- That the ledger was put back from a backup. Until a person says so, what it still had to do in the group is not done: it
-- may have been since.
create table put_back (
    put_back_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    -- Up to when it knows what happened, and from when on again.
    taken_at_ms integer not null,
    put_back_at_ms integer not null,
    -- When officers were told, and when one of them had it go on.
    told_at_ms integer,
    resumed_at_ms integer
) strict;

create unique index put_back_waiting on put_back (group_id) where resumed_at_ms is null;
