//! Matrix: closed, encrypted rooms as a platform.

mod links;
mod translate;
