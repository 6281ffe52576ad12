//! Who is suspended by a role: they stay in the server, and see nothing of it but where they can appeal.
//!
//! Whoever leaves loses the role by it, and is given it again when they come back.

use std::collections::{BTreeMap, BTreeSet};

use platform::{DeliveryError, Effect, IntakeError, Receipt};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serenity::model::Permissions;

use crate::account::member_of;
use crate::error::{Code, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::letters::veil;
use crate::members::roles_of;
use crate::memory::About;
use crate::outbound::{Hands, ours};
use crate::rest::{AuditReason, Request, Route, Urgency};
use crate::server::Standing;
use crate::settings::Suspension;

/// What is remembered of somebody who is suspended by a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suspended {
    /// The roles they had.
    pub(crate) roles: BTreeSet<Snowflake>,
    /// When it is meant to end.
    until: i64,
    /// When they were given the role last.
    since: i64,
    /// The file it comes of.
    file: String,
    /// The role they were given.
    #[serde(default)]
    pub(crate) role: Option<Snowflake>,
    /// The channels that are hidden from them alone, and whether each was shown to them alone before.
    #[serde(default)]
    pub(crate) hidden: BTreeMap<Snowflake, bool>,
    /// How often roles were taken again that give sight.
    #[serde(default)]
    pub(crate) taken_again: u32,
}

/// Who is suspended, by account.
pub(crate) type AllSuspended = BTreeMap<Snowflake, Suspended>;

impl Suspended {
    /// When it is meant to end.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        Some(Timestamp::from_millis(self.until))
    }

    /// Whether it was meant to be over by then.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now.as_millis()
    }

    /// Whether somebody who is there came in since they were given the role.
    pub(crate) fn has_left_since(&self, member: &Value) -> bool {
        json::instant(member, "joined_at").is_some_and(|joined| joined.as_millis() > self.since)
    }

    pub(crate) fn reason(&self) -> Option<AuditReason> {
        veil::reference(&self.file).map(AuditReason::of_file)
    }

    /// The roles they had, as far as the bot can give them.
    pub(crate) fn roles(&self, hands: &Hands) -> Vec<Snowflake> {
        let can_give = |role: &Snowflake| {
            let server = hands.group.server.0;
            hands.shared.servers.with(server, |server| server.can_give(&server.mine(), *role)) == Some(true)
        };
        self.roles.iter().copied().filter(can_give).collect()
    }
}

impl Hands {
    /// Who is suspended by the role in this group.
    pub(crate) async fn suspended(&self) -> Result<AllSuspended, DeliveryError> {
        self.noted_suspended().await.map_err(ours)
    }

    /// The same, for whoever asks again where it cannot be read.
    pub(crate) async fn noted_suspended(&self) -> Result<AllSuspended, IntakeError> {
        let noted = self.shared.memory.get(About::Suspended(&self.group.group)).await?;
        Ok(noted.unwrap_or_default())
    }

    pub(crate) async fn note_suspended(&self, suspended: &AllSuspended) -> Result<(), DeliveryError> {
        self.shared.memory.put(About::Suspended(&self.group.group), suspended).await.map_err(ours)
    }

    /// Takes all roles away but the one that sees nothing, and remembers them before. Whoever is not there is given it when
    /// they come.
    pub(crate) async fn suspend(
        &self,
        effect: Effect,
        user: Snowflake,
        role: Snowflake,
        until: Timestamp,
    ) -> Result<Receipt, DeliveryError> {
        if self.shared.servers.with(self.group.server.0, |server| server.role(role).is_none()) == Some(true) {
            // Somebody deleted it: that is not for the member to bear, who would seem to be gone.
            return Err(DeliveryError::Forbidden);
        }
        let mut suspended = self.suspended().await?;
        let before = suspended.get(&user).cloned();
        let is_new = before.as_ref().is_none_or(|before| before.until != until.as_millis());
        let member = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let mut noted = Suspended {
            roles: BTreeSet::new(),
            until: until.as_millis(),
            since: self.shared.pace.now().as_millis(),
            file: effect.file.to_string(),
            role: Some(role),
            hidden: before.as_ref().map(|before| before.hidden.clone()).unwrap_or_default(),
            taken_again: 0,
        };
        let Some(member) = member.map_err(RestError::delivery)? else {
            let ban = self.banned(user).await.map_err(RestError::delivery)?;
            if let Some(ban) = &ban
                && !self.is_ours(user, ban).await?
            {
                return Ok(Receipt::AlreadyDone);
            }
            if ban.is_none() && before.is_none() && !self.exists(user).await? {
                return Err(DeliveryError::Gone);
            }
            noted.roles = before.map(|before| before.roles).unwrap_or_default();
            suspended.insert(user, noted);
            self.note_suspended(&suspended).await?;
            if self.give_way(effect, user, ban.is_some()).await? {
                return Ok(Receipt::Done);
            }
            return Ok(if is_new { Receipt::Done } else { Receipt::AlreadyDone });
        };
        let has = roles_of(&member);
        if has.contains(&role) && before.is_none() {
            // A human gave it to them.
            return Ok(Receipt::AlreadyDone);
        }
        // From whoever neither has it nor left, a human took it, who gave back what they thought right.
        let is_held = |it: &Suspended| has.contains(&role) || self.is_held(it, &has);
        let still = before.clone().filter(|it| is_held(it) || it.has_left_since(&member));
        let (wanted, mut taken) = self.without_roles(&has, role);
        if let Some(former) = before.as_ref().and_then(|before| before.role) {
            // It is none of theirs, and not given back.
            taken.remove(&former);
        }
        if self.is_in_vain(user, &wanted) {
            return Err(DeliveryError::Forbidden);
        }
        noted.roles = still.map(|still| still.roles).unwrap_or_default();
        noted.roles.extend(taken);
        suspended.insert(user, noted);
        self.note_suspended(&suspended).await?;
        if wanted == has {
            self.hide(user, &wanted, &mut suspended).await?;
            return Ok(if is_new { Receipt::Done } else { Receipt::AlreadyDone });
        }
        let reason = AuditReason::of_file(effect.file);
        let set = match self.set_roles(user, &wanted, Some(reason)).await {
            // They left this moment, and are given it when they come back.
            Err(error) if error.code() == Some(Code::UnknownMember) => Ok(()),
            set => set.map_err(RestError::delivery),
        };
        match set {
            Err(error @ (DeliveryError::Forbidden | DeliveryError::Gone)) => {
                // They are no more out than they were before.
                match before {
                    Some(before) => suspended.insert(user, before),
                    None => suspended.remove(&user),
                };
                self.note_suspended(&suspended).await?;
                return Err(error);
            }
            done => done?,
        }
        self.hide(user, &wanted, &mut suspended).await?;
        Ok(Receipt::Done)
    }

    /// Lifts a ban of the bot's in place of which somebody is suspended from now on, and has them come back: those who are
    /// suspended stay in the server. Gives whether there was one.
    async fn give_way(
        &self,
        effect: Effect,
        user: Snowflake,
        is_banned: bool,
    ) -> Result<bool, DeliveryError> {
        let mut lifting = self.lifting(effect).await?;
        if is_banned {
            self.begin_lifting(effect, &mut lifting).await?;
            self.lift_ban(effect, user).await.map_err(RestError::delivery)?;
        }
        let Some(lifting) = lifting else { return Ok(false) };
        // The roles they had are not for whoever is suspended.
        self.invite(effect, user, None, lifting).await?;
        Ok(true)
    }

    /// The roles that somebody keeps who is suspended, that role among them, and those that are taken away.
    fn without_roles(
        &self,
        has: &BTreeSet<Snowflake>,
        role: Snowflake,
    ) -> (BTreeSet<Snowflake>, BTreeSet<Snowflake>) {
        let others = has.iter().copied().filter(|it| *it != role);
        let (mut kept, taken): (BTreeSet<_>, BTreeSet<_>) = others.partition(|it| self.is_fixed(*it));
        kept.insert(role);
        (kept, taken)
    }

    /// Whether somebody with these roles sees everything all the same: who made the server, or an administrator.
    fn is_in_vain(&self, user: Snowflake, roles: &BTreeSet<Snowflake>) -> bool {
        let standing = Standing { user, roles: roles.clone() };
        let may = self.shared.servers.with(self.group.server.0, |server| server.permissions(&standing));
        may.is_some_and(|may| may.contains(Permissions::ADMINISTRATOR))
    }

    /// Whether a role is nobody's to give or take: that of a program, or of those who pay for the server.
    fn is_fixed(&self, role: Snowflake) -> bool {
        let found = self.shared.servers.with(self.group.server.0, |server| server.role(role));
        found.flatten().is_some_and(|role| role.is_fixed)
    }

    pub(crate) async fn set_roles(
        &self,
        user: Snowflake,
        roles: &BTreeSet<Snowflake>,
        reason: Option<AuditReason>,
    ) -> Result<(), RestError> {
        let roles: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let route = Route::guild(self.group.server.0).at("members").one(user);
        let mut request = Request::patch(route).json(json!({"roles": roles}));
        if let Some(reason) = reason {
            request = request.because(reason);
        }
        self.shared.rest.call(request).await.map(|_| ())
    }

    /// Whether somebody with these roles has the one they were suspended by, as far as anybody can: where it is deleted, nobody
    /// took it from them alone.
    fn is_held(&self, known: &Suspended, has: &BTreeSet<Snowflake>) -> bool {
        let is_there =
            |role| self.shared.servers.with(self.group.server.0, |server| server.role(role).is_some());
        known.role.is_some_and(|role| has.contains(&role) || is_there(role) == Some(false))
    }

    /// The roles by which somebody is suspended: the one they were given, whatever the configuration says by now, and the one
    /// it says.
    pub(crate) fn suspending(&self, known: Option<&Suspended>) -> BTreeSet<Snowflake> {
        let given = known.and_then(|known| known.role);
        let configured = match &self.group.suspension {
            Suspension::Role(role) => Some(role.0),
            Suspension::Ban => None,
        };
        given.into_iter().chain(configured).collect()
    }

    /// Takes the role of the suspended away and gives those back that are still there and below the bot's: also where somebody
    /// else took it, or deleted it, and left it at that.
    pub(crate) async fn give_back(
        &self,
        effect: Effect,
        user: Snowflake,
        member: &Value,
        known: Option<&Suspended>,
    ) -> Result<Receipt, DeliveryError> {
        let has = roles_of(member);
        let suspending = self.suspending(known);
        let back = known.map(|known| known.roles(self)).unwrap_or_default();
        let kept = has.iter().copied().filter(|it| !suspending.contains(it));
        let wanted: BTreeSet<Snowflake> = kept.chain(back).collect();
        if wanted == has {
            return Ok(Receipt::AlreadyDone);
        }
        let reason = AuditReason::of_file(effect.file);
        match self.set_roles(user, &wanted, Some(reason)).await {
            // They left this moment, and with that all their roles.
            Err(error) if error.code() == Some(Code::UnknownMember) => Ok(Receipt::Done),
            set => set.map(|()| Receipt::Done).map_err(RestError::delivery),
        }
    }

    /// Gives somebody the role again who came back without it, as everybody does.
    ///
    /// Not where it was meant to be over by now. That is no end, for the ledger ends a suspension and not a clock; but it is
    /// told of everybody who comes in, and has whoever it still shuts out suspended again, with what was noted of them. Nobody
    /// is let in by this before the ledger says so, and nobody is put out whom it knows nothing of and would never let in.
    pub(crate) async fn suspend_again(&self, member: &Value, user: Snowflake) -> Result<(), DeliveryError> {
        let Suspension::Role(role) = &self.group.suspension else { return Ok(()) };
        let mut suspended = self.suspended().await?;
        let Some(known) = suspended.get_mut(&user) else { return Ok(()) };
        let has = roles_of(member);
        let is_over = known.is_over(self.shared.pace.now());
        if is_over || has.contains(&role.0) || !known.has_left_since(member) {
            return Ok(());
        }
        let (wanted, taken) = self.without_roles(&has, role.0);
        known.roles.extend(taken);
        known.role = Some(role.0);
        let reason = known.reason();
        self.note_suspended(&suspended).await?;
        self.set_roles(user, &wanted, reason).await.map_err(RestError::delivery)?;
        if let Some(known) = suspended.get_mut(&user) {
            known.since = self.shared.pace.now().as_millis();
        }
        self.note_suspended(&suspended).await?;
        self.hide(user, &wanted, &mut suspended).await
    }

    /// A human took the role from somebody then: what it was given for before is over.
    pub(crate) async fn forget_suspended(&self, user: Snowflake, at: Timestamp) -> Result<(), DeliveryError> {
        let _alone = self.shared.barring.lock(&self.group.group).await;
        let mut suspended = self.suspended().await?;
        let Some(known) = suspended.get(&user).filter(|known| known.since < at.as_millis()) else {
            return Ok(());
        };
        self.show_again(user, known, None).await?;
        suspended.remove(&user);
        self.note_suspended(&suspended).await
    }
}
