//! What whoever reads a letter can ask for.

use std::fmt;

use crate::ids::Reference;
use crate::ladder::Step;

/// A command that a letter tells its reader of, as much of it as is settled; what they have to add are words of their own.
///
/// It gives no rights: whether somebody may do what they were offered is looked at when they do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offer {
    /// Ask for something to be looked at again.
    Appeal(Reference),
    /// Give one's side.
    Reply(Reference),
    /// Say that the rules were read.
    Acknowledge,
    /// See what is kept.
    MyRecord,
    /// Look at a file.
    Case(Reference),
    /// Leave a hidden post away.
    Confirm(Reference),
    /// Put a post back.
    Restore(Reference),
    /// Agree to a sanction; to that step where one is named.
    Sign(Reference, Option<Step>),
    /// Close a proposed sanction.
    Decline(Reference),
}

impl Offer {
    /// What a command is called that can be offered, in the order of the variants.
    pub const WORDS: [&'static str; 9] =
        ["appeal", "reply", "acknowledge", "my-record", "case", "confirm", "restore", "sign", "decline"];

    /// What the command is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Appeal(_) => "appeal",
            Self::Reply(_) => "reply",
            Self::Acknowledge => "acknowledge",
            Self::MyRecord => "my-record",
            Self::Case(_) => "case",
            Self::Confirm(_) => "confirm",
            Self::Restore(_) => "restore",
            Self::Sign(..) => "sign",
            Self::Decline(_) => "decline",
        }
    }

    /// The file it is about, if it is about one.
    pub fn file(self) -> Option<Reference> {
        match self {
            Self::Acknowledge | Self::MyRecord => None,
            Self::Appeal(file)
            | Self::Reply(file)
            | Self::Case(file)
            | Self::Confirm(file)
            | Self::Restore(file)
            | Self::Sign(file, _)
            | Self::Decline(file) => Some(file),
        }
    }

    /// The step that is agreed to, where one is named.
    pub fn step(self) -> Option<Step> {
        match self {
            Self::Sign(_, step) => step,
            Self::Appeal(_)
            | Self::Reply(_)
            | Self::Acknowledge
            | Self::MyRecord
            | Self::Case(_)
            | Self::Confirm(_)
            | Self::Restore(_)
            | Self::Decline(_) => None,
        }
    }

    /// The offer of a command by that name, with what it is about; nothing for what is none.
    pub fn new(word: &str, file: Option<Reference>, step: Option<Step>) -> Option<Self> {
        let offer = match (word, file) {
            ("acknowledge", None) => Self::Acknowledge,
            ("my-record", None) => Self::MyRecord,
            ("appeal", Some(file)) => Self::Appeal(file),
            ("reply", Some(file)) => Self::Reply(file),
            ("case", Some(file)) => Self::Case(file),
            ("confirm", Some(file)) => Self::Confirm(file),
            ("restore", Some(file)) => Self::Restore(file),
            ("sign", Some(file)) => Self::Sign(file, step),
            ("decline", Some(file)) => Self::Decline(file),
            _ => return None,
        };
        (offer.step() == step).then_some(offer)
    }
}

/// The line that is typed for it, without what people have to add in their own words.
impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        if let Some(file) = self.file() {
            write!(f, " {file}")?;
        }
        if let Some(step) = self.step() {
            write!(f, " {step}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_the_line_that_is_typed_for_it() {
        let file = Reference::new(42);
        let mut typed = Vec::new();
        for word in Offer::WORDS {
            for step in [None, Some(Step::Warning)] {
                for about in [None, file] {
                    let Some(offer) = Offer::new(word, about, step) else { continue };
                    assert_eq!((offer.word(), offer.file(), offer.step()), (word, about, step));
                    typed.push(offer.to_string());
                }
            }
        }
        insta::assert_snapshot!(typed.join(", "), @"appeal B-0042, reply B-0042, acknowledge, my-record, case B-0042, confirm B-0042, restore B-0042, sign B-0042, sign B-0042 warning, decline B-0042");
        assert_eq!(Offer::new("mode", file, None), None);
    }
}
