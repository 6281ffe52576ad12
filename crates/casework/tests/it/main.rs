//! The casework over a real ledger file and the fake platform.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its line")]

mod appeals;
mod authorisation;
mod board;
mod breaker;
mod canary;
mod channels;
mod checkup;
mod clock;
mod compare;
mod delivery;
mod follow;
mod harness;
mod in_vain;
mod lasting;
mod matters;
mod members;
mod memos;
mod moderation;
mod months;
mod offers;
mod preview;
mod procedure;
mod put_back;
mod reception;
mod records;
mod reports;
mod rights;
mod sanctions;
mod simulation;
mod stopping;
mod suggest;
mod table;
mod turns;
mod walls;
mod watched;
mod wordlists;
mod words;
