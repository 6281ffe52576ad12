//! How far each channel of a group was read.
//!
//! A cursor goes over messages only, never back, and over nothing that was not read: where the history cannot be read,
//! it stays until that was done, whatever is heard meanwhile.

use std::collections::{HashMap, HashSet};

use crate::ids::Snowflake;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    read: HashMap<Snowflake, Snowflake>,
    /// Where something is still to be read that could not be.
    behind: HashSet<Snowflake>,
}

impl Cursors {
    /// As they were left.
    pub(crate) fn new(read: impl IntoIterator<Item = (Snowflake, Snowflake)>) -> Self {
        Self { read: read.into_iter().collect(), behind: HashSet::new() }
    }

    /// Up to which message a channel was read, if it ever was.
    pub(crate) fn of(&self, channel: Snowflake) -> Option<Snowflake> {
        self.read.get(&channel).copied()
    }

    /// The newest message that was read anywhere.
    pub(crate) fn newest(&self) -> Option<Snowflake> {
        self.read.values().max().copied()
    }

    /// Whether something is still to be read in a channel that could not be.
    pub(crate) fn is_behind(&self, channel: Snowflake) -> bool {
        self.behind.contains(&channel)
    }

    /// How far a channel is read once this message was dealt with; nothing where it then is as far as it was.
    pub(crate) fn after(&self, channel: Snowflake, message: Snowflake) -> Option<Snowflake> {
        let is_further = self.of(channel).is_none_or(|read| message > read);
        (is_further && !self.behind.contains(&channel)).then_some(message)
    }

    /// That message was dealt with, and all before it.
    pub(crate) fn advance(&mut self, channel: Snowflake, message: Snowflake) {
        if let Some(read) = self.after(channel, message) {
            self.read.insert(channel, read);
        }
    }

    /// The history of a channel is read from here on, one message after the other, or cannot be.
    pub(crate) fn set_behind(&mut self, channel: Snowflake, is_behind: bool) {
        if is_behind {
            self.behind.insert(channel);
        } else {
            self.behind.remove(&channel);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u64) -> Snowflake {
        Snowflake::new(number).unwrap()
    }

    #[test]
    fn a_cursor_goes_on_where_it_was_left() {
        let mut cursors = Cursors::new([(id(1), id(50)), (id(2), id(70))]);
        assert_eq!(
            (cursors.of(id(1)), cursors.of(id(3)), cursors.newest()),
            (Some(id(50)), None, Some(id(70)))
        );
        assert_eq!(cursors.after(id(1), id(50)), None);
        assert_eq!(cursors.after(id(1), id(51)), Some(id(51)));
        assert_eq!(cursors.after(id(3), id(4)), Some(id(4)), "wherever somebody writes for the first time");
        cursors.set_behind(id(1), true);
        cursors.advance(id(1), id(60));
        assert_eq!((cursors.after(id(1), id(61)), cursors.of(id(1))), (None, Some(id(50))));
        cursors.set_behind(id(1), false);
        cursors.advance(id(1), id(60));
        assert_eq!(cursors.of(id(1)), Some(id(60)));
    }

    proptest! {
        /// Whatever is heard in whatever order, no cursor goes back, and none moves while something before is unread.
        #[test]
        fn no_cursor_goes_back(
            steps in prop::collection::vec((1_u64..4, 1_u64..100, prop::option::of(any::<bool>())), 1..60),
        ) {
            let mut cursors = Cursors::default();
            let mut behind = HashSet::new();
            for (channel, message, is_behind) in steps {
                let (channel, message) = (id(channel), id(message));
                if let Some(is_behind) = is_behind {
                    cursors.set_behind(channel, is_behind);
                    if is_behind { behind.insert(channel) } else { behind.remove(&channel) };
                }
                let before = cursors.of(channel);
                cursors.advance(channel, message);
                let want = if behind.contains(&channel) { before } else { before.max(Some(message)) };
                prop_assert_eq!(cursors.of(channel), want);
            }
        }
    }
}
