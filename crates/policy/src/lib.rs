//! Decides what a group's rules say about one post.
//!
//! This crate never reads a clock, opens a file, names a platform, draws a random number or logs a text.
//! Time comes in as an argument; what is to be done goes out as values.

pub mod appeal;
pub mod breaker;
pub mod canary;
pub mod cascade;
pub mod case;
pub mod charter;
pub mod checkup;
pub mod deadline;
pub mod decision;
pub mod dictionary;
pub mod event;
pub mod finding;
pub mod guard;
pub mod hindsight;
pub mod ids;
pub mod ladder;
pub mod limit;
pub mod matcher;
pub mod normalise;
pub mod notice;
pub mod outright;
pub mod person;
mod place;
pub mod post;
pub mod reception;
pub mod report;
pub mod retention;
pub mod role;
pub mod rule;
pub mod sanction;
pub mod strike;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
pub mod verdict;
pub mod wordlist;

pub use appeal::{Appeal, AppealState, Came, Contested, FinalRuling, Ruling};
pub use breaker::{Breaker, Taken};
pub use canary::{Canary, CanaryId};
pub use cascade::{Cascade, Drawn, Likeness};
pub use case::{Act, Actor, Case, DrawnBy, Grounds, PostRef, State};
pub use charter::{Charter, Duties, Mode, Periods, Procedure, Wording};
pub use deadline::{Deadline, DeadlineKind};
pub use decision::{Decision, decide};
pub use dictionary::Dictionary;
pub use event::Event;
pub use finding::{Category, Disguise, Finding, Grade, UnknownWord};
pub use guard::{Guard, GuardHit, Reach};
pub use ids::{ChannelId, GroupId, InvalidId, MemberId, PlatformId, PostId, Reference};
pub use ladder::{Because, Breach, Imposed, Ladder, Next, Proposal, Reduction, Step};
pub use limit::Limit;
pub use matcher::{Explanation, Hit, Matcher};
pub use notice::{Block, Language, Letter, Notice, NoticeKind, Occasion, Offer, Templates};
pub use outright::{Outright, Within};
pub use person::{Conflict, Parties, Persons};
pub use post::{Post, PostKind, Surface, SurfaceKind};
pub use reception::{Deafness, Known, Outage, Reception};
pub use report::{About, Complaint, Desk, Lane, Report, ReportClock, ReportState, Tier, Turn};
pub use retention::{Implausible, Kept, Reading, Retention, plausible};
pub use role::{Role, Roster};
pub use rule::{Edition, Rule, RuleRef, Rulebook};
pub use sanction::{Bench, CannotSign, Hand, Quorums, Sanction, SanctionState, Signature, Signed};
pub use strike::{Strike, Voided};
pub use text::MessageText;
pub use time::{Clock, Month, Timestamp};
pub use verdict::{Judgement, Measure, Policy, Preset, Selector, Verdict};
pub use wordlist::{Allow, AllowKind, Entry, Matching, Usage, Wordlist, WordlistProblem};
