//! Beadle's command line: configuration, wiring and everything the tests need to start the real program.

pub mod cli;
pub mod clock;
pub mod config;
pub mod data_dir;
mod init;
pub mod lists;
mod secrets;
pub mod sheet;
pub mod sources;
pub mod telemetry;
mod text_file;
pub mod watch;
pub mod wordings;
