//! The bot's token.

use std::fmt;

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
}
