//! Whose names are written out in a copy, and what stands in the place of the others.

use ledger::Addressee;
use policy::{Actor, MemberId, Role, Roster};

use crate::access::office;

/// Writes out some names and covers the others.
pub(crate) struct Mask<'a> {
    /// The one name that is written out; none: all are.
    only: Option<&'a MemberId>,
    roster: &'a Roster,
    /// Everybody whose name may stand in somebody's words, the longest first.
    known: Vec<MemberId>,
}

impl<'a> Mask<'a> {
    /// Writes out every name.
    pub(crate) fn none(roster: &'a Roster) -> Self {
        Self { only: None, roster, known: Vec::new() }
    }

    /// Writes out the name of one member, and covers those of `known`.
    pub(crate) fn all_but(only: &'a MemberId, roster: &'a Roster, known: Vec<MemberId>) -> Self {
        let mut known: Vec<_> = known.into_iter().filter(|member| member != only).collect();
        known.sort_by_key(|member| std::cmp::Reverse(member.as_str().len()));
        Self { only: Some(only), roster, known }
    }

    /// Whether other people's names are covered.
    pub(crate) fn covers(&self) -> bool {
        self.only.is_some()
    }

    /// A member's name, or what stands for it: the office, or that it is somebody else.
    pub(crate) fn name(&self, member: &MemberId) -> String {
        if self.only.is_none_or(|only| only == member) {
            return member.as_str().to_owned();
        }
        match office(self.roster, member) {
            Some(role) => format!("[{}]", role_name(role)),
            None => "[another member]".to_owned(),
        }
    }

    /// To whom a notice went; who reported something is named to nobody.
    pub(crate) fn addressee(&self, to: &Addressee) -> String {
        match to {
            Addressee::Member(member) => self.name(member),
            Addressee::Reporter => to.as_str().to_owned(),
        }
    }

    /// Who did something.
    pub(crate) fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::Bot => "the bot".to_owned(),
            Actor::Officer(officer) => self.name(officer),
            Actor::Member => "the member".to_owned(),
        }
    }

    /// Somebody's words, with the names that are covered taken out where they stand as words.
    pub(crate) fn words(&self, text: &str) -> String {
        self.known
            .iter()
            .fold(text.to_owned(), |text, member| cover(&text, member.as_str(), &self.name(member)))
    }
}

/// An office, as it stands for the name of whoever holds it.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Moderator => "a moderator",
        Role::Admin => "an admin",
        Role::Secretary => "the Secretary",
        Role::Executive => "a member of the Executive",
    }
}

/// The text with `name` replaced, whatever its case, where no letter or digit touches it.
fn cover(text: &str, name: &str, by: &str) -> String {
    let mut covered = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let end = rest.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).map(str::len);
        let apart = |beside: Option<char>| !beside.is_some_and(char::is_alphanumeric);
        match end {
            Some(end) if apart(before) && apart(rest[end..].chars().next()) => {
                covered.push_str(by);
                before = rest[..end].chars().next_back();
                rest = &rest[end..];
            }
            Some(_) | None => {
                covered.push(first);
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_covered_where_they_stand_as_words() {
        for (text, want) in [
            ("mo said so", "[x] said so"),
            ("@Mo, mo! MO", "@[x], [x]! [x]"),
            ("more of the same, chemo", "more of the same, chemo"),
            ("é mo é", "é [x] é"),
            ("", ""),
        ] {
            assert_eq!(cover(text, "mo", "[x]"), want);
        }
    }
}
