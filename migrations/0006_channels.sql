pragma user_version = 6;

-- Posts that could not be decrypted, until they can be. Nothing is held against whoever wrote them.
create table unreadable (
    unreadable_id integer primary key autoincrement,
    group_id integer not null,
    channel text not null check (length(channel) > 0),
    member_id integer not null,
    post text not null check (length(post) > 0),
    written_at_ms integer not null,
    -- When it came.
    at_ms integer not null,
    unique (group_id, post),
    foreign key (group_id, member_id) references member (group_id, member_id) on delete restrict
) strict;

create index unreadable_by_time on unreadable (group_id, at_ms);
create index unreadable_by_member on unreadable (group_id, member_id, channel);

-- Of whom officers know that their posts in a channel cannot be read: they are told once.
create table unreadable_sender (
    sender_id integer primary key autoincrement,
    group_id integer not null,
    channel text not null check (length(channel) > 0),
    member_id integer not null,
    told_at_ms integer not null,
    unique (group_id, channel, member_id),
    foreign key (group_id, member_id) references member (group_id, member_id) on delete restrict
) strict;

create index unreadable_sender_by_member on unreadable_sender (group_id, member_id);
create index unreadable_sender_by_time on unreadable_sender (group_id, told_at_ms);

-- The last number given to a change of what the bot cannot do.
alter table "group" add column limits_number integer not null default 0 check (limits_number >= 0);

-- What the bot cannot do in a channel because it may not, and what it could not do until it was given the permission.
create table channel_limit (
    limit_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    channel text not null check (length(channel) > 0),
    what text not null check (what in ('enter', 'remove', 'write', 'exclude', 'mute', 'invite', 'outranked')),
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

create unique index channel_limit_standing on channel_limit (group_id, channel, what, coalesce(member_id, 0))
where went is null;
create index channel_limit_by_member on channel_limit (member_id) where member_id is not null;
