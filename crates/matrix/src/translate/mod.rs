//! Events of a room as posts: pure, without a client.

pub(crate) mod event;
pub(crate) mod post;
pub(crate) mod surfaces;

mod html;
mod json;
#[cfg(test)]
mod recorded;
