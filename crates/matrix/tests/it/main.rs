//! The adapter against a real Synapse, with members played by other libraries.

mod bed;
mod http;
mod member;
mod plain;
mod synapse;
mod venv;
