//! Matrix: closed, encrypted rooms as a platform.

mod translate;
