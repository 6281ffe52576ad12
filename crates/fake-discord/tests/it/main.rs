//! The fake, asked by clients of the tests' own and by discord.py.

mod bed;
mod discord_py;
mod gateway;
mod http;
mod library;
mod messages;
mod permissions;
mod socket;
mod venv;
