//! Words of other programs taken into a group's own list, all of them as one version.

use ledger::{OwnWord, WordIs, WordsAct};
use policy::wordlist::foreign::{self, Item, Options, Outcome, Plan};
use policy::wordlist::{Matching, Wordlist};
use policy::{Category, Grade, GroupId, Letter, MemberId};

use crate::answers::refuse;
use crate::commands::{Command, Place, WordlistCommand};
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::{InForce, LoadError, in_group};
use crate::rights::{Permit, authorise};
use crate::wordlists::{LISTED_MAX, of};

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// What became of each word.
    pub plan: Plan,
    /// The version it made; none where it changed nothing.
    pub version: Option<u32>,
}

impl Casework {
    /// Takes words into a group's own list for an admin, or says why they may not.
    ///
    /// # Errors
    /// When the ledger cannot be read or written, the group is not configured, or the words make no sound list.
    pub async fn import_words(
        &self,
        group: &GroupId,
        officer: &MemberId,
        items: &[Item],
        options: Options,
    ) -> Result<Result<Imported, String>, CaseworkError> {
        let in_force = self.in_force(group)?;
        let command = Command::Wordlist(WordlistCommand::Import {
            grade: options.grade,
            category: options.category,
            matching: options.matching.unwrap_or(options.usual),
            words: Vec::new(),
        });
        match authorise(&command, officer, Place::Command, &in_force) {
            Ok(permit) => Ok(Ok(self.take_in(&permit, items, options).await?)),
            Err(denied) => Ok(Err(denied.to_string())),
        }
    }

    /// The same for what an admin typed.
    pub(super) async fn wordlist_import(
        &self,
        permit: &Permit<'_>,
        grade: Grade,
        category: Category,
        matching: Matching,
        words: &str,
    ) -> Result<Letter, CaseworkError> {
        let items = foreign::pasted(words);
        if items.len() > LISTED_MAX {
            return Ok(refuse(format_args!(
                "These are {} words, and {LISTED_MAX} can be typed at once. On the bot's machine, `beadle wordlist import` \
                 takes in a file of any length.",
                items.len()
            )));
        }
        let usual = matching;
        let options = Options { grade, category, matching: Some(matching), usual, despite: false };
        let imported = self.take_in(permit, &items, options).await?;
        let letter = match imported.version {
            Some(version) => {
                Letter::line(format!("{}, from now on. {}", imported.plan.counts(), of(Some(version))))
            }
            None => Letter::line(format!("{}. Nothing was changed.", imported.plan.counts())),
        };
        let letter = imported.plan.lines.iter().fold(letter, |letter, line| letter.text(line.to_string()));
        let hits = imported.plan.lines.iter().any(|line| matches!(line.outcome, Outcome::Hits { .. }));
        Ok(if hits {
            letter
                .text("What hits innocent words may be added with `word` for MATCHING, or as a longer word.")
        } else {
            letter
        })
    }

    async fn take_in(
        &self,
        permit: &Permit<'_>,
        items: &[Item],
        options: Options,
    ) -> Result<Imported, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let plan = self.planned(&in_force, items, options)?;
        if plan.is_empty() {
            return Ok(Imported { plan, version: None });
        }
        let mut words = in_force.settings.words.plain();
        // One that came into the lists since, and is taken out of them now, gives way to the new one.
        words.retain(|word| !plan.entries.iter().any(|entry| is_term(word, &entry.term)));
        words.extend(planned_words(&plan));
        let version = self.put_words(permit, WordsAct::Imported, &words).await?;
        Ok(Imported { plan, version })
    }

    fn planned(&self, in_force: &InForce, items: &[Item], options: Options) -> Result<Plan, LoadError> {
        let rules = self.rules.load();
        let mut lists = in_group(rules.lists(), &in_force.settings.words)?;
        let own = lists.pop().unwrap_or_default();
        // As the files have them: what the group took out stands in its own list.
        plan(items, options, rules.lists(), &own, rules.guard())
    }
}

/// What becomes of words, before anything is changed.
///
/// # Errors
/// When they make no sound list together.
fn plan(
    items: &[Item],
    options: Options,
    lists: &[Wordlist],
    own: &Wordlist,
    guard: &policy::Guard,
) -> Result<Plan, LoadError> {
    foreign::plan(items, options, lists, own, guard)
        .map_err(|problems| LoadError(problems.iter().map(ToString::to_string).collect()))
}

fn is_term(word: &OwnWord, term: &str) -> bool {
    word.term == term && matches!(word.what, WordIs::Term { .. })
}

/// The words that a plan puts into the list.
fn planned_words(plan: &Plan) -> impl Iterator<Item = OwnWord> + '_ {
    let out = plan.without.iter().map(|term| OwnWord { term: term.clone(), what: WordIs::Out });
    let terms = plan.entries.iter().map(|entry| OwnWord {
        term: entry.term.clone(),
        what: WordIs::Term { grade: entry.grade, category: entry.category, matching: entry.matching },
    });
    let allowed = plan
        .allow
        .iter()
        .map(|allow| OwnWord { term: allow.term.clone(), what: WordIs::Allowed { kind: allow.kind } });
    out.chain(terms).chain(allowed)
}
