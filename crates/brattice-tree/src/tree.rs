//! The tree itself: a text, its nodes and its problems.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use brattice_finding::Span;

use crate::arena::{Arena, offset};
use crate::{Node, NodeId, NodeKind, TreeProblem, json, problem, yaml};

/// The size of a text. The largest pipeline files seen are below 1 MiB; generated JSON reaches ten.
pub const TEXT_LIMIT_BYTES: usize = 16 << 20;

/// A parsed text. Borrows the text; [`Tree::into_owned`] lets go of it.
#[derive(Debug, Clone)]
pub struct Tree<'t> {
    text: Cow<'t, str>,
    pub(crate) arena: Arena,
    json: bool,
}

impl<'t> Tree<'t> {
    /// Reads YAML.
    pub fn yaml(text: &'t str) -> Self {
        Self::read(text, false)
    }

    /// Reads JSON. Comments, trailing commas, single quotes and bare words are tolerated with a problem.
    pub fn json(text: &'t str) -> Self {
        Self::read(text, true)
    }

    fn read(text: &'t str, json: bool) -> Self {
        let mut length = text.len().min(TEXT_LIMIT_BYTES);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        let mut arena = Arena::default();
        if length < text.len() {
            arena.report(problem::TOO_LARGE, Span::new(offset(length), offset(text.len())));
        }
        let start = text.get(..length).unwrap_or("");
        let mut arena = if json { json::parse(start, arena) } else { yaml::parse(start, arena) };
        for it in &mut arena.problems {
            // A reader reports single bytes; people see characters.
            it.span = whole_characters(text, it.span);
        }
        arena.problems.sort_by_key(|it| it.span);
        Self { text: Cow::Borrowed(text), arena, json }
    }

    /// Returns the same tree with a text of its own.
    pub fn into_owned(self) -> Tree<'static> {
        Tree { text: Cow::Owned(self.text.into_owned()), arena: self.arena, json: self.json }
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the text was read as JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Returns the root of each document, in order.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = Node<'_>> + Clone {
        self.arena.documents.iter().map(|&id| Node::new(self, id))
    }

    /// Returns the root of the first document.
    pub fn root(&self) -> Option<Node<'_>> {
        self.documents().next()
    }

    /// Returns the node of a number that [`Node::id`] gave for this tree.
    pub fn node(&self, id: NodeId) -> Option<Node<'_>> {
        (id.index() < self.arena.nodes.len()).then(|| Node::new(self, id))
    }

    /// Returns every node that stands in the text, in no promised order; aliases are not followed.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = Node<'_>> {
        (0..self.arena.nodes.len()).map(|index| Node::new(self, NodeId(offset(index))))
    }

    /// Returns what was odd, in the order of the text.
    pub fn problems(&self) -> &[TreeProblem] {
        &self.arena.problems
    }

    /// Returns whether part of the text may be missing from the tree.
    pub fn is_incomplete(&self) -> bool {
        self.arena.problems.iter().any(|it| it.incomplete)
    }

    /// Returns the structure on one line per document, for tests and bug reports: quotes, anchors, tags and
    /// aliases visible.
    pub fn outline(&self) -> String {
        let mut shown = String::new();
        for (index, node) in self.documents().enumerate() {
            if index > 0 {
                shown.push('\n');
            }
            // Writing into a string cannot fail.
            let _ = outline(&mut shown, node);
        }
        shown
    }
}

/// Widens a span to the characters that it touches.
fn whole_characters(text: &str, span: Span) -> Span {
    let (mut start, mut end) = ((span.start as usize).min(text.len()), (span.end as usize).min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    Span::new(offset(start), offset(end))
}

fn outline(out: &mut String, node: Node<'_>) -> fmt::Result {
    if let Some(anchor) = node.anchor() {
        write!(out, "&{anchor} ")?;
    }
    if let Some(tag) = node.tag() {
        write!(out, "{tag} ")?;
    }
    if let Some(name) = node.alias_name() {
        return write!(out, "*{name}{}", if node.kind() == NodeKind::UnresolvedAlias { "?" } else { "" });
    }
    match node.kind() {
        NodeKind::Null | NodeKind::UnresolvedAlias => out.push('~'),
        NodeKind::Scalar => {
            let Some(scalar) = node.scalar() else { return Ok(()) };
            if scalar.style() == crate::ScalarStyle::Plain {
                for c in scalar.value().chars() {
                    if c.is_control() {
                        write!(out, "{}", c.escape_default())?;
                    } else {
                        out.push(c);
                    }
                }
            } else {
                write!(out, "{}{:?}", scalar.style().indicator(), scalar.value())?;
            }
        }
        NodeKind::Sequence => {
            out.push('[');
            for (index, item) in node.items().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                outline(out, item)?;
            }
            out.push(']');
        }
        NodeKind::Mapping => {
            out.push('{');
            for (index, entry) in node.entries().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                outline(out, entry.key)?;
                out.push_str(": ");
                outline(out, entry.value)?;
            }
            out.push('}');
        }
    }
    Ok(())
}
