//! What was heard lately: in which channel a message stands, and what it said when it was read last.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;
use crate::ids::Snowflake;

/// So many messages are remembered: some hours of a busy server.
const MESSAGES_MAX: usize = 20_000;

/// What is known of messages of late.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    messages: HashMap<Snowflake, Seen>,
    /// In the order in which they came.
    order: VecDeque<Snowflake>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    channel: Snowflake,
    /// Of what it said when it was handed in last.
    told: Option<Digest>,
}

impl Recent {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A message was read in a channel. Gives whether it says something else than when it was told last.
    pub(crate) fn is_news(&self, channel: Snowflake, message: Snowflake, digest: Option<Digest>) -> bool {
        self.lock().messages.get(&message).is_none_or(|seen| seen.channel != channel || seen.told != digest)
    }

    /// What a message says was dealt with.
    pub(crate) fn note_told(&self, channel: Snowflake, message: Snowflake, digest: Option<Digest>) {
        let mut known = self.lock();
        if known.messages.insert(message, Seen { channel, told: digest }).is_none() {
            known.order.push_back(message);
        }
        while known.order.len() > MESSAGES_MAX {
            if let Some(oldest) = known.order.pop_front() {
                known.messages.remove(&oldest);
            }
        }
    }

    /// In which channel a message stands, if it came of late.
    pub(crate) fn channel_of(&self, message: Snowflake) -> Option<Snowflake> {
        self.lock().messages.get(&message).map(|seen| seen.channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> Snowflake {
        Snowflake::new(number).unwrap()
    }

    #[test]
    fn a_message_is_news_when_it_says_something_else() {
        let recent = Recent::default();
        let (one, other) = (Some(Digest::of(["one"])), Some(Digest::of(["other"])));
        assert!(recent.is_news(id(1), id(2), one));
        assert!(recent.is_news(id(1), id(2), one), "until it was dealt with");
        recent.note_told(id(1), id(2), one);
        assert!(!recent.is_news(id(1), id(2), one) && recent.is_news(id(1), id(2), other));
        assert_eq!((recent.channel_of(id(2)), recent.channel_of(id(3))), (Some(id(1)), None));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let recent = Recent::default();
        for number in 1..=MESSAGES_MAX as u64 + 1 {
            recent.note_told(id(7), id(number), None);
        }
        assert_eq!((recent.channel_of(id(1)), recent.channel_of(id(2))), (None, Some(id(7))));
        assert_eq!(recent.lock().messages.len(), MESSAGES_MAX);
    }
}
