//! A member's request to reverse a case: tier 1 hears a moderator, tier 2 the Executive.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::case::{Case, State};
use crate::charter::Periods;
use crate::finding::words;
use crate::ids::MemberId;
use crate::role::{Role, Roster};
use crate::time::Timestamp;

/// A member's request to reverse a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// When it was lodged.
    pub lodged_at: Timestamp,
    /// Where it stands.
    pub state: AppealState,
}

/// Where an appeal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AppealState {
    /// A moderator is to decide.
    Lodged,
    /// The post was put back.
    Accepted {
        /// Who decided.
        by: MemberId,
        /// When.
        at: Timestamp,
    },
    /// The moderator said no; the Executive is next.
    Dismissed {
        /// Who decided.
        by: MemberId,
        /// When.
        at: Timestamp,
    },
    /// The member asked the Executive.
    Executive {
        /// When.
        at: Timestamp,
    },
}

impl AppealState {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Lodged => "lodged",
            Self::Accepted { .. } => "accepted",
            Self::Dismissed { .. } => "dismissed",
            Self::Executive { .. } => "executive",
        }
    }

    /// Whether somebody is still to decide.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Lodged | Self::Executive { .. } => true,
            Self::Accepted { .. } | Self::Dismissed { .. } => false,
        }
    }
}

/// What a moderator decides about an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// The post goes back and no strike counts.
    Accept,
    /// The removal stands.
    Dismiss,
}

words!(Ruling { Accept = "accept", Dismiss = "dismiss" });

/// What lodging an appeal comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lodging {
    /// A moderator hears it.
    First,
    /// A moderator dismissed it before: it goes to the Executive.
    Executive,
}

/// Why an appeal cannot be lodged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAppeal {
    /// Nothing was removed, or it was put back.
    #[error("the post has not been removed, so there is nothing to appeal")]
    NothingRemoved,
    /// It waits for a decision.
    #[error("your appeal is with the moderators already; they will answer you here")]
    AlreadyLodged,
    /// It waits for the Executive.
    #[error("your appeal is with the Executive already; they will answer you")]
    AlreadyExecutive,
    /// The window has closed.
    #[error("the time to appeal ran out")]
    TooLate,
}

/// When the window to appeal a case closes: so many months after it was opened, and never before its strike is spent.
pub fn closes_at(case: &Case, periods: Periods, zone: Tz) -> Timestamp {
    let window = case.opened_at.window_end(periods.appeal_months, zone);
    let spent = case.post.written_at.window_end(periods.strike_months, zone);
    if case.counts { window.max(spent) } else { window }
}

/// Whether the author can appeal `case` now, after the `earlier` appeal if there was one, and who would hear it.
///
/// # Errors
/// When there is nothing to appeal, it is being heard, or the window has closed.
pub fn lodge(
    case: &Case,
    earlier: Option<&Appeal>,
    closes_at: Timestamp,
    now: Timestamp,
) -> Result<Lodging, CannotAppeal> {
    match case.state {
        State::Hidden { .. } | State::Removed => {}
        State::Watched { .. } | State::Flagged | State::Dismissed | State::Restored => {
            return Err(CannotAppeal::NothingRemoved);
        }
    }
    match earlier.map(|appeal| &appeal.state) {
        Some(AppealState::Lodged) => Err(CannotAppeal::AlreadyLodged),
        Some(AppealState::Executive { .. }) => Err(CannotAppeal::AlreadyExecutive),
        _ if now > closes_at => Err(CannotAppeal::TooLate),
        Some(AppealState::Dismissed { .. }) => Ok(Lodging::Executive),
        None | Some(AppealState::Accepted { .. }) => Ok(Lodging::First),
    }
}

/// Who may hear an appeal at tier 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hearing {
    /// Somebody who had no part in the decision.
    Fresh,
    /// The moderator who decided, because the group has no other; the member is told so.
    SameModerator,
}

/// Why this moderator may not hear this appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotHear {
    /// Nobody judges their own matter.
    #[error("it is your own post: another moderator decides")]
    OwnPost,
    /// Another moderator is there to do it.
    #[error("you took the decision under appeal: another moderator decides")]
    OwnDecision,
}

/// Whether `moderator` may hear an appeal against `case`, about whose post the `deciders` have decided before: not
/// their own post, and not a decision they had part in as long as there is a moderator who had none.
///
/// # Errors
/// When it is their own post, or somebody else can hear it.
pub fn hearing(
    case: &Case,
    deciders: &[MemberId],
    moderator: &MemberId,
    roster: &Roster,
) -> Result<Hearing, CannotHear> {
    if case.post.author == *moderator {
        return Err(CannotHear::OwnPost);
    }
    if !deciders.contains(moderator) {
        return Ok(Hearing::Fresh);
    }
    let someone_fresh =
        roster.holders(Role::Moderator).any(|other| *other != case.post.author && !deciders.contains(other));
    if someone_fresh { Err(CannotHear::OwnDecision) } else { Ok(Hearing::SameModerator) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case_in, every_state, member};

    const OPEN: Timestamp = Timestamp::EPOCH;

    #[test]
    fn only_what_was_removed_can_be_appealed() {
        for state in every_state() {
            let lodged = lodge(&case_in(state), None, OPEN, OPEN);
            let removed = matches!(state, State::Hidden { .. } | State::Removed);
            assert_eq!(lodged.is_ok(), removed, "{state:?}");
        }
    }

    #[test]
    fn the_second_appeal_goes_to_the_executive_and_there_is_no_third() {
        let by = member("mo");
        let at = OPEN;
        let rows = [
            (None, Ok(Lodging::First)),
            (Some(AppealState::Lodged), Err(CannotAppeal::AlreadyLodged)),
            (Some(AppealState::Dismissed { by, at }), Ok(Lodging::Executive)),
            (Some(AppealState::Executive { at }), Err(CannotAppeal::AlreadyExecutive)),
        ];
        for (earlier, want) in rows {
            let earlier = earlier.map(|state| Appeal { lodged_at: OPEN, state });
            assert_eq!(lodge(&case_in(State::Removed), earlier.as_ref(), OPEN, OPEN), want, "{earlier:?}");
        }
    }

    #[test]
    fn the_window_is_open_to_its_last_instant_and_while_the_strike_counts() {
        let zone = chrono_tz::Europe::London;
        let case = case_in(State::Removed);
        let closes = closes_at(&case, Periods::default(), zone);
        assert_eq!(closes, case.post.written_at.window_end(12, zone));
        let without_strike = Case { counts: false, ..case.clone() };
        assert_eq!(closes_at(&without_strike, Periods::default(), zone), case.opened_at.window_end(6, zone));
        assert_eq!(lodge(&case, None, closes, closes), Ok(Lodging::First));
        assert_eq!(lodge(&case, None, closes, closes.plus_seconds(1)), Err(CannotAppeal::TooLate));
    }

    #[test]
    fn nobody_judges_their_own_matter_while_somebody_else_can() {
        let roster = |names: &[&str]| {
            let mut roster = Roster::default();
            names.iter().for_each(|name| roster.appoint(member(name), Role::Moderator));
            roster
        };
        let rows = [
            ("the filter decided", &[][..], "mo", &["mo"][..], Ok(Hearing::Fresh)),
            ("another decided", &["nia"], "mo", &["mo", "nia"], Ok(Hearing::Fresh)),
            ("own decision, another is there", &["mo"], "mo", &["mo", "nia"], Err(CannotHear::OwnDecision)),
            (
                "hid it, another confirmed",
                &["mo", "nia"],
                "mo",
                &["mo", "nia", "sam"],
                Err(CannotHear::OwnDecision),
            ),
            ("everybody had part in it", &["mo", "nia"], "mo", &["mo", "nia"], Ok(Hearing::SameModerator)),
            ("own decision, nobody else", &["mo"], "mo", &["mo"], Ok(Hearing::SameModerator)),
            ("the only other is the author", &["mo"], "mo", &["mo", "alice"], Ok(Hearing::SameModerator)),
            ("own post", &[], "alice", &["mo", "alice"], Err(CannotHear::OwnPost)),
        ];
        for (name, deciders, hears, officers, want) in rows {
            let deciders: Vec<_> = deciders.iter().map(|name| member(name)).collect();
            let case = case_in(State::Removed);
            assert_eq!(hearing(&case, &deciders, &member(hears), &roster(officers)), want, "{name}");
        }
    }
}
