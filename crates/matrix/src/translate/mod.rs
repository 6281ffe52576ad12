//! Events of a room as posts: pure, without a client.

mod html;
