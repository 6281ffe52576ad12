//! Whether a group is heard, tried: now and then the bot does something harmless that it has to hear of itself. A connection
//! may stand over which nothing comes any more, and nobody says so.
//!
//! Two in a row have to stay unheard before the group counts as not heard. Only time in which somebody looked counts: a
//! machine that slept, or had too much to do, could not hear either. What cannot be sent says nothing of what is heard; where
//! that lasts, it is not known any more, and somebody has to see to it.

use std::fmt;

use crate::time::Timestamp;

/// How long the bot waits to hear of one, in seconds.
pub const PATIENCE_S: i64 = 5 * 60;
/// How long is looked once more after that, in seconds, so that what had come already is dealt with.
pub const GRACE_S: i64 = 30;
/// How much of the time between two looks counts at most, in seconds.
pub const LOOK_MAX_S: i64 = 90;
/// How many in a row have to stay unheard.
pub const TRIES: u32 = 2;
/// How soon after one that could not be sent, or that nobody heard when the group is known not to be, the next is sent, in
/// seconds.
pub const AGAIN_S: i64 = 5 * 60;
/// For how many of the times between two none may go before somebody is to see to it. Outages, and platforms that ask for
/// patience, are over sooner and told of in their own way; what lasts longer is mostly a permission, which only a person gives.
/// It is counted in these times, for whoever settles a longer one has settled how long they do without the proof.
pub const UNSENT_MAX: i64 = 3;
/// Of how many that were not heard each would still be known.
const KNOWN_MAX: usize = 8;

/// Whether and how often a group is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canary {
    /// Whether it is; yes by default.
    pub enabled: bool,
    /// How long after one was heard the next is sent, in minutes; 60 by default.
    pub minutes: u32,
}

impl Default for Canary {
    fn default() -> Self {
        Self { enabled: true, minutes: 60 }
    }
}

impl Canary {
    fn rest_ms(self) -> i64 {
        i64::from(self.minutes) * 60 * 1_000
    }
}

/// Names one canary, so that it is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CanaryId(i64);

impl CanaryId {
    /// The one that was made then: of one group there are never two at a time.
    pub fn made(at: Timestamp) -> Self {
        Self(at.as_millis())
    }

    /// As it was written by its `Display`; nothing for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_written_so = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if is_written_so { i64::from_str_radix(text, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for CanaryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// What is to be done after a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Wait,
    /// One is to be sent: [`Watch::begin`].
    Send,
    /// The group is not heard; since when is in it.
    Silent(Timestamp),
}

/// How it stands with the canaries of one group, by a clock that only ever goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    settings: Canary,
    looked_ms: i64,
    stage: Stage,
    /// Those that were sent since one was heard.
    known: Vec<CanaryId>,
    /// When the first of them was made.
    since: Option<Timestamp>,
    /// How many of them in a row were waited for in vain.
    unheard: u32,
    sending: Sending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The next is due in so long.
    Rests { left_ms: i64 },
    /// One is being sent, for which nobody waits yet.
    Sending,
    /// One was sent, and was waited for so long; and so long once its time was over.
    Sent { waited_ms: i64, grace_ms: i64 },
}

/// Whether they can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// It was not tried yet.
    Untried,
    /// The last could be.
    Goes,
    /// None could be for so long, while somebody looked.
    Fails { for_ms: i64 },
}

impl Watch {
    /// Of a group that is heard, as everything else says.
    pub fn new(settings: Canary, steady_ms: i64) -> Self {
        let stage = Stage::Rests { left_ms: settings.rest_ms() };
        let (known, sending) = (Vec::new(), Sending::Untried);
        Self { settings, looked_ms: steady_ms, stage, known, since: None, unheard: 0, sending }
    }

    /// Of one that was not heard a moment ago: the next look sends one.
    pub fn at_once(settings: Canary, steady_ms: i64) -> Self {
        Self { stage: Stage::Rests { left_ms: 0 }, ..Self::new(settings, steady_ms) }
    }

    /// Looks how it stands, with what the group has settled by now.
    pub fn look(&mut self, settings: Canary, steady_ms: i64) -> Look {
        let passed_ms = steady_ms.saturating_sub(self.looked_ms).max(0);
        (self.settings, self.looked_ms) = (settings, steady_ms);
        let counts_ms = passed_ms.min(LOOK_MAX_S * 1_000);
        if let Sending::Fails { for_ms } = &mut self.sending {
            *for_ms = for_ms.saturating_add(counts_ms);
        }
        match &mut self.stage {
            Stage::Sending => Look::Wait,
            Stage::Rests { left_ms } => {
                *left_ms = (*left_ms).min(settings.rest_ms()).saturating_sub(passed_ms);
                if *left_ms > 0 { Look::Wait } else { Look::Send }
            }
            Stage::Sent { waited_ms, .. } if *waited_ms < PATIENCE_S * 1_000 => {
                *waited_ms += counts_ms;
                Look::Wait
            }
            Stage::Sent { grace_ms, .. } => {
                *grace_ms += counts_ms;
                if *grace_ms < GRACE_S * 1_000 { Look::Wait } else { self.miss() }
            }
        }
    }

    /// One was waited for in vain.
    fn miss(&mut self) -> Look {
        self.unheard = self.unheard.saturating_add(1);
        match self.since {
            Some(since) if self.unheard >= TRIES => {
                self.stage = Stage::Rests { left_ms: AGAIN_S * 1_000 };
                Look::Silent(since)
            }
            Some(_) | None => {
                self.stage = Stage::Rests { left_ms: 0 };
                Look::Send
            }
        }
    }

    /// One is being sent.
    pub fn begin(&mut self, id: CanaryId, now: Timestamp) {
        self.stage = Stage::Sending;
        self.since.get_or_insert(now);
        self.known.push(id);
        let too_many = self.known.len().saturating_sub(KNOWN_MAX);
        self.known.drain(..too_many);
    }

    /// It was sent: from now on it is waited for, unless it was heard already.
    pub fn sent(&mut self) {
        self.sending = Sending::Goes;
        if self.stage == Stage::Sending {
            self.stage = Stage::Sent { waited_ms: 0, grace_ms: 0 };
        }
    }

    /// It could not be sent, which says nothing of what is heard.
    pub fn not_sent(&mut self) {
        if self.stage == Stage::Sending {
            self.stage = Stage::Rests { left_ms: AGAIN_S * 1_000 };
            if !matches!(self.sending, Sending::Fails { .. }) {
                self.sending = Sending::Fails { for_ms: 0 };
            }
        }
        if self.unheard == 0 {
            self.since = None;
        }
    }

    /// One was heard; whether it was among those that were sent.
    pub fn heard(&mut self, id: CanaryId) -> bool {
        let is_known = self.known.contains(&id);
        if is_known {
            self.rest();
            self.sending = Sending::Goes;
        }
        is_known
    }

    /// Whether one can be sent: no when none could be for [`UNSENT_MAX`] of the times between two. Nothing while that is not
    /// known, because none was tried yet or it may still pass.
    pub fn can_be_sent(&self) -> Option<bool> {
        match self.sending {
            Sending::Goes => Some(true),
            Sending::Fails { for_ms } if for_ms >= self.settings.rest_ms().saturating_mul(UNSENT_MAX) => {
                Some(false)
            }
            Sending::Untried | Sending::Fails { .. } => None,
        }
    }

    /// There is nothing to hear, or all is well: the next one is due when it is time again.
    pub fn rest(&mut self) {
        *self = Self::new(self.settings, self.looked_ms);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR_S: i64 = 60 * 60;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// A watch, and what came of it.
    struct Story {
        watch: Watch,
        now: i64,
        told: Vec<(i64, &'static str)>,
        last: Option<CanaryId>,
        /// When the first was sent since one was heard.
        first: Option<i64>,
    }

    impl Story {
        fn new() -> Self {
            let watch = Watch::new(Canary::default(), 0);
            Self { watch, now: 0, told: Vec::new(), last: None, first: None }
        }

        /// So many seconds pass in one go, and then it is looked.
        fn passes(&mut self, seconds: i64) {
            self.now += seconds;
            match self.watch.look(Canary::default(), self.now * 1_000) {
                Look::Wait => {}
                Look::Send => {
                    let id = CanaryId::made(at(self.now));
                    self.watch.begin(id, at(self.now));
                    self.watch.sent();
                    self.last = Some(id);
                    self.first.get_or_insert(self.now);
                    self.told.push((self.now, "sent"));
                }
                Look::Silent(since) => {
                    assert_eq!(Some(since), self.first.map(at));
                    self.told.push((self.now, "silent"));
                }
            }
        }

        /// It is looked every minute, for so long.
        fn minutes(&mut self, minutes: i64) {
            (0..minutes).for_each(|_| self.passes(60));
        }

        fn hears(&mut self) -> bool {
            self.first = None;
            self.last.is_some_and(|id| self.watch.heard(id))
        }
    }

    #[test]
    fn one_is_sent_an_hour_after_the_last_was_heard() {
        let mut story = Story::new();
        for _ in 0..3 {
            story.minutes(60);
            assert!(story.hears());
            assert!(!story.hears(), "once");
        }
        assert_eq!(story.told, [(HOUR_S, "sent"), (2 * HOUR_S, "sent"), (3 * HOUR_S, "sent")]);
    }

    #[test]
    fn two_in_a_row_that_nobody_hears_are_silence() {
        let mut story = Story::new();
        story.minutes(60 + 20);
        assert_eq!(
            story.told,
            [
                (HOUR_S, "sent"),
                // Five minutes, and another look.
                (HOUR_S + 6 * 60, "sent"),
                (HOUR_S + 12 * 60, "silent"),
                (HOUR_S + 17 * 60, "sent"),
            ]
        );
        assert!(story.hears());
        story.told.clear();
        story.minutes(61);
        assert_eq!(story.told.len(), 1, "it begins anew: {:?}", story.told);
    }

    #[test]
    fn one_that_is_heard_late_is_heard() {
        for minutes in [61, 65, 66, 70] {
            let mut story = Story::new();
            story.minutes(60);
            let first = story.last;
            story.minutes(minutes - 60);
            assert!(story.watch.heard(first.unwrap()), "{minutes}");
            story.minutes(30);
            assert!(story.told.iter().all(|(_, what)| *what != "silent"), "{minutes}: {:?}", story.told);
        }
    }

    /// A machine that sleeps for hours, also while one is on its way, and more than once.
    #[test]
    fn time_in_which_nobody_looked_accuses_nobody() {
        let mut story = Story::new();
        story.minutes(60);
        for _ in 0..3 {
            story.passes(9 * HOUR_S);
        }
        assert_eq!(story.told, [(HOUR_S, "sent")]);
        // It is awake, and is given the rest of its five minutes to hear.
        story.minutes(1);
        assert!(story.hears());
        story.passes(9 * HOUR_S);
        assert_eq!(story.told.len(), 2, "the next is due");
    }

    #[test]
    fn what_cannot_be_sent_says_nothing_of_what_is_heard() {
        let mut watch = Watch::new(Canary::default(), 0);
        let mut now = 0;
        let mut tries = 0;
        for _ in 0..600 {
            now += 60;
            match watch.look(Canary::default(), now * 1_000) {
                Look::Wait => {}
                Look::Send => {
                    tries += 1;
                    watch.begin(CanaryId::made(at(now)), at(now));
                    watch.not_sent();
                }
                Look::Silent(_) => panic!("nothing was sent"),
            }
        }
        assert!((90..=120).contains(&tries), "every five minutes, after an hour: {tries}");
        // Nor is one waited for while it is being sent, however long that takes.
        let mut watch = Watch::at_once(Canary::default(), 0);
        assert_eq!(watch.look(Canary::default(), 1_000), Look::Send);
        watch.begin(CanaryId::made(at(1)), at(1));
        assert!((2..10_000).all(|now| watch.look(Canary::default(), now * 1_000) == Look::Wait));
        // It may come back before it is known to be sent.
        assert!(watch.heard(CanaryId::made(at(1))));
        watch.sent();
        assert_eq!(watch.look(Canary::default(), 10_001_000), Look::Wait);
    }

    #[test]
    fn that_none_can_be_sent_is_known_after_three_of_the_times_between_two() {
        let mut watch = Watch::new(Canary { minutes: 20, ..Canary::default() }, 0);
        let mut now = 0;
        // It is looked so often, so many seconds apart, and what is due can be sent or not.
        let mut passes = |watch: &mut Watch, looks: i64, seconds: i64, goes: bool| {
            let mut last = None;
            for _ in 0..looks {
                now += seconds;
                if watch.look(Canary { minutes: 20, ..Canary::default() }, now * 1_000) == Look::Send {
                    let id = CanaryId::made(at(now));
                    last = Some(id);
                    watch.begin(id, at(now));
                    if goes { watch.sent() } else { watch.not_sent() }
                }
            }
            last
        };
        passes(&mut watch, 19, 60, false);
        assert_eq!(watch.can_be_sent(), None, "none was tried yet");
        passes(&mut watch, 1 + 59, 60, false);
        assert_eq!(watch.can_be_sent(), None, "it may still pass");
        passes(&mut watch, 1, 60, false);
        assert_eq!(watch.can_be_sent(), Some(false));
        let sent = passes(&mut watch, 5, 60, true).unwrap();
        assert_eq!(watch.can_be_sent(), Some(true));
        assert!(watch.heard(sent));
        assert_eq!(watch.can_be_sent(), Some(true), "it stays known until the next");
        // The machine sleeps between the looks.
        passes(&mut watch, 20, 9 * HOUR_S, false);
        assert_eq!(watch.can_be_sent(), None, "time in which nobody looked does not count");
        passes(&mut watch, 60, 60, false);
        assert_eq!(watch.can_be_sent(), Some(false));
        // Of one that was thought not to have gone it is heard that it went.
        let last = passes(&mut watch, 5, 60, false).unwrap();
        assert!(watch.heard(last));
        assert_eq!(watch.can_be_sent(), Some(true));
        passes(&mut watch, 20, 60, false);
        watch.rest();
        assert_eq!(watch.can_be_sent(), None, "there is nothing to hear");
    }

    #[test]
    fn a_canary_is_known_again_by_what_is_written() {
        for millis in [0, 1, 1_778_493_600_000, i64::MAX] {
            let id = CanaryId::made(Timestamp::from_millis(millis));
            assert_eq!(CanaryId::parse(&id.to_string()), Some(id));
        }
        for text in ["", "-1", "+1", "xyz", "1F", "19e1_0", " 1", "ffffffffffffffff", "123456789012345678901"]
        {
            assert_eq!(CanaryId::parse(text), None, "{text}");
        }
    }

    proptest! {
        /// However it is looked: nobody is accused before two were sent, and both were looked for over all of their time.
        #[test]
        fn nobody_is_accused_in_haste(waits in prop::collection::vec(1_i64..20_000, 1..120)) {
            let mut story = Story::new();
            let mut looks_since_sent = Vec::new();
            for wait in waits {
                let before = story.told.len();
                story.passes(wait);
                match story.told.get(before) {
                    Some((_, "sent")) => looks_since_sent.push(0_i32),
                    Some(_) => {
                        // The last look is the one after its time was over.
                        let last_two = looks_since_sent.iter().rev().take(2);
                        prop_assert!(last_two.clone().count() == 2 && last_two.clone().all(|looks| *looks >= 4));
                    }
                    None => {}
                }
                if let Some(looks) = looks_since_sent.last_mut() {
                    *looks += i32::from(story.told.len() == before);
                }
            }
        }
    }
}
