pragma user_version = 4;

-- Who opened what is kept about a matter, and when. Nothing of a file is shown to an officer without its row.
create table access (
    access_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    officer_id integer not null,
    -- The office under which they did.
    role text not null check (role in ('moderator', 'admin', 'secretary', 'executive')),
    -- exported: a copy left the ledger.
    way text not null check (way in ('opened', 'exported')),
    at_ms integer not null,
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, officer_id) references member (group_id, member_id) on delete restrict
) strict;

create index access_by_file on access (file_id, officer_id, at_ms);
create index access_by_time on access (at_ms, group_id);
create index access_by_officer on access (officer_id);

-- Files that are neither purged nor erased, whatever their time. Why stands among the sealed words.
create table hold (
    hold_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    -- The officer who answers for it.
    owner_id integer not null,
    held_at_ms integer not null,
    -- When it is to be looked at again.
    review_at_ms integer not null,
    released_at_ms integer,
    releaser_id integer,
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, owner_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, releaser_id) references member (group_id, member_id) on delete restrict,
    check ((released_at_ms is null) = (releaser_id is null))
) strict;

create unique index hold_in_force on hold (file_id) where released_at_ms is null;
create index hold_by_file on hold (file_id);
create index hold_of_group on hold (group_id) where released_at_ms is null;

-- What the Secretary was told will go.
create table purge_list (
    file_id integer primary key,
    group_id integer not null,
    listed_at_ms integer not null,
    -- Not before.
    due_at_ms integer not null,
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict
) strict;

create index purge_list_by_group on purge_list (group_id, listed_at_ms);

-- When the files of a group were last looked through for what has had its time.
create table retention_look (
    group_id integer primary key references "group" on delete restrict,
    at_ms integer not null
) strict;

-- Each purge, with how much went: all that is left of it. While one is under way, which is within one transaction,
-- rows of the append-only tables can be taken away.
create table purge (
    purge_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    started_at_ms integer not null,
    finished_at_ms integer,
    cases integer not null default 0 check (cases >= 0),
    sanctions integer not null default 0 check (sanctions >= 0),
    reports integer not null default 0 check (reports >= 0),
    strikes integer not null default 0 check (strikes >= 0),
    appeals integer not null default 0 check (appeals >= 0),
    notices integer not null default 0 check (notices >= 0),
    accesses integer not null default 0 check (accesses >= 0)
) strict;

create unique index purge_under_way on purge (finished_at_ms is null) where finished_at_ms is null;

-- Expulsions whose file was purged: no name, no reason, nothing but a hash of the account under the key in ledger.key.
create table tombstone (
    tombstone_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    platform text not null,
    tag blob not null check (length(tag) = 32),
    -- Since when the account is shut out.
    since_ms integer not null,
    -- When the Executive is to reaffirm or lift it.
    review_at_ms integer not null,
    unique (group_id, tag)
) strict;

create index tombstone_by_review on tombstone (group_id, review_at_ms);

-- Times at which the clock was not believed.
create table clock_doubt (
    doubt_id integer primary key autoincrement,
    -- behind: before the last entry. jumped: set while we were running.
    why text not null check (why in ('behind', 'jumped')),
    -- What the clock showed, and what it should have shown at that moment.
    shown_at_ms integer not null,
    expected_at_ms integer not null,
    -- The last entries dated by a believed clock. Of a clock that was set forward and came back, those that follow,
    -- to the last ones named, are dated too late and say nothing about the time.
    event_id integer not null,
    notice_id integer not null,
    last_event_id integer,
    last_notice_id integer,
    outcome text check (outcome in ('returned', 'confirmed')),
    check ((outcome is null) = (last_event_id is null)),
    check ((outcome is null) = (last_notice_id is null))
) strict;

create unique index clock_doubt_open on clock_doubt (outcome is null) where outcome is null;

-- The last dated communication of a file: a notice, an appeal, words that somebody gave. None but its opening: null.
alter table file add column communicated_at_ms integer;
-- Whether nothing came of it, so that it is kept for a shorter time: a report that led to nothing.
alter table file add column idle integer not null default 0 check (idle in (0, 1));

update file set communicated_at_ms = (
    select max(at_ms) from (
        select n.written_at_ms as at_ms from notice n where n.file_id = file.file_id
        union all
        select coalesce(a.state_at_ms, a.lodged_at_ms) from appeal a where a.file_id = file.file_id
        union all
        select s.at_ms from sealed s where s.file_id = file.file_id
    )
);

create index file_by_communication on file (group_id, coalesce(communicated_at_ms, opened_at_ms));

create trigger notice_is_a_communication after insert on notice
begin
    update file set communicated_at_ms = max(coalesce(communicated_at_ms, new.written_at_ms), new.written_at_ms)
    where file_id = new.file_id;
end;
create trigger appeal_is_a_communication after insert on appeal
begin
    update file set communicated_at_ms = max(coalesce(communicated_at_ms, new.lodged_at_ms), new.lodged_at_ms)
    where file_id = new.file_id;
end;
create trigger appeal_moving_on_is_a_communication after update of state_at_ms on appeal when new.state_at_ms is not null
begin
    update file set communicated_at_ms = max(coalesce(communicated_at_ms, new.state_at_ms), new.state_at_ms)
    where file_id = new.file_id;
end;
-- Whoever says something about a file communicates; why it is held is said to nobody.
create trigger words_are_a_communication after insert on sealed when new.kind <> 'hold'
begin
    update file set communicated_at_ms = max(coalesce(communicated_at_ms, new.at_ms), new.at_ms)
    where file_id = new.file_id;
end;

create index case_by_opener on "case" (opener_id) where opener_id is not null;
create index case_by_decider on "case" (decider_id) where decider_id is not null;
create index strike_by_voider on strike (voider_id) where voider_id is not null;
create index event_by_officer on event (officer_id) where officer_id is not null;
create index effect_by_officer on effect (officer_id) where officer_id is not null;
create index appeal_by_decider on appeal (decider_id) where decider_id is not null;

drop trigger event_is_never_deleted;
create trigger event_is_never_deleted before delete on event
when not exists (select * from purge where finished_at_ms is null)
begin select raise(abort, 'event is append-only'); end;

drop trigger register_is_never_changed;
create trigger register_is_never_changed before update on register
when not exists (select * from purge where finished_at_ms is null)
    or new.group_id <> old.group_id or new.number <> old.number or new.at_ms <> old.at_ms
    or new.file_id is not null or new.notice_id is not null or new.event_id is not null
begin select raise(abort, 'register is append-only'); end;
