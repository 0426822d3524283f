//! The bytes that make a change.

use brattice_finding::Span;

use crate::arena::offset;
use crate::patch::write::{self, Layout};
use crate::patch::{Change, NewValue, PatchError, Piece, Position};
use crate::{Entry, Node, NodeKind, ScalarStyle, Tree};

pub(super) fn piece(tree: &Tree<'_>, change: &Change) -> Result<Piece, PatchError> {
    let editor = Editor { text: tree.text(), layout: layout(tree) };
    match change {
        Change::InsertEntry { mapping, position, key, value } => {
            let mapping = tree.node(*mapping).ok_or(PatchError::WrongKind)?;
            editor.insert_entry(mapping, *position, key, value)
        }
        Change::AppendItem { sequence, value } => {
            let sequence = tree.node(*sequence).ok_or(PatchError::WrongKind)?;
            editor.append_item(sequence, value)
        }
        Change::ReplaceScalar { scalar, value } => {
            let scalar = tree.node(*scalar).ok_or(PatchError::WrongKind)?;
            editor.replace_scalar(tree, scalar, value)
        }
    }
}

fn layout(tree: &Tree<'_>) -> Layout {
    let text = tree.text();
    let line_break = match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|it| it.ends_with('\r')) => "\r\n",
        _ => "\n",
    };
    let is_block = |node: &Node<'_>| !node.is_flow();
    let nested = tree
        .documents()
        .filter(is_block)
        .flat_map(Node::entries)
        .find(|entry| entry.value.kind() == NodeKind::Mapping && is_block(&entry.value));
    let step = nested
        .and_then(|entry| {
            column(text, entry.value.span().start).checked_sub(column(text, entry.key.span().start))
        })
        .filter(|step| (1..=8).contains(step));
    Layout { line_break, step: step.unwrap_or(2), json: tree.is_json() }
}

fn line_start(text: &str, at: u32) -> usize {
    text.get(..at as usize).and_then(|it| it.rfind(['\n', '\r'])).map_or(0, |it| it + 1)
}

fn column(text: &str, at: u32) -> usize {
    (at as usize).saturating_sub(line_start(text, at))
}

struct Editor<'t> {
    text: &'t str,
    layout: Layout,
}

impl Editor<'_> {
    fn insert_entry(
        &self,
        mapping: Node<'_>,
        position: Position,
        key: &str,
        value: &NewValue,
    ) -> Result<Piece, PatchError> {
        if mapping.kind() != NodeKind::Mapping || mapping.alias_name().is_some() {
            return Err(PatchError::WrongKind);
        }
        let entries: Vec<Entry<'_>> = mapping.entries().collect();
        let written = write::entry_inline(key, value, self.layout);
        let (entry, before) = match position {
            Position::Before(index) => (entries.get(index), true),
            Position::After(index) => (entries.get(index), false),
            Position::End if entries.is_empty() => return Ok(Self::insert_first(mapping, &written)),
            Position::End => (entries.last(), false),
        };
        let entry = entry.ok_or(PatchError::WrongKind)?;
        if mapping.is_flow() {
            return Ok(self.insert_flow(entry.span, before, &written));
        }
        let column = column(self.text, entry.span.start);
        let indent = self.indent(entry.span.start)?;
        let written = write::entry_block(key, value, column, self.layout);
        if !before {
            return Ok(self.insert_behind(entry.span.end, &indent, &written));
        }
        let line = line_start(self.text, entry.span.start);
        let prefix = self.text.get(line..entry.span.start as usize).unwrap_or("");
        let line_break = self.layout.line_break;
        if prefix.bytes().all(|byte| byte == b' ') {
            let at = self.above_comments(line, prefix);
            Ok((Span::at(offset(at)), format!("{indent}{written}{line_break}")))
        } else {
            Ok((Span::at(entry.span.start), format!("{written}{line_break}{indent}")))
        }
    }

    fn append_item(&self, sequence: Node<'_>, value: &NewValue) -> Result<Piece, PatchError> {
        if sequence.kind() != NodeKind::Sequence || sequence.alias_name().is_some() {
            return Err(PatchError::WrongKind);
        }
        let last = sequence.items().next_back();
        if sequence.is_flow() {
            let written = write::inline(value, true, self.layout);
            return Ok(match last {
                Some(last) => self.insert_flow(last.full_span(), false, &written),
                None => Self::insert_first(sequence, &written),
            });
        }
        let last = last.ok_or(PatchError::Layout)?;
        let start = sequence.span().start;
        let indent = self.indent(start)?;
        let written = write::item_block(value, column(self.text, start), self.layout);
        Ok(self.insert_behind(last.full_span().end.max(start + 1), &indent, &written))
    }

    /// Returns the spaces that bring a line to the column of `at`. Only spaces and indicators may stand before.
    fn indent(&self, at: u32) -> Result<String, PatchError> {
        let prefix = self.text.get(line_start(self.text, at)..at as usize).unwrap_or("");
        let known = prefix.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'?' | b':'));
        if known { Ok(" ".repeat(prefix.len())) } else { Err(PatchError::Layout) }
    }

    /// Inserts lines behind the line on which a value ends.
    fn insert_behind(&self, end: u32, indent: &str, written: &str) -> Piece {
        let end = end as usize;
        let rest = self.text.get(end..).unwrap_or("");
        let line_break = self.layout.line_break;
        let at_line_start = self.text.get(..end).is_some_and(|it| it.ends_with(['\n', '\r']));
        let at = if at_line_start { end } else { rest.find('\n').map_or(self.text.len(), |it| end + it + 1) };
        if at_line_start || self.text.get(..at).is_some_and(|it| it.ends_with('\n')) {
            (Span::at(offset(at)), format!("{indent}{written}{line_break}"))
        } else {
            (Span::at(offset(at)), format!("{line_break}{indent}{written}"))
        }
    }

    /// Returns the start of the comment lines directly above a line, of the same indentation; the line itself
    /// if they reach the start of the text, where a comment is about the file.
    fn above_comments(&self, line: usize, prefix: &str) -> usize {
        let mut at = line;
        while at > 0 {
            let above = line_start(self.text, offset(self.break_before(at)));
            let content = self.text.get(above..at).and_then(|it| it.strip_prefix(prefix));
            if !content.is_some_and(|it| it.starts_with('#')) {
                return at;
            }
            at = above;
        }
        line
    }

    /// Returns the offset of the line break that ends before `at`.
    fn break_before(&self, at: usize) -> usize {
        if self.text.get(..at).is_some_and(|it| it.ends_with("\r\n")) { at - 2 } else { at.saturating_sub(1) }
    }

    fn insert_first(collection: Node<'_>, written: &str) -> Piece {
        (Span::at(collection.span().start + 1), written.to_owned())
    }

    /// Inserts beside an entry between brackets; where each has a line of its own, the new one gets one too.
    fn insert_flow(&self, neighbour: Span, before: bool, written: &str) -> Piece {
        let line = line_start(self.text, neighbour.start);
        let prefix = self.text.get(line..neighbour.start as usize).unwrap_or("");
        let own_line = line > 0 && prefix.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
        let separator = if own_line { format!("{}{prefix}", self.layout.line_break) } else { " ".to_owned() };
        if before {
            (Span::at(neighbour.start), format!("{written},{separator}"))
        } else {
            (Span::at(neighbour.end), format!(",{separator}{written}"))
        }
    }

    fn replace_scalar(&self, tree: &Tree<'_>, node: Node<'_>, value: &NewValue) -> Result<Piece, PatchError> {
        if node.alias_name().is_some() {
            return Ok((node.span(), write::inline(value, true, self.layout)));
        }
        match node.kind() {
            NodeKind::Null => self.fill(tree, node, value),
            NodeKind::Scalar => {
                let style = node.scalar().ok_or(PatchError::WrongKind)?.style();
                match (style, value) {
                    (ScalarStyle::Literal | ScalarStyle::Folded, value) => self.replace_block(node, value),
                    (style, NewValue::Text(text)) => {
                        let flow = self.is_in_flow(tree, node);
                        Ok((node.span(), write::text_inline(text, style, flow, self.layout)))
                    }
                    (_, value) => {
                        let flow = self.is_in_flow(tree, node);
                        Ok((node.span(), write::inline(value, flow, self.layout)))
                    }
                }
            }
            _ => Err(PatchError::WrongKind),
        }
    }

    fn is_in_flow(&self, tree: &Tree<'_>, node: Node<'_>) -> bool {
        self.layout.json
            || tree.nodes().any(|it| {
                it.alias_name().is_none()
                    && it.is_flow()
                    && it.span() != node.span()
                    && it.span().contains(node.span())
            })
    }

    /// Replaces a block scalar. Text with lines stays a block, a comment behind the indicator stays too.
    fn replace_block(&self, node: Node<'_>, value: &NewValue) -> Result<Piece, PatchError> {
        let (span, source) = (node.span(), node.source());
        let ends_line = source.ends_with('\n');
        let line_break = self.layout.line_break;
        let text = match value {
            NewValue::Text(text) if write::fits_literal(text) => text,
            value => {
                let end = if ends_line { line_break } else { "" };
                return Ok((span, write::inline(value, false, self.layout) + end));
            }
        };
        let header = source.split(['\n', '\r']).next().unwrap_or("");
        let comment =
            header.trim_start_matches(['|', '>', '+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        let scalar = node.scalar().ok_or(PatchError::WrongKind)?;
        if scalar.value().trim_matches('\n').is_empty() {
            return Err(PatchError::Layout);
        }
        let first = scalar
            .source_span(scalar.value().len() - scalar.value().trim_start_matches('\n').len()..usize::MAX);
        let column = column(self.text, first.start);
        let block = write::literal(text, column, comment, self.layout);
        let follows = self.text.get(span.end as usize..).unwrap_or("");
        let keeps_break = !ends_line && follows.starts_with(['\n', '\r']);
        let block =
            if keeps_break { block.strip_suffix(line_break).unwrap_or(&block).to_owned() } else { block };
        Ok((span, block))
    }

    /// Writes a value where there is none yet.
    fn fill(&self, tree: &Tree<'_>, node: Node<'_>, value: &NewValue) -> Result<Piece, PatchError> {
        let at = node.full_span().end;
        let nested = match value {
            NewValue::Mapping(entries) => !entries.is_empty(),
            NewValue::Sequence(items) => !items.is_empty(),
            _ => false,
        };
        if nested && !self.is_in_flow(tree, node) {
            let parent = tree
                .nodes()
                .filter(|it| it.alias_name().is_none())
                .flat_map(Node::entries)
                .find(|entry| entry.value.id() == node.id())
                .ok_or(PatchError::Layout)?;
            let column = column(self.text, parent.span.start);
            let rest = self.text.get(at as usize..).unwrap_or("");
            let line_end = at + offset(rest.find(['\n', '\r']).unwrap_or(rest.len()));
            return Ok((Span::at(line_end), write::value_block(value, column, self.layout)));
        }
        let glued = !self.text.get(..at as usize).unwrap_or("").ends_with([' ', '\n', '\r']);
        let written = write::inline(value, self.is_in_flow(tree, node), self.layout);
        let before = if glued && at > 0 { " " } else { "" };
        Ok((Span::at(at), format!("{before}{written}")))
    }
}
