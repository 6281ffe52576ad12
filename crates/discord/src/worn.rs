//! The names that members go by: judged when they are taken on, and noted, so that what stood so when the bot came or was
//! heard last is nothing new after a restart.

use std::collections::BTreeMap;

use platform::Inbound;
use policy::Timestamp;
use serde_json::Value;
use serenity::model::Permissions;

use crate::digest::Digest;
use crate::hear::{Cut, Stopped, surely};
use crate::ids::Snowflake;
use crate::json;
use crate::listener::Listener;
use crate::members::{all_members, user_of};
use crate::memory::{About, PARTS, part_of};
use crate::translate::names::{self, Naming};
use crate::unread::What;

/// Digests of names, by whose they are.
type Noted = BTreeMap<Snowflake, Digest>;

impl Listener {
    pub(crate) async fn hear_newcomer(&mut self, data: &Value) -> Result<(), Stopped> {
        let user = json::get(data, "user");
        let is_program = user.is_some_and(|user| json::is_true(user, "bot"));
        let Some(member) = user.and_then(|user| json::id(user, "id")).and_then(Snowflake::member) else {
            return Ok(());
        };
        if is_program {
            return Ok(());
        }
        self.bring_back(data).await?;
        self.take(Inbound::Joined { group: self.group.group.clone(), member }).await?;
        if self.unread.holds(What::Names) {
            self.met.extend(user_of(data));
        } else {
            self.note_joined(json::instant(data, "joined_at")).await;
        }
        self.hear_tag(data, None).await?;
        // What covered a name before is gone with whoever wore it: it is new, also when they come with it again.
        let naming = Naming { at: json::instant(data, "joined_at"), ..Naming::default() };
        self.take_name(data, &naming).await
    }

    /// Somebody's names or roles changed. Who changed a name on the server only the audit log tells, which tells of it
    /// as well.
    pub(crate) async fn hear_member(&mut self, data: &Value) -> Result<(), Stopped> {
        self.hold_suspended(data).await?;
        self.hear_tag(data, Some(self.shared.pace.now())).await?;
        if json::text(data, "nick").is_some() && self.reads_audit_log() {
            return Ok(());
        }
        let Some((user, name)) = names::standing(data, self.shared.me) else { return Ok(()) };
        if self.noted(part_of(user)).await?.get(&user) == Some(&name) {
            return Ok(());
        }
        self.take_name(data, &Naming { at: Some(self.shared.pace.now()), ..Naming::default() }).await
    }

    fn reads_audit_log(&self) -> bool {
        let mine = self.shared.servers.with(self.group.server.0, |server| server.permissions(&server.mine()));
        mine.is_some_and(|mine| mine.contains(Permissions::VIEW_AUDIT_LOG))
    }

    /// The name that somebody goes by from now on.
    pub(crate) async fn take_name(&mut self, member: &Value, naming: &Naming<'_>) -> Result<(), Stopped> {
        let Some((user, name)) = names::standing(member, self.shared.me) else { return Ok(()) };
        self.tell_name(member, naming).await?;
        let part = part_of(user);
        let mut noted = self.noted(part).await?;
        noted.insert(user, name);
        self.note(part, &noted).await;
        Ok(())
    }

    async fn tell_name(&mut self, member: &Value, naming: &Naming<'_>) -> Result<(), Stopped> {
        // A name stands at everything somebody writes; it is told as standing in the server as a whole.
        let Some(everywhere) = self.group.server.0.channel() else { return Ok(()) };
        match names::nickname_post(member, &self.hands.place(), &everywhere, naming) {
            Some(post) => self.take_beside(post).await,
            None => Ok(()),
        }
    }

    /// Who came in since that was told last, and the names that all others go by, some of which may have been taken on since;
    /// when the bot has just come, none is new.
    pub(crate) async fn read_who_is_there(&mut self) -> Result<(), Cut> {
        let now = self.shared.pace.now();
        let told: Option<i64> = self.recall(About::Joined(&self.group.group)).await?;
        let Some(members) = self.everybody().await? else { return Ok(()) };
        let newest = members.iter().filter_map(|member| json::instant(member, "joined_at")).max();
        self.read_names(members, self.is_new, told.map_or(now, Timestamp::from_millis)).await?;
        self.is_new = false;
        self.met.clear();
        self.note_joined(newest).await;
        Ok(())
    }

    /// Everybody who is there; nothing where Discord refuses to say.
    pub(crate) async fn everybody(&self) -> Result<Option<Vec<Value>>, Cut> {
        let asked = |page| async move {
            Ok(match self.asked(page).await? {
                Some(Value::Array(page)) => Some(page),
                Some(_) | None => None,
            })
        };
        all_members(self.group.server.0, asked).await
    }

    async fn read_names(
        &mut self,
        members: Vec<Value>,
        has_just_come: bool,
        told: Timestamp,
    ) -> Result<(), Stopped> {
        let hands = &self.hands;
        let suspended = surely(&self.shared, &self.stop, || hands.noted_suspended()).await?;
        let met = &self.met;
        let came_in = |member: &Value| {
            let is_met = user_of(member).is_some_and(|user| met.contains(&user));
            json::instant(member, "joined_at").filter(|at| *at > told && !is_met)
        };
        let (mut newcomers, members): (Vec<Value>, Vec<Value>) =
            members.into_iter().partition(|member| came_in(member).is_some());
        newcomers.sort_by_key(came_in);
        let naming = Naming { at: Some(self.shared.pace.now()), ..Naming::default() };
        let mut parts: BTreeMap<u64, Vec<Value>> = (0..PARTS).map(|part| (part, Vec::new())).collect();
        for member in members {
            let Some(user) = user_of(&member) else { continue };
            // They may have left and come back meanwhile.
            if suspended.contains_key(&user) {
                self.bring_back(&member).await?;
            }
            parts.entry(part_of(user)).or_default().push(member);
        }
        for (part, members) in parts {
            let noted = self.noted(part).await?;
            // Whoever left is forgotten.
            let mut worn = Noted::new();
            for member in members {
                let Some((user, name)) = names::standing(&member, self.shared.me) else { continue };
                if !has_just_come {
                    self.hear_tag(&member, None).await?;
                    if noted.get(&user) != Some(&name) {
                        self.tell_name(&member, &naming).await?;
                    }
                }
                worn.insert(user, name);
            }
            if !(noted.is_empty() && worn.is_empty()) {
                self.note(part, &worn).await;
            }
        }
        // Their names are added to what was just noted.
        for member in newcomers {
            self.hear_newcomer(&member).await?;
        }
        Ok(())
    }

    /// A part of what is noted.
    async fn noted(&self, part: u64) -> Result<Noted, Stopped> {
        Ok(self.recall(About::Names(&self.group.group, part)).await?.unwrap_or_default())
    }

    async fn note(&self, part: u64, noted: &Noted) {
        if let Err(error) = self.shared.memory.put(About::Names(&self.group.group, part), noted).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "which names stand was not noted");
        }
    }
}
