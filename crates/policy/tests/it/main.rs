//! What the policy crate promises, through its public interface.

mod context;
mod disguises;
mod exhaustive;
mod guard;
mod properties;
mod samples;
mod support;
mod tables;
mod wordlists;
mod work;
