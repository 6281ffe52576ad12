//! The bot's token.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::ids::Snowflake;

/// The bot's token. It is shown nowhere.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token as the developer portal shows it, also with `Bot` before it; nothing if it cannot be one.
    pub fn new(token: &str) -> Option<Self> {
        let token = token.trim();
        let bare = token.strip_prefix("Bot").filter(|rest| rest.is_empty() || rest.starts_with(' '));
        let token = bare.unwrap_or(token).trim();
        let is_one = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        is_one.then(|| Self(token.to_owned()))
    }

    /// The id of the bot, which stands in the first part and is that of its application too. Only the oldest applications, of
    /// 2016 and before, have one of their own.
    pub fn application(&self) -> Option<String> {
        let first = self.0.split('.').next()?;
        let digits = STANDARD_NO_PAD.decode(first.trim_end_matches('=')).ok()?;
        Snowflake::parse(std::str::from_utf8(&digits).ok()?).map(|id| id.to_string())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_as_people_copy_it_and_shown_to_nobody() {
        for written in ["abc.def", " abc.def\n", "Bot abc.def"] {
            assert_eq!(Token::new(written).expect("a token").expose(), "abc.def");
        }
        for wrong in ["", "Bot ", "a b", "ä", "a\nb"] {
            assert!(Token::new(wrong).is_none(), "{wrong:?}");
        }
        assert_eq!(format!("{:?}", Token::new("abc")), "Some(Token)");
    }

    #[test]
    fn a_token_tells_whose_it_is() {
        let of = |token: &str| Token::new(token).expect("a token").application();
        assert_eq!(of("MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.abc").as_deref(), Some("198622483471925248"));
        assert_eq!(of("ODAzNTExMTAyMjQ2Nzg5MTI=.Cl2FMQ.abc").as_deref(), Some("80351110224678912"));
        for other in ["abc.def", "aGVsbG8.def", ".def", "MDE.def", "ä.def"] {
            assert_eq!(Token::new(other).and_then(|token| token.application()), None, "{other}");
        }
    }
}
