pragma user_version = 1;

create table "group" (
    group_id integer primary key autoincrement,
    -- Its key in the configuration.
    key text not null unique check (length(key) > 0),
    -- The last numbers given. They live here so that a purge never frees one, and a rollback takes them back.
    file_number integer not null default 0 check (file_number >= 0),
    register_number integer not null default 0 check (register_number >= 0),
    -- Rises with each change of the group's settings.
    settings_version integer not null default 0 check (settings_version >= 0)
) strict;

-- The only table with ids of people. All others, and the logs, name them by our number.
-- Those who refer to it do so together with the group, so that no row can reach into another group.
create table member (
    member_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    -- The account as the platform names it.
    native_id text not null check (length(native_id) > 0),
    -- What they asked to be written to in; English when they did not say.
    language text check (language in ('en-GB', 'cy')),
    unique (group_id, native_id),
    unique (group_id, member_id)
) strict;

-- What is kept about one matter, whatever its kind: a case, a sanction or a report. Its history, notices, effects,
-- appeals and words belong to the file. What only one kind has stands in a table of its own, under the same id.
create table file (
    file_id integer primary key autoincrement,
    group_id integer not null references "group" on delete restrict,
    -- What people call it: B-0042. One sequence for all kinds, without gaps in its group but where a backup was put back.
    number integer not null check (number > 0),
    kind text not null check (kind in ('case', 'sanction', 'report', 'member', 'group')),
    opened_at_ms integer not null,
    unique (group_id, number),
    unique (group_id, file_id),
    unique (group_id, file_id, kind)
) strict;

create unique index file_of_group on file (group_id) where kind = 'group';

-- A file about one member: what concerns them and belongs to no other matter.
create table member_file (
    file_id integer primary key,
    group_id integer not null,
    kind text not null generated always as ('member') virtual,
    member_id integer not null unique,
    foreign key (group_id, file_id, kind) references file (group_id, file_id, kind) on delete restrict,
    foreign key (group_id, member_id) references member (group_id, member_id) on delete restrict
) strict;

-- A file about one post.
create table "case" (
    -- That of its file, which is one of this kind.
    case_id integer primary key,
    group_id integer not null,
    kind text not null generated always as ('case') virtual,
    channel text not null check (length(channel) > 0),
    post text not null check (length(post) > 0),
    post_kind text not null check (post_kind in ('message', 'nickname', 'title', 'topic', 'fixture')),
    -- The latest revision that was judged, and when it was written.
    revision integer not null check (revision >= 0),
    written_at_ms integer not null,
    author_id integer not null,
    opened_by text not null check (opened_by in ('bot', 'officer', 'member')),
    opener_id integer,
    -- The code of the rule it rests on, and which wording of it.
    rule text not null check (length(rule) > 0),
    rule_version integer not null check (rule_version > 0),
    -- What the worst word was like; the word itself is sealed.
    grade text check (grade in ('mild', 'medium', 'strong', 'strongest')),
    category text check (category in (
        'general', 'sexual', 'body_part', 'insult', 'race', 'religion', 'disability', 'orientation', 'gender',
        'sex', 'age'
    )),
    -- Whether a removal is a breach by the author.
    counts integer not null check (counts in (0, 1)),
    state text not null check (state in ('watched', 'flagged', 'dismissed', 'hidden', 'removed', 'restored')),
    -- Since when it stands there: what counts from a removal counts from here.
    since_ms integer not null,
    -- What would have become of a watched post.
    verdict text check (verdict in ('allow', 'flag', 'hide', 'delete')),
    -- When the look at a hidden post is due.
    review_due_at_ms integer,
    -- The officer who took the last decision on the post.
    decider_id integer,
    -- The number of the case whose post drew this one along, of whose words it carries so many per cent, and how many
    -- of them in a row. No reference: that case may be purged before this one.
    drawn_by integer check (drawn_by > 0),
    drawn_percent integer check (drawn_percent between 0 and 100),
    drawn_run integer check (drawn_run >= 0),
    -- One post, one case, however often the post arrives.
    unique (group_id, post),
    unique (group_id, case_id),
    foreign key (group_id, case_id, kind) references file (group_id, file_id, kind) on delete restrict,
    foreign key (group_id, author_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, opener_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, decider_id) references member (group_id, member_id) on delete restrict,
    check ((opened_by = 'officer') = (opener_id is not null)),
    check ((grade is null) = (category is null)),
    check ((state = 'watched') = (verdict is not null)),
    check ((state = 'hidden') = (review_due_at_ms is not null)),
    check ((drawn_by is null) = (drawn_percent is null) and (drawn_by is null) = (drawn_run is null))
) strict;

-- The ids of a group's files rise with their numbers.
create index case_by_author on "case" (group_id, author_id, case_id);
create index case_gone on "case" (group_id, since_ms) where state in ('hidden', 'removed') and drawn_by is null;
create index case_drawn on "case" (group_id, drawn_by) where drawn_by is not null;
create index case_awaiting_review on "case" (group_id, case_id) where state in ('flagged', 'hidden');

create table strike (
    -- One case, at most one strike.
    case_id integer primary key,
    group_id integer not null,
    -- When the post was written: windows count from conduct.
    conduct_at_ms integer not null,
    voided_at_ms integer,
    voided_by text check (voided_by in ('bot', 'officer', 'member')),
    voider_id integer,
    foreign key (group_id, case_id) references "case" (group_id, case_id) on delete restrict,
    foreign key (group_id, voider_id) references member (group_id, member_id) on delete restrict,
    check ((voided_at_ms is null) = (voided_by is null)),
    check (coalesce(voided_by = 'officer', 0) = (voider_id is not null))
) strict;

-- What happened in a file. Rows are added, never changed or taken away.
create table event (
    event_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    at_ms integer not null,
    actor text not null check (actor in ('bot', 'officer', 'member')),
    officer_id integer,
    -- The event as JSON, without anybody's words.
    event text not null check (json_valid(event)),
    unique (file_id, event_id),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, officer_id) references member (group_id, member_id) on delete restrict,
    check ((actor = 'officer') = (officer_id is not null))
) strict;

create index event_by_time on event (at_ms);

create table notice (
    notice_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    -- Nobody for a notice to who brought a report: that is known from the table reporter alone.
    to_id integer,
    kind text not null check (kind in (
        'removed', 'hidden', 'quoted', 'cascade_removed', 'confirmed', 'strike_voided', 'restored',
        'restored_along',
        'appeal_received', 'appeal_accepted', 'appeal_dismissed', 'executive_asked', 'appeal_escalated',
        'appeal_progress', 'appeal_beyond', 'appeal_allowed', 'appeal_varied', 'appeal_dismissed_final', 'side_invited',
        'warning_issued', 'suspended', 'expelled', 'sanction_declined', 'suspension_ended', 'interim_muted',
        'interim_ended', 'corrected', 'report_received', 'report_answered', 'report_escalated',
        'rules_welcome', 'erasure_answered', 'record_purged', 'accounts_linked', 'accounts_unlinked', 'readmitted'
    )),
    -- The notice as JSON, without anybody's words; its delivery is that of its effect.
    body text not null check (json_valid(body) and body ->> '$.kind.kind' = kind),
    written_at_ms integer not null,
    unique (file_id, notice_id),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, to_id) references member (group_id, member_id) on delete restrict,
    check ((kind in ('report_received', 'report_answered', 'report_escalated')) = (to_id is null))
) strict;

create index notice_by_member on notice (group_id, to_id, notice_id);
-- The group comes last in these: whoever looks for the rows of a file must not be led through all of its group.
create index notice_by_time on notice (written_at_ms, group_id);

-- What is to be done on a platform, recorded before it is done. A number is never given twice.
create table effect (
    effect_id integer primary key autoincrement,
    -- What platforms know it by, so that they do nothing twice. Drawn by chance: a ledger that was put back from a
    -- backup counts its rows anew, and must not take a new effect for one that the platform has seen.
    name integer not null unique default (random() & 9223372036854775807),
    group_id integer not null,
    file_id integer not null,
    kind text not null check (kind in (
        'remove', 'repost', 'notify', 'tell_officer', 'tell_officers', 'exclude', 'admit', 'mute', 'unmute',
        'announce', 'cascade'
    )),
    -- What goes first.
    lane integer not null generated always as (
        case
            when kind = 'remove' then 0
            when kind in ('exclude', 'mute') then 1
            when kind in ('repost', 'admit', 'unmute') then 2
            -- Somebody is put out as soon as this notice was tried.
            when kind = 'notify' and awaited = 1 then 3
            when kind = 'notify' then 4
            else 5
        end
    ) virtual,
    -- Whether somebody is put out as soon as this notice was tried.
    awaited integer not null default 0 check (awaited in (0, 1)),
    -- To whom it is done, if it is done to a member.
    member_id integer,
    notice_id integer unique,
    -- What the officers are told, as in the table event.
    event text check (json_valid(event)),
    -- Which of them is told, if it is one.
    officer_id integer,
    -- Where it is announced.
    channel text check (length(channel) > 0),
    -- How a notice goes: in private, in a place shared with the officers, or served by hand.
    way text not null default 'direct' check (way in ('direct', 'with_officers', 'by_hand')),
    -- In whose letter to the officers it goes along, while that may have been sent.
    leader_id integer,
    -- pending: nothing has happened. sending: being tried now. unknown: tried, and it may have happened.
    state text not null default 'pending' check (state in ('pending', 'sending', 'unknown', 'done', 'refused')),
    -- Whether an earlier try may have happened, even if a later one certainly did not.
    doubtful integer not null default 0 check (doubtful in (0, 1)),
    attempts integer not null default 0 check (attempts >= 0),
    queued_at_ms integer not null,
    -- Not to be tried before.
    due_at_ms integer not null,
    attempted_at_ms integer,
    settled_at_ms integer,
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    unique (group_id, effect_id),
    foreign key (file_id, notice_id) references notice (file_id, notice_id) on delete restrict,
    foreign key (group_id, leader_id) references effect (group_id, effect_id) on delete restrict,
    check ((kind = 'notify') = (notice_id is not null)),
    check (awaited = 0 or kind = 'notify'),
    check (leader_id is null or kind = 'tell_officers' and state in ('sending', 'unknown') and leader_id <> effect_id),
    foreign key (group_id, officer_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, member_id) references member (group_id, member_id) on delete restrict,
    check ((kind in ('exclude', 'admit', 'mute', 'unmute')) = (member_id is not null)),
    check ((kind in ('tell_officer', 'tell_officers')) = (event is not null)),
    check ((kind = 'tell_officer') = (officer_id is not null)),
    check ((kind = 'announce') = (channel is not null)),
    check (kind = 'notify' or way = 'direct'),
    check (way <> 'by_hand' or state = 'done'),
    check ((attempts = 0) = (attempted_at_ms is null)),
    check ((state in ('done', 'refused')) = (settled_at_ms is not null)),
    check (state <> 'unknown' or doubtful = 1),
    check (state <> 'pending' or doubtful = 0)
) strict;

create index effect_due on effect (lane, effect_id) where state in ('pending', 'unknown');

-- Effects whose turn it is. What is done comes before what is said about it, so that nobody is told of what has not
-- happened; but whoever is put out is told first, once, because afterwards they may be out of reach. Notices to one
-- member arrive in the order in which they were written.
create view effect_turn as
select e.effect_id, e.group_id, e.kind, e.lane, e.due_at_ms from effect e
where e.state in ('pending', 'unknown')
    -- It goes along with another.
    and e.leader_id is null
    and not exists (
        select 1 from effect earlier
        where earlier.file_id = e.file_id and earlier.effect_id < e.effect_id
            and earlier.kind in ('remove', 'repost', 'admit', 'mute', 'unmute')
            and earlier.state in ('pending', 'sending', 'unknown')
            -- That it has not happened is said at once.
            and coalesce(e.event ->> '$.event', '') not in ('effect_refused', 'notice_refused')
    )
    and not (e.kind = 'exclude' and exists (
        select 1 from effect told
        where told.file_id = e.file_id and told.effect_id < e.effect_id and told.kind = 'notify'
            and told.state in ('pending', 'sending') and told.attempts = 0
            -- One that waits for another is not waited for.
            and not exists (
                select 1 from notice n
                join notice earlier on earlier.group_id = n.group_id and earlier.to_id = n.to_id and earlier.notice_id < n.notice_id
                join effect sending on sending.notice_id = earlier.notice_id
                where n.notice_id = told.notice_id and sending.state in ('pending', 'sending', 'unknown')
            )
    ))
    and not exists (
        select 1 from notice n
        join notice earlier on earlier.group_id = n.group_id and earlier.to_id = n.to_id and earlier.notice_id < n.notice_id
        join effect sending on sending.notice_id = earlier.notice_id
        where n.notice_id = e.notice_id and sending.state in ('pending', 'sending', 'unknown')
    )
    -- Of those to a reporter it is known only that the ones about one report go to one member.
    and not exists (
        select 1 from notice n
        join notice earlier on earlier.file_id = n.file_id and earlier.notice_id < n.notice_id
        join effect sending on sending.notice_id = earlier.notice_id
        where n.notice_id = e.notice_id and n.to_id is null and earlier.to_id is null
            and sending.state in ('pending', 'sending', 'unknown')
    );

-- What is not done yet is little, however much was done.
create index effect_open on effect (group_id, effect_id) where state <> 'done';
create index effect_by_member on effect (member_id) where member_id is not null;
create index effect_refused on effect (group_id, effect_id) where state = 'refused';
create index effect_by_file on effect (file_id);
create index effect_along on effect (leader_id) where leader_id is not null;

-- The Secretary's numbered list of every notice and decision. Rows are added, never changed or taken away; of a file
-- that was purged, number and date are left. Numbers have no gaps but where a backup was put back: lines that were lost keep
-- theirs.
create table register (
    group_id integer not null references "group" on delete restrict,
    -- Without gaps in its group but where a backup was put back.
    number integer not null check (number > 0),
    -- None once what it records was purged.
    file_id integer,
    at_ms integer not null,
    notice_id integer unique,
    event_id integer unique,
    primary key (group_id, number),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (file_id, notice_id) references notice (file_id, notice_id) on delete restrict,
    foreign key (file_id, event_id) references event (file_id, event_id) on delete restrict,
    check (file_id is null or (notice_id is null) <> (event_id is null)),
    check (file_id is not null or (notice_id is null and event_id is null))
) strict;

create index register_by_file on register (file_id);

create table appeal (
    appeal_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    lodged_at_ms integer not null,
    state text not null check (state in (
        'lodged', 'accepted', 'dismissed', 'executive', 'settled', 'withdrawn', 'external'
    )),
    -- By when a moderator is to decide.
    due_at_ms integer,
    -- Since when it stands so, if no longer as lodged.
    state_at_ms integer,
    decider_id integer,
    -- How it came before the Executive.
    came text check (came in ('asked', 'overdue', 'directly', 'late')),
    -- What the Executive decided, as JSON, and where it is minuted.
    ruling text check (json_valid(ruling)),
    minute text,
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, decider_id) references member (group_id, member_id) on delete restrict,
    check ((state = 'lodged') = (state_at_ms is null)),
    check ((state = 'lodged') = (due_at_ms is not null)),
    check ((state in ('accepted', 'dismissed', 'settled')) = (decider_id is not null)),
    check ((state = 'executive') = (came is not null)),
    check ((state = 'settled') = (ruling is not null)),
    check ((ruling is null) = (minute is null))
) strict;

-- One file, at most one appeal that waits for a decision.
create unique index appeal_open on appeal (file_id) where state in ('lodged', 'executive');
create index appeal_waiting on appeal (group_id, appeal_id) where state in ('lodged', 'executive');
create index appeal_by_time on appeal (lodged_at_ms, group_id);
create index appeal_by_file on appeal (file_id, appeal_id);

-- What is to happen at a given time. Each fires once, or is moot because the file moved on.
create table deadline (
    deadline_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    kind text not null check (kind in (
        'review_due', 'review_overdue', 'appeal_reminder', 'appeal_due', 'appeal_progress', 'hearing_over',
        'signing_due', 'suspension_over', 'mute_review', 'mute_over', 'report_reminder', 'report_due', 'hold_review',
        'tombstone_review', 'digest_due', 'erasure_reminder', 'erasure_due', 'appeal_late'
    )),
    due_at_ms integer not null,
    settled_at_ms integer,
    outcome text check (outcome in ('fired', 'moot')),
    unique (file_id, kind, due_at_ms),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    check ((settled_at_ms is null) = (outcome is null))
) strict;

create index deadline_due on deadline (due_at_ms, deadline_id) where settled_at_ms is null;

-- The key of a file's texts, itself sealed with the key in ledger.key. Without its row they are gone for good.
create table file_key (
    file_id integer primary key,
    group_id integer not null,
    -- Nonce (24 bytes), key (32), tag (16).
    wrapped blob not null check (length(wrapped) = 72),
    unique (group_id, file_id),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict
) strict;

-- People's words, under the key of their file.
create table sealed (
    sealed_id integer primary key autoincrement,
    group_id integer not null,
    file_id integer not null,
    -- snapshot: the post and what was found. reason: an officer's. appeal: the member's. notice: its reason.
    -- side: the member's, about a proposed sanction. report: the reporter's. service: how a notice was served by hand.
    -- hold: why the file is held. request: what a member asks about it. correction: an officer's, shown beside the rest.
    kind text not null check (kind in (
        'snapshot', 'reason', 'appeal', 'notice', 'side', 'report', 'service', 'hold', 'request', 'correction'
    )),
    notice_id integer unique,
    at_ms integer not null,
    -- Nonce (24 bytes), text, tag (16).
    sealed blob not null check (length(sealed) >= 40),
    foreign key (group_id, file_id) references file_key (group_id, file_id) on delete restrict,
    foreign key (file_id, notice_id) references notice (file_id, notice_id) on delete restrict,
    check ((kind = 'notice') = (notice_id is not null))
) strict;

create unique index sealed_snapshot on sealed (file_id) where kind = 'snapshot';
create index sealed_by_file on sealed (file_id, kind, sealed_id);

-- Tells the right key file from a wrong one.
create table vault (
    vault_id integer primary key check (vault_id = 1),
    check_value blob not null
) strict;

-- Each change of mode or policy; the newest counts.
create table setting (
    setting_id integer primary key autoincrement,
    group_id integer not null,
    at_ms integer not null,
    by_id integer not null,
    mode text check (mode in ('live', 'shadow')),
    -- The whole policy as JSON.
    policy text check (json_valid(policy)),
    foreign key (group_id, by_id) references member (group_id, member_id) on delete restrict,
    check ((mode is null) <> (policy is null))
) strict;

create index setting_by_group on setting (group_id, setting_id);

-- Terms the group's officers added. One that was taken off again is ended, not deleted.
create table added_word (
    word_id integer primary key autoincrement,
    group_id integer not null,
    term text not null check (length(term) > 0),
    grade text not null check (grade in ('mild', 'medium', 'strong', 'strongest')),
    category text not null check (category in (
        'general', 'sexual', 'body_part', 'insult', 'race', 'religion', 'disability', 'orientation', 'gender',
        'sex', 'age'
    )),
    matching text not null check (matching in ('word', 'stem', 'anywhere')),
    added_by_id integer not null,
    added_at_ms integer not null,
    ended_by_id integer,
    ended_at_ms integer,
    foreign key (group_id, added_by_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, ended_by_id) references member (group_id, member_id) on delete restrict,
    check ((ended_by_id is null) = (ended_at_ms is null))
) strict;

create unique index added_word_in_force on added_word (group_id, term) where ended_at_ms is null;

-- Shipped terms that the group does not want.
create table excepted_word (
    group_id integer not null,
    term text not null check (length(term) > 0),
    by_id integer not null,
    at_ms integer not null,
    primary key (group_id, term),
    foreign key (group_id, by_id) references member (group_id, member_id) on delete restrict
) strict;

-- How far each channel has been read, in the platform's own words.
create table position (
    group_id integer not null references "group" on delete restrict,
    channel text not null check (length(channel) > 0),
    position text not null,
    primary key (group_id, channel)
) strict;

create trigger event_is_never_changed before update on event
begin select raise(abort, 'event is append-only'); end;
create trigger event_is_never_deleted before delete on event
begin select raise(abort, 'event is append-only'); end;
create trigger register_is_never_changed before update on register
begin select raise(abort, 'register is append-only'); end;
create trigger register_is_never_deleted before delete on register
begin select raise(abort, 'register is append-only'); end;
