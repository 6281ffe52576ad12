//! Why, for those who read a server's audit log.

use std::collections::BTreeSet;

use platform::EffectId;
use policy::{Reference, Rule};

use super::route::encode;

/// Discord takes so many characters, counted after encoding to be on the safe side.
const LEN_MAX: usize = 512;

/// What stands in the audit log beside a deed. Everybody who may see the log reads it, so it names files and rules and
/// can be made of nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReason(String);

impl AuditReason {
    /// Done in this file, under this rule where there is one.
    pub fn of_file(reference: Reference, rule: Option<&Rule>) -> Self {
        match rule {
            Some(rule) => Self::new(&format!("{reference}: {}", rule.title)),
            None => Self::new(&reference.to_string()),
        }
    }

    /// Done in all of these files at once; as many of them as there is room for.
    pub fn of_files(references: impl IntoIterator<Item = Reference>) -> Self {
        let mut text = String::new();
        for file in references.into_iter().collect::<BTreeSet<_>>() {
            let next = format!("{}{file}", if text.is_empty() { "" } else { " " });
            if encoded_len(&text) + encoded_len(&next) > LEN_MAX {
                break;
            }
            text.push_str(&next);
        }
        Self::new(&text)
    }

    /// Done as this effect, by which the file is found in the ledger.
    pub fn of_effect(effect: EffectId) -> Self {
        Self::new(&effect.to_string())
    }

    fn new(text: &str) -> Self {
        let mut encoded = String::new();
        for c in text.chars() {
            let mut next = String::new();
            encode(c.encode_utf8(&mut [0; 4]), &mut next);
            if encoded.len() + next.len() > LEN_MAX {
                break;
            }
            encoded.push_str(&next);
        }
        Self(encoded)
    }

    /// As the header has it.
    pub(crate) fn as_header(&self) -> &str {
        &self.0
    }
}

fn encoded_len(text: &str) -> usize {
    let mut encoded = String::new();
    encode(text, &mut encoded);
    encoded.len()
}

#[cfg(test)]
mod tests {
    use policy::Rulebook;

    use super::*;

    #[test]
    fn a_reason_is_a_reference_and_a_rule() {
        let mut rule = Rulebook::default().rules().first().expect("a rule").clone();
        rule.title = "Grüße, & more".to_owned();
        let reference = Reference::new(42).expect("a number");
        let reason = AuditReason::of_file(reference, Some(&rule));
        assert_eq!(reason.as_header(), "B-0042%3A%20Gr%C3%BC%C3%9Fe%2C%20%26%20more");
        assert_eq!(AuditReason::of_file(reference, None).as_header(), "B-0042");
        assert_eq!(AuditReason::of_effect(EffectId(7)).as_header(), "beadle-7");
    }

    #[test]
    fn many_files_are_named_once_each_and_whole() {
        let files = |numbers: &[u32]| numbers.iter().filter_map(|it| Reference::new(*it)).collect::<Vec<_>>();
        assert_eq!(AuditReason::of_files(files(&[3, 1, 3])).as_header(), "B-0001%20B-0003");
        let many = AuditReason::of_files(files(&(1..=100).collect::<Vec<_>>()));
        assert!(many.as_header().len() <= LEN_MAX && many.as_header().ends_with("B-0057"));
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let mut rule = Rulebook::default().rules().first().expect("a rule").clone();
        rule.title = "é".repeat(600);
        let reason = AuditReason::of_file(Reference::new(1).expect("a number"), Some(&rule));
        assert!(reason.as_header().len() <= LEN_MAX);
        assert!(reason.as_header().ends_with("%C3%A9"));
    }
}
