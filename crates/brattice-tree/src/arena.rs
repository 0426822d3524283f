//! The store behind a tree: flat vectors and indices, no pointers, so that a tree is cheap to make and drop.

use brattice_finding::Span;

use crate::{ScalarStyle, TreeProblem, problem};

/// The number of values in one text. A file of 16 MiB could hold eight million empty ones.
pub const NODE_LIMIT: usize = 1 << 20;

/// The number of values that aliases may add if each is followed. Beyond that a small text unfolds into a
/// huge tree ("billion laughs"), so further aliases stay unresolved.
pub const ALIAS_EXPANSION_LIMIT: u64 = 1 << 20;

/// The nesting depth, aliases followed. Real pipelines stay below 20; recursive readers of a tree rely on it.
pub const DEPTH_LIMIT: usize = 128;

/// The number of a node within its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An index range of one of the arena's vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Payload {
    Null,
    /// The value is a piece of the text itself.
    Borrowed {
        style: ScalarStyle,
        value: Span,
    },
    /// The value was decoded; the index points into `decoded`.
    Decoded {
        style: ScalarStyle,
        index: u32,
    },
    Sequence {
        children: Slice,
        flow: bool,
    },
    /// Children are keys and values in turn.
    Mapping {
        children: Slice,
        flow: bool,
    },
    Alias {
        target: Option<NodeId>,
    },
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeData {
    pub(crate) span: Span,
    pub(crate) payload: Payload,
    /// Index into `properties` plus one; 0 where the node has none.
    pub(crate) properties: u32,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Properties {
    pub(crate) anchor: Option<Span>,
    pub(crate) tag: Option<Span>,
}

impl Properties {
    pub(crate) fn is_empty(self) -> bool {
        self.anchor.is_none() && self.tag.is_none()
    }

    pub(crate) fn span(self) -> Option<Span> {
        match (self.anchor, self.tag) {
            (Some(anchor), Some(tag)) => Some(anchor.cover(tag)),
            (one, other) => one.or(other),
        }
    }
}

/// The decoded text of one scalar and the map back to its source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decoded {
    pub(crate) text: Slice,
    pub(crate) segments: Slice,
}

/// A run of decoded bytes and the source that it stands for. It ends where the next one starts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    /// Offset in the scalar's decoded text.
    pub(crate) decoded: u32,
    pub(crate) source: Span,
    /// Whether decoded bytes and source bytes are the same, one for one.
    pub(crate) linear: bool,
}

/// The height and the unfolded size of a finished node, for judging aliases to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    pub(crate) height: u32,
    pub(crate) nodes: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Arena {
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) children: Vec<NodeId>,
    pub(crate) properties: Vec<Properties>,
    pub(crate) decoded: Vec<Decoded>,
    pub(crate) decoded_text: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) documents: Vec<NodeId>,
    pub(crate) problems: Vec<TreeProblem>,
}

impl Arena {
    pub(crate) fn add(&mut self, span: Span, payload: Payload) -> NodeId {
        let id = NodeId(offset(self.nodes.len()));
        self.nodes.push(NodeData { span, payload, properties: 0 });
        id
    }

    pub(crate) fn is_full(&self) -> bool {
        self.nodes.len() >= NODE_LIMIT
    }

    pub(crate) fn set_properties(&mut self, id: NodeId, properties: Properties) {
        if properties.is_empty() {
            return;
        }
        self.properties.push(properties);
        let index = offset(self.properties.len());
        if let Some(node) = self.nodes.get_mut(id.index()) {
            node.properties = index;
        }
    }

    pub(crate) fn span(&self, id: NodeId) -> Span {
        self.nodes.get(id.index()).map_or(Span::at(0), |node| node.span)
    }

    /// The node's span with its anchor and tag.
    pub(crate) fn full_span(&self, id: NodeId) -> Span {
        let span = self.span(id);
        match self.properties_of(id).span() {
            Some(properties) => properties.cover(span),
            None => span,
        }
    }

    pub(crate) fn properties_of(&self, id: NodeId) -> Properties {
        let index = self.nodes.get(id.index()).map_or(0, |node| node.properties) as usize;
        index.checked_sub(1).and_then(|it| self.properties.get(it)).copied().unwrap_or_default()
    }

    pub(crate) fn children(&self, slice: Slice) -> &[NodeId] {
        self.children.get(slice.start as usize..slice.end as usize).unwrap_or(&[])
    }

    /// Returns the decoded text of a scalar.
    pub(crate) fn scalar_text<'a>(&'a self, text: &'a str, id: NodeId) -> Option<&'a str> {
        match self.nodes.get(id.index())?.payload {
            Payload::Borrowed { value, .. } => Some(value.slice(text)),
            Payload::Decoded { index, .. } => {
                let decoded = self.decoded.get(index as usize)?.text;
                self.decoded_text.get(decoded.start as usize..decoded.end as usize)
            }
            _ => None,
        }
    }

    /// Moves the pending children behind `mark` into the store.
    pub(crate) fn adopt(&mut self, pending: &mut Vec<NodeId>, mark: usize) -> Slice {
        let start = offset(self.children.len());
        self.children.extend(pending.drain(mark.min(pending.len())..));
        Slice { start, end: offset(self.children.len()) }
    }

    pub(crate) fn report(&mut self, kind: problem::ProblemKind, span: Span) {
        if self.problems.len() < problem::PROBLEM_LIMIT {
            self.problems.push(kind.at(span));
        } else if let Some(last) = self.problems.last_mut() {
            last.incomplete |= kind.at(span).incomplete;
        }
    }
}

/// Narrows an offset; inputs are limited far below 4 GiB.
pub(crate) fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
