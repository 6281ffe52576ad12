//! Why, for those who read a server's audit log.

use std::collections::BTreeSet;

use policy::Reference;

use super::route::encode;
use crate::digest::Digest;

/// Discord takes so many characters, counted after encoding to be on the safe side.
const LEN_MAX: usize = 512;

/// What stands in the audit log beside a deed. Everybody who may see the log reads it, so it names files, may bear a seal, and
/// can be made of nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReason(String);

impl AuditReason {
    /// Done in this file.
    pub fn of_file(reference: Reference) -> Self {
        Self::of_files([reference])
    }

    /// Done in all of these files at once; as many of them as there is room for.
    pub fn of_files(references: impl IntoIterator<Item = Reference>) -> Self {
        let mut encoded = String::new();
        for file in references.into_iter().collect::<BTreeSet<_>>() {
            let mut next = String::new();
            if !encoded.is_empty() {
                encode(" ", &mut next);
            }
            encode(&file.to_string(), &mut next);
            if encoded.len() + next.len() > LEN_MAX {
                break;
            }
            encoded.push_str(&next);
        }
        Self(encoded)
    }

    /// Done in this file, and marked so that it is known again as the bot's own.
    pub(crate) fn sealed(reference: Reference, seal: Digest) -> Self {
        let mut encoded = String::new();
        encode(&format!("{reference} {seal}"), &mut encoded);
        Self(encoded)
    }

    /// As the header has it.
    pub(crate) fn as_header(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_reference() {
        let reference = Reference::new(42).expect("a number");
        assert_eq!(AuditReason::of_file(reference).as_header(), "B-0042");
    }

    #[test]
    fn many_files_are_named_once_each_and_whole() {
        let files = |numbers: &[u32]| numbers.iter().filter_map(|it| Reference::new(*it)).collect::<Vec<_>>();
        assert_eq!(AuditReason::of_files(files(&[3, 1, 3])).as_header(), "B-0001%20B-0003");
        let many = AuditReason::of_files(files(&(1..=100).collect::<Vec<_>>()));
        assert!(many.as_header().len() <= LEN_MAX && many.as_header().ends_with("B-0057"));
    }
}
