//! The grammar, the promises of the port, what outlives a crash, and scripts as transcripts.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is to fail")]

mod contract;
mod durability;
mod grammar;
mod scripts;
mod support;
