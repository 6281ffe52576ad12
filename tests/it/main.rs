//! Tests of the whole: the real binary, the configuration, and rules about the repository itself.

mod beadle;
mod cli;
mod config;
mod crash;
mod evaluate;
#[cfg(feature = "matrix")]
mod matrix;
mod privacy;
mod reload;
mod scenarios;
mod tidy;
