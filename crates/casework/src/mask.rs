//! Whose names are written out in a copy, and what stands in the place of the others.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Addressee, Snapshot};
use policy::{Actor, Event, MemberId, MessageText, Role, Roster, SurfaceKind};

use crate::access::office;
use crate::letters;
use crate::names::Known;

/// What stands for a name in people's words. It is the same for all, so that nobody is told apart by their office: an
/// officer may be there as a reporter.
const SOMEBODY: &str = "[another member]";

/// Writes out some names and covers the others.
pub(crate) struct Mask<'a> {
    /// The one name that is written out; none: all are.
    only: Option<&'a MemberId>,
    roster: &'a Roster,
    /// What is covered in words of the member whose name is written out.
    in_own: Names,
    /// What is covered in words of others.
    in_others: Names,
}

impl<'a> Mask<'a> {
    /// Writes out every name.
    pub(crate) fn none(roster: &'a Roster) -> Self {
        Self { only: None, roster, in_own: Names::default(), in_others: Names::default() }
    }

    /// Writes out the names of one member, and covers the others that are known.
    pub(crate) fn all_but(only: &'a MemberId, roster: &'a Roster, known: &Known) -> Self {
        let own = known.names.iter().filter(|(member, _)| member == only);
        let own: BTreeSet<_> =
            own.map(|(_, name)| name.as_str()).chain([only.as_str()]).map(folded).collect();
        let others = known.names.iter().filter(|(member, _)| member != only);
        let others = others.map(|(_, name)| name.as_str()).filter(|name| !own.contains(&folded(name.trim())));
        let in_own = Names::new(others);
        let reporters = known.reporters.iter().filter(|reporter| *reporter != only);
        let mut in_others = in_own.clone();
        reporters.for_each(|reporter| in_others.add(reporter.as_str()));
        Self { only: Some(only), roster, in_own, in_others }
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
            None => SOMEBODY.to_owned(),
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

    /// Who something in the history of a file was done by.
    pub(crate) fn doer(&self, actor: &Actor, event: Event) -> String {
        // Which officer has a part in it may tell who reported it.
        if self.covers() && event == Event::ConflictDeclared {
            return "[an officer]".to_owned();
        }
        self.actor(actor)
    }

    /// Words of the member whose name is written out, with the names that are covered taken out where they stand as
    /// words.
    pub(crate) fn own_words(&self, text: &MessageText) -> MessageText {
        MessageText::new(self.in_own.cover(text.expose()))
    }

    /// What a post said whose author's name is written out: without the words it quotes, if names are covered.
    pub(crate) fn post(&self, snapshot: &Snapshot) -> MessageText {
        if !self.covers() {
            return letters::post_text(snapshot);
        }
        let surfaces = snapshot.surfaces.iter().map(|surface| match surface.kind {
            SurfaceKind::Quotation => "> [somebody else's words]".to_owned(),
            SurfaceKind::Body | SurfaceKind::Name => self.own_words(&surface.text).expose().to_owned(),
        });
        MessageText::new(surfaces.collect::<Vec<_>>().join("\n"))
    }

    /// Words of anybody else, with the names that are covered taken out where they stand as words.
    pub(crate) fn words(&self, text: &MessageText) -> MessageText {
        MessageText::new(self.in_others.cover(text.expose()))
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

/// Names that are looked for all at once.
#[derive(Debug, Clone, Default)]
struct Names {
    /// By their first letter, the longest first.
    by_first: BTreeMap<char, Vec<Vec<char>>>,
}

impl Names {
    fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut all = Self::default();
        names.for_each(|name| all.add(name));
        all
    }

    fn add(&mut self, name: &str) {
        let name = folded(name.trim());
        let Some(first) = name.first().copied() else { return };
        let alike = self.by_first.entry(first).or_default();
        let place = alike.partition_point(|other| (other.len(), &name) > (name.len(), other));
        if alike.get(place) != Some(&name) {
            alike.insert(place, name);
        }
    }

    /// How long the longest name is that begins here and ends where no letter or digit follows, in characters.
    fn at(&self, here: &[char]) -> Option<usize> {
        let alike = self.by_first.get(&fold(*here.first()?))?;
        let fits = |name: &&Vec<char>| {
            let (there, after) = (here.get(..name.len()), here.get(name.len()));
            there.is_some_and(|there| there.iter().zip(*name).all(|(one, other)| fold(*one) == *other))
                && !after.is_some_and(|after| after.is_alphanumeric())
        };
        alike.iter().find(fits).map(Vec::len)
    }

    /// The text with every name replaced, whatever its case, where no letter or digit touches it.
    fn cover(&self, text: &str) -> String {
        let text: Vec<char> = text.chars().collect();
        let mut covered = String::with_capacity(text.len());
        let (mut place, mut before) = (0, None::<char>);
        while let Some(&next) = text.get(place) {
            let apart = !before.is_some_and(char::is_alphanumeric);
            match self.at(&text[place..]).filter(|_| apart) {
                Some(len) => {
                    covered.push_str(SOMEBODY);
                    place += len;
                }
                None => {
                    covered.push(next);
                    place += 1;
                }
            }
            before = text.get(place - 1).copied();
        }
        covered
    }
}

fn folded(name: &str) -> Vec<char> {
    name.chars().map(fold).collect()
}

/// A letter whatever its case; a letter that has two in the other case stays one.
fn fold(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str) -> MemberId {
        MemberId::new(id).unwrap()
    }

    #[test]
    fn names_are_covered_where_they_stand_as_words() {
        let names = Names::new(["mo", "Siân Rees", "siân", "member"].into_iter());
        for (text, want) in [
            ("mo said so", "[x] said so"),
            ("@Mo, mo! MO", "@[x], [x]! [x]"),
            ("more of the same, chemo", "more of the same, chemo"),
            ("é mo é", "é [x] é"),
            ("SIÂN REES and Siân", "[x] and [x]"),
            ("Siân Reesling", "[x] Reesling"),
            ("a member, mo", "a [x], [x]"),
            ("mo mo", "[x] [x]"),
            ("", ""),
        ] {
            assert_eq!(names.cover(text), want.replace("[x]", SOMEBODY), "{text}");
        }
    }

    #[test]
    fn whoever_is_known_as_a_reporter_alone_is_covered_in_the_words_of_others() {
        let mut roster = Roster::default();
        roster.appoint(member("mo"), Role::Moderator);
        let known = Known {
            names: vec![
                (member("bob"), "bob".to_owned()),
                (member("bob"), "Bob the Baker".to_owned()),
                (member("mo"), "mo".to_owned()),
                (member("eve"), "BOB".to_owned()),
            ],
            reporters: vec![member("zoe")],
        };
        let bob = member("bob");
        let mask = Mask::all_but(&bob, &roster, &known);
        let text = MessageText::new("zoe and mo on bob, Bob the Baker");
        assert_eq!(mask.own_words(&text).expose(), "zoe and [another member] on bob, Bob the Baker");
        let others = mask.words(&text);
        assert_eq!(others.expose(), "[another member] and [another member] on bob, Bob the Baker");
        assert_eq!(mask.name(&member("mo")), "[a moderator]");
        let by = Actor::Officer(member("mo"));
        assert_eq!(mask.doer(&by, Event::ConflictDeclared), "[an officer]");
        assert_eq!(Mask::none(&roster).words(&text), text);
    }
}
