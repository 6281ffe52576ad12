pragma user_version = 3;

-- A file about what a member brought to the officers' notice. Who that was stands in the table reporter.
create table report (
    file_id integer primary key,
    group_id integer not null,
    kind text not null generated always as ('report') virtual,
    complaint text not null check (complaint in (
        'abuse', 'harassment', 'discrimination', 'inaccurate', 'inappropriate', 'spam', 'suspicious', 'privacy',
        'safeguarding', 'legal', 'data-protection', 'moderation'
    )),
    -- What it points at.
    about text not null check (about in ('post', 'member', 'moderation')),
    post text check (length(post) > 0),
    -- Who wrote the post, or whom it is about.
    subject_id integer,
    -- The file that is complained of, if one was named.
    about_file_id integer,
    state text not null check (state in ('open', 'answered', 'external')),
    -- Whose turn it is, or who answered.
    tier text check (tier in ('admins', 'secretary', 'executive')),
    -- By when it is to be answered.
    due_at_ms integer,
    outcome text check (outcome in ('acted', 'no-breach', 'advice', 'mediated', 'referred')),
    -- Since when it is not open any more.
    state_at_ms integer,
    unique (group_id, file_id),
    foreign key (group_id, file_id, kind) references file (group_id, file_id, kind) on delete restrict,
    foreign key (group_id, subject_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, about_file_id) references file (group_id, file_id) on delete restrict,
    check ((about = 'post') = (post is not null)),
    check ((about in ('post', 'member')) = (subject_id is not null)),
    check (about = 'moderation' or about_file_id is null),
    check ((state = 'external') = (tier is null)),
    check ((state = 'open') = (due_at_ms is not null)),
    check ((state = 'answered') = (outcome is not null)),
    check ((state = 'open') = (state_at_ms is null))
) strict;

create index report_open on report (group_id, file_id) where state = 'open';
create index report_by_named_file on report (about_file_id) where about_file_id is not null;
create index report_by_subject on report (group_id, subject_id, file_id);

-- Who brought a report: apart from it, and nowhere in plain. Whoever reads all other tables does not learn it.
create table reporter (
    file_id integer primary key,
    group_id integer not null,
    -- By which members find their own reports: a keyed hash of group and account, with a key made from ledger.key.
    tag blob not null check (length(tag) = 32),
    -- The key of the next column, itself sealed with the key in ledger.key: nonce (24 bytes), key (32), tag (16).
    wrapped blob not null check (length(wrapped) = 72),
    -- The account, filled up so that its length says nothing: nonce (24 bytes), account (256), tag (16).
    sealed blob not null check (length(sealed) = 296),
    foreign key (group_id, file_id) references report (group_id, file_id) on delete restrict
) strict;

create index reporter_by_tag on reporter (tag, file_id);
