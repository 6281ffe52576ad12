//! What is to be done on a platform: recorded with what brings it about, tried later, and settled honestly.

use policy::{ChannelId, Event, GroupId, MemberId, Reference, Timestamp};
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::error::{LedgerError, duplicate, failed, one_row};
use crate::ids::{FileIds, file_ids, member_id_if};
use crate::rows::{event, event_json, group, member, reference, small, to_json};
use crate::{Ledger, NoticeId, Transaction, reporters, row_ids};

row_ids! {
    /// An effect's place in this ledger.
    EffectId
}

/// Something to be done on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Which.
    pub id: EffectId,
    /// What platforms know it by: nothing is done twice under one name. Drawn by chance, so that no other ledger, nor
    /// this one put back from a backup, gives it to anything else.
    pub name: i64,
    /// The group it is done in.
    pub group: GroupId,
    /// The file it comes of.
    pub file: Reference,
    /// What.
    pub kind: EffectKind,
    /// How urgent it is: 0 goes first.
    pub lane: u32,
    /// How it goes, if it is a notice; anything else goes directly.
    pub way: Way,
    /// What platforms know the letter by in the place of which this notice is put, if that is so and it stands somewhere.
    pub instead_of: Option<i64>,
    /// How far it is.
    pub state: EffectState,
    /// How often it was tried, and put off.
    pub attempts: u32,
    /// When it was recorded.
    pub queued_at: Timestamp,
    /// When it is to be tried next.
    pub not_before: Timestamp,
}

/// The lane of what is said and nothing waits for; what is less urgent is only said too.
pub const LANE_OF_WORDS: u32 = 4;

/// Effects of a group that are not to be asked for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Of which group.
    pub group: GroupId,
    /// The most urgent of them; everything less urgent waits too.
    pub lane: u32,
    /// Until when.
    pub until: Timestamp,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EffectKind {
    /// Take the post away.
    Remove,
    /// Put the post back as a quotation.
    Repost,
    /// Send a notice.
    Notify(NoticeId),
    /// Tell one officer, in private, what happened.
    TellOfficer(MemberId, Event),
    /// Tell the officers what happened.
    TellOfficers(Event),
    /// Put an account out of the group.
    Exclude(MemberId),
    /// Let an account in again.
    Admit(MemberId),
    /// Keep an account from posting.
    Mute(MemberId),
    /// Let an account post again.
    Unmute(MemberId),
    /// Post the group's rules in a channel.
    Announce(ChannelId),
    /// Look which posts carry the words of the removed one on, and deal with them.
    Cascade,
}

impl EffectKind {
    /// The words for all of them.
    pub const WORDS: [&'static str; 11] = [
        "remove",
        "repost",
        "notify",
        "tell_officer",
        "tell_officers",
        "exclude",
        "admit",
        "mute",
        "unmute",
        "announce",
        "cascade",
    ];

    /// The word for its kind, in the table and in figures.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Repost => "repost",
            Self::Notify(_) => "notify",
            Self::TellOfficer(..) => "tell_officer",
            Self::TellOfficers(_) => "tell_officers",
            Self::Exclude(_) => "exclude",
            Self::Admit(_) => "admit",
            Self::Mute(_) => "mute",
            Self::Unmute(_) => "unmute",
            Self::Announce(_) => "announce",
            Self::Cascade => "cascade",
        }
    }
}

/// How a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// In private.
    Direct,
    /// In a place that the member shares with the officers.
    WithOfficers,
    /// It was served by hand.
    ByHand,
}

impl Way {
    pub(crate) fn read(word: &str) -> Result<Self, LedgerError> {
        match word {
            "direct" => Ok(Self::Direct),
            "with_officers" => Ok(Self::WithOfficers),
            "by_hand" => Ok(Self::ByHand),
            _ => Err(LedgerError::Inconsistent("way of a notice")),
        }
    }
}

/// How far an effect is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EffectState {
    /// Nothing has happened on the platform.
    Pending,
    /// It is being tried.
    Sending,
    /// It was tried, and may have happened.
    Unknown,
    /// It happened.
    Done,
    /// It did not happen, and will not.
    Refused,
}

/// What came of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Settled {
    /// It happened.
    Done,
    /// It did not happen, and will not.
    Refused,
    /// It did not happen this way, and is to be tried in the place shared with the officers.
    WithOfficers,
    /// It could not be put in the place of an earlier letter, and is to be sent as one of its own.
    Anew,
    /// Nothing happened, for the platform asked for patience: whoever waits for this to be tried waits on. If an earlier try
    /// may have done something, the effect stays [`EffectState::Unknown`].
    PutOff {
        /// When to try again.
        not_before: Timestamp,
    },
    /// Nothing happened, for the platform refuses it. It is tried again, since a permission may come back; meanwhile the
    /// notice of it is held back, and holds up no other.
    Denied {
        /// When to try again.
        not_before: Timestamp,
    },
    /// Nothing happened. If an earlier try may have, the effect stays [`EffectState::Unknown`].
    Retry {
        /// When to try again.
        not_before: Timestamp,
    },
    /// It may have happened.
    Unknown {
        /// When to find out, or try again.
        not_before: Timestamp,
    },
}

struct EffectRow {
    effect_id: i64,
    name: i64,
    group_key: String,
    number: i64,
    kind: String,
    lane: i64,
    notice_id: Option<i64>,
    event: Option<String>,
    officer: Option<String>,
    member: Option<String>,
    channel: Option<String>,
    way: String,
    instead_of: Option<i64>,
    state: String,
    attempts: i64,
    queued_at_ms: i64,
    due_at_ms: i64,
}

/// Asks for effects; what follows `from` is up to the caller.
macro_rules! effects {
    ($tail:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            EffectRow,
            r#"
            select e.effect_id as "effect_id!", e.name as "name!", g.key as "group_key!", f.number as "number!", e.kind as "kind!",
                e.lane as "lane!: i64",
                e.notice_id as "notice_id?", e.event as "event?", officer.native_id as "officer?", target.native_id as "member?",
                e.channel as "channel?", e.way as "way!", e.state as "state!",
                (
                    select replaced.name from effect replaced
                    where replaced.effect_id = e.instead_of and replaced.state = 'done' and replaced.way <> 'by_hand'
                ) as "instead_of?: i64",
                e.attempts as "attempts!", e.queued_at_ms as "queued_at_ms!", e.due_at_ms as "due_at_ms!"
            from effect e
            join "group" g on g.group_id = e.group_id
            join file f on f.file_id = e.file_id
            left join member officer on officer.member_id = e.officer_id
            left join member target on target.member_id = e.member_id
            "# + $tail,
            $($argument),+
        )
    };
}

impl TryFrom<EffectRow> for Effect {
    type Error = LedgerError;

    fn try_from(row: EffectRow) -> Result<Self, LedgerError> {
        let channel =
            row.channel.map(|channel| ChannelId::new(channel).ok_or(LedgerError::Inconsistent("channel")));
        let kind = match (row.kind.as_str(), row.notice_id, row.event, row.officer, row.member) {
            ("announce", None, None, None, None) => {
                EffectKind::Announce(channel.ok_or(LedgerError::Inconsistent("effect"))??)
            }
            ("cascade", None, None, None, None) => EffectKind::Cascade,
            ("remove", None, None, None, None) => EffectKind::Remove,
            ("repost", None, None, None, None) => EffectKind::Repost,
            ("notify", Some(id), None, None, None) => EffectKind::Notify(id.into()),
            ("tell_officer", None, Some(told), Some(officer), None) => {
                EffectKind::TellOfficer(member(officer)?, event(&told)?)
            }
            ("tell_officers", None, Some(told), None, None) => EffectKind::TellOfficers(event(&told)?),
            ("exclude", None, None, None, Some(account)) => EffectKind::Exclude(member(account)?),
            ("admit", None, None, None, Some(account)) => EffectKind::Admit(member(account)?),
            ("mute", None, None, None, Some(account)) => EffectKind::Mute(member(account)?),
            ("unmute", None, None, None, Some(account)) => EffectKind::Unmute(member(account)?),
            _ => return Err(LedgerError::Inconsistent("effect")),
        };
        let state = match row.state.as_str() {
            "pending" => EffectState::Pending,
            "sending" => EffectState::Sending,
            "unknown" => EffectState::Unknown,
            "done" => EffectState::Done,
            "refused" => EffectState::Refused,
            _ => return Err(LedgerError::Inconsistent("state of an effect")),
        };
        Ok(Self {
            id: row.effect_id.into(),
            name: row.name,
            group: group(row.group_key)?,
            file: reference(row.number)?,
            kind,
            lane: small(row.lane, "lane")?,
            way: Way::read(&row.way)?,
            instead_of: row.instead_of,
            state,
            attempts: small(row.attempts, "attempts")?,
            queued_at: Timestamp::from_millis(row.queued_at_ms),
            not_before: Timestamp::from_millis(row.due_at_ms),
        })
    }
}

impl Ledger {
    /// What is to be tried now, the oldest first: removals, then whom to put out or mute, then what is put back or lifted,
    /// then notices, first of all those for which somebody is put out later, then word to the officers. What is paused is
    /// passed over.
    /// What is said about a post waits for what is done to it, a notice for earlier ones to the same member unless the
    /// platform refuses that for which these wait, and whoever is put out until the notice of it was tried and not merely
    /// put off. That is not for ever: when they were in for so long,
    /// it comes after the notices for which somebody waits.
    /// What is being sent is left out: see [`Transaction::recover`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_due(&self, now: Timestamp, pauses: &[Pause]) -> Result<Option<Effect>, LedgerError> {
        let mut conn = self.reader().await?;
        let (now, pauses) = (now.as_millis(), pauses_json(pauses)?);
        // Two looks, each in the order of an index: what has its turn, and what has waited for another long enough.
        let row = effects!(
            r#"
            where e.effect_id = (
                select next.effect_id from (
                    select * from (
                        select turn.effect_id, turn.lane as place from effect_turn turn
                        join "group" g on g.group_id = turn.group_id
                        where turn.until_ms is null and turn.due_at_ms <= ?1 and not exists (
                            select 1 from json_each(?2) p
                            where p.value ->> 'group' = g.key and turn.lane >= p.value ->> 'lane'
                        )
                        order by turn.lane, turn.effect_id limit 1
                    )
                    union all
                    select * from (
                        select turn.effect_id, 3 as place from effect_turn turn
                        join "group" g on g.group_id = turn.group_id
                        where turn.lane = 1 and turn.until_ms <= ?1 and turn.due_at_ms <= ?1 and not exists (
                            select 1 from json_each(?2) p
                            where p.value ->> 'group' = g.key and turn.lane >= p.value ->> 'lane'
                        )
                        order by turn.effect_id limit 1
                    )
                ) next
                order by next.place, next.effect_id limit 1
            )
            "#,
            now,
            pauses
        );
        row.fetch_optional(&mut *conn).await.map_err(failed)?.map(Effect::try_from).transpose()
    }

    /// When something is to be tried next, in any group; nothing when all is settled or being sent.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_attempt_at(&self, pauses: &[Pause]) -> Result<Option<Timestamp>, LedgerError> {
        let mut conn = self.reader().await?;
        let pauses = pauses_json(pauses)?;
        let due = sqlx::query_scalar!(
            r#"
            select min(max(turn.due_at_ms, coalesce(turn.until_ms, turn.due_at_ms), coalesce((
                select max(p.value ->> 'until') from json_each(?) p
                join "group" g on g.key = p.value ->> 'group'
                where g.group_id = turn.group_id and turn.lane >= p.value ->> 'lane'
            ), turn.due_at_ms))) as "due_at_ms?: i64"
            from effect_turn turn
            "#,
            pauses,
        );
        Ok(due.fetch_one(&mut *conn).await.map_err(failed)?.map(Timestamp::from_millis))
    }

    /// What is to be tried now and is of the same group and kind as that one, which is among it; the oldest first, so many
    /// at most.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn due_like(
        &self,
        effect: &Effect,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Effect>, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, lane, kind) = (effect.group.as_str(), effect.lane, effect.kind.word());
        let now = now.as_millis();
        let rows = effects!(
            "join effect_turn turn on turn.effect_id = e.effect_id
             where turn.due_at_ms <= ? and g.key = ? and turn.lane = ? and turn.kind = ?
             order by turn.effect_id limit ?",
            now,
            group,
            lane,
            kind,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Effect::try_from).collect()
    }

    /// What goes along in the letter of that one, and may have been sent with it; in its order.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn along(&self, leader: EffectId) -> Result<Vec<Effect>, LedgerError> {
        let mut conn = self.reader().await?;
        let leader = leader.get();
        let rows = effects!("where e.leader_id = ? order by e.effect_id", leader);
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Effect::try_from).collect()
    }

    /// What is still to be done to posts and members although it was tried, or was refused, oldest first: the bot lacks a
    /// permission, say, or the platform is down. An exclusion that was refused is left out once it was asked for anew.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn stuck(&self, group: &GroupId, limit: u32) -> Result<Vec<Effect>, LedgerError> {
        let mut conn = self.reader().await?;
        let group = group.as_str();
        let rows = effects!(
            "where g.key = ? and e.kind in ('remove', 'repost', 'exclude', 'admit', 'mute', 'unmute', 'cascade')
               and e.state <> 'done' and (e.state = 'refused' or e.attempts > 0)
               and not (e.kind = 'exclude' and e.state = 'refused' and exists (
                   select 1 from effect later
                   where later.file_id = e.file_id and later.effect_id > e.effect_id and later.member_id = e.member_id
                       and later.kind in ('exclude', 'admit')
               ))
             order by e.effect_id limit ?",
            group,
            limit
        );
        rows.fetch_all(&mut *conn).await.map_err(failed)?.into_iter().map(Effect::try_from).collect()
    }
}

impl Ledger {
    /// Whether something of a file is still to be done on the platform.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn is_outstanding(&self, group: &GroupId, file: Reference) -> Result<bool, LedgerError> {
        let mut conn = self.reader().await?;
        let (group, number) = (group.as_str(), file.number());
        let outstanding = sqlx::query_scalar!(
            r#"
            select exists (
                select 1 from effect e
                join file f on f.file_id = e.file_id
                join "group" g on g.group_id = f.group_id
                where g.key = ? and f.number = ? and e.state in ('pending', 'sending', 'unknown')
                  and e.kind not in ('notify', 'tell_officer', 'tell_officers')
            ) as "outstanding!: bool"
            "#,
            group,
            number,
        );
        outstanding.fetch_one(&mut *conn).await.map_err(failed)
    }

    /// Whether an account was put out for a file since a notice of it was written.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn was_put_out_since(&self, notice: NoticeId, account: &MemberId) -> Result<bool, LedgerError> {
        let mut conn = self.reader().await?;
        let (notice, account) = (notice.get(), account.as_str());
        let was_put_out = sqlx::query_scalar!(
            r#"
            select exists (
                select 1 from effect told
                join effect e on e.file_id = told.file_id and e.effect_id > told.effect_id
                join member m on m.member_id = e.member_id
                where told.notice_id = ? and e.kind = 'exclude' and e.state = 'done' and m.native_id = ?
            ) as "was_put_out!: bool"
            "#,
            notice,
            account,
        );
        was_put_out.fetch_one(&mut *conn).await.map_err(failed)
    }
}

impl Transaction {
    /// Records something to be done.
    ///
    /// # Errors
    /// When there is no such file, when a notice is on its way already, or the ledger cannot be written.
    pub async fn queue(
        &mut self,
        group: &GroupId,
        file: Reference,
        kind: &EffectKind,
        now: Timestamp,
    ) -> Result<EffectId, LedgerError> {
        let conn = &mut *self.inner;
        let ids = file_ids(conn, group, file).await?;
        queue(conn, ids, kind, now).await
    }

    /// Has a notice that was not tried yet put in the place of the letter of an earlier one, if that stands somewhere by
    /// then.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when there are no such notices, or it was tried; or when the ledger cannot be written.
    pub async fn put_instead(&mut self, notice: NoticeId, earlier: NoticeId) -> Result<(), LedgerError> {
        let (id, earlier) = (notice.get(), earlier.get());
        let updated = sqlx::query!(
            "update effect set instead_of = replaced.effect_id from effect replaced
             where replaced.notice_id = ? and effect.notice_id = ? and effect.file_id = replaced.file_id
               and effect.state = 'pending' and effect.attempts = 0",
            earlier,
            id,
        );
        let updated = updated.execute(&mut *self.inner).await.map_err(failed)?;
        one_row(&updated, "a notice was not there to be put in another's place")
    }

    /// Marks an effect as being sent. To be committed before the platform is called.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when somebody else is sending it, or it is settled; or when the ledger cannot be
    /// written. Do not send it then.
    pub async fn attempt(&mut self, effect: EffectId, now: Timestamp) -> Result<(), LedgerError> {
        let (id, at_ms) = (effect.get(), now.as_millis());
        let updated = sqlx::query!(
            "update effect set state = 'sending', attempts = attempts + 1, attempted_at_ms = ?
             where effect_id = ? and state in ('pending', 'unknown')",
            at_ms,
            id,
        );
        let updated = updated.execute(&mut *self.inner).await.map_err(failed)?;
        one_row(&updated, "an effect was not there to be sent")
    }

    /// Marks an effect as being sent in the letter of another, which is marked so as well. Until it is certain that this
    /// was not sent, the two stay together.
    ///
    /// # Errors
    /// As for [`Transaction::attempt`].
    pub async fn attempt_along(
        &mut self,
        effect: EffectId,
        leader: EffectId,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (id, leader, at_ms) = (effect.get(), leader.get(), now.as_millis());
        let updated = sqlx::query!(
            "update effect set state = 'sending', attempts = attempts + 1, attempted_at_ms = ?1, leader_id = ?2
             where effect_id = ?3 and (state = 'pending' and leader_id is null or state = 'unknown' and leader_id = ?2)",
            at_ms,
            leader,
            id,
        );
        let updated = updated.execute(&mut *self.inner).await.map_err(failed)?;
        one_row(&updated, "an effect was not there to go along")
    }

    /// Records what came of it. A notice is served or refused with its effect. What went along with another is settled
    /// as that is.
    ///
    /// # Errors
    /// [`LedgerError::Inconsistent`] when it was settled before; or when the ledger cannot be written.
    pub async fn settle(
        &mut self,
        effect: EffectId,
        settled: &Settled,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (id, at_ms) = (effect.get(), now.as_millis());
        let updated = match settled {
            Settled::Done | Settled::Refused => {
                let state = if *settled == Settled::Done { "done" } else { "refused" };
                // What was put in the place of another letter went the way which that had gone.
                let updated = sqlx::query!(
                    "update effect set state = ?1, settled_at_ms = ?2, leader_id = null, instead_of = null, denied = 0,
                     way = coalesce((
                         select replaced.way from effect replaced
                         where replaced.effect_id = effect.instead_of and ?1 = 'done'
                             and replaced.state = 'done' and replaced.way <> 'by_hand'
                     ), way)
                     where effect_id = ?3 and state in ('pending', 'sending', 'unknown')",
                    state,
                    at_ms,
                    id,
                );
                updated.execute(&mut *self.inner).await
            }
            // Likewise another deed, and whoever waits for its first try waits for this one's.
            Settled::Anew => {
                let updated = sqlx::query!(
                    "update effect set instead_of = null, way = 'direct', state = 'pending', doubtful = 0, attempts = 0,
                     put_off = 0, attempted_at_ms = null, due_at_ms = ?, name = random() & 9223372036854775807
                     where effect_id = ? and kind = 'notify' and instead_of is not null
                       and state in ('pending', 'sending', 'unknown')",
                    at_ms,
                    id,
                );
                updated.execute(&mut *self.inner).await
            }
            // Another way is another deed, of which nothing has happened: it gets a name of its own.
            Settled::WithOfficers => {
                let updated = sqlx::query!(
                    "update effect set way = 'with_officers', state = 'pending', doubtful = 0, due_at_ms = ?,
                     name = random() & 9223372036854775807
                     where effect_id = ? and kind = 'notify' and way = 'direct'
                       and state in ('pending', 'sending', 'unknown')",
                    at_ms,
                    id,
                );
                updated.execute(&mut *self.inner).await
            }
            Settled::PutOff { not_before }
            | Settled::Denied { not_before }
            | Settled::Retry { not_before }
            | Settled::Unknown { not_before } => {
                let doubt = matches!(settled, Settled::Unknown { .. });
                let put_off = matches!(settled, Settled::PutOff { .. });
                let denied = matches!(settled, Settled::Denied { .. });
                let due_at_ms = not_before.as_millis();
                let updated = sqlx::query!(
                    "update effect set state = iif(doubtful or ?1, 'unknown', 'pending'), doubtful = doubtful or ?1,
                     due_at_ms = ?2, put_off = min(attempts, put_off + ?3),
                     -- Whoever was not heard, or asked for patience, says nothing else than the last time.
                     denied = iif(?1, 0, denied or ?4), leader_id = iif(doubtful or ?1, leader_id, null)
                     where effect_id = ?5 and state in ('pending', 'sending', 'unknown')",
                    doubt,
                    due_at_ms,
                    put_off,
                    denied,
                    id,
                );
                updated.execute(&mut *self.inner).await
            }
        };
        one_row(&updated.map_err(failed)?, "an effect was settled already")
    }

    /// Has every refused notice to a member tried again in private, and gives how many: they can be reached now, it seems.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn retry_notices(
        &mut self,
        group: &GroupId,
        member: &MemberId,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let tag = reporters::tag(&self.ledger.inner.vault, group, member);
        let tag = tag.as_slice();
        let (group, member, now) = (group.as_str(), member.as_str(), now.as_millis());
        let updated = sqlx::query!(
            r#"
            update effect
            set state = iif(doubtful and way = 'direct', 'unknown', 'pending'),
                doubtful = (doubtful and way = 'direct'), settled_at_ms = null, due_at_ms = ?1,
                name = iif(way = 'direct', name, random() & 9223372036854775807), way = 'direct'
            where state = 'refused' and group_id = (select group_id from "group" where key = ?2)
                and notice_id in (
                select n.notice_id from notice n
                join member m on m.group_id = n.group_id and m.member_id = n.to_id
                join "group" g on g.group_id = m.group_id
                where g.key = ?2 and m.native_id = ?3
                union all
                select n.notice_id from reporter r
                join notice n on n.file_id = r.file_id and n.to_id is null
                where r.tag = ?4
            )
            "#,
            now,
            group,
            member,
            tag,
        );
        Ok(updated.execute(&mut *self.inner).await.map_err(failed)?.rows_affected())
    }

    /// Takes everything that is being sent for unknown, and gives how many. Opening a ledger does so; a worker that
    /// starts again within one process does it itself, once no other is sending.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn recover(&mut self) -> Result<u64, LedgerError> {
        recover(&mut self.inner).await
    }
}

pub(crate) async fn recover(conn: &mut SqliteConnection) -> Result<u64, LedgerError> {
    let updated = sqlx::query!(
        "update effect set state = 'unknown', doubtful = 1 where state <> 'done' and state = 'sending'"
    );
    Ok(updated.execute(conn).await.map_err(failed)?.rows_affected())
}

/// Somebody is to be put out once the notices of a file were tried: no notice to others is to hold that up, but those for
/// which these wait.
async fn await_notices(conn: &mut SqliteConnection, file_id: i64) -> Result<(), LedgerError> {
    let updated = sqlx::query!(
        "update effect set awaited = 1
         where kind = 'notify' and state = 'pending' and attempts = put_off and notice_id in (
             select told.notice_id from effect told
             where told.file_id = ?1 and told.kind = 'notify' and told.state = 'pending'
             union
             select earlier.notice_id from effect told
             join notice n on n.notice_id = told.notice_id
             join notice earlier on earlier.group_id = n.group_id and earlier.to_id = n.to_id and earlier.notice_id < n.notice_id
             where told.file_id = ?1 and told.kind = 'notify' and told.state = 'pending'
         )",
        file_id,
    );
    updated.execute(conn).await.map_err(failed)?;
    Ok(())
}

pub(crate) async fn queue(
    conn: &mut SqliteConnection,
    FileIds { group_id, file_id }: FileIds,
    kind: &EffectKind,
    now: Timestamp,
) -> Result<EffectId, LedgerError> {
    let channel = match kind {
        EffectKind::Announce(channel) => Some(channel.as_str()),
        EffectKind::Remove
        | EffectKind::Repost
        | EffectKind::Notify(_)
        | EffectKind::TellOfficer(..)
        | EffectKind::TellOfficers(_)
        | EffectKind::Exclude(_)
        | EffectKind::Admit(_)
        | EffectKind::Mute(_)
        | EffectKind::Unmute(_)
        | EffectKind::Cascade => None,
    };
    let (notice_id, event, officer, member) = match kind {
        EffectKind::Announce(_) | EffectKind::Cascade | EffectKind::Remove | EffectKind::Repost => {
            (None, None, None, None)
        }
        EffectKind::Notify(id) => (Some(id.get()), None, None, None),
        EffectKind::TellOfficer(officer, event) => (None, Some(event_json(*event)?), Some(officer), None),
        EffectKind::TellOfficers(event) => (None, Some(event_json(*event)?), None, None),
        EffectKind::Exclude(account)
        | EffectKind::Admit(account)
        | EffectKind::Mute(account)
        | EffectKind::Unmute(account) => (None, None, None, Some(account)),
    };
    if matches!(kind, EffectKind::Exclude(_)) {
        await_notices(conn, file_id).await?;
    }
    let kind = kind.word();
    let officer_id = member_id_if(conn, group_id, officer).await?;
    let member_id = member_id_if(conn, group_id, member).await?;
    let at_ms = now.as_millis();
    let inserted = sqlx::query!(
        "insert into effect (
            group_id, file_id, kind, notice_id, event, officer_id, member_id, channel, queued_at_ms, due_at_ms
         ) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
        group_id,
        file_id,
        kind,
        notice_id,
        event,
        officer_id,
        member_id,
        channel,
        at_ms,
    );
    let inserted = inserted.execute(conn).await.map_err(duplicate("the delivery of this notice"))?;
    one_row(&inserted, "an effect was not written")?;
    Ok(inserted.last_insert_rowid().into())
}

/// Pauses as a query reads them.
fn pauses_json(pauses: &[Pause]) -> Result<String, LedgerError> {
    #[derive(Serialize)]
    struct Row<'a> {
        group: &'a str,
        lane: u32,
        until: i64,
    }
    let rows = pauses.iter().map(|pause| Row {
        group: pause.group.as_str(),
        lane: pause.lane,
        until: pause.until.as_millis(),
    });
    to_json(&rows.collect::<Vec<_>>())
}
