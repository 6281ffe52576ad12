//! What is to be done about a post that was judged.

use crate::case::{Case, Outcome, PostChange, State, StrikeChange};
use crate::charter::Mode;
use crate::notice::Occasion;
use crate::post::Post;
use crate::time::Timestamp;
use crate::verdict::{Judgement, Verdict};

/// What is to be done about a post that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing, because nothing was found or it has been dealt with.
    Nothing,
    /// A case is opened.
    Open(Outcome),
    /// The case there is for an earlier revision goes further.
    Escalate(Outcome),
    /// What was taken away is there again, in a revision that came since: it goes with the rest, and nothing else
    /// follows, for it is one post.
    Again,
}

/// Decides about one revision of a post. Total and deterministic: a replay of the same event decides the same,
/// and once its consequences are recorded, [`Decision::Nothing`].
///
/// `existing` is the case there is for this post, `review_due` when a hidden post is to be looked at.
pub fn decide(
    mode: Mode,
    post: &Post,
    judgement: &Judgement,
    existing: Option<&Case>,
    review_due: Timestamp,
) -> Decision {
    let Some(case) = existing else {
        return match judgement.verdict {
            Verdict::Allow => Decision::Nothing,
            Verdict::Flag | Verdict::Hide | Verdict::Delete => {
                Decision::Open(open(mode, judgement, review_due))
            }
        };
    };
    let is_later = post.revision > case.post.revision;
    // What people had stopped is flagged at first, and told of again where we had it stopped too: that was promised.
    let is_promised_now = post.promised && case.state == State::Flagged;
    let seen = !(is_later && post.kind.has_revisions() || is_promised_now);
    let escalate = || Decision::Escalate(open(mode, judgement, review_due));
    match case.state {
        // Also while the breaker has tripped: that it went was decided before, and nobody would be told that it stands.
        State::Hidden { .. } | State::Removed
            if is_later && mode == Mode::Live && judgement.verdict >= Verdict::Hide =>
        {
            Decision::Again
        }
        _ if seen || judgement.verdict == Verdict::Allow => Decision::Nothing,
        // Officers are told what would become of an edit, once it would be worse.
        State::Watched { verdict } if mode == Mode::Live || judgement.verdict > verdict => escalate(),
        State::Flagged if mode == Mode::Live && judgement.verdict > Verdict::Flag => escalate(),
        State::Dismissed if mode == Mode::Live => escalate(),
        // It waits for its moderator as it is, or is gone.
        State::Watched { .. } | State::Flagged | State::Dismissed => Decision::Nothing,
        State::Hidden { .. } | State::Removed | State::Restored => Decision::Nothing,
    }
}

fn open(mode: Mode, judgement: &Judgement, review_due: Timestamp) -> Outcome {
    let stands = |state| Outcome { state, strike: StrikeChange::Keep, post: PostChange::Leave, notice: None };
    let gone =
        |state, strike, notice| Outcome { state, strike, post: PostChange::Remove, notice: Some(notice) };
    if mode == Mode::Shadow {
        return stands(State::Watched { verdict: judgement.verdict });
    }
    if judgement.spared {
        return stands(State::Flagged);
    }
    match judgement.verdict {
        Verdict::Allow | Verdict::Flag => stands(State::Flagged),
        // Somebody else's words go like the original, and are no breach by the one who quotes them.
        Verdict::Hide | Verdict::Delete if judgement.quoted => {
            gone(State::Removed, StrikeChange::Keep, Occasion::Quoted)
        }
        Verdict::Hide => gone(
            State::Hidden { review_due },
            StrikeChange::Keep,
            Occasion::Hidden { by_filter: true, review_due },
        ),
        Verdict::Delete => gone(
            State::Removed,
            if judgement.counts { StrikeChange::Give } else { StrikeChange::Keep },
            Occasion::Removed { by_filter: true, counts: judgement.counts },
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PostId;
    use crate::testing::{case_in, every_state, post};

    fn judgement(verdict: Verdict, counts: bool, quoted: bool) -> Judgement {
        Judgement { verdict, counts, quoted, worst: Some(0), spared: false }
    }

    const DUE: Timestamp = Timestamp::EPOCH;

    /// Every verdict × mode × state × revision × whether the breaker has tripped × whether its platform stopped it, and at whose behest: no removal
    /// without a notice, no strike in shadow, for a quotation, or for what was seen before, and nothing new goes while people
    /// are to look. What was stopped is gone, so that it is never left to stand: it waits for them without a strike.
    #[test]
    fn every_decision_keeps_the_promises() {
        let (mut opened, mut escalated, mut again, mut spared, mut waits) = (0, 0, 0, 0, 0);
        let flags = |bits: u8| [1, 2, 4, 8, 16].map(|bit| bits & bit != 0);
        for (&verdict, &mode) in
            Verdict::ALL.iter().flat_map(|verdict| Mode::ALL.iter().map(move |mode| (verdict, mode)))
        {
            for [counts, quoted, has_tripped, is_stopped, at_our_behest] in (0..32).map(flags) {
                let is_left = has_tripped && verdict >= Verdict::Hide;
                let id = if is_stopped { PostId::stopped("1") } else { PostId::new("1") };
                let told = Post { id: id.unwrap(), promised: is_stopped && at_our_behest, ..post(0) };
                let judged = judgement(verdict, counts && !quoted, quoted);
                let judgement = if is_left { judged.left_to_people(&told) } else { judged };
                for existing in std::iter::once(None).chain(every_state().map(Some)) {
                    for revision in [0, 1] {
                        let case = existing.map(case_in);
                        let post = Post { revision, ..told.clone() };
                        let outcome = match decide(mode, &post, &judgement, case.as_ref(), DUE) {
                            Decision::Nothing => continue,
                            Decision::Again => {
                                again += 1;
                                assert!(revision > 0 && mode == Mode::Live);
                                assert!(case.is_some_and(|case| !case.state.post_stands()));
                                continue;
                            }
                            Decision::Open(outcome) => {
                                opened += 1;
                                assert!(case.is_none());
                                outcome
                            }
                            Decision::Escalate(outcome) => {
                                escalated += 1;
                                let state = case.map(|case| case.state).unwrap();
                                let is_new = revision > 0 || post.promised && state == State::Flagged;
                                assert!(is_new && state.post_stands());
                                outcome
                            }
                        };
                        assert_eq!(outcome.post == PostChange::Remove, outcome.notice.is_some());
                        assert_eq!(outcome.post == PostChange::Remove, !outcome.state.post_stands());
                        if mode == Mode::Shadow || quoted || !judgement.counts || is_left {
                            assert_eq!(outcome.strike, StrikeChange::Keep);
                        }
                        if outcome.strike == StrikeChange::Give {
                            assert_eq!((verdict, outcome.state), (Verdict::Delete, State::Removed));
                        }
                        match (is_left && mode == Mode::Live, is_stopped) {
                            (false, _) => {}
                            (true, false) => {
                                spared += 1;
                                assert_eq!(
                                    (outcome.state, outcome.post),
                                    (State::Flagged, PostChange::Leave)
                                );
                            }
                            // Where it only quotes, there is nothing to wait for.
                            (true, true) if quoted => assert_eq!(outcome.state, State::Removed),
                            (true, true) => {
                                waits += 1;
                                assert_eq!(outcome.state, State::Hidden { review_due: DUE });
                            }
                        }
                    }
                }
            }
        }
        assert!(opened > 0 && escalated > 0 && again > 0 && spared > 0 && waits > 0);
    }
}
