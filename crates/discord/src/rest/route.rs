//! Where a request goes, and with which others it is counted.
//!
//! Not serenity's `Route`: it has no place for what is newer than it (voice statuses, the search in messages), its
//! buckets do not tell a deletion from an edit of the same path, and they hide the channel they are of.

use std::fmt::Display;

/// A path, built of words that stand in the program and values that do not.
///
/// Values are encoded, so that none of them leads anywhere else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Route {
    path: String,
    query: String,
    /// The path with its values left out, except the one that buckets are apart by.
    template: String,
    /// The value that buckets are apart by: of channels, servers, webhooks.
    major: Option<String>,
    /// How many values there are.
    values: usize,
    /// The last of them.
    last: String,
    /// The first word.
    first: &'static str,
}

impl Route {
    /// `/word`.
    #[must_use]
    pub fn to(word: &'static str) -> Self {
        Self {
            path: format!("/{word}"),
            query: String::new(),
            template: format!("/{word}"),
            major: None,
            values: 0,
            last: String::new(),
            first: word,
        }
    }

    /// `/channels/ID`.
    #[must_use]
    pub fn channel(id: impl Display) -> Self {
        Self::to("channels").one(id)
    }

    /// `/guilds/ID`.
    #[must_use]
    pub fn guild(id: impl Display) -> Self {
        Self::to("guilds").one(id)
    }

    /// One more word.
    #[must_use]
    pub fn at(mut self, word: &'static str) -> Self {
        self.path.extend(["/", word]);
        self.template.extend(["/", word]);
        self
    }

    /// One more value, in place of which any other would be counted alike.
    #[must_use]
    pub fn one(mut self, value: impl Display) -> Self {
        let value = value.to_string();
        self.path.push('/');
        // A value of dots alone would lead to another path, also an encoded one, and so would none.
        if value.bytes().all(|byte| byte == b'.') {
            self.path.push_str("%00");
        } else {
            encode(&value, &mut self.path);
        }
        self.template.push_str("/{}");
        match (self.first, self.values) {
            ("channels" | "guilds" | "webhooks" | "interactions", 0) => self.major = Some(value.clone()),
            // A webhook and an interaction are told by their name and their secret.
            ("webhooks" | "interactions", 1) => {
                if let Some(major) = &mut self.major {
                    major.extend(["/", &value]);
                }
            }
            _ => {}
        }
        self.values += 1;
        self.last = value;
        self
    }

    /// A value behind the `?`; one after the other as they were given.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Display) -> Self {
        let sign = if self.query.is_empty() { "?" } else { "&" };
        self.query.extend([sign, key, "="]);
        encode(&value.to_string(), &mut self.query);
        self
    }

    /// What is asked for, behind the base.
    pub(crate) fn path_and_query(&self) -> String {
        format!("{}{}", self.path, self.query)
    }

    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    pub(crate) fn major(&self) -> Option<&str> {
        self.major.as_deref()
    }

    /// Whether the path itself proves who asks. Such requests need no token, and are outside the limit on all of them.
    pub(crate) fn bears_secret(&self) -> bool {
        matches!(self.first, "webhooks" | "interactions") && self.values > 1
    }

    /// Whether it answers somebody's press or command for the first time.
    pub(crate) fn is_callback(&self) -> bool {
        self.first == "interactions"
    }

    /// The message that a request at this path is about, when it is about one as a whole.
    pub(crate) fn message(&self) -> Option<u64> {
        (self.template == "/channels/{}/messages/{}").then(|| self.last.parse().ok()).flatten()
    }
}

/// Shows where, without the values: they hold accounts and secrets.
impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.template)
    }
}

/// Writes all but the letters that mean nothing in any place of an address.
pub(crate) fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'@') {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_a_path_and_tells_what_it_is_counted_with() {
        let rows = [
            (
                Route::channel(5).at("messages").one(7),
                "/channels/5/messages/7",
                "/channels/{}/messages/{}",
                Some("5"),
            ),
            (
                Route::channel(5).at("messages").with("after", 9).with("limit", 100),
                "/channels/5/messages?after=9&limit=100",
                "/channels/{}/messages",
                Some("5"),
            ),
            (Route::to("users").at("@me").at("channels"), "/users/@me/channels", "/users/@me/channels", None),
            (Route::to("users").one(5), "/users/5", "/users/{}", None),
            (
                Route::to("webhooks").one(5).one("to/ken").at("messages").one(8),
                "/webhooks/5/to%2Fken/messages/8",
                "/webhooks/{}/{}/messages/{}",
                Some("5/to/ken"),
            ),
            (
                Route::channel(5).at("messages").one(7).at("reactions").one("✅").at("@me"),
                "/channels/5/messages/7/reactions/%E2%9C%85/@me",
                "/channels/{}/messages/{}/reactions/{}/@me",
                Some("5"),
            ),
            (Route::channel("").at("messages"), "/channels/%00/messages", "/channels/{}/messages", Some("")),
            (Route::channel(".."), "/channels/%00", "/channels/{}", Some("..")),
        ];
        for (route, path, template, major) in rows {
            assert_eq!(route.path_and_query(), path);
            assert_eq!(route.template(), template);
            assert_eq!(route.major(), major, "{path}");
        }
    }

    #[test]
    fn only_a_whole_message_has_an_age() {
        assert_eq!(Route::channel(5).at("messages").one(7).message(), Some(7));
        assert_eq!(Route::channel(5).at("messages").message(), None);
        assert_eq!(Route::channel(5).at("messages").one("bulk-delete").message(), None);
        assert_eq!(Route::to("webhooks").one(5).one("t").at("messages").one(8).message(), None);
    }

    #[test]
    fn a_route_is_shown_without_its_values() {
        assert_eq!(format!("{:?}", Route::to("webhooks").one(5).one("secret")), "/webhooks/{}/{}");
    }
}
