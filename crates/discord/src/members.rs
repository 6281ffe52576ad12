//! Members put out and let in; who is there, and who is kept out.

use std::collections::{BTreeMap, BTreeSet};

use platform::{Account, DeliveryError, Effect, Exclusion, Receipt};
use policy::{MemberId, MessageText, Timestamp};
use serde_json::{Value, json};

use crate::account::member_of;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::outbound::Hands;
use crate::rest::{AuditReason, Request, Route, Urgency};
use crate::server::Standing;
use crate::settings::Suspension;
use crate::suspend::Suspended;

/// How many are listed in one page.
const PAGE: usize = 1000;
/// More than that many pages are not asked for: a million members.
const PAGES_MAX: usize = 1000;

impl Hands {
    /// Puts somebody out: for a time with the role, if the group does it so, and otherwise with a ban. Nothing of what they
    /// wrote goes.
    pub(crate) async fn exclude(
        &self,
        effect: Effect,
        member: &MemberId,
        until: Option<Timestamp>,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let _alone = self.shared.barring.lock(&self.group.group).await;
        match (&self.group.suspension, until) {
            (Suspension::Role(role), Some(until)) => self.suspend(effect, user, role.0, until).await,
            (Suspension::Role(_) | Suspension::Ban, _) => self.ban(effect, user).await,
        }
    }

    /// A ban that stands is left as it is: a human's stays a human's.
    async fn ban(&self, effect: Effect, user: Snowflake) -> Result<Receipt, DeliveryError> {
        if self.banned(user).await.map_err(RestError::delivery)?.is_some() {
            return Ok(Receipt::AlreadyDone);
        }
        // Asked beforehand: Discord counts what it refuses.
        let there = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let ranked = there.map_err(RestError::delivery)?.as_ref().and_then(Standing::read);
        let is_below = |them: &Standing| {
            self.shared.servers.with(self.group.server.0, |server| server.outranks(&server.mine(), them))
        };
        if ranked.is_some_and(|them| is_below(&them) == Some(false)) {
            return Err(DeliveryError::Forbidden);
        }
        let route = Route::guild(self.group.server.0).at("bans").one(user);
        // Nothing is deleted: it is evidence, and most of it was no breach.
        let body = json!({"delete_message_seconds": 0});
        let request = Request::put(route).json(body).because(self.sealed_reason(user, effect.file).await?);
        self.shared.rest.call(request).await.map_err(RestError::delivery)?;
        Ok(Receipt::Done)
    }

    pub(crate) async fn banned(&self, user: Snowflake) -> Result<Option<Value>, RestError> {
        let route = Route::guild(self.group.server.0).at("bans").one(user);
        match self.shared.rest.call(Request::get(route)).await {
            Ok(ban) => Ok(Some(ban)),
            Err(error) if error.code() == Some(Code::UnknownBan) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lifts a ban and a suspension, whoever made them. Whoever is not there is invited.
    pub(crate) async fn admit(&self, effect: Effect, member: &MemberId) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let _alone = self.shared.barring.lock(&self.group.group).await;
        // What has to be read is read first: where that fails, nothing was done.
        let mut suspended = self.suspended().await?;
        let known = suspended.get(&user).cloned();
        let there = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let there = there.map_err(RestError::delivery)?;
        let is_banned = self.banned(user).await.map_err(RestError::delivery)?.is_some();
        let mut lifting = self.lifting(effect).await?;
        if is_banned {
            self.begin_lifting(effect, &mut lifting).await?;
            self.lift_ban(effect, user).await.map_err(RestError::delivery)?;
        }
        let given_back = match &there {
            Some(there) => self.give_back(effect, user, there, known.as_ref()).await?,
            None if known.is_some() => Receipt::Done,
            None if is_banned || lifting.is_some() || self.exists(user).await? => Receipt::AlreadyDone,
            None => return Err(DeliveryError::Gone),
        };
        if let Some(lifting) = lifting.filter(|_| there.is_none()) {
            self.invite(effect, user, known.as_ref(), lifting).await?;
        }
        if let Some(known) = &known {
            self.show_again(user, known, Some(AuditReason::of_file(effect.file))).await?;
        }
        if suspended.remove(&user).is_some() {
            self.note_suspended(&suspended).await?;
        }
        Ok(if is_banned { Receipt::Done } else { given_back })
    }

    pub(crate) async fn lift_ban(&self, effect: Effect, user: Snowflake) -> Result<(), RestError> {
        let route = Route::guild(self.group.server.0).at("bans").one(user);
        // Discord's own description asks for a body here, where there is nothing to say.
        let request = Request::delete(route).json(json!({}));
        let request = request.because(AuditReason::of_file(effect.file));
        match self.shared.rest.call(request.urgency(Urgency::Deed)).await {
            Err(error) if error.code() == Some(Code::UnknownBan) => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// Whether anybody has that account.
    pub(crate) async fn exists(&self, user: Snowflake) -> Result<bool, DeliveryError> {
        match self.shared.rest.call(Request::get(Route::to("users").one(user))).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some(Code::UnknownUser) => Ok(false),
            Err(error) => Err(error.delivery()),
        }
    }

    /// Whether somebody of that name is here or was banned. Of those who left, Discord knows nothing.
    pub(crate) async fn known(&self, member: &MemberId) -> Result<Account, DeliveryError> {
        let Some(user) = Snowflake::parse(member.as_str()) else { return Ok(Account::Nobody) };
        let here = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let here = here.map_err(RestError::delivery)?.is_some();
        if here || self.banned(user).await.map_err(RestError::delivery)?.is_some() {
            return Ok(Account::Known);
        }
        Ok(if self.exists(user).await? { Account::Untold } else { Account::Nobody })
    }

    /// Who of these is banned, or suspended by the role, also while they are gone. It is asked of each of them and not of
    /// everybody, for servers are large and few are kept out.
    pub(crate) async fn kept_out(&self, of: &[MemberId]) -> Result<Vec<Exclusion>, DeliveryError> {
        let of: BTreeSet<Snowflake> = of.iter().filter_map(|one| Snowflake::parse(one.as_str())).collect();
        let banned = self.bans_of(&of).await.map_err(RestError::delivery)?;
        let (suspended, signet) = (self.suspended().await?, self.signet().await?);
        let now = self.shared.pace.now();
        let mut kept_out = Vec::new();
        for user in of {
            let member = member_id(user)?;
            if let Some(ban) = banned.get(&user) {
                let ours = signet.as_ref().is_some_and(|signet| signet.is_on(user, ban));
                kept_out.push(Exclusion { member, ours, until: None });
                continue;
            }
            let known = suspended.get(&user);
            let suspending = self.suspending(known);
            if suspending.is_empty() {
                continue;
            }
            let there = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
            let there = there.map_err(RestError::delivery)?;
            let is_given_again = matches!(self.group.suspension, Suspension::Role(_));
            let is_out = match &there {
                // Whoever left lost it, and is given it again; from anybody else a human took it.
                Some(there) => {
                    let has_left =
                        known.is_some_and(|known| known.has_left_since(there) && !known.is_over(now));
                    let roles = roles_of(there);
                    // Whoever is shown channels all the same is not out.
                    let is_shown = known.is_some() && self.sees_more(user, &roles);
                    !roles.is_disjoint(&suspending) && !is_shown || has_left && is_given_again
                }
                None => known.is_some() && is_given_again,
            };
            if is_out {
                let until = known.and_then(Suspended::until);
                kept_out.push(Exclusion { member, ours: known.is_some(), until });
            }
        }
        Ok(kept_out)
    }

    /// The bans of these. A page of the list tells of all that lie within it: never more is asked than for each alone.
    async fn bans_of(&self, of: &BTreeSet<Snowflake>) -> Result<BTreeMap<Snowflake, Value>, RestError> {
        let mut bans = BTreeMap::new();
        let mut left = of.clone();
        while let Some(first) = left.pop_first() {
            if left.is_empty() {
                bans.extend(self.banned(first).await?.map(|ban| (first, ban)));
                break;
            }
            let route = Route::guild(self.group.server.0).at("bans").with("limit", PAGE);
            let before = Snowflake::new(first.number() - 1);
            let route = before.map_or_else(|| route.clone(), |before| route.clone().with("after", before));
            let Value::Array(page) = self.shared.rest.call(Request::get(route)).await? else { break };
            let is_last = page.len() < PAGE;
            let mut end = first;
            for ban in page {
                let Some(user) = user_of(&ban) else { continue };
                end = end.max(user);
                if of.contains(&user) {
                    bans.insert(user, ban);
                }
            }
            if is_last {
                break;
            }
            left.retain(|user| *user > end);
        }
        Ok(bans)
    }

    /// Everybody who is here, with the names they go by.
    pub(crate) async fn names(&self) -> Result<Vec<(MemberId, MessageText)>, RestError> {
        let mut named = Vec::new();
        for member in self.everybody().await? {
            let Some(user) = json::get(&member, "user") else { continue };
            let Some(id) = json::id(user, "id").and_then(Snowflake::member) else { continue };
            let account = [json::text(user, "username"), json::text(user, "global_name")];
            for name in account.into_iter().chain([json::text(&member, "nick")]).flatten() {
                named.push((id.clone(), MessageText::new(name)));
            }
        }
        Ok(named)
    }

    /// Everybody who is here.
    pub(crate) async fn everybody(&self) -> Result<Vec<Value>, RestError> {
        let asked = |page| async move {
            match self.shared.rest.call(Request::get(page)).await? {
                Value::Array(page) => Ok(Some(page)),
                _ => Ok(Some(Vec::new())),
            }
        };
        Ok(all_members(self.group.server.0, asked).await?.unwrap_or_default())
    }
}

/// All members of a server in order of account, asked for a page at a time; nothing where a page is refused.
pub(crate) async fn all_members<E, F>(
    server: Snowflake,
    mut ask: impl FnMut(Route) -> F,
) -> Result<Option<Vec<Value>>, E>
where
    F: Future<Output = Result<Option<Vec<Value>>, E>>,
{
    let mut all = Vec::new();
    for _ in 0..PAGES_MAX {
        let route = Route::guild(server).at("members").with("limit", PAGE);
        let route = match all.last().and_then(user_of) {
            Some(last) => route.with("after", last),
            None => route,
        };
        let Some(page) = ask(route).await? else { return Ok(None) };
        let is_last = page.len() < PAGE || page.last().and_then(user_of).is_none();
        all.extend(page);
        if is_last {
            break;
        }
    }
    Ok(Some(all))
}

pub(crate) fn member_id(user: Snowflake) -> Result<MemberId, DeliveryError> {
    user.member().ok_or(DeliveryError::Gone)
}

/// Whose the member is that Discord tells of.
pub(crate) fn user_of(member: &Value) -> Option<Snowflake> {
    json::get(member, "user").and_then(|user| json::id(user, "id"))
}

/// The roles of a member that Discord tells of.
pub(crate) fn roles_of(member: &Value) -> BTreeSet<Snowflake> {
    json::list(member, "roles").iter().filter_map(json::snowflake).collect()
}
