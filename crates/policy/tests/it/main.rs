//! What the policy crate promises, through its public interface.

mod context;
mod dictionary;
mod exhaustive;
mod foreign;
mod guard;
mod ladder;
mod must_flag;
mod normalise;
mod outright;
mod properties;
mod samples;
mod shapes;
mod support;
mod tables;
mod wordlists;
mod work;
