//! The adapter against a real Synapse, with members played by other libraries.

mod bed;
mod contract;
mod doctor;
mod http;
mod member;
mod plain;
mod proxy;
mod sight;
mod synapse;
mod venv;
