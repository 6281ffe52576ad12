//! What people have the bot do, from the press to the line and back.

mod doors;
mod forms;
mod lines;
pub(crate) mod quiet;
mod suggestions;
