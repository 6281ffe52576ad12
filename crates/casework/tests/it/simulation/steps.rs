//! What happens: drawn by chance, with a liking for what leads somewhere.

use std::fmt;

use ledger::testing::Break;
use platform::{Change, Inbound};

use super::chance::Chance;
use super::world::{DAY, HOUR, MEMBERS, OFFICERS, REPORTERS, SECOND, World, handed_in};
use crate::harness::{group, member};

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Writes(Words),
    /// A post that was handed in before comes again.
    Again(usize),
    Command(usize, String, String),
    Direct(usize, String, String),
    Joins(usize, String),
    Leaves(usize, String),
    /// A human does something past the bot, of which it hears or not.
    ByHand(usize, String, Change, bool),
    Inbox(usize, String, bool),
    /// So many milliseconds pass.
    Passes(i64),
    /// The clock is set, and nothing passes.
    Set(i64),
    /// One call in so many fails from now on; none when 0.
    Trouble(usize, usize),
    Outage(usize, u32),
    Restarts,
    /// It happens, and the process dies at the so-manieth place.
    Dies(u32, Box<Step>),
    /// It happens while the ledger can change only so many rows more. Then it can again, and what came to nothing is tried
    /// again.
    Breaks(u32, Box<Step>),
    /// It happens, and nothing is delivered yet.
    Undelivered(Box<Step>),
    /// It happens, and is dropped after so many polls.
    InPart(u32, bool, Box<Step>),
    AtOnce(Box<Step>, Box<Step>),
}

#[derive(Clone)]
pub(super) struct Words {
    pub(super) place: usize,
    pub(super) id: String,
    pub(super) revision: u32,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) quotes: Option<String>,
    pub(super) answers: Option<String>,
    pub(super) forwards: Option<String>,
    pub(super) aimed: Vec<String>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, id, revision, author, text, quotes, answers, forwards, aimed } = self;
        write!(f, "Words({place} #{id}.{revision} {author}: {text:?}")?;
        for (what, of) in [("quotes", quotes), ("answers", answers), ("forwards", forwards)] {
            if let Some(of) = of {
                write!(f, " {what} {of:?}")?;
            }
        }
        if aimed.is_empty() { write!(f, ")") } else { write!(f, " at {aimed:?})") }
    }
}

const WHY: &str = "because it went on for days";

impl World {
    /// Draws what happens next.
    pub(super) fn draw(&mut self, chance: &mut Chance, restless: bool) -> Step {
        if let Some(step) = self.next.pop_front() {
            return self.disturbed(step, chance, restless);
        }
        if chance.one_in(2)
            && let Some(step) = self.leads_on(chance)
        {
            return self.disturbed(step, chance, restless);
        }
        let step = match chance.below(100) {
            0..24 => self.writes(chance),
            24..58 => self.officers(chance),
            58..70 => self.members(chance),
            70..88 => self.passes(chance),
            88..90 => Step::Set(
                *chance
                    .any(&[-90 * SECOND, 60 * SECOND, -HOUR, HOUR, -40 * DAY, 40 * DAY, -DAY, DAY])
                    .unwrap(),
            ),
            90..93 => {
                let place = chance.below(self.places.len());
                Step::Trouble(place, *chance.any(&[0, 0, 2, 4, 8]).unwrap())
            }
            93 => Step::Outage(
                chance.below(self.places.len()),
                [1, 3, 8, 20].get(chance.below(4)).copied().unwrap(),
            ),
            94..96 => Step::Restarts,
            96 => {
                let place = chance.below(self.places.len());
                let who = self.anybody(place, chance);
                Step::Inbox(place, who, !chance.one_in(2))
            }
            _ => self.comings(chance),
        };
        self.disturbed(step, chance, restless)
    }

    fn disturbed(&mut self, step: Step, chance: &mut Chance, restless: bool) -> Step {
        let takes = matches!(
            step,
            Step::Writes(_) | Step::Command(..) | Step::Direct(..) | Step::Joins(..) | Step::Again(_)
        );
        if takes && restless && chance.one_in(3) {
            if chance.one_in(2) && matches!(step, Step::Command(..) | Step::Direct(..)) {
                let other = if chance.one_in(2) { step.clone() } else { self.officers(chance) };
                return Step::AtOnce(Box::new(step), Box::new(other));
            }
            let polls = u32::try_from(1 + chance.below(220)).unwrap();
            return Step::InPart(polls, chance.one_in(2), Box::new(step));
        }
        match chance.below(12) {
            0 | 1 if takes || matches!(step, Step::Passes(_)) => {
                Step::Dies(u32::try_from(chance.below(26)).unwrap(), Box::new(step))
            }
            2 if takes => Step::Undelivered(Box::new(step)),
            3 if takes || matches!(step, Step::Passes(_)) => {
                Step::Breaks(u32::try_from(chance.early(80)).unwrap(), Box::new(step))
            }
            _ => step,
        }
    }

    /// What takes a matter further that is under way: people who mean it are what gets anywhere.
    fn leads_on(&mut self, chance: &mut Chance) -> Option<Step> {
        let place = chance.below(self.places.len());
        let key = self.places[place].key;
        let word = self.word();
        let why = format!("{WHY} {word}");
        let here = self.books.sanctions.iter().filter(|sanction| sanction.group == key);
        let open: Vec<_> = here.clone().filter(|sanction| sanction.is_proposal()).cloned().collect();
        if let Some(sanction) = chance.any(&open) {
            let reference = format!("B-{}", sanction.number);
            if sanction.state == "hearing" {
                return Some(if chance.one_in(2) {
                    Step::Direct(place, sanction.member.clone(), format!("reply {reference} {word}"))
                } else {
                    Step::Passes(7 * DAY + chance.long(DAY))
                });
            }
            for name in ["asha", "kit", "sam", "eve"] {
                let officer = self.places[place].name(name);
                let line = format!("sign {reference} {} {why}", sanction.proposed);
                self.next.push_back(Step::Command(place, officer.clone(), format!("case {reference}")));
                self.next.push_back(Step::Command(place, officer, line));
            }
            return self.next.pop_front();
        }
        let in_state = |state: &str| {
            let open = self.books.appeals.iter().rev().find(|appeal| appeal.state == state);
            open.and_then(|appeal| self.books.files.get(&appeal.file)).filter(|file| file.group == key)
        };
        if let Some(number) = in_state("lodged").map(|file| file.number) {
            let officer = self.places[place].name(["mo", "nia", "kit"][chance.below(3)]);
            let ruling = *chance.any(&["accept", "dismiss"]).unwrap();
            return Some(Step::Command(place, officer, format!("decide B-{number} {ruling} {why}")));
        }
        if let Some(number) = in_state("executive").map(|file| file.number) {
            let officer = self.places[place].name(["ed", "eve"][chance.below(2)]);
            let ruling = *chance.any(&["allow", "vary", "dismiss", "warning", "refuse"]).unwrap();
            return Some(Step::Command(place, officer, format!("minute B-{number} {ruling} 2026/7 {why}")));
        }
        // Those who are held something against do it again; now and then somebody appeals.
        let held: Vec<(String, u32)> =
            here.filter(|sanction| sanction.counts()).map(|one| (one.member.clone(), one.number)).collect();
        let (who, number) = chance.any(&held).cloned()?;
        if chance.one_in(3) {
            let cases = self.books.cases.iter().filter(|case| case.author == who && case.state == "removed");
            let cases: Vec<u32> = cases.map(|case| case.number).chain([number]).collect();
            let about = chance.any(&cases).copied()?;
            return Some(Step::Direct(place, who, format!("appeal B-{about} {word}")));
        }
        let shut_out = self.places[place].platform.fake.exclusion(&member(&who)).is_some();
        if shut_out {
            return Some(Step::Passes(31 * DAY));
        }
        self.places[place].platform.fake.join(&member(&who));
        Some(Step::Writes(Words {
            place,
            id: format!("p{}", self.words),
            revision: 0,
            author: who,
            text: format!("worstlo {word}"),
            quotes: None,
            answers: None,
            forwards: None,
            aimed: Vec::new(),
        }))
    }

    /// Several members write what is listed, one after the other; now and then an admin says that it is over.
    pub(super) fn uproar(&mut self, chance: &mut Chance) -> Vec<Step> {
        let place = chance.below(self.places.len());
        let mut steps = Vec::new();
        if chance.one_in(2) {
            let admin = self.places[place].name("asha");
            steps.push(Step::Command(place, admin, "breaker reset".to_owned()));
        }
        for member in MEMBERS.iter().take(3 + chance.below(3)) {
            let (listed, word) = (*chance.any(&["stronko", "worstlo"]).unwrap(), self.word());
            let words = Words {
                place,
                id: format!("p{}", self.words),
                revision: 0,
                author: self.places[place].name(member),
                text: format!("{listed} {word}"),
                quotes: None,
                answers: None,
                forwards: None,
                aimed: Vec::new(),
            };
            steps.push(Step::Writes(words));
        }
        steps
    }

    fn anybody(&self, place: usize, chance: &mut Chance) -> String {
        let name = if chance.one_in(4) {
            OFFICERS[chance.below(OFFICERS.len())].0
        } else {
            // Those who came first, most.
            MEMBERS[chance.early(MEMBERS.len())]
        };
        self.places[place].name(name)
    }

    fn word(&mut self) -> String {
        self.words += 1;
        format!("zq{}x @everyone **bold** [go](https://zq.example) <b>", self.words)
    }

    fn writes(&mut self, chance: &mut Chance) -> Step {
        let place = chance.below(self.places.len());
        let author = if chance.one_in(12) {
            self.places[place].name(OFFICERS[chance.below(OFFICERS.len())].0)
        } else {
            self.places[place].name(MEMBERS[chance.early(MEMBERS.len())])
        };
        if chance.one_in(9) && !self.posts.is_empty() {
            return Step::Again(chance.below(self.posts.len()));
        }
        let listed =
            *chance.any(&["", "", "mildo", "medlo", "stronko", "worstlo", "worstlo", "worstlo"]).unwrap();
        let word = self.word();
        let tale = "the kettle boiled over while nobody looked at the garden wall";
        let mut words = Words {
            place,
            id: format!("p{}", self.words),
            revision: 0,
            author,
            text: format!("{listed} {tale} {word}"),
            quotes: None,
            answers: None,
            forwards: None,
            aimed: Vec::new(),
        };
        let earlier: Vec<_> =
            self.posts.iter().filter(|(of, _)| *of == place).map(|(_, post)| post).collect();
        if let Some(&post) = chance.any(&earlier) {
            let id = post.id.as_str().to_owned();
            let said = post.surfaces[0].text.expose().to_owned();
            match chance.below(10) {
                // An edit, of what still stands.
                0 | 1 if self.places[place].platform.fake.post(&post.id).is_some() => {
                    words.revision = post.revision + 1;
                    words.author = post.author.as_str().to_owned();
                    words.id = id;
                }
                2 => {
                    words.answers = Some(id);
                    words.aimed = vec![post.author.as_str().to_owned()];
                }
                3 => {
                    words.forwards = Some(id);
                    words.text = String::from("look");
                    words.quotes = Some(said);
                }
                4 => {
                    words.answers = Some(id);
                    words.quotes = Some(said);
                }
                5 => words.aimed = vec![self.places[place].name(OFFICERS[chance.below(OFFICERS.len())].0)],
                _ => {}
            }
        }
        Step::Writes(words)
    }

    fn passes(&mut self, chance: &mut Chance) -> Step {
        let now = self.time.shows().as_millis();
        let mut boundaries: Vec<i64> = self.books.deadlines.iter().map(|deadline| deadline.due).collect();
        for sanction in self.books.sanctions.iter().filter(|sanction| sanction.counts()) {
            let zone = chrono_tz::Europe::London;
            let window = |at: i64| policy::Timestamp::from_millis(at).window_end(12, zone).as_millis();
            boundaries.extend(sanction.since.map(window));
            boundaries.extend(sanction.until.map(window));
        }
        boundaries.retain(|at| (1..400 * DAY).contains(&(at - now)));
        if chance.one_in(2)
            && let Some(at) = chance.any(&boundaries)
        {
            // Exactly then, a moment before, a moment after.
            return Step::Passes((at - now + chance.long(3) - 1).max(1));
        }
        Step::Passes(match chance.below(12) {
            0..3 => 1 + chance.long(HOUR),
            3..6 => 1 + chance.long(DAY),
            6..8 => 3 * DAY + chance.long(DAY),
            8 | 9 => 8 * DAY + chance.long(DAY),
            10 => 31 * DAY + chance.long(DAY),
            _ => chance.long(200 * DAY) + 1,
        })
    }

    fn comings(&mut self, chance: &mut Chance) -> Step {
        let place = chance.below(self.places.len());
        let who = self.anybody(place, chance);
        match chance.below(7) {
            0..3 => Step::Joins(place, who),
            3 => Step::Leaves(place, who),
            _ => {
                let change = [Change::Admitted, Change::Excluded, Change::Muted, Change::Unmuted];
                Step::ByHand(place, who, change[chance.below(4)], !chance.one_in(4))
            }
        }
    }

    fn some_file(&self, place: usize, chance: &mut Chance) -> String {
        let key = self.places[place].key;
        let numbers: Vec<u32> =
            self.books.files.values().filter(|file| file.group == key).map(|file| file.number).collect();
        let number = if chance.one_in(20) { 99 } else { chance.any(&numbers).copied().unwrap_or(1) };
        format!("B-{number}")
    }

    fn case_in(&self, place: usize, states: &[&str], chance: &mut Chance) -> String {
        let key = self.places[place].key;
        let fit = |case: &&super::books::Case| case.group == key && states.contains(&case.state.as_str());
        let numbers: Vec<u32> = self.books.cases.iter().filter(fit).map(|case| case.number).collect();
        match chance.any(&numbers) {
            Some(number) if !chance.one_in(8) => format!("B-{number}"),
            _ => self.some_file(place, chance),
        }
    }

    fn sanction_in(
        &self,
        place: usize,
        fit: impl Fn(&super::books::Sanction) -> bool,
        chance: &mut Chance,
    ) -> String {
        let key = self.places[place].key;
        let here = self.books.sanctions.iter().filter(|sanction| sanction.group == key && fit(sanction));
        let numbers: Vec<u32> = here.map(|sanction| sanction.number).collect();
        match chance.any(&numbers) {
            Some(number) if !chance.one_in(10) => format!("B-{number}"),
            _ => self.some_file(place, chance),
        }
    }

    fn appealed_in(&self, place: usize, state: &str, chance: &mut Chance) -> String {
        let key = self.places[place].key;
        let open = self.books.appeals.iter().filter(|appeal| appeal.state == state);
        let files = open.filter_map(|appeal| self.books.files.get(&appeal.file));
        let numbers: Vec<u32> = files.filter(|file| file.group == key).map(|file| file.number).collect();
        match chance.any(&numbers) {
            Some(number) if !chance.one_in(10) => format!("B-{number}"),
            _ => self.some_file(place, chance),
        }
    }

    /// Opens a file and does something about it, as those do who mean it.
    fn opens(&mut self, place: usize, officer: &str, reference: &str, line: String) -> Step {
        self.next.push_back(Step::Command(place, officer.to_owned(), line));
        Step::Command(place, officer.to_owned(), format!("case {reference}"))
    }

    fn officers(&mut self, chance: &mut Chance) -> Step {
        let place = chance.below(self.places.len());
        let officer = self.places[place].name(OFFICERS[chance.below(OFFICERS.len())].0);
        let word = self.word();
        let why = format!("{WHY} {word}");
        let open = self.books.sanctions.iter().any(super::books::Sanction::is_proposal);
        if open && chance.one_in(2) {
            let step =
                *chance.any(&["warning", "suspension", "suspension", "expulsion", "expulsion"]).unwrap();
            let reference = self.sanction_in(place, super::books::Sanction::is_proposal, chance);
            let proposed = self
                .books
                .sanctions
                .iter()
                .find(|one| one.is_proposal() && format!("B-{}", one.number) == reference);
            let step = match proposed {
                Some(sanction) if !chance.one_in(4) => sanction.proposed.clone(),
                _ => step.to_owned(),
            };
            let names = ["asha", "kit", "sam", "ed", "eve"];
            let first = chance.below(names.len());
            // As many as it takes, one after the other.
            for nth in 1..(1 + chance.below(3)) {
                let officer = self.places[place].name(names[(first + nth) % names.len()]);
                self.next.push_back(Step::Command(place, officer.clone(), format!("case {reference}")));
                self.next.push_back(Step::Command(place, officer, format!("sign {reference} {step} {why}")));
            }
            let officer = self.places[place].name(names[first]);
            self.next.push_front(Step::Command(
                place,
                officer.clone(),
                format!("sign {reference} {step} {why}"),
            ));
            return Step::Command(place, officer, format!("case {reference}"));
        }
        let someone = self.anybody(place, chance);
        let line = match chance.below(40) {
            0..3 => format!("confirm {} {why}", self.case_in(place, &["hidden"], chance)),
            3 | 4 => format!("void {} {why}", self.case_in(place, &["removed", "hidden", "flagged"], chance)),
            5 | 6 => format!("restore {} {why}", self.case_in(place, &["removed", "hidden"], chance)),
            7 => format!(
                "remove {} abuse {why}",
                self.case_in(place, &["flagged", "hidden", "dismissed"], chance)
            ),
            8 | 9 => {
                let id = self
                    .posts
                    .iter()
                    .filter(|(of, _)| *of == place)
                    .map(|(_, post)| post.id.as_str().to_owned());
                let ids: Vec<String> = id.collect();
                let act = *chance.any(&["remove", "hide", "enforce"]).unwrap();
                format!("{act} #{} abuse {why}", chance.any(&ids).cloned().unwrap_or("p1".to_owned()))
            }
            10 => {
                let reference = self.sanction_in(place, super::books::Sanction::is_proposal, chance);
                return self.opens(place, &officer, &reference, format!("decline {reference} {why}"));
            }
            11 => format!("void {} {why}", self.sanction_in(place, super::books::Sanction::counts, chance)),
            12..15 => {
                let reference = self.appealed_in(place, "lodged", chance);
                let ruling = *chance.any(&["accept", "dismiss"]).unwrap();
                return self.opens(place, &officer, &reference, format!("decide {reference} {ruling} {why}"));
            }
            15..18 => {
                let reference = self.appealed_in(place, "executive", chance);
                let rulings = ["allow", "vary", "dismiss", "warning", "suspension", "refuse", "allow"];
                let executive = self.places[place].name(["ed", "eve"][chance.below(2)]);
                let line = format!("minute {reference} {} 2026/7 {why}", chance.pick(&rulings));
                return self.opens(place, &executive, &reference, line);
            }
            18 => format!("conflict {}", self.some_file(place, chance)),
            19 => format!("mute {someone} {} {why}", [1, 24, 48, 72, 73][chance.below(5)]),
            20 => format!("unmute {someone}"),
            21 => {
                let other = self.anybody(place, chance);
                let confirmer = self.places[place].name(["asha", "kit", "sam"][chance.below(3)]);
                self.next.push_back(Step::Command(place, confirmer, format!("link {other} {someone}")));
                format!("link {someone} {other}")
            }
            22 => match chance.any(&self.books.links) {
                Some((_, one, other)) => format!("unlink {one} {other}"),
                None => format!("unlink {someone} alice"),
            },
            23 => format!("serve {} by post {word}", self.some_file(place, chance)),
            24 | 25 => {
                let open: Vec<u32> = self
                    .books
                    .reports
                    .iter()
                    .filter_map(|id| self.books.files.get(id))
                    .map(|file| file.number)
                    .collect();
                let outcome = *chance.any(&["acted", "no-breach", "advice", "referred"]).unwrap();
                format!("answer B-{} {outcome} {why}", chance.any(&open).copied().unwrap_or(1))
            }
            26 => format!("hold {} {why}", self.some_file(place, chance)),
            27 => format!("release {}", self.some_file(place, chance)),
            28 => format!(
                "erase {} {why}",
                if chance.one_in(2) { someone } else { self.some_file(place, chance) }
            ),
            29 => format!("rectify {} {word}", self.some_file(place, chance)),
            30 => format!("mode {}", chance.pick(&["shadow", "live", "live"])),
            31 => "clock confirm".to_owned(),
            32 => (*chance.any(&["queue", "appeals", "proposals", "reports"]).unwrap()).to_owned(),
            33 => format!("history {someone}"),
            34 => "digest".to_owned(),
            35 => format!("outside {}", self.some_file(place, chance)),
            36 => "rules post general".to_owned(),
            37 => "wordlist reload".to_owned(),
            38 => format!(
                "export {} csv",
                if chance.one_in(2) { "register".to_owned() } else { self.some_file(place, chance) }
            ),
            _ => format!("case {}", self.some_file(place, chance)),
        };
        Step::Command(place, officer, line)
    }

    fn members(&mut self, chance: &mut Chance) -> Step {
        let place = chance.below(self.places.len());
        let word = self.word();
        let key = self.places[place].key;
        if chance.one_in(4) {
            let who = self.places[place].name(REPORTERS[chance.below(REPORTERS.len())]);
            let kind =
                *chance.any(&["abuse", "harassment", "spam", "safeguarding", "legal", "moderation"]).unwrap();
            let ids: Vec<String> = self
                .posts
                .iter()
                .filter(|(of, _)| *of == place)
                .map(|(_, post)| post.id.as_str().to_owned())
                .collect();
            let about = match (chance.any(&ids), chance.below(4)) {
                (Some(id), 0..2) => format!("#{id}"),
                (_, 2) => "moderation".to_owned(),
                _ => format!("@{}", self.anybody(place, chance)),
            };
            return Step::Direct(place, who, format!("report {kind} {about} {word}"));
        }
        let own: Vec<(String, u32)> = self
            .books
            .cases
            .iter()
            .filter(|case| case.group == key && case.state != "watched")
            .map(|case| (case.author.clone(), case.number))
            .chain(
                self.books
                    .sanctions
                    .iter()
                    .filter(|sanction| sanction.group == key)
                    .map(|sanction| (sanction.member.clone(), sanction.number)),
            )
            .collect();
        let (who, number) = chance.any(&own).cloned().unwrap_or_else(|| (self.anybody(place, chance), 1));
        let line = match chance.below(14) {
            0..5 => format!("appeal B-{number} {word}"),
            5 | 6 => {
                let open: Vec<_> =
                    self.books.sanctions.iter().filter(|one| one.group == key && one.is_proposal()).collect();
                match chance.any(&open) {
                    Some(sanction) => {
                        let (who, number) = (sanction.member.clone(), sanction.number);
                        return Step::Direct(place, who, format!("reply B-{number} {word}"));
                    }
                    None => format!("reply B-{number} {word}"),
                }
            }
            7 => format!("withdraw B-{number}"),
            8 => (*chance.any(&["my-record", "my-record json"]).unwrap()).to_owned(),
            9 => format!("erase-me {word}"),
            10 => format!("correct B-{number} {word}"),
            11 => format!("language {}", chance.pick(&["cy", "en"])),
            12 => "acknowledge".to_owned(),
            _ => format!("hello {word}"),
        };
        Step::Direct(place, who, line)
    }

    /// Has it happen.
    pub(super) async fn happens(&mut self, step: &Step) {
        match step {
            Step::Dies(places, step) => match step.as_ref() {
                Step::Passes(ms) => {
                    self.time.passes(*ms);
                    self.settle(Some(*places)).await;
                }
                step => {
                    if let Some(inbound) = self.inbound(step) {
                        self.takes(inbound, Some(*places), true).await;
                    }
                }
            },
            Step::Breaks(rows, step) => {
                self.breaks(*rows, Break::ALL[usize::from(rows % 2 == 1)], step).await;
            }
            Step::Undelivered(step) => {
                if let Some(inbound) = self.inbound(step) {
                    self.takes(inbound, None, false).await;
                }
            }
            Step::InPart(polls, restarts, step) => {
                if let Some(inbound) = self.inbound(step) {
                    self.take_in_part(inbound, *polls, *restarts).await;
                }
            }
            Step::AtOnce(one, other) => {
                if let (Some(one), Some(other)) = (self.inbound(one), self.inbound(other)) {
                    self.take_both(one, other).await;
                }
            }
            Step::Passes(ms) => {
                self.time.passes(*ms);
                self.settle(None).await;
            }
            Step::Set(ms) => {
                self.time.is_set(*ms);
                self.settle(None).await;
            }
            Step::Trouble(place, one_in) => self.places[*place].platform.trouble(*one_in),
            Step::Outage(place, calls) => self.places[*place].platform.outage(*calls),
            Step::Restarts => self.restart().await,
            Step::Inbox(place, who, open) => {
                self.places[*place].platform.fake.set_takes_messages(&member(who), *open);
            }
            Step::Leaves(place, who) => self.places[*place].platform.fake.leave(&member(who)),
            Step::Writes(_)
            | Step::Again(_)
            | Step::Command(..)
            | Step::Direct(..)
            | Step::Joins(..)
            | Step::ByHand(..) => {
                if let Some(inbound) = self.inbound(step) {
                    self.takes(inbound, None, true).await;
                }
            }
        }
    }

    /// What a step hands in, if anything.
    pub(super) fn inbound(&mut self, step: &Step) -> Option<Inbound> {
        match step {
            Step::Writes(words) => self.put_up(words),
            Step::Again(nth) => self.posts.get(*nth).map(|(_, post)| handed_in(post.clone())),
            Step::Command(place, from, line) => Some(self.command(*place, from, line)),
            Step::Direct(place, from, text) => Some(self.direct(*place, from, text)),
            Step::Joins(place, who) => {
                let there = &self.places[*place];
                let came = there.platform.fake.join(&member(who));
                came.then(|| Inbound::Joined { group: group(there.key), member: member(who) })
            }
            Step::ByHand(place, who, change, heard) => {
                let there = &self.places[*place];
                there.platform.fake.change_by_hand(&member(who), *change);
                let done = there.platform.fake.effects().len();
                let (group, by) = (group(there.key), Some(self.member(*place, "mo")));
                if let Change::Excluded | Change::Admitted = change {
                    self.by_hand.insert((*place, who.clone()), (*change, done));
                }
                let (member, change) = (member(who), *change);
                heard.then(|| Inbound::ByHand { group, member, change, by, noted: None })
            }
            Step::Passes(_)
            | Step::Set(_)
            | Step::Trouble(..)
            | Step::Outage(..)
            | Step::Restarts
            | Step::Dies(..)
            | Step::Breaks(..)
            | Step::Undelivered(_)
            | Step::InPart(..)
            | Step::AtOnce(..)
            | Step::Inbox(..)
            | Step::Leaves(..) => None,
        }
    }
}
