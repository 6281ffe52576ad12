//! What whoever is suspended sees beside what their role leaves them: by roles that nobody can take from them or that they
//! were given since, and by what a channel says of them alone.
//!
//! What one role allows is stronger than what another denies. Roles that give sight are taken away where that is possible;
//! what is said of a member in a channel is stronger than all roles, and hides what is left.

use std::collections::BTreeSet;

use platform::DeliveryError;
use serde_json::Value;
use serenity::model::Permissions;

use crate::account::member_of;
use crate::error::RestError;
use crate::hear::{Cut, Stopped, in_patience};
use crate::ids::Snowflake;
use crate::listener::Listener;
use crate::members::{roles_of, user_of};
use crate::needs::suspended_sees;
use crate::outbound::Hands;
use crate::rest::{AuditReason, Route, Urgency};
use crate::server::{Server, Standing, Whose};
use crate::settings::Suspension;
use crate::suspend::{AllSuspended, Suspended};
use crate::unread::What;

/// So often roles are taken again that come back. After that they are left, and the channels are hidden: another program
/// that gives them would never have enough of it.
const TAKEN_AGAIN_MAX: u32 = 3;

const VIEW: Permissions = Permissions::VIEW_CHANNEL;

impl Listener {
    /// Somebody who comes back is as they were when they left: suspended, muted.
    pub(crate) async fn bring_back(&mut self, member: &Value) -> Result<(), Stopped> {
        let put = self.put_as_before(member).await;
        self.or_later(member, put).await
    }

    /// Somebody's roles may have changed: whoever is suspended gets no sight by it.
    pub(crate) async fn hold_suspended(&mut self, member: &Value) -> Result<(), Stopped> {
        let held = self.hold_member(member).await;
        self.or_later(member, held).await
    }

    /// Looks after somebody for whom Discord did nothing before.
    pub(crate) async fn look_at(&self, user: Snowflake) -> Result<(), Cut> {
        let member = self.asked(Route::guild(self.group.server.0).at("members").one(user)).await?;
        // They may have left again.
        let Some(member) = member else { return Ok(()) };
        self.put_as_before(&member).await?;
        self.hold_member(&member).await
    }

    /// What Discord does not do now is tried later, and holds nothing up.
    async fn or_later(&mut self, member: &Value, done: Result<(), Cut>) -> Result<(), Stopped> {
        match (done, user_of(member)) {
            (Ok(()), _) | (Err(Cut::Unanswered), None) => Ok(()),
            (Err(Cut::Stopped), _) => Err(Stopped),
            (Err(Cut::Unanswered), Some(user)) => {
                let since = self.cursors.newest().unwrap_or(user);
                self.put_off_since(What::Member(user), since).await
            }
        }
    }

    async fn put_as_before(&self, member: &Value) -> Result<(), Cut> {
        let again = "what waits for somebody who came back is tried again";
        let done = || self.hands.came_back(member);
        if let Err(error) = in_patience(&self.shared, &self.stop, again, done).await? {
            tracing::warn!(%error, "somebody came back and could not be put out again");
        }
        Ok(())
    }

    async fn hold_member(&self, member: &Value) -> Result<(), Cut> {
        let (Some(user), Suspension::Role(role)) = (user_of(member), &self.group.suspension) else {
            return Ok(());
        };
        let (hands, roles) = (&self.hands, roles_of(member));
        if !roles.contains(&role.0) || !hands.sees_more(user, &roles) {
            return Ok(());
        }
        let again = "what somebody sees who is suspended is looked at again";
        if let Err(error) = in_patience(&self.shared, &self.stop, again, || hands.hold(user)).await? {
            tracing::warn!(%error, "somebody who is suspended sees what they should not");
        }
        Ok(())
    }
}

impl Hands {
    /// Whether somebody with these roles sees more than the role of the suspended leaves them. What that role sees by
    /// itself is closed to everybody who has it, or told.
    pub(crate) fn sees_more(&self, user: Snowflake, roles: &BTreeSet<Snowflake>) -> bool {
        let standing = Standing { user, roles: roles.clone() };
        let seen = self
            .shared
            .servers
            .with(self.group.server.0, |server| self.seen(server, &standing).next().is_some());
        seen == Some(true)
    }

    fn seen<'s>(
        &'s self,
        server: &'s Server,
        standing: &'s Standing,
    ) -> impl Iterator<Item = Snowflake> + use<'s> {
        let channels = server.channels().filter(|(_, channel)| channel.holds_something());
        let seen =
            channels.map(|(id, _)| id).filter(move |id| server.permissions_in(*id, standing).contains(VIEW));
        seen.filter(move |id| {
            *id != self.group.private_channel.0 && !suspended_sees(server, &self.group, *id)
        })
    }

    /// Those roles of somebody's that give sight, as far as the bot can take them.
    fn giving_sight(
        &self,
        user: Snowflake,
        has: &BTreeSet<Snowflake>,
        role: Snowflake,
    ) -> BTreeSet<Snowflake> {
        let server = self.group.server.0;
        let gives = |it: &Snowflake| self.sees_more(user, &BTreeSet::from([role, *it]));
        let is_free = |it: &Snowflake| {
            let found = self.shared.servers.with(server, |server| {
                server.role(*it).is_some_and(|role| !role.is_fixed) && server.can_give(&server.mine(), *it)
            });
            found == Some(true)
        };
        has.iter().copied().filter(|it| *it != role && is_free(it) && gives(it)).collect()
    }

    /// Everybody who is suspended sees as little as on the day when it began.
    pub(crate) async fn hold_all(&self) -> Result<(), DeliveryError> {
        if matches!(self.group.suspension, Suspension::Ban) {
            return Ok(());
        }
        for user in self.suspended().await?.into_keys() {
            match self.hold(user).await {
                Err(error @ (DeliveryError::Forbidden | DeliveryError::Gone)) => {
                    tracing::warn!(%error, "somebody who is suspended could not be looked at");
                }
                held => held?,
            }
        }
        Ok(())
    }

    /// Whoever is suspended and has got sight of something loses it again. From whom a human took the role of the suspended,
    /// nothing is taken.
    async fn hold(&self, user: Snowflake) -> Result<(), DeliveryError> {
        let Suspension::Role(role) = &self.group.suspension else { return Ok(()) };
        let _alone = self.shared.barring.lock(&self.group.group).await;
        let mut suspended = self.suspended().await?;
        let Some(known) = suspended.get_mut(&user) else { return Ok(()) };
        // As they are now: what was told may be over.
        let member = member_of(&self.shared.rest, self.group.server.0, user, Urgency::Deed).await;
        let Some(member) = member.map_err(RestError::delivery)? else { return Ok(()) };
        let mut has = roles_of(&member);
        if let Some(former) = known.role.filter(|it| *it != role.0 && has.contains(it)) {
            // Another role is theirs since, and channels are closed to that one.
            self.move_over(user, &mut has, (former, role.0), &mut suspended).await?;
        }
        let Some(known) = suspended.get_mut(&user) else { return Ok(()) };
        if !has.contains(&role.0) || !self.sees_more(user, &has) {
            return Ok(());
        }
        let taken = self.giving_sight(user, &has, role.0);
        if !taken.is_empty() && known.taken_again < TAKEN_AGAIN_MAX {
            known.taken_again += 1;
            known.roles.extend(&taken);
            let reason = known.reason();
            self.note_suspended(&suspended).await?;
            let wanted: BTreeSet<Snowflake> = has.difference(&taken).copied().collect();
            match self.set_roles(user, &wanted, reason).await {
                Ok(()) => has = wanted,
                Err(error) if error.refusal().is_some() => {
                    tracing::warn!(%error, "roles could not be taken again; what they show is hidden");
                }
                Err(error) => return Err(error.delivery()),
            }
        }
        self.hide(user, &has, &mut suspended).await
    }

    /// Gives somebody the role by which one is suspended now in place of that by which they are.
    async fn move_over(
        &self,
        user: Snowflake,
        has: &mut BTreeSet<Snowflake>,
        (former, role): (Snowflake, Snowflake),
        suspended: &mut AllSuspended,
    ) -> Result<(), DeliveryError> {
        let Some(known) = suspended.get_mut(&user) else { return Ok(()) };
        let mut wanted = has.clone();
        wanted.remove(&former);
        wanted.insert(role);
        match self.set_roles(user, &wanted, known.reason()).await {
            Ok(()) => {}
            Err(error) if error.refusal().is_some() => {
                tracing::warn!(%error, "somebody could not be given the role by which one is suspended now");
                return Ok(());
            }
            Err(error) => return Err(error.delivery()),
        }
        known.role = Some(role);
        *has = wanted;
        self.note_suspended(suspended).await
    }

    /// Hides from somebody what they see with these roles, channel by channel, and notes that before. What may not be hidden
    /// is told: whoever still sees it is not kept out.
    pub(crate) async fn hide(
        &self,
        user: Snowflake,
        roles: &BTreeSet<Snowflake>,
        suspended: &mut AllSuspended,
    ) -> Result<(), DeliveryError> {
        let standing = Standing { user, roles: roles.clone() };
        let open = self.shared.servers.with(self.group.server.0, |server| {
            // What is said of channels is nothing to those.
            if server.permissions(&standing).contains(Permissions::ADMINISTRATOR) {
                return Vec::new();
            }
            let seen = self.seen(server, &standing);
            let may = seen.filter(|channel| server.mine_in(*channel).contains(Permissions::MANAGE_ROLES));
            may.map(|channel| (channel, server.overwrite(channel, Whose::Member(user)))).collect()
        });
        let open: Vec<_> = open.unwrap_or_default();
        let Some(known) = suspended.get_mut(&user).filter(|_| !open.is_empty()) else { return Ok(()) };
        for (channel, (allow, _)) in &open {
            known.hidden.entry(*channel).or_insert_with(|| allow.contains(VIEW));
        }
        let reason = known.reason();
        self.note_suspended(suspended).await?;
        for (channel, (allow, deny)) in open {
            self.set_own(channel, user, (allow - VIEW, deny | VIEW), reason.clone()).await?;
        }
        Ok(())
    }

    /// Takes back what was hidden from somebody, so that it is for them as it was before.
    pub(crate) async fn show_again(
        &self,
        user: Snowflake,
        known: &Suspended,
        reason: Option<AuditReason>,
    ) -> Result<(), DeliveryError> {
        for (channel, was_allowed) in &known.hidden {
            let known = self.shared.servers.with(self.group.server.0, |server| {
                server.channel(*channel).map(|_| server.overwrite(*channel, Whose::Member(user)))
            });
            // Where it is hidden no longer, a human showed it.
            let Some((allow, deny)) = known.flatten().filter(|(_, deny)| deny.contains(VIEW)) else {
                continue;
            };
            let allow = if *was_allowed { allow | VIEW } else { allow };
            self.set_own(*channel, user, (allow, deny - VIEW), reason.clone()).await?;
        }
        Ok(())
    }

    /// Sets what a channel says of somebody alone. What Discord refuses stays as it is.
    async fn set_own(
        &self,
        channel: Snowflake,
        user: Snowflake,
        powers: (Permissions, Permissions),
        reason: Option<AuditReason>,
    ) -> Result<(), DeliveryError> {
        match self.set_overwrite(channel, Whose::Member(user), powers, reason).await {
            Err(error) if error.refusal().is_some() => {
                tracing::warn!(%channel, %error, "what somebody sees of a channel could not be set");
                Ok(())
            }
            set => set.map_err(RestError::delivery),
        }
    }
}
