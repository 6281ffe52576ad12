//! What people type for things that have no name of their own elsewhere.

use std::error::Error;
use std::ffi::OsStr;
use std::str::FromStr;

use clap::builder::{PossibleValue, TypedValueParser};
use policy::{Language, MemberId, PostId, Reference, Step};

/// Reads one of a few words, and lets front ends offer them.
#[derive(Debug, Clone)]
pub(super) struct OneOf<T, E> {
    words: Vec<&'static str>,
    read: fn(&str) -> Result<T, E>,
}

impl<T: FromStr> OneOf<T, T::Err> {
    /// One of these, which are what is read.
    pub(super) fn new(words: impl IntoIterator<Item = &'static str>) -> Self {
        Self { words: words.into_iter().collect(), read: T::from_str }
    }
}

impl<T, E> TypedValueParser for OneOf<T, E>
where
    T: Clone + Send + Sync + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + Clone + 'static,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        self.read.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().copied().map(PossibleValue::new)))
    }
}

/// One of all words there are for a type.
macro_rules! one_of {
    ($type:ty) => {
        $crate::commands::arguments::OneOf::<$type, _>::new(<$type>::ALL.iter().map(|value| value.word()))
    };
}
pub(super) use one_of;

/// The languages.
pub(super) fn languages() -> OneOf<Language, &'static str> {
    OneOf { words: vec!["en", "cy"], read: language }
}

/// A language as people type it.
fn language(text: &str) -> Result<Language, &'static str> {
    match text.to_lowercase().as_str() {
        "en" | "en-gb" | "english" => Ok(Language::English),
        "cy" | "welsh" | "cymraeg" => Ok(Language::Welsh),
        _ => Err("choose one of en, cy"),
    }
}

/// How a member gets their record, other than to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordForm {
    /// For other programs.
    Json,
}

impl FromStr for RecordForm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            _ => Err("say `json`, or nothing"),
        }
    }
}

/// What the Executive decided, as its recorder types it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Minuted {
    /// The post goes back and no strike counts, or the sanction is void.
    Allow,
    /// The post stays away, and no strike counts.
    Vary,
    /// The sanction becomes this lighter one.
    Reduce(Step),
    /// All stands.
    Dismiss,
    /// It came too late and is not heard.
    Refuse,
}

impl Minuted {
    /// What can be typed.
    pub(super) const WORDS: [&str; 6] = ["allow", "vary", "warning", "suspension", "dismiss", "refuse"];
}

impl FromStr for Minuted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "allow" => Ok(Self::Allow),
            "vary" => Ok(Self::Vary),
            "dismiss" => Ok(Self::Dismiss),
            "refuse" => Ok(Self::Refuse),
            "warning" => Ok(Self::Reduce(Step::Warning)),
            "suspension" => Ok(Self::Reduce(Step::Suspension)),
            _ => Err("choose one of allow, vary, warning, suspension, dismiss, refuse"),
        }
    }
}

/// A case, or a post that may have none yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A case.
    Case(Reference),
    /// A post.
    Post(PostId),
}

impl FromStr for Target {
    type Err = &'static str;

    /// A case reference begins with `B`; everything else is a post's own name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let case = text.starts_with(['b', 'B']).then(|| text.parse().ok()).flatten();
        match case {
            Some(case) => Ok(Self::Case(case)),
            None => {
                let id = text.strip_prefix('#').unwrap_or(text);
                PostId::new(id).map(Self::Post).ok_or("name a case, such as B-0042, or the number of a post")
            }
        }
    }
}

/// An account as somebody types it. The `@` before it is a sign, and not part of it, except where the platform writes
/// accounts with one: `@alice:example.org`.
pub(crate) fn account(typed: &str) -> Option<MemberId> {
    let name = typed.trim_start_matches('@');
    let is_whole = name.len() < typed.len() && name.contains(':');
    if is_whole { MemberId::new(format!("@{name}")) } else { MemberId::new(name) }
}

/// What a report points at, as its reporter types it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// A post.
    Post(PostId),
    /// A member.
    Member(MemberId),
    /// The moderation in a file.
    File(Reference),
    /// The moderation as such.
    Moderation,
}

impl FromStr for Reported {
    type Err = &'static str;

    /// `@` begins a member, `B` a reference, `moderation` is itself; everything else is a post's own name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "name a post, such as #42, a member, such as @alice, a reference, such as B-0042, or `moderation`";
        if text == "moderation" {
            return Ok(Self::Moderation);
        }
        if text.starts_with('@') {
            return account(text).map(Self::Member).ok_or(wrong);
        }
        match text.parse().map_err(|_| wrong)? {
            Target::Case(file) => Ok(Self::File(file)),
            Target::Post(post) => Ok(Self::Post(post)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_with_their_sign_and_without() {
        let rows = [
            ("alice", Some("alice")),
            ("@alice", Some("alice")),
            ("@alice:example.org", Some("@alice:example.org")),
            ("@@alice:example.org", Some("@alice:example.org")),
            ("184", Some("184")),
            ("@", None),
            ("", None),
        ];
        for (typed, want) in rows {
            assert_eq!(account(typed).as_ref().map(MemberId::as_str), want, "{typed}");
        }
    }
}
