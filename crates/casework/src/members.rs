//! What members settle with the bot for themselves: their language, and that they know the rules.

use ledger::EffectKind;
use policy::notice::CitedRule;
use policy::{
    Actor, ChannelId, Charter, Edition, Event, GroupId, Language, Letter, MemberId, Mode, NoticeKind,
    Timestamp,
};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::record::Told;
use crate::rights::Permit;

impl Casework {
    /// Sends somebody who comes into the group the rules, once in each wording.
    pub(crate) async fn welcome(&self, group: &GroupId, member: &MemberId) -> Result<(), CaseworkError> {
        let in_force = self.in_force(group)?;
        let charter = &in_force.charter;
        // Members see nothing of a bot that only watches.
        if !charter.welcome || in_force.mode == Mode::Shadow {
            return Ok(());
        }
        let (edition, now) = (charter.rulebook.edition(), self.now());
        let mut tx = self.ledger.begin().await?;
        if self.last_known(group, member).await?.is_some_and(|known| known.edition == edition) {
            return Ok(());
        }
        let file = tx.member_file(group, member, now).await?;
        tx.note(group, file, &Actor::Bot, Event::RulesSent { edition }, now).await?;
        let rules = charter.rulebook.rules().iter().map(|rule| CitedRule::new(rule, Some(rule.version)));
        let kind = NoticeKind::RulesWelcome { rules: rules.collect() };
        self.tell(&mut tx, &in_force, file, Told { to: member, kind, reason: None }, now).await?;
        self.commit(tx).await
    }

    /// Records that a member has read the rules.
    pub(crate) async fn acknowledge(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let charter = &permit.in_force().charter;
        let (group, edition, now) = (&charter.group, charter.rulebook.edition(), self.now());
        let mut tx = self.ledger.begin().await?;
        let known = self.last_known(group, permit.who()).await?;
        if let Some(Known { acknowledged_at: Some(at), .. }) = known.filter(|known| known.edition == edition)
        {
            let at = at.long_date(charter.zone);
            return Ok(Letter::line(format!("You said so on {at} already, and the rules are the same.")));
        }
        let file = tx.member_file(group, permit.who(), now).await?;
        tx.note(group, file, &Actor::Member, Event::RulesAcknowledged { edition }, now).await?;
        self.commit(tx).await?;
        Ok(Letter::line("Thank you. It is on record that you have read the rules as they stand today."))
    }

    /// Has the rules posted in a channel.
    pub(crate) async fn rules_post(
        &self,
        permit: &Permit<'_>,
        channel: &str,
    ) -> Result<Letter, CaseworkError> {
        let charter = &permit.in_force().charter;
        let Some(channel) = ChannelId::new(channel.trim_start_matches('#')) else {
            return Ok(refuse("Name the channel: rules post general."));
        };
        let (group, now) = (&charter.group, self.now());
        let mut tx = self.ledger.begin().await?;
        let file = tx.group_file(group, now).await?;
        let posted = Event::RulesPosted { edition: charter.rulebook.edition() };
        tx.note(group, file, &Actor::Officer(permit.who().clone()), posted, now).await?;
        let to = channel.as_str().to_owned();
        tx.queue(group, file, &EffectKind::Announce(channel), now).await?;
        self.commit(tx).await?;
        Ok(Letter::line(format!(
            "The rules go to {to}. The officers are told if they cannot be posted there."
        )))
    }

    /// Records the language that a member is to be written to in.
    pub(crate) async fn set_language(
        &self,
        permit: &Permit<'_>,
        language: Language,
    ) -> Result<Letter, CaseworkError> {
        let mut tx = self.ledger.begin().await?;
        tx.set_language(&permit.in_force().charter.group, permit.who(), language).await?;
        self.commit(tx).await?;
        Ok(Letter::line(match language {
            Language::English => "From now on, what I write to you is in English.",
            Language::Welsh => {
                "O hyn ymlaen, byddaf yn ysgrifennu atoch yn Gymraeg, gyda'r Saesneg oddi tano. \u{2014} From now on, \
                 what I write to you is in Welsh, with the English below. Answers to commands stay in English."
            }
        }))
    }

    /// Whether a member knows the rules, in words for their record; nothing when they were never sent or read.
    pub(crate) async fn rules_known(
        &self,
        in_force: &InForce,
        member: &MemberId,
    ) -> Result<Option<String>, CaseworkError> {
        let charter = &in_force.charter;
        let Some(known) = self.last_known(&charter.group, member).await? else { return Ok(None) };
        let which =
            if known.edition == charter.rulebook.edition() { "as they stand" } else { "as they stood then" };
        Ok(Some(match known.acknowledged_at {
            Some(at) => format!("Has read the rules {which}: {}.", at.long_date(charter.zone)),
            None => {
                let sent = known.sent_at.long_date(charter.zone);
                format!("Was sent the rules {which} on {sent}, and has not acknowledged them.")
            }
        }))
    }

    /// The wording of the rules that a member came to know last.
    async fn last_known(&self, group: &GroupId, member: &MemberId) -> Result<Option<Known>, CaseworkError> {
        let Some(file) = self.ledger.member_file(group, member).await? else { return Ok(None) };
        let events = self.ledger.events(group, file).await?;
        Ok(events.into_iter().fold(None, |known, told| match told.event {
            Event::RulesSent { edition } => Some(Known { edition, sent_at: told.at, acknowledged_at: None }),
            Event::RulesAcknowledged { edition } => {
                Some(Known { edition, sent_at: told.at, acknowledged_at: Some(told.at) })
            }
            _ => known,
        }))
    }
}

/// That a member was told the rules.
struct Known {
    edition: Edition,
    sent_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
}

/// The group's rules for all to read, each with its version.
pub(crate) fn posted_rules(charter: &Charter) -> Letter {
    let letter = Letter::line(format!("The rules of {}:", charter.name));
    let letter = charter.rulebook.rules().iter().fold(letter, |letter, rule| {
        letter.text(format!("{} ({}, version {}): {}", rule.title, rule.code, rule.version, rule.text))
    });
    letter.text(format!("Questions: {}.", charter.contact))
}
