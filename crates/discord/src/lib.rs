//! Discord as a platform: servers as groups, channels and threads, members' messages and names.

#![allow(dead_code, reason = "what it is built up to comes in the commits that follow")]

mod asked;
mod buttons;
mod commands;
mod digest;
mod forms;
mod ids;
mod json;
mod letters;
mod markdown_out;
mod translate;
