//! The server's own filter, AutoMod, where it stops words of the group before anybody sees them: rules of the bot's are kept
//! as the words have it, and people's are left alone.
//!
//! What such a rule stops comes as an event like that of any other rule ([`crate::translate::automod`]); which rules are the
//! bot's is noted, so that it is known also right after a start.

pub(crate) mod plan;

use std::collections::BTreeSet;

use platform::{DeliveryError, IntakeError, Outright};
use serde_json::Value;

use crate::error::RestError;
use crate::hear::Stopped;
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{Request, Route, Urgency};
use crate::settings::AutoMod;
use crate::translate::automod::Behest;
use plan::{Plan, Rule, is_keyword_rule, is_mine};

impl Hands {
    /// Has the server stop these words and none that it was given before. Where the group does not want that, rules that the
    /// bot made are taken away.
    pub(crate) async fn have_stopped(&self, words: &[Outright]) -> Result<(), DeliveryError> {
        let about = About::Rules(&self.group.group);
        let words = if self.group.automod == AutoMod::Strongest { words } else { &[] };
        let noted = self.noted_rules().await.map_err(ours)?;
        // Where there never was a rule of the bot's, it need not be allowed to look for one.
        if words.is_empty() && noted.is_none() {
            return Ok(());
        }
        if noted.is_none() {
            // On record before the first is made, so that it is found whatever happens in between.
            self.shared.memory.put(about, &BTreeSet::<Snowflake>::new()).await.map_err(ours)?;
        }
        let known = noted.clone().unwrap_or_default();
        let standing = self.keep_rules(words, &known).await.map_err(RestError::delivery)?;
        if words.is_empty() {
            return self.shared.memory.forget(about).await.map_err(ours);
        }
        match noted.as_ref() == Some(&standing) {
            true => Ok(()),
            false => self.shared.memory.put(about, &standing).await.map_err(ours),
        }
    }

    /// Makes the bot's rules what the words have them be; what stands so already is left. Gives which there are.
    async fn keep_rules(
        &self,
        words: &[Outright],
        known: &BTreeSet<Snowflake>,
    ) -> Result<BTreeSet<Snowflake>, RestError> {
        let (mine, people) = self.rules(known).await?;
        let plan = Plan::of(words, people, self.group.private_channel.0);
        if plan.left_out > 0 {
            tracing::warn!(
                group = self.group.group.as_str(),
                words = plan.left_out,
                "AutoMod has no room for all words; the bot takes those away itself"
            );
        }
        let mut kept = BTreeSet::new();
        let mut old = mine.into_iter();
        for rule in &plan.rules {
            match old.next() {
                Some((id, found)) if rule.stands_as(&found) => {
                    kept.insert(id);
                }
                Some((id, _)) => kept.extend(self.change_rule(id, rule).await?),
                None => kept.extend(self.make_rule(rule).await?),
            }
        }
        for (id, _) in old {
            let removed = Request::delete(self.route().one(id)).urgency(Urgency::Upkeep);
            match self.shared.rest.call(removed).await {
                Ok(_) => {}
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(kept)
    }

    async fn make_rule(&self, rule: &Rule) -> Result<Option<Snowflake>, RestError> {
        let made = Request::post(self.route()).json(rule.body()).urgency(Urgency::Upkeep);
        Ok(json::id(&self.shared.rest.call(made).await?, "id"))
    }

    async fn change_rule(&self, id: Snowflake, rule: &Rule) -> Result<Option<Snowflake>, RestError> {
        let changed = Request::patch(self.route().one(id)).json(rule.body()).urgency(Urgency::Upkeep);
        match self.shared.rest.call(changed).await {
            Ok(_) => Ok(Some(id)),
            Err(error) if is_gone(&error) => self.make_rule(rule).await,
            Err(error) => Err(error),
        }
    }

    fn route(&self) -> Route {
        Route::guild(self.group.server.0).at("auto-moderation").at("rules")
    }

    /// Which rules were noted as the bot's.
    pub(crate) async fn noted_rules(&self) -> Result<Option<BTreeSet<Snowflake>>, IntakeError> {
        self.shared.memory.get(About::Rules(&self.group.group)).await
    }

    /// The bot's rules in the server, oldest first, and how many of the same sort are people's. `known` are the bot's whatever
    /// people called them since.
    pub(crate) async fn rules(
        &self,
        known: &BTreeSet<Snowflake>,
    ) -> Result<(Vec<(Snowflake, Value)>, usize), RestError> {
        let found = self.shared.rest.call(Request::get(self.route()).urgency(Urgency::Upkeep)).await?;
        let Value::Array(found) = found else { return Ok((Vec::new(), 0)) };
        let (mine, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|rule| is_mine(rule, self.shared.me, known));
        let people = others.iter().filter(|rule| is_keyword_rule(rule)).count();
        let mut mine: Vec<_> =
            mine.into_iter().filter_map(|rule| Some((json::id(&rule, "id")?, rule))).collect();
        mine.sort_by_key(|(id, _)| *id);
        Ok((mine, people))
    }
}

/// Whether a rule is no longer there: somebody else was faster.
fn is_gone(error: &RestError) -> bool {
    error.refusal().is_some_and(|refusal| refusal.status == 404)
}

impl Listener {
    /// At whose behest something was kept back.
    pub(crate) async fn behest(&self, execution: &Value) -> Result<Behest, Stopped> {
        let mine: Option<BTreeSet<Snowflake>> = self.recall(About::Rules(&self.group.group)).await?;
        let rule = json::id(execution, "rule_id");
        let is_mine = rule.zip(mine).is_some_and(|(rule, mine)| mine.contains(&rule));
        Ok(if is_mine { Behest::Ours } else { Behest::Theirs })
    }
}
