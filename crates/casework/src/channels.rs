//! What the bot cannot read or do in a channel: kept, and said to the officers once, with what they can do about it.
//! Nothing of it is ever held against a member.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use ledger::{Effect, File, Transaction, Unreadable};
use platform::Position;
use policy::{Actor, ChannelId, Event, GroupId, Letter, Limit, PostId, Reference, Timestamp};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

/// What there is to do about posts that cannot be decrypted.
const WHAT_HELPS: &str = "Nothing is held against them, and what they wrote stays. Their app withholds the keys: they may \
                          have set it to write to verified devices only, or it has not seen my device yet. Please ask them \
                          to update or restart their app, to change that setting, or to write again. I judge what I could \
                          not read as soon as I can.";
/// What there is to do about a missing permission.
const WHAT_TO_GIVE: &str = "What I may not do is NOT done until I may. Please give me the permission for it there, and a \
                            rank above those whom I am to put out or mute.";

/// How long a key may be on its way, in seconds, before that is worth a word.
const KEYS_MAY_TAKE_S: i64 = 120;

/// Why somebody is out of reach.
const NOT_BELOW: &str = ", whose rank is not below mine";

impl Casework {
    /// Somebody wrote what the bot cannot decrypt: it is kept. Unless the key comes soon, officers hear of it.
    pub(crate) async fn cannot_read(
        &self,
        group: &GroupId,
        unreadable: &Unreadable,
        position: &Position,
    ) -> Result<(), CaseworkError> {
        let now = self.now();
        self.unread_in.lock().unwrap_or_else(PoisonError::into_inner).insert(group.clone());
        let mut tx = self.ledger.begin().await?;
        self.forget_read(group, &unreadable.channel);
        tx.save_position(group, &unreadable.channel, &position.0).await?;
        tx.keep_unreadable(group, unreadable, now).await?;
        self.commit(tx).await
    }

    /// Tells officers whose posts have not been readable for some time, once a channel and sender.
    pub(crate) async fn tell_unreadable(&self) -> Result<(), CaseworkError> {
        let groups: Vec<GroupId> =
            self.unread_in.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        let now = self.now();
        for group in groups {
            // A group that is no longer configured has nobody to be told.
            let Ok(in_force) = self.in_force(&group) else { continue };
            let since = now.plus_seconds(-KEYS_MAY_TAKE_S);
            for (channel, from) in self.ledger.unread_untold(&group, since).await? {
                let mut tx = self.ledger.begin().await?;
                if let Some(sender) = tx.tell_unreadable(&group, &channel, &from, now).await? {
                    self.say_of_group(&mut tx, &in_force, Event::Unreadable { sender }, now).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// What could not be read can be, and is no post under that name.
    pub(crate) async fn can_read(&self, group: &GroupId, post: &PostId) -> Result<(), CaseworkError> {
        if !self.was_unread(group, post).await? {
            return Ok(());
        }
        let mut tx = self.ledger.begin().await?;
        tx.read_at_last(group, post).await?;
        self.commit(tx).await
    }

    /// Whether this post could not be read until now. Where nothing is encrypted, that costs nothing.
    pub(crate) async fn was_unread(&self, group: &GroupId, post: &PostId) -> Result<bool, CaseworkError> {
        let possible = self.unread_in.lock().unwrap_or_else(PoisonError::into_inner).contains(group);
        Ok(possible && self.ledger.is_unread(group, post).await?)
    }

    /// All that the bot cannot do in a channel: officers hear of what is new, and of what is mended.
    pub(crate) async fn is_limited(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        limits: &[Limit],
    ) -> Result<(), CaseworkError> {
        let in_force = self.in_force(group)?;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        let Some(change) = tx.set_limits(group, channel, limits, now).await? else { return Ok(()) };
        if change.came {
            self.say_of_group(&mut tx, &in_force, Event::Limited { change: change.number }, now).await?;
        }
        // Out of a place, the bot can do nothing there: that nothing else is in its way is no good news.
        if change.went && !limits.contains(&Limit::Enter) {
            self.say_of_group(&mut tx, &in_force, Event::Unlimited { change: change.number }, now).await?;
        }
        self.commit(tx).await?;
        if change.went {
            self.put_out_whom_it_could_not(&in_force, now).await?;
        }
        Ok(())
    }

    /// Puts on record, in the group's own file, what concerns no matter, and tells the officers.
    pub(crate) async fn say_of_group(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        event: Event,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        self.note_of_group(tx, in_force, (&Actor::Bot, event), now).await
    }

    /// The same of what somebody did.
    pub(crate) async fn note_of_group(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        (actor, event): (&Actor, Event),
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let group = &in_force.charter.group;
        let reference = tx.group_file(group, now).await?;
        tx.note(group, reference, actor, event, now).await?;
        self.tell_officers(tx, in_force, &File::Group { reference }, event, now).await
    }

    /// What officers are told of a channel; nothing for other events, and for what is no longer kept.
    pub(crate) async fn news_of_channel(
        &self,
        effect: &Effect,
        event: Event,
    ) -> Result<Option<Letter>, CaseworkError> {
        let (group, file) = (&effect.group, effect.file);
        Ok(match event {
            Event::Unreadable { sender } => {
                let kept = self.ledger.unreadable_sender(group, sender).await?;
                kept.map(|(channel, from)| {
                    let (from, channel) = (from.as_str(), channel.as_str());
                    Letter::line(format!("{file} I cannot read what {from} writes in {channel}."))
                        .text(WHAT_HELPS)
                })
            }
            Event::Limited { change } => {
                let limits = self.ledger.limits_that_came(group, change).await?;
                limited(file, &limits)
            }
            Event::Unlimited { change } => {
                let limits = self.ledger.limits_that_went(group, change).await?;
                unlimited(file, &limits).map(Letter::line)
            }
            _ => None,
        })
    }
}

/// `B-0001 In general I cannot remove posts, nor write.`
fn limited(file: Reference, limits: &[(ChannelId, Limit)]) -> Option<Letter> {
    let channel = limits.first()?.0.as_str();
    if limits.iter().any(|(_, limit)| *limit == Limit::Enter) {
        return Some(Letter::line(format!(
            "{file} I am not in {channel} and moderate NOTHING there. Please let me in, or invite me."
        )));
    }
    if limits.iter().any(|(_, limit)| *limit == Limit::Read) {
        return Some(Letter::line(format!(
            "{file} In {channel} I am not shown what members write, and moderate NOTHING there. Whoever runs me finds \
             what is missing with beadle doctor."
        )));
    }
    let deeds = deeds(limits, ", nor ");
    Some(Letter::line(format!("{file} In {channel} I cannot {deeds}.")).text(WHAT_TO_GIVE))
}

/// `B-0001 In general I can remove posts again.`
fn unlimited(file: Reference, limits: &[(ChannelId, Limit)]) -> Option<String> {
    let channel = limits.first()?.0.as_str();
    if limits.iter().any(|(_, limit)| *limit == Limit::Enter) {
        return Some(format!("{file} I am in {channel} now."));
    }
    let deeds = deeds(limits, " and ").replace(NOT_BELOW, "");
    Some(format!("{file} In {channel} I can {deeds} again."))
}

/// What the bot does by these permissions, in one list.
fn deeds(limits: &[(ChannelId, Limit)], last: &str) -> String {
    let mut deeds = Vec::new();
    let mut above = BTreeSet::new();
    for (_, limit) in limits {
        match limit {
            Limit::Enter => deeds.push("be there".to_owned()),
            Limit::Read => deeds.push("read what members write".to_owned()),
            Limit::Remove => deeds.push("remove posts".to_owned()),
            Limit::Rename => deeds.push("take names and titles away".to_owned()),
            Limit::Write => deeds.push("write".to_owned()),
            Limit::Exclude => deeds.push("put members out".to_owned()),
            Limit::Mute => deeds.push("keep members from posting".to_owned()),
            Limit::Invite => deeds.push("let members in again".to_owned()),
            Limit::Watch => deeds.push("see what is done past me".to_owned()),
            Limit::Outranked(member) => {
                above.insert(member.as_str());
            }
        }
    }
    if !above.is_empty() {
        let above: Vec<_> = above.into_iter().collect();
        deeds.push(format!("put out or mute {}{NOT_BELOW}", above.join(" or ")));
    }
    match deeds.split_last() {
        Some((one, [])) => one.clone(),
        Some((end, others)) => format!("{}{last}{end}", others.join(", ")),
        None => String::new(),
    }
}
