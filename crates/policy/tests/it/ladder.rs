//! The sanction ladder beside a second one, written from the rules alone and in another way: it plays a member's
//! history event by event on civil dates, where the library asks of each breach which windows hold it. All small
//! histories are played through both, breach by breach, and then again with strikes and sanctions taken back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use chrono::offset::LocalResult;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;
use policy::{
    Because, Breach, Imposed, Ladder, Next, PlatformId, Proposal, Reduction, Reference, Step, Timestamp,
};

const SECOND: i64 = 1000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// How long officers take to sign what is proposed, in every world.
const SIGNING: i64 = HOUR;
/// How long a sanction takes to arrive in the slow worlds.
const SLOW: i64 = 9 * DAY;
/// When a suspension is lifted early, in the worlds where it is.
const LIFTED: i64 = 5 * DAY;

const PLATFORMS: [&str; 2] = ["discord", "matrix"];

/// A post that broke the rules.
#[derive(Debug, Clone)]
struct Offence {
    case: u32,
    at: i64,
    place: usize,
}

/// A sanction that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Penalty {
    number: u32,
    step: Step,
    place: usize,
    basis: BTreeSet<u32>,
    signed: i64,
    served: Option<i64>,
    ends: Option<i64>,
}

/// What one post led to at the moment it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Led {
    /// Its author was shut out of that platform by these.
    Nowhere(Vec<u32>),
    /// To a step, because of these, each held against the author to the end of that day.
    To(Step, Vec<(u32, NaiveDate)>),
}

/// An event of a history, in their order at one instant: the door is shut from the very start of a suspension to its
/// very end, but whoever writes as the letter arrives has not read it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Shuts(usize),
    Posts(usize),
    Arrives(usize),
    Ends(usize),
}

/// What the ladder ought to propose; where several breaches lead to the same step, any of them may give the reason.
#[derive(Debug)]
struct Ought {
    step: Step,
    basis: BTreeSet<u32>,
    reasons: Vec<(usize, Vec<(u32, NaiveDate)>)>,
}

struct Oracle {
    ladder: Ladder,
    windows: RefCell<HashMap<(NaiveDate, u32), NaiveDate>>,
    dates: RefCell<HashMap<i64, NaiveDate>>,
}

impl Oracle {
    fn new(ladder: Ladder) -> Self {
        Self { ladder, windows: RefCell::default(), dates: RefCell::default() }
    }

    fn date(&self, at: i64) -> NaiveDate {
        *self.dates.borrow_mut().entry(at).or_insert_with(|| utc(at).with_timezone(&London).date_naive())
    }

    /// The last day on which something of this day is held against somebody: the days are counted off one by one, to
    /// the day of that number in the last month or to that month's end.
    fn last_day(&self, start: NaiveDate, months: u32) -> NaiveDate {
        *self.windows.borrow_mut().entry((start, months)).or_insert_with(|| {
            let (mut day, mut left) = (start, months);
            loop {
                let next = day.succ_opt().unwrap();
                if next.month() != day.month() {
                    if left == 0 {
                        return day;
                    }
                    left -= 1;
                }
                day = next;
                if left == 0 && day.day() == start.day() {
                    return day;
                }
            }
        })
    }

    /// The same time on the clock so many days later; of two the later, and of none an hour after the one before it.
    fn end(&self, start: i64) -> i64 {
        let clock =
            utc(start).with_timezone(&London).naive_local() + Days::new(self.ladder.suspension_days.into());
        match London.from_local_datetime(&clock) {
            LocalResult::Single(only) => only.timestamp_millis(),
            LocalResult::Ambiguous(_, later) => later.timestamp_millis(),
            LocalResult::None => {
                let before = London.from_local_datetime(&(clock - TimeDelta::hours(1))).unwrap();
                before.timestamp_millis() + HOUR
            }
        }
    }

    /// The last day on which a penalty is held against somebody.
    fn held(&self, penalty: &Penalty) -> Option<NaiveDate> {
        match penalty.step {
            Step::Warning => Some(self.last_day(self.date(penalty.served?), self.ladder.warning_months)),
            Step::Suspension => Some(self.last_day(self.date(penalty.ends?), self.ladder.suspension_months)),
            Step::Expulsion => None,
        }
    }

    /// Plays the history. Says of each post what it led to, and whether it is still on the table at the end.
    fn play(&self, offences: &[&Offence], penalties: &[Penalty]) -> Vec<(Led, bool)> {
        let posts = offences.iter().enumerate().map(|(i, offence)| (offence.at, Event::Posts(i)));
        let arrivals =
            penalties.iter().enumerate().filter_map(|(i, one)| Some((one.served?, Event::Arrives(i))));
        let ends = penalties.iter().enumerate().filter_map(|(i, one)| Some((one.ends?, Event::Ends(i))));
        let shut_out = penalties.iter().enumerate().filter(|(_, one)| one.step > Step::Warning);
        let shuts = shut_out.filter_map(|(i, one)| Some((one.served?, Event::Shuts(i))));
        let mut events: Vec<(i64, Event)> = shuts.chain(posts).chain(arrivals).chain(ends).collect();
        events.sort();

        let (mut warned, mut suspended, mut shut) = (Vec::new(), Vec::new(), Vec::<&Penalty>::new());
        let mut table: BTreeSet<usize> = BTreeSet::new();
        let mut led = vec![Led::Nowhere(Vec::new()); offences.len()];
        for (at, event) in events {
            match event {
                Event::Shuts(i) => shut.push(&penalties[i]),
                Event::Posts(i) => {
                    let today = self.date(at);
                    let live = |held: &[(u32, NaiveDate)]| {
                        held.iter().filter(|(_, last)| today <= *last).copied().collect::<Vec<_>>()
                    };
                    let here: Vec<u32> = shut
                        .iter()
                        .filter(|one| one.place == offences[i].place)
                        .map(|one| one.number)
                        .collect();
                    led[i] = if !here.is_empty() {
                        Led::Nowhere(here)
                    } else if !live(&suspended).is_empty() {
                        Led::To(Step::Expulsion, live(&suspended))
                    } else if !live(&warned).is_empty() {
                        Led::To(Step::Suspension, live(&warned))
                    } else {
                        Led::To(Step::Warning, Vec::new())
                    };
                    table.insert(i);
                }
                Event::Arrives(i) => {
                    // Now they have been told: whatever came before is one matter with it.
                    table.clear();
                    if penalties[i].step == Step::Warning {
                        warned.push((penalties[i].number, self.held(&penalties[i]).unwrap()));
                    }
                }
                Event::Ends(i) => {
                    shut.retain(|one| one.number != penalties[i].number);
                    suspended.push((penalties[i].number, self.held(&penalties[i]).unwrap()));
                }
            }
        }
        if penalties.iter().any(|one| one.served.is_none()) {
            table.clear();
        }
        table.retain(|i| !penalties.iter().any(|one| one.basis.contains(&offences[*i].case)));
        led.into_iter().enumerate().map(|(i, led)| (led, table.contains(&i))).collect()
    }

    fn propose(&self, offences: &[&Offence], penalties: &[Penalty]) -> Option<Ought> {
        let mut ought: Option<Ought> = None;
        for (offence, (led, open)) in offences.iter().zip(self.play(offences, penalties)) {
            let Led::To(step, grounds) = led else { continue };
            if !open {
                continue;
            }
            let so_far = ought.get_or_insert(Ought { step, basis: BTreeSet::new(), reasons: Vec::new() });
            so_far.basis.insert(offence.case);
            if step > so_far.step {
                so_far.step = step;
                so_far.reasons.clear();
            }
            if step == so_far.step {
                so_far.reasons.push((offence.place, grounds));
            }
        }
        ought
    }

    /// What is left of the penalties when they are decided afresh, one after the other, with the posts that still
    /// count. The answer has a line for each that is taken back, and all that remain as they are now.
    fn replay(&self, offences: &[&Offence], penalties: &[Penalty]) -> (Vec<(u32, Reduction)>, Vec<Penalty>) {
        let (mut taken_back, mut kept) = (Vec::new(), Vec::new());
        let mut in_order: Vec<&Penalty> = penalties.iter().collect();
        in_order.sort_by_key(|one| one.signed);
        for penalty in in_order {
            let grounds: Vec<&Offence> =
                offences.iter().filter(|offence| penalty.basis.contains(&offence.case)).copied().collect();
            match self.propose(&grounds, &kept) {
                None => taken_back.push((penalty.number, Reduction::Void)),
                Some(ought) if ought.step < penalty.step => {
                    taken_back.push((penalty.number, Reduction::To(ought.step)));
                    kept.push(self.lighter(penalty, ought.step));
                }
                Some(_) => kept.push(penalty.clone()),
            }
        }
        (taken_back, kept)
    }

    fn lighter(&self, penalty: &Penalty, step: Step) -> Penalty {
        let served = if step == Step::Warning { None } else { penalty.served };
        let ends = if step == Step::Suspension { served.map(|start| self.end(start)) } else { None };
        Penalty { step, served, ends, ..penalty.clone() }
    }
}

fn utc(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap()
}

fn instant(text: &str) -> i64 {
    text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
}

/// The first millisecond of the day after, in London.
fn day_after(day: NaiveDate) -> i64 {
    let midnight = day.succ_opt().unwrap().and_hms_opt(0, 0, 0).unwrap();
    London.from_local_datetime(&midnight).unwrap().timestamp_millis()
}

fn reference(number: u32) -> Reference {
    Reference::new(number).unwrap()
}

fn numbers(references: &BTreeSet<Reference>) -> BTreeSet<u32> {
    references.iter().map(|reference| reference.number()).collect()
}

fn platform(place: usize) -> PlatformId {
    PlatformId::new(PLATFORMS[place]).unwrap()
}

fn breach(offence: &Offence) -> Breach {
    Breach {
        case: reference(offence.case),
        conduct_at: Timestamp::from_millis(offence.at),
        platform: platform(offence.place),
        blind: BTreeSet::new(),
    }
}

fn imposed(penalty: &Penalty) -> Imposed {
    Imposed {
        earlier_is_gone: false,
        sanction: reference(penalty.number),
        step: penalty.step,
        platform: platform(penalty.place),
        basis: penalty.basis.iter().copied().map(reference).collect(),
        signed_at: Timestamp::from_millis(penalty.signed),
        since: penalty.served.map(Timestamp::from_millis),
        until: penalty.ends.map(Timestamp::from_millis),
    }
}

/// How the officers deal with a proposal.
#[derive(Debug, Clone, Copy)]
enum Officers {
    /// They sign it, and it arrives at once.
    Sign,
    /// They sign it, and it arrives days later.
    SignSlowly,
    /// They sign this lesser step.
    SignLess(Step),
    /// They sign a suspension and lift it before its time.
    SignAndLift,
}

/// One family of histories, with how much of it is walked.
struct Worlds {
    oracle: Oracle,
    start: i64,
    breaches: usize,
    /// One in so many of the ways to take things back is tried, in turn.
    thin: usize,
    offences: Vec<Offence>,
    penalties: Vec<Penalty>,
    histories: usize,
    replays: usize,
    reductions: usize,
    turn: usize,
}

impl Worlds {
    fn new(ladder: Ladder, start: &str, breaches: usize, thin: usize) -> Self {
        Self {
            oracle: Oracle::new(ladder),
            start: instant(start),
            breaches,
            thin,
            offences: Vec::new(),
            penalties: Vec::new(),
            histories: 0,
            replays: 0,
            reductions: 0,
            turn: 0,
        }
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.offences.len() + self.penalties.len() + 1).unwrap()
    }

    /// The instants at which the next breach may come: on either side of everything that makes a difference.
    fn instants(&self) -> BTreeSet<i64> {
        let Some(last) = self.offences.last() else { return [self.start].into() };
        let mut instants = BTreeSet::new();
        match self.penalties.last() {
            None => instants.extend([last.at + DAY]),
            // Signed but perhaps not served, then the very instant of service and the first one after it.
            Some(newest) => {
                let served = newest.served.unwrap();
                instants.extend([newest.signed + DAY, served, served + 1]);
                instants.extend(newest.ends);
            }
        }
        for penalty in &self.penalties {
            instants.extend(penalty.ends.map(|end| end + 1));
            if let Some(held) = self.oracle.held(penalty) {
                instants.extend([day_after(held) - 1, day_after(held)]);
            }
        }
        instants.retain(|at| *at > last.at);
        instants
    }

    /// The penalties as they were known at that instant.
    fn known(&self, now: i64) -> Vec<Penalty> {
        let known = |penalty: &Penalty| {
            let served = penalty.served.filter(|served| *served <= now);
            Penalty { served, ends: penalty.ends.filter(|_| served.is_some()), ..penalty.clone() }
        };
        self.penalties.iter().map(known).collect()
    }

    /// Walks all histories that begin with this one.
    fn walk(&mut self) {
        if self.offences.len() == self.breaches {
            return;
        }
        for at in self.instants() {
            // The first may be anywhere: the platforms are alike.
            let places = if self.offences.is_empty() { 0..1 } else { 0..PLATFORMS.len() };
            for place in places {
                self.offences.push(Offence { case: self.next_number(), at, place });
                self.breach(at);
                self.offences.pop();
            }
        }
    }

    fn breach(&mut self, now: i64) {
        let offences: Vec<&Offence> = self.offences.iter().collect();
        let known = self.known(now);
        self.compare_next(&offences, &known);
        let ought = self.compare_proposal(&offences, &known);
        // Nobody may have signed anything yet when the next breach comes.
        self.end_of_history();
        self.walk();

        let Some(ought) = ought else { return };
        let mut answers = vec![Officers::Sign];
        // How it goes on matters most: of what ends the longest histories only the full step is signed.
        if self.offences.len() < 4 {
            answers.push(Officers::SignSlowly);
            match ought.step {
                Step::Warning => {}
                Step::Suspension => {
                    answers.extend([Officers::SignLess(Step::Warning), Officers::SignAndLift]);
                }
                Step::Expulsion => {
                    answers.extend([Step::Warning, Step::Suspension].map(Officers::SignLess));
                }
            }
        }
        for answer in answers {
            self.penalties.push(self.signed(&ought, answer, now + SIGNING));
            self.end_of_history();
            self.walk();
            self.penalties.pop();
        }
    }

    fn signed(&self, ought: &Ought, answer: Officers, signed: i64) -> Penalty {
        let (step, served) = match answer {
            Officers::Sign | Officers::SignAndLift => (ought.step, signed),
            Officers::SignSlowly => (ought.step, signed + SLOW),
            Officers::SignLess(less) => (less, signed),
        };
        let ends = match (step, answer) {
            (Step::Suspension, Officers::SignAndLift) => Some(served + LIFTED),
            (Step::Suspension, _) => Some(self.oracle.end(served)),
            (Step::Warning | Step::Expulsion, _) => None,
        };
        Penalty {
            number: self.next_number(),
            step,
            place: ought.reasons[0].0,
            basis: ought.basis.clone(),
            signed,
            served: Some(served),
            ends,
        }
    }

    fn compare_next(&self, offences: &[&Offence], penalties: &[Penalty]) {
        // Until the newest sanction has arrived nothing leads anywhere, and the question does not arise.
        if penalties.iter().any(|one| one.served.is_none()) {
            return;
        }
        self.compare_next_but(offences, penalties, None);
        // Imposed on another account that nobody knew to be theirs: as if it had never been.
        for hidden in penalties {
            self.compare_next_but(offences, penalties, Some(hidden.number));
        }
    }

    fn compare_next_but(&self, offences: &[&Offence], penalties: &[Penalty], hidden: Option<u32>) {
        let newest = breach(offences.last().unwrap());
        let newest = Breach { blind: hidden.into_iter().map(reference).collect(), ..newest };
        let all: Vec<Imposed> = penalties.iter().map(imposed).collect();
        let next = self.oracle.ladder.next(&newest, &all, London);
        let counts = penalties.iter().filter(|one| Some(one.number) != hidden);
        let penalties: &[Penalty] = &counts.cloned().collect::<Vec<_>>();
        let (led, _) = self.oracle.play(offences, penalties).pop().unwrap();
        let agree = match (&led, &next) {
            (Led::Nowhere(shut), Next::Record { sanction }) => shut.contains(&sanction.number()),
            (Led::To(ought, grounds), Next::Propose { step, because }) => {
                ought == step && self.is_reason(*step, because, grounds)
            }
            (Led::Nowhere(_), Next::Propose { .. }) | (Led::To(..), Next::Record { .. }) => false,
        };
        assert!(agree, "{led:?}\n{next:?}\n{}", world(offences, penalties));
    }

    /// Whether the reason is one of the grounds, and the one that is held against the member longest.
    fn is_reason(&self, step: Step, because: &Because, grounds: &[(u32, NaiveDate)]) -> bool {
        let longest = grounds.iter().map(|(_, last)| *last).max();
        let is_ground = |sanction: Reference, until: Timestamp| {
            let last = self.oracle.date(until.as_millis());
            grounds.contains(&(sanction.number(), last))
                && Some(last) == longest
                && until.as_millis() == day_after(last) - 1
        };
        match (step, because) {
            (Step::Warning, Because::First) => grounds.is_empty(),
            (Step::Suspension, Because::Warned { sanction, until, .. })
            | (Step::Expulsion, Because::Suspended { sanction, until, .. }) => is_ground(*sanction, *until),
            _ => false,
        }
    }

    fn compare_proposal(&self, offences: &[&Offence], penalties: &[Penalty]) -> Option<Ought> {
        let breaches: Vec<Breach> = offences.iter().copied().map(breach).collect();
        let all: Vec<Imposed> = penalties.iter().map(imposed).collect();
        let proposal = self.oracle.ladder.propose(&breaches, &all, London);
        let ought = self.oracle.propose(offences, penalties);
        let agree = match (&ought, &proposal) {
            (None, None) => true,
            (Some(ought), Some(Proposal { step, because, platform: place, basis })) => {
                let is_reason = |(at, grounds): &(usize, Vec<_>)| {
                    platform(*at) == *place && self.is_reason(*step, because, grounds)
                };
                ought.step == *step && ought.basis == numbers(basis) && ought.reasons.iter().any(is_reason)
            }
            (None, Some(_)) | (Some(_), None) => false,
        };
        assert!(agree, "{ought:?}\n{proposal:?}\n{}", world(offences, penalties));
        ought
    }

    /// Takes back up to three strikes and sanctions, in all ways or in a share of them.
    fn end_of_history(&mut self) {
        self.histories += 1;
        let things = self.offences.len() + self.penalties.len();
        // Either all have been served, or the newest may be under way still.
        let newest = self.penalties.last().map_or(0, |newest| newest.signed);
        let both = [self.known(i64::MAX), self.known(newest)];
        for voided in (0..1_u32 << things).filter(|voided| voided.count_ones() <= 3) {
            self.turn += 1;
            if !self.turn.is_multiple_of(self.thin) && voided != 0 {
                continue;
            }
            let is_left = |i: usize| voided & (1 << i) == 0;
            let left = |(i, offence)| is_left(i).then_some(offence);
            let offences: Vec<&Offence> = self.offences.iter().enumerate().filter_map(left).collect();
            let known = &both[self.turn / self.thin % 2];
            let penalties: Vec<Penalty> = (known.iter().enumerate())
                .filter(|(i, _)| is_left(self.offences.len() + i))
                .map(|(_, penalty)| penalty.clone())
                .collect();
            self.replays += 1;
            self.reductions += self.compare_replay(&offences, &penalties, voided == 0);
        }
    }

    fn compare_replay(&self, offences: &[&Offence], penalties: &[Penalty], untouched: bool) -> usize {
        let ladder = &self.oracle.ladder;
        let world = || world(offences, penalties);
        let breaches: Vec<Breach> = offences.iter().copied().map(breach).collect();
        // Newest first: the order is that of signing, not that of the list.
        let all: Vec<Imposed> = penalties.iter().rev().map(imposed).collect();
        let reductions = ladder.replay(&breaches, &all, London);
        let (ought, kept) = self.oracle.replay(offences, penalties);
        let answer: Vec<(u32, Reduction)> =
            reductions.iter().map(|(one, how)| (one.number(), *how)).collect();
        assert_eq!(ought, answer, "\n{}", world());
        if untouched {
            assert_eq!(answer, [], "a lawful history was reduced\n{}", world());
        }

        let mut mended = Vec::new();
        for one in all.iter().rev() {
            match reductions.iter().find(|(sanction, _)| *sanction == one.sanction) {
                None => mended.push(one.clone()),
                Some((_, Reduction::Void)) => {}
                Some((_, Reduction::To(step))) => {
                    assert!(*step < one.step, "{} became heavier\n{}", one.sanction, world());
                    mended.push(ladder.reduced(one, *step, London));
                }
            }
        }
        let ought: Vec<Imposed> = kept.iter().map(imposed).collect();
        assert_eq!(ought, mended, "\n{}", world());
        assert_eq!(
            ladder.replay(&breaches, &mended, London),
            [],
            "a second replay reduced more\n{}",
            world()
        );
        if !reductions.is_empty() {
            self.compare_proposal(offences, &kept);
        }
        self.add_what_was_absorbed(&breaches, &all, &reductions);
        reductions.len()
    }

    /// One more breach from before a sanction was served is one matter with it, whenever it comes to light.
    fn add_what_was_absorbed(
        &self,
        breaches: &[Breach],
        all: &[Imposed],
        reductions: &[(Reference, Reduction)],
    ) {
        let ladder = &self.oracle.ladder;
        let Some(served) = all.iter().map(|one| one.since).max() else { return };
        let conduct_at = if all.iter().all(|one| one.since.is_some()) {
            served.unwrap()
        } else {
            // Somebody who has not been told yet has all the time in the world.
            Timestamp::from_millis(self.start + 1000 * DAY)
        };
        let case = reference(99);
        let mut more = breaches.to_vec();
        more.push(Breach { case, conduct_at, platform: platform(self.turn % 2), blind: BTreeSet::new() });
        assert_eq!(ladder.replay(&more, all, London), reductions, "{more:#?}\n{all:#?}");
        let before = ladder.propose(breaches, all, London);
        assert_eq!(ladder.propose(&more, all, London), before, "{more:#?}\n{all:#?}");
    }
}

/// The world as people read it.
fn world(offences: &[&Offence], penalties: &[Penalty]) -> String {
    let show = |at: i64| utc(at).with_timezone(&London).to_rfc3339();
    let mut lines: Vec<(i64, String)> = Vec::new();
    for offence in offences {
        let place = PLATFORMS[offence.place];
        lines.push((offence.at, format!("{} breach {} on {place}", show(offence.at), offence.case)));
    }
    for one in penalties {
        let (served, ends) = (one.served.map(show), one.ends.map(show));
        let line = format!(
            "{} signed {} {} on {} for {:?}, served {served:?}, ends {ends:?}",
            show(one.signed),
            one.step,
            one.number,
            PLATFORMS[one.place],
            one.basis,
        );
        lines.push((one.signed, line));
    }
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// Walks a family, which must not be a small one.
fn walk(ladder: Ladder, start: &str, breaches: usize, thin: usize, at_least: (usize, usize, usize)) {
    let mut worlds = Worlds::new(ladder, start, breaches, thin);
    worlds.walk();
    let (histories, replays, reductions) = at_least;
    let counts = (worlds.histories, worlds.replays, worlds.reductions);
    assert!(counts.0 > histories && counts.1 > replays && counts.2 > reductions, "{start}: {counts:?}");
}

#[test]
fn every_small_history_of_four_breaches_goes_as_the_rules_say() {
    walk(Ladder::default(), "2026-05-10T22:30:00Z", 4, 31, (50_000, 150_000, 100_000));
}

#[test]
fn every_small_history_goes_as_the_rules_say_around_leap_days_and_clock_changes() {
    let starts = [
        // A warning of the leap day, of the day before it, and of the day that is 366 days before its last one.
        "2024-02-29T09:00:00Z",
        "2024-02-28T09:00:00Z",
        "2027-03-01T09:00:00Z",
        // A suspension that ends in the hour that does not exist, and one that ends in the hour that comes twice.
        "2026-02-26T23:29:59.999Z",
        "2026-09-24T22:29:59.999Z",
    ];
    for start in starts {
        walk(Ladder::default(), start, 3, 5, (2_000, 15_000, 10_000));
    }
}

#[test]
fn every_small_history_goes_as_the_rules_say_with_other_numbers() {
    let ladder = Ladder { warning_months: 6, suspension_days: 14, suspension_months: 3 };
    walk(ladder, "2026-08-31T09:00:00Z", 3, 5, (2_000, 15_000, 10_000));
}

/// The examples that the rules were agreed with.
#[test]
fn the_oracle_knows_the_calendar() {
    let oracle = Oracle::new(Ladder::default());
    let windows = [
        ("2026-05-10T12:00:00Z", 12, "2027-05-10"),
        ("2024-02-29T12:00:00Z", 12, "2025-02-28"),
        ("2024-02-28T12:00:00Z", 12, "2025-02-28"),
        ("2027-03-01T12:00:00Z", 12, "2028-03-01"),
        ("2024-02-29T12:00:00Z", 24, "2026-02-28"),
        ("2026-05-10T23:30:00Z", 12, "2027-05-11"),
    ];
    for (from, months, to) in windows {
        assert_eq!(oracle.last_day(oracle.date(instant(from)), months).to_string(), to, "{from}");
    }
    let suspensions = [
        ("2026-03-10T14:00:00Z", "2026-04-09T13:00:00Z"),
        ("2026-02-27T01:30:00Z", "2026-03-29T01:30:00Z"),
        ("2026-09-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("2026-10-01T08:00:00Z", "2026-10-31T09:00:00Z"),
    ];
    for (from, to) in suspensions {
        assert_eq!(utc(oracle.end(instant(from))), utc(instant(to)), "{from}");
        let end = oracle.ladder.suspension_end(Timestamp::from_millis(instant(from)), London);
        assert_eq!(end.as_millis(), instant(to), "{from}");
    }
}
