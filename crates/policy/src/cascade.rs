//! Which other posts a removal takes along: forwards, quotations and copies that carry the removed words.
//!
//! A post is compared by its words, in order, so that this works for posts that a person removed for reasons no
//! wordlist knows. Whoever quotes breaks no rule by it: what goes this way is never a strike. Mere answers stay, and
//! are offered to a moderator.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::case::{Case, Outcome, PostChange, State, StrikeChange};
use crate::charter::Mode;
use crate::decision::Decision;
use crate::notice::Occasion;
use crate::post::{Post, PostKind, Surface, SurfaceKind};
use crate::text::MessageText;

/// How many words of a text are compared; what comes after is not looked at.
pub const WORDS_MAX: usize = 400;
/// How many words in a row at least are taken for a quotation. Fewer are how people talk.
const RUN_MIN: u16 = 4;

/// How alike a post has to be to what was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cascade {
    /// Per cent of the removed words that a post has to carry, in order; 60 by default.
    pub share_percent: u32,
}

impl Default for Cascade {
    fn default() -> Self {
        Self { share_percent: 60 }
    }
}

/// How much of a removed text another text carries. What the queue explains a proposal with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Likeness {
    /// Per cent of the removed words that are there, in runs of four or more, or all of them in a row.
    pub percent: u8,
    /// How many words the longest run has.
    pub run: u16,
}

/// What becomes of a post that has to do with a removed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Drawn {
    /// It carries the removed words: it goes too, without a strike.
    Goes(Likeness),
    /// It answers the removed post: a moderator may look at it.
    Offered(Likeness),
    /// It has nothing to do with it.
    Stays,
}

impl Cascade {
    /// What becomes of `other` when a post that said `removed` goes. `answers` says whether it is a reply to it.
    pub fn draw(self, removed: &MessageText, other: &Post, answers: bool) -> Drawn {
        if !other.kind.may_quote() {
            return Drawn::Stays;
        }
        let removed = words(removed.expose());
        let mut most = Likeness { percent: 0, run: 0 };
        for surface in &other.surfaces {
            let likeness = likeness(&removed, &words(surface.text.expose()));
            // Two or three words said again are no quotation, unless they are marked as one.
            let marked = surface.kind == SurfaceKind::Quotation;
            let enough = u32::from(likeness.percent) >= self.share_percent;
            if enough && (marked || likeness.run >= RUN_MIN) {
                return Drawn::Goes(likeness);
            }
            if likeness.percent > most.percent {
                most = likeness;
            }
        }
        if answers { Drawn::Offered(most) } else { Drawn::Stays }
    }
}

impl Case {
    /// Whether the removal of its post takes others along: it is gone, went for its own sake, and was there to be carried on.
    pub fn draws(&self) -> bool {
        match self.state {
            State::Hidden { .. } | State::Removed => {
                self.drawn.is_none() && self.post.kind == PostKind::Message && !self.post.id.is_stopped()
            }
            State::Watched { .. } | State::Flagged | State::Dismissed | State::Restored => false,
        }
    }

    /// Whether its post went only because another one did: nothing was found in it, and nobody said that it broke a
    /// rule by itself. It comes back with that one.
    pub fn went_along(&self) -> bool {
        let removed = match self.state {
            State::Removed => true,
            State::Watched { .. }
            | State::Flagged
            | State::Dismissed
            | State::Hidden { .. }
            | State::Restored => false,
        };
        removed && self.drawn.is_some() && self.grounds.is_none() && !self.counts && self.strike.is_none()
    }
}

/// What is remembered of a text to tell at once that another carries nothing of it: a number for every four words in a
/// row. Without four of a removed text, a post that names and quotes nothing is never drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace(Vec<u64>);

impl Trace {
    /// The trace of a text.
    pub fn of(text: &MessageText) -> Self {
        let words = words(text.expose());
        let mut runs: Vec<_> = words.windows(usize::from(RUN_MIN)).map(number).collect();
        runs.sort_unstable();
        Self(runs)
    }

    /// The trace of all a post says; an empty one if it can carry nothing without quoting or answering.
    pub fn of_post(post: &Post) -> Self {
        if !post.kind.may_quote() {
            return Self::default();
        }
        Self(post.surfaces.iter().flat_map(|surface| Self::of(&surface.text).0).collect())
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `post` may carry something of the text this is the trace of. Where it says no, it does not.
    pub fn may_be_in(&self, post: &Self) -> bool {
        post.0.iter().any(|run| self.0.binary_search(run).is_ok())
    }
}

fn number(run: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

/// What becomes of a post that names and quotes nothing. Who says word for word what was removed lately carries it on;
/// whoever says something like it may mean something else, and a moderator looks.
pub fn unasked(drawn: Drawn) -> Drawn {
    match drawn {
        Drawn::Goes(likeness) if likeness.percent < 100 => Drawn::Offered(likeness),
        Drawn::Goes(_) | Drawn::Offered(_) | Drawn::Stays => drawn,
    }
}

/// What is to be done about a post that was drawn. Total and deterministic; once its consequences are recorded,
/// [`Decision::Nothing`]. It is never a strike.
///
/// `existing` is the case there is for this post. What a moderator left standing stays, unless it was edited since.
pub fn follow(mode: Mode, post: &Post, drawn: Drawn, existing: Option<&Case>) -> Decision {
    let stays =
        Outcome { state: State::Flagged, strike: StrikeChange::Keep, post: PostChange::Leave, notice: None };
    let goes = || Outcome {
        state: State::Removed,
        post: PostChange::Remove,
        notice: Some(Occasion::CascadeRemoved { by_filter: true }),
        ..stays.clone()
    };
    if mode == Mode::Shadow {
        return Decision::Nothing;
    }
    match (drawn, existing) {
        (Drawn::Stays, _) | (Drawn::Offered(_), Some(_)) => Decision::Nothing,
        (Drawn::Offered(_), None) => Decision::Open(stays),
        (Drawn::Goes(_), None) => Decision::Open(goes()),
        (Drawn::Goes(_), Some(case)) => match case.state {
            State::Flagged => Decision::Escalate(goes()),
            State::Watched { .. } | State::Dismissed if post.revision > case.post.revision => {
                Decision::Escalate(goes())
            }
            State::Watched { .. }
            | State::Dismissed
            | State::Hidden { .. }
            | State::Removed
            | State::Restored => Decision::Nothing,
        },
    }
}

/// What of a removed post others are compared with: the author's own words, and what they quoted only where there
/// is nothing else.
pub fn drawing_words(surfaces: &[Surface]) -> MessageText {
    let text = |own: bool| {
        let texts = surfaces.iter().filter(|surface| surface.kind.is_own() == own);
        texts.map(|surface| surface.text.expose()).collect::<Vec<_>>().join("\n")
    };
    let own = text(true);
    MessageText::new(if words(&own).is_empty() { text(false) } else { own })
}

/// The words of a text as they are compared: case, punctuation and marks of quotation aside.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '\u{2019}');
    words.filter(|word| !word.is_empty()).take(WORDS_MAX).map(str::to_lowercase).collect()
}

/// How much of `removed` stands in `other`. At most [`WORDS_MAX`] squared steps.
fn likeness(removed: &[String], other: &[String]) -> Likeness {
    if removed.is_empty() || other.is_empty() {
        return Likeness { percent: 0, run: 0 };
    }
    // A text of fewer words than a run has to be there as a whole.
    let run_min = usize::from(RUN_MIN).min(removed.len());
    let mut covered = vec![false; removed.len()];
    let mut longest = 0;
    // runs[j]: how many words up to removed[i] and other[j] are the same.
    let mut runs = vec![0_usize; other.len() + 1];
    for (i, word) in removed.iter().enumerate() {
        for j in (0..other.len()).rev() {
            runs[j + 1] = if other[j] == *word { runs[j] + 1 } else { 0 };
            let run = runs[j + 1];
            longest = longest.max(run);
            if run >= run_min {
                covered[i + 1 - run..=i].fill(true);
            }
        }
    }
    let covered = covered.iter().filter(|&&covered| covered).count();
    Likeness {
        percent: u8::try_from(covered * 100 / removed.len()).unwrap_or(100),
        run: u16::try_from(longest).unwrap_or(u16::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::Surface;
    use crate::testing;
    use proptest::prelude::*;

    proptest! {
        /// A look at the trace leaves out nothing that a comparison would draw.
        #[test]
        fn what_is_drawn_unasked_leaves_a_trace(
            removed in "[ab]( [abc]){0,9}", before in "[abc ]{0,8}", after in "[abc ]{0,8}", share in 1_u32..=100
        ) {
            let text = format!("{before} {removed} {after}");
            let surfaces = vec![Surface { kind: SurfaceKind::Body, text: MessageText::new(text) }];
            let post = Post { surfaces, ..testing::post(0) };
            let removed = MessageText::new(removed);
            if let Drawn::Goes(_) = (Cascade { share_percent: share }).draw(&removed, &post, false) {
                prop_assert!(Trace::of(&removed).may_be_in(&Trace::of_post(&post)));
            }
        }
    }

    const REMOVED: &str = "Dave's van was outside number twelve again last night, ask his wife about it.";

    fn draw(kind: SurfaceKind, text: &str, answers: bool) -> &'static str {
        let surfaces = vec![Surface { kind, text: MessageText::new(text) }];
        let post = Post { surfaces, ..testing::post(0) };
        match Cascade::default().draw(&MessageText::new(REMOVED), &post, answers) {
            Drawn::Goes(_) => "goes",
            Drawn::Offered(_) => "offered",
            Drawn::Stays => "stays",
        }
    }

    #[test]
    fn what_carries_the_words_goes_and_what_answers_is_offered() {
        use SurfaceKind::{Body, Quotation};
        let rows = [
            ("a forward", Quotation, REMOVED, false, "goes"),
            (
                "a copy in other letters",
                Body,
                "DAVE'S VAN WAS OUTSIDE NUMBER TWELVE AGAIN LAST NIGHT",
                false,
                "goes",
            ),
            (
                "a quotation with comment inside",
                Body,
                "he wrote “Dave's van was outside number twelve again” and then “last night, ask his wife about it” - shameful",
                false,
                "goes",
            ),
            (
                "a reply that repeats it",
                Body,
                "Dave's van was outside number twelve again last night?!",
                true,
                "goes",
            ),
            ("a mere answer", Body, "That is nobody's business, take it down.", true, "offered"),
            (
                "an answer with a few of the words",
                Body,
                "It was outside number twelve because he fixed our boiler.",
                true,
                "offered",
            ),
            ("something else", Body, "Number twelve won the raffle again last night.", false, "stays"),
            (
                "the same words in another order",
                Body,
                "wife his ask night last again twelve number outside was van Dave's",
                false,
                "stays",
            ),
            ("nothing but marks", Quotation, "…", false, "stays"),
        ];
        for (name, kind, text, answers, want) in rows {
            assert_eq!(draw(kind, text, answers), want, "{name}");
        }
    }

    #[test]
    fn a_short_post_draws_only_what_is_marked() {
        let drawn = |kind, answers| {
            let surfaces = vec![Surface { kind, text: MessageText::new("well, he smells and you know it") }];
            let post = Post { surfaces, ..testing::post(0) };
            Cascade::default().draw(&MessageText::new("He smells!"), &post, answers)
        };
        assert!(matches!(drawn(SurfaceKind::Quotation, false), Drawn::Goes(_)));
        assert!(
            matches!(drawn(SurfaceKind::Body, true), Drawn::Offered(_)),
            "an answer may use two of the words"
        );
        assert_eq!(drawn(SurfaceKind::Body, false), Drawn::Stays, "two words are how people talk");
    }

    #[test]
    fn every_post_drawn_keeps_the_promises() {
        use crate::testing::{case_in, every_state, post};
        let likeness = Likeness { percent: 80, run: 9 };
        for drawn in [Drawn::Goes(likeness), Drawn::Offered(likeness), Drawn::Stays] {
            for existing in std::iter::once(None).chain(every_state().map(Some)) {
                for (revision, &mode) in [0, 1].iter().flat_map(|&r| Mode::ALL.iter().map(move |m| (r, m))) {
                    let case = existing.map(case_in);
                    let outcome = match follow(mode, &post(revision), drawn, case.as_ref()) {
                        Decision::Again => panic!("what follows a removed post is not removed by itself"),
                        Decision::Nothing => continue,
                        Decision::Open(outcome) => outcome,
                        Decision::Escalate(outcome) => {
                            assert!(case.is_some_and(|case| case.state.post_stands()));
                            outcome
                        }
                    };
                    assert_eq!((mode, outcome.strike), (Mode::Live, StrikeChange::Keep));
                    let goes = matches!(drawn, Drawn::Goes(_));
                    assert_eq!((outcome.post == PostChange::Remove, outcome.notice.is_some()), (goes, goes));
                    assert_eq!(outcome.state.post_stands(), !goes);
                    let after = case_in(outcome.state);
                    assert_eq!(follow(mode, &post(0), drawn, Some(&after)), Decision::Nothing);
                }
            }
        }
    }

    #[test]
    fn only_own_words_draw_where_there_are_any() {
        let surface = |kind, text: &str| Surface { kind, text: MessageText::new(text) };
        let quoted = surface(SurfaceKind::Quotation, "the raffle is on Friday");
        let own = surface(SurfaceKind::Body, "you smell");
        let empty = surface(SurfaceKind::Body, "...");
        assert_eq!(drawing_words(&[quoted.clone(), own]).expose(), "you smell");
        assert_eq!(drawing_words(&[quoted, empty]).expose(), "the raffle is on Friday");
    }

    proptest! {
        /// A text carries itself, whatever stands round it; and no share passes a hundred.
        #[test]
        fn a_text_carries_itself(text in "[a-d ]{1,80}", before in "[x-z ]{0,20}", after in "[x-z ]{0,20}") {
            let removed = words(&text);
            prop_assume!(!removed.is_empty());
            let whole = likeness(&removed, &words(&format!("{before} {text} {after}")));
            prop_assert_eq!(whole.percent, 100);
            prop_assert!(usize::from(whole.run) >= removed.len());
            prop_assert!(likeness(&removed, &words(&before)).percent <= 100);
        }
    }
}
