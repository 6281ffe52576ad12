//! How somebody who turned to the bot lately can be answered where they are.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use policy::{GroupId, Timestamp};

use crate::ids::Snowflake;

/// How long an answer can be sent after somebody asked, in milliseconds: Discord takes them for 15 minutes.
const LIFE_MS: i64 = 14 * 60 * 1_000;
/// So many are remembered before those are dropped that are over.
const TOKENS_MAX: usize = 4_096;

/// Whom it can answer, by the group that they asked something of: what is of another group has no business there, and cannot
/// be answered there. Shown nowhere, for with a token anybody speaks as the bot.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<(Snowflake, GroupId), Given>>);

struct Given {
    token: String,
    /// When they asked, by the clock that is shown, and by the one that only goes on.
    at: Timestamp,
    at_ms: i64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    fn lock(&self) -> MutexGuard<'_, HashMap<(Snowflake, GroupId), Given>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody asked something of a group, and can be answered by this token.
    pub(crate) fn put(
        &self,
        (user, group): (Snowflake, &GroupId),
        token: String,
        (at, now_ms): (Timestamp, i64),
    ) {
        let mut known = self.lock();
        if known.len() >= TOKENS_MAX {
            known.retain(|_, given| now_ms - given.at_ms < LIFE_MS);
        }
        known.insert((user, group.clone()), Given { token, at, at_ms: now_ms });
    }

    /// How somebody can be answered now who asked something of that group since then, if they can.
    pub(crate) fn of(
        &self,
        user: Snowflake,
        group: &GroupId,
        since: Timestamp,
        now_ms: i64,
    ) -> Option<String> {
        let known = self.lock();
        let given = known.get(&(user, group.clone()))?;
        (given.at >= since && now_ms - given.at_ms < LIFE_MS).then(|| given.token.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: &str) -> GroupId {
        GroupId::new(id).unwrap()
    }

    fn at(ms: i64) -> (Timestamp, i64) {
        (Timestamp::from_millis(ms), ms)
    }

    #[test]
    fn somebody_can_be_answered_for_some_minutes_by_the_group_they_asked_and_about_what_is_older() {
        let tokens = Tokens::default();
        let (one, other) = (Snowflake::new(1).unwrap(), Snowflake::new(2).unwrap());
        let (tea, talk) = (group("tea"), group("talk"));
        tokens.put((one, &tea), "first".to_owned(), at(0));
        tokens.put((one, &tea), "second".to_owned(), at(1_000));
        let rows = [
            ((one, &tea, 0, LIFE_MS), Some("second")),
            ((one, &tea, 1_000, 1_000), Some("second")),
            ((one, &tea, 1_001, 1_001), None),
            ((one, &tea, 0, LIFE_MS + 1_000), None),
            ((one, &talk, 0, 1_000), None),
            ((other, &tea, 0, 1_000), None),
        ];
        for ((user, group, since, now), want) in rows {
            let token = tokens.of(user, group, Timestamp::from_millis(since), now);
            assert_eq!(token.as_deref(), want, "{user} {} {since} {now}", group.as_str());
        }
        assert_eq!(format!("{tokens:?}"), "Tokens");
    }

    #[test]
    fn tokens_that_are_over_make_room() {
        let (tokens, tea) = (Tokens::default(), group("tea"));
        for number in 1..=TOKENS_MAX as u64 {
            tokens.put((Snowflake::new(number).unwrap(), &tea), "old".to_owned(), at(0));
        }
        tokens.put((Snowflake::new(u64::MAX).unwrap(), &tea), "new".to_owned(), at(LIFE_MS));
        assert_eq!(tokens.lock().len(), 1);
    }
}
