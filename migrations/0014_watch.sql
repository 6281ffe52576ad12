pragma user_version = 14;

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
