//! Members kept from posting, with Discord's time-outs; and what is waiting for whoever comes back.

use platform::{DeliveryError, Effect, Mute, Receipt};
use policy::{MemberId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::account::member_of;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::veil;
use crate::members::{member_id, user_of};
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{AuditReason, Request, Route, Urgency};

/// Discord ends a time-out after 28 days at the latest; a minute is for clocks.
const TIMEOUT_MAX_S: i64 = 28 * 24 * 60 * 60 - 60;
/// Discord keeps more or fewer digits than we do.
const SAME_MS: i64 = 1_000;

/// What is remembered of somebody whom the bot muted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Muted {
    /// When it is meant to end.
    until: i64,
    /// What Discord was asked for last, and before that: which of them stands is not known when no answer came.
    asked: [Option<i64>; 2],
    /// When that was.
    since: i64,
    /// The file it comes of.
    file: String,
}

impl Muted {
    /// Whether a time-out that stands is the bot's own.
    fn is_its(&self, stands: Timestamp) -> bool {
        self.asked.iter().flatten().any(|asked| is_same(*asked, stands))
    }

    /// Whether somebody who is there came in since they were muted.
    fn has_left_since(&self, member: &Value) -> bool {
        json::instant(member, "joined_at").is_some_and(|joined| joined.as_millis() > self.since)
    }
}

fn is_same(one: i64, other: Timestamp) -> bool {
    one.abs_diff(other.as_millis()) < SAME_MS.unsigned_abs()
}

impl Hands {
    /// Keeps somebody from posting. A mute that a human made stays as it is; whoever is gone is muted when they come back.
    pub(crate) async fn mute(
        &self,
        effect: Effect,
        member: &MemberId,
        until: Timestamp,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let _alone = self.shared.barring.lock(&self.group.group).await;
        let there = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let there = there.map_err(RestError::delivery)?;
        let about = About::Muted(&self.group.group, user);
        let before: Option<Muted> = self.shared.memory.get(about).await.map_err(ours)?;
        let file = effect.file.to_string();
        let now = self.shared.pace.now();
        let since = now.as_millis();
        let Some(there) = there else {
            if before.is_none() && !self.exists(user).await? {
                return Err(DeliveryError::Gone);
            }
            let is_new = before.is_none_or(|before| before.until != until.as_millis());
            let noted = Muted { until: until.as_millis(), asked: [None, None], since, file };
            self.shared.memory.put(about, &noted).await.map_err(ours)?;
            return Ok(if is_new { Receipt::Done } else { Receipt::AlreadyDone });
        };
        let stands = stands(&there, now);
        if stands.is_some_and(|stands| !before.as_ref().is_some_and(|before| before.is_its(stands))) {
            return Ok(Receipt::AlreadyDone);
        }
        let end = until.min(now.plus_seconds(TIMEOUT_MAX_S));
        if stands.is_some_and(|stands| is_same(end.as_millis(), stands)) {
            return Ok(Receipt::AlreadyDone);
        }
        let asked = [Some(end.as_millis()), stands.map(Timestamp::as_millis)];
        let noted = Muted { until: until.as_millis(), asked, since, file };
        self.shared.memory.put(about, &noted).await.map_err(ours)?;
        let reason = AuditReason::of_file(effect.file);
        self.time_out(user, Some(end), Some(reason)).await.map_err(RestError::delivery)?;
        Ok(Receipt::Done)
    }

    /// Lets somebody post again, whoever kept them from it.
    pub(crate) async fn unmute(&self, effect: Effect, member: &MemberId) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let _alone = self.shared.barring.lock(&self.group.group).await;
        let there = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let there = there.map_err(RestError::delivery)?;
        let about = About::Muted(&self.group.group, user);
        let known: Option<Muted> = self.shared.memory.get(about).await.map_err(ours)?;
        let now = self.shared.pace.now();
        let stood = match &there {
            Some(there) => stands(there, now).is_some(),
            None if known.is_none() && !self.exists(user).await? => return Err(DeliveryError::Gone),
            None => known.as_ref().is_some_and(|known| known.until > now.as_millis()),
        };
        if stood && there.is_some() {
            let reason = AuditReason::of_file(effect.file);
            self.time_out(user, None, Some(reason)).await.map_err(RestError::delivery)?;
        }
        if known.is_some() {
            self.shared.memory.forget(about).await.map_err(ours)?;
        }
        Ok(if stood { Receipt::Done } else { Receipt::AlreadyDone })
    }

    /// Who of these is timed out, or will be when they come back.
    pub(crate) async fn muted(&self, of: &[MemberId]) -> Result<Vec<Mute>, DeliveryError> {
        let mut muted = Vec::new();
        for user in of.iter().filter_map(|one| Snowflake::parse(one.as_str())) {
            let about = About::Muted(&self.group.group, user);
            let known: Option<Muted> = self.shared.memory.get(about).await.map_err(ours)?;
            let there = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
            let there = there.map_err(RestError::delivery)?;
            let now = self.shared.pace.now();
            let waits = known.as_ref().filter(|known| known.until > now.as_millis());
            let waits = waits.filter(|known| there.as_ref().is_none_or(|there| known.has_left_since(there)));
            let stands = there.as_ref().and_then(|there| stands(there, now));
            let (ours, until) = match (stands, waits) {
                (Some(stands), _) => (known.as_ref().is_some_and(|known| known.is_its(stands)), stands),
                (None, Some(waits)) => (true, Timestamp::from_millis(waits.until)),
                (None, None) => continue,
            };
            muted.push(Mute { member: member_id(user)?, ours, until: Some(until) });
        }
        Ok(muted)
    }

    async fn time_out(
        &self,
        user: Snowflake,
        until: Option<Timestamp>,
        reason: Option<AuditReason>,
    ) -> Result<(), RestError> {
        let route = Route::guild(self.group.server.0).at("members").one(user);
        let body = json!({"communication_disabled_until": until.and_then(json::written)});
        let mut request = Request::patch(route).json(body);
        if let Some(reason) = reason {
            request = request.because(reason);
        }
        match self.shared.rest.call(request).await {
            // They left this moment: what is noted holds when they come back.
            Err(error) if error.code() == Some(Code::UnknownMember) => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// Somebody came in: what they left behind by leaving is given to them again, and what could not be written to them
    /// is tried again.
    pub(crate) async fn came_back(&self, member: &Value) -> Result<(), DeliveryError> {
        let Some(user) = user_of(member) else { return Ok(()) };
        let _alone = self.shared.barring.lock(&self.group.group).await;
        self.shared.memory.forget(About::Refused(user)).await.map_err(ours)?;
        self.suspend_again(member, user).await?;
        let about = About::Muted(&self.group.group, user);
        let Some(mut muted) = self.shared.memory.get::<Muted>(about).await.map_err(ours)? else {
            return Ok(());
        };
        let now = self.shared.pace.now();
        let until = Timestamp::from_millis(muted.until);
        if until <= now || stands(member, now).is_some() {
            return Ok(());
        }
        let end = until.min(now.plus_seconds(TIMEOUT_MAX_S));
        muted.asked = [Some(end.as_millis()), None];
        muted.since = now.as_millis();
        self.shared.memory.put(about, &muted).await.map_err(ours)?;
        let reason = veil::reference(&muted.file).map(AuditReason::of_file);
        self.time_out(user, Some(end), reason).await.map_err(RestError::delivery)
    }

    /// A human let somebody post again then: what they were kept from it for before is over.
    pub(crate) async fn forget_muted(&self, user: Snowflake, at: Timestamp) -> Result<(), DeliveryError> {
        let _alone = self.shared.barring.lock(&self.group.group).await;
        let about = About::Muted(&self.group.group, user);
        let known: Option<Muted> = self.shared.memory.get(about).await.map_err(ours)?;
        if known.is_none_or(|known| known.since >= at.as_millis()) {
            return Ok(());
        }
        self.shared.memory.forget(about).await.map_err(ours)
    }
}

/// Until when somebody is timed out, if they are.
fn stands(member: &Value, now: Timestamp) -> Option<Timestamp> {
    json::instant(member, "communication_disabled_until").filter(|until| *until > now)
}
