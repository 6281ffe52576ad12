//! Short digests, by which words are known again where the words themselves must not stand.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The first 64 bits of a SHA-256. Written as 16 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Digest(u64);

impl Digest {
    /// The digest of texts in their order. Where one ends and the next begins makes a difference.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut hasher = Sha256::new();
        for text in texts {
            hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        let mut first = [0; 8];
        for (to, from) in first.iter_mut().zip(hasher.finalize()) {
            *to = from;
        }
        Self(u64::from_be_bytes(first))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What was read is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 16 digits from 0 to 9 and a to f")]
pub(crate) struct InvalidDigest;

impl FromStr for Digest {
    type Err = InvalidDigest;

    /// Reads what [`Digest`] writes, and nothing else: there is one way to write each.
    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_digest = text.len() == 16 && text.bytes().all(is_digit);
        let number = is_digest.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        number.map(Self).ok_or(InvalidDigest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_digest_is_the_same_in_every_run() {
        let written = |texts: &[&str]| Digest::of(texts.iter().copied()).to_string();
        assert_eq!(written(&["New Name"]), written(&["New Name"]));
        assert_ne!(written(&["ab", "c"]), written(&["a", "bc"]), "the same letters, parted elsewhere");
        assert_ne!(written(&[""]), written(&[]));
        insta::assert_snapshot!(written(&["New Name"]), @"6ac3102b8fb13e66");
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for wrong in
            ["", "0", "0123456789ABCDEF", "+123456789abcdef", "0123456789abcdef0", "0123456789abcde\u{e9}"]
        {
            assert_eq!(wrong.parse::<Digest>(), Err(InvalidDigest), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn a_digest_reads_back(texts in prop::collection::vec("\\PC{0,20}", 0..4)) {
            let digest = Digest::of(texts.iter().map(String::as_str));
            prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        }
    }
}
