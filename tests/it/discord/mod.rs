//! The whole program on Discord: the real binary, a Discord on loopback, and members who act on it.

mod group;
mod removal;
