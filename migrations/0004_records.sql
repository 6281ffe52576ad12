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
create index access_by_time on access (group_id, at_ms);
create index access_by_officer on access (officer_id);
