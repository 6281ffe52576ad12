//! Makes labelled texts that measure the filter: offensive words in every disguise, and innocent texts of the same
//! shapes.
//!
//! It knows nothing of how the filter works. How people and “fancy text” sites disguise words is written down here
//! once more and independently, so that a gap in the filter's tables is not a gap in what measures it. Only the words
//! themselves come from the shipped lists. The same seed gives the same texts.

mod chance;
mod chat;
mod disguise;
mod hostile;
mod innocent;
mod kind;
mod material;
mod offensive;
mod tables;

use std::collections::HashSet;
use std::sync::LazyLock;

use policy::Disguise;
use serde::Serialize;

use material::Material;

pub use chance::Chance;
pub use chat::chat;
pub use hostile::hostile;
pub use kind::{Group, KINDS, Kind};

/// One labelled text, as `beadle evaluate` reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What is written.
    pub text: String,
    /// 1 when it must be flagged, 0 when it must pass.
    pub label: u8,
    /// The kind of disguise or of innocence.
    pub family: &'static str,
    /// Which measure the family counts for.
    pub group: &'static str,
    /// The word behind it, or what a careless filter would see.
    pub base: String,
    /// Where the word is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
    /// What the disguise may be called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disguise: Vec<Disguise>,
}

/// How often a kind may draw something it had before, a text wanted, before it is taken to be exhausted.
const DRAWS_MAX: usize = 6;

/// Up to `per_kind` texts of every kind, kind by kind; kinds that are written by hand may have fewer.
pub fn items(seed: u64, per_kind: usize) -> impl Iterator<Item = Item> {
    static MATERIAL: LazyLock<Material> = LazyLock::new(Material::new);
    KINDS.iter().flat_map(move |kind| {
        let chance = Chance::new(seed, kind.name);
        let mut seen = HashSet::new();
        let draws = (0..per_kind.saturating_mul(DRAWS_MAX)).filter_map(move |nth| {
            let draft = (kind.draw)(&MATERIAL, &mut chance.nth(nth))?;
            seen.insert(draft.text.clone()).then(|| draft.item(kind))
        });
        draws.take(per_kind)
    })
}

/// A text that does not know its kind yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) base: String,
    pub(crate) span: Option<(usize, usize)>,
    pub(crate) disguise: Vec<Disguise>,
}

impl Draft {
    /// An innocent text.
    pub(crate) fn innocent(text: impl Into<String>, base: impl Into<String>) -> Self {
        Self { text: text.into(), base: base.into(), span: None, disguise: Vec::new() }
    }

    fn item(self, kind: &Kind) -> Item {
        let Self { text, base, span, disguise } = self;
        let label = u8::from(kind.group.is_offensive());
        Item { text, label, family: kind.name, group: kind.group.word(), base, span, disguise }
    }
}
