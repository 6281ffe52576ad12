//! All forms of all terms as a tree of letters, for readings with more than one letter a place.

/// A place in the tree: the letters from the root to it are a beginning of some form.
pub(super) type NodeId = u32;

/// No form ends at a node.
const NO_FORM: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The letters that may follow, as bits from `a`.
    letters: u32,
    /// The node of the first of them; the others follow it in order.
    first: NodeId,
    /// The form that ends here, or [`NO_FORM`].
    form: u32,
}

/// A tree over the letters `a` to `z`.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    nodes: Vec<Node>,
}

impl Trie {
    /// Where every word begins.
    pub(super) const ROOT: NodeId = 0;

    /// Builds the tree from forms of `a` to `z`; of equal forms the first stays.
    pub(super) fn new<'a>(forms: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mut sorted: Vec<_> = forms.collect();
        sorted.sort_by_key(|(letters, _)| *letters);
        sorted.dedup_by_key(|(letters, _)| *letters);
        let blank = Node { letters: 0, first: 0, form: NO_FORM };
        let mut nodes = vec![blank];
        // Breadth first: the children of one node stand side by side.
        let mut level = vec![(0_usize, sorted.len(), 0_usize)];
        let mut at = 0;
        while at < level.len() {
            let (mut from, to, depth) = level[at];
            nodes[at].first = index(nodes.len());
            if from < to && sorted[from].0.len() == depth {
                nodes[at].form = sorted[from].1;
                from += 1;
            }
            while from < to {
                let letter = sorted[from].0[depth];
                let end = from + sorted[from..to].partition_point(|(letters, _)| letters[depth] == letter);
                nodes[at].letters |= bit(letter);
                nodes.push(blank);
                level.push((from, end, depth + 1));
                from = end;
            }
            at += 1;
        }
        nodes.shrink_to_fit();
        Self { nodes }
    }

    /// The way on from a node by a letter `a` to `z`.
    pub(super) fn child(&self, node: NodeId, letter: u8) -> Option<NodeId> {
        let Node { letters, first, .. } = self.nodes[node as usize];
        let bit = bit(letter);
        (letters & bit != 0).then(|| first + (letters & (bit - 1)).count_ones())
    }

    /// The ways on from a node by any letter of a set of bits.
    pub(super) fn children(&self, node: NodeId, among: u32) -> impl Iterator<Item = (u8, NodeId)> + use<> {
        let Node { letters, first, .. } = self.nodes[node as usize];
        let mut left = letters & among;
        std::iter::from_fn(move || {
            let at = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            let before = (letters & ((1 << at) - 1)).count_ones();
            u8::try_from(at).ok().map(|at| (b'a' + at, first + before))
        })
    }

    /// The node at which a way over `letters` from `node` ends.
    pub(super) fn walk(&self, node: NodeId, letters: impl IntoIterator<Item = u8>) -> Option<NodeId> {
        letters.into_iter().try_fold(node, |node, letter| self.child(node, letter))
    }

    /// The form that ends at a node.
    pub(super) fn form(&self, node: NodeId) -> Option<u32> {
        Some(self.nodes[node as usize].form).filter(|form| *form != NO_FORM)
    }
}

/// A letter as a bit; no bit for what is no letter from `a` to `z`.
pub(super) fn bit(letter: u8) -> u32 {
    if letter.is_ascii_lowercase() { 1 << (letter - b'a') } else { 0 }
}

/// Lists are limited, so that what is made of them fits 32 bits.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
