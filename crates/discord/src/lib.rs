//! Discord as a platform: servers as groups, channels and threads, members' messages and names.

#![allow(dead_code, reason = "what it is built up to comes in the commits that follow")]

mod asked;
mod buttons;
mod commands;
mod digest;
pub mod error;
mod forms;
pub mod gateway;
mod ids;
mod json;
mod letters;
mod limits;
mod markdown_out;
pub mod pace;
pub mod rest;
mod translate;
