//! Matrix: closed, encrypted rooms as a platform.

mod letters;
mod links;
mod translate;
