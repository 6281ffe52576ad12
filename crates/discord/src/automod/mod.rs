//! The server's own filter, AutoMod, where it stops words of the group before anybody sees them: rules of the bot's are kept
//! as the words have it, and people's are left alone.
//!
//! What such a rule stops comes as an event like that of any other rule ([`crate::translate::automod`]); which rules are the
//! bot's is noted, rule by rule, so that it is known also right after a start. Of one that is not noted Discord is asked once
//! whose it is: it may have been made just now, or by a program that ended before it could note it.

pub(crate) mod plan;

use std::collections::BTreeSet;

use platform::{DeliveryError, IntakeError, Outright};
use serde_json::Value;

use crate::error::RestError;
use crate::hear::{Cut, Stopped};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{Request, Route, Urgency};
use crate::settings::AutoMod;
use crate::translate::automod::{Behest, blocked_post};
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
        self.keep_rules(words, noted.unwrap_or_default()).await?;
        if words.is_empty() {
            return self.shared.memory.forget(about).await.map_err(ours);
        }
        Ok(())
    }

    /// Makes the bot's rules what the words have them be; what stands so already is left. Which there are is noted after each,
    /// for the next may be refused, and this one stops words from now on.
    async fn keep_rules(
        &self,
        words: &[Outright],
        mut noted: BTreeSet<Snowflake>,
    ) -> Result<(), DeliveryError> {
        let (mine, people) = self.rules(&noted).await.map_err(RestError::delivery)?;
        self.note_rules(&mut noted, mine.iter().map(|(id, _)| *id).collect()).await?;
        let plan = Plan::of(words, people, self.group.private_channel.0);
        if plan.left_out > 0 {
            tracing::warn!(
                group = self.group.group.as_str(),
                words = plan.left_out,
                "AutoMod has no room for all words; the bot takes those away itself"
            );
        }
        let mut old = mine.into_iter();
        for rule in &plan.rules {
            let (was, is) = match old.next() {
                Some((_, found)) if rule.stands_as(&found) => continue,
                Some((id, _)) => (Some(id), self.change_rule(id, rule).await),
                None => (None, self.make_rule(rule).await),
            };
            let is = is.map_err(RestError::delivery)?;
            let others = noted.iter().copied().filter(|id| Some(*id) != was);
            let now = others.chain(is).collect();
            self.note_rules(&mut noted, now).await?;
        }
        for (id, _) in old {
            self.remove_rule(id).await.map_err(RestError::delivery)?;
            let others = noted.iter().copied().filter(|other| *other != id).collect();
            self.note_rules(&mut noted, others).await?;
        }
        Ok(())
    }

    /// Notes which rules are the bot's, where that is not noted yet.
    async fn note_rules(
        &self,
        noted: &mut BTreeSet<Snowflake>,
        now: BTreeSet<Snowflake>,
    ) -> Result<(), DeliveryError> {
        if *noted != now {
            self.shared.memory.put(About::Rules(&self.group.group), &now).await.map_err(ours)?;
            *noted = now;
        }
        Ok(())
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

    async fn remove_rule(&self, id: Snowflake) -> Result<(), RestError> {
        let removed = Request::delete(self.route().one(id)).urgency(Urgency::Upkeep);
        match self.shared.rest.call(removed).await {
            Ok(_) => Ok(()),
            Err(error) if is_gone(&error) => Ok(()),
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
    /// The server's filter kept something back.
    pub(crate) async fn hear_blocked(&mut self, execution: &Value) -> Result<(), Stopped> {
        if json::id(execution, "channel_id").is_some_and(|channel| self.is_door(channel)) {
            return Ok(());
        }
        let behest = self.behest(execution).await?;
        match blocked_post(execution, &self.hands.place(), None, self.shared.pace.now(), behest) {
            Some(post) => self.take_beside(post).await,
            None => Ok(()),
        }
    }

    /// At whose behest something was kept back.
    async fn behest(&mut self, execution: &Value) -> Result<Behest, Stopped> {
        let noted: Option<BTreeSet<Snowflake>> = self.recall(About::Rules(&self.group.group)).await?;
        let Some(rule) = json::id(execution, "rule_id") else { return Ok(Behest::Theirs) };
        if noted.as_ref().is_some_and(|noted| noted.contains(&rule)) {
            // What it stopped may still be on its way when it has been taken away.
            self.behests.insert(rule, Behest::Ours);
        }
        if let Some(behest) = self.behests.get(&rule) {
            return Ok(*behest);
        }
        // Where the bot keeps none, all are people's.
        let Some(noted) = noted else { return Ok(Behest::Theirs) };
        let behest = match self.asked_now(self.hands.route().one(rule)).await {
            Ok(Some(found)) if is_mine(&found, self.shared.me, &noted) => Behest::Ours,
            // One that is no more or may not be seen will not be known later either.
            Ok(_) => Behest::Theirs,
            Err(Cut::Unanswered) => return Ok(Behest::Theirs),
            Err(Cut::Stopped) => return Err(Stopped),
        };
        self.behests.insert(rule, behest);
        Ok(behest)
    }
}
