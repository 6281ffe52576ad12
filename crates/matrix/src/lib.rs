//! Matrix: closed, encrypted rooms as a platform.

mod commands;
mod letters;
mod links;
mod translate;
