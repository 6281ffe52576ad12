//! The ledger on real files: what it refuses, what it keeps, and what it forgets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod breaker;
mod clock;
mod deadlines;
mod erasure;
mod files;
mod glance;
mod members;
mod memos;
mod opening;
mod outbox;
mod own_words;
mod plans;
mod purge;
mod record;
mod reports;
mod schema;
mod support;
mod tally;
