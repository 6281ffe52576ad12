//! Decides what a group's rules say about one post.
//!
//! This crate never reads a clock, opens a file, names a platform, draws a random number or logs a text.
//! Time comes in as an argument; what is to be done goes out as values.

pub mod finding;
pub mod ids;
pub mod matcher;
pub mod normalise;
pub mod post;
pub mod text;
pub mod time;
pub mod wordlist;

pub use finding::{Category, Disguise, Finding, Grade};
pub use ids::{CaseRef, ChannelId, GroupId, MemberId, PostId};
pub use matcher::{Explanation, Hit, Matcher};
pub use post::{Post, PostKind, Surface, SurfaceKind};
pub use text::MessageText;
pub use time::{Clock, Timestamp};
pub use wordlist::{Allow, AllowKind, Entry, Matching, Wordlist, WordlistProblem};
