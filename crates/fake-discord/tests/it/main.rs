//! The fake, asked by clients of the tests' own and by discord.py.

mod bed;
mod gateway;
mod http;
mod socket;
