//! The group Beadle starts with when nothing is configured.

use super::raw::{RawGroup, RawMember, RawOfficer};
use super::section::Located;

const MEMBERS: [(&str, &str); 10] = [
    ("alice", "Alice"),
    ("bob", "Bob"),
    ("carol", "Carol"),
    ("dev", "Dev"),
    ("mo", "Mo"),
    ("nia", "Nia"),
    ("asha", "Asha"),
    ("kit", "Kit"),
    ("sam", "Sam"),
    ("ed", "Ed"),
];

const OFFICERS: [(&str, &str); 6] = [
    ("mo", "moderator"),
    ("nia", "moderator"),
    ("asha", "admin"),
    ("kit", "admin"),
    ("sam", "secretary"),
    ("ed", "executive"),
];

/// The sample group, as if it had been written in a file.
pub(super) fn group() -> RawGroup {
    RawGroup {
        id: text("thistlebrook"),
        name: text("Thistlebrook Social Club"),
        contact: text("secretary@thistlebrook.example"),
        channels: Some(channels()),
        members: Some(members()),
        officers: Some(officers()),
        ..RawGroup::default()
    }
}

/// The channels of a group that names none.
pub(super) fn channels() -> Vec<Located<String>> {
    ["general", "tearoom"].iter().copied().filter_map(text).collect()
}

/// The members of a group that names none.
pub(super) fn members() -> Vec<RawMember> {
    MEMBERS.iter().map(|(id, name)| RawMember { line: None, id: text(id), name: text(name) }).collect()
}

/// The officers of a group that names neither members nor officers.
pub(super) fn officers() -> Vec<RawOfficer> {
    let officer = |(member, role): &(&str, &str)| RawOfficer {
        line: None,
        member: text(member),
        roles: Some(text(role).into_iter().collect()),
    };
    OFFICERS.iter().map(officer).collect()
}

fn text(value: &str) -> Option<Located<String>> {
    Some(Located::built_in(value.to_owned()))
}
