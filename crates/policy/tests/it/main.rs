//! What the policy crate promises, through its public interface.

mod samples;
mod support;
