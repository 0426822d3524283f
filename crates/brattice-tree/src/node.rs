//! A view of one value.

use std::collections::{HashMap, HashSet};
use std::slice;

use brattice_finding::Span;

use crate::arena::{NodeData, Payload};
use crate::{NodeId, Scalar, Tree};

/// What a value is, aliases followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// Text in some style; `null`, `~`, numbers and booleans too.
    Scalar,
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
    /// Nothing was written: `key:` with an empty value.
    Null,
    /// An alias whose anchor is unknown, encloses it, or would unfold too far.
    UnresolvedAlias,
}

/// One value of a tree. Everything but [`Node::id`], [`Node::span`], [`Node::full_span`], [`Node::tag`],
/// [`Node::anchor`] and [`Node::alias_name`] looks through an alias at the value that it names.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    id: NodeId,
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'t> {
    /// The key.
    pub key: Node<'t>,
    /// The value.
    pub value: Node<'t>,
    /// From the key's first byte to the value's last, anchors and tags included.
    pub span: Span,
}

impl<'t> Node<'t> {
    pub(crate) fn new(tree: &'t Tree<'t>, id: NodeId) -> Self {
        Self { tree, id }
    }

    fn own(self) -> Option<&'t NodeData> {
        self.tree.arena.nodes.get(self.id.index())
    }

    fn payload(self) -> Payload {
        self.target().own().map_or(Payload::Null, |node| node.payload)
    }

    /// Returns the number of this node; an alias has its own.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Returns the tree that this node belongs to.
    pub fn tree(self) -> &'t Tree<'t> {
        self.tree
    }

    /// Returns the node's own bytes: with quotes, brackets and block indicator, without anchor and tag. An
    /// alias has the bytes of `*name`. An empty value has an empty span behind its colon or dash.
    pub fn span(self) -> Span {
        self.own().map_or(Span::at(0), |node| node.span)
    }

    /// Returns the node's own bytes with its anchor and tag.
    pub fn full_span(self) -> Span {
        self.tree.arena.full_span(self.id)
    }

    /// Returns the node that an alias names, or the node itself.
    #[must_use]
    pub fn target(self) -> Self {
        match self.own().map(|node| node.payload) {
            Some(Payload::Alias { target: Some(target) }) => Self { tree: self.tree, id: target },
            _ => self,
        }
    }

    /// Returns the name behind `*` if this node is an alias.
    pub fn alias_name(self) -> Option<&'t str> {
        let node = self.own()?;
        matches!(node.payload, Payload::Alias { .. })
            .then(|| node.span.slice(self.tree.text()).trim_start_matches('*'))
    }

    /// Returns what the value is.
    pub fn kind(self) -> NodeKind {
        match self.payload() {
            Payload::Null => NodeKind::Null,
            Payload::Borrowed { .. } | Payload::Decoded { .. } => NodeKind::Scalar,
            Payload::Sequence { .. } => NodeKind::Sequence,
            Payload::Mapping { .. } => NodeKind::Mapping,
            Payload::Alias { .. } => NodeKind::UnresolvedAlias,
        }
    }

    /// Returns whether a collection is written in brackets or braces.
    pub fn is_flow(self) -> bool {
        matches!(self.payload(), Payload::Sequence { flow: true, .. } | Payload::Mapping { flow: true, .. })
    }

    /// Returns the scalar, if the value is one.
    pub fn scalar(self) -> Option<Scalar<'t>> {
        let node = self.target();
        Scalar::of(node.tree, node.own()?.payload)
    }

    /// Returns the decoded text of a scalar, whatever it means: a plain `null` gives `"null"`.
    pub fn as_str(self) -> Option<&'t str> {
        self.scalar().map(Scalar::value)
    }

    /// Returns whether the value is null: empty, or one of the plain words of the core schema. A quoted one and
    /// one with a string tag are text.
    pub fn is_null(self) -> bool {
        match self.kind() {
            NodeKind::Null => !self.is_tagged_text(),
            NodeKind::Scalar => !self.is_tagged_text() && self.scalar().is_some_and(Scalar::is_null_word),
            _ => false,
        }
    }

    /// Returns the truth value by the core schema: plain `true`/`false` in three spellings, nothing else.
    pub fn as_bool(self) -> Option<bool> {
        if self.is_tagged_text() { None } else { self.scalar()?.as_bool_word() }
    }

    fn is_tagged_text(self) -> bool {
        matches!(self.target().tag(), Some("!" | "!!str" | "!<tag:yaml.org,2002:str>"))
    }

    /// Returns the values of a sequence; nothing for other kinds.
    pub fn items(self) -> Items<'t> {
        let ids = match self.payload() {
            Payload::Sequence { children, .. } => self.tree.arena.children(children),
            _ => &[],
        };
        Items { tree: self.tree, ids: ids.iter() }
    }

    /// Returns the entries of a mapping in source order with duplicates; nothing for other kinds.
    pub fn entries(self) -> Entries<'t> {
        let ids = match self.payload() {
            Payload::Mapping { children, .. } => self.tree.arena.children(children),
            _ => &[],
        };
        Entries { tree: self.tree, pairs: ids.chunks_exact(2) }
    }

    /// Returns the value of a key. Of duplicates the last counts: so read Ruby (GitLab) and most readers;
    /// GitHub refuses such a file altogether. Merge keys are not followed.
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// Returns the entry of a key, by the rule of [`Node::get`].
    pub fn entry(self, key: &str) -> Option<Entry<'t>> {
        self.entries().rev().find(|entry| entry.key.as_str() == Some(key))
    }

    /// Returns the entries that a later one with the same scalar key hides.
    pub fn duplicates(self) -> Vec<Entry<'t>> {
        let mut last = HashMap::new();
        for (index, entry) in self.entries().enumerate() {
            if let Some(key) = entry.key.as_str() {
                last.insert(key, index);
            }
        }
        let hidden = |(index, entry): (usize, Entry<'t>)| {
            let key = entry.key.as_str()?;
            last.get(key).is_some_and(|&it| it > index).then_some(entry)
        };
        self.entries().enumerate().filter_map(hidden).collect()
    }

    /// Returns the entries with the merge keys (`<<`) carried out: own entries first, in order, then what the
    /// merged mappings add; an own key wins, then the mapping that is named first.
    pub fn merged_entries(self) -> Vec<Entry<'t>> {
        let mut merged: Vec<Entry<'t>> = self.entries().filter(|it| !it.is_merge()).collect();
        let mut seen: HashSet<&str> = merged.iter().filter_map(|it| it.key.as_str()).collect();
        let mut add = |source: Node<'t>| {
            for entry in source.merged_entries() {
                match entry.key.as_str() {
                    Some(key) if !seen.insert(key) => {}
                    _ => merged.push(entry),
                }
            }
        };
        for merge in self.entries().filter(Entry::is_merge) {
            match merge.value.kind() {
                NodeKind::Mapping => add(merge.value),
                NodeKind::Sequence => merge.value.items().for_each(&mut add),
                _ => {}
            }
        }
        merged
    }

    /// Returns the tag as it is written, `!reference` or `!!str`.
    pub fn tag(self) -> Option<&'t str> {
        let tag = self.tree.arena.properties_of(self.id).tag?;
        Some(tag.slice(self.tree.text()))
    }

    /// Returns the anchor's name without `&`.
    pub fn anchor(self) -> Option<&'t str> {
        let anchor = self.tree.arena.properties_of(self.id).anchor?;
        Some(anchor.slice(self.tree.text()).trim_start_matches('&'))
    }

    /// Returns the source text of [`Node::span`].
    pub fn source(self) -> &'t str {
        self.span().slice(self.tree.text())
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}#{} {:?}", self.kind(), self.id.0, self.span().range())
    }
}

impl Entry<'_> {
    /// Returns whether this is a merge entry, `<<: *other`, as opposed to a quoted `"<<"`.
    pub fn is_merge(&self) -> bool {
        self.key.scalar().is_some_and(|it| it.style() == crate::ScalarStyle::Plain && it.value() == "<<")
    }
}

/// The values of a sequence.
#[derive(Debug, Clone)]
pub struct Items<'t> {
    tree: &'t Tree<'t>,
    ids: slice::Iter<'t, NodeId>,
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ids.next().map(|&id| Node::new(self.tree, id))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ids.size_hint()
    }
}

impl DoubleEndedIterator for Items<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.ids.next_back().map(|&id| Node::new(self.tree, id))
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The entries of a mapping.
#[derive(Debug, Clone)]
pub struct Entries<'t> {
    tree: &'t Tree<'t>,
    pairs: slice::ChunksExact<'t, NodeId>,
}

impl<'t> Entries<'t> {
    fn entry(&self, pair: &[NodeId]) -> Option<Entry<'t>> {
        let &[key, value] = pair else { return None };
        let span = self.tree.arena.full_span(key).cover(self.tree.arena.full_span(value));
        Some(Entry { key: Node::new(self.tree, key), value: Node::new(self.tree, value), span })
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        let pair = self.pairs.next()?;
        self.entry(pair)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pairs.size_hint()
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let pair = self.pairs.next_back()?;
        self.entry(pair)
    }
}

impl ExactSizeIterator for Entries<'_> {}
