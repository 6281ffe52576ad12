pragma user_version = 9;

-- More that can stand in a bot's way: it is let into a channel and not shown what is written there; it can remove posts, but
-- no names and titles; it does not see what humans do past it.
create table new_channel_limit (
    limit_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    channel text not null check (length(channel) > 0),
    what text not null
        check (what in
            ('enter', 'read', 'remove', 'rename', 'write', 'exclude', 'mute', 'invite', 'watch', 'outranked')),
    -- Whom it can neither put out nor mute.
    member_id integer,
    -- The change with which it came and, unless it stands, the one with which it went.
    came integer not null check (came > 0),
    went integer check (went > came),
    went_at_ms integer,
    foreign key (group_id, member_id) references member (group_id, member_id) on delete restrict,
    check ((what = 'outranked') = (member_id is not null)),
    check ((went is null) = (went_at_ms is null))
) strict;

insert into new_channel_limit select * from channel_limit;
drop table channel_limit;
alter table new_channel_limit rename to channel_limit;

create unique index channel_limit_standing on channel_limit (group_id, channel, what, coalesce(member_id, 0))
where went is null;
create index channel_limit_by_member on channel_limit (member_id) where member_id is not null;
