//! Whether each group is heard: kept, so that also a time in which the program was not running counts, and said to the
//! officers with why and what there is to do about it. When that is, `policy::reception` says.

use std::collections::{BTreeSet, HashMap};

use ledger::Effect;
use platform::Deafness;
use policy::{Event, GroupId, Letter, Outage, Reception, Timestamp};

use crate::delivery::put_off;
use crate::desk::Casework;
use crate::error::CaseworkError;

/// How often it is written down that groups are heard.
const WRITTEN_EVERY_MS: i64 = 60 * 1_000;

/// Whether a group is heard now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hearing {
    /// It is.
    Now,
    /// It was not yet, in any run.
    NotYet,
    /// It is not.
    Deaf {
        /// Since when.
        since: Timestamp,
        /// Why, in words.
        why: String,
    },
    /// Nobody listens, because its account cannot be used.
    Unserved,
}

/// How the groups are heard, as it is on record but for when they were heard last.
#[derive(Debug)]
pub(crate) struct Receptions {
    /// Since when this run listens.
    listening_since: Timestamp,
    groups: HashMap<GroupId, Reception>,
}

impl Receptions {
    /// As an earlier run left them: of groups that are served, nothing is known yet of now.
    pub(crate) fn new(
        kept: Vec<(GroupId, Reception)>,
        is_served: impl Fn(&GroupId) -> bool,
        now: Timestamp,
    ) -> Self {
        let mut groups: HashMap<_, _> = kept.into_iter().filter(|(group, _)| is_served(group)).collect();
        groups.values_mut().for_each(Reception::away);
        Self { listening_since: now, groups }
    }

    /// Whether it has not been written down for a while that a group is heard; also where the clock was set back.
    fn are_old(&self, now: Timestamp) -> bool {
        let age = |at: Timestamp| now.as_millis().saturating_sub(at.as_millis());
        let heard = self.groups.values().filter(|reception| reception.is_heard());
        heard.map(|reception| age(reception.heard_at)).any(|age| !(0..WRITTEN_EVERY_MS).contains(&age))
    }

    /// The groups that are heard, and those of which nothing is although the connection stands; each with whether it is
    /// heard.
    pub(crate) fn heard_or_silent(&self) -> impl Iterator<Item = (&GroupId, bool)> {
        let tried = self.groups.iter().filter(|(_, reception)| reception.is_heard() || reception.is_silent());
        tried.map(|(group, reception)| (group, reception.is_heard()))
    }

    /// Whether nothing of a group is heard although the connection stands.
    pub(crate) fn is_silent(&self, group: &GroupId) -> bool {
        self.groups.get(group).is_some_and(Reception::is_silent)
    }

    fn due(&self, now: Timestamp) -> impl Iterator<Item = (&GroupId, Timestamp)> {
        let due = move |reception: &Reception| reception.due(self.listening_since, now);
        self.groups.iter().filter_map(move |(group, reception)| Some((group, due(reception)?)))
    }
}

impl Casework {
    /// The platform is not heard of a group.
    pub(crate) async fn is_deaf(
        &self,
        group: &GroupId,
        (since, why): (Timestamp, Deafness),
        until: Option<Timestamp>,
    ) -> Result<(), CaseworkError> {
        self.receive(group, |reception, _| reception.lost(since, why, until)).await
    }

    /// The platform is heard again: what stands there is looked at soon.
    pub(crate) async fn is_back(&self, group: &GroupId) -> Result<(), CaseworkError> {
        self.compare_soon(group);
        self.try_again(group).await;
        self.receive(group, Reception::back).await
    }

    /// Records how a group is heard, if `change` says that it is news.
    pub(crate) async fn receive(
        &self,
        group: &GroupId,
        change: impl FnOnce(&mut Reception, Timestamp) -> bool,
    ) -> Result<(), CaseworkError> {
        let now = self.now();
        let mut receptions = self.receptions.lock().await;
        let known = receptions.groups.get(group).copied();
        let mut reception = known.unwrap_or_else(|| Reception::begun(now));
        if !change(&mut reception, now) && known.is_some() {
            return Ok(());
        }
        let mut tx = self.ledger.begin().await?;
        tx.set_reception(group, &reception).await?;
        self.commit(tx).await?;
        receptions.groups.insert(group.clone(), reception);
        Ok(())
    }

    /// Tells officers of outages that have lasted, or are over; and writes down now and then that groups are heard.
    pub(crate) async fn tell_outages(&self) -> Result<(), CaseworkError> {
        let mut receptions = self.receptions.lock().await;
        let now = self.now();
        let due = receptions.due(now).filter(|(_, due)| *due <= now).map(|(group, _)| group.clone());
        for group in due.collect::<BTreeSet<_>>() {
            // A group that is no longer configured has nobody to be told.
            let Ok(in_force) = self.in_force(&group) else { continue };
            let Some(reception) = receptions.groups.get_mut(&group) else { continue };
            let mut next = *reception;
            let event = next.fall_due(now);
            let mut tx = self.ledger.begin().await?;
            if let Some(event) = event {
                self.say_of_group(&mut tx, &in_force, event, now).await?;
            }
            tx.set_reception(&group, &next).await?;
            tx.commit().await?;
            *reception = next;
        }
        if receptions.are_old(now) { self.write_heard(&mut receptions, now).await } else { Ok(()) }
    }

    /// Writes down until when groups were heard, all at once.
    async fn write_heard(&self, receptions: &mut Receptions, now: Timestamp) -> Result<(), CaseworkError> {
        let heard = receptions.groups.iter().filter(|(_, reception)| reception.is_heard());
        let written: Vec<_> = heard
            .map(|(group, reception)| (group.clone(), Reception { heard_at: now, ..*reception }))
            .collect();
        if written.is_empty() {
            return Ok(());
        }
        let mut tx = self.ledger.begin().await?;
        for (group, reception) in &written {
            tx.set_reception(group, reception).await?;
        }
        tx.commit().await?;
        receptions.groups.extend(written);
        Ok(())
    }

    /// How the groups that are configured are heard, in their order.
    pub async fn hearing(&self) -> Vec<(GroupId, Hearing)> {
        let rules = self.rules.load_full();
        let receptions = self.receptions.lock().await;
        let groups = rules.charters().iter().map(|charter| &charter.group);
        groups.map(|group| (group.clone(), self.hearing_of(group, &receptions))).collect()
    }

    fn hearing_of(&self, group: &GroupId, receptions: &Receptions) -> Hearing {
        let Some(platform) = self.platforms.get(group) else { return Hearing::Unserved };
        match receptions.groups.get(group) {
            _ if platform.is_at_hand() => Hearing::Now,
            None => Hearing::NotYet,
            Some(Reception { outage: Some(outage), .. }) if outage.back_at.is_none() => {
                Hearing::Deaf { since: outage.since, why: cause(outage.why, outage.was_away) }
            }
            Some(_) => Hearing::Now,
        }
    }

    /// When there will be something to tell of an outage, if all stays as it is.
    pub(crate) async fn next_of_outages(&self) -> Option<Timestamp> {
        let now = self.now();
        let receptions = self.receptions.lock().await;
        receptions.due(now).map(|(_, due)| due).min()
    }

    /// Writes down, at the end of a run, that groups were heard until then. What cannot be written makes an absence seem
    /// longer by a minute at most.
    pub(crate) async fn write_heard_at_the_end(&self) {
        let mut receptions = self.receptions.lock().await;
        if let Err(error) = self.write_heard(&mut receptions, self.now()).await {
            put_off(&error, "until when groups were heard was not written");
        }
    }

    /// What officers are told of an outage; nothing for other events. That the group is not heard is not said any more once
    /// that is over, for then it is said that it was not.
    pub(crate) async fn news_of_outage(
        &self,
        effect: &Effect,
        event: Event,
    ) -> Result<Option<Letter>, CaseworkError> {
        let in_force = self.in_force(&effect.group)?;
        let (file, zone) = (effect.file, in_force.charter.zone);
        let shown = |at: Timestamp| at.long_date_time(zone);
        Ok(match event {
            Event::Deaf { since, why, until } => {
                let standing =
                    self.ledger.receptions().await?.into_iter().find(|(of, _)| *of == effect.group);
                let standing = standing.and_then(|(_, reception)| reception.outage);
                let Some(outage) = standing.filter(|outage| outage.since == since) else {
                    return Ok(Some(Letter::default()));
                };
                Some(deaf(&format!("{file}"), &outage, (why, until), shown))
            }
            Event::HearsAgain { since, until, why, was_away } => Some(
                Letter::line(format!(
                    "{file} I hear this group again. From {} to {} I did not: {}.",
                    shown(since),
                    shown(until),
                    cause(why, was_away)
                ))
                .text(read_since(why, was_away)),
            ),
            _ => None,
        })
    }
}

/// What was done about what was written meanwhile.
fn read_since(why: Option<Deafness>, was_away: bool) -> &'static str {
    match why {
        // Nothing was lost of which a start would not know.
        Some(Deafness::Silent) if !was_away => {
            "What came late I have judged. Whether something never came I cannot tell: please look through the channels for \
             that time, and `remove` or `hide` what has to go."
        }
        Some(
            Deafness::Unreachable
            | Deafness::Unstable
            | Deafness::Exhausted
            | Deafness::Intents
            | Deafness::Token
            | Deafness::Version
            | Deafness::Refused
            | Deafness::Broken
            | Deafness::Silent,
        )
        | None => {
            "I have read on from where I had stopped, in all channels that I can read, and judged what stands there. What was \
             taken away again in between I have not seen."
        }
    }
}

/// `B-0001 I have not heard this group since 2 March 2026, 10:00: …`
fn deaf(
    file: &str,
    outage: &Outage,
    (why, until): (Option<Deafness>, Option<Timestamp>),
    shown: impl Fn(Timestamp) -> String,
) -> Letter {
    let since = shown(outage.since);
    let cause = cause(why, outage.was_away);
    if let Some(back) = outage.back_at {
        let back = shown(back);
        return Letter::line(format!("{file} From {since} to {back} I did not hear this group: {cause}."))
            .text("I do hear it again, and say so once that has lasted.");
    }
    let letter = Letter::line(format!(
        "{file} I have not heard this group since {since}, and what is written is NOT moderated: {cause}."
    ));
    letter.text(format!(
        "{} I read on from where I stopped as soon as I hear again.",
        remedy(why, until.map(shown).as_deref())
    ))
}

/// Why the group was not heard.
fn cause(why: Option<Deafness>, was_away: bool) -> String {
    let why = why.map(reason);
    match (why, was_away) {
        (Some(why), false) => why.to_owned(),
        (Some(why), true) => format!("I was not running for some of that time, and {why}"),
        (None, true) => "I was not running, or not connected yet".to_owned(),
        (None, false) => "I was not connected".to_owned(),
    }
}

fn reason(why: Deafness) -> &'static str {
    match why {
        Deafness::Unreachable => "the platform could not be reached, or did not answer",
        Deafness::Unstable => "my connections did not last, so that I wait before the next one",
        Deafness::Exhausted => {
            "there were as many connections in one day as may be, and one more could cost me my token"
        }
        Deafness::Intents => "the platform kept from me what I have to hear, for it was not switched on",
        Deafness::Token => "my token or session was not accepted any more",
        Deafness::Version => "the platform spoke another version by then",
        Deafness::Refused => "the platform would not have me connect",
        Deafness::Broken => "something broke in me",
        Deafness::Silent => {
            "nothing came in any more although my connection stood, not even what I write myself to see whether it does"
        }
    }
}

/// What there is to do about it, for whoever runs the program.
fn remedy(why: Option<Deafness>, until: Option<&str>) -> String {
    match (why, until) {
        (Some(Deafness::Intents), _) => {
            "Whoever runs me switches on Server Members and Message Content under “Privileged Gateway Intents”, on the page \
             “Bot” of the developer portal, and starts me again."
                .to_owned()
        }
        (Some(Deafness::Token), _) => {
            "Whoever runs me gives me a new token, or logs me in again, and starts me again.".to_owned()
        }
        (Some(Deafness::Version), _) => "Whoever runs me looks for a newer version of me.".to_owned(),
        (Some(Deafness::Refused | Deafness::Broken), _) => {
            "Whoever runs me finds what is wrong in my log, and starts me again.".to_owned()
        }
        (Some(Deafness::Silent), _) => {
            "Whoever runs me starts me again. If it goes on, the platform may have trouble of its own; my log says more."
                .to_owned()
        }
        (Some(Deafness::Exhausted), Some(until)) => {
            format!("I connect again at {until}; starting me again would not help.")
        }
        (Some(Deafness::Unstable), Some(until)) => {
            format!("I try again at {until}. If it goes on, whoever runs me finds why in my log.")
        }
        (Some(Deafness::Unreachable | Deafness::Unstable | Deafness::Exhausted) | None, _) => {
            "I keep trying. If it goes on, whoever runs me finds why in my log.".to_owned()
        }
    }
}
