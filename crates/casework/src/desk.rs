//! The one entrance: everything that happens comes in here and leaves through the ledger.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use ledger::{Ledger, Transaction, Unreadable, die_at};
use platform::{Inbound, Intake, IntakeError, Outbound, Position};
use policy::{ChannelId, Clock, GroupId, Letter, PostId, Templates, Timestamp};
use tokio::sync::Notify;

use crate::canary::Watches;
use crate::clock::ClockWatch;
use crate::commands::Place;
use crate::delivery::{Delivering, put_off};
use crate::error::CaseworkError;
use crate::figures::Figures;
use crate::follow::Traces;
use crate::heard::Heard;
use crate::in_force::{InForce, Rules, Source};
use crate::reception::Receptions;
use crate::stopping::HandedDown;
use crate::turns::Turn;

/// The casework of one installation.
pub struct Casework {
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) platforms: HashMap<GroupId, Arc<dyn Outbound>>,
    pub(crate) source: Box<dyn Source>,
    pub(crate) rules: ArcSwap<Rules>,
    /// Held while rules are changed, so that of two changes none is lost.
    pub(crate) changing_rules: tokio::sync::Mutex<()>,
    /// Held while effects are delivered, so that none is done twice at once.
    pub(crate) delivering: tokio::sync::Mutex<Delivering>,
    /// Whose turn it is among what is being delivered.
    pub(crate) turn: Turn,
    /// How each group is heard; held while that is written down.
    pub(crate) receptions: tokio::sync::Mutex<Receptions>,
    /// Up to when each channel was heard.
    pub(crate) heard: Heard,
    /// How it stands with the canaries of each group.
    pub(crate) watches: Mutex<Watches>,
    /// Told when it may be time to look after them.
    pub(crate) to_watch: Notify,
    /// What is known about the clock.
    pub(crate) clock_watch: tokio::sync::Mutex<ClockWatch>,
    /// The groups that wait for a person since the record was put back, once that was asked.
    pub(crate) waiting: tokio::sync::Mutex<Option<Vec<GroupId>>>,
    /// Until when each group's files need not be looked through again for what has had its time; held while they are.
    pub(crate) looked_through: tokio::sync::Mutex<HashMap<GroupId, Timestamp>>,
    /// When each group was compared with its platform.
    pub(crate) compared: Mutex<HashMap<GroupId, Timestamp>>,
    /// What happens, counted.
    pub(crate) figures: Figures,
    /// When the delivery last looked what there is to do, by the steady clock; nothing where it does not look by itself.
    pub(crate) looked_ms: Mutex<Option<i64>>,
    /// The words that each group's platform was given to stop, by the rules they come of; held while they are.
    pub(crate) handed_down: tokio::sync::Mutex<HandedDown>,
    /// Held in each group while its latest posts are looked at: that takes time and memory.
    pub(crate) previewing: HashMap<GroupId, tokio::sync::Mutex<()>>,
    /// Told when it may be time to compare.
    pub(crate) to_compare: Notify,
    /// Told when there is something to deliver.
    pub(crate) recorded: Notify,
    /// How far channels have been read without consequences since the last transaction.
    read_up_to: Mutex<HashMap<(GroupId, ChannelId), Position>>,
    /// Groups in which something could not be decrypted: only there is asked whether a post was.
    pub(crate) unread_in: Mutex<HashSet<GroupId>>,
    /// Traces of what was removed lately, by channel.
    pub(crate) traces: Mutex<HashMap<(GroupId, ChannelId), Traces>>,
    /// Words of notices as the ledger keeps them, which never change.
    pub(crate) kept_templates: Mutex<HashMap<(GroupId, u32), Templates>>,
}

impl std::fmt::Debug for Casework {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Casework").finish_non_exhaustive()
    }
}

impl Casework {
    /// Takes up the casework where the ledger left it, under the rules that `source` has now.
    ///
    /// # Errors
    /// When the files are broken or the ledger cannot be read.
    pub async fn open(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        source: Box<dyn Source>,
        platforms: HashMap<GroupId, Arc<dyn Outbound>>,
    ) -> Result<Self, CaseworkError> {
        let rules = Rules::build(source.load()?, &ledger).await?;
        let doubt = ledger.clock_doubt().await?;
        let kept = ledger.receptions().await?;
        let heard = Heard::new(&kept, clock.now());
        let receptions = Receptions::new(kept, |group| platforms.contains_key(group), clock.now());
        let unread_in = ledger.groups_with_unread().await?.into_iter().collect();
        source.in_force(rules.charters());
        let figures = Figures::default();
        rules.charters().iter().for_each(|charter| figures.expect(&charter.group));
        let previewing = platforms.keys().map(|group| (group.clone(), tokio::sync::Mutex::default()));
        let previewing = previewing.collect();
        Ok(Self {
            ledger,
            clock,
            platforms,
            source,
            rules: ArcSwap::from_pointee(rules),
            changing_rules: tokio::sync::Mutex::new(()),
            delivering: tokio::sync::Mutex::default(),
            turn: Turn::default(),
            receptions: tokio::sync::Mutex::new(receptions),
            heard,
            watches: Mutex::new(Watches::new()),
            to_watch: Notify::new(),
            clock_watch: tokio::sync::Mutex::new(ClockWatch::new(doubt)),
            waiting: tokio::sync::Mutex::new(None),
            looked_through: tokio::sync::Mutex::new(HashMap::new()),
            compared: Mutex::new(HashMap::new()),
            figures,
            looked_ms: Mutex::new(None),
            handed_down: tokio::sync::Mutex::default(),
            previewing,
            to_compare: Notify::new(),
            recorded: Notify::new(),
            read_up_to: Mutex::new(HashMap::new()),
            unread_in: Mutex::new(unread_in),
            traces: Mutex::new(HashMap::new()),
            kept_templates: Mutex::new(HashMap::new()),
        })
    }

    pub(crate) fn in_force(&self, group: &GroupId) -> Result<Arc<InForce>, CaseworkError> {
        self.rules.load().group(group)
    }

    /// The platform a group is on.
    pub(crate) fn platform(&self, group: &GroupId) -> Result<&Arc<dyn Outbound>, CaseworkError> {
        self.platforms.get(group).ok_or_else(|| CaseworkError::UnknownGroup(group.clone()))
    }

    /// What time it is for the casework.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Remembers how far a channel has been read; the next transaction writes it down.
    ///
    /// Losing it in a crash is harmless: what had no consequences is judged again and has none.
    pub(crate) fn read_up_to(&self, group: &GroupId, channel: &ChannelId, position: Position) {
        let mut read = self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert((group.clone(), channel.clone()), position);
    }

    /// Takes back what was remembered of a channel, because something further on is being recorded.
    pub(crate) fn forget_read(&self, group: &GroupId, channel: &ChannelId) {
        let mut read = self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner);
        read.remove(&(group.clone(), channel.clone()));
    }

    /// Writes what has been read into the transaction.
    async fn save_positions(&self, tx: &mut Transaction) -> Result<(), CaseworkError> {
        let read = std::mem::take(&mut *self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner));
        for ((group, channel), position) in read {
            tx.save_position(&group, &channel, &position.0).await?;
        }
        Ok(())
    }

    /// Commits what was recorded, with how far channels have been read and what the adapter notes of what it comes of, and
    /// has it delivered.
    pub(crate) async fn commit(&self, mut tx: Transaction) -> Result<(), CaseworkError> {
        self.save_positions(&mut tx).await?;
        self.keep_noted(&mut tx).await?;
        die_at("record::written");
        tx.commit().await?;
        die_at("record::committed");
        self.recorded.notify_one();
        Ok(())
    }

    /// Writes down how far channels have been read, if nothing has since. What cannot be written now is the next time.
    pub(crate) async fn save_what_was_read(&self) {
        if self.has_unsaved_positions()
            && let Err(error) = self.save_positions_alone().await
        {
            put_off(&error, "how far channels were read was not written; it is tried again");
        }
    }

    async fn save_positions_alone(&self) -> Result<(), CaseworkError> {
        let mut tx = self.ledger.begin().await?;
        // Whoever records something further on does so in a transaction, and so not between here and the end.
        let read = self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ((group, channel), position) in &read {
            tx.save_position(group, channel, &position.0).await?;
        }
        tx.commit().await?;
        let mut now = self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner);
        now.retain(|place, position| read.get(place) != Some(position));
        Ok(())
    }

    fn has_unsaved_positions(&self) -> bool {
        !self.read_up_to.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    async fn deal_with(&self, inbound: Inbound) -> Result<Option<Letter>, CaseworkError> {
        match inbound {
            Inbound::Post { post, position } => self.hear(&post, position).await.map(|()| None),
            Inbound::Command { group, from, line, is_private, noted } => {
                let place = if is_private { Place::PrivateCommand } else { Place::Command };
                self.once(noted, async { self.command(&group, &from, place, &line).await.map(Some) }).await
            }
            Inbound::Direct { group, from, text, with_officers, noted } => {
                let place = if with_officers { Place::WithOfficers } else { Place::Direct };
                self.once(noted, async { self.command(&group, &from, place, &text).await.map(Some) }).await
            }
            Inbound::Joined { group, member } => {
                if self.joined(&group, &member).await? {
                    self.welcome(&group, &member).await?;
                }
                Ok(None)
            }
            Inbound::ByHand { group, member, change, by, noted } => {
                self.once(noted, self.done_by_hand(&group, &member, change, by)).await.map(|()| None)
            }
            Inbound::TakenDown { group, author, posts, by, noted } => {
                self.once(noted, self.taken_down(&group, &author, posts, by)).await.map(|()| None)
            }
            Inbound::Back { group } => self.is_back(&group).await.map(|()| None),
            Inbound::Deaf { group, since, why, until } => {
                self.is_deaf(&group, (since, why), until).await.map(|()| None)
            }
            Inbound::Canary { group, id } => self.hears_canary(&group, id).await.map(|()| None),
            Inbound::Unreadable { group, channel, from, post, written_at, position } => {
                let unreadable = Unreadable { channel, from, post, written_at };
                self.cannot_read(&group, &unreadable, &position).await.map(|()| None)
            }
            Inbound::Readable { group, channel: _, post } => {
                self.can_read(&group, &post).await.map(|()| None)
            }
            Inbound::Limits { group, channel, limits } => {
                self.is_limited(&group, &channel, &limits).await.map(|()| None)
            }
            Inbound::Read { group, channel, position } => {
                self.read_up_to(&group, &channel, position);
                Ok(None)
            }
        }
    }
}

#[async_trait]
impl Intake for Casework {
    async fn take(&self, inbound: Inbound) -> Result<Option<Letter>, IntakeError> {
        Ok(self.deal_with(inbound).await?)
    }

    async fn settle(&self) -> Result<(), IntakeError> {
        if self.has_unsaved_positions() {
            let tx = self.ledger.begin().await.map_err(CaseworkError::from)?;
            self.commit(tx).await?;
        }
        self.compare_due().await;
        self.watch_due().await;
        self.hand_down_due().await;
        Ok(self.deliver_due().await?)
    }

    async fn positions(&self, group: &GroupId) -> Result<Vec<(ChannelId, Position)>, IntakeError> {
        let positions = self.ledger.positions(group).await.map_err(CaseworkError::from)?;
        Ok(positions.into_iter().map(|(channel, position)| (channel, Position(position))).collect())
    }

    async fn unread(&self, group: &GroupId) -> Result<Vec<(ChannelId, PostId)>, IntakeError> {
        Ok(self.ledger.unread(group).await.map_err(CaseworkError::from)?)
    }
}
