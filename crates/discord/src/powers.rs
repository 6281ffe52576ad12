//! What the bot may not do in the channels of a server, found out at every start and at every change; and that whoever is
//! suspended by a role sees by it where they can appeal, and nothing else.

use platform::Inbound;
use policy::Limit;
use serde_json::json;
use serenity::model::Permissions;

use crate::error::RestError;
use crate::hear::{Stopped, Trouble as _};
use crate::ids::Snowflake;
use crate::listener::Listener;
use crate::needs::{is_leak, lacked_by_suspended, leaks, limits};
use crate::outbound::Hands;
use crate::rest::{AuditReason, Request, Route, Urgency};
use crate::server::{Server, Whose};
use crate::settings::Suspension;

impl Listener {
    /// Says what stands in the bot's way, where that is something else than was said last.
    pub(crate) async fn tell_limits(&mut self) -> Result<(), Stopped> {
        self.hands.set_sight().await;
        let found = self.shared.servers.with(self.group.server.0, |server| limits(server, &self.group));
        let found = match found {
            Some(found) => found,
            // The bot is out of the server, and so of every channel.
            None => self.limits.keys().map(|channel| (*channel, vec![Limit::Enter])).collect(),
        };
        let outranking = self.outranking();
        for (channel, mut limits) in found {
            if channel == self.group.officers_channel.0 && !limits.contains(&Limit::Enter) {
                limits.extend(outranking.clone());
            }
            if self.withheld.contains(&channel) && !limits.contains(&Limit::Enter) {
                limits.push(Limit::Read);
            }
            let Some(named) = channel.channel() else { continue };
            if self.limits.get(&channel) == Some(&limits) {
                continue;
            }
            let is_out = |limits: &Vec<Limit>| limits.contains(&Limit::Enter);
            if self.limits.get(&channel).is_some_and(is_out) && !is_out(&limits) {
                self.entered.insert(channel);
            }
            let inbound =
                Inbound::Limits { group: self.group.group.clone(), channel: named, limits: limits.clone() };
            self.take(inbound).await?;
            self.limits.insert(channel, limits);
        }
        Ok(())
    }
}

impl Hands {
    /// Has the role of the suspended see where they can appeal, and nothing else.
    pub(crate) async fn set_sight(&self) {
        self.close_leaks().await;
        self.open_private_channel().await;
    }

    /// Takes the sight of channels away from the role of the suspended where it has it, and leaves what else was said of it
    /// there.
    async fn close_leaks(&self) {
        let Suspension::Role(role) = &self.group.suspension else { return };
        let server = self.group.server.0;
        let open = self.shared.servers.with(server, |server| leaks(server, &self.group)).unwrap_or_default();
        for channel in open {
            let known = self.shared.servers.with(server, |server| {
                let may = server.mine_in(channel).contains(Permissions::MANAGE_ROLES);
                // Somebody else may have closed it meanwhile.
                let is_open = is_leak(server, &self.group, channel);
                (may && is_open).then(|| server.overwrite(channel, Whose::Role(role.0)))
            });
            // What cannot be closed is told with everything else that the bot may not do.
            let Some(Some((allow, deny))) = known else { continue };
            let powers = (allow - Permissions::VIEW_CHANNEL, deny | Permissions::VIEW_CHANNEL);
            match self.set_overwrite(channel, Whose::Role(role.0), powers, None).await {
                Ok(()) => {}
                Err(error) if error.is_limit() => {
                    tracing::debug!(%server, %error, "channels are closed later to whoever is suspended");
                    return;
                }
                Err(error) => tracing::warn!(%channel, %error, "whoever is suspended can see a channel"),
            }
        }
    }

    /// Gives the role of the suspended what it lacks where they can appeal: in a server that shows nothing without another
    /// role, they would have nowhere to go.
    async fn open_private_channel(&self) {
        let Suspension::Role(role) = &self.group.suspension else { return };
        let channel = self.group.private_channel.0;
        let known = self.shared.servers.with(self.group.server.0, |server| {
            let lacked = lacked_by_suspended(server, &self.group);
            let may = server.mine_in(channel).contains(lacked | Permissions::MANAGE_ROLES);
            let (allow, deny) = server.overwrite(channel, Whose::Role(role.0));
            (may && !lacked.is_empty()).then_some((allow | lacked, deny - lacked))
        });
        let Some(powers) = known.flatten() else { return };
        if let Err(error) = self.set_overwrite(channel, Whose::Role(role.0), powers, None).await {
            tracing::warn!(%channel, %error, "whoever is suspended cannot see where they can appeal");
        }
    }

    /// Sets what is different for a role or somebody in a channel. It is known at once: else each channel of which Discord
    /// tells would have all others set again.
    pub(crate) async fn set_overwrite(
        &self,
        channel: Snowflake,
        of: Whose,
        (allow, deny): (Permissions, Permissions),
        reason: Option<AuditReason>,
    ) -> Result<(), RestError> {
        let route = Route::channel(channel).at("permissions").one(of.id());
        let request = if (allow | deny).is_empty() {
            Request::delete(route)
        } else {
            let (allowed, denied) = (allow.bits().to_string(), deny.bits().to_string());
            Request::put(route).json(json!({"type": of.sort(), "allow": allowed, "deny": denied}))
        };
        let request = match reason {
            Some(reason) => request.because(reason),
            None => request,
        };
        let urgency = if matches!(of, Whose::Role(_)) { Urgency::Upkeep } else { Urgency::Deed };
        self.shared.rest.call(request.urgency(urgency)).await?;
        let set = |server: &mut Server| server.set_overwrite(channel, of, (allow, deny));
        self.shared.servers.change(self.group.server.0, set);
        Ok(())
    }
}
