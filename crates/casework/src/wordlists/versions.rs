//! The versions of a group's own words: what changed in each, and putting an earlier one in force again.

use std::collections::BTreeSet;

use ledger::{OwnWord, WordIs, WordsAct, WordsVersion};
use policy::Letter;

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::rights::Permit;
use crate::wordlists::of;

/// How many versions are shown at once.
const VERSIONS_MAX: u32 = 10;
/// How many words of a version that came, and that went, are shown.
const WORDS_MAX: u32 = 8;

impl Casework {
    pub(super) async fn wordlist_log(
        &self,
        permit: &Permit<'_>,
        before: Option<u32>,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let group = &in_force.charter.group;
        let log = self.ledger.words_log(group, before, VERSIONS_MAX, WORDS_MAX).await?;
        let Some(last) = log.last() else {
            return Ok(Letter::line(match before {
                Some(before) => format!("There is no version before {before}."),
                None => "The group has no words of its own yet.".to_owned(),
            }));
        };
        let letter =
            log.iter().fold(Letter::default(), |letter, version| letter.text(line(version, in_force)));
        Ok(if last.version > 1 {
            letter.text(format!("Earlier ones: `wordlist log {}`", last.version))
        } else {
            letter
        })
    }

    pub(super) async fn wordlist_undo(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let version = self.in_force(&permit.in_force().charter.group)?.settings.words.version;
        match version.checked_sub(1) {
            Some(before) => self.put_back(permit, before).await,
            None => Ok(refuse("The group has no words of its own yet, so there is no change to take back.")),
        }
    }

    pub(super) async fn wordlist_back(
        &self,
        permit: &Permit<'_>,
        version: u32,
    ) -> Result<Letter, CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        self.put_back(permit, version).await
    }

    /// Puts an earlier version in force as a new one. For whoever holds `changing_rules`.
    async fn put_back(&self, permit: &Permit<'_>, to: u32) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let now = self.in_force(group)?.settings.words.clone();
        if to == now.version {
            return Ok(refuse(format_args!("Version {to} is in force.")));
        }
        let Some(words) = self.ledger.words_at(group, to).await? else {
            return Ok(refuse(format_args!(
                "There is no version {to}. `wordlist log` shows those there are."
            )));
        };
        let before: BTreeSet<OwnWord> = now.plain().into_iter().collect();
        let after: BTreeSet<OwnWord> = words.iter().cloned().collect();
        let Some(version) = self.put_words(permit, WordsAct::Back { to }, &words).await? else {
            return Ok(refuse(format_args!("Version {to} has the same words as the one in force.")));
        };
        let letter = Letter::line(format!(
            "The group's own words are again what they were in version {to}. {}",
            of(Some(version))
        ));
        let (came, went) = (after.difference(&before), before.difference(&after));
        let letter = changes(letter, "Again there", came);
        let letter = changes(letter, "No longer there", went);
        Ok(letter.text(format!(
            "Words of the group's own that are looked for again count from now on. `wordlist back {}` takes this back, and so would `wordlist \
             undo`; to go further back, say `wordlist back` with a number from `wordlist log`.",
            now.version
        )))
    }
}

fn changes<'w>(letter: Letter, what: &str, words: impl Iterator<Item = &'w OwnWord>) -> Letter {
    let words: Vec<String> = words.map(shown).collect();
    let shown_max = WORDS_MAX as usize;
    match words.len().saturating_sub(shown_max) {
        _ if words.is_empty() => letter,
        0 => letter.text(format!("{what}: {}", words.join(", "))),
        more => letter.text(format!("{what}: {} and {more} more", words[..shown_max].join(", "))),
    }
}

/// A version in a line: `3, 4 March 2026 at 10:00, asha added: zzyzx (medium insult, word)`.
fn line(version: &WordsVersion, in_force: &InForce) -> String {
    let act = match version.act {
        WordsAct::Added => "added",
        WordsAct::Removed => "took off",
        WordsAct::TakenOut => "took out of the lists",
        WordsAct::PutBack => "put back into the lists",
        WordsAct::Allowed => "allowed",
        WordsAct::Disallowed => "no longer allows",
        WordsAct::Imported => "imported",
        WordsAct::Back { .. } => "went back",
    };
    // What a single change did is said by its name.
    let (plus, minus, name): (_, _, fn(&OwnWord) -> String) = match version.act {
        WordsAct::Imported | WordsAct::Back { .. } => ("+", "−", shown),
        WordsAct::Added | WordsAct::Removed => ("", "", shown),
        WordsAct::TakenOut | WordsAct::PutBack | WordsAct::Allowed | WordsAct::Disallowed => {
            ("", "", |word| word.term.clone())
        }
    };
    let told = |words: &[OwnWord], count: u32, sign: &str| {
        let mut told: Vec<String> = words.iter().map(|word| format!("{sign}{}", name(word))).collect();
        let more = (count as usize).saturating_sub(told.len());
        if more > 0 {
            told.push(format!("{sign}{more} more"));
        }
        told
    };
    let mut words = told(&version.came, version.came_count, plus);
    words.extend(told(&version.went, version.went_count, minus));
    let to =
        if let WordsAct::Back { to } = version.act { format!(" to version {to}") } else { String::new() };
    format!(
        "{}, {}: {} {act}{to}: {}",
        version.version,
        version.at.long_date_time(in_force.charter.zone),
        version.by.as_str(),
        words.join(", ")
    )
}

/// A word in a line.
fn shown(word: &OwnWord) -> String {
    match word.what {
        WordIs::Term { grade, category, matching } => {
            format!("{} ({grade} {category}, {matching})", word.term)
        }
        WordIs::Out => format!("{} (taken out)", word.term),
        WordIs::Allowed { .. } => format!("{} (allowed)", word.term),
    }
}
