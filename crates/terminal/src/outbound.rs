//! What the bot does in the group, saved together with the id it is done under.
//!
//! The calls write a small file and block for as long; see [`crate::store`].

use async_trait::async_trait;
use platform::{
    Account, Action, DeliveryError, Effect, EffectId, Exclusion, History, Mute, Outbound, Receipt,
};
use policy::{ChannelId, GroupId, MemberId, MessageText, PlatformId, Post, PostId, PostKind};

use crate::group::{Bar, Content, Group, Happening, StoredLetter, Words};
use crate::handle::Terminal;
use crate::seed::Seed;
use crate::store::StoreError;
use crate::translate;

#[async_trait]
impl Outbound for Terminal {
    #[expect(clippy::unwrap_used, reason = "the id is a literal and valid")]
    fn platform(&self) -> PlatformId {
        PlatformId::new("terminal").unwrap()
    }

    fn is_at_hand(&self) -> bool {
        true
    }

    async fn apply(&self, effect: Effect, action: &Action) -> Result<Receipt, DeliveryError> {
        let id = effect.id;
        let mut store = self.store();
        if store.group().was_applied(id) {
            return Ok(Receipt::AlreadyDone);
        }
        store.change(|group| {
            let receipt = act(group, self.seed(), id, action)?;
            group.remember(id);
            Ok(receipt)
        })
    }

    async fn read(
        &self,
        group: &GroupId,
        _: Option<&ChannelId>,
        post: &PostId,
    ) -> Result<Option<Post>, DeliveryError> {
        if group != self.group() {
            return Ok(None);
        }
        let store = self.store();
        let number = translate::number_of(post);
        Ok(number.and_then(|number| translate::post(store.group(), self.seed(), number)))
    }

    async fn after(
        &self,
        group: &GroupId,
        channel: &ChannelId,
        post: &PostId,
        limit: usize,
    ) -> Result<Vec<Post>, DeliveryError> {
        let Some(number) = translate::number_of(post).filter(|_| group == self.group()) else {
            return Ok(Vec::new());
        };
        Ok(translate::after(self.store().group(), self.seed(), channel, number, limit))
    }

    async fn history(
        &self,
        group: &GroupId,
        asker: &MemberId,
        limit: usize,
    ) -> Result<History, DeliveryError> {
        if group != self.group() {
            return Ok(History::default());
        }
        Ok(translate::latest(self.store().group(), self.seed(), asker, limit))
    }

    async fn account(&self, group: &GroupId, member: &MemberId) -> Result<Account, DeliveryError> {
        let known = group == self.group() && self.store().group().takes_messages(member).is_some();
        Ok(if known { Account::Known } else { Account::Nobody })
    }

    async fn exclusions(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        if group != self.group() {
            return Ok(Vec::new());
        }
        let store = self.store();
        let exclusions = store.group().exclusions().filter(|(member, _)| of.contains(member));
        let told = |(member, hold): (&MemberId, crate::group::Hold)| Exclusion {
            member: member.clone(),
            ours: hold.ours,
            until: hold.until,
        };
        Ok(exclusions.map(told).collect())
    }

    async fn mutes(&self, group: &GroupId, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        if group != self.group() {
            return Ok(Vec::new());
        }
        let store = self.store();
        let muted = of.iter().filter_map(|member| Some((member, store.group().muting(member)?)));
        let told = |(member, hold): (&MemberId, crate::group::Hold)| Mute {
            member: member.clone(),
            ours: hold.ours,
            until: hold.until,
        };
        Ok(muted.map(told).collect())
    }

    async fn members(&self, group: &GroupId) -> Result<Vec<(MemberId, MessageText)>, DeliveryError> {
        if group != self.group() {
            return Ok(Vec::new());
        }
        let store = self.store();
        let present = self.seed().members.iter().filter(|member| store.group().is_present(&member.id));
        let named = present.flat_map(|member| {
            let names = [
                MessageText::new(member.account_name.as_str()),
                translate::name(store.group(), self.seed(), &member.id),
            ];
            names.map(|name| (member.id.clone(), name))
        });
        Ok(named.collect())
    }
}

impl From<StoreError> for DeliveryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Write { .. } => Self::Unreachable(Box::new(error)),
            // It stands in the file, and may be lost again.
            StoreError::Sync { .. } => Self::Unanswered(Box::new(error)),
        }
    }
}

fn act(group: &mut Group, seed: &Seed, id: EffectId, action: &Action) -> Result<Receipt, DeliveryError> {
    match action {
        Action::Remove { channel, post, kind: _, author: _ } => {
            let number = translate::number_of(post);
            Ok(receipt(number.is_some_and(|number| group.remove(channel, number))))
        }
        Action::Repost { kind: PostKind::Nickname, author, text, .. } => {
            group.takes_messages(author).ok_or(DeliveryError::Gone)?;
            Ok(receipt(group.restore_name(author, &Words(text.clone()))))
        }
        Action::Repost {
            channel,
            kind: PostKind::Message | PostKind::Title | PostKind::Topic | PostKind::Fixture,
            author,
            author_name,
            written_at,
            text,
        } => {
            require_channel(seed, channel)?;
            let content = Content::Repost {
                author: author.clone(),
                author_name: Words(author_name.clone()),
                written_at: *written_at,
                text: Words(text.clone()),
            };
            group.put_up(channel, content);
            Ok(Receipt::Done)
        }
        Action::Direct { to, letter, or_shown_since: _ } => {
            require_messages(group, to)?;
            group.tell(id, to, letter, false);
            Ok(Receipt::Done)
        }
        Action::Rewrite { to, earlier, letter } => match group.rewrite(id, to, *earlier, letter) {
            true => Ok(Receipt::Done),
            false => Err(DeliveryError::Gone),
        },
        Action::TellOfficers { letter } => {
            group.happened(Happening::OfficersTold { letter: StoredLetter::from(letter) });
            Ok(Receipt::Done)
        }
        Action::DirectWithOfficers { to, officers: _, letter } => {
            require_membership(group, to)?;
            group.tell(id, to, letter, true);
            Ok(Receipt::Done)
        }
        Action::Announce { channel, letter } => {
            require_channel(seed, channel)?;
            group.put_up(channel, Content::Announcement(StoredLetter::from(letter)));
            Ok(Receipt::Done)
        }
        Action::Exclude { member, until } => known(group.exclude(member, *until)),
        Action::Admit { member } => known(group.admit(member)),
        Action::Mute { member, until } => known(group.mute(member, *until)),
        Action::Unmute { member } => known(group.unmute(member)),
    }
}

fn receipt(done: bool) -> Receipt {
    if done { Receipt::Done } else { Receipt::AlreadyDone }
}

/// What was done to a member, if there is one.
fn known(done: Option<bool>) -> Result<Receipt, DeliveryError> {
    done.map(receipt).ok_or(DeliveryError::Gone)
}

/// Whoever is not in the group sees no place of it.
fn require_membership(group: &Group, to: &MemberId) -> Result<(), DeliveryError> {
    group.takes_messages(to).ok_or(DeliveryError::Gone)?;
    match group.bar(to, group.now) {
        Some(Bar::Excluded(_) | Bar::Left) => Err(DeliveryError::Forbidden),
        Some(Bar::Muted(_)) | None => Ok(()),
    }
}

fn require_channel(seed: &Seed, channel: &ChannelId) -> Result<(), DeliveryError> {
    if seed.channels.contains(channel) { Ok(()) } else { Err(DeliveryError::Gone) }
}

fn require_messages(group: &Group, to: &MemberId) -> Result<(), DeliveryError> {
    match group.takes_messages(to) {
        Some(true) => Ok(()),
        Some(false) => Err(DeliveryError::Forbidden),
        None => Err(DeliveryError::Gone),
    }
}
