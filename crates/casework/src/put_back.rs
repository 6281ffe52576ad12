//! After the record was put back from a backup: officers are told what time is missing, and nothing that it still had to do
//! is done before one of them says so. It may have been done since, and what it let stand may have been lifted; who is shut
//! out was compared with the platform by then, and differences were told.
//!
//! What is posted is judged all the while, and goes where it has to.

use ledger::EffectKind;
use policy::{Actor, Event, GroupId, Letter};

use crate::answers::refuse;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::rights::Permit;

impl Casework {
    /// The groups in which nothing falls due and nothing is purged, because they wait for a person.
    pub(crate) async fn waiting_groups(&self) -> Result<Vec<GroupId>, CaseworkError> {
        let mut waiting = self.waiting.lock().await;
        if let Some(waiting) = &*waiting {
            return Ok(waiting.clone());
        }
        let groups = self.ledger.groups_put_back().await?;
        for group in &groups {
            self.tell_put_back(group).await?;
        }
        *waiting = Some(groups.clone());
        Ok(groups)
    }

    /// Tells the officers of a group once that the record was put back, and what waits.
    async fn tell_put_back(&self, group: &GroupId) -> Result<(), CaseworkError> {
        if !self.platforms.contains_key(group) {
            return Ok(());
        }
        let now = self.now();
        let waiting = self.ledger.waiting(group, now).await?;
        let mut tx = self.ledger.begin().await?;
        let Some(put_back) = tx.put_back(group).await?.filter(|put_back| !put_back.told) else {
            return Ok(());
        };
        tracing::warn!(
            "the record was put back from a backup: what waited in it is not done before an admin says so"
        );
        let event = Event::PutBack {
            taken_at: put_back.taken_at,
            put_back_at: put_back.put_back_at,
            letters: waiting.letters,
            deeds: waiting.deeds,
            suspensions: waiting.suspensions_over,
        };
        let file = tx.group_file(group, now).await?;
        tx.note(group, file, &Actor::Bot, event, now).await?;
        tx.queue(group, file, &EffectKind::TellOfficers(event), now).await?;
        tx.told_of_put_back(group, now).await?;
        tx.commit().await?;
        self.recorded.notify_one();
        Ok(())
    }

    /// Whether a group waits for a person.
    pub(crate) async fn waits(&self, group: &GroupId) -> Result<bool, CaseworkError> {
        Ok(self.waiting_groups().await?.contains(group))
    }

    /// An admin has the bot go on.
    pub(crate) async fn resume(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let group = &permit.in_force().charter.group;
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        if !tx.resume(group, now).await? {
            return Ok(refuse("Nothing waits to be resumed."));
        }
        let file = tx.group_file(group, now).await?;
        let event = Event::Resumed;
        self.await_tombstone_review(&mut tx, permit.in_force(), now).await?;
        tx.note(group, file, &Actor::Officer(permit.who().clone()), event, now).await?;
        tx.queue(group, file, &EffectKind::TellOfficers(event), now).await?;
        self.commit(tx).await?;
        // It is asked for anew, and so are the files, which were not looked through.
        *self.waiting.lock().await = None;
        self.looked_through.lock().await.remove(group);
        self.compare_soon(group);
        Ok(Letter::line(
            "What waited goes on. A letter that arrived before is not sent again where the platform can tell.",
        ))
    }
}
