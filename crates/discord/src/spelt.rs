//! The letters that stand at messages as reactions, in their order: known from what is told, so that whoever puts a letter to
//! a message and takes it back, over and over, has nobody wait for it.
//!
//! A message is asked for when the first letter comes, and again when what is known is old or may be wrong: a message that was
//! asked for holds what is still to be told, too.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde_json::Value;

use crate::ids::Snowflake;
use crate::json;
use crate::translate::emoji::Emoji;
use crate::translate::reactions::EMOJI_MAX;

/// At so many messages they are known.
const MESSAGES_MAX: usize = 1_000;
/// So many members are known by whom a letter stands; the others are counted.
const BY_MAX: usize = 100;
/// What may be wrong is asked for again after so long, and everything else after so much longer.
const UNSURE_MS: i64 = 2_000;
const SURE_MS: i64 = 60_000;

/// See the module.
#[derive(Default)]
pub(crate) struct Spelt {
    messages: HashMap<Snowflake, At>,
    /// In the order in which they came.
    order: VecDeque<Snowflake>,
}

/// The letters at one message.
#[derive(Default)]
struct At {
    letters: Vec<Stood>,
    /// When it was asked for, by the steady clock.
    asked: Option<i64>,
    is_unsure: bool,
}

struct Stood {
    emoji: Emoji,
    by: BTreeSet<Snowflake>,
    /// How many stood there when it was asked for, some of whom may be told of later.
    others: u64,
}

impl At {
    fn is_current(&self, now: i64) -> bool {
        let lasts = if self.is_unsure { UNSURE_MS } else { SURE_MS };
        self.asked.is_some_and(|asked| now < asked.saturating_add(lasts))
    }
}

impl Spelt {
    /// Whether what stands at a message is known well enough.
    pub(crate) fn knows(&self, message: Snowflake, now: i64) -> bool {
        self.messages.get(&message).is_some_and(|at| at.is_current(now))
    }

    /// A message was asked for; nothing came where it is gone or there was no answer.
    pub(crate) fn learn(&mut self, message: Snowflake, whole: Option<&Value>, now: i64) {
        let at = self.at(message);
        at.asked = Some(now);
        let Some(whole) = whole else { return };
        let stood = |reaction: &Value| {
            let emoji = Emoji::read(json::get(reaction, "emoji")?)?;
            let others = json::number(reaction, "count").unwrap_or(1);
            emoji.letters().map(|_| Stood { emoji, by: BTreeSet::new(), others })
        };
        at.letters = json::list(whole, "reactions").iter().take(EMOJI_MAX).filter_map(stood).collect();
        at.is_unsure = false;
    }

    /// Somebody puts a letter to a message.
    pub(crate) fn add(&mut self, message: Snowflake, by: Snowflake, emoji: &Emoji) {
        let letters = &mut self.at(message).letters;
        let place = match letters.iter().position(|stood| stood.emoji == *emoji) {
            Some(place) => place,
            None if letters.len() < EMOJI_MAX => {
                letters.push(Stood { emoji: emoji.clone(), by: BTreeSet::new(), others: 0 });
                letters.len() - 1
            }
            None => return,
        };
        if let Some(stood) = letters.get_mut(place) {
            match stood.by.len() < BY_MAX {
                true => _ = stood.by.insert(by),
                false => stood.others = stood.others.saturating_add(1),
            }
        }
    }

    /// Somebody takes a letter back.
    pub(crate) fn remove(&mut self, message: Snowflake, by: Snowflake, emoji: &Emoji) {
        let Some(at) = self.messages.get_mut(&message) else { return };
        for stood in at.letters.iter_mut().filter(|stood| stood.emoji == *emoji) {
            // Whether it was among those that were counted is not known.
            at.is_unsure |= stood.others > 0;
            if !stood.by.remove(&by) {
                stood.others = stood.others.saturating_sub(1);
            }
        }
        at.letters.retain(|stood| stood.others > 0 || !stood.by.is_empty());
    }

    /// All of a letter are taken away from a message, or all letters.
    pub(crate) fn remove_all(&mut self, message: Snowflake, emoji: Option<&Emoji>) {
        if let Some(at) = self.messages.get_mut(&message) {
            at.letters.retain(|stood| emoji.is_some_and(|emoji| stood.emoji != *emoji));
        }
    }

    /// The letters that stand at a message, in their order.
    pub(crate) fn standing(&self, message: Snowflake) -> Vec<Emoji> {
        let letters = self.messages.get(&message).map_or(&[][..], |at| &at.letters);
        letters.iter().map(|stood| stood.emoji.clone()).collect()
    }

    /// Something was not heard.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    fn at(&mut self, message: Snowflake) -> &mut At {
        if !self.messages.contains_key(&message) {
            self.order.push_back(message);
            if self.order.len() > MESSAGES_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.messages.remove(&oldest);
            }
        }
        self.messages.entry(message).or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(number: u64) -> Snowflake {
        Snowflake::new(number).unwrap()
    }

    fn flag(letter: char) -> Emoji {
        let place = u32::from(letter) - u32::from('a') + 0x1f1e6;
        Emoji::Character(char::from_u32(place).unwrap().to_string().into())
    }

    fn whole(reactions: &[(char, u64)]) -> Value {
        let reaction = |(letter, count): &(char, u64)| json!({"count": count, "emoji": {"name": flag(*letter).written()}});
        json!({ "reactions": reactions.iter().map(reaction).collect::<Vec<_>>() })
    }

    fn reads(spelt: &Spelt) -> String {
        spelt.standing(id(1)).iter().filter_map(Emoji::letters).collect()
    }

    #[test]
    fn letters_stand_in_their_order_until_the_last_who_put_them_takes_them_back() {
        let mut spelt = Spelt::default();
        assert!(!spelt.knows(id(1), 0));
        spelt.learn(id(1), Some(&whole(&[('b', 1)])), 0);
        spelt.add(id(1), id(8), &flag('a'));
        spelt.add(id(1), id(9), &flag('d'));
        spelt.add(id(1), id(9), &flag('a'));
        spelt.remove(id(1), id(9), &flag('a'));
        assert_eq!((reads(&spelt).as_str(), spelt.knows(id(1), 30_000)), ("BAD", true));
        spelt.remove(id(1), id(8), &flag('a'));
        spelt.add(id(1), id(8), &flag('a'));
        assert_eq!(reads(&spelt), "BDA", "whatever is put anew stands last");
        spelt.remove_all(id(1), Some(&flag('d')));
        assert_eq!(reads(&spelt), "BA");
        spelt.remove_all(id(1), None);
        assert_eq!(reads(&spelt), "");
        assert!(!spelt.knows(id(1), SURE_MS), "in a while it is asked for anew");
    }

    #[test]
    fn what_may_be_wrong_is_asked_for_soon_and_not_at_once() {
        let mut spelt = Spelt::default();
        spelt.learn(id(1), Some(&whole(&[('b', 1), ('a', 1)])), 0);
        // They may be the one that was counted, or another.
        spelt.add(id(1), id(9), &flag('a'));
        spelt.remove(id(1), id(9), &flag('a'));
        assert_eq!(reads(&spelt), "BA");
        assert_eq!((spelt.knows(id(1), UNSURE_MS - 1), spelt.knows(id(1), UNSURE_MS)), (true, false));
        spelt.learn(id(1), None, UNSURE_MS);
        assert!(spelt.knows(id(1), UNSURE_MS + 1), "nobody waits for what is not answered");
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut spelt = Spelt::default();
        for number in 1..=MESSAGES_MAX as u64 + 1 {
            spelt.add(id(number), id(9), &flag('a'));
        }
        assert_eq!((spelt.messages.len(), spelt.order.len()), (MESSAGES_MAX, MESSAGES_MAX));
        assert_eq!(reads(&spelt), "");
    }
}
