//! How somebody who turned to the bot lately can be answered where they are.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::Snowflake;

/// How long an answer can be sent after somebody asked, in milliseconds: Discord takes them for 15 minutes.
const LIFE_MS: i64 = 14 * 60 * 1_000;
/// So many are remembered before those are dropped that are over.
const TOKENS_MAX: usize = 4_096;

/// Whom it can answer, by their account. Shown nowhere, for with a token anybody speaks as the bot.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<Snowflake, (String, i64)>>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    fn lock(&self) -> MutexGuard<'_, HashMap<Snowflake, (String, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody asked for something, and can be answered by this token.
    pub(crate) fn put(&self, user: Snowflake, token: String, now_ms: i64) {
        let mut known = self.lock();
        if known.len() >= TOKENS_MAX {
            known.retain(|_, (_, since)| now_ms - *since < LIFE_MS);
        }
        known.insert(user, (token, now_ms));
    }

    /// How somebody can be answered now, if they can.
    pub(crate) fn of(&self, user: Snowflake, now_ms: i64) -> Option<String> {
        let known = self.lock();
        let (token, since) = known.get(&user)?;
        (now_ms - since < LIFE_MS).then(|| token.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_can_be_answered_for_some_minutes() {
        let tokens = Tokens::default();
        let (one, other) = (Snowflake::new(1).unwrap(), Snowflake::new(2).unwrap());
        tokens.put(one, "first".to_owned(), 0);
        tokens.put(one, "second".to_owned(), 1_000);
        assert_eq!(tokens.of(one, LIFE_MS).as_deref(), Some("second"));
        assert_eq!(tokens.of(one, LIFE_MS + 1_000), None);
        assert_eq!(tokens.of(other, 0), None);
        assert_eq!(format!("{tokens:?}"), "Tokens");
    }

    #[test]
    fn tokens_that_are_over_make_room() {
        let tokens = Tokens::default();
        for number in 1..=TOKENS_MAX as u64 {
            tokens.put(Snowflake::new(number).unwrap(), "old".to_owned(), 0);
        }
        tokens.put(Snowflake::new(u64::MAX).unwrap(), "new".to_owned(), LIFE_MS);
        assert_eq!(tokens.lock().len(), 1);
    }
}
