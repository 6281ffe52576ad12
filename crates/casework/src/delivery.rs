//! Does what was recorded: the only place where an effect leaves for a platform.
//!
//! An effect is marked as being sent before the platform is asked, and settled after it answered. A crash in
//! between leaves it *unknown*, and it is asked for again under the same name: adapters promise that this acts once.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{iter, slice};

use futures_util::future::join_all;
use ledger::{
    Addressee, Effect, EffectKind, EffectState, File, NoticeRecord, Settled, Transaction, Way, die_at,
};
use platform::{Action, Asked, DeliveryError, EffectId};
use policy::notice::Fallback;
use policy::{Case, Event, Letter, NoticeKind, State, Timestamp};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::letters;
use crate::members::posted_rules;
use crate::pauses::Pauses;
use crate::service;

/// The first wait after a failure, in seconds; it doubles with each further one.
const BACK_OFF_SECONDS_MIN: i64 = 1;
/// The longest wait between two attempts, in seconds.
const BACK_OFF_SECONDS_MAX: i64 = 15 * 60;
/// How long the delivery looks away at most, so that a clock that was set is noticed.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(60);

/// What became of asking.
pub(crate) type Answer = Result<Found, DeliveryError>;

/// How things stand after an effect was asked for, where that is clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// As they should, or nothing was left to do.
    AsWanted,
    /// A human did otherwise.
    ByHand(Event),
    /// The platform refused to put out a member who was told of it, and they are in the group.
    InVain,
}

/// What is known of deliveries from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Delivering {
    /// Whether one broke off.
    interrupted: bool,
    /// What the platforms have asked to wait for.
    pauses: Pauses,
}

/// What is to be asked of the platform for an effect.
pub(crate) enum Order {
    Ask(Action),
    /// There is nothing left to do, because the matter moved on.
    Moot,
    /// A human did otherwise, past the bot: officers hear of it and nothing is done.
    LeftToHumans(Event),
}

impl Casework {
    /// Delivers what is recorded and what falls due, until `until` ends. What the ledger refuses is logged and tried
    /// again: nothing recorded is given up. How far channels were read is written down each time it looks, and at the end.
    pub async fn deliver_until(&self, until: impl Future<Output = ()>) {
        tokio::select! {
            () = self.deliver_recorded_until(until) => {}
            () = self.compare_always() => {}
            () = self.watch_always() => {}
        }
        self.save_what_was_read().await;
        self.write_heard_at_the_end().await;
    }

    async fn deliver_recorded_until(&self, until: impl Future<Output = ()>) {
        tokio::pin!(until);
        // Looked at between two effects: whoever ends the program does not wait until all is delivered.
        let ending = AtomicBool::new(false);
        self.looks_by_itself(true);
        while !ending.load(Ordering::Relaxed) {
            self.looks();
            let delivered = {
                let mut delivering = pin!(self.deliver_due_and_look_ahead(&ending));
                tokio::select! {
                    delivered = &mut delivering => delivered,
                    () = &mut until => {
                        ending.store(true, Ordering::Relaxed);
                        delivering.await
                    }
                }
            };
            let wait = delivered.unwrap_or_else(|error| {
                put_off(&error, "delivery failed; it is tried again");
                WAIT_MAX
            });
            self.look_up().await;
            if ending.load(Ordering::Relaxed) {
                break;
            }
            tokio::select! {
                () = &mut until => break,
                // Something was recorded, or the next attempt is due: whichever comes first.
                _ = tokio::time::timeout(wait, self.recorded.notified()) => {}
            }
        }
        self.looks_by_itself(false);
    }

    /// What is done whenever there is a moment between two deliveries: how far channels were read is written down, what was
    /// erased leaves the write-ahead log, and what stands is compared if that is due.
    pub(crate) async fn look_up(&self) {
        self.save_what_was_read().await;
        if let Err(error) = self.ledger.make_up().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what was erased may still stand in the write-ahead log; it is tried again"
            );
        }
        self.to_compare.notify_one();
        self.to_watch.notify_one();
    }

    /// Lets everything fire that has fallen due, and tells of what has been unreadable for long enough, or unheard.
    pub(crate) async fn let_fall_due(&self) -> Result<(), CaseworkError> {
        self.fire_due().await?;
        self.tell_unreadable().await?;
        self.tell_outages().await
    }

    /// How long there is nothing to do after everything due was delivered.
    async fn deliver_due_and_look_ahead(&self, ending: &AtomicBool) -> Result<Duration, CaseworkError> {
        self.deliver_due_unless(ending).await?;
        let pauses = self.delivering.lock().await.pauses.at(self.now());
        let next = [
            self.ledger.next_attempt_at(&pauses).await?,
            self.ledger.next_deadline_after(self.now()).await?,
            self.next_of_outages().await,
        ];
        Ok(match next.into_iter().flatten().min() {
            Some(at) => self.wait_until(at),
            None => WAIT_MAX,
        })
    }

    /// How long it is until then, but no longer than it is looked away.
    pub(crate) fn wait_until(&self, at: Timestamp) -> Duration {
        let millis = at.as_millis().saturating_sub(self.now().as_millis()).max(1);
        Duration::from_millis(millis.unsigned_abs()).min(WAIT_MAX)
    }

    /// Lets fire what falls due, and delivers everything that is due now.
    pub(crate) async fn deliver_due(&self) -> Result<(), CaseworkError> {
        self.deliver_due_unless(&AtomicBool::new(false)).await
    }

    /// The same, up to the effect after which everything is `ending`.
    async fn deliver_due_unless(&self, ending: &AtomicBool) -> Result<(), CaseworkError> {
        // One round at a time: what fires and what is sent must not fire and be sent twice.
        let mut delivering = self.delivering.lock().await;
        self.look_through_files().await?;
        self.let_fall_due().await?;
        if delivering.interrupted {
            // The last delivery broke off between asking and settling: what it asked may have been done.
            let mut tx = self.ledger.begin().await?;
            tx.recover().await?;
            tx.commit().await?;
        }
        delivering.interrupted = true;
        self.deliver_in_turn(&delivering.pauses, ending).await?;
        delivering.interrupted = false;
        Ok(())
    }

    #[tracing::instrument(skip_all, fields(effect.id = effect.id.get(), file.reference = %effect.file))]
    pub(crate) async fn deliver(&self, effect: &Effect, pauses: &Pauses) -> Result<(), CaseworkError> {
        match &effect.kind {
            EffectKind::Remove => {
                // Of a group that is not configured nothing is asked.
                let most = self.platforms.get(&effect.group).map_or(1, |platform| platform.abreast());
                let abreast = pauses.abreast(&effect.group, most);
                let effects = self.ledger.due_like(effect, self.now(), abreast).await?;
                self.deliver_abreast(&effects, pauses).await
            }
            EffectKind::TellOfficers(_) => self.deliver_bulletin(effect, pauses).await,
            EffectKind::Repost
            | EffectKind::Notify(_)
            | EffectKind::TellOfficer(..)
            | EffectKind::Exclude(_)
            | EffectKind::Admit(_)
            | EffectKind::Mute(_)
            | EffectKind::Unmute(_)
            | EffectKind::Announce(_)
            | EffectKind::Cascade => self.deliver_abreast(slice::from_ref(effect), pauses).await,
        }
    }

    /// Has effects of one kind done at the same time, marked together and recorded together: what is done to one post
    /// does not wait for what is done to another.
    async fn deliver_abreast(&self, effects: &[Effect], pauses: &Pauses) -> Result<(), CaseworkError> {
        let mut tx = self.ledger.begin().await?;
        for effect in effects {
            tx.attempt(effect.id, self.now()).await?;
        }
        tx.commit().await?;
        die_at("deliver::attempted");
        let answers = self.attempt(effects).await;
        die_at("deliver::answered");
        let answered: Vec<_> = effects.iter().zip(&answers).collect();
        let now = self.now();
        self.learn(&answered, pauses, now);
        // Should one of them not be recorded, it is found out below which.
        if answered.len() == 1 || self.record_answers(&answered, now).await.is_err() {
            for one in &answered {
                if let Err(error) = self.record_answers(slice::from_ref(one), now).await {
                    self.doubt(&error, &[one.0]).await?;
                }
            }
        }
        die_at("deliver::settled");
        Ok(())
    }

    /// Tells the officers what there is to tell, in one letter.
    async fn deliver_bulletin(&self, leader: &Effect, pauses: &Pauses) -> Result<(), CaseworkError> {
        let along = self.told_along(leader).await?;
        let mut tx = self.ledger.begin().await?;
        tx.attempt(leader.id, self.now()).await?;
        for effect in &along {
            tx.attempt_along(effect.id, leader.id, self.now()).await?;
        }
        tx.commit().await?;
        die_at("deliver::attempted");
        let answer = self.attempt_bulletin(leader, &along).await;
        die_at("deliver::answered");
        let answered: Vec<_> = iter::once(leader).chain(&along).map(|effect| (effect, &answer)).collect();
        let now = self.now();
        self.learn(answered.get(..1).unwrap_or_default(), pauses, now);
        if let Err(error) = self.record_answers(&answered, now).await {
            // Together or not at all: those that go along have no turn of their own.
            let effects: Vec<_> = answered.iter().map(|(effect, _)| *effect).collect();
            self.doubt(&error, &effects).await?;
        }
        die_at("deliver::settled");
        Ok(())
    }

    /// Takes in what is to be waited for. At the same instant as that is recorded: whoever was refused is
    /// due when the pause ends, and not a moment later than those behind.
    fn learn(&self, answered: &[(&Effect, &Answer)], pauses: &Pauses, now: Timestamp) {
        let mut passed = true;
        for (effect, answer) in answered {
            self.figures.answered(effect, answer, now);
            let Err(error) = answer else { continue };
            tracing::warn!(
                effect.attempts = effect.attempts + 1,
                error = error as &dyn std::error::Error,
                "effect not done"
            );
            if let DeliveryError::RateLimited(wait) = error {
                pauses.limited(effect, now.plus(*wait), now);
                self.figures.waits(&effect.group, *wait);
                passed = false;
            }
        }
        let Some((effect, _)) = answered.first() else { return };
        let Some(platform) = self.platforms.get(&effect.group) else { return };
        if passed {
            pauses.passed(&effect.group, platform.abreast());
        }
        if effect.kind == EffectKind::Remove {
            pauses.removed(&effect.group, platform.lull(), now);
        }
    }

    /// Whether they were done is not on record, because it could not be put there: they are asked for again.
    async fn doubt(&self, error: &CaseworkError, effects: &[&Effect]) -> Result<(), CaseworkError> {
        // What hangs on it cannot be read, say.
        put_off(error, "an answer was not recorded; the effect is tried again");
        let now = self.now();
        let mut tx = self.ledger.begin().await?;
        for effect in effects {
            tx.settle(effect.id, &Settled::Unknown { not_before: back_off(effect, now) }, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Records what the platform answered, and all that follows from it, in one transaction.
    async fn record_answers(
        &self,
        answered: &[(&Effect, &Answer)],
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let mut tx = self.ledger.begin().await?;
        for (effect, answer) in answered {
            self.record_answer(&mut tx, effect, answer, now).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn record_answer(
        &self,
        tx: &mut Transaction,
        effect: &Effect,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<(), CaseworkError> {
        let settled = settle(effect, answer, now);
        let notice = match (&effect.kind, settled) {
            (EffectKind::Notify(id), Settled::Done | Settled::Refused) => self.ledger.notice(*id).await?,
            _ => None,
        };
        let notice = notice.map(|(_, record)| record);
        let settled = service::next_way(settled, effect, notice.as_ref());
        let told = match answer {
            Ok(Found::ByHand(event)) => Some(*event),
            Ok(Found::AsWanted | Found::InVain) => None,
            Err(_) if matches!(settled, Settled::WithOfficers | Settled::Anew) => None,
            Err(error) => self.refusal(effect, error, notice.as_ref()).await?,
        };
        tx.settle(effect.id, &settled, now).await?;
        if matches!(answer, Ok(Found::InVain)) {
            self.take_word_back(tx, &*self.in_force(&effect.group)?, effect, now).await?;
        }
        if let Some(record) = notice.as_ref().filter(|_| settled == Settled::Done) {
            self.served(tx, &*self.in_force(&effect.group)?, record, now).await?;
        }
        if let Some(event) = told {
            let in_force = self.in_force(&effect.group)?;
            match answer {
                Ok(_) => self.say(tx, &in_force, effect.file, event, now).await?,
                Err(_) => self.say_refused(tx, &in_force, effect.file, notice.as_ref(), event).await?,
            }
        }
        if let (EffectKind::TellOfficer(_, event @ Event::NoticeRefused), Settled::Refused) =
            (&effect.kind, settled)
        {
            // The Secretary cannot be reached either. Where a moderator has a part in it, the queue has to do.
            let in_force = self.in_force(&effect.group)?;
            let file = self.file_in(tx, &in_force, effect.file).await?;
            if self.moderators_free_of(tx, &in_force, &file).await?.all_of_them {
                tx.queue(&effect.group, effect.file, &EffectKind::TellOfficers(*event), now).await?;
            }
        }
        Ok(())
    }

    /// Has effects done. What goes wrong on our side is tried again like anything else: one effect that cannot be read
    /// must not stop the others. Only the platform is asked at the same time.
    async fn attempt(&self, effects: &[Effect]) -> Vec<Answer> {
        let mut orders = Vec::new();
        for effect in effects {
            orders.push(if effect.kind == EffectKind::Cascade {
                // It asks the platform for nothing to be done.
                self.look_after(effect).await.map(|()| Order::Moot)
            } else {
                self.order(effect).await.map_err(ours)
            });
        }
        let asked = effects.iter().zip(orders).map(async |(effect, order)| match order? {
            Order::Moot => Ok(Found::AsWanted),
            Order::Ask(action) => self.ask(effect, &action).await.map(|()| Found::AsWanted),
            Order::LeftToHumans(event) => Ok(Found::ByHand(event)),
        });
        let mut answers = self.turn.lent_during(join_all(asked)).await;
        for (effect, answer) in effects.iter().zip(&mut answers) {
            if let Err(DeliveryError::Forbidden) = answer {
                match self.is_in_vain(effect).await {
                    Ok(true) => *answer = Ok(Found::InVain),
                    Ok(false) => {}
                    // It is asked for again, and this as well.
                    Err(error) => put_off(&error, "it is not known whether somebody was put out in vain"),
                }
            }
            if answer.is_ok()
                && effect.kind != EffectKind::Cascade
                && let Err(error) = self.erase_if_spent(effect).await
            {
                *answer = Err(ours(error));
            }
        }
        answers
    }

    async fn attempt_bulletin(&self, leader: &Effect, along: &[Effect]) -> Answer {
        let letter = self.bulletin(leader, along).await.map_err(ours)?;
        if letter == Letter::default() {
            // What was to be told is over, and that is told.
            return Ok(Found::AsWanted);
        }
        self.turn.lent_during(self.ask(leader, &Action::TellOfficers { letter })).await?;
        for effect in iter::once(leader).chain(along) {
            // It was sent: what is in it stays in it.
            let spent = self.erase_if_spent(effect).await;
            spent.map_err(|error| DeliveryError::Unanswered(Box::new(error)))?;
        }
        Ok(Found::AsWanted)
    }

    /// What officers are to be told about a failure: once, and only what no retry mends by itself.
    async fn refusal(
        &self,
        effect: &Effect,
        error: &DeliveryError,
        notice: Option<&NoticeRecord>,
    ) -> Result<Option<Event>, CaseworkError> {
        let lost = matches!(error, DeliveryError::Forbidden | DeliveryError::Gone);
        let event = match &effect.kind {
            EffectKind::Notify(_) => match service::refused(notice) {
                Some(event) => event,
                None => return Ok(None),
            },
            EffectKind::Remove
            | EffectKind::Repost
            | EffectKind::Exclude(_)
            | EffectKind::Admit(_)
            | EffectKind::Mute(_)
            | EffectKind::Unmute(_)
            | EffectKind::Cascade => Event::EffectRefused,
            // Each is an officer's wish of its own.
            EffectKind::Announce(_) => return Ok(lost.then_some(Event::EffectRefused)),
            // There is nobody left to tell; the log has it.
            EffectKind::TellOfficer(..) | EffectKind::TellOfficers(_) => return Ok(None),
        };
        let done = is_done_when_gone(&effect.kind) && matches!(error, DeliveryError::Gone);
        if !lost || done {
            return Ok(None);
        }
        let events = self.ledger.events(&effect.group, effect.file).await?;
        // A notice that was refused before somebody served one by hand is another matter; a deed is the same as before.
        let is_notice = matches!(effect.kind, EffectKind::Notify(_));
        let is_earlier = |event| is_notice && matches!(event, Event::NoticeServed { .. });
        let mut since = events.iter().rev().take_while(|told| !is_earlier(told.event));
        Ok((!since.any(|told| told.event == event)).then_some(event))
    }

    /// Erases the words of a file once there is no reason left to keep them.
    ///
    /// Done before the effect is settled, so that a crash in between asks and erases again; both are harmless.
    async fn erase_if_spent(&self, effect: &Effect) -> Result<(), CaseworkError> {
        if is_spent(&self.file_of(effect).await?) {
            self.ledger.erase(&effect.group, effect.file, is_spent, self.now()).await?;
        }
        Ok(())
    }

    /// What the officers are told by an effect.
    pub(crate) async fn told(&self, effect: &Effect) -> Result<Letter, CaseworkError> {
        match &effect.kind {
            EffectKind::TellOfficers(event) | EffectKind::TellOfficer(_, event) => {
                self.news(effect, *event).await
            }
            EffectKind::Remove
            | EffectKind::Repost
            | EffectKind::Notify(_)
            | EffectKind::Exclude(_)
            | EffectKind::Admit(_)
            | EffectKind::Mute(_)
            | EffectKind::Unmute(_)
            | EffectKind::Announce(_)
            | EffectKind::Cascade => Ok(Letter::default()),
        }
    }

    /// What officers are told about an effect's file.
    async fn news(&self, effect: &Effect, event: Event) -> Result<Letter, CaseworkError> {
        let in_force = self.in_force(&effect.group)?;
        if let Event::PurgeListed { .. } = event {
            let listed = self.ledger.purge_list(&effect.group).await?;
            let told = listed.iter().filter(|listed| listed.listed_at == effect.queued_at);
            return Ok(letters::purge_list(told, &in_force));
        }
        if let Event::DigestSent { from, until } = event {
            return self.digest_of(&in_force, (from, until)).await;
        }
        if let Some(letter) = self.news_of_channel(effect, event).await? {
            return Ok(letter);
        }
        if let Some(letter) = self.news_of_outage(effect, event).await? {
            return Ok(letter);
        }
        if let Some(letter) = self.news_of_checkup(effect, event).await? {
            return Ok(letter);
        }
        if let Some(letter) = self.news_of_breaker(effect, event).await? {
            return Ok(letter);
        }
        if let Some(letter) = self.news_by_hand(effect, event).await? {
            return Ok(letter);
        }
        Ok(letters::news(&self.file_of(effect).await?, event, &in_force))
    }

    /// The file an effect comes of.
    pub(crate) async fn file_of(&self, effect: &Effect) -> Result<File, CaseworkError> {
        let file = self.ledger.file(&effect.group, effect.file).await?;
        file.ok_or(CaseworkError::Vanished(effect.file))
    }

    /// The case an effect comes of; only cases have a post.
    async fn case_of(&self, effect: &Effect) -> Result<Case, CaseworkError> {
        let case = self.ledger.case(&effect.group, effect.file).await?;
        case.ok_or(CaseworkError::Vanished(effect.file))
    }

    async fn ask(&self, effect: &Effect, action: &Action) -> Result<(), DeliveryError> {
        match self.platforms.get(&effect.group) {
            Some(platform) => platform.apply(as_asked(effect), action).await.map(|_receipt| ()),
            // The group was taken out of the configuration; its effects wait for it to come back.
            None => Err(DeliveryError::Unreachable("the group is not configured".into())),
        }
    }

    /// Since when a member has to have asked something, so that what they do not take in private may be said with the
    /// answer: since it was written, once it is on record that the place shared with the officers was tried in vain, or
    /// where it is never written there.
    async fn or_shown_since(
        &self,
        effect: &Effect,
        kind: &NoticeKind,
    ) -> Result<Option<Timestamp>, CaseworkError> {
        let is_last = match kind.fallback() {
            Fallback::Unnamed | Fallback::Waits => true,
            // Before it was tried in private, it was tried nowhere.
            Fallback::Officers if effect.attempts == 0 => false,
            Fallback::Officers => {
                let events = self.ledger.events(&effect.group, effect.file).await?;
                events.iter().any(|told| told.event == Event::NoticeRefused)
            }
        };
        Ok(is_last.then_some(effect.queued_at))
    }

    /// Makes the call for an effect, joining members' words to it at the last moment.
    async fn order(&self, effect: &Effect) -> Result<Order, CaseworkError> {
        let action = match &effect.kind {
            // Looked after elsewhere: it asks for nothing to be done.
            EffectKind::Cascade => return Ok(Order::Moot),
            EffectKind::Announce(channel) => Action::Announce {
                channel: channel.clone(),
                letter: posted_rules(&self.in_force(&effect.group)?.charter),
            },
            EffectKind::Remove => {
                let post = self.case_of(effect).await?.post;
                Action::Remove { channel: post.channel, post: post.id, kind: post.kind, author: post.author }
            }
            EffectKind::Repost => {
                let Case { post, state, .. } = self.case_of(effect).await?;
                let snapshot = self.ledger.snapshot(&effect.group, effect.file).await?;
                let Some(snapshot) = snapshot.filter(|_| state == State::Restored) else {
                    return Ok(Order::Moot);
                };
                Action::Repost {
                    channel: post.channel,
                    kind: post.kind,
                    author: post.author,
                    text: letters::post_text(&snapshot),
                    author_name: snapshot.author_name,
                    written_at: post.written_at,
                }
            }
            EffectKind::Notify(notice) => {
                let Some((_, record)) = self.ledger.notice(*notice).await? else {
                    return Err(CaseworkError::Vanished(effect.file));
                };
                let snapshot = self.ledger.snapshot(&effect.group, effect.file).await?;
                let excerpt = snapshot.as_ref().and_then(letters::known_text);
                let templates = self.templates_of(&effect.group, record.notice.template).await?;
                let letter = record.notice.write(&templates, excerpt.as_ref(), record.reason.as_ref())?;
                let to = match record.to {
                    Addressee::Member(member) => member,
                    // Who that is, is asked for here and nowhere before.
                    Addressee::Reporter => match self.ledger.reporter(&effect.group, effect.file).await? {
                        Some(reporter) => reporter,
                        None => return Ok(Order::Moot),
                    },
                };
                match (effect.instead_of, effect.way) {
                    (_, Way::ByHand) => return Ok(Order::Moot),
                    (Some(earlier), _) => Action::Rewrite { to, earlier: EffectId(earlier), letter },
                    (None, Way::Direct) => {
                        let or_shown_since = self.or_shown_since(effect, &record.notice.kind).await?;
                        Action::Direct { to, letter, or_shown_since }
                    }
                    (None, Way::WithOfficers) => {
                        let officers = self.may_read_along(effect, &to).await?;
                        Action::DirectWithOfficers { to, officers, letter }
                    }
                }
            }
            EffectKind::Exclude(account) => return self.exclude_order(effect, account).await,
            EffectKind::Admit(account) => return self.admit_order(&effect.group, account).await,
            EffectKind::Mute(account) => return self.mute_order(&effect.group, account).await,
            EffectKind::Unmute(account) => return self.unmute_order(&effect.group, account).await,
            EffectKind::TellOfficer(officer, event) => {
                let in_force = self.in_force(&effect.group)?;
                let file = self.file_of(effect).await?;
                // It may not be this officer's to see any more.
                let Some(file) = self.seen_by(officer, &in_force, Some(file)).await? else {
                    return Ok(Order::Moot);
                };
                if self.part_of(officer, &effect.group, &file).await?.is_some() {
                    return Ok(Order::Moot);
                }
                Action::Direct {
                    to: officer.clone(),
                    letter: self.news(effect, *event).await?,
                    or_shown_since: Some(effect.queued_at),
                }
            }
            EffectKind::TellOfficers(_) => Action::TellOfficers { letter: self.told(effect).await? },
        };
        Ok(Order::Ask(action))
    }
}

/// Whether nothing is left to be done with a file's words: its post was looked at and left standing.
fn is_spent(file: &File) -> bool {
    match file {
        File::Case(case) => case.state == State::Dismissed,
        File::Sanction(_) | File::Report(_) | File::Member { .. } | File::Group { .. } => false,
    }
}

/// Whether nothing is left to be done where the target no longer exists: nobody is there to be put out, or muted.
fn is_done_when_gone(kind: &EffectKind) -> bool {
    match kind {
        EffectKind::Remove
        | EffectKind::Exclude(_)
        | EffectKind::Admit(_)
        | EffectKind::Mute(_)
        | EffectKind::Unmute(_) => true,
        EffectKind::Repost
        | EffectKind::Notify(_)
        | EffectKind::TellOfficer(..)
        | EffectKind::TellOfficers(_)
        | EffectKind::Announce(_)
        | EffectKind::Cascade => false,
    }
}

/// What becomes of an effect after the platform's answer.
fn settle(effect: &Effect, answer: &Answer, now: Timestamp) -> Settled {
    let not_before = back_off(effect, now);
    match answer {
        Ok(Found::AsWanted | Found::ByHand(_)) => Settled::Done,
        Ok(Found::InVain) => Settled::Refused,
        Err(DeliveryError::RateLimited(wait) | DeliveryError::NotYet(wait)) => {
            Settled::PutOff { not_before: now.plus(*wait) }
        }
        // What is gone already is removed; a letter to nobody is refused.
        Err(DeliveryError::Gone) if is_done_when_gone(&effect.kind) => Settled::Done,
        Err(DeliveryError::Gone) => Settled::Refused,
        Err(DeliveryError::Forbidden) => match &effect.kind {
            // A permission may come back; until then it is never shown as done.
            EffectKind::Remove
            | EffectKind::Repost
            | EffectKind::Exclude(_)
            | EffectKind::Admit(_)
            | EffectKind::Mute(_)
            | EffectKind::Unmute(_)
            | EffectKind::Cascade => Settled::Denied { not_before },
            EffectKind::Notify(_)
            | EffectKind::TellOfficer(..)
            | EffectKind::TellOfficers(_)
            | EffectKind::Announce(_) => Settled::Refused,
        },
        Err(DeliveryError::Unreachable(_)) => Settled::Retry { not_before },
        // Also what future adapters may add: whatever is not known to have failed may have happened.
        Err(_) => Settled::Unknown { not_before },
    }
}

/// An effect as a platform is asked for it.
fn as_asked(effect: &Effect) -> platform::Effect {
    // As it stood before this attempt.
    let asked = match effect.state {
        EffectState::Pending => Asked::Never,
        EffectState::Sending | EffectState::Unknown | EffectState::Done | EffectState::Refused => {
            Asked::Perhaps
        }
    };
    platform::Effect { id: EffectId(effect.name), file: effect.file, asked }
}

/// What went wrong on our side, as if the platform could not be reached; but if it asked for patience while it was asked
/// how things stand, it has it.
fn ours(error: CaseworkError) -> DeliveryError {
    match error {
        CaseworkError::Unreadable(patience @ (DeliveryError::RateLimited(_) | DeliveryError::NotYet(_))) => {
            patience
        }
        error => DeliveryError::Unreachable(Box::new(error)),
    }
}

/// When an effect is tried again.
fn back_off(effect: &Effect, now: Timestamp) -> Timestamp {
    let doublings = effect.attempts.min(20);
    now.plus_seconds(BACK_OFF_SECONDS_MIN.saturating_mul(1 << doublings).min(BACK_OFF_SECONDS_MAX))
}

/// Logs what went wrong with one thing, so that the others go on. It is still recorded, and comes again.
pub(crate) fn put_off(error: &CaseworkError, what: &'static str) {
    tracing::error!(error = error as &dyn std::error::Error, "{what}");
}
