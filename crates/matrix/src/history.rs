//! What members wrote lately, asked for page by page, backwards: room by room, always where the newest may stand that is not
//! known yet. Only rooms are read in which whoever asks is themselves, and no further back than the room shows them, whatever
//! it shows the bot.

use std::collections::HashMap;
use std::time::Duration;

use matrix_sdk::Room;
use matrix_sdk::room::{Messages, MessagesOptions};
use matrix_sdk::ruma::{OwnedRoomId, OwnedUserId, UserId, uint};
use platform::{DeliveryError, Gathering, History, Page};
use policy::{ChannelId, MemberId, Post, PostId};

use crate::account::user;
use crate::compose::{opened, parsed, revision};
use crate::error;
use crate::outbound::Hands;
use crate::translate::event::{ENCRYPTED, Event, Relation};
use crate::translate::post::{self, Chain, Place as Spot};
use crate::translate::surfaces::Answered;

/// For so long pages are asked for: whoever asked waits for the answer.
const PATIENCE: Duration = Duration::from_secs(2 * 60);
/// How many pages are asked for at most.
const PAGES_MAX: usize = 200;

/// How far back a room was read.
#[derive(Debug, Default)]
struct Walk {
    /// What whoever asks sees of what is still to come, once they are known to be in it.
    sight: Option<Sight>,
    /// Where the next page ends.
    token: Option<String>,
    /// When the oldest event was sent that was read. What says that it was sent later came before it all the same.
    at: Option<i64>,
    /// Edits of what is still to come, the newest first.
    edits: HashMap<PostId, Vec<Event>>,
}

/// How it stood at some place in a room's timeline, which is gone through backwards: what an event sets held after it, and
/// what it replaced held before.
#[derive(Debug)]
struct Sight {
    /// Whoever asks.
    asker: OwnedUserId,
    /// How they stood in the room; nothing where they were strangers to it.
    membership: Option<String>,
    /// To whom the room showed what was written; nothing where it did not say.
    visibility: Option<String>,
}

impl Sight {
    /// Whether they see what was written there.
    fn is_clear(&self) -> bool {
        is_shown(self.visibility.as_deref(), self.membership.as_deref())
    }

    /// Goes back past an event.
    fn pass(&mut self, event: &Event) {
        let before = |name| event.previous.as_ref().and_then(|previous| previous.text(name));
        match (event.kind.as_str(), event.state_key.as_deref()) {
            ("m.room.member", Some(user)) if user == self.asker.as_str() => {
                self.membership = before("membership");
            }
            ("m.room.history_visibility", Some("")) => self.visibility = before("history_visibility"),
            _ => {}
        }
    }
}

/// Whether somebody who is in a room sees what was written when its `m.room.history_visibility` and their own membership were
/// those. By the specification, what says nothing, or nothing that is known, shows it to all who come.
fn is_shown(visibility: Option<&str>, membership: Option<&str>) -> bool {
    match visibility {
        Some("joined") => membership == Some("join"),
        Some("invited") => matches!(membership, Some("join" | "invite")),
        Some(_) | None => true,
    }
}

impl Walk {
    /// Whether whoever asks sees what comes next.
    fn is_clear(&self) -> bool {
        self.sight.as_ref().is_some_and(Sight::is_clear)
    }

    /// Goes past the events of a page: gives those that whoever asks sees, each with when it was sent, and where what is older
    /// begins, if there may be anything.
    ///
    /// It ends for good with the first that they do not see. They may see some of what is older still, if they were in the
    /// room before or it showed more then: to find that, all between would have to be read.
    fn pass(
        &mut self,
        events: impl Iterator<Item = Event>,
        mut is_last: bool,
    ) -> (Vec<(i64, Event)>, Option<i64>) {
        let (mut seen, mut is_more_hidden) = (Vec::new(), false);
        for event in events {
            // Rooms begin with it, also where the server names a page before.
            is_last |= event.kind == "m.room.create" && event.state_key.is_some();
            if !self.is_clear() {
                is_more_hidden |= event.state_key.is_none();
                continue;
            }
            let sent = event.sent_at.as_millis();
            let at = self.at.map_or(sent, |before| before.min(sent));
            self.at = Some(at);
            if let Some(sight) = &mut self.sight {
                sight.pass(&event);
            }
            seen.push((at, event));
        }
        (seen, self.at.filter(|_| is_more_hidden || !is_last))
    }
}

impl Hands {
    /// The latest posts of the group's rooms, as far as the bot and the `asker` can read them there.
    pub(crate) async fn latest(&self, asker: &MemberId, limit: usize) -> Result<History, DeliveryError> {
        let rooms = self.shared.places.channels(&self.group.group);
        let mut gathering = Gathering::new(limit, rooms.into_iter().map(|room| (room, None)));
        let asker = user(asker);
        let mut walks: HashMap<OwnedRoomId, Walk> = HashMap::new();
        let begun = self.shared.clock.steady_ms();
        let mut asked = 0;
        while let Some((id, _)) = gathering.next() {
            let waited = Duration::from_millis(
                u64::try_from(self.shared.clock.steady_ms().saturating_sub(begun)).unwrap_or(0),
            );
            if asked == PAGES_MAX || waited >= PATIENCE {
                return Ok(gathering.end(true));
            }
            let Some(room) = self.shared.joined(&id) else {
                gathering.close(&id);
                continue;
            };
            asked += 1;
            let walk = walks.entry(id.clone()).or_default();
            match self.look_into(&room, walk, asker.as_deref()).await {
                Ok(Some(page)) => gathering.take(&id, page),
                Ok(None) => gathering.hide(&id),
                Err(DeliveryError::Forbidden | DeliveryError::Gone) => gathering.close(&id),
                Err(error) if asked == 1 => return Err(error),
                Err(_) => return Ok(gathering.end(true)),
            }
        }
        Ok(gathering.end(false))
    }

    /// The next page of a room; nothing where whoever asks is not in it, or sees no more of it.
    async fn look_into(
        &self,
        room: &Room,
        walk: &mut Walk,
        asker: Option<&UserId>,
    ) -> Result<Option<Page<i64>>, DeliveryError> {
        if walk.sight.is_none() {
            walk.sight = self.sight(room, asker).await?;
        }
        if !walk.is_clear() {
            return Ok(None);
        }
        let mut options = MessagesOptions::backward().from(walk.token.as_deref());
        options.limit = uint!(100);
        let messages = room.messages(options).await.map_err(error::delivery)?;
        Ok(Some(self.told(room, walk, messages).await))
    }

    /// What whoever asks sees of a room as it is now; nothing where they are not in it.
    async fn sight(&self, room: &Room, asker: Option<&UserId>) -> Result<Option<Sight>, DeliveryError> {
        let Some(asker) = asker else { return Ok(None) };
        let membership = self.membership(room.room_id(), asker).await?;
        let is_in = membership.as_deref() == Some("join");
        // As it was last heard: a change that was not heard yet stands on the first page, and says what was before.
        let visibility = room.history_visibility().map(|visibility| visibility.as_str().to_owned());
        Ok(is_in.then(|| Sight { asker: asker.to_owned(), membership, visibility }))
    }

    /// What members say on a page, as far as whoever asks sees it.
    async fn told(&self, room: &Room, walk: &mut Walk, messages: Messages) -> Page<i64> {
        let is_last = messages.chunk.is_empty() || messages.end.is_none() || messages.end == walk.token;
        walk.token = messages.end;
        let (seen, reached) = walk.pass(messages.chunk.iter().filter_map(parsed), is_last);
        let mut page = Page { posts: Vec::new(), unreadable: Vec::new(), reached };
        let mut events = Vec::new();
        for (at, event) in seen {
            events.push((at, opened(room, event).await));
        }
        let here: HashMap<PostId, usize> =
            events.iter().enumerate().map(|(place, (_, event))| (event.id.clone(), place)).collect();
        for (at, event) in &events {
            if event.redacted || event.state_key.is_some() || self.shared.is_me(event.sender.as_str()) {
                continue;
            }
            if event.kind == ENCRYPTED {
                page.unreadable.push(*at);
                continue;
            }
            match event.relation() {
                Relation::Edit(of) => walk.edits.entry(of).or_default().push(event.clone()),
                Relation::Reaction { .. } => {}
                Relation::None | Relation::Reply(_) | Relation::Thread { .. } => {
                    let edits = walk.edits.remove(&event.id).unwrap_or_default();
                    let edit = edits.iter().find(|edit| edit.may_edit(event));
                    let answered = match event.relation() {
                        Relation::Reply(of) => here.get(&of).map(|place| &events[*place].1),
                        _ => None,
                    };
                    let post = self.said(room, event, edit, answered).await;
                    page.posts.extend(post.map(|post| (*at, post)));
                }
            }
        }
        page
    }

    /// An event in its newest revision as a post. What it answers is known where it stands near; nobody is asked for it.
    async fn said(
        &self,
        room: &Room,
        event: &Event,
        edit: Option<&Event>,
        answered: Option<&Event>,
    ) -> Option<Post> {
        let name = self.shared.name(room, &event.sender).await;
        let channel = ChannelId::new(room.room_id().as_str())?;
        let spot = Spot { group: self.group.group.clone(), channel, name };
        let heard = match event.relation() {
            Relation::Reply(of) => self.shared.recent.get(&of).filter(|heard| !heard.gone),
            _ => None,
        };
        let known = answered.filter(|event| !event.redacted).or(heard.as_ref().map(|heard| &*heard.event));
        let answered = match (event.relation(), known) {
            (Relation::Reply(_), Some(known)) => Answered::Known(known),
            (Relation::Reply(_), None) => Answered::Unknown,
            _ => Answered::Nothing,
        };
        let (said, chain) = match edit {
            Some(edit) => {
                let revision = revision(event, edit);
                (edit, Chain::Edit { original: event.id.clone(), revision })
            }
            None => (event, Chain::First),
        };
        post::post(said, &spot, chain, answered)
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::owned_user_id;
    use serde_json::json;

    use super::*;

    const ALICE: &str = "@alice:b.example";

    /// An event: its type, its state key, what it sets and what that replaced.
    type Sent = (&'static str, Option<&'static str>, &'static str, &'static str);

    const POST: Sent = ("m.room.message", None, "", "");
    const CREATED: Sent = ("m.room.create", Some(""), "", "");

    fn alice(now: &'static str, before: &'static str) -> Sent {
        ("m.room.member", Some(ALICE), now, before)
    }

    fn ben(now: &'static str, before: &'static str) -> Sent {
        ("m.room.member", Some("@ben:b.example"), now, before)
    }

    fn room(now: &'static str, before: &'static str) -> Sent {
        ("m.room.history_visibility", Some(""), now, before)
    }

    fn event(number: i64, (kind, state_key, now, before): Sent) -> Event {
        let name = if kind == "m.room.member" { "membership" } else { "history_visibility" };
        let content = |text: &str| if text.is_empty() { json!({}) } else { json!({ (name): text }) };
        let mut event = json!({
            "event_id": format!("${number}"), "sender": "@ben:b.example", "type": kind,
            "origin_server_ts": 100 - number, "content": content(now),
        });
        if let Some(key) = state_key {
            event["state_key"] = json!(key);
        }
        if !before.is_empty() {
            event["unsigned"] = json!({ "prev_content": content(before) });
        }
        Event::parse(&event.to_string()).unwrap()
    }

    /// How many posts Alice sees on a page, newest first, in a room with that visibility now; and where she goes on.
    fn passed(visibility: Option<&str>, page: &[Sent], is_last: bool) -> (usize, Option<i64>) {
        let sight = Sight {
            asker: owned_user_id!("@alice:b.example"),
            membership: Some("join".to_owned()),
            visibility: visibility.map(str::to_owned),
        };
        let mut walk = Walk { sight: Some(sight), ..Walk::default() };
        let events = (0..).zip(page).map(|(number, sent)| event(number, *sent));
        let (seen, reached) = walk.pass(events, is_last);
        (seen.iter().filter(|(_, event)| event.state_key.is_none()).count(), reached)
    }

    #[test]
    fn what_was_written_is_shown_to_those_who_were_there_as_the_room_has_it() {
        let memberships = [Some("join"), Some("invite"), Some("leave"), Some("ban"), Some("knock"), None];
        let rows = [
            (Some("joined"), [true, false, false, false, false, false]),
            (Some("invited"), [true, true, false, false, false, false]),
            (Some("shared"), [true; 6]),
            (Some("world_readable"), [true; 6]),
            (Some("of our own"), [true; 6]),
            (None, [true; 6]),
        ];
        for (visibility, want) in rows {
            assert_eq!(memberships.map(|it| is_shown(visibility, it)), want, "{visibility:?}");
        }
    }

    #[test]
    fn a_walk_ends_where_whoever_asks_sees_no_more() {
        // She was asked in, came, and took another name.
        let came = [
            POST,
            alice("join", "join"),
            POST,
            alice("join", "invite"),
            POST,
            alice("invite", ""),
            POST,
            ben("join", ""),
            POST,
        ];
        let back = [POST, alice("join", "leave"), POST, alice("leave", "join"), POST];
        let narrowed = [POST, room("joined", "shared"), POST, alice("join", ""), POST];
        let widened = [POST, alice("join", ""), POST, room("shared", "joined"), POST];
        let only_invited = [POST, room("joined", "invited"), POST, alice("join", "invite"), POST];
        let rows: [(&str, Option<&str>, &[Sent], usize); 10] = [
            ("joined", Some("joined"), &came, 2),
            ("invited", Some("invited"), &came, 3),
            ("shared", Some("shared"), &came, 5),
            ("nothing said", None, &came, 5),
            ("others come", Some("joined"), &[POST, ben("join", ""), POST], 2),
            ("away for a while", Some("joined"), &back, 1),
            ("away, and all is shown", Some("shared"), &back, 3),
            ("less was hidden before", Some("joined"), &narrowed, 3),
            ("more was hidden before", Some("shared"), &widened, 2),
            ("it was for the invited", Some("joined"), &only_invited, 3),
        ];
        for (case, visibility, page, want) in rows {
            assert_eq!(passed(visibility, page, false).0, want, "{case}");
        }
    }

    #[test]
    fn what_is_hidden_is_left_out_only_where_there_may_be_something() {
        let came = alice("join", "");
        let rows: [(&[Sent], bool, Option<i64>); 6] = [
            (&[POST, came], false, Some(99)),
            (&[POST, came], true, None),
            (&[POST, came, POST], true, Some(99)),
            (&[POST, came, ben("join", ""), CREATED], false, None),
            (&[POST, came, POST, CREATED], false, Some(99)),
            (&[POST, CREATED], false, None),
        ];
        for (number, (page, is_last, want)) in rows.into_iter().enumerate() {
            assert_eq!(passed(Some("joined"), page, is_last), (1, want), "{number}");
        }
    }
}
