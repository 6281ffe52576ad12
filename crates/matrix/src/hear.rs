//! One event as what it means to the group: a post, a command, a member who came.

mod lengthy;

use std::sync::Arc;

use matrix_sdk::Room;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::OwnedEventId;
use platform::{Change, DeliveryError, Inbound, Memo, Noted};
use policy::{ChannelId, GroupId, MemberId, MessageText, Post, PostId, Timestamp};

use crate::commands::{self, Asked, asked};
use crate::compose::{opened, parsed, read};
use crate::errands::{ASKED, Errand};
use crate::marks::Mark;
use crate::places::{Place, Private};
use crate::sync::{Broken, Ear};
use crate::translate::event::{Content, ENCRYPTED, Event, Relation, clamp};
use crate::translate::post::{self, Place as Spot};

/// So many commands are remembered as carried out, for when they are read again after a crash.
const CARRIED_OUT_MAX: usize = 256;
/// For so long one is on record as carried out, in seconds; it is heard again, if at all, at the next start.
const CARRIED_OUT_S: i64 = 90 * 24 * 60 * 60;
/// Where they are remembered.
const CARRIED_OUT: &str = "beadle/carried-out";
/// Of so many events is remembered which key would open them.
const UNREAD_MAX: usize = 4096;
/// The reaction that says yes to a question.
const YES: [&str; 2] = ["\u{2705}", "\u{2705}\u{fe0f}"];

impl Ear {
    /// Deals with one event. Gives when it was sent, as far as that is believed.
    pub(crate) async fn hear(
        &mut self,
        room: &Room,
        place: &Place,
        event: &TimelineEvent,
        mark: &Mark,
    ) -> Result<Timestamp, Broken> {
        let heard = match read(event) {
            Ok(heard) => Arc::new(opened(room, heard).await),
            Err(malformed) => {
                tracing::warn!(room = %room.room_id(), "not read: {malformed}");
                return Ok(mark.at);
            }
        };
        let (sent_at, absurd) = clamp(heard.sent_at, mark.at, self.shared.clock.now());
        if absurd {
            tracing::warn!(event = heard.id.as_str(), "says that it was sent when it cannot have been");
        }
        if heard.unread_fields > 0 {
            tracing::warn!(
                event = heard.id.as_str(),
                fields = heard.unread_fields,
                "has fields that are nested too deeply to be read"
            );
        }
        if self.shared.is_me(heard.sender.as_str()) {
            self.hear_own(room, &heard);
            self.hear_canary(place, room, &heard).await;
            return Ok(sent_at.max(mark.at));
        }
        if !heard.redacted && heard.kind == ENCRYPTED {
            self.remember_unread(&heard);
            self.hear_unreadable(room, place, &heard, sent_at, mark).await;
        } else {
            self.shared.recent.heard(room.room_id().to_owned(), Arc::clone(&heard));
            self.hear_readable(room, place, &heard, sent_at, mark).await?;
        }
        Ok(sent_at.max(mark.at))
    }

    /// What the bot did itself needs nothing more, but that it is done.
    fn hear_own(&mut self, room: &Room, event: &Event) {
        if let Some(id) = &event.redacts {
            self.shared.recent.gone(id);
        }
        if event.state_key.is_some()
            && ["m.room.member", "m.room.power_levels"].contains(&event.kind.as_str())
        {
            self.changed_powers.insert(room.room_id().to_owned());
        }
    }

    async fn hear_unreadable(
        &self,
        room: &Room,
        place: &Place,
        event: &Event,
        sent_at: Timestamp,
        mark: &Mark,
    ) {
        match (place, ChannelId::new(room.room_id().as_str())) {
            (Place::Channel(group) | Place::Space(group), Some(channel)) => {
                tracing::warn!(room = %room.room_id(), event = event.id.as_str(), "cannot be decrypted");
                // When its original goes, it goes with it, whatever it says.
                if let Some(original) = event.edits_unread() {
                    self.shared.recent.edited_by(&original, &event.sender, &event.id);
                }
                self.take(Inbound::Unreadable {
                    group: group.clone(),
                    channel,
                    from: event.sender.clone(),
                    post: event.id.clone(),
                    written_at: sent_at,
                    position: mark.position(),
                })
                .await;
            }
            (Place::Private(private), _) if event.sender == private.member => {
                let letter = policy::Letter::line(
                    "I cannot read your last message here: your app did not give me the key to it.",
                )
                .text("Please write it again. If that does not help, restart your app, or use another one.");
                self.answer(&private.group, &event.sender, letter, &event.id);
            }
            (Place::Channel(_) | Place::Space(_) | Place::Management(_) | Place::Private(_), _) => {}
        }
    }

    async fn hear_readable(
        &mut self,
        room: &Room,
        place: &Place,
        event: &Arc<Event>,
        sent_at: Timestamp,
        mark: &Mark,
    ) -> Result<(), Broken> {
        if event.redacted {
            return Ok(());
        }
        match place {
            Place::Channel(group) | Place::Space(group) => {
                self.hear_in_channel(&group.clone(), room, event, sent_at, mark).await
            }
            Place::Management(group) => {
                self.changed_rooms |= event.kind == "m.room.tombstone";
                self.hear_command(group, room, event, commands::Place::Management).await
            }
            Place::Private(private) => self.hear_in_private(private, room, event).await,
        }
    }

    async fn hear_in_channel(
        &mut self,
        group: &GroupId,
        room: &Room,
        event: &Arc<Event>,
        sent_at: Timestamp,
        mark: &Mark,
    ) -> Result<(), Broken> {
        if let Some(gone) = &event.redacts {
            self.shared.recent.gone(gone);
        }
        // Anybody may send something of these types that sets nothing.
        match event.state_key.as_ref().map(|_| event.kind.as_str()) {
            Some("m.room.member") => return self.hear_member(group, room, event, sent_at, mark).await,
            Some("m.room.power_levels") => {
                self.changed_powers.insert(room.room_id().to_owned());
                self.hear_powers(group, event).await;
            }
            Some("m.room.tombstone" | "m.space.child") => self.changed_rooms = true,
            Some(_) | None => {}
        }
        let asked = asked(commands::Place::Group, event);
        match asked {
            // A report is for the bot alone: it goes, so it need not be judged.
            Asked::Report { post: _, line } => {
                self.ask_in_private(group, event, &line).await;
                self.shared.take_away(room.room_id(), &event.id).await;
                return Ok(());
            }
            Asked::Command(line) => self.ask_in_private(group, event, &line).await,
            // Asked for once: they may have left the room since.
            Asked::OpenDoor if !self.is_carried_out(&event.id).await => {
                self.remember_carried_out(&event.id).await;
                self.shared.errands.send(Errand::Open {
                    group: group.clone(),
                    member: event.sender.clone(),
                    was_asked_for: true,
                });
            }
            Asked::OpenDoor => {}
            Asked::Words(_) | Asked::Nothing => {}
        }
        let Some(post) = self.composed(group, room, event, sent_at).await? else { return Ok(()) };
        if post.id != event.id {
            self.shared.recent.edited_by(&post.id, &event.sender, &event.id);
        }
        self.take(Inbound::Post { post, position: Some(mark.position()) }).await;
        Ok(())
    }

    /// The post that an event is; asked for until the server answers, so that none goes unjudged.
    async fn composed(
        &self,
        group: &GroupId,
        room: &Room,
        event: &Event,
        sent_at: Timestamp,
    ) -> Result<Option<Post>, Broken> {
        let mut failures = 0;
        loop {
            match Box::pin(self.shared.compose(group, room, event, sent_at)).await {
                Ok(post) => return Ok(post),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the server does not answer");
                    let wait = match error {
                        DeliveryError::RateLimited(wait) | DeliveryError::NotYet(wait) => Some(wait),
                        _ => None,
                    };
                    self.wait(failures, wait).await?;
                    failures += 1;
                }
            }
        }
    }

    async fn hear_member(
        &mut self,
        group: &GroupId,
        room: &Room,
        event: &Arc<Event>,
        sent_at: Timestamp,
        mark: &Mark,
    ) -> Result<(), Broken> {
        let Some(member) = event.state_key.clone().and_then(MemberId::new) else { return Ok(()) };
        if self.shared.is_me(member.as_str()) {
            self.changed_powers.insert(room.room_id().to_owned());
            return Ok(());
        }
        let now = event.content.text("membership").unwrap_or_default();
        let before = event.previous.as_ref().and_then(|before| before.text("membership"));
        let before = before.as_deref().unwrap_or("leave");
        let by_hand = |change| Inbound::ByHand {
            group: group.clone(),
            member: member.clone(),
            change,
            by: Some(event.sender.clone()),
            noted: None,
        };
        match now.as_str() {
            "join" if before != "join" => {
                self.take(Inbound::Joined { group: group.clone(), member: member.clone() }).await;
                if self.shared.groups.get(group).is_some_and(|group| group.direct_on_join) {
                    self.shared.errands.send(Errand::Open {
                        group: group.clone(),
                        member: member.clone(),
                        was_asked_for: false,
                    });
                }
            }
            "ban" if before != "ban" => {
                self.take(by_hand(Change::Excluded)).await;
            }
            "leave" if before == "ban" => {
                self.take(by_hand(Change::Admitted)).await;
            }
            "leave" if before == "join" && event.sender != member => {
                self.take(by_hand(Change::Removed)).await;
            }
            _ => {}
        }
        let Some(channel) = ChannelId::new(room.room_id().as_str()) else { return Ok(()) };
        let name = self.shared.name(room, &member).await;
        let called = |content: &Content| content.text("displayname");
        let was_called = event.previous.as_ref().filter(|_| before == "join").and_then(called);
        let new_name =
            called(&event.content).filter(|name| now == "join" && was_called.as_ref() != Some(name));
        if let Some(new_name) = new_name
            && self.shared.wears_name_of_officer(group, room, &member, &new_name).await
        {
            // The name is the member's own words, so it is for people to look at there.
            tracing::warn!(room = %room.room_id(), event = event.id.as_str(), "wears the name of an officer");
        }
        let spot = Spot { group: group.clone(), channel, name };
        let renamed = (now == "join").then(|| post::nickname_post(event, &spot)).flatten();
        if let Some(renamed) = renamed {
            // The same name may be taken on again within the minute by which the post knows one time from another.
            let revision =
                self.shared.recent.revision(&renamed.id, room.room_id(), &event.id, renamed.revision);
            let post = Post { written_at: sent_at, revision, ..renamed };
            // The event is not dealt with yet: the reason they give may follow.
            let position = self.mark_before(room, mark).position();
            self.take(Inbound::Post { post, position: Some(position) }).await;
        }
        // Why they come or leave, as they say, or why somebody asks them in or puts them out.
        if let Some(post) = self.composed(group, room, event, sent_at).await? {
            self.take(Inbound::Post { post, position: Some(mark.position()) }).await;
        }
        Ok(())
    }

    /// Whom a human muted or let speak again.
    async fn hear_powers(&self, group: &GroupId, event: &Event) {
        let muted = |content: &Content| {
            let users = content.get("users").map(|users| users.members()).unwrap_or_default();
            let below =
                users.into_iter().filter(|(_, level)| level.whole_number().is_some_and(|level| level < 0));
            below.map(|(user, _)| user).collect::<std::collections::BTreeSet<String>>()
        };
        let now = muted(&event.content);
        let before = event.previous.as_ref().map(muted).unwrap_or_default();
        let changes = now.difference(&before).map(|user| (user, Change::Muted));
        let changes = changes.chain(before.difference(&now).map(|user| (user, Change::Unmuted)));
        for (user, change) in changes {
            let Some(member) = MemberId::new(user.as_str()) else { continue };
            let by = Some(event.sender.clone());
            self.take(Inbound::ByHand { group: group.clone(), member, change, by, noted: None }).await;
        }
    }

    async fn hear_in_private(
        &mut self,
        private: &Private,
        room: &Room,
        event: &Arc<Event>,
    ) -> Result<(), Broken> {
        if let Relation::Reaction { target, key } = event.relation() {
            // What somebody was asked, nobody else answers.
            if YES.contains(&key.expose()) && event.sender == private.member {
                self.hear_yes(&private.group, room, event, &target).await?;
            }
            return Ok(());
        }
        let is_theirs = event.sender == private.member;
        let whereabouts = if is_theirs { commands::Place::Private } else { commands::Place::Management };
        self.hear_command(&private.group, room, event, whereabouts).await
    }

    async fn hear_command(
        &mut self,
        group: &GroupId,
        room: &Room,
        event: &Arc<Event>,
        whereabouts: commands::Place,
    ) -> Result<(), Broken> {
        let is_public = matches!(whereabouts, commands::Place::Management);
        match asked(whereabouts, event) {
            Asked::Command(line) => {
                if is_public {
                    self.shared.errands.send(Errand::React {
                        room: room.room_id().to_owned(),
                        event: event_id(&event.id),
                        sign: "\u{1f4ec}",
                    });
                }
                if self.is_confirmed_first(&line) {
                    self.shared.errands.send(Errand::Ask {
                        group: group.clone(),
                        to: event.sender.clone(),
                        line,
                        about: event_id(&event.id),
                    });
                } else {
                    let is_lengthy = self.is_lengthy(&line);
                    // Where they can be given, others read them.
                    let inbound = Inbound::Command {
                        group: group.clone(),
                        from: event.sender.clone(),
                        line,
                        is_private: false,
                        noted: Some(self.noted(&event.id)),
                    };
                    self.carry_out_in_time(is_lengthy, group, event, inbound).await;
                }
            }
            Asked::Words(text) => {
                let is_lengthy = self.is_lengthy(&text);
                // Wherever it was written, the answer comes in private.
                let inbound = Inbound::Direct {
                    group: group.clone(),
                    from: event.sender.clone(),
                    text,
                    with_officers: false,
                    noted: Some(self.noted(&event.id)),
                };
                self.carry_out_in_time(is_lengthy, group, event, inbound).await;
            }
            Asked::Report { post: _, line } => self.ask_in_private(group, event, &line).await,
            Asked::OpenDoor | Asked::Nothing => {}
        }
        Ok(())
    }

    fn is_confirmed_first(&self, line: &MessageText) -> bool {
        let name = line.expose().split_whitespace().next().unwrap_or_default();
        self.shared.settings.confirmed.contains(name)
    }

    /// Carries out what was asked about, once whoever asked says yes.
    async fn hear_yes(
        &mut self,
        group: &GroupId,
        room: &Room,
        yes: &Arc<Event>,
        question: &PostId,
    ) -> Result<(), Broken> {
        let Some(question) = self.shared.event(room, question).await.map_err(Broken::Later)? else {
            return Ok(());
        };
        let line = question.content.get(ASKED).and_then(|asked| asked.get("line")?.text());
        let Some(line) = line.filter(|_| self.shared.is_me(question.sender.as_str())) else { return Ok(()) };
        let (line, from) = (MessageText::new(line), yes.sender.clone());
        // Named for the question, so that a second yes does nothing.
        let noted = Some(self.noted(&question.id));
        let inbound = Inbound::Command { group: group.clone(), from, line, is_private: false, noted };
        self.carry_out_once(group, &question.id, &yes.sender, inbound).await;
        Ok(())
    }

    async fn ask_in_private(&mut self, group: &GroupId, event: &Event, line: &MessageText) {
        let inbound = Inbound::Direct {
            group: group.clone(),
            from: event.sender.clone(),
            text: line.clone(),
            with_officers: false,
            noted: Some(self.noted(&event.id)),
        };
        self.carry_out(group, event, inbound).await;
    }

    async fn carry_out(&mut self, group: &GroupId, event: &Event, inbound: Inbound) {
        self.carry_out_once(group, &event.id, &event.sender, inbound).await;
    }

    /// That a command was carried out, on record with what follows from it: whoever is stopped right after that hears of it
    /// again.
    fn noted(&self, name: &PostId) -> Noted {
        let memo = Memo {
            text: "carried out".to_owned(),
            until: self.shared.clock.now().plus_seconds(CARRIED_OUT_S),
        };
        let account = format!("matrix/{}", self.shared.me);
        Noted { account, name: format!("carried-out/{}", name.as_str()), memo }
    }

    /// Hands in a command, unless that was done before, and sends the answer to whoever asked.
    async fn carry_out_once(&mut self, group: &GroupId, name: &PostId, from: &MemberId, inbound: Inbound) {
        if self.is_carried_out(name).await {
            return;
        }
        let answer = self.take(inbound).await;
        if answer.is_none() && self.stop.is_cancelled() {
            // It may not have been recorded; it comes again with the next start.
            return;
        }
        self.remember_carried_out(name).await;
        if let Some(letter) = answer {
            self.answer(group, from, letter, name);
        }
    }

    async fn is_carried_out(&self, name: &PostId) -> bool {
        let done: Vec<String> = self.shared.memory.get(CARRIED_OUT).await.ok().flatten().unwrap_or_default();
        done.iter().any(|done| done == name.as_str())
    }

    async fn remember_carried_out(&self, name: &PostId) {
        let add = |done: &mut Vec<String>| {
            done.push(name.as_str().to_owned());
            let overflow = done.len().saturating_sub(CARRIED_OUT_MAX);
            done.drain(..overflow);
        };
        if let Err(error) = self.shared.memory.change(CARRIED_OUT, add).await {
            tracing::error!(error = &error as &dyn std::error::Error, "not remembered as carried out");
        }
    }

    fn answer(&self, group: &GroupId, to: &MemberId, letter: policy::Letter, about: &PostId) {
        self.shared.errands.send(Errand::Answer {
            group: group.clone(),
            to: to.clone(),
            letter,
            about: event_id(about),
        });
    }

    /// Remembers which key would open what cannot be read.
    fn remember_unread(&mut self, event: &Event) {
        if let Some(session) = event.content.text("session_id").filter(|_| self.unread.len() < UNREAD_MAX) {
            self.unread.insert(event.id.clone(), session);
        }
    }

    /// Looks again at something that could not be read.
    pub(crate) async fn read_again(
        &mut self,
        group: &GroupId,
        room: &Room,
        post: &PostId,
        mark: &Mark,
    ) -> Result<(), Broken> {
        let event = match room.event(&event_id(post), None).await.map_err(crate::error::delivery) {
            Ok(event) => Some(event),
            Err(DeliveryError::Gone | DeliveryError::Forbidden) => None,
            Err(error) => return Err(Broken::Later(error)),
        };
        if let Some(heard) = event.as_ref().and_then(parsed) {
            let heard = opened(room, heard).await;
            if !heard.redacted && heard.kind == ENCRYPTED {
                return Ok(());
            }
            // Its place in the room was passed, and what edits it may have come before it: only what it says is new.
            let (sent_at, _) = clamp(heard.sent_at, mark.at, self.shared.clock.now());
            let place = Place::Channel(group.clone());
            self.hear_readable(room, &place, &Arc::new(heard), sent_at, mark).await?;
        }
        self.unread.remove(post);
        let Some(channel) = ChannelId::new(room.room_id().as_str()) else { return Ok(()) };
        self.take(Inbound::Readable { group: group.clone(), channel, post: post.clone() }).await;
        Ok(())
    }
}

/// The library's name for an event. What is none is given a name that no event has.
fn event_id(post: &PostId) -> OwnedEventId {
    crate::outbound::event_id(post).unwrap_or_else(|| matrix_sdk::ruma::owned_event_id!("$none"))
}
