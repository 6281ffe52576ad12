//! Who holds which office in a group.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::finding::words;
use crate::ids::MemberId;

/// An office in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks after the queue.
    Moderator,
    /// Configures the bot as well.
    Admin,
    /// Keeps the register; an admin everywhere.
    Secretary,
    /// Sits on the Executive Committee, which hears second appeals.
    Executive,
}

words!(Role {
    Moderator = "moderator",
    Admin = "admin",
    Secretary = "secretary",
    Executive = "executive",
});

impl Role {
    /// Whether this office includes that one. The Secretary is an admin, an admin a moderator;
    /// the Executive stands apart, because it hears appeals against the others.
    pub fn includes(self, other: Self) -> bool {
        match self {
            Self::Moderator => other == Self::Moderator,
            Self::Admin => matches!(other, Self::Moderator | Self::Admin),
            Self::Secretary => matches!(other, Self::Moderator | Self::Admin | Self::Secretary),
            Self::Executive => other == Self::Executive,
        }
    }
}

/// The officers of a group and their offices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    offices: BTreeMap<MemberId, BTreeSet<Role>>,
}

impl Roster {
    /// Gives a member an office.
    pub fn appoint(&mut self, member: MemberId, role: Role) {
        self.offices.entry(member).or_default().insert(role);
    }

    /// Whether the member holds this office or one that includes it.
    pub fn holds(&self, member: &MemberId, role: Role) -> bool {
        self.offices.get(member).is_some_and(|roles| roles.iter().any(|held| held.includes(role)))
    }

    /// Everybody who holds this office or one that includes it, in order of id.
    pub fn holders(&self, role: Role) -> impl Iterator<Item = &MemberId> {
        self.offices.keys().filter(move |member| self.holds(member, role))
    }

    /// Everybody who holds an office, in order of id.
    pub fn officers(&self) -> impl Iterator<Item = &MemberId> {
        self.offices.keys()
    }

    /// The offices of a member as they were given, in order.
    pub fn offices(&self, member: &MemberId) -> impl Iterator<Item = Role> {
        self.offices.get(member).into_iter().flatten().copied()
    }
}
