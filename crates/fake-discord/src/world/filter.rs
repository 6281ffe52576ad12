//! The server's own filter: what it stops before anybody sees it.

use std::ops::Range;

use serde_json::{Value, json};

use crate::errors::{MESSAGE_BLOCKED, Refusal, TITLE_BLOCKED};
use crate::gateway::Audience;
use crate::gateway::intents::Intents;
use crate::permissions::Permissions;
use crate::snowflake::Snowflake;
use crate::world::World;
use crate::world::audit::Action;
use crate::world::message::{Draft, kind};

/// What stopped something.
struct Stop {
    rule: Value,
    keyword: String,
    matched: String,
}

impl World {
    /// That nothing of a message is stopped.
    pub(crate) fn pass_filter(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        draft: &Draft,
    ) -> Result<(), Refusal> {
        let mut text = draft.content.clone();
        crate::shape::texts_of(&draft.components, &mut text);
        for embed in &draft.embeds {
            for part in ["title", "description"] {
                text.push('\n');
                text.push_str(embed[part].as_str().unwrap_or_default());
            }
        }
        if self.is_stopped(by, channel, &text) { Err(MESSAGE_BLOCKED.into()) } else { Ok(()) }
    }

    /// That a title is not stopped.
    pub(crate) fn pass_filter_of_titles(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        title: &str,
    ) -> Result<(), Refusal> {
        if self.is_stopped(by, channel, title) { Err(TITLE_BLOCKED.into()) } else { Ok(()) }
    }

    /// Whether anything stops it; what does is told of, rule by rule.
    fn is_stopped(&mut self, by: Snowflake, channel: Snowflake, text: &str) -> bool {
        let stops = self.stops(by, channel, text).unwrap_or_default();
        for stop in &stops {
            self.tell_of_stop(by, channel, text, stop);
        }
        !stops.is_empty()
    }

    /// What stops it: each rule that does, the oldest first.
    fn stops(&self, by: Snowflake, channel: Snowflake, text: &str) -> Option<Vec<Stop>> {
        let place = self.channels.get(&channel)?;
        let guild = self.guilds.get(&place.guild?)?;
        let may = self.permissions(guild.id, by);
        if may.has_any(Permissions::ADMINISTRATOR | Permissions::MANAGE_GUILD) {
            return None;
        }
        let is_listed = |list: &Value, id: Snowflake| {
            list.as_array().is_some_and(|all| all.iter().any(|one| *one == id.to_string()))
        };
        let roles = &guild.members.get(&by)?.roles;
        let rules = guild.automod.values().filter(|rule| {
            let exempt = roles.iter().any(|role| is_listed(&rule["exempt_roles"], *role));
            let here = [Some(channel), place.parent].into_iter().flatten();
            let away = here.into_iter().any(|id| is_listed(&rule["exempt_channels"], id));
            let blocks =
                rule["actions"].as_array().is_some_and(|all| all.iter().any(|action| action["type"] == 1));
            rule["enabled"] == true && rule["trigger_type"] == 1 && blocks && !exempt && !away
        });
        let stops = rules.filter_map(|rule| {
            let listed = |list: &str| {
                let listed = rule["trigger_metadata"][list].as_array().into_iter().flatten();
                listed.filter_map(Value::as_str).collect::<Vec<_>>()
            };
            let allowed = listed("allow_list");
            listed("keyword_filter").into_iter().find_map(|keyword| {
                let matched = find(keyword, &allowed, text)?;
                Some(Stop { rule: rule.clone(), keyword: keyword.to_owned(), matched })
            })
        });
        Some(stops.collect())
    }

    /// One event for each of the rule's actions.
    fn tell_of_stop(&mut self, by: Snowflake, channel: Snowflake, text: &str, stop: &Stop) {
        let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild) else { return };
        for action in stop.rule["actions"].as_array().into_iter().flatten() {
            let alert =
                crate::world::id_in(&action["metadata"]["channel_id"]).filter(|_| action["type"] == 2);
            let alert = alert.map(|to| self.alert(by, channel, to, text, stop));
            let mut told = json!({
                "guild_id": guild, "action": action, "rule_id": stop.rule["id"], "rule_trigger_type": 1,
                "user_id": by, "channel_id": channel, "content": text,
                "matched_keyword": stop.keyword, "matched_content": stop.matched,
            });
            if let Some(alert) = alert {
                told["alert_system_message_id"] = json!(alert);
            }
            let to =
                Audience::guild(guild, Intents::AUTO_MODERATION_EXECUTION).who_may(Permissions::MANAGE_GUILD);
            self.emit(&to, "AUTO_MODERATION_ACTION_EXECUTION", told);
        }
        let entry = self.entry(Action::AUTOMOD_BLOCK_MESSAGE, by, Some(by), None);
        let options = json!({
            "auto_moderation_rule_name": stop.rule["name"], "auto_moderation_rule_trigger_type": "1", "channel_id": channel,
        });
        self.write_down(guild, entry.with(options));
    }
}

impl World {
    /// Tells a channel of it: in a message that counts as the author's own, with the text in a card.
    fn alert(
        &mut self,
        by: Snowflake,
        channel: Snowflake,
        to: Snowflake,
        text: &str,
        stop: &Stop,
    ) -> Snowflake {
        let fields: Vec<_> = [
            ("rule_name", stop.rule["name"].as_str().unwrap_or_default()),
            ("channel_id", &channel.to_string()),
            ("keyword", &stop.keyword),
            ("keyword_matched_content", &stop.matched),
        ]
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value, "inline": false }))
        .collect();
        let embed = json!({ "type": "auto_moderation_message", "description": text, "fields": fields });
        self.put_message(
            by,
            to,
            Draft { kind: Some(kind::AUTO_MODERATION), embeds: vec![embed], ..Draft::default() },
        )
    }
}

/// Finds a keyword where it is no part of what is allowed.
fn find(keyword: &str, allowed: &[&str], text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let spared: Vec<_> = allowed.iter().flat_map(|word| places(word, &text)).collect();
    let is_spared = |at: &Range<usize>| spared.iter().any(|it| it.start <= at.start && at.end <= it.end);
    let found = places(keyword, &text).into_iter().find(|at| !is_spared(at))?;
    Some(text[found].to_owned())
}

/// Where a keyword stands as a whole word, or as a part of one where it has a star.
fn places(keyword: &str, text: &str) -> Vec<Range<usize>> {
    let (starts, ends) = (keyword.starts_with('*'), keyword.ends_with('*'));
    let word = keyword.trim_matches('*').to_lowercase();
    if word.is_empty() {
        return Vec::new();
    }
    let is_edge = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_whole = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        (starts || is_edge(before)) && (ends || is_edge(after))
    };
    let whole = text.match_indices(&word).filter(|(at, _)| is_whole(*at));
    whole.map(|(at, matched)| at..at + matched.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_keyword_is_a_whole_word_unless_it_has_stars() {
        let table = [
            ("arse", "what an Arse", true),
            ("arse", "what an arse!", false),
            ("arse*", "what an arse!", true),
            ("arse", "parsed", false),
            ("*arse*", "parsed", true),
            ("*arse", "parsed", false),
            ("", "x", false),
            ("*", "x", false),
        ];
        for (keyword, text, is_found) in table {
            assert_eq!(find(keyword, &[], text).is_some(), is_found, "{keyword} in {text}");
        }
    }

    #[test]
    fn what_is_allowed_is_spared_and_nothing_beside_it() {
        let table =
            [("parse it", false), ("Parsed, my arse", true), ("arse", true), ("sparse and PARSED", false)];
        for (text, is_found) in table {
            assert_eq!(find("*arse*", &["*parse*"], text).is_some(), is_found, "{text}");
        }
    }
}
