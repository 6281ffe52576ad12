pragma user_version = 2;

-- A step of the ladder against a member, proposed or in force.
create table sanction (
    -- That of its file, which is one of this kind.
    sanction_id integer primary key,
    group_id integer not null,
    kind text not null generated always as ('sanction') virtual,
    member_id integer not null,
    -- Where it bites.
    platform text not null check (length(platform) > 0),
    -- What the ladder proposed, and what it is: the same, or less.
    proposed text not null check (proposed in ('warning', 'suspension', 'expulsion')),
    step text not null check (step in ('warning', 'suspension', 'expulsion')),
    -- Why it is the next step, as JSON.
    because text not null check (json_valid(because)),
    -- When the proposal took the form it has.
    formed_at_ms integer not null,
    state text not null check (state in (
        'hearing', 'signing', 'declined', 'withdrawn', 'unserved', 'live', 'ended', 'void'
    )),
    -- Until when the member may give their side, or by when officers are to sign.
    due_at_ms integer,
    signed_at_ms integer,
    since_ms integer,
    until_ms integer,
    unique (group_id, sanction_id),
    foreign key (group_id, sanction_id, kind) references file (group_id, file_id, kind) on delete restrict,
    foreign key (group_id, member_id) references member (group_id, member_id) on delete restrict,
    check ((state in ('hearing', 'signing')) = (due_at_ms is not null)),
    check ((state in ('unserved', 'live', 'ended')) = (signed_at_ms is not null)),
    check ((state in ('live', 'ended')) = (since_ms is not null)),
    check (state <> 'ended' or until_ms is not null),
    check (until_ms is null or since_ms is not null)
) strict;

-- One account, one proposal.
create unique index sanction_proposed on sanction (group_id, member_id) where state in ('hearing', 'signing');
create index sanction_by_member on sanction (group_id, member_id, sanction_id);
create index sanction_waiting on sanction (group_id, sanction_id) where state in ('hearing', 'signing', 'unserved');
create index sanction_in_force on sanction (group_id, sanction_id) where state = 'live' and step <> 'warning';

-- The cases a sanction rests on.
create table sanction_basis (
    sanction_id integer not null,
    case_id integer not null,
    group_id integer not null,
    primary key (sanction_id, case_id),
    foreign key (group_id, sanction_id) references sanction (group_id, sanction_id) on delete restrict,
    foreign key (group_id, case_id) references "case" (group_id, case_id) on delete restrict
) strict, without rowid;

create index sanction_basis_by_case on sanction_basis (case_id);

-- Who agreed to which step of a proposal, in the form it had then.
create table signature (
    sanction_id integer not null,
    formed_at_ms integer not null,
    officer_id integer not null,
    group_id integer not null,
    step text not null check (step in ('warning', 'suspension', 'expulsion')),
    at_ms integer not null,
    primary key (sanction_id, formed_at_ms, officer_id),
    foreign key (group_id, sanction_id) references sanction (group_id, sanction_id) on delete restrict,
    foreign key (group_id, officer_id) references member (group_id, member_id) on delete restrict
) strict, without rowid;

create index signature_by_officer on signature (officer_id);

-- Officers who said that they have a part in a matter.
create table conflict (
    file_id integer not null,
    officer_id integer not null,
    group_id integer not null,
    at_ms integer not null,
    primary key (file_id, officer_id),
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, officer_id) references member (group_id, member_id) on delete restrict
) strict, without rowid;

create index conflict_by_officer on conflict (officer_id);

-- Officers at whom a post was aimed.
create table case_target (
    case_id integer not null,
    officer_id integer not null,
    group_id integer not null,
    primary key (case_id, officer_id),
    foreign key (group_id, case_id) references "case" (group_id, case_id) on delete restrict,
    foreign key (group_id, officer_id) references member (group_id, member_id) on delete restrict
) strict, without rowid;

create index case_target_by_officer on case_target (officer_id);

-- That two accounts are one person's: said by two admins, or by both accounts.
create table link (
    link_id integer primary key autoincrement,
    group_id integer not null,
    one_id integer not null,
    other_id integer not null,
    said_by_id integer not null,
    said_at_ms integer not null,
    confirmed_by_id integer,
    confirmed_at_ms integer,
    ended_by_id integer,
    ended_at_ms integer,
    foreign key (group_id, one_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, other_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, said_by_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, confirmed_by_id) references member (group_id, member_id) on delete restrict,
    foreign key (group_id, ended_by_id) references member (group_id, member_id) on delete restrict,
    check (one_id < other_id),
    check (said_by_id <> confirmed_by_id),
    check ((confirmed_by_id is null) = (confirmed_at_ms is null)),
    check ((ended_by_id is null) = (ended_at_ms is null))
) strict;

create unique index link_of_accounts on link (group_id, one_id, other_id) where ended_at_ms is null;

-- That a member cannot post for some hours, while a matter is looked at. Never a strike.
create table mute (
    mute_id integer primary key autoincrement,
    group_id integer not null,
    -- The member's own file.
    file_id integer not null,
    by_id integer not null,
    at_ms integer not null,
    until_ms integer not null check (until_ms > at_ms),
    ended_at_ms integer,
    foreign key (group_id, file_id) references file (group_id, file_id) on delete restrict,
    foreign key (group_id, by_id) references member (group_id, member_id) on delete restrict
) strict;

create index mute_by_file on mute (file_id, mute_id);
create unique index mute_on on mute (file_id) where ended_at_ms is null;
