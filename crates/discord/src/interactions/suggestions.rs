//! What may be meant by somebody who is typing.

use std::sync::Arc;

use platform::{Desk, Sought, plain};
use policy::GroupId;
use serde_json::{Value, json};

use super::answers::Turn;
use crate::account::{Shared, member_of};
use crate::asked::{Asked, What};
use crate::commands::options::{Suggested, choices, suggested};
use crate::ids::Snowflake;
use crate::json;
use crate::rate_limits::Urgency;
use crate::rest::{Request, Route};
use crate::settings::GroupSettings;

/// How many members are looked for.
const MEMBERS_MAX: usize = 25;
/// How much of what is typed is looked for.
const TYPED_MAX: usize = 100;

/// What is shown, and what is typed for it.
type Found = Vec<(String, String)>;

impl Shared {
    /// Shows somebody what they may mean; nothing when that is not known in time.
    pub(super) async fn suggest(&self, desk: &Arc<dyn Desk>, turn: &Turn, asked: &Asked) {
        let found = self.found(desk, asked).await.unwrap_or_default();
        self.respond(turn, json!({ "type": 8, "data": choices(found) })).await;
    }

    async fn found(&self, desk: &Arc<dyn Desk>, asked: &Asked) -> Option<Found> {
        let What::Suggestions { command, option, typed } = &asked.what else { return None };
        let sort = suggested(&self.settings.commands, command, option)?;
        // In private and in one of several groups: there is no time to ask which.
        let group = self.home_at_once(asked).ok().flatten()?;
        let typed = typed.expose().trim();
        let sought = match sort {
            Suggested::Files | Suggested::FilesAndMembers => Some(Sought::Reference),
            Suggested::Rules => Some(Sought::Rule),
            Suggested::Members => None,
        };
        let mut found = match sought {
            Some(sought) => on_record(desk, &group.group, asked, sought, typed).await,
            None => Found::new(),
        };
        let is_for_them = group.officers.has(&asked.who) || self.is_for_members(command);
        if matches!(sort, Suggested::Members | Suggested::FilesAndMembers) && is_for_them {
            found.extend(self.called(group, typed).await);
        }
        Some(found)
    }

    fn is_for_members(&self, command: &str) -> bool {
        command.split(' ').next().is_some_and(|command| self.settings.for_members.contains(command))
    }

    /// Members whose names begin so, or who have that number.
    async fn called(&self, group: &GroupSettings, typed: &str) -> Found {
        let typed: String = typed.trim_start_matches('@').chars().take(TYPED_MAX).collect();
        if typed.trim().is_empty() {
            return Found::new();
        }
        let server = group.server.0;
        if let Some(user) = Snowflake::parse(&typed) {
            let member = member_of(&self.rest, server, user, Urgency::Answer).await.ok().flatten();
            if let Some(one) = member.as_ref().and_then(member_choice) {
                return vec![one];
            }
        }
        let route = Route::guild(server).at("members").at("search");
        let route = route.with("query", typed).with("limit", MEMBERS_MAX);
        match self.rest.call(Request::get(route).urgency(Urgency::Answer)).await {
            Ok(found) => found.as_array().into_iter().flatten().filter_map(member_choice).collect(),
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "no members could be suggested");
                Found::new()
            }
        }
    }
}

async fn on_record(
    desk: &Arc<dyn Desk>,
    group: &GroupId,
    asked: &Asked,
    sought: Sought,
    typed: &str,
) -> Found {
    match desk.suggest(group, &asked.who, sought, typed).await {
        Ok(found) => found.into_iter().map(|choice| (choice.label, choice.value)).collect(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "nothing on record could be suggested");
            Found::new()
        }
    }
}

/// A member by the name that is shown and that of the account, which nobody else has.
fn member_choice(member: &Value) -> Option<(String, String)> {
    let user = json::get(member, "user")?;
    let account = json::text(user, "username")?;
    let shown = json::text(member, "nick").or_else(|| json::text(user, "global_name"));
    let label = match shown.filter(|shown| *shown != account) {
        Some(shown) => format!("{} ({})", plain::escape(shown), plain::escape(account)),
        None => plain::escape(account),
    };
    Some((label, format!("@{}", json::id(user, "id")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_shown_by_name_and_typed_by_number() {
        let rows = [
            (json!({"user": {"id": "7", "username": "anna"}}), Some("anna @7")),
            (
                json!({"nick": "Anna", "user": {"id": "7", "username": "anna", "global_name": "A"}}),
                Some("Anna (anna) @7"),
            ),
            (
                json!({"nick": null, "user": {"id": "7", "username": "anna", "global_name": "A"}}),
                Some("A (anna) @7"),
            ),
            (
                json!({"nick": "a\u{202e}b", "user": {"id": "7", "username": "anna"}}),
                Some("a\\u{202e}b (anna) @7"),
            ),
            (json!({"user": {"username": "anna"}}), None),
            (json!({"user": {"id": "7"}}), None),
            (json!(null), None),
        ];
        for (member, want) in rows {
            let choice = member_choice(&member).map(|(label, value)| format!("{label} {value}"));
            assert_eq!(choice.as_deref(), want, "{member}");
        }
    }
}
