//! Keeping people out and letting them in: what the ledger says is carried out, and what humans do past the bot is
//! reported, never overwritten.

use std::slice;

use ledger::{Effect, EffectKind, File, FileKind, die_at};
use platform::{Action, Change};
use policy::{Actor, Event, GroupId, Letter, MemberId, Sanction};

use crate::delivery::Order;
use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::ladder::latest_end;
use crate::letters;
use crate::lists::Line;
use crate::parties::OwnPart;

impl Casework {
    /// Somebody came in. Whoever the ledger shuts out is put out again, under whichever account.
    ///
    /// Gives whether they may stay.
    pub(crate) async fn joined(&self, group: &GroupId, member: &MemberId) -> Result<bool, CaseworkError> {
        let in_force = self.in_force(group)?;
        let now = self.now();
        let shutting_out = self.shutting_out(group, member).await?;
        let muted = self.ledger.last_mute(group, member).await?;
        let muted = muted.filter(|mute| mute.ended_at.is_none() && now < mute.until);
        let outlived = shutting_out.is_empty() && self.is_out_for_good(group, member).await?;
        let may_stay = shutting_out.is_empty() && !outlived;
        if may_stay && muted.is_none() {
            return Ok(true);
        }
        let mut tx = self.ledger.begin().await?;
        if let Some(sanction) = shutting_out.into_iter().next() {
            let reference = sanction.reference;
            tx.note(group, reference, &Actor::Bot, Event::CameBackIn, now).await?;
            // Whoever was told that it was not carried out is told again before.
            if !self.put_out_again(&mut tx, &in_force, &sanction, now).await? {
                tx.queue(group, reference, &EffectKind::Exclude(member.clone()), now).await?;
            }
            self.tell_officers(
                &mut tx,
                &in_force,
                &File::Sanction(Box::new(sanction)),
                Event::CameBackIn,
                now,
            )
            .await?;
        } else if outlived {
            // The group's own file holds it: of whom it is, nothing else is kept.
            let reference = tx.group_file(group, now).await?;
            tx.note(group, reference, &Actor::Bot, Event::CameBackIn, now).await?;
            tx.queue(group, reference, &EffectKind::Exclude(member.clone()), now).await?;
            let own = File::Group { reference };
            self.tell_officers(&mut tx, &in_force, &own, Event::CameBackIn, now).await?;
        } else if muted.is_some() {
            let file = tx.member_file(group, member, now).await?;
            tx.queue(group, file, &EffectKind::Mute(member.clone()), now).await?;
        }
        self.commit(tx).await?;
        Ok(may_stay)
    }

    /// A human did something to a member with the platform's own means: it is put on record, and officers
    /// hear of it.
    pub(crate) async fn done_by_hand(
        &self,
        group: &GroupId,
        member: &MemberId,
        change: Change,
        by: Option<MemberId>,
    ) -> Result<(), CaseworkError> {
        let in_force = self.in_force(group)?;
        let now = self.now();
        let shutting_out = self.shutting_out(group, member).await?.into_iter().next();
        let event = match (change, &shutting_out) {
            (Change::Excluded, Some(_)) => Event::ShutOutByHandToo,
            (Change::Excluded, None) => Event::PutOutByHand,
            (Change::Admitted, Some(_)) => Event::NotShutOut,
            (Change::Admitted, None) => Event::LetInByHand,
            (Change::Muted, _) => Event::MutedByHand,
            (Change::Unmuted, _) => Event::UnmutedByHand,
            (Change::Removed, _) => Event::RemovedByHand,
        };
        // Whoever has the platform's powers has acted as an officer, with an office of ours or without.
        let actor = by.map_or(Actor::Bot, Actor::Officer);
        let mut tx = self.ledger.begin().await?;
        let file = match shutting_out {
            Some(sanction) => File::Sanction(Box::new(sanction)),
            None => {
                File::Member { reference: tx.member_file(group, member, now).await?, member: member.clone() }
            }
        };
        tx.note(group, file.reference(), &actor, event, now).await?;
        self.tell_officers(&mut tx, &in_force, &file, event, now).await?;
        self.commit(tx).await?;
        die_at("by_hand::recorded");
        Ok(())
    }

    /// A human took posts of a member away with the platform's own means: it is put on record, and officers
    /// hear of it. It is no strike, for nobody judged them here.
    pub(crate) async fn taken_down(
        &self,
        group: &GroupId,
        author: &MemberId,
        posts: u32,
        by: Option<MemberId>,
    ) -> Result<(), CaseworkError> {
        if posts == 0 {
            return Ok(());
        }
        let in_force = self.in_force(group)?;
        let (now, event) = (self.now(), Event::PostsTakenDown { posts });
        let actor = by.map_or(Actor::Bot, Actor::Officer);
        let mut tx = self.ledger.begin().await?;
        let file =
            File::Member { reference: tx.member_file(group, author, now).await?, member: author.clone() };
        tx.note(group, file.reference(), &actor, event, now).await?;
        self.tell_officers(&mut tx, &in_force, &file, event, now).await?;
        self.commit(tx).await?;
        die_at("by_hand::recorded");
        Ok(())
    }

    /// What officers are told of what a human did past the bot; nothing for other events.
    pub(crate) async fn news_by_hand(
        &self,
        effect: &Effect,
        event: Event,
    ) -> Result<Option<Letter>, CaseworkError> {
        if !letters::is_by_hand(event) {
            return Ok(None);
        }
        let file = self.file_of(effect).await?;
        let events = self.ledger.events(&effect.group, effect.file).await?;
        let told = events.iter().rev().find(|told| told.event == event && told.at <= effect.queued_at);
        Ok(told.map(|told| letters::by_hand(&file, event, &told.actor)))
    }

    /// What humans did to a person past the bot, in order of time, one line each: to whichever of their accounts, and without
    /// the files in which whoever reads it has a part.
    pub(crate) async fn past_the_bot(
        &self,
        in_force: &InForce,
        member: &MemberId,
        part: &OwnPart,
    ) -> Result<Vec<Line>, CaseworkError> {
        let (group, zone) = (&in_force.charter.group, in_force.charter.zone);
        let mut done = Vec::new();
        for account in self.persons(group).await?.accounts(member) {
            for keeping in self.ledger.files_about(group, account).await? {
                let file = keeping.file;
                // Of what is done to a member past the bot, the file of a post knows nothing.
                if keeping.kind == FileKind::Case || part.is_in(file, Some(account)) {
                    continue;
                }
                let mut told = self.ledger.events(group, file).await?;
                told.retain(|told| letters::is_by_hand(told.event));
                done.extend(told.into_iter().map(|told| (account.clone(), file, told)));
            }
        }
        done.sort_by_key(|(_, file, told)| (told.at, *file));
        let lines = done.into_iter().map(|(account, file, told)| {
            let whose = if account == *member { String::new() } else { format!("{}, ", account.as_str()) };
            let (at, what) = (told.at.long_date_time(zone), letters::event(told.event, &told.actor));
            Line::of(file, format!("{file} {whose}{at}: {what}"))
        });
        Ok(lines.collect())
    }

    /// The sanctions that shut somebody out, under whichever of their accounts: until the ledger ends them, and not a clock, which
    /// may be wrong.
    async fn shutting_out(&self, group: &GroupId, member: &MemberId) -> Result<Vec<Sanction>, CaseworkError> {
        let persons = self.persons(group).await?;
        let mut sanctions = Vec::new();
        for account in persons.accounts(member) {
            sanctions.extend(self.ledger.sanctions_of(group, account).await?);
        }
        sanctions.retain(Sanction::awaits_its_end);
        Ok(sanctions)
    }

    /// The call that puts somebody out, as long as the ledger says so; and as long as they were told nothing else since.
    pub(crate) async fn exclude_order(
        &self,
        effect: &Effect,
        member: &MemberId,
    ) -> Result<Order, CaseworkError> {
        let group = &effect.group;
        if self.is_told_otherwise(group, effect.file, member).await? {
            return Ok(Order::Moot);
        }
        let shutting_out = self.shutting_out(group, member).await?;
        Ok(match latest_end(shutting_out.iter()) {
            Some(until) => Order::Ask(Action::Exclude { member: member.clone(), until }),
            None if self.is_out_for_good(group, member).await? => {
                Order::Ask(Action::Exclude { member: member.clone(), until: None })
            }
            None => Order::Moot,
        })
    }

    /// The call that lets somebody in, unless the ledger shuts them out after all, or a human did.
    pub(crate) async fn admit_order(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Order, CaseworkError> {
        if !self.shutting_out(group, member).await?.is_empty() || self.is_out_for_good(group, member).await? {
            return Ok(Order::Moot);
        }
        let platform = self.platform(group)?;
        let standing = self.turn.lent_during(platform.exclusions(group, slice::from_ref(member))).await;
        Ok(match standing.map_err(CaseworkError::Unreadable)?.first() {
            Some(exclusion) if !exclusion.ours => Order::LeftToHumans(Event::ShutOutByHandToo),
            // Also where nothing stands any more: somebody may have ended it past the bot, and what it took from the member and
            // kept for this day is still to be given back.
            Some(_) | None => Order::Ask(Action::Admit { member: member.clone() }),
        })
    }

    /// The call that keeps somebody from posting, as long as the ledger says so.
    pub(crate) async fn mute_order(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Order, CaseworkError> {
        let mute = self.ledger.last_mute(group, member).await?;
        let now = self.now();
        Ok(match mute.filter(|mute| mute.ended_at.is_none() && now < mute.until) {
            Some(mute) => Order::Ask(Action::Mute { member: member.clone(), until: mute.until }),
            None => Order::Moot,
        })
    }

    /// The call that lets somebody post again, unless they have been muted anew, or a human did it.
    pub(crate) async fn unmute_order(
        &self,
        group: &GroupId,
        member: &MemberId,
    ) -> Result<Order, CaseworkError> {
        let mute = self.ledger.last_mute(group, member).await?;
        if mute.is_some_and(|mute| mute.ended_at.is_none()) {
            return Ok(Order::Moot);
        }
        let asked = self.platform(group)?.mutes(group, slice::from_ref(member));
        let standing = self.turn.lent_during(asked).await;
        Ok(match standing.map_err(CaseworkError::Unreadable)?.first() {
            None => Order::Moot,
            Some(mute) if mute.ours => Order::Ask(Action::Unmute { member: member.clone() }),
            Some(_) => Order::LeftToHumans(Event::MutedByHand),
        })
    }
}
