//! All forms of all terms as a tree of letters, for readings with more than one letter a place.

/// A place in the tree: the letters from the root to it are a beginning of some form.
pub(super) type NodeId = u32;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Its first edge; its last is before the first of the next node.
    edges_from: u32,
    /// The form that ends here.
    form: Option<u32>,
}

/// A tree over the letters `a` to `z`.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    edges: Vec<(u8, NodeId)>,
}

impl Trie {
    /// Where every word begins.
    pub(super) const ROOT: NodeId = 0;

    /// Builds the tree from forms of `a` to `z`; of equal forms the first stays.
    pub(super) fn new<'a>(forms: impl Iterator<Item = (&'a [u8], u32)>) -> Self {
        let mut sorted: Vec<_> = forms.collect();
        sorted.sort_by_key(|(letters, _)| *letters);
        sorted.dedup_by_key(|(letters, _)| *letters);
        let mut trie = Self { nodes: Vec::new(), edges: Vec::new() };
        // Breadth first: the children of one node become one run of edges.
        let mut level = vec![(0_usize, sorted.len(), 0_usize)];
        trie.nodes.push(Node { edges_from: 0, form: None });
        let mut at = 0;
        while at < level.len() {
            let (mut from, to, depth) = level[at];
            trie.nodes[at].edges_from = index(trie.edges.len());
            if from < to && sorted[from].0.len() == depth {
                trie.nodes[at].form = Some(sorted[from].1);
                from += 1;
            }
            while from < to {
                let letter = sorted[from].0[depth];
                let end = from + sorted[from..to].partition_point(|(letters, _)| letters[depth] == letter);
                trie.edges.push((letter, index(trie.nodes.len())));
                trie.nodes.push(Node { edges_from: 0, form: None });
                level.push((from, end, depth + 1));
                from = end;
            }
            at += 1;
        }
        trie
    }

    /// The ways on from a node, by letter.
    pub(super) fn edges(&self, node: NodeId) -> &[(u8, NodeId)] {
        let at = node as usize;
        let end = self.nodes.get(at + 1).map_or(self.edges.len(), |next| next.edges_from as usize);
        &self.edges[self.nodes[at].edges_from as usize..end]
    }

    /// The form that ends at a node.
    pub(super) fn form(&self, node: NodeId) -> Option<u32> {
        self.nodes[node as usize].form
    }
}

/// Lists are limited, so that what is made of them fits 32 bits.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
