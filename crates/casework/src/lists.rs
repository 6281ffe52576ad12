//! Lists of files: a line each, and what can be done about them.

use policy::{Appeal, Case, Letter, Offer, Reference, Report, Sanction, Timestamp};

use crate::in_force::InForce;
use crate::letters;
use crate::reports;

/// How many lines of a kind an answer lists at most; it says when there are more.
pub(crate) const LINES_MAX: usize = 25;

/// One line about a file.
pub(crate) struct Line {
    file: Reference,
    text: String,
    /// What the file waits for.
    awaits: Vec<Offer>,
}

impl Line {
    /// A line about a file that waits for nothing of which there is an offer.
    pub(crate) fn of(file: Reference, text: String) -> Self {
        Self { file, text, awaits: Vec::new() }
    }

    /// A case.
    pub(crate) fn case(case: &Case, in_force: &InForce, now: Timestamp) -> Self {
        let text = letters::summary(case, in_force, now);
        Self { file: case.reference, text, awaits: letters::awaited(case) }
    }

    /// A sanction.
    pub(crate) fn sanction(sanction: &Sanction, in_force: &InForce) -> Self {
        let text = letters::sanction(sanction, in_force);
        Self { file: sanction.reference, text, awaits: letters::awaited_of(sanction) }
    }

    /// An appeal.
    pub(crate) fn appeal(file: &ledger::File, appeal: &Appeal, in_force: &InForce, now: Timestamp) -> Self {
        Self::of(file.reference(), letters::appeal(file, appeal, in_force, now))
    }

    /// A report.
    pub(crate) fn report(report: &Report, in_force: &InForce, now: Timestamp) -> Self {
        Self::of(report.reference, reports::summary(report, in_force, now))
    }
    /// What it says.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// The letter, with what these lines say.
pub(crate) fn with_lines(letter: Letter, lines: &[Line]) -> Letter {
    lines.iter().map(Line::text).fold(letter, Letter::text)
}

/// Lines of several kinds, of each so many as an answer has room for.
pub(crate) fn listed<const KINDS: usize>(kinds: [Vec<Line>; KINDS]) -> Letter {
    let mut letter = Letter::default();
    let mut shown = Vec::new();
    for mut lines in kinds {
        let all = lines.len();
        lines.truncate(LINES_MAX);
        letter = with_lines(letter, &lines);
        letter = and_more(letter, all);
        shown.extend(lines);
    }
    offering(letter, &shown)
}

/// A letter that lists these, with what can be done about them: each can be looked at, and what one alone of them waits for
/// can be done at once. Of several, each is looked at first.
pub(crate) fn offering(letter: Letter, lines: &[Line]) -> Letter {
    let letter = lines.iter().fold(letter, |letter, line| letter.offering(Offer::Case(line.file)));
    let mut waiting = lines.iter().filter(|line| !line.awaits.is_empty());
    match (waiting.next(), waiting.next()) {
        (Some(alone), None) => alone.awaits.iter().copied().fold(letter, Letter::offering),
        _ => letter,
    }
}

/// Says how many there are beyond those that are listed.
pub(crate) fn and_more(letter: Letter, all: usize) -> Letter {
    match all.saturating_sub(LINES_MAX) {
        0 => letter,
        more => letter.text(format!("… and {more} more, which show when these are dealt with")),
    }
}
