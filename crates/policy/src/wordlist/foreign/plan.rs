//! What becomes of items, before anything is changed: each has its line.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::{Format, Item, Meant};
use crate::finding::{Category, Grade};
use crate::guard::{Clashes, Guard, GuardHit, Reached};
use crate::normalise::fold;
use crate::wordlist::{
    Allow, AllowKind, Entry, Listed, Matching, Usage, Wordlist, WordlistProblem, do_without, term_key,
};

/// How many innocent lines are named that one word would hit.
const HITS_TOLD_MAX: usize = 3;

/// What holds for words of which their file says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How strong they are.
    pub grade: Grade,
    /// What they are about.
    pub category: Category,
    /// Which words they reach, whatever the file says; without it, what the file says, or else [`Options::usual`].
    pub matching: Option<Matching>,
    /// Which words they reach where neither says.
    pub usual: Matching,
    /// Whether words are added that hit innocent ones.
    pub despite: bool,
}

impl Options {
    /// Those that are cautious: nothing goes of what is added until somebody looked at it.
    pub fn cautious(format: Format) -> Self {
        Self {
            grade: Grade::Medium,
            category: Category::General,
            matching: None,
            usual: format.matching(),
            despite: false,
        }
    }
}

impl Format {
    /// Which words are reached by one of which nothing is said.
    fn matching(self) -> Matching {
        match self {
            Self::Toml | Self::Plain | Self::Automod => Matching::Word,
            // Both look for them in words too.
            Self::Mjolnir | Self::Draupnir => Matching::Anywhere,
        }
    }
}

/// What becomes of all of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What becomes of each item, in order.
    pub lines: Vec<Line>,
    /// The terms that are added.
    pub entries: Vec<Entry>,
    /// The words that are allowed.
    pub allow: Vec<Allow>,
    /// The terms of other lists that are taken out.
    pub without: Vec<String>,
}

/// What becomes of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The item.
    pub item: Item,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is looked for.
    Added {
        /// How strong it is.
        grade: Grade,
        /// What it is about.
        category: Category,
        /// Which words it reaches.
        matching: Matching,
        /// Words of the dictionary that it finds.
        finds: Clashes,
        /// Innocent lines that it hits, despite which it is added.
        despite: Vec<GuardHit>,
    },
    /// It is never flagged.
    Allowed,
    /// It is no longer looked for.
    TakenOut,
    /// There is nothing to do: it is there already, or not there to be taken out.
    Already {
        /// Where, or why.
        what: String,
    },
    /// It would hit innocent lines, and is not added.
    Hits {
        /// Which.
        lines: Vec<GuardHit>,
    },
    /// It cannot be carried over.
    Not {
        /// Why.
        why: String,
    },
}

/// How many items became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Terms that are looked for.
    pub added: usize,
    /// Words that are never flagged.
    pub allowed: usize,
    /// Terms that are no longer looked for.
    pub taken_out: usize,
    /// What was so before.
    pub already: usize,
    /// What would hit innocent words.
    pub hits: usize,
    /// What cannot be carried over.
    pub not: usize,
}

/// Plans what becomes of items: `lists` are those of the files, `own` is the group's.
///
/// # Errors
/// When they make no sound list together, as when they are too many.
pub fn plan(
    items: &[Item],
    options: Options,
    lists: &[Wordlist],
    own: &Wordlist,
    guard: &Guard,
) -> Result<Plan, Vec<WordlistProblem>> {
    let outcomes = vec![None; items.len()];
    let mut planning = Planning { items, options, outcomes, entries: Vec::new(), plan: Plan::default() };
    planning.take_out(lists, own);
    planning.compare(lists, own);
    planning.reach(lists, own, guard)?;
    Ok(planning.plan)
}

/// A plan that is made. What an item becomes is found in three passes: a term can be added that the same file takes out.
struct Planning<'i> {
    items: &'i [Item],
    options: Options,
    outcomes: Vec<Option<Outcome>>,
    /// The entries, each with the place of its item.
    entries: Vec<(usize, Entry)>,
    plan: Plan,
}

impl Planning<'_> {
    /// The terms that are not to be looked for.
    fn take_out(&mut self, lists: &[Wordlist], own: &Wordlist) {
        for (at, item) in self.items.iter().enumerate() {
            let Meant::Without { term } = &item.meant else { continue };
            let listed = lists.iter().any(|list| list.entries.iter().any(|entry| entry.term == *term));
            let outcome = if own.without.contains(term) || self.plan.without.contains(term) {
                Outcome::Already { what: "taken out already".to_owned() }
            } else if listed {
                self.plan.without.push(term.clone());
                Outcome::TakenOut
            } else {
                Outcome::Already { what: "not listed, so there is nothing to take out".to_owned() }
            };
            self.outcomes[at] = Some(outcome);
        }
    }

    /// What is there already, and what cannot be there.
    fn compare(&mut self, lists: &[Wordlist], own: &Wordlist) {
        let mut in_force: Vec<Wordlist> = lists.to_vec();
        let mut own = own.clone();
        own.without.extend(self.plan.without.iter().cloned());
        in_force.push(own);
        do_without(&mut in_force);
        let listed = Listed::new(&in_force);
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (at, item) in self.items.iter().enumerate() {
            let outcome = match &item.meant {
                Meant::Without { .. } => continue,
                Meant::Nothing { why } => Some(Outcome::Not { why: why.clone() }),
                Meant::Allow { term, kind } => Some(match listed.allow(term) {
                    Some(list) => Outcome::Already { what: format!("allowed already, in {}", list.name) },
                    None => match seen.insert(format!("allow {}", fold(term)), at) {
                        Some(first) => self.twice(first),
                        None => {
                            self.plan.allow.push(allow(term, *kind));
                            Outcome::Allowed
                        }
                    },
                }),
                Meant::Term { term, .. } => {
                    let there = listed.term(term).map(|(list, entry)| listed_in(list, entry));
                    let innocent = || {
                        let list = listed.allow(term)?;
                        Some(format!("innocent in {}, so that it would never be found", list.name))
                    };
                    match (there.or_else(innocent), seen.get(&term_key(term)).copied()) {
                        (Some(what), _) => Some(Outcome::Already { what }),
                        (None, Some(first)) => Some(self.twice(first)),
                        (None, None) => {
                            seen.insert(term_key(term), at);
                            self.entries.push((at, self.entry(item)));
                            None
                        }
                    }
                }
            };
            self.outcomes[at] = outcome;
        }
    }

    fn twice(&self, first: usize) -> Outcome {
        Outcome::Already { what: format!("in the file before, at {}", self.items[first].place) }
    }

    /// What is added, with what it would find.
    fn reach(
        &mut self,
        lists: &[Wordlist],
        own: &Wordlist,
        guard: &Guard,
    ) -> Result<(), Vec<WordlistProblem>> {
        let entries: Vec<Entry> = self.entries.iter().map(|(_, entry)| entry.clone()).collect();
        let exceptions = lists.iter().chain([own]).flat_map(|list| &list.allow).chain(&self.plan.allow);
        let mut reached = if entries.is_empty() {
            BTreeMap::new()
        } else {
            guard.reach_all(entries, exceptions.cloned().collect())?
        };
        for (at, entry) in std::mem::take(&mut self.entries) {
            let Reached { collisions, mut words } = reached.remove(&entry.term).unwrap_or_default();
            // That it finds itself is no news.
            if let Some(itself) = words.words.iter().position(|word| *word == entry.term) {
                words.words.remove(itself);
                words.word_count -= 1;
            }
            let Entry { grade, category, matching, .. } = entry;
            let outcome = if collisions.is_empty() || self.options.despite {
                self.plan.entries.push(entry);
                Outcome::Added { grade, category, matching, finds: words, despite: collisions }
            } else {
                Outcome::Hits { lines: collisions }
            };
            self.outcomes[at] = Some(outcome);
        }
        let outcomes = std::mem::take(&mut self.outcomes).into_iter().flatten();
        self.plan.lines =
            self.items.iter().cloned().zip(outcomes).map(|(item, outcome)| Line { item, outcome }).collect();
        Ok(())
    }

    fn entry(&self, item: &Item) -> Entry {
        let (term, grade, category, matching) = match &item.meant {
            Meant::Term { term, grade, category, matching } => (term.clone(), *grade, *category, *matching),
            Meant::Allow { .. } | Meant::Without { .. } | Meant::Nothing { .. } => {
                (String::new(), None, None, None)
            }
        };
        Entry {
            term,
            grade: grade.unwrap_or(self.options.grade),
            category: category.unwrap_or(self.options.category),
            matching: self.options.matching.or(matching).unwrap_or(self.options.usual),
            forms: Vec::new(),
            ambiguous: None,
            usage: Usage::default(),
            note: None,
            source: "the group's admins".to_owned(),
            since: None,
            line: None,
        }
    }
}

fn allow(term: &str, kind: AllowKind) -> Allow {
    Allow { term: term.to_owned(), kind, source: None, line: None }
}

/// Where a spelling stands already, in words.
fn listed_in(list: &Wordlist, entry: &Entry) -> String {
    format!("listed already, as {} ({} {}) in {}", entry.term, entry.grade, entry.category, list.name)
}

impl Plan {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.allow.is_empty() && self.without.is_empty()
    }

    /// How many items became what.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for line in &self.lines {
            let count = match line.outcome {
                Outcome::Added { .. } => &mut counts.added,
                Outcome::Allowed => &mut counts.allowed,
                Outcome::TakenOut => &mut counts.taken_out,
                Outcome::Already { .. } => &mut counts.already,
                Outcome::Hits { .. } => &mut counts.hits,
                Outcome::Not { .. } => &mut counts.not,
            };
            *count += 1;
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.added, "added"),
            (self.allowed, "allowed"),
            (self.taken_out, "taken out"),
            (self.already, "there already"),
            (self.hits, "not added, for they would hit innocent words"),
            (self.not, "not carried over"),
        ];
        let told: Vec<_> =
            parts.iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{many} {what}")).collect();
        f.write_str(&if told.is_empty() { "nothing in it".to_owned() } else { told.join(", ") })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.item.place)?;
        if !self.item.text.is_empty() {
            write!(f, ": “{}”", self.item.text)?;
        }
        write!(f, ": {}", self.outcome)?;
        match self.item.note {
            Some(note) => write!(f, " ({note})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { grade, category, matching, finds, despite } => {
                write!(f, "added ({grade} {category}, {matching})")?;
                if !finds.is_empty() {
                    write!(f, "; of the dictionary it finds {finds}")?;
                }
                if !despite.is_empty() {
                    write!(f, "; it hits innocent words all the same: {}", hit(despite))?;
                }
                Ok(())
            }
            Self::Allowed => f.write_str("allowed"),
            Self::TakenOut => f.write_str("taken out"),
            Self::Already { what } => f.write_str(what),
            Self::Hits { lines } => write!(f, "NOT added, for it would hit innocent words: {}", hit(lines)),
            Self::Not { why } => write!(f, "not carried over: {why}"),
        }
    }
}

/// Innocent lines, the first of them.
fn hit(lines: &[GuardHit]) -> String {
    let told: Vec<_> = lines.iter().take(HITS_TOLD_MAX).map(|hit| format!("“{}”", hit.text)).collect();
    match lines.len().saturating_sub(HITS_TOLD_MAX) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}
