pragma user_version = 14;

-- One more kind of deadline. Numbers that were given once are not given again.
create table deadline_before as select * from deadline;
create table number_before as select name, seq from sqlite_sequence where name = 'deadline';
drop table deadline;
create table deadline (
    deadline_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    kind text not null check (kind in (
        'review_due', 'review_overdue', 'appeal_reminder', 'appeal_due', 'appeal_progress', 'hearing_over',
        'signing_due', 'suspension_over', 'mute_review', 'mute_over', 'report_reminder', 'report_due', 'hold_review',
        'tombstone_review', 'digest_due', 'erasure_reminder', 'erasure_due', 'appeal_late', 'exclusion_again',
        'breaker_stands'
    )),
    due_at_ms integer not null,
    settled_at_ms integer,
    outcome text check (outcome in ('fired', 'moot')),
    unique (file_id, kind, due_at_ms),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    check ((settled_at_ms is null) = (outcome is null))
) strict;
insert into deadline (deadline_id, group_id, file_id, kind, due_at_ms, settled_at_ms, outcome)
select deadline_id, group_id, file_id, kind, due_at_ms, settled_at_ms, outcome from deadline_before order by deadline_id;
drop table deadline_before;
create index deadline_due on deadline (due_at_ms, deadline_id) where settled_at_ms is null;

delete from sqlite_sequence where name = 'deadline';
insert into sqlite_sequence (name, seq) select name, seq from number_before;
drop table number_before;

-- One more reason for which a group is not heard.
create table new_reception (
    group_id integer primary key references "group" on delete restrict,
    -- Until when it was surely heard.
    heard_at_ms integer not null,
    -- When officers were last told about an outage.
    told_at_ms integer,
    -- The outage that is not over.
    since_ms integer,
    -- Whether the program was not running for some of it.
    was_away integer check (was_away in (0, 1)),
    why text
        check (why in (
            'unreachable', 'unstable', 'exhausted', 'intents', 'token', 'version', 'refused', 'broken', 'silent'
        )),
    -- Until when it will last, where that is known.
    until_ms integer,
    -- Since when the group is heard again: it may be over.
    back_at_ms integer,
    -- What officers know of it.
    known text check (known in ('nothing', 'deaf', 'lasting')),
    check ((since_ms is null) = (was_away is null)),
    check ((since_ms is null) = (known is null)),
    check (since_ms is not null or (why is null and until_ms is null and back_at_ms is null))
) strict;

insert into new_reception select * from reception;
drop table reception;
alter table new_reception rename to reception;

-- When the filter took the post away by itself: what is counted to see whether that is far more than usual.
alter table "case" add column taken_at_ms integer;
-- What the filter would have done to the post, where it left that to people because the breaker had tripped.
alter table "case" add column spared text check (spared in ('hide', 'delete'));

update "case" set taken_at_ms = since_ms
where opened_by = 'bot' and decider_id is null and drawn_by is null and state in ('hidden', 'removed');

create index case_taken on "case" (group_id, taken_at_ms, author_id, written_at_ms) where taken_at_ms is not null;

create table breaker (
    -- A group in which the filter once took away too much.
    group_id integer primary key references "group" on delete restrict,
    -- Since when it takes nothing away by itself; nothing while it does.
    tripped_at_ms integer,
    -- When a person last said that it may: what went before is counted no more.
    reset_at_ms integer,
    check (tripped_at_ms is not null or reset_at_ms is not null)
) strict;
