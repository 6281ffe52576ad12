//! The adapter's wire against scripted servers on this machine.

mod gateway;
mod http;
mod privacy;
mod rest;
