//! Beadle's command line: configuration, wiring and everything the tests need to start the real program.

pub mod config;
