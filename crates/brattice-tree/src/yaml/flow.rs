//! Flow collections: `[…]` and `{…}`.

use crate::NodeId;
use crate::arena::DEPTH_LIMIT;
use crate::problem;
use crate::yaml::Parser;

impl Parser<'_> {
    /// Reads the collection whose bracket stands here.
    pub(super) fn flow_collection(&mut self, parent: i64) -> NodeId {
        let (start, mark) = (self.at, self.pending.len());
        let mapping = self.peek() == Some(b'{');
        // An item of a sequence may turn out to be the key of a pair, which is a level of its own, and this
        // collection the key of a block mapping that is not counted yet.
        let levels = if mapping { 1 } else { 2 };
        if self.depth + levels + 1 > DEPTH_LIMIT {
            return self.skip_flow();
        }
        self.depth += levels;
        self.at += 1;
        let mut end = self.at;
        let mut after_comma = true;
        loop {
            if !self.skip_flow_space(parent) {
                self.report(problem::UNCLOSED_FLOW, start, end);
                break;
            }
            match self.peek() {
                Some(close @ (b']' | b'}')) => {
                    if (close == b'}') != mapping {
                        self.report(problem::UNEXPECTED, self.at, self.at + 1);
                    }
                    self.at += 1;
                    end = self.at;
                    break;
                }
                Some(b',') => {
                    if after_comma {
                        self.report(problem::UNEXPECTED, self.at, self.at + 1);
                    }
                    self.at += 1;
                    after_comma = true;
                }
                _ => {
                    if !after_comma {
                        self.report(problem::MISSING_COMMA, self.at, self.at);
                    }
                    after_comma = false;
                    let before = self.at;
                    self.flow_entry(parent, mapping);
                    if self.at <= before {
                        self.at = before + 1;
                    }
                }
            }
            end = self.at;
        }
        self.depth -= levels;
        self.collection(start, end, mark, true, mapping)
    }

    /// Skips white space between brackets. Returns false where the collection must have ended unclosed: at the
    /// end of the document, or at an entry that is indented as little as the collection's parent.
    fn skip_flow_space(&mut self, parent: i64) -> bool {
        let before = (self.at, self.line_start);
        let crossed = self.skip_between();
        let shallow = crossed && self.indent() <= parent && self.looks_like_entry(self.at);
        if self.at_end() || shallow {
            // The blanks and comments in between are no part of this collection.
            (self.at, self.line_start) = before;
            return false;
        }
        true
    }

    /// As [`Parser::skip_to_content`], but tabs may indent here.
    fn skip_between(&mut self) -> bool {
        let reported = self.arena.problems.len();
        let crossed = self.skip_to_content();
        self.arena.problems.truncate(reported);
        crossed
    }

    /// Reads an entry of a mapping, or an item or single pair of a sequence, and leaves it pending.
    fn flow_entry(&mut self, parent: i64, mapping: bool) {
        let (start, mark) = (self.at, self.pending.len());
        let explicit = self.peek() == Some(b'?') && self.is_flow_end_at(self.at + 1);
        if explicit {
            self.at += 1;
            self.skip_flow_space(parent);
        }
        let key = self.flow_node(parent);
        let end = self.at;
        let line = (self.at, self.line_start);
        let json_like =
            matches!(self.byte(end.wrapping_sub(1)), Some(b'"' | b'\'' | b']' | b'}')) && end > start;
        let more = self.skip_flow_space(parent);
        let colon = more && self.peek() == Some(b':') && (json_like || self.is_flow_end_at(self.at + 1));
        if colon {
            self.at += 1;
            let behind = self.at;
            let value = if self.skip_flow_space(parent) { self.flow_node(parent) } else { self.null(behind) };
            self.pending.extend([key, value]);
        } else {
            (self.at, self.line_start) = line;
            self.pending.push(key);
            if mapping || explicit {
                let value = self.null(end);
                self.pending.push(value);
            }
        }
        if !mapping && self.pending.len() == mark + 2 {
            let pair = self.collection(start, self.at, mark, true, true);
            self.pending.push(pair);
        }
    }

    /// Reads a value between brackets; nothing if a separator stands here.
    fn flow_node(&mut self, parent: i64) -> NodeId {
        let origin = self.at;
        let properties = self.properties();
        let behind = self.at;
        if !properties.is_empty() && !self.skip_flow_space(parent) {
            let id = self.null(origin);
            return self.finish(id, properties);
        }
        let id = match self.peek() {
            Some(b',' | b']' | b'}') | None => self.null(behind),
            Some(b':') if self.is_flow_end_at(self.at + 1) => self.null(behind),
            Some(b'[' | b'{') => self.flow_collection(parent),
            Some(b'"') => self.double_quoted(parent),
            Some(b'\'') => self.single_quoted(parent),
            Some(b'*') => self.alias(),
            _ => {
                let id = self.plain_flow(parent);
                let span = self.arena.span(id);
                let source = span.slice(self.text);
                if source.contains("${{") || source.contains("$[[") {
                    self.arena.report(problem::FLOW_INTERPOLATION, span);
                }
                id
            }
        };
        self.finish(id, properties)
    }

    /// Skips a collection that is nested too deep: to its closing bracket, else to the end of the
    /// text, since to look for it from each following line again would take quadratic time.
    fn skip_flow(&mut self) -> NodeId {
        let start = self.at;
        let mut open = 0_usize;
        let mut end = self.bytes.len();
        for (index, byte) in self.bytes.iter().enumerate().skip(start) {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                end = index + 1;
                break;
            }
        }
        self.report(problem::TOO_DEEP, start, end);
        self.at = end;
        let skipped = self.text.get(start..end).unwrap_or("");
        if let Some(last) = skipped.rfind(['\n', '\r']) {
            self.line_start = start + last + 1;
        }
        self.null(start)
    }
}
