//! A group in your terminal: the platform that needs no account.
//!
//! [`Terminal`] is a simulated platform kept in one file: members, channels, posts, private messages and an officers'
//! room. The bot acts on it through [`platform::Outbound`] as on any other. [`run`] lets a person or a script speak
//! as anybody in the group, hands what they say to a [`platform::Intake`], and shows what came of it.
//!
//! [`ask`] puts one question to a person, beside any group.
//!
//! It knows neither the ledger nor the rules, and decides nothing.

pub mod ask;
pub mod clock;
mod complete;
mod group;
mod handle;
mod layout;
pub mod line;
mod outbound;
pub mod seed;
mod session;
mod source;
mod store;
mod translate;
mod view;

pub use clock::ScriptClock;
pub use group::{EFFECTS_KEPT_MAX, POSTS_KEPT_MAX, UNSEEN_KEPT_MAX};
pub use handle::{ActError, Acted, LineError, NAME_LEN_MAX, Terminal};
pub use layout::LINES_SHOWN_MAX;
pub use line::{Deed, GrammarError, LINE_LEN_MAX, Line};
pub use seed::{Seed, SeedError, SeedMember};
pub use session::{EARLIER_SHOWN_MAX, Exit, Session, TerminalError, run, run_until};
pub use source::HISTORY_LEN_MAX;
pub use store::{OpenError, StoreError};
