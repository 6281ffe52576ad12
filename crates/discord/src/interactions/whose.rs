//! Which group somebody means, and which message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use platform::typed::first_word;
use platform::{Desk, Sought};
use policy::{ChannelId, GroupId, MessageText, PostId, Reference};
use serde_json::Value;

use crate::account::{Shared, member_of};
use crate::asked::{Asked, Pointed};
use crate::buttons::Tag;
use crate::error::{Code, RestError};
use crate::ids::{PostName, Snowflake};
use crate::json;
use crate::pace::millis;
use crate::rest::Urgency;
use crate::settings::GroupSettings;
use crate::translate::post::Place;

/// In so many groups somebody is looked for at most who writes in private.
const GROUPS_ASKED_MAX: usize = 100;
/// In so many it is looked at most whether a file is there: each look takes a fraction of a millisecond.
const FILES_ASKED_MAX: usize = 1_000;
/// So many are asked at once.
const ASKED_AT_ONCE: usize = 8;
/// For so long it is remembered who is where: whoever writes one thing after the other is looked for once.
const HOMES_KEPT: Duration = Duration::from_secs(60);
/// Of so many at most.
const HOMES_MAX: usize = 10_000;

/// In which groups somebody was when they last wrote in private, and how long that is remembered.
#[derive(Debug, Default)]
pub(crate) struct Homes(Mutex<HashMap<Snowflake, (i64, Vec<GroupId>)>>);

impl Homes {
    fn get(&self, who: Snowflake, now: i64) -> Option<Vec<GroupId>> {
        let homes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        homes.get(&who).filter(|(until, _)| now < *until).map(|(_, groups)| groups.clone())
    }

    fn put(&self, who: Snowflake, groups: Vec<GroupId>, now: i64) {
        let mut homes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if homes.len() >= HOMES_MAX {
            homes.clear();
        }
        homes.insert(who, (now.saturating_add(millis(HOMES_KEPT)), groups));
    }
}

/// Why it is not known which group or message is meant; a text for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Elsewhere {
    /// The server is none of the bot's.
    #[error("I look after no group on this server.")]
    NoGroup,
    /// What was pressed is of a group that is not served any more, or of another one.
    #[error("That belongs to a group that I do not look after here any more. Nothing was changed.")]
    NotHere,
    /// They are in none.
    #[error(
        "I cannot tell which group you mean, for I find you in none of mine. If you got a message from me, press the button \
         below it."
    )]
    Nowhere,
    /// They are in several.
    #[error(
        "I look after more than one group. Press the button below a message of mine, or use the command in the server that \
         you mean: only you see what I answer."
    )]
    Several,
    /// It is not to be found out now.
    #[error("I could not find out which group you are in. Please try again in a moment.")]
    Untold,
    /// The message is in another server, or in private, or where the bot does not see it.
    #[error("I cannot look at that message: it is not on the server of this group, or where I see nothing.")]
    OtherServer,
    /// Discord does not say now where it is.
    #[error("I could not find that message just now. Please try again in a moment.")]
    Unasked,
}

impl Shared {
    /// The group that is meant, as far as what is asked tells it: nothing when whoever asks has to be looked for.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn home_at_once(&self, asked: &Asked) -> Result<Option<&GroupSettings>, Elsewhere> {
        if let Some(server) = &asked.server {
            let group = Snowflake::parse(server).and_then(|server| self.group_of(server));
            let group = group.ok_or(Elsewhere::NoGroup)?;
            // A message with buttons of one group does not get into the server of another.
            return match &asked.group {
                Some(tag) if *tag != Tag::of(&group.group) => Err(Elsewhere::NotHere),
                Some(_) | None => Ok(Some(group)),
            };
        }
        if let Some(tag) = &asked.group {
            let group = tag.among(self.groups.keys()).and_then(|group| self.groups.get(group));
            return group.map(Some).ok_or(Elsewhere::NotHere);
        }
        self.only_group()
    }

    /// The group where the bot looks after one alone; nothing where there are several.
    fn only_group(&self) -> Result<Option<&GroupSettings>, Elsewhere> {
        let mut groups = self.groups.values();
        match (groups.next(), groups.next()) {
            (None, _) => Err(Elsewhere::Nowhere),
            // Also for those who are not in it any more: they may appeal.
            (Some(only), None) => Ok(Some(only)),
            (Some(_), Some(_)) => Ok(None),
        }
    }

    /// The group somebody means who writes a line in private.
    ///
    /// # Errors
    /// When it is none, or not told.
    pub(crate) async fn home_in_private(
        &self,
        desk: &Arc<dyn Desk>,
        who: Snowflake,
        line: &MessageText,
    ) -> Result<&GroupSettings, Elsewhere> {
        if let Some(only) = self.only_group()? {
            return Ok(only);
        }
        let groups = self.homes_of_file(desk, who, line).await;
        match groups.as_slice() {
            // Whoever was put out is in none of them, and may appeal.
            [group] => Ok(group),
            _ => self.home_of(who).await,
        }
    }

    /// The group that is meant with a line.
    ///
    /// # Errors
    /// When it is none, or not told.
    pub(super) async fn home(
        &self,
        desk: &Arc<dyn Desk>,
        asked: &Asked,
        line: &MessageText,
    ) -> Result<&GroupSettings, Elsewhere> {
        match self.home_at_once(asked)? {
            Some(group) => Ok(group),
            None => {
                let who = Snowflake::parse(asked.who.as_str()).ok_or(Elsewhere::Nowhere)?;
                self.home_in_private(desk, who, line).await
            }
        }
    }

    /// The groups that have written to somebody about the file that a line of theirs begins with, as `appeal B-0042` does.
    /// Of no other file, and of nobody else's, anything is told.
    async fn homes_of_file(
        &self,
        desk: &Arc<dyn Desk>,
        who: Snowflake,
        line: &MessageText,
    ) -> Vec<&GroupSettings> {
        let (command, rest) = first_word(line.expose().trim());
        let is_members = self.settings.for_members.contains(&command.to_ascii_lowercase());
        let file: Option<Reference> = first_word(rest).0.parse().ok().filter(|_| is_members);
        let (Some(file), Some(member)) = (file, who.member()) else { return Vec::new() };
        let file = file.to_string();
        let mut found = Vec::new();
        for group in self.groups.values().take(FILES_ASKED_MAX) {
            match desk.suggest(&group.group, &member, Sought::Reference, &file).await {
                Ok(theirs) => found.extend(theirs.iter().any(|choice| choice.value == file).then_some(group)),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "it is not known which group a file is of"
                ),
            }
        }
        found
    }

    /// The one group that somebody is in, for what they say in private without naming one.
    ///
    /// # Errors
    /// When they are in none or in several.
    pub(crate) async fn home_of(&self, who: Snowflake) -> Result<&GroupSettings, Elsewhere> {
        if self.groups.len() > GROUPS_ASKED_MAX {
            return Err(Elsewhere::Several);
        }
        let homes = self.homes_of(who).await?;
        match homes.as_slice() {
            [] => Err(Elsewhere::Nowhere),
            [group] => self.groups.get(group).ok_or(Elsewhere::Nowhere),
            _ => Err(Elsewhere::Several),
        }
    }

    /// All groups that somebody is in.
    async fn homes_of(&self, who: Snowflake) -> Result<Vec<GroupId>, Elsewhere> {
        if let Some(known) = self.homes.get(who, self.pace.steady_ms()) {
            return Ok(known);
        }
        let groups: Vec<&GroupSettings> = self.groups.values().collect();
        let mut found = Vec::new();
        for some in groups.chunks(ASKED_AT_ONCE) {
            for answer in join_all(some.iter().map(|group| self.if_in(group, who))).await {
                match answer {
                    Ok(group) => found.extend(group.map(|group| group.group.clone())),
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "it is not known which group somebody is in"
                        );
                        return Err(Elsewhere::Untold);
                    }
                }
            }
        }
        self.homes.put(who, found.clone(), self.pace.steady_ms());
        Ok(found)
    }

    /// The group, if somebody is in it.
    async fn if_in<'a>(
        &self,
        group: &'a GroupSettings,
        who: Snowflake,
    ) -> Result<Option<&'a GroupSettings>, RestError> {
        match member_of(&self.rest, group.server.0, who, Urgency::Answer).await {
            Ok(member) => Ok(member.map(|_| group)),
            // The bot is not there any more.
            Err(error) if matches!(error.code(), Some(Code::UnknownGuild | Code::MissingAccess)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Remembers where the message stands that is pointed at. `told_in` is the channel in which Discord says that it was.
    ///
    /// # Errors
    /// When it is not of the group.
    pub(crate) async fn point(
        &self,
        group: &GroupSettings,
        pointed: Option<&Pointed>,
        told_in: Option<&ChannelId>,
    ) -> Result<(), Elsewhere> {
        let Some(pointed) = pointed else { return Ok(()) };
        let server = pointed.server.as_deref().and_then(Snowflake::parse);
        let (Some(channel), Some(PostName::Message(message)), true) = (
            Snowflake::parse(pointed.channel.as_str()),
            PostName::parse(&pointed.post),
            server == Some(group.server.0),
        ) else {
            return Err(Elsewhere::OtherServer);
        };
        // A link says anything.
        if told_in != Some(&pointed.channel) {
            match self.is_in(group.server.0, channel, Urgency::Answer).await {
                Ok(true) => {}
                Ok(false) => return Err(Elsewhere::OtherServer),
                Err(error) if error.refusal().is_some() => return Err(Elsewhere::OtherServer),
                Err(_) => return Err(Elsewhere::Unasked),
            }
        }
        if self.recent.channel_of(message).is_none() {
            self.recent.note_told(channel, message, None);
        }
        Ok(())
    }

    /// Keeps the message at which a menu was opened for as long as the form is filled in: it is shown whole here, also
    /// where the bot may not read.
    pub(super) fn take_as_shown(&self, group: &GroupSettings, post: &PostId, interaction: &Value) {
        let message = json::at(interaction, &["data", "resolved", "messages", post.as_str()]);
        if let Some(message) = message {
            let place = Place { group: group.group.clone(), me: self.me, app: self.application };
            self.shown.put(message, &place, self.pace.steady_ms());
        }
    }
}
