//! Block collections.

use crate::NodeId;
use crate::arena::{DEPTH_LIMIT, Properties};
use crate::problem;
use crate::yaml::Parser;

/// Where a block value stands, and what may stand there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// A collection may start on this line.
    compact: bool,
    /// The dashes of a sequence may be indented as little as the parent key.
    dash_at_parent: bool,
}

impl Place {
    /// A value at the start of a line.
    pub(super) const LINE: Self = Self { compact: true, dash_at_parent: false };
    /// Behind `---`.
    pub(super) const MARKER: Self = Self { compact: false, dash_at_parent: false };
    /// Behind a dash.
    const ITEM: Self = Self { compact: true, dash_at_parent: false };
    /// Behind an implicit key's colon.
    const VALUE: Self = Self { compact: false, dash_at_parent: true };
    /// Behind `?` and its `:`.
    const EXPLICIT: Self = Self { compact: true, dash_at_parent: true };
}

impl Parser<'_> {
    /// Reads the value that belongs to a parent of this indentation.
    pub(super) fn block_node(&mut self, parent: i64, place: Place) -> NodeId {
        let origin = self.at;
        let crossed = self.skip_to_content();
        if !self.belongs(parent, crossed, place) {
            return self.null(origin);
        }
        let fresh = crossed || place.compact;
        let start_column = self.column();
        let properties = self.properties();
        if properties.is_empty() {
            return self.content(parent, fresh, start_column, Properties::default(), properties);
        }
        let behind = self.at;
        if !self.skip_to_content() {
            if self.at_text_end() {
                let id = self.null(behind);
                return self.finish(id, properties);
            }
            return self.content(parent, fresh, start_column, Properties::default(), properties);
        }
        if !self.belongs(parent, true, place) {
            let end = properties.span().map_or(behind, |span| span.end as usize);
            let id = self.null(end);
            return self.finish(id, properties);
        }
        // The properties had a line of their own: they belong to the whole value, and its first key may have
        // some as well.
        let start_column = self.column();
        let inner = self.properties();
        self.content(parent, true, start_column, properties, inner)
    }

    fn belongs(&self, parent: i64, crossed: bool, place: Place) -> bool {
        if self.at_end() {
            return false;
        }
        let indent = self.indent();
        !crossed || indent > parent || (place.dash_at_parent && indent == parent && self.at_indicator(b'-'))
    }

    /// Reads a value whose properties have been read: `outer` on a line above, `inner` on this one.
    fn content(
        &mut self,
        parent: i64,
        fresh: bool,
        start_column: usize,
        outer: Properties,
        inner: Properties,
    ) -> NodeId {
        let (start, line) = (self.at, self.line_start);
        let own = Properties { anchor: outer.anchor.or(inner.anchor), tag: outer.tag.or(inner.tag) };
        let is_sequence = self.at_indicator(b'-');
        if is_sequence || self.at_indicator(b'?') || self.at_indicator(b':') {
            if !inner.is_empty() && is_sequence {
                self.report(problem::BAD_PROPERTY, start, start + 1);
            }
            if !fresh {
                self.report(problem::NESTED_INLINE, start, self.line_end());
            }
            let id = if is_sequence { self.block_sequence(parent) } else { self.block_mapping(parent, None) };
            return self.finish(id, own);
        }
        if let Some(b'|' | b'>') = self.peek() {
            let id = self.block_scalar(parent);
            return self.finish(id, own);
        }
        let key = self.atom(parent, false);
        if self.line_start != line || !self.at_key_colon() {
            return self.finish(key, own);
        }
        if !fresh {
            self.report(problem::NESTED_INLINE, start, self.line_end());
        }
        self.finish(key, inner);
        let id = self.block_mapping(parent, Some((key, line + start_column)));
        self.finish(id, outer)
    }

    /// Moves to the colon of an implicit key, if one stands here.
    fn at_key_colon(&mut self) -> bool {
        let before = self.at;
        self.at = self.behind_blanks(self.at);
        let found = self.at_indicator(b':');
        if !found {
            self.at = before;
        }
        found
    }

    /// Reads whatever may be an implicit key: a scalar on one line, an alias, a flow collection.
    fn atom(&mut self, parent: i64, one_line: bool) -> NodeId {
        match self.peek() {
            Some(b'"') => self.double_quoted(parent),
            Some(b'\'') => self.single_quoted(parent),
            Some(b'[' | b'{') => self.flow_collection(parent),
            Some(b'*') => self.alias(),
            _ => self.plain_block(parent, one_line),
        }
    }

    fn is_too_deep(&mut self, parent: i64) -> bool {
        let too_deep = self.depth >= DEPTH_LIMIT;
        if too_deep {
            self.report(problem::TOO_DEEP, self.at, self.line_end());
            self.skip_block(parent);
        }
        too_deep
    }

    fn block_sequence(&mut self, parent: i64) -> NodeId {
        let (start, indent, mark) = (self.at, self.indent(), self.pending.len());
        if self.is_too_deep(parent) {
            return self.null(start);
        }
        self.depth += 1;
        let mut end = start;
        loop {
            let before = self.at;
            if self.at_indicator(b'-') {
                self.at += 1;
            }
            end = end.max(self.at);
            let item = self.block_node(indent, Place::ITEM);
            end = end.max(self.arena.full_span(item).end as usize);
            self.pending.push(item);
            self.next_line(before);
            if self.at_end() || self.indent() < indent {
                break;
            }
            if self.indent() > indent {
                self.report(problem::BAD_INDENTATION, self.at, self.line_end());
            } else if !self.at_indicator(b'-') {
                break;
            }
        }
        self.depth -= 1;
        self.collection(start, end, mark, false, false)
    }

    /// Reads a mapping. Its first key may have been read already; then the mapping starts at the given place.
    fn block_mapping(&mut self, parent: i64, first: Option<(NodeId, usize)>) -> NodeId {
        let (start, mark) = (first.map_or(self.at, |(_, start)| start), self.pending.len());
        let indent = i64::try_from(start - self.line_start.min(start)).unwrap_or(i64::MAX);
        if self.is_too_deep(parent) {
            return self.null(start);
        }
        self.depth += 1;
        let mut end = start;
        let mut key = first.map(|(key, _)| key);
        loop {
            let before = self.at;
            let (key, value) = self.block_entry(indent, key.take());
            end =
                end.max(self.arena.full_span(key).end as usize).max(self.arena.full_span(value).end as usize);
            self.pending.extend([key, value]);
            self.next_line(before);
            if self.at_end() || self.indent() < indent {
                break;
            }
            if self.indent() > indent || self.at_indicator(b'-') {
                self.report(problem::BAD_INDENTATION, self.at, self.line_end());
            }
        }
        self.depth -= 1;
        self.collection(start, end, mark, false, true)
    }

    /// Goes to the next content behind an entry; makes sure that there was progress.
    fn next_line(&mut self, before: usize) {
        self.finish_line();
        self.skip_to_content();
        if self.at <= before && !self.at_text_end() {
            self.at = self.line_end();
            self.skip_to_content();
        }
    }

    fn block_entry(&mut self, indent: i64, key: Option<NodeId>) -> (NodeId, NodeId) {
        let (start, line) = (self.at, self.line_start);
        // A deeper entry is a misfit; its value may stand as deep as it does.
        let indent = if key.is_some() { indent } else { indent.max(self.indent()) };
        if key.is_none() && self.at_indicator(b'?') {
            return self.explicit_entry(indent);
        }
        if key.is_none() && self.at_indicator(b'-') {
            let key = self.null(start);
            let value = self.block_sequence(indent - 1);
            return (key, value);
        }
        let key = match key {
            Some(key) => key,
            None if self.at_indicator(b':') => self.null(start),
            None => {
                let properties = self.properties();
                let key = if self.at_indicator(b':') { self.null(self.at) } else { self.atom(indent, true) };
                self.finish(key, properties)
            }
        };
        if self.line_start == line && self.at_key_colon() {
            self.at += 1;
            let value = self.block_node(indent, Place::VALUE);
            return (key, value);
        }
        let span = self.arena.span(key);
        self.arena.report(problem::MISSING_COLON, span);
        let value = self.null(span.end as usize);
        (key, value)
    }

    fn explicit_entry(&mut self, indent: i64) -> (NodeId, NodeId) {
        self.at += 1;
        let key = self.block_node(indent, Place::EXPLICIT);
        self.finish_line();
        self.skip_to_content();
        if !self.at_end() && self.indent() == indent && self.at_indicator(b':') {
            self.at += 1;
            let value = self.block_node(indent, Place::EXPLICIT);
            return (key, value);
        }
        let end = self.arena.full_span(key).end as usize;
        let value = self.null(end);
        (key, value)
    }
}
