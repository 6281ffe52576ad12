//! Finds listed terms in texts, through disguises, and leaves innocent words alone.
//!
//! Ordinary words are dismissed by one look each (see `screen`). What is left is folded with the text round it (see
//! [`crate::normalise`]) and then read in several ways:
//!
//! 1. *Plainly* (`plain`): one pass of an Aho-Corasick automaton over the folded text with repeats collapsed. Where it
//!    finds something, the whole word round it decides: a form of the term, words joined with it (`joined`), or nothing.
//! 2. *Masked* (`masked`): `f*ck`, by tables of the forms that fit.
//! 3. *Disguised* (`disguised`, weighed by `evidence`): chunks that hold more than letters, and letters that stand one
//!    by one, are followed through the tree of all forms, with digits, symbols and gaps read in every way at once.
//! 4. *Meant* (`meant`, `fuzzy`): words that are not listed and mean one that is: vowels dropped, spelt by sound, a slip.
//!
//! The same for every other sequence of cells the text may be read as: drawn letters, turned ones, right to left.
//!
//! What was read is weighed: overlapping readings yield to the longest and strongest, ambiguous terms are heard in their
//! sentence (`context`), the dictionary speaks against readings that an ordinary word explains (`witness`), allow entries
//! have the last word (`allowed`).
//!
//! **Cost.** Linear in the text: a word is looked up a fixed number of times, a reading follows a bounded number of paths
//! over a bounded number of cells, and no text has more than [`FINDINGS_MAX`] findings and [`HEARINGS_MAX`] hearings.

mod allowed;
mod candidate;
mod compile;
pub(crate) mod context;
mod disguised;
mod everyday;
mod evidence;
mod explain;
mod fuzzy;
mod holds;
mod inflection;
mod joined;
mod lexicon;
mod masked;
mod meant;
mod memory;
mod plain;
mod screen;
mod trie;
mod witness;

use std::ops::Range;

use self::candidate::Candidate;
use self::compile::Lexis;
use self::context::{Foreignness, Known, Sentence, foreignness, shape};
use self::screen::Screen;
use crate::dictionary::Dictionary;
use crate::finding::Finding;
use crate::normalise::{Cell, Folded, Marks, OTHER_LETTER, others, tables};
use crate::post::Post;
use crate::wordlist::{Entry, Matching, Wordlist, WordlistProblem, term_key};

pub use candidate::View;
pub use explain::{Explanation, Hit, Reason};

/// How much of one text is read, in bytes: the longest message of any platform (Matrix events).
pub const TEXT_LEN_MAX: usize = 65_536;
/// How many findings of one text are kept: the first ones.
pub const FINDINGS_MAX: usize = 64;

/// How many words that may be innocent are weighed in one text: so many in any, and one more for each
/// [`HEARING_LEN`] bytes up to [`HEARINGS_MAX`]. What comes after them is what it is in doubt: abuse if its entry says
/// `unless`, innocent if it says `ambiguous` or is only near a term.
pub const HEARINGS_MIN: usize = 16;
/// See [`HEARINGS_MIN`].
pub const HEARINGS_MAX: usize = 64;
/// See [`HEARINGS_MIN`].
pub const HEARING_LEN: usize = 512;

/// How much round a spot is read with it, in bytes: what may tell what is meant.
const MARGIN_LEN: usize = 240;

/// What is known about a text besides its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context {
    /// Whether the post is aimed at somebody: a reply or a mention.
    pub directed: bool,
}

/// The work done on a text, and how many hearings are left for it.
#[derive(Debug)]
struct Work {
    steps: u64,
    hearings: usize,
    /// Whether what is found innocent is told as well, with all reasons.
    telling: bool,
}

/// Compiled lists, ready to read posts. Cheap to share behind an `Arc`; reading changes no answer.
#[derive(Debug, Clone)]
pub struct Matcher {
    lexis: Lexis,
}

impl Matcher {
    /// Compiles lists. The cost is linear in their letters.
    ///
    /// # Errors
    /// Every term that stands in more than one list.
    pub fn new(lists: &[Wordlist]) -> Result<Self, Vec<WordlistProblem>> {
        Ok(Self { lexis: Lexis::compile(lists)? })
    }

    /// Every spelling found as a whole word.
    pub(crate) fn forms(&self) -> Vec<String> {
        let letters = self.lexis.forms.iter().map(|form| String::from_utf8_lossy(&form.letters).into_owned());
        letters.collect()
    }

    /// Every spelling found as a whole word or phrase, with the entry it belongs to; the words of a phrase apart by spaces.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = (String, &Entry)> {
        let words = self.lexis.forms.iter().filter(|form| !form.spaced);
        let words = words.map(|form| {
            let letters = String::from_utf8_lossy(&form.letters).into_owned();
            (letters, &self.lexis.entries[form.entry as usize])
        });
        let phrases = self.lexis.entries.iter().flat_map(|entry| {
            let spellings = std::iter::once(&entry.term).chain(&entry.forms);
            spellings
                .map(|spelling| term_key(spelling))
                .filter(|key| key.contains(' '))
                .map(move |key| (key, entry))
        });
        words.chain(phrases)
    }

    /// Every word that is innocent as it stands, and every phrase with its words joined, in any order.
    pub(crate) fn allowed(&self) -> impl Iterator<Item = &str> {
        self.lexis.allowed().filter_map(|word| std::str::from_utf8(word).ok())
    }

    /// Every phrase that is innocent: its words apart by spaces, and as it is written. In any order; one may come several times.
    pub(crate) fn allowed_phrases(&self) -> impl Iterator<Item = &str> {
        self.lexis.all_allowed_phrases()
    }

    /// What a post holds: all its surfaces, in order.
    pub fn assess(&self, post: &Post) -> Vec<Finding> {
        let context = Context { directed: post.directed };
        let surfaces = post.surfaces.iter().enumerate();
        let findings = surfaces.flat_map(|(at, surface)| {
            self.find(surface.text.expose(), context)
                .into_iter()
                .map(move |hit| Finding { surface: at, ..hit.finding })
        });
        findings.collect()
    }

    /// What a text holds, in order, with the reasons.
    pub fn find(&self, text: &str, context: Context) -> Vec<Hit> {
        self.look(text, context, false).0
    }

    /// How many steps reading a text takes: a measure of work that no clock disturbs.
    pub fn steps(&self, text: &str) -> u64 {
        self.look(text, Context::default(), true).1
    }

    /// What a text holds or seemed to hold, in order: also words that were found innocent, with the reasons.
    pub fn explain(&self, text: &str, context: Context) -> Vec<Hit> {
        let text = head(text);
        let mut work = Work { steps: 0, hearings: usize::MAX, telling: true };
        self.read(text, &(0..text.len()), context, &mut work)
    }

    /// Reads what the first look does not dismiss.
    fn look(&self, text: &str, context: Context, cold: bool) -> (Vec<Hit>, u64) {
        let text = head(text);
        let mut screen = Screen::new(&self.lexis, text);
        screen.cold = cold;
        let mut hits: Vec<Hit> = Vec::new();
        let hearings = HEARINGS_MAX.min(HEARINGS_MIN + text.len() / HEARING_LEN);
        let mut work = Work { steps: 0, hearings, telling: false };
        while let Some(core) = screen.next_core() {
            let window = window(text, &core);
            let inside = core.start - window.start..core.end - window.start;
            let found = self.read(&text[window.clone()], &inside, context, &mut work);
            let found = found.into_iter().filter(|hit| hit.explanation.accepted).map(|mut hit| {
                let span = &mut hit.finding.span;
                *span = span.start + window.start..span.end + window.start;
                hit
            });
            let last = hits.last().map_or(0, |hit| hit.finding.span.end);
            let before = hits.len();
            hits.extend(found.filter(|hit| hit.finding.span.start >= last));
            screen.was_read(core.end, hits.len() > before);
            if hits.len() >= FINDINGS_MAX {
                hits.truncate(FINDINGS_MAX);
                break;
            }
            screen.listed_only = work.hearings == 0;
        }
        (hits, work.steps + screen.steps)
    }

    /// Reads a text in all ways; `inside` is the part of it that hits must touch.
    fn read(&self, text: &str, inside: &Range<usize>, context: Context, work: &mut Work) -> Vec<Hit> {
        let folded = Folded::new(text);
        work.steps += folded.cells.len() as u64;
        let mut hits = Vec::new();
        let mut read = |cells: &[Cell]| self.read_cells(text, cells, inside, context, work, &mut hits);
        read(&folded.cells);
        for range in &folded.reversed {
            let mut cells = folded.cells[range.clone()].to_vec();
            cells.reverse();
            cells.iter_mut().for_each(|cell| cell.marks = cell.marks.with(Marks::INVISIBLE));
            read(&cells);
        }
        for cells in others(text, &folded.cells) {
            read(&cells);
        }
        strongest_hits(hits)
    }

    fn read_cells(
        &self,
        text: &str,
        cells: &[Cell],
        inside: &Range<usize>,
        context: Context,
        work: &mut Work,
        hits: &mut Vec<Hit>,
    ) {
        let mut found = Vec::new();
        plain::find(&self.lexis, cells, &mut work.steps, &mut found);
        disguised::find(&self.lexis, text, cells, inside, &mut work.steps, &mut found);
        meant::find(&self.lexis, cells, &mut work.steps, &mut found);
        found.retain(|found| (found.start as usize) < inside.end && found.end as usize > inside.start);
        if found.is_empty() {
            return;
        }
        let foreign = Foreign::of(cells);
        let mut left = FINDINGS_MAX;
        for candidate in self.strongest(found) {
            let entry = &self.lexis.entries[candidate.entry as usize];
            let two_senses = entry.ambiguous.is_some() || entry.usage.unless.is_some();
            let in_doubt = two_senses || candidate.view == View::Meant;
            if left == 0 {
                break;
            }
            let unheard = in_doubt && work.hearings == 0;
            if unheard && entry.usage.unless.is_none() {
                continue;
            }
            work.hearings -= usize::from(in_doubt && !unheard);
            let hit = if unheard {
                Some(self.unheard(&candidate, cells, context))
            } else {
                self.weigh(text, &candidate, cells, context, &foreign, work.telling)
            };
            left -= usize::from(hit.as_ref().is_some_and(|hit| hit.explanation.accepted));
            hits.extend(hit);
        }
    }

    /// Of overlapping readings the longest, then the strongest, then the least disguised.
    fn strongest(&self, mut found: Vec<Candidate>) -> Vec<Candidate> {
        let rank = |candidate: &Candidate| {
            let entry = &self.lexis.entries[candidate.entry as usize];
            (candidate.len(), entry.ambiguous.is_none(), entry.grade, candidate.marks == Marks::NONE)
        };
        found.sort_by_key(|candidate| (candidate.start, candidate.end));
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in found {
            match kept.last_mut() {
                Some(last) if candidate.start < last.end => {
                    if rank(&candidate) > rank(last) {
                        *last = candidate;
                    }
                }
                _ => kept.push(candidate),
            }
        }
        kept
    }

    /// Hears the witnesses about one reading. What is innocent gives a hit only if that is to be told.
    fn weigh(
        &self,
        text: &str,
        candidate: &Candidate,
        cells: &[Cell],
        context: Context,
        foreign: &Foreign,
        telling: bool,
    ) -> Option<Hit> {
        let entry = &self.lexis.entries[candidate.entry as usize];
        let span = candidate.from..candidate.to;
        let sentence = Sentence::round(cells, &span);
        let mut reasons = Vec::new();
        // A mask that an ordinary word fits as well hides nothing for certain.
        let guessed = candidate.view == View::Masked && masked::may_be_a_word(entry, &cells[span.clone()]);
        let mut accepted = match (&entry.ambiguous, &entry.usage.unless) {
            (None, None) if candidate.certain && !guessed => {
                reasons.push(Reason::Unambiguous);
                true
            }
            (ambiguous, unless) => {
                reasons.push(match (ambiguous, unless) {
                    (Some(_), _) => Reason::Ambiguous,
                    (None, Some(_)) => Reason::Unless,
                    (None, None) => Reason::Unsure,
                });
                let hiding = [
                    Marks::MASK,
                    Marks::LEET,
                    Marks::LOOK_ALIKE,
                    Marks::SEPARATED,
                    Marks::MARKUP,
                    Marks::TURNED,
                ];
                let hidden = !guessed && hiding.iter().any(|mark| candidate.marks.has(*mark));
                let known = Known { directed: context.directed, hidden };
                sentence.is_abuse(entry, known, &mut reasons)
            }
        };
        if (accepted || telling) && allowed::is_allowed(&self.lexis, text, cells, candidate) {
            reasons.push(Reason::Allowed);
            accepted = false;
        }
        if let Some(reason) = accepted.then(|| shape(&entry.term, &sentence, candidate, cells)).flatten() {
            reasons.push(reason);
            accepted = false;
        }
        if accepted
            && candidate.view == View::Meant
            && (is_turned_on_paper(text, &cells[span.clone()]) || is_begun_word(cells, &span))
        {
            reasons.push(Reason::Unsure);
            accepted = false;
        }
        if foreign.is_home_of(cells, &span) || (accepted && is_of_other_language(entry, candidate, cells)) {
            reasons.push(Reason::OtherLanguage);
            accepted = false;
        }
        if !accepted && !telling {
            return None;
        }
        let directed = context.directed || sentence.has_second_person();
        Some(self.hit(candidate, cells, directed, reasons, accepted))
    }

    /// A reading that counts without a hearing.
    fn unheard(&self, candidate: &Candidate, cells: &[Cell], context: Context) -> Hit {
        self.hit(candidate, cells, context.directed, vec![Reason::Unless], true)
    }

    fn hit(
        &self,
        candidate: &Candidate,
        cells: &[Cell],
        directed: bool,
        reasons: Vec<Reason>,
        accepted: bool,
    ) -> Hit {
        let entry = &self.lexis.entries[candidate.entry as usize];
        let marks = candidate.marks.with(self.lexis.spelling(candidate, cells));
        Hit {
            finding: Finding {
                term: entry.term.clone(),
                grade: entry.grade,
                category: entry.category,
                surface: 0,
                span: candidate.start as usize..candidate.end as usize,
                disguise: marks.heaviest(),
                directed,
                since: entry.since,
            },
            explanation: Explanation {
                view: candidate.view,
                disguises: marks.disguises().collect(),
                reasons,
                accepted,
            },
        }
    }
}

/// Whether letters that stand on their heads were taken for those they look like: dᴉɥɔ is a chip, and sounds like
/// nothing. What they show when turned is read by itself.
fn is_turned_on_paper(text: &str, cells: &[Cell]) -> bool {
    const TURNED_MIN: usize = 2;
    let turned = |cell: &&Cell| {
        let written = text.get(cell.start as usize..).and_then(|rest| rest.chars().next());
        written.is_some_and(|c| !c.is_ascii() && tables::turned(c).is_some())
    };
    !cells.iter().any(|cell| cell.marks.has(Marks::TURNED))
        && cells.iter().filter(turned).count() >= TURNED_MIN
}

/// Whether a word and what stands behind its one space are an ordinary word, and that by itself is none: `fuc oid`.
fn is_begun_word(cells: &[Cell], span: &Range<usize>) -> bool {
    const REST_MAX: usize = 12;
    let behind = &cells[span.end..];
    if behind.first().is_none_or(|cell| cell.byte != b' ') {
        return false;
    }
    let rest: Vec<u8> =
        behind[1..].iter().take(REST_MAX).take_while(|cell| cell.is_letter()).map(|cell| cell.byte).collect();
    let written = cells[span.clone()].iter().filter(|cell| cell.is_letter()).map(|cell| cell.byte);
    let joined: Vec<u8> = written.chain(rest.iter().copied()).collect();
    let word = |letters: &[u8]| Dictionary::british().standing(letters);
    rest.len() > 1
        && word(&rest).is_none_or(|word| !word.is_common())
        && word(&joined).is_some_and(|word| word.is_word() && !word.is_offensive())
}

/// Whether a reading is an ordinary word in the language of its sentence.
fn is_of_other_language(entry: &Entry, candidate: &Candidate, cells: &[Cell]) -> bool {
    let span = candidate.from..candidate.to;
    let honest = [Marks::NONE, Marks::ACCENTS, Marks::REPEATS].contains(&candidate.marks);
    let hides = |cell: &Cell| matches!(cell.byte, b'*' | b'#' | b'@' | b'$' | b'%' | b'&' | b'_');
    // What is found anywhere means the same everywhere.
    if entry.matching == Matching::Anywhere && candidate.view != View::Meant {
        return false;
    }
    let needed = match candidate.view {
        // Words of other languages are near to anything.
        View::Meant => Foreignness::Likely,
        View::Plain | View::Compound | View::Split
            if entry.usage.homograph.is_some() && (honest || candidate.marks == Marks::SEPARATED) =>
        {
            Foreignness::Likely
        }
        View::Split | View::Compound => Foreignness::Certain,
        View::Plain if candidate.marks == Marks::ACCENTS => Foreignness::Certain,
        View::Masked if !cells[span.clone()].iter().any(hides) => Foreignness::Certain,
        _ => return false,
    };
    foreignness(cells, &span, Dictionary::british()) >= needed
}

/// Of hits that overlap, from several readings of one text, what counts and then what begins first.
fn strongest_hits(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.finding.span.start, hit.finding.span.end));
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        match kept.last_mut() {
            Some(last) if hit.finding.span.start < last.finding.span.end => {
                if hit.explanation.accepted && !last.explanation.accepted {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    kept
}

/// The text round a core, from the beginning of a word to the end of one where there is one.
fn window(text: &str, core: &Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let from = text.floor_char_boundary(core.start.saturating_sub(MARGIN_LEN));
    let to = text.ceil_char_boundary((core.end + MARGIN_LEN).min(text.len()));
    let space = |byte: &u8| byte.is_ascii_whitespace();
    let from = if from == 0 {
        0
    } else {
        bytes[from..core.start].iter().position(space).map_or(from, |at| from + at)
    };
    let to = if to == text.len() {
        to
    } else {
        bytes[core.end..to].iter().rposition(space).map_or(to, |at| core.end + at)
    };
    from..to
}

/// The part of a text that is read.
fn head(text: &str) -> &str {
    if text.len() <= TEXT_LEN_MAX { text } else { &text[..text.floor_char_boundary(TEXT_LEN_MAX)] }
}

/// Whether a text is written in a script of its own, whose letters are no disguise there.
struct Foreign {
    /// Letters that look like no Latin one.
    strange: usize,
    /// Letters written in ASCII.
    ascii: usize,
}

impl Foreign {
    fn of(cells: &[Cell]) -> Self {
        let strange = cells.iter().filter(|cell| cell.byte == OTHER_LETTER).count();
        let ascii =
            cells.iter().filter(|cell| cell.byte.is_ascii_lowercase() && cell.marks == Marks::NONE).count();
        Self { strange, ascii }
    }

    /// Whether all of `span` are look-alikes in a text that is mostly in another script, or beside words of one.
    fn is_home_of(&self, cells: &[Cell], span: &Range<usize>) -> bool {
        let alike =
            cells[span.clone()].iter().all(|cell| cell.marks.has(Marks::LOOK_ALIKE) || !cell.is_letter());
        alike && (self.strange > self.ascii || is_beside_script(cells, span))
    }
}

/// Whether the words next to `span` have letters that look like no Latin one.
fn is_beside_script(cells: &[Cell], span: &Range<usize>) -> bool {
    const WORDS: usize = 2;
    const CELLS_MAX: usize = 48;
    // A shrug has one such letter as well.
    let strange = |word: &[Cell]| word.len() > 2 && word.iter().any(|cell| cell.byte == OTHER_LETTER);
    let before = &cells[span.start.saturating_sub(CELLS_MAX)..span.start];
    let after = &cells[span.end..cells.len().min(span.end + CELLS_MAX)];
    let is_word = |word: &&[Cell]| !word.is_empty();
    before.rsplit(|cell| !cell.is_letter()).filter(is_word).take(WORDS).any(strange)
        || after.split(|cell| !cell.is_letter()).filter(is_word).take(WORDS).any(strange)
}
