//! New private conversations, not too many in a row: Discord shuts bots out of them that open dozens, for a day or for good,
//! and does not say how many it bears. Whoever talked with the bot before is written to at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::account::Shared;
use crate::error::{Code, DIRECTS_PAUSE, RestError};
use crate::ids::Snowflake;
use crate::json;
use crate::memory::About;
use crate::pace::{between, millis};
use crate::rest::{Request, Route};

/// So many are opened at once, …
const AT_ONCE: i64 = 10;
/// … and from then on one in this time. Bots were shut out after 25 to 40 in a row.
const EACH: Duration = Duration::from_secs(10);
/// Whoever comes later than that to their turn gets another.
const PATIENCE: Duration = Duration::from_secs(60);
/// For so many a turn is kept. Whoever comes then takes their chance later.
const KEPT_MAX: usize = 10_000;

/// Whose turn it is to be written to for the first time.
#[derive(Debug, Default)]
pub(crate) struct Openings(Mutex<Turns>);

impl Openings {
    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turns that were given. Pure; `now` is an argument.
#[derive(Debug, Default)]
struct Turns {
    /// When the first is that was given to nobody, if there were no such thing as several at once.
    next: i64,
    given: HashMap<Snowflake, i64>,
}

impl Turns {
    /// Takes somebody's turn.
    ///
    /// # Errors
    /// How long it is until then. It stays theirs.
    fn take(&mut self, user: Snowflake, now: i64) -> Result<(), Duration> {
        let is_good = |at: &i64| at.saturating_add(millis(PATIENCE)) >= now;
        let at = match self.given.get(&user).copied().filter(is_good) {
            Some(at) => at,
            None => self.give(user, now),
        };
        if at > now {
            return Err(between(now, at));
        }
        self.given.remove(&user);
        Ok(())
    }

    fn give(&mut self, user: Snowflake, now: i64) -> i64 {
        let at = self.next.saturating_sub(Self::spare()).max(now);
        if self.given.len() >= KEPT_MAX && at > now {
            self.given.retain(|_, at| at.saturating_add(millis(PATIENCE)) >= now);
            if self.given.len() >= KEPT_MAX {
                return at;
            }
        }
        self.next = self.next.max(now).saturating_add(millis(EACH));
        self.given.insert(user, at);
        at
    }

    /// Nobody has a turn for a while, and then one after the other.
    fn shut(&mut self, length: Duration, now: i64) {
        self.given.clear();
        let opens = now.saturating_add(millis(length)).saturating_add(Self::spare());
        self.next = self.next.max(opens);
    }

    /// How far ahead of the one turn in its time others can be.
    fn spare() -> i64 {
        millis(EACH).saturating_mul(AT_ONCE - 1)
    }
}

/// The conversation of the bot and somebody, as it is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Conversation {
    /// The bot: another one has others.
    bot: Snowflake,
    channel: Snowflake,
}

impl Shared {
    /// The private channel of the bot and somebody. One that is new has to wait for its turn, and nothing waits with it.
    ///
    /// # Errors
    /// [`RestError::NotYet`] when it is not its turn; what Discord refused.
    pub(crate) async fn direct_channel(&self, user: Snowflake) -> Result<Snowflake, RestError> {
        if let Some(known) = self.directs.get(user) {
            self.use_conversation(known, None).await;
            return Ok(known);
        }
        let about = About::DirectChannel(user);
        let noted = self.memory.get::<Conversation>(about).await;
        // Nothing was asked of Discord yet.
        let noted = noted.map_err(|error| RestError::Unreachable(Box::new(error)))?;
        if let Some(noted) = noted.filter(|noted| noted.bot == self.me) {
            self.directs.put(user, noted.channel);
            self.use_conversation(noted.channel, None).await;
            return Ok(noted.channel);
        }
        self.openings.turns().take(user, self.pace.steady_ms()).map_err(RestError::NotYet)?;
        let (channel, newest) = self.open_conversation(user).await?;
        self.directs.put(user, channel);
        self.use_conversation(channel, Some(newest)).await;
        if let Err(error) = self.memory.put(about, &Conversation { bot: self.me, channel }).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "that somebody was written to was not noted, so that after a restart they may wait for it"
            );
        }
        Ok(channel)
    }

    /// Gives the channel, and the newest that stands there already.
    async fn open_conversation(&self, user: Snowflake) -> Result<(Snowflake, Snowflake), RestError> {
        let route = Route::to("users").at("@me").at("channels");
        let body = json!({"recipient_id": user.to_string()});
        let channel = match self.rest.call(Request::post(route).json(body)).await {
            Err(error) if error.code() == Some(Code::DirectsTooFast) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "Discord lets the bot begin no conversations for now; whoever it never talked with is told later"
                );
                let now = self.pace.steady_ms();
                let mut turns = self.openings.turns();
                turns.shut(DIRECTS_PAUSE, now);
                return Err(turns.take(user, now).map_or_else(RestError::NotYet, |()| error));
            }
            answer => answer?,
        };
        let id = json::id(&channel, "id")
            .ok_or(RestError::Setup("Discord opened a conversation without a name"))?;
        Ok((id, json::id(&channel, "last_message_id").unwrap_or(id)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EACH_MS: i64 = 10_000;

    fn user(number: u64) -> Snowflake {
        Snowflake::new(number).unwrap()
    }

    fn waits(turns: &mut Turns, users: std::ops::Range<u64>, now: i64) -> Vec<i64> {
        users.map(|number| turns.take(user(number), now).map_or_else(millis, |()| 0)).collect()
    }

    #[test]
    fn a_few_are_opened_at_once_and_the_others_in_their_turn() {
        let mut turns = Turns::default();
        let now = 5_000;
        assert_eq!(waits(&mut turns, 1..14, now), [&[0; 10][..], &[10_000, 20_000, 30_000]].concat());
        assert_eq!(waits(&mut turns, 11..14, now), [10_000, 20_000, 30_000], "they keep their turns");
        assert_eq!(waits(&mut turns, 11..14, now + 10_000), [0, 10_000, 20_000]);
        // Nobody was written to for long.
        let later = now + 3_600_000;
        assert_eq!(waits(&mut turns, 20..32, later), [&[0; 10][..], &[10_000, 20_000]].concat());
    }

    #[test]
    fn whoever_misses_their_turn_gets_another() {
        let mut turns = Turns::default();
        waits(&mut turns, 1..50, 0);
        assert_eq!(waits(&mut turns, 11..12, 10_000 + 60_000), [0], "late, but not too late");
        assert_ne!(waits(&mut turns, 12..13, 20_000 + 60_001), [0]);
    }

    #[test]
    fn once_it_was_too_much_nobody_new_is_written_to_for_a_while_and_then_one_by_one() {
        let mut turns = Turns::default();
        waits(&mut turns, 1..12, 0);
        turns.shut(DIRECTS_PAUSE, 0);
        assert_eq!(waits(&mut turns, 11..14, 0), [600_000, 610_000, 620_000]);
    }

    #[test]
    fn no_more_turns_are_kept_than_there_is_room_for() {
        let mut turns = Turns::default();
        waits(&mut turns, 1..20_000, 0);
        assert!(turns.given.len() <= KEPT_MAX);
    }

    proptest! {
        /// Whoever asks when: in no stretch of time are more opened than the few at once, one for each turn in it, and those
        /// that came late to theirs.
        #[test]
        fn never_are_many_opened_in_a_row(
            asks in prop::collection::vec((1_u64..40, 0_i64..8_000, any::<bool>()), 1..300),
        ) {
            let (mut turns, mut now) = (Turns::default(), 0);
            let mut opened: Vec<i64> = Vec::new();
            for (number, pause, shuts) in asks {
                now += pause;
                if shuts && number == 1 {
                    turns.shut(DIRECTS_PAUSE, now);
                }
                if turns.take(user(number), now).is_ok() {
                    opened.push(now);
                }
            }
            for (first, from) in opened.iter().enumerate() {
                for (last, to) in opened.iter().enumerate().skip(first) {
                    let most = AT_ONCE + (to - from + 60_000) / EACH_MS + 1;
                    prop_assert!(i64::try_from(last - first).unwrap() < most);
                }
            }
        }
    }
}
