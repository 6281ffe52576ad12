//! What can be pressed below a message: a command, as much of it as fits.
//!
//! A button carries which command it stands for and for which group, since it may be pressed in private, and years later.
//! It carries no rights: a press only composes a line that anybody could type, and what comes of it is decided where lines
//! are answered.

mod rows;

use policy::{GroupId, Offer, Reference, Step};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::letters::veil::reference;
pub(crate) use rows::rows;

/// What can be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Press {
    /// What a letter offers.
    Offer(Offer),
    /// One of several files to look at, chosen from a list.
    List,
}

impl Press {
    /// How Discord gives it back: `1:sign:B-0042:warning:` and the group.
    pub(crate) fn custom_id(&self, tag: &Tag) -> String {
        let (word, file, step) = match self {
            Self::Offer(offer) => (offer.word(), offer.file(), offer.step()),
            Self::List => (LIST, None, None),
        };
        let file = file.map(|file| file.to_string()).unwrap_or_default();
        let step = step.map(Step::word).unwrap_or_default();
        format!("{VERSION}:{word}:{file}:{step}:{}", tag.as_str())
    }

    /// What was pressed, and in which group; nothing for what no version of ours wrote.
    pub(crate) fn read(custom_id: &str) -> Option<(Self, Tag)> {
        let mut parts = custom_id.splitn(5, ':');
        let mut part = || parts.next();
        let (VERSION, word, file, step, tag) = (part()?, part()?, part()?, part()?, part()?) else {
            return None;
        };
        let file: Option<Reference> = if file.is_empty() { None } else { Some(reference(file)?) };
        let step: Option<Step> = if step.is_empty() { None } else { Some(step.parse().ok()?) };
        let press = match (word, file, step) {
            (LIST, None, None) => Self::List,
            _ => Self::Offer(Offer::new(word, file, step)?),
        };
        Some((press, Tag::read(tag)?))
    }
}

/// What stands on the button for an offer.
fn label(offer: Offer) -> String {
    match offer {
        Offer::Appeal(file) => format!("Appeal {file}"),
        Offer::Reply(file) => format!("Give your side {file}"),
        Offer::Acknowledge => "I have read the rules".to_owned(),
        Offer::MyRecord => "My record".to_owned(),
        Offer::Case(file) => format!("Look at {file}"),
        Offer::Confirm(file) => format!("Confirm {file}"),
        Offer::Restore(file) => format!("Restore {file}"),
        Offer::Sign(file, None) => format!("Sign {file}"),
        Offer::Sign(file, Some(step)) => format!("Sign {step} {file}"),
        Offer::Decline(file) => format!("Decline {file}"),
    }
}

/// How much it stands out: `PRIMARY` 1, `SECONDARY` 2, `SUCCESS` 3, `DANGER` 4.
fn style(offer: Offer) -> u8 {
    match offer {
        Offer::Appeal(_) | Offer::Reply(_) | Offer::Acknowledge => 1,
        Offer::MyRecord | Offer::Case(_) | Offer::Decline(_) => 2,
        Offer::Restore(_) => 3,
        Offer::Confirm(_) | Offer::Sign(..) => 4,
    }
}

fn button(offer: Offer, tag: &Tag) -> Value {
    json!({
        "type": 2,
        "style": style(offer),
        "label": label(offer),
        "custom_id": Press::Offer(offer).custom_id(tag),
    })
}

/// The name of a list: that of the command which it is for, about no file yet.
const LIST: &str = "case";

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
pub(crate) mod testing {
    use std::ops::Range;

    use super::*;
    use proptest::prelude::*;

    /// Any offer, about a file of such a number if it is about one.
    pub(crate) fn offers(numbers: Range<u32>) -> impl Strategy<Value = Offer> {
        let file = numbers.prop_filter_map("numbers start at 1", Reference::new);
        let step = prop::option::of(prop::sample::select(Step::ALL));
        let offer = |(word, file, step)| {
            let of = |file, step| Offer::new(word, file, step);
            of(Some(file), step).or_else(|| of(Some(file), None)).or_else(|| of(None, None))
        };
        (prop::sample::select(&Offer::WORDS[..]), file, step).prop_filter_map("there is none such", offer)
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
        prop_oneof![9 => testing::offers(1..u32::MAX).prop_map(Press::Offer), 1 => Just(Press::List)]
    }

    #[test]
    fn only_what_was_written_so_is_read() {
        let file = Reference::new(42);
        let read = |id: &str| Press::read(id).map(|(press, tag)| (press, tag.0));
        let sign = Offer::new("sign", file, Some(Step::Warning)).map(Press::Offer).unwrap();
        assert_eq!(read("1:sign:B-0042:warning:branch"), Some((sign, "branch".to_owned())));
        assert_eq!(read("1:case:::a:b"), Some((Press::List, "a:b".to_owned())));
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
            let tag = Tag::of(&group(&id));
            let custom_id = press.custom_id(&tag);
            prop_assert!((1..=100).contains(&custom_id.encode_utf16().count()));
            if let Press::Offer(offer) = press {
                prop_assert!((1..=34).contains(&label(offer).encode_utf16().count()));
            }
            prop_assert_eq!(Press::read(&custom_id), Some((press, tag)));
        }

        #[test]
        fn anything_may_come_back(id in prop_oneof!["\\PC{0,120}", "1:(sign|case|appeal|x)?:(B-[0-9]{0,12})?:(warning)?:?\\PC{0,60}"]) {
            if let Some((press, tag)) = Press::read(&id) {
                prop_assert_eq!(press.custom_id(&tag), id);
            }
        }
    }
}
