//! Tests of the whole: the real binary, the configuration, and rules about the repository itself.

mod cli;
mod config;
mod tidy;
