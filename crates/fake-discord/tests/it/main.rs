//! The fake, asked by clients of the tests' own and by discord.py.

mod bed;
mod discord_py;
mod gateway;
mod http;
mod interactions;
mod library;
mod members;
mod messages;
mod permissions;
mod socket;
mod threads;
mod troubles;
mod venv;
