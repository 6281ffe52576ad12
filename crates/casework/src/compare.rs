//! What the ledger says stands of exclusions and mutes against what does stand on the platform: looked at when a program
//! begins, when a platform is heard again, and every hour. A difference is a human's doing: it is put on record and told,
//! never overwritten.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;
use std::time::Duration;

use ledger::File;
use platform::{Change, DeliveryError};
use policy::{Actor, Event, GroupId, MemberId, Reference, Sanction, Timestamp};

use crate::desk::Casework;
use crate::error::CaseworkError;

/// How long after a comparison the next one is, in seconds.
const COMPARE_SECONDS: i64 = 60 * 60;
/// How soon a platform that could not be reached is compared with the ledger again.
const COMPARE_AGAIN: Duration = Duration::from_secs(10);

impl Casework {
    /// Compares the groups with their platforms, each when it is due, for ever. Beside the delivery, which waits for no
    /// platform that takes its time.
    pub(crate) async fn compare_always(&self) {
        loop {
            let was_compared = self.compare_due().await;
            if self.hand_down_due().await && was_compared {
                self.to_compare.notified().await;
            } else {
                // A platform that was just started is a matter of seconds.
                drop(tokio::time::timeout(COMPARE_AGAIN, self.to_compare.notified()).await);
            }
        }
    }

    /// Compares the groups that have not been compared for an hour; whether all of them could be reached.
    pub(crate) async fn compare_due(&self) -> bool {
        let now = self.now();
        let mut groups: Vec<_> = {
            let compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
            self.platforms.keys().filter(|group| is_due(&compared, group, now)).cloned().collect()
        };
        groups.sort();
        let mut all = true;
        for group in groups {
            // Whatever becomes stale meanwhile makes it due again.
            self.compared_at(&group, Some(now));
            if !self.compare_if_reached(&group).await {
                self.compared_at(&group, None);
                all = false;
            }
        }
        all
    }

    /// What stands in a group is looked at soon.
    pub(crate) fn compare_soon(&self, group: &GroupId) {
        self.compared_at(group, None);
        self.to_compare.notify_one();
    }

    fn compared_at(&self, group: &GroupId, at: Option<Timestamp>) {
        let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        match at {
            Some(at) => compared.insert(group.clone(), at),
            None => compared.remove(group),
        };
    }

    async fn compare_if_reached(&self, group: &GroupId) -> bool {
        match self.compare(group).await {
            Ok(()) => true,
            Err(CaseworkError::Unreadable(DeliveryError::NotYet(_))) => false,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "who is shut out could not be compared with the platform"
                );
                false
            }
        }
    }

    async fn compare(&self, group: &GroupId) -> Result<(), CaseworkError> {
        let (sanctions, mutes) = (self.settled_exclusions(group).await?, self.settled_mutes(group).await?);
        let (excluded, muted): (Vec<_>, Vec<_>) = (
            sanctions.iter().map(|sanction| sanction.member.clone()).collect(),
            mutes.iter().map(|(member, _)| member.clone()).collect(),
        );
        if !sanctions.is_empty() {
            self.platform(group)?.mend(group).await.map_err(CaseworkError::Unreadable)?;
            let standing = self.platform(group)?.exclusions(group, &excluded).await;
            let standing: HashMap<_, _> = standing
                .map_err(CaseworkError::Unreadable)?
                .into_iter()
                .map(|exclusion| (exclusion.member, exclusion.ours))
                .collect();
            for sanction in &sanctions {
                self.compare_exclusion(group, sanction, standing.get(&sanction.member).copied()).await?;
            }
        }
        if !mutes.is_empty() {
            let standing = self.platform(group)?.mutes(group, &muted).await;
            let standing: HashSet<_> =
                standing.map_err(CaseworkError::Unreadable)?.into_iter().map(|mute| mute.member).collect();
            for (member, reference) in mutes.iter().filter(|(member, _)| !standing.contains(member)) {
                self.miss_mute(group, member, *reference).await?;
            }
        }
        Ok(())
    }

    /// The sanctions that shut somebody out, as far as that was done: what is still to be done is no difference.
    async fn settled_exclusions(&self, group: &GroupId) -> Result<Vec<Sanction>, CaseworkError> {
        let now = self.now();
        let mut settled = Vec::new();
        for sanction in self.ledger.sanctions_in_force(group).await? {
            if !sanction.excludes(now) || self.ledger.is_outstanding(group, sanction.reference).await? {
                continue;
            }
            // Officers know already that the platform refuses it.
            if !self.is_told_otherwise(group, sanction.reference, &sanction.member).await? {
                settled.push(sanction);
            }
        }
        Ok(settled)
    }

    /// Who is kept from posting, as far as that was done, with the file it is in.
    async fn settled_mutes(&self, group: &GroupId) -> Result<Vec<(MemberId, Reference)>, CaseworkError> {
        let mut settled = Vec::new();
        for (member, reference) in self.ledger.muted(group, self.now()).await? {
            if !self.ledger.is_outstanding(group, reference).await? {
                settled.push((member, reference));
            }
        }
        Ok(settled)
    }

    /// What came of looking how somebody stands whom the ledger shuts out: whether the bot does, a human, or nobody.
    async fn compare_exclusion(
        &self,
        group: &GroupId,
        sanction: &Sanction,
        ours: Option<bool>,
    ) -> Result<(), CaseworkError> {
        let event = match ours {
            Some(true) => return Ok(()),
            Some(false) => Event::ShutOutByHandToo,
            None => Event::NotShutOut,
        };
        let (reference, now) = (sanction.reference, self.now());
        let mut tx = self.ledger.begin().await?;
        // It may have ended while the platform was asked.
        let Some(sanction) = tx.sanction(group, reference).await?.filter(|it| it.excludes(now)) else {
            return Ok(());
        };
        let of_it = [Event::NotShutOut, Event::ShutOutByHandToo, Event::CameBackIn];
        if self.last_of(group, reference, &of_it).await? == Some(event) {
            return Ok(());
        }
        tx.note(group, reference, &Actor::Bot, event, now).await?;
        let file = File::Sanction(Box::new(sanction));
        self.tell_officers(&mut tx, &*self.in_force(group)?, &file, event, now).await?;
        self.commit(tx).await
    }

    /// Somebody can post whom the ledger keeps from it.
    async fn miss_mute(
        &self,
        group: &GroupId,
        member: &MemberId,
        reference: Reference,
    ) -> Result<(), CaseworkError> {
        let of_it = [Event::Muted, Event::MutedByHand, Event::UnmutedByHand];
        if self.last_of(group, reference, &of_it).await? == Some(Event::UnmutedByHand) {
            return Ok(());
        }
        let mute = self.ledger.last_mute(group, member).await?;
        if mute.is_none_or(|mute| mute.ended_at.is_some() || mute.until <= self.now()) {
            return Ok(());
        }
        self.done_by_hand(group, member, Change::Unmuted, None).await
    }

    /// What is on record last, of these.
    async fn last_of(
        &self,
        group: &GroupId,
        file: Reference,
        of: &[Event],
    ) -> Result<Option<Event>, CaseworkError> {
        let events = self.ledger.events(group, file).await?;
        Ok(events.iter().rev().map(|noted| noted.event).find(|event| of.contains(event)))
    }
}

/// Whether a group is to be compared: also when the clock was set back since.
fn is_due(compared: &HashMap<GroupId, Timestamp>, group: &GroupId, now: Timestamp) -> bool {
    compared.get(group).is_none_or(|at| now < *at || at.plus_seconds(COMPARE_SECONDS) <= now)
}
