//! One post acted on, and the states it can be in.
//!
//! A transition is a function from a state and an act to an [`Outcome`]; nothing here does what the outcome says.
//! *Reversed* is never an edit of what was: the strike stays in the record as voided.

use serde::{Deserialize, Serialize};

use crate::cascade::Likeness;
use crate::finding::{Category, Grade, words};
use crate::ids::{ChannelId, MemberId, PostId, Reference};
use crate::notice::Occasion;
use crate::post::PostKind;
use crate::rule::RuleRef;
use crate::strike::Strike;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// The post a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRef {
    /// Where it stood.
    pub channel: ChannelId,
    /// Names it on its platform.
    pub id: PostId,
    /// What sort of thing it is.
    pub kind: PostKind,
    /// The latest revision that was judged.
    pub revision: u32,
    /// Who wrote it.
    pub author: MemberId,
    /// When that revision was written.
    pub written_at: Timestamp,
}

/// Who opened a file, or took a step in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The bot by itself: its word filter, or a period that ran out.
    Bot,
    /// An officer.
    Officer(MemberId),
    /// The member whose file it is, or who brought it. Without an id, so that the history names no reporter.
    Member,
}

/// What the worst word was like; the word itself is kept under the case key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grounds {
    /// How strong.
    pub grade: Grade,
    /// About what.
    pub category: Category,
}

/// One post acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What people call it.
    pub reference: Reference,
    /// The post it is about.
    pub post: PostRef,
    /// Whether the filter or an officer opened it.
    pub opened_by: Actor,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The rule it rests on.
    pub rule: RuleRef,
    /// What the filter found; none when an officer acted on what no list has.
    pub grounds: Option<Grounds>,
    /// Whether a removal of this post is a breach by its author.
    pub counts: bool,
    /// Where it stands.
    pub state: State,
    /// Since when it stands there; the time to appeal a removal counts from here.
    pub since: Timestamp,
    /// The strike that came of it.
    pub strike: Option<Strike>,
    /// The officer who took the last decision on the post, if one did.
    pub decided_by: Option<MemberId>,
    /// The removed post that drew this one along, if it came by a cascade.
    pub drawn: Option<DrawnBy>,
    /// What the filter would have done to the post, if it left that to people because the breaker had tripped.
    pub spared: Option<Verdict>,
}

/// The removed post that drew another one along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DrawnBy {
    /// The case of the removed post.
    pub source: Reference,
    /// How much of its words the other one carries.
    pub likeness: Likeness,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Seen in shadow mode: nothing was done, and no strike ever comes of it.
    Watched {
        /// What would have become of the post.
        verdict: Verdict,
    },
    /// The post stands; a moderator is to look at it.
    Flagged,
    /// A moderator looked and left the post where it is.
    Dismissed,
    /// The post is gone until a moderator has looked.
    Hidden {
        /// When the look is due.
        review_due: Timestamp,
    },
    /// The post is gone.
    Removed,
    /// The post was put back as a quotation.
    Restored,
}

/// What can be done to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Remove the post.
    Remove,
    /// Remove the post until somebody has looked.
    Hide,
    /// The hidden post stays away, and counts.
    Confirm,
    /// The post was no breach: put it back.
    Restore,
    /// No strike is to come of it; a flagged post is left where it is.
    Void,
}

words!(Act {
    Remove = "remove",
    Hide = "hide",
    Confirm = "confirm",
    Restore = "restore",
    Void = "void",
});

/// What becomes of the strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StrikeChange {
    /// Nothing.
    Keep,
    /// One is given.
    Give,
    /// The one there was no longer counts.
    Void,
}

/// What is to be done to the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PostChange {
    /// Nothing.
    Leave,
    /// Take it away.
    Remove,
    /// Put it back as a quotation.
    Repost,
}

/// Everything that follows from an act, to be recorded at once and delivered after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where the case stands now.
    pub state: State,
    /// What becomes of the strike.
    pub strike: StrikeChange,
    /// What is to be done to the post.
    pub post: PostChange,
    /// What the author is told. Every removal has one.
    pub notice: Option<Occasion>,
}

/// Why an act cannot be done to a case as it stands; says what can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAct {
    /// What the group itself is made of.
    #[error(
        "it is part of what the group itself is made of, which I cannot change: have it changed by hand, and `void` the case \
         if it is flagged"
    )]
    ByHand,
    /// Shadow mode leaves no trace.
    #[error(
        "it was only watched, in shadow mode: nothing was done. `remove` or `hide` the post if it has to go"
    )]
    Watched,
    /// There is nothing to confirm or restore.
    #[error("the post still stands: `remove` or `hide` it, or `void` the case to leave it there")]
    StillStands,
    /// Twice the same.
    #[error("the post is hidden already: `confirm` that it stays away, or `restore` it")]
    AlreadyHidden,
    /// Twice the same.
    #[error("the post is gone already: `restore` it, or `void` its strike")]
    AlreadyRemoved,
    /// It has no strike, or none that counts.
    #[error("no strike counts from it")]
    NoStrike,
    /// There is nothing left to do.
    #[error("the post was restored, and the case is closed")]
    AlreadyRestored,
    /// There is nothing left to do.
    #[error("the case was closed with the post left standing")]
    AlreadyDismissed,
}

impl Case {
    /// What follows when nothing is done but tell the author: post and strike stay as they are.
    pub fn unmoved(&self, told: Occasion) -> Outcome {
        Outcome { state: self.state, strike: StrikeChange::Keep, post: PostChange::Leave, notice: Some(told) }
    }

    /// What follows when an officer does `act`, with a hidden post to be looked at by `review_due`.
    ///
    /// # Errors
    /// When the case stands where the act makes no sense; the error says what does.
    pub fn act(&self, act: Act, review_due: Timestamp) -> Result<Outcome, CannotAct> {
        let counting = self.strike.as_ref().is_some_and(Strike::counts);
        let give = if self.counts { StrikeChange::Give } else { StrikeChange::Keep };
        let drop = if counting { StrikeChange::Void } else { StrikeChange::Keep };
        let outcome = |state, strike, post, notice| Ok(Outcome { state, strike, post, notice });
        match (self.state, act) {
            (State::Watched { .. } | State::Flagged | State::Dismissed, Act::Remove | Act::Hide)
            | (State::Flagged | State::Dismissed, Act::Confirm | Act::Restore)
            | (State::Watched { .. }, Act::Confirm | Act::Restore | Act::Void)
                if !self.post.kind.is_removable() =>
            {
                Err(CannotAct::ByHand)
            }
            (State::Watched { .. }, Act::Confirm | Act::Restore | Act::Void) => Err(CannotAct::Watched),

            (State::Watched { .. } | State::Flagged | State::Dismissed, Act::Remove) => {
                let told = match self.drawn {
                    // It goes because of another one, unless it is said to be a breach of its own.
                    Some(_) if !self.counts => Occasion::CascadeRemoved { by_filter: false },
                    Some(_) | None => Occasion::Removed { by_filter: false, counts: self.counts },
                };
                outcome(State::Removed, give, PostChange::Remove, Some(told))
            }
            (State::Watched { .. } | State::Flagged | State::Dismissed, Act::Hide) => outcome(
                State::Hidden { review_due },
                StrikeChange::Keep,
                PostChange::Remove,
                Some(Occasion::Hidden { by_filter: false, review_due }),
            ),
            (State::Flagged | State::Dismissed, Act::Confirm | Act::Restore) => Err(CannotAct::StillStands),
            // Its author was never written to, and need not be.
            (State::Flagged, Act::Void) => {
                outcome(State::Dismissed, StrikeChange::Keep, PostChange::Leave, None)
            }
            (State::Dismissed, Act::Void) => Err(CannotAct::AlreadyDismissed),

            (State::Hidden { .. }, Act::Confirm | Act::Remove) => {
                let told = Occasion::Confirmed { counts: self.counts };
                outcome(State::Removed, give, PostChange::Leave, Some(told))
            }
            (State::Hidden { .. }, Act::Hide) => Err(CannotAct::AlreadyHidden),
            (State::Hidden { .. }, Act::Void) => outcome(
                State::Removed,
                StrikeChange::Keep,
                PostChange::Leave,
                Some(Occasion::Confirmed { counts: false }),
            ),

            (State::Hidden { .. } | State::Removed, Act::Restore) => outcome(
                State::Restored,
                drop,
                PostChange::Repost,
                Some(Occasion::Restored { strike_voided: counting }),
            ),
            (State::Removed, Act::Remove | Act::Hide | Act::Confirm) => Err(CannotAct::AlreadyRemoved),
            (State::Removed, Act::Void) if counting => {
                outcome(State::Removed, StrikeChange::Void, PostChange::Leave, Some(Occasion::StrikeVoided))
            }
            (State::Removed, Act::Void) => Err(CannotAct::NoStrike),

            (State::Restored, Act::Remove | Act::Hide | Act::Confirm | Act::Restore | Act::Void) => {
                Err(CannotAct::AlreadyRestored)
            }
        }
    }
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Watched { .. } => "watched",
            Self::Flagged => "flagged",
            Self::Dismissed => "dismissed",
            Self::Hidden { .. } => "hidden",
            Self::Removed => "removed",
            Self::Restored => "restored",
        }
    }

    /// Whether the post still stands where its author put it.
    pub fn post_stands(self) -> bool {
        match self {
            Self::Watched { .. } | Self::Flagged | Self::Dismissed => true,
            Self::Hidden { .. } | Self::Removed | Self::Restored => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strike::Voided;
    use crate::testing::{case_in, every_state};

    fn with_strike(mut case: Case, voided: bool) -> Case {
        let voided = voided.then_some(Voided { at: Timestamp::EPOCH, by: Actor::Bot });
        case.strike = Some(Strike { conduct_at: Timestamp::EPOCH, voided });
        case
    }

    /// All states × acts × strikes: the author hears of everything that changes for them, the post moves when
    /// the state says so, and nobody gets a second strike or one for what does not count.
    #[test]
    fn every_act_keeps_the_promises() {
        let mut done = 0;
        for state in every_state() {
            for &act in Act::ALL {
                for case in
                    [case_in(state), with_strike(case_in(state), false), with_strike(case_in(state), true)]
                {
                    for counts in [false, true] {
                        let case = Case { counts, ..case.clone() };
                        let Ok(outcome) = case.act(act, Timestamp::EPOCH) else { continue };
                        done += 1;
                        let moved = match (state.post_stands(), outcome.state.post_stands(), outcome.state) {
                            (true, false, _) => PostChange::Remove,
                            (false, _, State::Restored) => PostChange::Repost,
                            _ => PostChange::Leave,
                        };
                        assert_eq!(outcome.post, moved, "{state:?} {act}");
                        let silent = state == State::Flagged && act == Act::Void;
                        assert_eq!(outcome.notice.is_none(), silent, "{state:?} {act}");
                        match outcome.strike {
                            StrikeChange::Give => assert!(counts && outcome.state == State::Removed),
                            StrikeChange::Void => assert!(case.strike.as_ref().is_some_and(Strike::counts)),
                            StrikeChange::Keep => {}
                        }
                    }
                }
            }
        }
        assert!(done > 0);
    }

    #[test]
    fn what_no_bot_can_take_away_is_left_to_people_whatever_is_asked() {
        for state in every_state().filter(|state| state.post_stands()) {
            for &act in Act::ALL {
                let mut case = case_in(state);
                case.post.kind = PostKind::Fixture;
                let want = match (state, act) {
                    (State::Flagged, Act::Void) => Ok(State::Dismissed),
                    (State::Dismissed, Act::Void) => Err(CannotAct::AlreadyDismissed),
                    _ => Err(CannotAct::ByHand),
                };
                let done = case.act(act, Timestamp::EPOCH);
                if let Ok(outcome) = &done {
                    assert_eq!((outcome.post, &outcome.notice), (PostChange::Leave, &None));
                }
                assert_eq!(done.map(|outcome| outcome.state), want, "{state:?} {act}");
            }
        }
    }

    #[test]
    fn the_table_of_states_and_acts() {
        let say = |state, act| match case_in(state).act(act, Timestamp::EPOCH) {
            Ok(outcome) => outcome.state.word().to_owned(),
            Err(error) => error.to_string(),
        };
        let states = [
            State::Watched { verdict: Verdict::Hide },
            State::Flagged,
            State::Dismissed,
            State::Hidden { review_due: Timestamp::EPOCH },
            State::Removed,
            State::Restored,
        ];
        let rows = states.iter().flat_map(|&state| {
            Act::ALL.iter().map(move |&act| format!("{:9} {act:8} {}", state.word(), say(state, act)))
        });
        insta::assert_snapshot!(rows.collect::<Vec<_>>().join("\n"), @"
        watched   remove   removed
        watched   hide     hidden
        watched   confirm  it was only watched, in shadow mode: nothing was done. `remove` or `hide` the post if it has to go
        watched   restore  it was only watched, in shadow mode: nothing was done. `remove` or `hide` the post if it has to go
        watched   void     it was only watched, in shadow mode: nothing was done. `remove` or `hide` the post if it has to go
        flagged   remove   removed
        flagged   hide     hidden
        flagged   confirm  the post still stands: `remove` or `hide` it, or `void` the case to leave it there
        flagged   restore  the post still stands: `remove` or `hide` it, or `void` the case to leave it there
        flagged   void     dismissed
        dismissed remove   removed
        dismissed hide     hidden
        dismissed confirm  the post still stands: `remove` or `hide` it, or `void` the case to leave it there
        dismissed restore  the post still stands: `remove` or `hide` it, or `void` the case to leave it there
        dismissed void     the case was closed with the post left standing
        hidden    remove   removed
        hidden    hide     the post is hidden already: `confirm` that it stays away, or `restore` it
        hidden    confirm  removed
        hidden    restore  restored
        hidden    void     removed
        removed   remove   the post is gone already: `restore` it, or `void` its strike
        removed   hide     the post is gone already: `restore` it, or `void` its strike
        removed   confirm  the post is gone already: `restore` it, or `void` its strike
        removed   restore  restored
        removed   void     no strike counts from it
        restored  remove   the post was restored, and the case is closed
        restored  hide     the post was restored, and the case is closed
        restored  confirm  the post was restored, and the case is closed
        restored  restore  the post was restored, and the case is closed
        restored  void     the post was restored, and the case is closed
        ");
    }
}
