//! What the bot may not do in the channels of a server, found out at every start and at every change; and whether whoever
//! is suspended by a role sees what they should not.

use std::collections::BTreeSet;

use platform::Inbound;
use policy::Limit;
use serde_json::json;
use serenity::model::Permissions;

use crate::hear::Stopped;
use crate::ids::Snowflake;
use crate::listener::Listener;
use crate::rest::{Request, Route};
use crate::server::{Kind, Server};
use crate::settings::{GroupSettings, Suspension};

impl Listener {
    /// Says what stands in the bot's way, where that is something else than was said last.
    pub(crate) async fn tell_limits(&mut self) -> Result<(), Stopped> {
        self.close_leaks().await;
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
            let inbound =
                Inbound::Limits { group: self.group.group.clone(), channel: named, limits: limits.clone() };
            self.take(inbound).await?;
            self.limits.insert(channel, limits);
        }
        Ok(())
    }

    /// Takes the sight of channels away from the role of the suspended where it has it.
    async fn close_leaks(&self) {
        let Suspension::Role(role) = &self.group.suspension else { return };
        let meant = BTreeSet::from([self.group.private_channel.0]);
        let server = self.group.server.0;
        let leaks =
            self.shared.servers.with(server, |server| server.seen_with(role.0, &meant)).unwrap_or_default();
        for channel in leaks {
            let route = Route::channel(channel).at("permissions").one(role.0);
            let deny = Permissions::VIEW_CHANNEL.bits().to_string();
            let request = Request::put(route).json(json!({"type": 0, "allow": "0", "deny": deny}));
            // What cannot be closed is told with everything else that the bot may not do.
            if let Err(error) = self.shared.rest.call(request).await {
                tracing::warn!(%channel, %error, "whoever is suspended can see a channel");
            }
        }
    }
}

/// All that stands in the bot's way, by channel. What concerns the server as a whole is said of the officers' channel.
pub(crate) fn limits(server: &Server, group: &GroupSettings) -> Vec<(Snowflake, Vec<Limit>)> {
    let meant = BTreeSet::from([group.private_channel.0]);
    let leaks = match &group.suspension {
        Suspension::Role(role) => server.seen_with(role.0, &meant),
        Suspension::Ban => Vec::new(),
    };
    let whole = server.permissions(&server.mine());
    let channels = server.channels().filter(|(_, channel)| {
        channel.kind.holds_messages() && !channel.kind.is_thread() && channel.kind != Kind::Other
    });
    let found = channels.map(|(id, channel)| {
        let mine = server.mine_in(id);
        let mut wanted = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
        if channel.kind == Kind::Voice {
            wanted |= Permissions::CONNECT;
        }
        if !mine.contains(wanted) {
            return (id, vec![Limit::Enter]);
        }
        let mut limits = Vec::new();
        if !mine.contains(Permissions::MANAGE_MESSAGES) {
            limits.push(Limit::Remove);
        }
        if !mine.contains(Permissions::SEND_MESSAGES) {
            limits.push(Limit::Write);
        }
        let is_leak = leaks.contains(&id);
        let is_officers = id == group.officers_channel.0;
        if is_leak || is_officers && !can_exclude(server, group, whole) {
            limits.push(Limit::Exclude);
        }
        if is_officers && !whole.contains(Permissions::MODERATE_MEMBERS) {
            limits.push(Limit::Mute);
        }
        if is_officers && !whole.contains(Permissions::CREATE_INSTANT_INVITE) {
            limits.push(Limit::Invite);
        }
        (id, limits)
    });
    found.collect()
}

fn can_exclude(server: &Server, group: &GroupSettings, whole: Permissions) -> bool {
    let gives_role = match &group.suspension {
        Suspension::Role(role) => server.can_give(&server.mine(), role.0),
        Suspension::Ban => true,
    };
    gives_role && whole.contains(Permissions::BAN_MEMBERS)
}
