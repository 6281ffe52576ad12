//! The whole program on Discord: the real binary, a Discord on loopback, and members who act on it; and everything in one
//! process, where a story may take years.

mod group;
mod house;
mod offices;
mod removal;
#[cfg(feature = "terminal")]
mod stage;
mod start;
mod stories;
mod walls;
