//! What can be pressed below a message: a command, as much of it as fits.
//!
//! A button carries which command it stands for and for which group, since it may be pressed in private, and years later.
//! It carries no rights: a press only composes a line that anybody could type, and what comes of it is decided where lines
//! are answered.

pub(crate) mod offers;

use policy::{GroupId, Reference, Step};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::letters::veil::reference;

/// What a command is called that can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    /// Ask for something to be looked at again.
    Appeal,
    /// Give one's side.
    Reply,
    /// Say that the rules were read.
    Acknowledge,
    /// See what is kept.
    MyRecord,
    /// Look at a file.
    Case,
    /// Leave a hidden post away.
    Confirm,
    /// Put a post back.
    Restore,
    /// Agree to a sanction.
    Sign,
    /// Close a proposed sanction.
    Decline,
}

impl Verb {
    const ALL: [Self; 9] = [
        Self::Appeal,
        Self::Reply,
        Self::Acknowledge,
        Self::MyRecord,
        Self::Case,
        Self::Confirm,
        Self::Restore,
        Self::Sign,
        Self::Decline,
    ];

    /// The command, as people type it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Appeal => "appeal",
            Self::Reply => "reply",
            Self::Acknowledge => "acknowledge",
            Self::MyRecord => "my-record",
            Self::Case => "case",
            Self::Confirm => "confirm",
            Self::Restore => "restore",
            Self::Sign => "sign",
            Self::Decline => "decline",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.word() == word)
    }

    /// Whether it is about a file.
    fn has_file(self) -> bool {
        !matches!(self, Self::Acknowledge | Self::MyRecord)
    }
}

/// What a press means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Press {
    pub(crate) verb: Verb,
    /// The file it is about. A list of files to choose from has none.
    pub(crate) file: Option<Reference>,
    /// The step that is signed, where that is settled.
    pub(crate) step: Option<Step>,
}

impl Press {
    /// The command for a file.
    pub(crate) fn of(verb: Verb, file: Reference) -> Self {
        Self { verb, file: Some(file), step: None }
    }

    /// A command that is about no file.
    pub(crate) fn alone(verb: Verb) -> Self {
        Self { verb, file: None, step: None }
    }

    /// The line it composes, without what people have to add in their own words.
    pub(crate) fn line(&self) -> String {
        let mut line = self.verb.word().to_owned();
        if let Some(file) = self.file {
            line.push_str(&format!(" {file}"));
        }
        if let Some(step) = self.step {
            line.push_str(&format!(" {step}"));
        }
        line
    }

    /// What stands on it.
    fn label(&self) -> String {
        let about = self.file.map(|file| format!(" {file}")).unwrap_or_default();
        match (self.verb, self.step) {
            (Verb::Appeal, _) => format!("Appeal{about}"),
            (Verb::Reply, _) => format!("Give your side{about}"),
            (Verb::Acknowledge, _) => "I have read the rules".to_owned(),
            (Verb::MyRecord, _) => "My record".to_owned(),
            (Verb::Case, _) => format!("Look at{about}"),
            (Verb::Confirm, _) => format!("Confirm{about}"),
            (Verb::Restore, _) => format!("Restore{about}"),
            (Verb::Sign, None) => format!("Sign{about}"),
            (Verb::Sign, Some(step)) => format!("Sign {step}{about}"),
            (Verb::Decline, _) => format!("Decline{about}"),
        }
    }

    /// How much it stands out: `PRIMARY` 1, `SECONDARY` 2, `SUCCESS` 3, `DANGER` 4.
    fn style(&self) -> u8 {
        match self.verb {
            Verb::Appeal | Verb::Reply | Verb::Acknowledge => 1,
            Verb::MyRecord | Verb::Case | Verb::Decline => 2,
            Verb::Restore => 3,
            Verb::Confirm | Verb::Sign => 4,
        }
    }

    fn button(&self, group: &GroupId) -> Value {
        json!({
            "type": 2,
            "style": self.style(),
            "label": self.label(),
            "custom_id": self.custom_id(&Tag::of(group)),
        })
    }

    /// How Discord gives it back: `1:sign:B-0042:warning:` and the group.
    pub(crate) fn custom_id(&self, tag: &Tag) -> String {
        let file = self.file.map(|file| file.to_string()).unwrap_or_default();
        let step = self.step.map(Step::word).unwrap_or_default();
        format!("{VERSION}:{}:{file}:{step}:{}", self.verb.word(), tag.as_str())
    }

    /// What was pressed, and in which group; nothing for what no version of ours wrote.
    pub(crate) fn read(custom_id: &str) -> Option<(Self, Tag)> {
        let mut parts = custom_id.splitn(5, ':');
        let mut part = || parts.next();
        let (VERSION, verb, file, step, tag) = (part()?, part()?, part()?, part()?, part()?) else {
            return None;
        };
        let verb = Verb::read(verb)?;
        let file = if file.is_empty() { None } else { Some(reference(file)?) };
        let step = if step.is_empty() { None } else { Some(step.parse().ok()?) };
        let fits = match verb {
            // Without a file, it is a list of them.
            Verb::Case => step.is_none(),
            Verb::Sign => file.is_some(),
            _ => verb.has_file() == file.is_some() && step.is_none(),
        };
        let press = Self { verb, file, step };
        Tag::read(tag).filter(|_| fits).map(|tag| (press, tag))
    }
}

/// Told by it from what a later version writes.
const VERSION: &str = "1";

/// How long the name of a group in a button is at most, in UTF-16 units; all of it may be 100.
const TAG_LEN_MAX: usize = 48;

/// A group, as a button names it: by its id, or by a digest of a long one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Tag(String);

impl Tag {
    /// The name of a group in a button.
    pub(crate) fn of(group: &GroupId) -> Self {
        let id = group.as_str();
        if id.encode_utf16().count() <= TAG_LEN_MAX && !id.starts_with('~') {
            return Self(id.to_owned());
        }
        let digest = Sha256::digest(id.as_bytes());
        Self(digest.iter().take(16).fold("~".to_owned(), |tag, byte| format!("{tag}{byte:02x}")))
    }

    /// As it stands in a button.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What came back as the name of a group.
    pub(crate) fn read(tag: &str) -> Option<Self> {
        let fits = !tag.is_empty() && tag.encode_utf16().count() <= TAG_LEN_MAX;
        fits.then(|| Self(tag.to_owned()))
    }

    /// The group that is meant, if it is one of these.
    pub(crate) fn among<'a>(&self, groups: impl IntoIterator<Item = &'a GroupId>) -> Option<&'a GroupId> {
        groups.into_iter().find(|group| Self::of(group) == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group(id: &str) -> GroupId {
        GroupId::new(id).unwrap()
    }

    fn presses() -> impl Strategy<Value = Press> {
        let file = (1_u32..).prop_filter_map("numbers start at 1", Reference::new);
        let step = prop::option::of(prop::sample::select(Step::ALL));
        (prop::sample::select(&Verb::ALL[..]), file, step).prop_map(|(verb, file, step)| Press {
            verb,
            file: verb.has_file().then_some(file),
            step: step.filter(|_| verb == Verb::Sign),
        })
    }

    #[test]
    fn only_what_was_written_so_is_read() {
        let file = Reference::new(42);
        let read = |id: &str| Press::read(id).map(|(press, tag)| (press, tag.0));
        let sign = Press { verb: Verb::Sign, file, step: Some(Step::Warning) };
        assert_eq!(read("1:sign:B-0042:warning:branch"), Some((sign, "branch".to_owned())));
        assert_eq!(read("1:case:::a:b"), Some((Press::alone(Verb::Case), "a:b".to_owned())));
        let forged = [
            "",
            "1",
            "2:case:B-0042::branch",
            "1:case:B-42::branch",
            "1:case:b-0042::branch",
            "1:case:B-0042:warning:branch",
            "1:sign::warning:branch",
            "1:sign:B-0042:banishment:branch",
            "1:mode:B-0042::branch",
            "1:Case:B-0042::branch",
            "1:appeal:::branch",
            "1:acknowledge:B-0042::branch",
            "1:case:B-0042::",
            "1:case:B-0042:branch",
            "1:case:B-99999999999::branch",
        ];
        for id in forged {
            assert_eq!(read(id), None, "{id}");
        }
    }

    #[test]
    fn a_group_of_a_long_name_is_known_again() {
        let long = group(&"long ".repeat(30));
        let groups = [group("branch"), group("~short"), group(&"long ".repeat(31)), long.clone()];
        for group in &groups {
            assert_eq!(Tag::of(group).among(&groups), Some(group));
        }
        assert_eq!(Tag::of(&long).among(&groups[..3]), None);
        assert_ne!(Tag::of(&long).0, Tag::of(&groups[2]).0);
    }

    proptest! {
        #[test]
        fn every_button_fits_and_is_read_as_it_was_written(press in presses(), id in "[^\\p{Cc}]{1,60}") {
            let group = group(&id);
            let button = press.button(&group);
            let units = |field: &str| button[field].as_str().unwrap().encode_utf16().count();
            prop_assert!((1..=100).contains(&units("custom_id")));
            prop_assert!((1..=34).contains(&units("label")));
            let read = Press::read(button["custom_id"].as_str().unwrap());
            prop_assert_eq!(read, Some((press, Tag::of(&group))));
        }

        #[test]
        fn anything_may_come_back(id in prop_oneof!["\\PC{0,120}", "1:(sign|case|appeal|x)?:(B-[0-9]{0,12})?:(warning)?:?\\PC{0,60}"]) {
            if let Some((press, tag)) = Press::read(&id) {
                prop_assert_eq!(press.custom_id(&tag), id);
            }
        }
    }
}
