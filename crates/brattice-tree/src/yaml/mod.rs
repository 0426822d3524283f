//! The YAML reader: one recursive descent over bytes, steered by indentation.
//!
//! What it is for: reading YAML 1.2 as people write it in definition files, and going on behind whatever is
//! broken: at the next line that is indented as little as the broken value's parent. It is not a validator:
//! some texts that the specification forbids pass without a word.

mod block;
mod block_scalar;
mod cursor;
mod flow;
mod plain;
mod properties;
mod quoted;

use std::collections::HashMap;

use brattice_finding::Span;

use crate::NodeId;
use crate::arena::{Arena, Payload, Properties, Weight, offset};
use crate::problem::{self, ProblemKind};

use block::Place;
use properties::Anchor;

/// Reads a text into an arena that may already hold a problem.
pub(crate) fn parse(text: &str, arena: Arena) -> Arena {
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line_start: 0,
        arena,
        weights: Vec::new(),
        pending: Vec::new(),
        anchors: HashMap::new(),
        alias_nodes: 0,
        depth: 0,
    };
    parser.report_control_characters();
    parser.stream();
    parser.arena
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Offset of the next byte.
    at: usize,
    /// Offset of the current line's first byte.
    line_start: usize,
    arena: Arena,
    /// One per node of the arena.
    weights: Vec<Weight>,
    /// Children of the collections that are open, innermost last.
    pending: Vec<NodeId>,
    anchors: HashMap<&'t str, Anchor>,
    /// Nodes that resolved aliases stand for, all together.
    alias_nodes: u64,
    depth: usize,
}

impl Parser<'_> {
    fn stream(&mut self) {
        loop {
            while self.text.get(self.at..).is_some_and(|it| it.starts_with('\u{feff}')) {
                self.at += '\u{feff}'.len_utf8();
                self.line_start = self.at;
            }
            self.skip_to_content();
            self.directives();
            if self.at_text_end() {
                return;
            }
            if self.at_marker(*b"...") {
                self.at += 3;
                self.finish_line();
                continue;
            }
            self.document();
        }
    }

    fn document(&mut self) {
        let explicit = self.at_marker(*b"---");
        if explicit {
            self.at += 3;
        }
        let place = if explicit { Place::MARKER } else { Place::LINE };
        let root = self.block_node(-1, place);
        self.arena.documents.push(root);
        self.finish_line();
        self.skip_to_content();
        while !self.at_end() {
            let before = self.at;
            self.report(problem::BAD_INDENTATION, self.at, self.line_end());
            self.reopen_anchor(root);
            let stray = self.block_node(-1, Place::LINE);
            self.join_root(stray);
            self.finish_line();
            self.skip_to_content();
            if self.at <= before {
                self.at = self.line_end().max(before + 1);
            }
        }
        if self.at_marker(*b"...") {
            self.at += 3;
            self.finish_line();
        }
        self.anchors.clear();
    }

    /// Joins a collection that stands behind the document's root, because its indentation is off, to a root
    /// of the same kind, so that nothing of it is lost.
    fn join_root(&mut self, stray: NodeId) {
        let Some(&root) = self.arena.documents.last() else { return };
        let children = |id: NodeId| match self.arena.nodes.get(id.index())?.payload {
            Payload::Mapping { children, flow: false } => Some((children, true)),
            Payload::Sequence { children, flow: false } => Some((children, false)),
            _ => None,
        };
        let (Some((old, is_mapping)), Some((new, other))) = (children(root), children(stray)) else { return };
        if is_mapping != other {
            return;
        }
        let start = offset(self.arena.children.len());
        for slice in [old, new] {
            let range = slice.start as usize..slice.end as usize;
            self.arena.children.extend_from_within(range);
        }
        let joined = crate::arena::Slice { start, end: offset(self.arena.children.len()) };
        let span = self.arena.span(root).cover(self.arena.span(stray));
        if let Some(node) = self.arena.nodes.get_mut(root.index()) {
            node.span = span;
            match &mut node.payload {
                Payload::Mapping { children, .. } | Payload::Sequence { children, .. } => *children = joined,
                _ => {}
            }
        }
    }

    /// Skips `%YAML` and `%TAG` lines, which say nothing that a definition file needs.
    fn directives(&mut self) {
        let mut last = None;
        while self.column() == 0 && self.peek() == Some(b'%') {
            let end = self.line_end();
            let line = self.text.get(self.at..end).unwrap_or("");
            if !(line.starts_with("%YAML ") || line.starts_with("%TAG ")) {
                self.report(problem::BAD_DIRECTIVE, self.at, end);
            }
            last = Some((self.at, end));
            self.at = end;
            self.skip_to_content();
        }
        if let Some((start, end)) = last
            && !self.at_marker(*b"---")
        {
            self.report(problem::BAD_DIRECTIVE, start, end);
        }
    }

    fn report(&mut self, kind: ProblemKind, start: usize, end: usize) {
        self.arena.report(kind, Span::new(offset(start), offset(end)));
    }

    /// Adds a node. When the text holds too many, reading ends here.
    fn add(&mut self, start: usize, end: usize, payload: Payload) -> NodeId {
        if self.arena.is_full() && self.at < self.bytes.len() {
            self.report(problem::TOO_MANY_NODES, self.at, self.bytes.len());
            self.at = self.bytes.len();
        }
        let id = self.arena.add(Span::new(offset(start), offset(end)), payload);
        let weight = match payload {
            Payload::Sequence { children, .. } | Payload::Mapping { children, .. } => {
                let mut weight = Weight { height: 0, nodes: 1 };
                for child in self.arena.children(children) {
                    if let Some(it) = self.weights.get(child.index()) {
                        weight.height = weight.height.max(it.height);
                        weight.nodes = weight.nodes.saturating_add(it.nodes);
                    }
                }
                Weight { height: weight.height + 1, ..weight }
            }
            Payload::Alias { target: Some(target) } => {
                self.weights.get(target.index()).copied().unwrap_or(Weight { height: 0, nodes: 1 })
            }
            _ => Weight { height: 0, nodes: 1 },
        };
        self.weights.push(weight);
        id
    }

    fn null(&mut self, at: usize) -> NodeId {
        self.add(at, at, Payload::Null)
    }

    /// Adds a collection of the pending children behind `mark`.
    fn collection(&mut self, start: usize, end: usize, mark: usize, flow: bool, mapping: bool) -> NodeId {
        let children = self.arena.adopt(&mut self.pending, mark);
        if mapping {
            self.report_duplicates(children);
            self.add(start, end, Payload::Mapping { children, flow })
        } else {
            self.add(start, end, Payload::Sequence { children, flow })
        }
    }

    fn finish(&mut self, id: NodeId, properties: Properties) -> NodeId {
        self.arena.set_properties(id, properties);
        self.close_anchor(id, properties);
        id
    }
}
