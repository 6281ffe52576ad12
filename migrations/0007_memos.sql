pragma user_version = 7;

-- What adapters have to know after a restart, beside what is on record. It may name people, so neither the name of a memo nor
-- what it says stands here to be read; no words of members are in it.
create table memo (
    memo_id integer primary key autoincrement,
    -- Made of the account and the name with the key of the ledger.
    tag blob not null unique check (length(tag) = 32),
    sealed blob not null,
    -- When it has had its time.
    until_ms integer not null
) strict;

create index memo_by_end on memo (until_ms);
