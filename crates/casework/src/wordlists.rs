//! An admin's work on the words: list, test, add, take out, allow, and take all of that back.

mod explained;
mod import;
mod versions;

use std::sync::Arc;

use ledger::{KeptWord, OwnWord, WordIs, WordsAct};
use policy::guard::Reach;
use policy::matcher::Context;
use policy::normalise::fold;
use policy::wordlist::{Entry, Fingerprint, Listed, Matching, term_key, tidy};
use policy::{Allow, AllowKind, Category, Grade, Letter, Wordlist};

use crate::answers::refuse;
use crate::commands::WordlistCommand;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::{InForce, OWN_LIST, Rules, new_entry, own_entry};
use crate::preview::Previewed;
use crate::rights::Permit;

pub use import::Imported;

/// How many words a list of them shows at most.
const LISTED_MAX: usize = 40;

/// A term that is looked for in a group, as it is listed.
#[derive(Debug)]
pub(crate) struct AsListed {
    /// In which list.
    pub(crate) list: String,
    /// As it is written there; a form of it may have been asked for.
    pub(crate) term: String,
    pub(crate) grade: Grade,
    pub(crate) category: Category,
    pub(crate) matching: Matching,
}

impl AsListed {
    fn new(list: &str, entry: &Entry) -> Self {
        let Entry { grade, category, matching, .. } = *entry;
        Self { list: list.to_owned(), term: entry.term.clone(), grade, category, matching }
    }

    /// Whether it is this term itself, and not one of its forms.
    fn is(&self, term: &str) -> bool {
        term_key(&self.term) == term_key(term)
    }
}

impl Casework {
    /// Answers a command about words.
    pub(crate) async fn wordlist(
        &self,
        permit: &Permit<'_>,
        command: WordlistCommand,
    ) -> Result<Letter, CaseworkError> {
        match command {
            WordlistCommand::List { part } => Ok(self.wordlist_list(permit, part.as_deref())),
            WordlistCommand::Test { text } => Ok(self.wordlist_test(permit, &text.join(" "))),
            WordlistCommand::Preview { term, messages, grade, category, matching } => {
                let asked = Previewed::new(term.as_deref(), messages, (grade, category, matching));
                self.wordlist_preview(permit, &asked).await
            }
            WordlistCommand::Add { grade, category, matching, term } => {
                self.wordlist_add(permit, grade, category, matching, &term.join(" ")).await
            }
            WordlistCommand::Remove { term } => self.wordlist_remove(permit, &term.join(" ")).await,
            WordlistCommand::Restore { term } => self.wordlist_restore(permit, &term.join(" ")).await,
            WordlistCommand::Allow { word } => self.wordlist_allow(permit, &word.join(" ")).await,
            WordlistCommand::Disallow { word } => self.wordlist_disallow(permit, &word.join(" ")).await,
            WordlistCommand::Import { grade, category, matching, words } => {
                self.wordlist_import(permit, grade, category, matching, &words.join(" ")).await
            }
            WordlistCommand::Log { before } => self.wordlist_log(permit, before).await,
            WordlistCommand::Undo => self.wordlist_undo(permit).await,
            WordlistCommand::Back { version } => self.wordlist_back(permit, version).await,
            WordlistCommand::Reload => self.reload_for(permit).await,
        }
    }

    fn wordlist_list(&self, permit: &Permit<'_>, part: Option<&str>) -> Letter {
        let rules = self.rules.load();
        match part {
            Some(part) => listed_with(&rules, permit.in_force(), part),
            None => all_lists(&rules, permit.in_force()),
        }
    }

    async fn wordlist_add(
        &self,
        permit: &Permit<'_>,
        grade: Grade,
        category: Category,
        matching: Matching,
        term: &str,
    ) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let term = tidy(term);
        if let Some(AsListed { list, .. }) = self.listed(&in_force, &term) {
            return Ok(refuse(format_args!(
                "{term:?} is listed already, in {list}. To change it, take it out with `wordlist remove` first."
            )));
        }
        if own_allowed(&in_force, &term).is_some() {
            return Ok(refuse(format_args!(
                "{term:?} is allowed in this group, so that it would not be found. Take that back with `wordlist disallow` \
                 first."
            )));
        }
        let reach = match self.reach(&in_force, &new_entry(&term, grade, category, matching)) {
            Ok(reach) => reach,
            Err(why) => return Ok(refuse(why)),
        };
        let mut words = in_force.settings.words.plain();
        words.push(OwnWord { term: term.clone(), what: WordIs::Term { grade, category, matching } });
        let version = self.put_words(permit, WordsAct::Added, &words).await?;
        let added = format!("Added {term:?} ({grade} {category}, {matching}), from now on. {}", of(version));
        Ok(told(&reach).into_iter().fold(Letter::line(added), Letter::text))
    }

    /// Has the group's own list be these words, on record and in force. For whoever holds `changing_rules`.
    async fn put_words(
        &self,
        permit: &Permit<'_>,
        act: WordsAct,
        words: &[OwnWord],
    ) -> Result<Option<u32>, CaseworkError> {
        let (group, now) = (&permit.in_force().charter.group, self.now());
        let mut settings = self.in_force(group)?.settings.clone();
        settings.words = settings.words.changed(words, permit.who(), now);
        // Compiled before the ledger is held: it takes long enough for others to wait.
        let rules = self.rules.load().with(group, settings)?;
        let mut tx = self.ledger.begin().await?;
        let version = tx.set_words(group, act, words, permit.who(), now).await?;
        tx.commit().await?;
        if version.is_some() {
            self.rules.store(Arc::new(rules));
        }
        Ok(version)
    }

    /// What has the term for this group now, if anything has, however it is written.
    pub(crate) fn listed(&self, in_force: &InForce, term: &str) -> Option<AsListed> {
        let rules = self.rules.load();
        let shared = Listed::new(rules.lists()).term(term);
        let shared = shared.filter(|(_, entry)| !is_out(in_force, &entry.term));
        // What stands in a shared list as well is that list's.
        match shared {
            Some((list, entry)) => Some(AsListed::new(&list.name, entry)),
            None => own_entry(own_term(in_force, term)?).map(|entry| AsListed::new(OWN_LIST, &entry)),
        }
    }

    /// What the filter makes of a text; of one word that it does not know, also what adding it would find.
    fn wordlist_test(&self, permit: &Permit<'_>, text: &str) -> Letter {
        let in_force = permit.in_force();
        let letter =
            explained::explained(in_force, self.rules.load().lists(), text, permit.who(), self.now());
        let is_new = in_force.matcher.explain(text, Context::default()).is_empty();
        if !is_new || text.split_whitespace().count() != 1 {
            return letter;
        }
        let entry = new_entry(&tidy(text), Grade::Medium, Category::Insult, Matching::Stem);
        let added = match self.reach(in_force, &entry) {
            Ok(reach) => told(&reach),
            Err(why) => vec![why],
        };
        let letter = letter.text("If it were added with `stem`:".to_owned());
        added.into_iter().fold(letter, |letter, line| letter.text(format!("  {line}")))
    }

    /// What the entry would reach; or why it cannot be, with the innocent line it would hit.
    pub(crate) fn reach(&self, in_force: &InForce, entry: &Entry) -> Result<Reach, String> {
        let rules = self.rules.load();
        let own = allowed_list(in_force, rules.lists());
        let reach = rules.guard().reach(entry, rules.lists().iter().chain([&own])).map_err(|problems| {
            // The admin knows no file and no line: what is wrong is the TERM of the command.
            let problems = problems.iter().map(|found| format!("TERM: {}; {}.", found.problem, found.fix));
            problems.collect::<Vec<_>>().join("\n")
        })?;
        match reach.collisions.first() {
            Some(hit) => Err(format!("It would hit innocent words: {hit}.")),
            None => Ok(reach),
        }
    }

    async fn wordlist_remove(&self, permit: &Permit<'_>, term: &str) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let term = tidy(term);
        let mut words = in_force.settings.words.plain();
        let listed = self.listed(&in_force, &term);
        let own = own_term(&in_force, &term).map(|kept| kept.word.clone());
        words.retain(|word| Some(word) != own.as_ref());
        let (act, back) = match (&listed, &own) {
            (Some(shared), None) if shared.list != OWN_LIST && !shared.is(&term) => {
                return Ok(refuse(format_args!(
                    "{term:?} is a form of {:?}, in {}. `wordlist remove {}` takes that out with all its forms.",
                    shared.term, shared.list, shared.term
                )));
            }
            (Some(shared), _) if shared.list != OWN_LIST && shared.is(&term) => {
                words.push(OwnWord { term: shared.term.clone(), what: WordIs::Out });
                (WordsAct::TakenOut, "`wordlist restore` brings it back.")
            }
            // Its exception, if the lists have it too, was made before it was added, and stays.
            (_, Some(_)) => (WordsAct::Removed, "`wordlist add` brings it back, with the grade you give."),
            (_, None) => {
                return Ok(refuse(format_args!(
                    "{term:?} is not listed. `wordlist list PART` shows listed words."
                )));
            }
        };
        let version = self.put_words(permit, act, &words).await?;
        let found = found_in(&*self.in_force(&in_force.charter.group)?, &term);
        Ok(Letter::line(if found.is_empty() {
            format!("{term:?} is no longer looked for in this group. {back} {}", of(version))
        } else {
            let found = found.join(", ");
            format!("{term:?} is taken off. Another word still finds it: {found}. {back} {}", of(version))
        }))
    }

    async fn wordlist_restore(&self, permit: &Permit<'_>, term: &str) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let term = tidy(term);
        let mut words = in_force.settings.words.plain();
        let is_out = |word: &OwnWord| word.what == WordIs::Out && term_key(&word.term) == term_key(&term);
        if !words.iter().any(is_out) {
            return Ok(refuse(format_args!(
                "{term:?} was not taken out of the lists in this group. `wordlist list` shows what was."
            )));
        }
        words.retain(|word| !is_out(word));
        let version = self.put_words(permit, WordsAct::PutBack, &words).await?;
        let rules = self.rules.load();
        let listed = Listed::new(rules.lists());
        Ok(Letter::line(match listed.term(&term) {
            Some((list, entry)) => format!(
                "{term:?} is looked for again, as {} has it: {} {}, {}. {}",
                list.name,
                entry.grade,
                entry.category,
                entry.matching,
                of(version)
            ),
            None => format!("{term:?} is in no list any more, so that nothing else changes. {}", of(version)),
        }))
    }

    async fn wordlist_allow(&self, permit: &Permit<'_>, word: &str) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        let by = {
            let rules = self.rules.load();
            let own = own_allowed(&in_force, &word).map(|_| OWN_LIST.to_owned());
            own.or_else(|| Listed::new(rules.lists()).allow(&word).map(|list| list.name.clone()))
        };
        if let Some(by) = by {
            return Ok(refuse(format_args!("{word:?} is allowed already, in {by}.")));
        }
        let kind = AllowKind::Word;
        if let Err(problems) = Wordlist::runtime(OWN_LIST, Vec::new(), vec![allow(&word, kind)]) {
            let problems = problems.iter().map(|found| format!("WORD: {}; {}.", found.problem, found.fix));
            return Ok(refuse(problems.collect::<Vec<_>>().join("\n")));
        }
        let mut words = in_force.settings.words.plain();
        words.push(OwnWord { term: word.clone(), what: WordIs::Allowed { kind } });
        let version = self.put_words(permit, WordsAct::Allowed, &words).await?;
        let after = self.in_force(&in_force.charter.group)?;
        let letter = Letter::line(format!("{word:?} is allowed in this group from now on. {}", of(version)));
        Ok(self.excused(letter, &in_force, &after, &word))
    }

    /// What allowing a word changes: what was found in it before, what still is, and what it says nothing of.
    fn excused(&self, letter: Letter, before: &InForce, after: &InForce, word: &str) -> Letter {
        let (was, is) = (found_in(before, word), found_in(after, word));
        let letter = letter.text(match (was.is_empty(), is.is_empty()) {
            (true, _) => "Nothing was found in it before either, written by itself.".to_owned(),
            (false, true) => format!("Before, it was {}. Now nothing is found in it.", was.join(", ")),
            (false, false) => format!("It is still found all the same: {}.", is.join(", ")),
        });
        let letter = match self.listed(after, &tidy(word)) {
            Some(AsListed { list, .. }) => letter.text(format!(
                "It is a listed term, in {list}: written plainly, that is no longer found anywhere in this group. \
                 `wordlist remove` would take it out with its forms and disguises."
            )),
            None => letter,
        };
        letter.text(
            "It holds for the whole word or phrase, its plural and its possessive; not for disguises of it, nor for other \
             words that it is a part of. `wordlist disallow` takes it back.",
        )
    }

    async fn wordlist_disallow(&self, permit: &Permit<'_>, word: &str) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let Some(own) = own_allowed(&in_force, word).map(|kept| kept.word.clone()) else {
            let rules = self.rules.load();
            return Ok(match Listed::new(rules.lists()).allow(word.trim()) {
                Some(list) => refuse(format_args!(
                    "{word:?} is allowed for all groups, in {}: that is changed in its file.",
                    list.name
                )),
                None => refuse(format_args!(
                    "{word:?} is not allowed in this group. `wordlist list` shows what is."
                )),
            });
        };
        let mut words = in_force.settings.words.plain();
        words.retain(|word| *word != own);
        let version = self.put_words(permit, WordsAct::Disallowed, &words).await?;
        let after = self.in_force(&in_force.charter.group)?;
        let found = found_in(&after, &own.term);
        let letter =
            Letter::line(format!("{:?} is no longer allowed in this group. {}", own.term, of(version)));
        Ok(if found.is_empty() {
            letter.text("Nothing is found in it all the same, written by itself.")
        } else {
            letter.text(format!("From now on it is {}.", found.join(", ")))
        })
    }
}

/// Which version a change made.
fn of(version: Option<u32>) -> String {
    version.map_or_else(String::new, |version| format!("This is version {version} of the group's own words."))
}

fn allow(word: &str, kind: AllowKind) -> Allow {
    Allow { term: word.to_owned(), kind, source: None, line: None }
}

/// The term of the group's own, however it is written.
fn own_term<'i>(in_force: &'i InForce, term: &str) -> Option<&'i KeptWord> {
    let key = term_key(term);
    let is_term =
        |kept: &&KeptWord| matches!(kept.word.what, WordIs::Term { .. }) && term_key(&kept.word.term) == key;
    in_force.settings.words.words.iter().find(is_term)
}

/// The word that the group allows, however it is written.
fn own_allowed<'i>(in_force: &'i InForce, word: &str) -> Option<&'i KeptWord> {
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_it = |kept: &&KeptWord| {
        matches!(kept.word.what, WordIs::Allowed { .. }) && fold(&kept.word.term) == fold(&word)
    };
    in_force.settings.words.words.iter().find(is_it)
}

fn is_out(in_force: &InForce, term: &str) -> bool {
    let key = term_key(term);
    in_force.settings.words.taken_out().any(|out| term_key(out) == key)
}

/// The words that the group allows and the files do not, as a list.
fn allowed_list(in_force: &InForce, lists: &[Wordlist]) -> Wordlist {
    let words = &in_force.settings.words.words;
    let mut own = Wordlist { name: OWN_LIST.to_owned(), ..Wordlist::default() };
    if words.iter().any(|kept| matches!(kept.word.what, WordIs::Allowed { .. })) {
        let listed = Listed::new(lists);
        own.allow = words
            .iter()
            .filter_map(|kept| match kept.word.what {
                WordIs::Allowed { kind } => Some(allow(&kept.word.term, kind)),
                WordIs::Term { .. } | WordIs::Out => None,
            })
            .filter(|allow| listed.allow(&allow.term).is_none())
            .collect();
    }
    own
}

/// What is found in a text that stands by itself: `delete (worstlo, strongest general)`.
fn found_in(in_force: &InForce, text: &str) -> Vec<String> {
    let hits = in_force.matcher.find(text, Context::default()).into_iter();
    hits.map(|hit| {
        let finding = hit.finding;
        let measure = in_force.policy.measure(finding.grade, finding.category, finding.directed);
        format!("{measure} ({}, {} {})", finding.term, finding.grade, finding.category)
    })
    .collect()
}

/// The lists in force, and the group's own words, the latest first.
fn all_lists(rules: &Rules, in_force: &InForce) -> Letter {
    let mut letter = Letter::default();
    for list in rules.lists() {
        letter = letter.text(format!(
            "{}: {} terms, {} allowed words",
            list.name,
            list.entries.len(),
            list.allow.len()
        ));
    }
    let words = &in_force.settings.words;
    letter = letter.text(format!(
        "Together the lists are version {}; the group's own words are version {}.",
        Fingerprint::of_all(rules.lists()),
        words.version
    ));
    for kept in words.words.iter().rev().take(LISTED_MAX) {
        letter = letter.text(of_the_group(kept, in_force));
    }
    match words.words.len().saturating_sub(LISTED_MAX) {
        0 => letter,
        more => letter.text(format!("and {more} more; `wordlist list PART` finds them")),
    }
}

/// A word of the group's own with who put it there.
fn of_the_group(kept: &KeptWord, in_force: &InForce) -> String {
    let (by, term) = (kept.by.as_str(), &kept.word.term);
    let what = match kept.word.what {
        WordIs::Term { grade, category, matching } => {
            format!("added by {by}: {term} ({grade} {category}, {matching})")
        }
        WordIs::Out => format!("taken out by {by}: {term}"),
        WordIs::Allowed { .. } => format!("allowed by {by}: {term}"),
    };
    format!("{what}, {}, version {}", kept.at.long_date(in_force.charter.zone), kept.version)
}

/// The words that contain a text.
fn listed_with(rules: &Rules, in_force: &InForce, part: &str) -> Letter {
    let part = tidy(part);
    let listed = rules.lists().iter().flat_map(|list| {
        list.entries.iter().filter(|entry| entry.term.contains(&part)).map(|entry| {
            let out = if is_out(in_force, &entry.term) { ", taken out" } else { "" };
            format!("{} ({} {}, {}{out})", entry.term, entry.grade, entry.category, list.name)
        })
    });
    let own = in_force
        .settings
        .words
        .words
        .iter()
        .filter(|kept| kept.word.what != WordIs::Out && kept.word.term.to_lowercase().contains(&part));
    let own = own.map(|kept| match kept.word.what {
        WordIs::Term { grade, category, .. } => {
            format!("{} ({grade} {category}, {OWN_LIST})", kept.word.term)
        }
        WordIs::Out | WordIs::Allowed { .. } => format!("{} (allowed, {OWN_LIST})", kept.word.term),
    });
    let hits: Vec<String> = listed.chain(own).collect();
    if hits.is_empty() {
        return Letter::line("No listed word contains that.");
    }
    let more = hits.len().saturating_sub(LISTED_MAX);
    let letter = hits.into_iter().take(LISTED_MAX).fold(Letter::default(), Letter::text);
    if more > 0 { letter.text(format!("and {more} more; name a longer part")) } else { letter }
}

/// What a new entry finds, line by line: forms, disguises, and words that may be innocent.
fn told(reach: &Reach) -> Vec<String> {
    let mut lines = vec![format!("It finds: {}", reach.forms.join(", "))];
    if !reach.disguised.is_empty() {
        lines.push(format!("In disguise too, such as: {}", reach.disguised.join(", ")));
    }
    lines.push(if reach.words.is_empty() {
        "No other word of the dictionary, no name and no place is found by it.".to_owned()
    } else {
        format!(
            "Of the dictionary it finds {}. If members may write them, take it out with `wordlist remove` and add \
             it with `word` for MATCHING, or as a longer TERM.",
            reach.words
        )
    });
    lines
}
