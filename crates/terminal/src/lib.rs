//! A group in your terminal: the platform that needs no account.

pub mod line;

pub use line::{Deed, GrammarError, LINE_LEN_MAX, Line};
