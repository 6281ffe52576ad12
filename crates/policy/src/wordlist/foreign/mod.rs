//! Lists of words as other programs have them: read word by word, and written again.
//!
//! Whatever stands in such a file becomes an [`Item`], also what cannot be one of ours: it says why, so that nothing is
//! passed over in silence. What is to become of the items is planned ([`plan()`]) before anything is changed.

mod automod;
mod mjolnir;
mod own;
mod plain;
mod plan;
mod quoted;
mod yaml;

use serde::{Deserialize, Serialize};

use super::{Allow, AllowKind, Entry, Matching, Wordlist, WordlistProblem, flaw, tidy};
use crate::finding::{Category, Grade, words};

pub use automod::{ALLOW_MAX as AUTOMOD_ALLOW_MAX, KEYWORD_LEN_MAX, KEYWORDS_MAX, RULES_MAX};
pub use plan::{Counts, Line, Options, Outcome, Plan, plan};

/// How many items are read from one file at most.
pub const ITEMS_MAX: usize = 20_000;
/// How much of what stands in a file is shown of one item, in characters.
pub const SHOWN_MAX: usize = 60;

/// How a file of words is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As our own lists are.
    Toml,
    /// A word a line.
    Plain,
    /// Rules of Discord's AutoMod, as its interface gives them, in JSON.
    Automod,
    /// The configuration of Mjolnir, whose words are regular expressions.
    Mjolnir,
    /// The configuration of Draupnir.
    Draupnir,
}

words!(Format {
    Toml = "toml",
    Plain = "plain",
    Automod = "automod",
    Mjolnir = "mjolnir",
    Draupnir = "draupnir",
});

/// One thing that stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where: `line 3`, or `rule “Swearing”, keyword 2`.
    pub place: String,
    /// As it stands there, for people: on one line, and not all of it when it is long.
    pub text: String,
    /// What it is for us.
    pub meant: Meant,
    /// What is not the same here as where it comes from.
    pub note: Option<&'static str>,
}

/// What something in a file is for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// A term to look for.
    Term {
        /// The term.
        term: String,
        /// How strong it is, where the file says.
        grade: Option<Grade>,
        /// What it is about, where the file says.
        category: Option<Category>,
        /// Which words it reaches, where the file says.
        matching: Option<Matching>,
    },
    /// An innocent word.
    Allow {
        /// The word.
        term: String,
        /// What it is.
        kind: AllowKind,
    },
    /// A term of other lists that is not to be looked for.
    Without {
        /// The term.
        term: String,
    },
    /// Nothing that can be carried over.
    Nothing {
        /// Why not.
        why: String,
    },
}

/// A list in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub text: String,
    /// What did not fit into it, a line each.
    pub left_out: Vec<String>,
}

/// Reads a file. `file` names it in messages.
///
/// # Errors
/// What is wrong with the file as a whole, each with its line and a fix.
pub fn read(format: Format, file: &str, text: &str) -> Result<Vec<Item>, Vec<WordlistProblem>> {
    // Some editors put a mark before the first line.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let refused = |line: Option<usize>, problem: String, fix: &str| {
        vec![WordlistProblem { file: file.to_owned(), line, entry: None, problem, fix: fix.to_owned() }]
    };
    let items = match format {
        Format::Toml => own::read(file, text)?,
        Format::Plain => plain::read(text),
        Format::Automod => automod::read(text).map_err(|(line, what, fix)| refused(line, what, fix))?,
        Format::Mjolnir => mjolnir::read(text, true).map_err(|(line, what, fix)| refused(line, what, fix))?,
        Format::Draupnir => {
            mjolnir::read(text, false).map_err(|(line, what, fix)| refused(line, what, fix))?
        }
    };
    if items.len() > ITEMS_MAX {
        return Err(refused(None, format!("more than {ITEMS_MAX} words"), "split the file"));
    }
    Ok(items)
}

/// Reads words that somebody typed, with commas, semicolons or new lines between.
pub fn pasted(text: &str) -> Vec<Item> {
    let words = text.split([',', ';', '\n']).map(str::trim).filter(|word| !word.is_empty());
    words.enumerate().map(|(at, word)| Item::term(format!("word {}", at + 1), word, word, None)).collect()
}

/// Writes a list.
pub fn write(format: Format, list: &Wordlist) -> Written {
    match format {
        Format::Toml => Written { text: own::write(list), left_out: Vec::new() },
        Format::Plain => plain::write(list),
        Format::Automod => automod::write(list),
        Format::Mjolnir => mjolnir::write(list, true),
        Format::Draupnir => mjolnir::write(list, false),
    }
}

/// What is wrong with a file as a whole: the line, where there is one, the problem and the fix.
type Refusal = (Option<usize>, String, &'static str);

impl Item {
    /// A term, if it can be one of ours; `text` is how it stands in the file.
    fn term(place: String, text: &str, term: &str, matching: Option<Matching>) -> Self {
        let term = tidy(term);
        let meant = match flaw(&term) {
            Some(flaw) => Meant::flawed(flaw),
            None => Meant::Term { term, grade: None, category: None, matching },
        };
        Self { place, text: shown(text), meant, note: None }
    }

    /// An innocent word, if it can be one of ours.
    fn allow(place: String, text: &str, term: &str, kind: AllowKind) -> Self {
        // A name keeps its capitals.
        let term = term.split_whitespace().collect::<Vec<_>>().join(" ");
        let meant = match flaw(&term) {
            Some(flaw) => Meant::flawed(flaw),
            None => Meant::Allow { term, kind },
        };
        Self { place, text: shown(text), meant, note: None }
    }

    /// What cannot be carried over.
    fn nothing(place: String, text: &str, why: impl Into<String>) -> Self {
        Self { place, text: shown(text), meant: Meant::Nothing { why: why.into() }, note: None }
    }

    fn noted(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }
}

impl Meant {
    fn flawed((problem, fix): (String, String)) -> Self {
        Self::Nothing { why: format!("{problem}; {fix}") }
    }
}

/// Which words are reached by one that has to stand at the beginning of a word, at its end, at both or at neither; and what is
/// not the same here.
fn reach(begins: bool, ends: bool) -> (Matching, Option<&'static str>) {
    match (begins, ends) {
        (true, true) => (Matching::Word, None),
        (true, false) => (
            Matching::Stem,
            Some("there at the beginning of any word, here with its inflections and compounds"),
        ),
        (false, true) => (Matching::Anywhere, Some("there at the end of words alone, here anywhere in them")),
        (false, false) => (Matching::Anywhere, None),
    }
}

/// Words of a file for people: whatever they hold, they stay on their line and are not long.
fn shown(text: &str) -> String {
    let harmless = |c: char| {
        let moves = matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || moves { ' ' } else { c }
    };
    let mut shown: String = text.chars().take(SHOWN_MAX).map(harmless).collect();
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// The entries of a list that programs without our sense for sentences can have, and what is said of the others.
fn plain_entries(list: &Wordlist) -> (Vec<&Entry>, Vec<String>) {
    let has_one_sense = |entry: &&Entry| entry.ambiguous.is_none() && entry.usage.unless.is_none();
    let entries: Vec<&Entry> = list.entries.iter().filter(has_one_sense).collect();
    let left = list.entries.len() - entries.len();
    let mut told = Vec::new();
    if left > 0 {
        told.push(format!(
            "{} an innocent sense too, which only a sentence tells: left out",
            counted(left, "term has", "terms have")
        ));
    }
    if !list.without.is_empty() {
        told.push(format!(
            "{} taken out of the files for this group: left out",
            counted(list.without.len(), "term is", "terms are")
        ));
    }
    (entries, told)
}

/// That innocent words do not go along.
fn without_allowed(allow: &[Allow], told: &mut Vec<String>) {
    if !allow.is_empty() {
        told.push(format!("{} left out", counted(allow.len(), "allowed word is", "allowed words are")));
    }
}

fn counted(many: usize, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}
