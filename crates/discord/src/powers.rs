//! What the bot may not do in the channels of a server, found out at every start and at every change; and whether whoever
//! is suspended by a role sees what they should not.

use platform::Inbound;
use policy::Limit;
use serde_json::json;
use serenity::model::Permissions;

use crate::hear::Stopped;
use crate::listener::Listener;
use crate::needs::{is_leak, leaks, limits};
use crate::outbound::Hands;
use crate::rest::{Request, Route};
use crate::server::Server;
use crate::settings::Suspension;

impl Listener {
    /// Says what stands in the bot's way, where that is something else than was said last.
    pub(crate) async fn tell_limits(&mut self) -> Result<(), Stopped> {
        self.hands.close_leaks().await;
        let found = self.shared.servers.with(self.group.server.0, |server| limits(server, &self.group));
        let found = match found {
            Some(found) => found,
            // The bot is out of the server, and so of every channel.
            None => self.limits.keys().map(|channel| (*channel, vec![Limit::Enter])).collect(),
        };
        for (channel, mut limits) in found {
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
    /// Takes the sight of channels away from the role of the suspended where it has it, and leaves what else was said of it
    /// there.
    pub(crate) async fn close_leaks(&self) {
        let Suspension::Role(role) = &self.group.suspension else { return };
        let server = self.group.server.0;
        let open = self.shared.servers.with(server, |server| leaks(server, &self.group)).unwrap_or_default();
        for channel in open {
            let known = self.shared.servers.with(server, |server| {
                let may = server.mine_in(channel).contains(Permissions::MANAGE_ROLES);
                // Somebody else may have closed it meanwhile.
                let is_open = is_leak(server, &self.group, channel);
                (may && is_open).then(|| server.overwrite(channel, role.0))
            });
            // What cannot be closed is told with everything else that the bot may not do.
            let Some(Some((allow, deny))) = known else { continue };
            let (allow, deny) = (allow - Permissions::VIEW_CHANNEL, deny | Permissions::VIEW_CHANNEL);
            let route = Route::channel(channel).at("permissions").one(role.0);
            let (allowed, denied) = (allow.bits().to_string(), deny.bits().to_string());
            let request = Request::put(route).json(json!({"type": 0, "allow": allowed, "deny": denied}));
            match self.shared.rest.call(request).await {
                // Known at once: else each channel of which Discord tells would have all others closed again.
                Ok(_) => {
                    let set = |server: &mut Server| server.set_overwrite(channel, role.0, (allow, deny));
                    self.shared.servers.change(server, set);
                }
                Err(error) => tracing::warn!(%channel, %error, "whoever is suspended can see a channel"),
            }
        }
    }
}
