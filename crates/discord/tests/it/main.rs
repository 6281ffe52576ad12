//! The adapter's wire against scripted servers, and the adapter as a whole against a Discord, on this machine.

mod bed;
mod contract;
mod ear;
mod gateway;
mod http;
mod privacy;
mod rest;
mod sight;
