//! Members above whom the bot does not rank, so that Discord lets it neither put out, mute nor rename them. A new bot's role
//! stands below all others, and somebody has to move it.
//!
//! Officers rank above the bot in many servers, and whoever owns one does in all of them: they are no news.

use std::collections::{BTreeMap, BTreeSet};

use policy::Limit;
use serde_json::Value;

use crate::hear::{Cut, Stopped};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::members::user_of;
use crate::server::{Server, Standing};
use crate::settings::GroupSettings;
use crate::unread::What;

/// So many are named. Whoever sees to these has seen to all.
pub(crate) const NAMED_MAX: usize = 10;

/// Who has which of the roles that were looked for.
#[derive(Debug, Default)]
pub(crate) struct Ranks {
    looked_for: BTreeSet<Snowflake>,
    members: BTreeMap<Snowflake, BTreeSet<Snowflake>>,
    /// How many of them were above the bot last.
    above: usize,
}

impl Ranks {
    /// Somebody has these roles now; whether that is something else than before.
    fn note(&mut self, user: Snowflake, roles: &BTreeSet<Snowflake>) -> bool {
        let found: BTreeSet<_> = roles.intersection(&self.looked_for).copied().collect();
        if found.is_empty() {
            return self.members.remove(&user).is_some();
        }
        self.members.insert(user, found.clone()) != Some(found)
    }
}

/// Those whom the bot may have to put out, of members as Discord tells of them: no programs, and no officers.
pub(crate) fn ordinary(group: &GroupSettings, members: &[Value]) -> Vec<Standing> {
    let officers = group.officers.all();
    let officers: BTreeSet<_> =
        officers.iter().filter_map(|officer| Snowflake::parse(officer.as_str())).collect();
    let is_program =
        |member: &Value| json::get(member, "user").is_some_and(|user| json::is_true(user, "bot"));
    let people = members.iter().filter(|member| !is_program(member)).filter_map(Standing::read);
    people.filter(|standing| !officers.contains(&standing.user)).collect()
}

/// Whether the bot can do nothing to somebody for their roles. To whoever owns the server nobody can, whatever is done.
pub(crate) fn is_above(server: &Server, standing: &Standing) -> bool {
    !server.is_owner(standing.user) && !server.outranks(&server.mine(), standing)
}

impl Listener {
    /// Looks who has the roles that stand above the bot's.
    pub(crate) async fn read_ranks(&mut self) -> Result<(), Cut> {
        let above = self.roles_above();
        // What is refused is said of what it is for.
        let everybody = self.everybody().await?.unwrap_or_default();
        self.ranks = Ranks { looked_for: above, above: self.ranks.above, ..Ranks::default() };
        for standing in ordinary(&self.group, &everybody) {
            self.ranks.note(standing.user, &standing.roles);
        }
        Ok(self.tell_limits().await?)
    }

    fn roles_above(&self) -> BTreeSet<Snowflake> {
        self.shared.servers.with(self.group.server.0, Server::roles_above_mine).unwrap_or_default()
    }

    /// Members above whom the bot does not rank, as far as that is known. Everybody is asked for only when more roles stand
    /// above the bot's than were looked for.
    pub(crate) fn outranking(&mut self) -> Vec<Limit> {
        let server = self.group.server.0;
        if !self.roles_above().is_subset(&self.ranks.looked_for) {
            self.unread.plan(What::Ranks, self.shared.pace.steady_ms());
        }
        let standings = self.ranks.members.iter();
        let standings = standings.map(|(user, roles)| Standing { user: *user, roles: roles.clone() });
        let found = self.shared.servers.with(server, |server| {
            standings.filter(|standing| is_above(server, standing)).map(|it| it.user).collect::<Vec<_>>()
        });
        let found = found.unwrap_or_default();
        if std::mem::replace(&mut self.ranks.above, found.len()) < found.len() {
            tracing::warn!(
                group = self.group.group.as_str(),
                members = found.len(),
                "the bot does not rank above some members; its role has to be moved up"
            );
        }
        let named = found.into_iter().filter_map(Snowflake::member).take(NAMED_MAX);
        named.map(Limit::Outranked).collect()
    }

    /// Somebody came, left or has other roles.
    pub(crate) async fn hear_rank(&mut self, event: &str, member: &Value) -> Result<(), Stopped> {
        let is_changed = match event {
            "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => {
                let standing = ordinary(&self.group, std::slice::from_ref(member)).pop();
                standing.is_some_and(|standing| self.ranks.note(standing.user, &standing.roles))
            }
            "GUILD_MEMBER_REMOVE" => {
                user_of(member).is_some_and(|user| self.ranks.note(user, &BTreeSet::new()))
            }
            _ => false,
        };
        if is_changed { self.tell_limits().await } else { Ok(()) }
    }
}
