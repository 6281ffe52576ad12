//! A group in your terminal: the platform that needs no account.

mod group;
mod handle;
mod layout;
pub mod line;
mod outbound;
pub mod seed;
mod store;
mod translate;
mod view;

pub use group::{EFFECTS_KEPT_MAX, POSTS_KEPT_MAX, UNSEEN_KEPT_MAX};
pub use handle::{ActError, Acted, LineError, NAME_LEN_MAX, Terminal};
pub use layout::LINES_SHOWN_MAX;
pub use line::{Deed, GrammarError, LINE_LEN_MAX, Line};
pub use seed::{Seed, SeedError, SeedMember};
pub use store::{OpenError, StoreError};
