//! Who is who: the accounts of one human being, and who may not judge which matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::ids::MemberId;

/// Which accounts of a group belong to one person, as far as officers have linked them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Persons {
    /// Each linked account but the first of its person, and that first one.
    first: BTreeMap<MemberId, MemberId>,
}

impl Persons {
    /// The persons that these links make; a link is between any two accounts, and links add up.
    pub fn linked(links: impl IntoIterator<Item = (MemberId, MemberId)>) -> Self {
        let mut persons = Self::default();
        for (one, other) in links {
            let (one, other) = (persons.first_of(&one).clone(), persons.first_of(&other).clone());
            if one == other {
                continue;
            }
            let (first, second) = if one < other { (one, other) } else { (other, one) };
            for account in persons.first.values_mut().filter(|account| **account == second) {
                *account = first.clone();
            }
            persons.first.insert(second, first);
        }
        persons
    }

    /// Whether both accounts are one person's.
    pub fn same(&self, one: &MemberId, other: &MemberId) -> bool {
        self.first_of(one) == self.first_of(other)
    }

    /// The account that stands for the person: the first of theirs in order of id.
    pub fn first_of<'a>(&'a self, account: &'a MemberId) -> &'a MemberId {
        self.first.get(account).unwrap_or(account)
    }

    /// All accounts of the person, this one included, in order of id.
    pub fn accounts<'a>(&'a self, account: &'a MemberId) -> Vec<&'a MemberId> {
        let first = self.first_of(account);
        let others = self.first.iter().filter(|(_, of)| *of == first).map(|(other, _)| other);
        std::iter::once(first).chain(others).collect()
    }
}

/// Who has a part in a matter and so cannot judge it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parties {
    /// Whom it is about.
    pub subject: Option<MemberId>,
    /// Who reported it.
    pub reporters: Vec<MemberId>,
    /// At whom the post was aimed.
    pub targets: Vec<MemberId>,
    /// Officers who said themselves that they have a part in it.
    pub declared: Vec<MemberId>,
}

/// Why an officer cannot judge a matter. Such officers neither see nor decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// It is about them.
    Subject,
    /// They reported it.
    Reporter,
    /// The post was aimed at them.
    Target,
    /// They said so themselves.
    Declared,
}

words!(Conflict {
    Subject = "subject",
    Reporter = "reporter",
    Target = "target",
    Declared = "declared",
});

impl Parties {
    /// The conflict of an officer, under whichever of their accounts, if they have one.
    pub fn conflict(&self, officer: &MemberId, persons: &Persons) -> Option<Conflict> {
        let is = |account: &MemberId| persons.same(account, officer);
        if self.subject.as_ref().is_some_and(is) {
            Some(Conflict::Subject)
        } else if self.reporters.iter().any(is) {
            Some(Conflict::Reporter)
        } else if self.targets.iter().any(is) {
            Some(Conflict::Target)
        } else if self.declared.iter().any(is) {
            Some(Conflict::Declared)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::member;
    use proptest::prelude::*;

    #[test]
    fn conflicts_hold_under_every_account() {
        let persons = Persons::linked([(member("mo"), member("mo-phone")), (member("eve"), member("asha"))]);
        let parties = Parties {
            subject: Some(member("mo-phone")),
            reporters: vec![member("nia")],
            targets: vec![member("asha")],
            declared: vec![member("sam")],
        };
        let rows = [
            ("mo", Some(Conflict::Subject)),
            ("mo-phone", Some(Conflict::Subject)),
            ("nia", Some(Conflict::Reporter)),
            ("eve", Some(Conflict::Target)),
            ("sam", Some(Conflict::Declared)),
            ("ed", None),
        ];
        for (officer, want) in rows {
            assert_eq!(parties.conflict(&member(officer), &persons), want, "{officer}");
        }
    }

    proptest! {
        /// Links make an equivalence, whatever their order, and everybody's accounts agree about it.
        #[test]
        fn links_add_up(pairs in proptest::collection::vec((0_u8..8, 0_u8..8), 0..12)) {
            let name = |n: u8| member(&format!("m{n}"));
            let persons = Persons::linked(pairs.iter().map(|&(a, b)| (name(a), name(b))));
            let reversed = Persons::linked(pairs.iter().rev().map(|&(a, b)| (name(b), name(a))));
            let mut reach = [[false; 8]; 8];
            for (n, row) in reach.iter_mut().enumerate() {
                row[n] = true;
            }
            for &(a, b) in &pairs {
                reach[usize::from(a)][usize::from(b)] = true;
                reach[usize::from(b)][usize::from(a)] = true;
            }
            for via in 0..8 {
                for from in 0..8 {
                    for to in 0..8 {
                        reach[from][to] |= reach[from][via] && reach[via][to];
                    }
                }
            }
            for a in 0..8 {
                for b in 0..8 {
                    let want = reach[usize::from(a)][usize::from(b)];
                    prop_assert_eq!(persons.same(&name(a), &name(b)), want);
                    prop_assert_eq!(reversed.same(&name(a), &name(b)), want);
                    prop_assert_eq!(persons.accounts(&name(a)).contains(&&name(b)), want);
                }
            }
        }
    }
}
