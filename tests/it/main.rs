//! Tests of the whole: the real binary, the configuration, and rules about the repository itself.

mod beadle;
mod cli;
mod config;
mod crash;
#[cfg(feature = "discord")]
mod discord;
mod doctor;
mod evaluate;
mod healthcheck;
mod keeping;
#[cfg(feature = "matrix")]
mod matrix;
mod packaging;
mod privacy;
#[cfg(any(feature = "matrix", feature = "discord"))]
mod program;
mod reload;
mod scenarios;
#[cfg(all(unix, feature = "discord"))]
mod secrets;
#[cfg(all(feature = "terminal", feature = "matrix", feature = "discord"))]
mod setup;
mod sheet;
#[cfg(all(unix, feature = "terminal"))]
mod sitting;
mod tidy;
#[cfg(all(unix, feature = "terminal"))]
mod typist;
mod watch;
mod wordlist;
