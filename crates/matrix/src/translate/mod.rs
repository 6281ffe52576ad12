//! Events of a room as posts: pure, without a client.

pub(crate) mod event;

mod html;
mod json;
