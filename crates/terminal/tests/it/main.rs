//! The grammar.

mod grammar;
