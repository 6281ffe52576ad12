//! Members put out, let in, kept from posting; who is there, and who is kept out.

use std::collections::BTreeSet;

use platform::{Account, DeliveryError, Effect, EffectId, Exclusion, Receipt};
use policy::{Letter, MemberId, MessageText, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::account::member_of;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::veil::Reader;
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{AuditReason, Request, Route};
use crate::settings::Suspension;

/// Discord ends a time-out after 28 days at the latest; a minute is for clocks.
const TIMEOUT_MAX_S: i64 = 28 * 24 * 60 * 60 - 60;
/// An invitation is good for so long at most.
const INVITATION_S: u32 = 7 * 24 * 60 * 60;
/// How many are listed in one page.
const PAGE: usize = 1000;
/// More than that many pages are not asked for: a million members.
const PAGES_MAX: usize = 1000;
/// What every reason of ours begins with that stands beside a ban.
const OURS: &str = "B-";

/// What is remembered of somebody who is suspended by a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Suspended {
    /// The roles they had.
    roles: BTreeSet<u64>,
    /// When it is meant to end.
    until: Option<i64>,
}

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
        let _alone = self.shared.barring.lock().await;
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
        let route = Route::guild(self.group.server.0).at("bans").one(user);
        // Nothing is deleted: it is evidence, and most of it was no breach.
        let body = json!({"delete_message_seconds": 0});
        let request = Request::put(route).json(body).because(AuditReason::of_file(effect.file, None));
        self.shared.rest.call(request).await.map_err(RestError::delivery)?;
        Ok(Receipt::Done)
    }

    async fn banned(&self, user: Snowflake) -> Result<Option<Value>, RestError> {
        let route = Route::guild(self.group.server.0).at("bans").one(user);
        match self.shared.rest.call(Request::get(route)).await {
            Ok(ban) => Ok(Some(ban)),
            Err(error) if error.code() == Some(Code::UnknownBan) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes all roles away but the one that sees nothing, and remembers them before. Whoever is not there is given it when
    /// they come.
    async fn suspend(
        &self,
        effect: Effect,
        user: Snowflake,
        role: Snowflake,
        until: Timestamp,
    ) -> Result<Receipt, DeliveryError> {
        let about = About::Roles(&self.group.group, user);
        let known: Option<Suspended> = self.shared.memory.get(about).await.map_err(ours)?;
        let member = member_of(&self.shared.rest, self.group.server.0, user).await;
        let Some(member) = member.map_err(RestError::delivery)? else {
            if self.banned(user).await.map_err(RestError::delivery)?.is_some() {
                return Ok(Receipt::AlreadyDone);
            }
            let noted = Suspended { until: Some(until.as_millis()), ..known.unwrap_or_default() };
            self.shared.memory.put(about, &noted).await.map_err(ours)?;
            return Ok(Receipt::Done);
        };
        let has: BTreeSet<Snowflake> =
            json::list(&member, "roles").iter().filter_map(json::snowflake).collect();
        if has.contains(&role) && known.is_none() {
            // A human gave it to them.
            return Ok(Receipt::AlreadyDone);
        }
        let (kept, taken): (BTreeSet<Snowflake>, BTreeSet<Snowflake>) =
            has.iter().copied().filter(|it| *it != role).partition(|it| self.is_fixed(*it));
        let mut noted = known.unwrap_or_default();
        noted.roles.extend(taken.iter().map(|role| role.number()));
        noted.until = Some(until.as_millis());
        self.shared.memory.put(about, &noted).await.map_err(ours)?;
        let wanted: BTreeSet<Snowflake> = kept.into_iter().chain([role]).collect();
        if wanted == has {
            return Ok(Receipt::AlreadyDone);
        }
        self.set_roles(effect, user, &wanted).await?;
        Ok(Receipt::Done)
    }

    /// Whether a role is nobody's to give or take: that of a program, or of those who pay for the server.
    fn is_fixed(&self, role: Snowflake) -> bool {
        let found = self.shared.servers.with(self.group.server.0, |server| server.role(role));
        found.flatten().is_some_and(|role| role.is_fixed)
    }

    async fn set_roles(
        &self,
        effect: Effect,
        user: Snowflake,
        roles: &BTreeSet<Snowflake>,
    ) -> Result<(), DeliveryError> {
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let route = Route::guild(self.group.server.0).at("members").one(user);
        let request = Request::patch(route)
            .json(json!({"roles": roles}))
            .because(AuditReason::of_file(effect.file, None));
        self.shared.rest.call(request).await.map(|_| ()).map_err(RestError::delivery)
    }

    /// Lifts a ban and a suspension, whoever made them. Whoever is not there is invited.
    pub(crate) async fn admit(&self, effect: Effect, member: &MemberId) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let _alone = self.shared.barring.lock().await;
        let lifted = self.lift_ban(effect, user).await.map_err(RestError::delivery)?;
        let about = About::Roles(&self.group.group, user);
        let known: Option<Suspended> = self.shared.memory.get(about).await.map_err(ours)?;
        let there = member_of(&self.shared.rest, self.group.server.0, user).await;
        let given_back = match there.map_err(RestError::delivery)? {
            Some(there) => self.give_back(effect, user, &there, known.as_ref()).await?,
            None => Receipt::AlreadyDone,
        };
        if lifted == Receipt::Done {
            self.invite(effect, user, known.as_ref()).await?;
        }
        self.shared.memory.forget(about).await.map_err(ours)?;
        Ok(if lifted == Receipt::Done || given_back == Receipt::Done || known.is_some() {
            Receipt::Done
        } else {
            Receipt::AlreadyDone
        })
    }

    async fn lift_ban(&self, effect: Effect, user: Snowflake) -> Result<Receipt, RestError> {
        let route = Route::guild(self.group.server.0).at("bans").one(user);
        let request = Request::delete(route).because(AuditReason::of_file(effect.file, None));
        match self.shared.rest.call(request.urgency(crate::rest::Urgency::Deed)).await {
            Ok(_) => Ok(Receipt::Done),
            Err(error) if error.code() == Some(Code::UnknownBan) => Ok(Receipt::AlreadyDone),
            Err(error) => Err(error),
        }
    }

    /// Takes the role of the suspended away and gives those back that are still there and below the bot's.
    async fn give_back(
        &self,
        effect: Effect,
        user: Snowflake,
        member: &Value,
        known: Option<&Suspended>,
    ) -> Result<Receipt, DeliveryError> {
        let Suspension::Role(role) = &self.group.suspension else { return Ok(Receipt::AlreadyDone) };
        let has: BTreeSet<Snowflake> =
            json::list(member, "roles").iter().filter_map(json::snowflake).collect();
        if !has.contains(&role.0) {
            return Ok(Receipt::AlreadyDone);
        }
        let server = self.group.server.0;
        let before =
            known.into_iter().flat_map(|known| &known.roles).filter_map(|role| Snowflake::new(*role));
        let back = before.filter(|role| {
            let given = self.shared.servers.with(server, |server| server.can_give(&server.mine(), *role));
            given == Some(true)
        });
        let wanted: BTreeSet<Snowflake> =
            has.iter().copied().filter(|it| *it != role.0).chain(back).collect();
        self.set_roles(effect, user, &wanted).await?;
        Ok(Receipt::Done)
    }

    /// An invitation that only they can take, with the roles they had: sent to them if they can be reached, and otherwise
    /// given to the officers, who can.
    async fn invite(
        &self,
        effect: Effect,
        user: Snowflake,
        known: Option<&Suspended>,
    ) -> Result<(), DeliveryError> {
        let Some(channel) = self.group.welcome_channel else { return Ok(()) };
        let invitation = match self.invitation(effect, channel.0, user, known).await {
            Ok(invitation) => invitation,
            // Let in they are: that they are not invited is the officers' to know.
            Err(error) if error.refusal().is_some() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "nobody could be invited");
                return Ok(());
            }
            Err(error) => return Err(error.delivery()),
        };
        let name = &self.group.name;
        let days = INVITATION_S / (24 * 60 * 60);
        let letter = Letter::line(format!(
            "You can come back into {name}: {invitation} is for you alone, and good for {days} days."
        ));
        // It is no part of what the effect itself may say, and not sent twice either.
        let beside = Effect { id: EffectId(effect.id.0.wrapping_add(1)), ..effect };
        match self.direct(beside, &member_id(user)?, &letter).await {
            Err(DeliveryError::Forbidden | DeliveryError::Gone) => {
                let letter = Letter::line(format!(
                    "{user} can come back, and I cannot write to them. Please give them this, which is for them alone and \
                     good for {days} days: {invitation}"
                ));
                let channel = self.group.officers_channel.0;
                let told = self.write(channel, beside, &letter, Reader::Officers).await;
                told.map(|_| ()).map_err(RestError::delivery)
            }
            done => done.map(|_| ()),
        }
    }

    async fn invitation(
        &self,
        effect: Effect,
        channel: Snowflake,
        user: Snowflake,
        known: Option<&Suspended>,
    ) -> Result<String, RestError> {
        let server = self.group.server.0;
        let roles = known.into_iter().flat_map(|known| &known.roles).filter_map(|role| Snowflake::new(*role));
        let roles: Vec<String> = roles
            .filter(|role| {
                self.shared.servers.with(server, |server| server.can_give(&server.mine(), *role))
                    == Some(true)
            })
            .map(|role| role.to_string())
            .collect();
        let mut body = json!({"max_age": INVITATION_S, "max_uses": 1, "unique": true});
        if !roles.is_empty() {
            body["role_ids"] = json!(roles);
        }
        let whom = crate::rest::File {
            part: "target_users_file".to_owned(),
            name: "members.csv".to_owned(),
            media_type: "text/csv",
            content: format!("user_id\n{user}\n").into_bytes(),
        };
        let request = Request::post(Route::channel(channel).at("invites"));
        let request = request.files(body, vec![whom]).because(AuditReason::of_file(effect.file, None));
        let invite = self.shared.rest.call(request).await?;
        let code = json::text(&invite, "code")
            .ok_or(RestError::Setup("Discord made an invitation without a code"))?;
        Ok(format!("https://discord.gg/{code}"))
    }

    /// Keeps somebody from posting. One that a human made and that is over later stays.
    pub(crate) async fn mute(
        &self,
        effect: Effect,
        member: &MemberId,
        until: Timestamp,
    ) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let now = self.shared.pace.now();
        let _alone = self.shared.barring.lock().await;
        let there =
            member_of(&self.shared.rest, self.group.server.0, user).await.map_err(RestError::delivery)?;
        let there = there.ok_or(DeliveryError::Gone)?;
        let about = About::Muted(&self.group.group, user);
        let ours_until: Option<i64> = self.shared.memory.get(about).await.map_err(ours)?;
        let stands = json::instant(&there, "communication_disabled_until").filter(|until| *until > now);
        if stands.is_some() && ours_until.is_none() {
            return Ok(Receipt::AlreadyDone);
        }
        let until = until.min(now.plus_seconds(TIMEOUT_MAX_S));
        self.shared.memory.put(about, &until.as_millis()).await.map_err(ours)?;
        self.time_out(effect, user, Some(until)).await?;
        Ok(Receipt::Done)
    }

    /// Lets somebody post again, whoever kept them from it.
    pub(crate) async fn unmute(&self, effect: Effect, member: &MemberId) -> Result<Receipt, DeliveryError> {
        let user = Snowflake::parse(member.as_str()).ok_or(DeliveryError::Gone)?;
        let _alone = self.shared.barring.lock().await;
        let there =
            member_of(&self.shared.rest, self.group.server.0, user).await.map_err(RestError::delivery)?;
        let there = there.ok_or(DeliveryError::Gone)?;
        let now = self.shared.pace.now();
        let stands = json::instant(&there, "communication_disabled_until").is_some_and(|until| until > now);
        if stands {
            self.time_out(effect, user, None).await?;
        }
        self.shared.memory.forget(About::Muted(&self.group.group, user)).await.map_err(ours)?;
        Ok(if stands { Receipt::Done } else { Receipt::AlreadyDone })
    }

    async fn time_out(
        &self,
        effect: Effect,
        user: Snowflake,
        until: Option<Timestamp>,
    ) -> Result<(), DeliveryError> {
        let route = Route::guild(self.group.server.0).at("members").one(user);
        let body = json!({"communication_disabled_until": until.and_then(json::written)});
        let request = Request::patch(route).json(body).because(AuditReason::of_file(effect.file, None));
        self.shared.rest.call(request).await.map(|_| ()).map_err(RestError::delivery)
    }

    /// Whether somebody of that name is here or was banned. Of those who left, Discord knows nothing.
    pub(crate) async fn known(&self, member: &MemberId) -> Result<Account, RestError> {
        let Some(user) = Snowflake::parse(member.as_str()) else { return Ok(Account::Nobody) };
        let here = member_of(&self.shared.rest, self.group.server.0, user).await?.is_some();
        if here || self.banned(user).await?.is_some() {
            return Ok(Account::Known);
        }
        match self.shared.rest.call(Request::get(Route::to("users").one(user))).await {
            Ok(_) => Ok(Account::Untold),
            Err(error) if error.code() == Some(Code::UnknownUser) => Ok(Account::Nobody),
            Err(error) => Err(error),
        }
    }

    /// Everybody who is banned, and everybody with the role of the suspended.
    pub(crate) async fn kept_out(&self) -> Result<Vec<Exclusion>, DeliveryError> {
        let bans = self.pages("bans", |ban| json::id(json::get(ban, "user")?, "id"));
        let bans = bans.await.map_err(RestError::delivery)?;
        let banned = bans.iter().filter_map(|ban| {
            let member = json::id(json::get(ban, "user")?, "id")?.member()?;
            let ours = json::text(ban, "reason").is_some_and(|reason| reason.starts_with(OURS));
            Some(Exclusion { member, ours, until: None })
        });
        let mut kept_out: Vec<Exclusion> = banned.collect();
        let Suspension::Role(role) = &self.group.suspension else { return Ok(kept_out) };
        for member in self.everybody().await.map_err(RestError::delivery)? {
            if !json::list(&member, "roles").iter().any(|it| json::snowflake(it) == Some(role.0)) {
                continue;
            }
            let Some(user) = json::get(&member, "user").and_then(|user| json::id(user, "id")) else {
                continue;
            };
            let known: Option<Suspended> =
                self.shared.memory.get(About::Roles(&self.group.group, user)).await.map_err(ours)?;
            let until = known.as_ref().and_then(|known| known.until).map(Timestamp::from_millis);
            kept_out.push(Exclusion { member: member_id(user)?, ours: known.is_some(), until });
        }
        Ok(kept_out)
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
        self.pages("members", |member| json::id(json::get(member, "user")?, "id")).await
    }

    /// All pages of a list of the server's that is in order of account.
    async fn pages(
        &self,
        of: &'static str,
        account: impl Fn(&Value) -> Option<Snowflake>,
    ) -> Result<Vec<Value>, RestError> {
        let mut all = Vec::new();
        for _ in 0..PAGES_MAX {
            let last = all.last().and_then(&account);
            let route = Route::guild(self.group.server.0).at(of).with("limit", PAGE);
            let route = match last {
                Some(last) => route.with("after", last),
                None => route,
            };
            let page = match self.shared.rest.call(Request::get(route)).await? {
                Value::Array(page) => page,
                _ => return Ok(all),
            };
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last {
                break;
            }
        }
        Ok(all)
    }
}

fn member_id(user: Snowflake) -> Result<MemberId, DeliveryError> {
    user.member().ok_or(DeliveryError::Gone)
}
