//! Whether a group is heard, since when it is not and why; and when its officers are told.
//!
//! What passes within minutes nobody is told of, and a connection that comes and goes is one outage until it has held for
//! some minutes. So officers get two letters about an outage, or three where it turns out that people have to mend
//! something; and of the next outage they are told an hour after the letter before, unless people have to mend something.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::time::Timestamp;

/// How long a group may be unheard before that is worth a word, in seconds.
pub const DEAF_MAY_LAST_S: i64 = 5 * 60;
/// How long it has to be heard before the outage is over, in seconds.
pub const HEARD_FOR_S: i64 = 5 * 60;
/// How long after a letter about outages the next outage is told, in seconds.
pub const LETTERS_APART_S: i64 = 60 * 60;

/// Why a platform is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deafness {
    /// It cannot be reached, or does not answer.
    Unreachable,
    /// Connections do not last, so that the next one waits.
    Unstable,
    /// There were as many connections within a day as may be.
    Exhausted,
    /// Something that has to be switched on is not.
    Intents,
    /// The bot's token, or its session, is not good any more.
    Token,
    /// The platform speaks another version by now.
    Version,
    /// The platform does not say where to connect, or will not have it.
    Refused,
    /// Something broke in the program itself.
    Broken,
    /// The connection stands, and nothing comes over it: not even what the bot does itself.
    Silent,
}

impl Deafness {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::Unreachable,
        Self::Unstable,
        Self::Exhausted,
        Self::Intents,
        Self::Token,
        Self::Version,
        Self::Refused,
        Self::Broken,
        Self::Silent,
    ];

    /// Whether it stays so until people mend something.
    pub fn is_lasting(self) -> bool {
        match self {
            Self::Unreachable | Self::Unstable | Self::Exhausted | Self::Silent => false,
            Self::Intents | Self::Token | Self::Version | Self::Refused | Self::Broken => true,
        }
    }
}

/// What officers know of an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// That the group is not heard.
    Deaf,
    /// That it is not heard until people mend something.
    Lasting,
}

/// A time in which a group was not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outage {
    /// When it began.
    pub since: Timestamp,
    /// Whether the program was not running for some of it.
    pub was_away: bool,
    /// Why it is, as was said last; nothing was said of a program that does not run.
    pub why: Option<Deafness>,
    /// Until when it will be, where that is known.
    pub until: Option<Timestamp>,
    /// Since when the group is heard again: it may be over.
    pub back_at: Option<Timestamp>,
    /// What officers know of it.
    pub known: Known,
}

/// How a group is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reception {
    /// Until when it was surely heard.
    pub heard_at: Timestamp,
    /// When officers were last told about an outage.
    pub told_at: Option<Timestamp>,
    /// The outage that is not over.
    pub outage: Option<Outage>,
}

impl Reception {
    /// Of a group that is heard for the first time.
    pub fn begun(at: Timestamp) -> Self {
        Self { heard_at: at, told_at: None, outage: None }
    }

    /// Whether it is heard now.
    pub fn is_heard(&self) -> bool {
        self.outage.is_none_or(|outage| outage.back_at.is_some())
    }

    /// Whether nothing comes although the connection stands: what the bot does itself is still to be listened for.
    pub fn is_silent(&self) -> bool {
        self.outage.is_some_and(|outage| outage.back_at.is_none() && outage.why == Some(Deafness::Silent))
    }

    /// The program was not running, and nothing has been said yet.
    pub fn away(&mut self) {
        let fresh = Outage {
            since: self.heard_at,
            was_away: true,
            why: None,
            until: None,
            back_at: None,
            known: Known::Nothing,
        };
        let outage = self.outage.get_or_insert(fresh);
        (outage.was_away, outage.back_at) = (true, None);
    }

    /// The group is not heard, or not for another reason than was said. Whether that is news.
    pub fn lost(&mut self, since: Timestamp, why: Deafness, until: Option<Timestamp>) -> bool {
        // That it seemed to be heard meanwhile was wrong.
        let since = if why == Deafness::Silent { since } else { since.max(self.heard_at) };
        let fresh =
            Outage { since, was_away: false, why: None, until: None, back_at: None, known: Known::Nothing };
        let outage = self.outage.get_or_insert(fresh);
        let before = *outage;
        (outage.why, outage.until, outage.back_at) = (Some(why), until, None);
        before != *outage
    }

    /// The group is heard, and what was said meanwhile is read. Whether that is news.
    pub fn back(&mut self, now: Timestamp) -> bool {
        match &mut self.outage {
            Some(outage) if outage.back_at.is_none() => {
                outage.back_at = Some(now);
                true
            }
            Some(_) | None => false,
        }
    }

    /// When there is something to be said, or the outage is over without a word. `listening_since` is when the program
    /// began to run: before, nobody tried to hear.
    pub fn due(&self, listening_since: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let outage = self.outage?;
        // What a clock told that was set back since, is no reason to wait.
        let told_at = self.told_at.filter(|told| *told <= now);
        let apart = told_at.map(|told| told.plus_seconds(LETTERS_APART_S));
        match (outage.back_at, outage.known) {
            (None, Known::Lasting) => None,
            (None, Known::Deaf | Known::Nothing) if outage.is_lasting() => Some(outage.since),
            (None, Known::Deaf) => None,
            (None, Known::Nothing) => {
                let patience = outage.since.max(listening_since).plus_seconds(DEAF_MAY_LAST_S);
                Some(apart.map_or(patience, |apart| apart.max(patience)))
            }
            (Some(back), Known::Nothing) if outage.is_long(back) => {
                let over = back.plus_seconds(HEARD_FOR_S);
                Some(apart.map_or(over, |apart| apart.max(over)))
            }
            (Some(back), Known::Nothing | Known::Deaf | Known::Lasting) => {
                Some(back.plus_seconds(HEARD_FOR_S))
            }
        }
    }

    /// Does what is due, and gives what officers are to be told, if anything.
    pub fn fall_due(&mut self, now: Timestamp) -> Option<Event> {
        let outage = self.outage?;
        let event = match outage.back_at {
            None => {
                let known = if outage.is_lasting() { Known::Lasting } else { Known::Deaf };
                self.outage = Some(Outage { known, ..outage });
                let Outage { since, why, until, .. } = outage;
                Some(Event::Deaf { since, why, until })
            }
            Some(back) => {
                self.outage = None;
                self.heard_at = self.heard_at.max(back);
                let Outage { since, was_away, why, .. } = outage;
                let is_told = outage.known != Known::Nothing || outage.is_long(back);
                is_told.then_some(Event::HearsAgain { since, until: back, why, was_away })
            }
        };
        if event.is_some() {
            self.told_at = Some(now);
        }
        event
    }
}

impl Outage {
    fn is_lasting(&self) -> bool {
        self.why.is_some_and(Deafness::is_lasting)
    }

    fn is_long(&self, back: Timestamp) -> bool {
        self.since.plus_seconds(DEAF_MAY_LAST_S) <= back
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens, in seconds.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Lost(Deafness),
        Back,
        Restart,
    }

    /// What happens when, and what officers are told when.
    type Row<'a> = (&'a str, &'a [(i64, Step)], &'a [(i64, Event)]);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// Plays what happens when, and gives what officers are told when, up to `end`.
    fn told(steps: &[(i64, Step)], end: i64) -> Vec<(i64, Event)> {
        let mut reception = Reception::begun(at(0));
        let (mut listening, mut told) = (at(0), Vec::new());
        let mut steps = steps.iter().peekable();
        for second in 0..=end {
            let now = at(second);
            while let Some((_, step)) = steps.next_if(|(when, _)| *when == second) {
                match step {
                    Step::Lost(why) => drop(reception.lost(now, *why, None)),
                    Step::Back => drop(reception.back(now)),
                    Step::Restart => {
                        reception.away();
                        listening = now;
                    }
                }
            }
            if reception.is_heard() {
                reception.heard_at = now;
            }
            while reception.due(listening, now).is_some_and(|due| due <= now) {
                told.extend(reception.fall_due(now).map(|event| (second, event)));
            }
        }
        told
    }

    fn deaf(since: i64, why: Deafness) -> Event {
        Event::Deaf { since: at(since), why: Some(why), until: None }
    }

    fn again(since: i64, until: i64, why: Deafness) -> Event {
        Event::HearsAgain { since: at(since), until: at(until), why: Some(why), was_away: false }
    }

    #[test]
    fn an_outage_is_told_once_when_it_lasts_and_once_when_it_is_over() {
        use Deafness::{Exhausted, Intents, Silent, Unreachable};
        use Step::{Back, Lost, Restart};
        let away = Event::HearsAgain { since: at(0), until: at(9_000), why: None, was_away: true };
        let rows: [Row<'_>; 10] = [
            ("a blink", &[(10, Lost(Unreachable)), (300, Back)], &[]),
            (
                "an outage",
                &[(10, Lost(Unreachable)), (400, Back)],
                &[(310, deaf(10, Unreachable)), (700, again(10, 400, Unreachable))],
            ),
            (
                "the reason is the one that was said last",
                &[(10, Lost(Unreachable)), (20, Lost(Exhausted))],
                &[(310, deaf(10, Exhausted))],
            ),
            (
                "told of a passing reason",
                &[(10, Lost(Unreachable)), (400, Lost(Exhausted))],
                &[(310, deaf(10, Unreachable))],
            ),
            (
                "what people have to mend is told at once",
                &[
                    (10, Lost(Unreachable)),
                    (400, Lost(Intents)),
                    (500, Lost(Intents)),
                    (600, Lost(Unreachable)),
                ],
                &[(310, deaf(10, Unreachable)), (400, deaf(10, Intents))],
            ),
            (
                "a connection that comes and goes is one outage",
                &[
                    (10, Lost(Unreachable)),
                    (200, Back),
                    (250, Lost(Unreachable)),
                    (450, Back),
                    (500, Lost(Unreachable)),
                    (510, Back),
                ],
                &[(310, deaf(10, Unreachable)), (810, again(10, 510, Unreachable))],
            ),
            (
                "the next within the hour is told after it",
                &[(10, Lost(Unreachable)), (400, Back), (800, Lost(Unreachable)), (1_200, Back)],
                &[
                    (310, deaf(10, Unreachable)),
                    (700, again(10, 400, Unreachable)),
                    (4_300, again(800, 1_200, Unreachable)),
                ],
            ),
            ("a short restart", &[(8_000, Restart), (8_010, Back)], &[]),
            (
                "a program that was away is not heard of before it had time to listen",
                &[(8_000, Restart)],
                &[(8_300, Event::Deaf { since: at(7_999), why: None, until: None })],
            ),
            (
                "a restart in an outage that is known",
                &[(10, Lost(Intents)), (50, Restart), (55, Lost(Intents))],
                &[(10, deaf(10, Intents))],
            ),
        ];
        for (name, steps, want) in rows {
            assert_eq!(told(steps, 12_000), want, "{name}");
        }
        // Away for hours, and heard at once.
        let mut reception = Reception::begun(at(0));
        reception.away();
        assert!(reception.back(at(9_000)) && !reception.back(at(9_001)));
        assert_eq!(reception.due(at(8_999), at(9_000)), Some(at(9_300)));
        assert_eq!(reception.fall_due(at(9_300)), Some(away));
        assert_eq!(reception.due(at(8_999), at(9_300)), None);
        // That nothing comes although the connection stands is noticed late: it is told at once, with when it began.
        let mut reception = Reception::begun(at(0));
        reception.heard_at = at(700);
        assert!(reception.lost(at(10), Silent, None) && reception.is_silent());
        assert_eq!(reception.due(at(0), at(730)), Some(at(310)));
        assert_eq!(reception.fall_due(at(730)), Some(deaf(10, Silent)));
        assert!(reception.back(at(800)) && !reception.is_silent());
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            prop::sample::select(&[Deafness::Unreachable, Deafness::Unstable, Deafness::Exhausted][..])
                .prop_map(Step::Lost),
            Just(Step::Back),
            Just(Step::Restart),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// However a connection flaps: two letters within any hour at most, each outage begun before it is over, and one
        /// that lasts is told.
        #[test]
        fn officers_are_not_flooded_and_not_left_in_the_dark(
            waits in prop::collection::vec((1_i64..900, step()), 1..60),
        ) {
            let mut steps = Vec::new();
            let mut now = 0;
            for (wait, step) in waits {
                now += wait;
                steps.push((now, step));
            }
            let told = told(&steps, now + 2 * LETTERS_APART_S);
            for three in told.windows(3) {
                prop_assert!(three[2].0 - three[0].0 >= LETTERS_APART_S, "{three:?}");
            }
            for two in told.windows(2) {
                let both_deaf = two.iter().all(|(_, event)| matches!(event, Event::Deaf { .. }));
                prop_assert!(!both_deaf, "{two:?}");
            }
            let ends_deaf = !matches!(steps.last(), Some((_, Step::Back)));
            let is_deaf = matches!(told.last(), Some((_, Event::Deaf { .. })));
            prop_assert!(!ends_deaf || is_deaf, "{told:?}");
            prop_assert!(ends_deaf || !is_deaf, "{told:?}");
        }
    }
}
