//! An admin's work on the words: list, test, add, take out.

use std::sync::Arc;

use ledger::{AddedWord, Settings};
use policy::guard::Reach;
use policy::matcher::Context;
use policy::wordlist::{Entry, Matching, Usage};
use policy::{Category, Grade, Letter};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::{InForce, OWN_LIST, own_entry};
use crate::rights::Permit;

/// How many words `wordlist list` shows at most.
const LISTED_MAX: usize = 40;

impl Casework {
    pub(crate) fn wordlist_list(&self, permit: &Permit<'_>, part: Option<&str>) -> Letter {
        let rules = self.rules.load();
        let settings = &permit.in_force().settings;
        let mut letter = Letter::default();
        let Some(part) = part else {
            for list in rules.lists() {
                letter = letter.text(format!(
                    "{}: {} terms, {} allowed words",
                    list.name,
                    list.entries.len(),
                    list.allow.len()
                ));
            }
            for word in &settings.added {
                letter = letter.text(format!(
                    "added by {}: {} ({} {}, {})",
                    word.by.as_str(),
                    word.term,
                    word.grade,
                    word.category,
                    word.matching
                ));
            }
            for term in &settings.excepted {
                letter = letter.text(format!("taken out: {term}"));
            }
            return letter;
        };
        let part = part.to_lowercase();
        let own = settings.added.iter().map(|word| (word.term.as_str(), word.grade, word.category, OWN_LIST));
        let listed = rules.lists().iter().flat_map(|list| {
            let name = list.name.as_str();
            list.entries.iter().map(move |entry| (entry.term.as_str(), entry.grade, entry.category, name))
        });
        let hits: Vec<_> = listed.chain(own).filter(|(term, ..)| term.contains(&part)).collect();
        for (term, grade, category, list) in hits.iter().take(LISTED_MAX) {
            let out = if settings.excepted.iter().any(|out| out == term) { ", taken out" } else { "" };
            letter = letter.text(format!("{term} ({grade} {category}, {list}{out})"));
        }
        match hits.len().checked_sub(LISTED_MAX) {
            _ if hits.is_empty() => Letter::line("No listed word contains that."),
            Some(more) if more > 0 => letter.text(format!("and {more} more; name a longer part")),
            _ => letter,
        }
    }

    pub(crate) async fn wordlist_add(
        &self,
        permit: &Permit<'_>,
        grade: Grade,
        category: Category,
        matching: Matching,
        term: &str,
    ) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let _one_at_a_time = self.changing_rules.lock().await;
        let term = term.trim().to_lowercase();
        let word = AddedWord {
            term: term.clone(),
            grade,
            category,
            matching: matching.to_string(),
            by: permit.who().clone(),
            at: self.now(),
        };
        if let Some(by) = self.listed_by(&self.in_force(group)?.settings, &term) {
            return Ok(refuse(format_args!(
                "{term:?} is listed already, in {by}. To change it, take it out with `wordlist remove` first."
            )));
        }
        let reach = match self.reach(&own_entry(&word)?) {
            Ok(reach) => reach,
            Err(why) => return Ok(refuse(why)),
        };
        // Compiled before the ledger is held: it takes long enough for others to wait.
        let mut settings = self.in_force(group)?.settings.clone();
        settings.added.push(word.clone());
        let rules = self.rules.load().with(group, settings)?;
        let mut tx = self.ledger.begin().await?;
        tx.add_word(group, &word).await?;
        tx.commit().await?;
        self.rules.store(Arc::new(rules));
        let mut letter =
            Letter::line(format!("Added {term:?} ({grade} {category}, {matching}), from now on."));
        for line in told(&reach) {
            letter = letter.text(line);
        }
        Ok(letter)
    }

    /// Which list has the term for this group now, if one has.
    fn listed_by(&self, settings: &Settings, term: &str) -> Option<String> {
        if settings.added.iter().any(|added| added.term == term) {
            return Some(OWN_LIST.to_owned());
        }
        let rules = self.rules.load();
        let list = rules.lists().iter().find(|list| list.has(term))?;
        (!settings.excepted.iter().any(|out| out == term)).then(|| list.name.clone())
    }

    /// What the filter makes of a text; of one word that it does not know, also what adding it would find.
    pub(crate) fn wordlist_test(&self, permit: &Permit<'_>, text: &str) -> Letter {
        let letter = test(permit.in_force(), text);
        let is_new = permit.in_force().matcher.explain(text, Context::default()).is_empty();
        if !is_new || text.split_whitespace().count() != 1 {
            return letter;
        }
        let entry = Entry {
            term: text.trim().to_lowercase(),
            grade: Grade::Medium,
            category: Category::Insult,
            matching: Matching::Stem,
            forms: Vec::new(),
            ambiguous: None,
            usage: Usage::default(),
            note: None,
            source: "a test".to_owned(),
            since: None,
            line: 0,
        };
        let added = match self.reach(&entry) {
            Ok(reach) => told(&reach),
            Err(why) => vec![why],
        };
        let letter = letter.text("If it were added with `stem`:".to_owned());
        added.into_iter().fold(letter, |letter, line| letter.text(format!("  {line}")))
    }

    /// What the entry would reach; or why it cannot be, with the innocent line it would hit.
    fn reach(&self, entry: &Entry) -> Result<Reach, String> {
        let rules = self.rules.load();
        let reach = rules.guard().reach(entry, rules.lists()).map_err(|problems| {
            // The admin knows no file and no line: what is wrong is the TERM of the command.
            let problems = problems.iter().map(|found| format!("TERM: {}; {}.", found.problem, found.fix));
            problems.collect::<Vec<_>>().join("\n")
        })?;
        match reach.collisions.first() {
            Some(hit) => Err(format!("It would hit innocent words: {hit}.")),
            None => Ok(reach),
        }
    }

    pub(crate) async fn wordlist_remove(
        &self,
        permit: &Permit<'_>,
        term: &str,
    ) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let _one_at_a_time = self.changing_rules.lock().await;
        let term = term.trim().to_lowercase();
        let mut settings = self.in_force(group)?.settings.clone();
        let added = settings.added.len();
        settings.added.retain(|word| word.term != term);
        let own = settings.added.len() < added;
        let lists = self.rules.load();
        let listed = lists.lists().iter().any(|list| list.entries.iter().any(|entry| entry.term == term));
        if own {
            // Its exception, if the lists have it too, was made before it was added.
        } else if listed && !settings.excepted.contains(&term) {
            settings.excepted.push(term.clone());
        } else {
            return Ok(refuse(format_args!(
                "{term:?} is not listed. `wordlist list PART` shows listed words."
            )));
        }
        let rules = lists.with(group, settings)?;
        let mut tx = self.ledger.begin().await?;
        if own {
            tx.remove_word(group, &term, permit.who(), self.now()).await?;
        } else {
            tx.except_word(group, &term, permit.who(), self.now()).await?;
        }
        tx.commit().await?;
        self.rules.store(Arc::new(rules));
        Ok(Letter::line(format!(
            "{term:?} is no longer looked for in this group. `wordlist add` brings it back, with the grade you give."
        )))
    }
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

/// What the filter makes of a text, and why.
pub(crate) fn test(in_force: &InForce, text: &str) -> Letter {
    let hits = in_force.matcher.explain(text, Context::default());
    if hits.is_empty() {
        return Letter::line("Nothing is found in it.");
    }
    let mut letter = Letter::default();
    for hit in hits {
        let finding = &hit.finding;
        let measure = in_force.policy.measure(finding.grade, finding.category, finding.directed);
        let verdict = if hit.explanation.accepted { measure.to_string() } else { "innocent".to_owned() };
        letter = letter.text(format!(
            "{verdict}: {} ({} {}), characters {} to {}",
            finding.term,
            finding.grade,
            finding.category,
            text[..finding.span.start].chars().count() + 1,
            text[..finding.span.end].chars().count(),
        ));
        letter = hit.explanation.lines().fold(letter, |letter, line| letter.text(format!("  {line}")));
    }
    letter
}
