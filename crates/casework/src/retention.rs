//! What has had its time goes, once a day and group: texts, files, rows. The Secretary knows before.
//!
//! Days are counted by the ledger, not by a timer: the first delivery of a civil day looks through the files of each
//! group, however long the program was not running.

use ledger::{File, FileKind, Keeping, Listed, Transaction};
use policy::{Actor, Case, Contested, Event, GroupId, Kept, Reference, State, Strike, Timestamp};

use crate::delivery::put_off;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;

/// How many texts are erased in one look at most; the rest goes the next day.
const TEXTS_MAX: u32 = 1000;
/// How many files go in one transaction at most, so that nobody waits long for the ledger.
const BATCH_MAX: usize = 200;
/// How long after a look that failed the next one is, in seconds.
const LOOK_AGAIN_SECONDS: i64 = 60 * 60;
/// The days of the shortest month.
const MONTH_DAYS_MIN: u32 = 28;

impl Casework {
    /// Looks through the files of every group that has not been looked through today, unless the clock is in doubt.
    pub(crate) async fn look_through_files(&self) -> Result<(), CaseworkError> {
        let mut looked = self.looked_through.lock().await;
        let due = |group: &&GroupId, now: Timestamp| looked.get(*group).is_none_or(|until| now > *until);
        let now = self.now();
        let waiting = self.waiting_groups().await?;
        let goes_on = |group: &&GroupId| due(group, now) && !waiting.contains(*group);
        let mut groups: Vec<_> = self.platforms.keys().filter(goes_on).cloned().collect();
        if groups.is_empty() || !self.clock_is_believed().await? {
            return Ok(());
        }
        groups.sort();
        let mut purged = false;
        for group in groups {
            let in_force = self.in_force(&group)?;
            let zone = in_force.charter.zone;
            let last = self.ledger.looked_through_at(&group).await?;
            let is_over = last.is_none_or(|at| now > at.end_of_day_after(0, zone));
            let mut next = now.end_of_day_after(0, zone);
            // Where nothing is kept, nothing goes.
            if is_over && self.ledger.knows(&group).await? {
                match self.look_through(&in_force, now).await {
                    Ok(anything) => purged |= anything,
                    Err(error) => {
                        put_off(&error, "what has had its time was not purged; it is tried again");
                        next = now.plus_seconds(LOOK_AGAIN_SECONDS);
                    }
                }
                self.clear_exports(&group, now);
            }
            looked.insert(group, next);
        }
        if purged {
            self.scrub().await;
        }
        Ok(())
    }

    /// Gets rid of what purged rows left on the disk. When a reader is in the way, the next one does, or the next start.
    pub(crate) async fn scrub(&self) {
        if let Err(error) = self.ledger.scrub().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what was purged may still stand in free pages"
            );
        }
    }

    /// Erases removed texts that were no breach, once nobody can appeal any more.
    async fn erase_idle_texts(&self, in_force: &InForce, now: Timestamp) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let horizon = charter.procedure.retention.horizon(Kept::Text, now, charter.zone);
        // The window to appeal is never shorter than this, so that younger ones need not be read.
        let window_days = i64::from(charter.procedure.periods.appeal_months * MONTH_DAYS_MIN);
        let before = horizon.plus_seconds(-window_days * 24 * 60 * 60);
        for case in self.ledger.idle_texts(&charter.group, before, TEXTS_MAX).await? {
            let over =
                |file: &File| matches!(file, File::Case(case) if text_is_over(case, in_force, horizon));
            self.ledger.erase(&charter.group, case, over, now).await?;
        }
        Ok(())
    }

    /// Erases and purges what is due, lists what will be, and tells the Secretary; whether anything went.
    async fn look_through(&self, in_force: &InForce, now: Timestamp) -> Result<bool, CaseworkError> {
        let charter = &in_force.charter;
        self.erase_idle_texts(in_force, now).await?;
        let mut tx = self.ledger.begin().await?;
        let mut go = Vec::new();
        for listed in tx.due_to_go(&charter.group, now).await? {
            match tx.keeping(&charter.group, listed.file).await? {
                Some(keeping) if goes(&keeping, in_force, now) => go.push(listed.file),
                // Something happened since it was listed.
                Some(_) | None => tx.unlist(&charter.group, listed.file).await?,
            }
        }
        tx.commit().await?;
        let mut anything = false;
        for batch in go.chunks(BATCH_MAX) {
            anything |= self.purge_listed(in_force, batch, now).await?;
        }
        let mut tx = self.ledger.begin().await?;
        let horizon = charter.procedure.retention.horizon(Kept::File, now, charter.zone);
        let officers: Vec<_> = charter.roster.officers().cloned().collect();
        anything |= tx.purge_by_age(&charter.group, horizon, &officers, now).await? > 0;
        self.list_what_will_go(&mut tx, in_force, now).await?;
        self.await_digest(&mut tx, in_force, now).await?;
        tx.looked_through(&charter.group, now).await?;
        tx.commit().await?;
        self.recorded.notify_one();
        Ok(anything)
    }

    async fn purge_listed(
        &self,
        in_force: &InForce,
        files: &[Reference],
        now: Timestamp,
    ) -> Result<bool, CaseworkError> {
        let group = &in_force.charter.group;
        let mut tx = self.ledger.begin().await?;
        let gone = self.purge_in(&mut tx, in_force, files, now).await?;
        if !gone.is_empty() {
            let own = tx.group_file(group, now).await?;
            let event = Event::Purged { files: u32::try_from(gone.len()).unwrap_or(u32::MAX) };
            tx.note(group, own, &Actor::Bot, event, now).await?;
            tracing::info!(files = gone.len(), "files purged");
        }
        tx.commit().await?;
        for file in &gone {
            self.drop_exports(group, *file);
        }
        Ok(!gone.is_empty())
    }

    async fn list_what_will_go(
        &self,
        tx: &mut Transaction,
        in_force: &InForce,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let charter = &in_force.charter;
        let (retention, zone) = (charter.procedure.retention, charter.zone);
        let then = now.plus_days(retention.heads_up_days, zone);
        let [before, idle_before] =
            [Kept::File, Kept::IdleReport].map(|kept| retention.horizon(kept, then, zone));
        let (mut files, mut first, mut last) = (0_u32, None::<Timestamp>, then);
        // What a sanction rests on is kept with it: once that is listed, its cases are too, and go no earlier.
        loop {
            let over = tx.over(&charter.group, before, idle_before).await?;
            if over.is_empty() {
                break;
            }
            let floor = last;
            for keeping in &over {
                let due = kept_until(keeping, in_force).max(floor);
                let listed = Listed { file: keeping.file, listed_at: now, due };
                tx.list_for_purge(&charter.group, &listed).await?;
                self.say_what_outlives(tx, in_force, &listed, now).await?;
                first = Some(first.map_or(due, |first| first.min(due)));
                last = last.max(due);
                files = files.saturating_add(1);
            }
        }
        let Some(due) = first else { return Ok(()) };
        let own = tx.group_file(&charter.group, now).await?;
        let event = Event::PurgeListed { files, due };
        self.tell_secretaries(tx, in_force, own, (&Actor::Bot, event), now).await
    }
}

/// How long a file is kept at least.
pub(crate) fn kept_until(keeping: &Keeping, in_force: &InForce) -> Timestamp {
    let charter = &in_force.charter;
    let kept = match keeping.kind {
        FileKind::Report if keeping.idle => Kept::IdleReport,
        FileKind::Case | FileKind::Sanction | FileKind::Report | FileKind::Member | FileKind::Group => {
            Kept::File
        }
    };
    charter.procedure.retention.until(kept, keeping.communicated_at, charter.zone)
}

fn goes(keeping: &Keeping, in_force: &InForce, now: Timestamp) -> bool {
    !keeping.open && !keeping.held && kept_until(keeping, in_force) < now
}

/// Whether the words of a case are needed for nothing more: no strike rests on them, and nobody can appeal.
fn text_is_over(case: &Case, in_force: &InForce, horizon: Timestamp) -> bool {
    let charter = &in_force.charter;
    let counts = case.strike.as_ref().is_some_and(Strike::counts);
    let settled = match case.state {
        State::Flagged | State::Hidden { .. } => false,
        State::Watched { .. } | State::Dismissed | State::Removed | State::Restored => true,
    };
    let closes = Contested::Case(case).closes_at(charter.procedure.periods, charter.zone);
    settled && !counts && closes < horizon
}
