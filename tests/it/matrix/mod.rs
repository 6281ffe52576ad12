//! The whole program on Matrix: the real binary, a real Synapse, and members played by other libraries.

#[expect(dead_code, reason = "the adapter's own tests use the rest of it")]
mod bed;
mod burst;
mod group;
mod invites;
mod killed;
mod removal;
mod reports;
mod server;
mod sight;
mod start;
mod suspension;
mod unread;
mod upgrade;
