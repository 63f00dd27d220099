//! The selectors that one payload is read with, merged into one tree of keys.

use super::{Pointer, pointer::array_index};

/// A set of selectors for the same payload. `None` reads the payload as one raw scalar.
#[derive(Clone, Debug)]
pub struct Selection {
    nodes: Vec<Node>,
    raw: Vec<bool>,
}

/// Up to this many keys are compared one by one.
const FEW: usize = 8;

/// A place in the payload that is selected or on the way to one that is.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Selectors that end here.
    pub(super) targets: Vec<usize>,
    /// Selectors that end here or below: what a repeated key overwrites.
    pub(super) below: Vec<usize>,
    /// Nodes one token down, sorted by token.
    children: Vec<(Box<str>, usize)>,
    /// The children whose token is an array index, sorted by index.
    pub(super) elements: Vec<(usize, usize)>,
}

impl Node {
    pub(super) fn child(&self, key: &str) -> Option<usize> {
        if self.children.len() <= FEW {
            // Most payloads are read for a few keys, which mostly differ in length or where they begin.
            let first = key.as_bytes().first();
            return self
                .children
                .iter()
                .find(|(token, _)| token.as_bytes().first() == first && **token == *key)
                .map(|(_, node)| *node);
        }
        let found = self.children.binary_search_by(|(token, _)| (**token).cmp(key));
        found.ok().map(|at| self.children[at].1)
    }

    pub(super) fn children(&self) -> impl Iterator<Item = usize> {
        self.children.iter().map(|(_, node)| *node)
    }

    pub(super) fn has_children(&self) -> bool {
        !self.children.is_empty()
    }
}

impl Selection {
    /// The selectors, in the order in which the results will come.
    pub fn new(selectors: impl IntoIterator<Item = Option<Pointer>>) -> Self {
        let mut selection = Self {
            nodes: vec![Node::default()],
            raw: Vec::new(),
        };
        for selector in selectors {
            let slot = selection.raw.len();
            selection.raw.push(selector.is_none());
            if let Some(pointer) = selector {
                selection.insert(&pointer, slot);
            }
        }
        selection
    }

    fn insert(&mut self, pointer: &Pointer, slot: usize) {
        let mut at = 0;
        self.nodes[at].below.push(slot);
        for token in pointer.tokens() {
            let fresh = self.nodes.len();
            let node = &mut self.nodes[at];
            at = match node.children.binary_search_by(|(known, _)| known.cmp(token)) {
                Ok(found) => node.children[found].1,
                Err(place) => {
                    node.children.insert(place, (token.clone(), fresh));
                    if let Some(index) = array_index(token) {
                        let place = node.elements.partition_point(|(known, _)| *known < index);
                        node.elements.insert(place, (index, fresh));
                    }
                    self.nodes.push(Node::default());
                    fresh
                }
            };
            self.nodes[at].below.push(slot);
        }
        self.nodes[at].targets.push(slot);
    }

    /// How many selectors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    pub(super) fn node(&self, at: usize) -> &Node {
        &self.nodes[at]
    }

    pub(super) fn is_raw(&self, slot: usize) -> bool {
        self.raw[slot]
    }

    pub(super) fn wants_raw(&self) -> bool {
        self.raw.contains(&true)
    }

    pub(super) fn wants_json(&self) -> bool {
        self.raw.contains(&false)
    }
}
