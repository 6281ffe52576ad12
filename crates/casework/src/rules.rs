//! Changing the rules while running: policy, mode, reload.

use std::sync::Arc;

use ledger::{KeptWord, WordIs};
use policy::{Category, Grade, Letter, Measure, Mode, Policy, Preset, Selector};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::{InForce, Rules};
use crate::rights::Permit;

impl Casework {
    /// Reads configuration and wordlists again. A broken file leaves the old rules in force.
    ///
    /// # Errors
    /// All problems of the files, or the ledger's.
    pub async fn reload(&self) -> Result<(), CaseworkError> {
        let _one_at_a_time = self.changing_rules.lock().await;
        let rules = self.read_rules().await;
        self.figures.reloaded(rules.is_ok());
        let rules = Arc::new(rules?);
        self.rules.store(Arc::clone(&rules));
        self.source.in_force(rules.charters());
        self.to_compare.notify_one();
        tracing::info!("configuration and wordlists reloaded");
        Ok(())
    }

    async fn read_rules(&self) -> Result<Rules, CaseworkError> {
        let rules = Rules::build(self.source.load()?, &self.ledger).await?;
        rules.cover(self.platforms.keys())?;
        Ok(rules)
    }

    pub(crate) async fn reload_for(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        self.reload().await?;
        let terms: usize = self.rules.load().lists().iter().map(|list| list.entries.len()).sum();
        let in_force = self.in_force(&permit.in_force().charter.group)?;
        let terms_of = |kept: &&KeptWord| matches!(kept.word.what, WordIs::Term { .. });
        let own = in_force.settings.words.words.iter().filter(terms_of).count();
        let letter = Letter::line(format!("Reloaded: {terms} listed terms, and {own} of this group's own."));
        Ok(match in_force.settings.policy {
            Some(_) => letter.text(
                "The policy stays as an admin set it with `policy set`, whatever the configuration says.",
            ),
            None => letter,
        })
    }

    pub(crate) async fn policy_set(
        &self,
        permit: &Permit<'_>,
        what: &str,
        value: &str,
    ) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let _one_at_a_time = self.changing_rules.lock().await;
        // Read again under the lock: another admin may have changed it in between.
        let current = self.in_force(group)?.policy.clone();
        let changed = match change(&current, what, value) {
            Ok(changed) => changed,
            Err(why) => return Ok(refuse(why)),
        };
        let mut tx = self.ledger.begin().await?;
        tx.set_policy(group, &changed, permit.who(), self.now()).await?;
        let settings = tx.settings(group).await?;
        let rules = self.rules.load().with(group, settings)?;
        tx.commit().await?;
        self.rules.store(Arc::new(rules));
        let in_force = self.in_force(group)?;
        Ok(Letter::line("From now on:").and(show(&in_force)))
    }

    pub(crate) async fn set_mode(&self, permit: &Permit<'_>, mode: Mode) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let _one_at_a_time = self.changing_rules.lock().await;
        let mut tx = self.ledger.begin().await?;
        tx.set_mode(group, mode, permit.who(), self.now()).await?;
        let settings = tx.settings(group).await?;
        let rules = self.rules.load().with(group, settings)?;
        tx.commit().await?;
        self.rules.store(Arc::new(rules));
        Ok(Letter::line(match mode {
            Mode::Live => "Live: from now on the filter acts.",
            Mode::Shadow => {
                "Shadow: from now on I only watch. You are told what I would have done; members see nothing of it, and \
                 no strike comes of it. Posts can still be put back, and appeals decided."
            }
        }))
    }
}

fn change(current: &Policy, what: &str, value: &str) -> Result<Policy, String> {
    if what == "preset" {
        let preset: Preset = value.parse().map_err(|error| format!("{value:?} is {error}."))?;
        return Ok(Policy::new(preset));
    }
    let selector: Selector = what.parse().map_err(|error| format!("{what:?} is {error}."))?;
    let measure: Measure = value.parse().map_err(|error| format!("{value:?} is {error}."))?;
    Ok(current.clone().with(selector, measure))
}

/// The table in force, in words.
pub(crate) fn show(in_force: &InForce) -> Letter {
    let policy = &in_force.policy;
    let origin =
        if in_force.settings.policy.is_some() { "set by an admin" } else { "from the configuration" };
    let mut letter = Letter::line(format!("Preset {}, {origin}. Mode {}.", policy.preset(), in_force.mode));
    for &grade in Grade::ALL {
        let say = |category, directed| policy.measure(grade, category, directed).to_string();
        let general = say(Category::General, false);
        letter = letter.text(format!(
            "{grade}: {general}; aimed at somebody: {}; discriminatory: {}",
            say(Category::General, true),
            say(Category::Race, false),
        ));
    }
    for (selector, measure) in policy.exceptions() {
        letter = letter.text(format!("but {selector}: {measure}"));
    }
    letter
}
