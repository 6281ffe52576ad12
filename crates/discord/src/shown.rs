//! Messages that Discord showed whole because somebody pointed at them: also where the bot may not read what they say.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use policy::{Post, Timestamp};
use serde_json::Value;

use crate::ids::Snowflake;
use crate::json;
use crate::translate::message::{Reading, Writer, read};
use crate::translate::post::Place;

/// How long a form is filled in, and some.
const LIFE_MS: i64 = 20 * 60 * 1_000;
/// So many are remembered.
const MESSAGES_MAX: usize = 256;

/// Messages that were shown of late.
#[derive(Default)]
pub(crate) struct Shown(Mutex<VecDeque<One>>);

struct One {
    message: Snowflake,
    edited: Option<Timestamp>,
    post: Post,
    since: i64,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

impl Shown {
    fn lock(&self) -> MutexGuard<'_, VecDeque<One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message was shown. One without words, or that nobody answers for, needs no remembering.
    pub(crate) fn put(&self, message: &Value, place: &Place, now_ms: i64) {
        let (Some(id), Some(_), Reading::Told(told)) =
            (json::id(message, "id"), json::text(message, "content"), read(message, place))
        else {
            return;
        };
        if told.writer == Writer::Ours {
            return;
        }
        let mut shown = self.lock();
        shown.retain(|one| one.message != id && now_ms - one.since < LIFE_MS);
        while shown.len() >= MESSAGES_MAX {
            shown.pop_front();
        }
        let edited = json::instant(message, "edited_timestamp");
        shown.push_back(One { message: id, edited, post: told.post, since: now_ms });
    }

    /// What a message says that was now asked for and came without words, if it was shown with them and is the same still.
    pub(crate) fn instead_of(&self, message: &Value, now_ms: i64) -> Option<Post> {
        if json::text(message, "content").is_some() {
            return None;
        }
        let (id, edited) = (json::id(message, "id")?, json::instant(message, "edited_timestamp"));
        let shown = self.lock();
        let is_it = |one: &&One| one.message == id && one.edited == edited && now_ms - one.since < LIFE_MS;
        shown.iter().find(is_it).map(|one| one.post.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use policy::GroupId;

    fn place() -> Place {
        let id = |number| Snowflake::new(number).unwrap();
        Place { group: GroupId::new("branch").unwrap(), me: id(1), app: id(2) }
    }

    fn message(id: u64, content: &str, edited: Option<&str>) -> Value {
        json!({
            "id": id.to_string(), "channel_id": "7", "type": 0, "content": content, "edited_timestamp": edited,
            "author": {"id": "5", "username": "anna"},
        })
    }

    #[test]
    fn what_was_shown_stands_in_for_what_cannot_be_read() {
        let shown = Shown::default();
        shown.put(&message(9, "canary", None), &place(), 0);
        let words = |found: Value, now| {
            let post = shown.instead_of(&found, now)?;
            post.surfaces.first().map(|surface| surface.text.expose().to_owned())
        };
        let edited = Some("2026-03-02T09:00:00+00:00");
        assert_eq!(words(message(9, "", None), 1).as_deref(), Some("canary"));
        assert_eq!(words(message(9, "read", None), 1), None, "it can be read");
        assert_eq!(words(message(9, "", edited), 1), None, "it says something else by now");
        assert_eq!(words(message(8, "", None), 1), None);
        assert_eq!(words(message(9, "", None), LIFE_MS), None);
        assert_eq!(format!("{shown:?}"), "Shown");
    }

    #[test]
    fn few_are_remembered() {
        let shown = Shown::default();
        for id in 1..=MESSAGES_MAX as u64 + 1 {
            shown.put(&message(id, "words", None), &place(), 0);
        }
        assert_eq!(shown.lock().len(), MESSAGES_MAX);
        assert!(shown.instead_of(&message(1, "", None), 0).is_none());
        shown.put(&message(1, "words", None), &place(), LIFE_MS);
        assert_eq!(shown.lock().len(), 1);
    }
}
