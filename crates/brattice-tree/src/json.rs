//! The JSON reader, as tolerant as the YAML one: whatever strict JSON forbids is a problem, not an end.
//!
//! What it is not: a validator for signed or hashed JSON; the digest crate reads that strictly.

use std::collections::HashSet;

use brattice_finding::Span;

use crate::NodeId;
use crate::arena::{Arena, DEPTH_LIMIT, Payload, offset};
use crate::problem::{self, ProblemKind};
use crate::scalar::{Decoder, ScalarStyle};

/// Reads a text into an arena that may already hold a problem.
pub(crate) fn parse(text: &str, arena: Arena) -> Arena {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, arena, pending: Vec::new(), depth: 0 };
    if text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
        parser.report(problem::JSON_EXTENSION, 0, parser.at);
    }
    parser.skip_space();
    while parser.at < parser.bytes.len() {
        if !parser.arena.documents.is_empty() {
            parser.report(problem::UNEXPECTED, parser.at, parser.at + 1);
        }
        let before = parser.at;
        let root = parser.value();
        parser.arena.documents.push(root);
        parser.at = parser.at.max(before + 1);
        parser.skip_space();
        if parser.arena.is_full() {
            break;
        }
    }
    parser.arena
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    arena: Arena,
    /// Children of the collections that are open, innermost last.
    pending: Vec<NodeId>,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn report(&mut self, kind: ProblemKind, start: usize, end: usize) {
        self.arena.report(kind, Span::new(offset(start), offset(end)));
    }

    fn add(&mut self, start: usize, end: usize, payload: Payload) -> NodeId {
        if self.arena.is_full() && self.at < self.bytes.len() {
            self.report(problem::TOO_MANY_NODES, self.at, self.bytes.len());
            self.at = self.bytes.len();
        }
        self.arena.add(Span::new(offset(start), offset(end)), payload)
    }

    /// Skips white space and, with a problem, comments.
    fn skip_space(&mut self) {
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let start = self.at;
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            let rest = self.text.get(self.at..).unwrap_or("");
            let comment = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |it| it + 2)
            } else {
                0
            };
            if comment > 0 {
                self.report(problem::JSON_EXTENSION, self.at, self.at + comment);
                self.at += comment;
            }
            if self.at == start {
                return;
            }
        }
    }

    fn value(&mut self) -> NodeId {
        match self.peek() {
            Some(b'{' | b'[') => self.collection(),
            Some(quote @ (b'"' | b'\'')) => self.string(quote),
            _ => self.word(),
        }
    }

    fn collection(&mut self) -> NodeId {
        let (start, mark) = (self.at, self.pending.len());
        let mapping = self.peek() == Some(b'{');
        if self.depth >= DEPTH_LIMIT {
            return self.skip_collection();
        }
        self.depth += 1;
        self.at += 1;
        let mut end = self.at;
        let mut after_comma = None;
        loop {
            self.skip_space();
            match self.peek() {
                None => {
                    self.report(problem::UNCLOSED_FLOW, start, end);
                    break;
                }
                Some(close @ (b']' | b'}')) => {
                    if (close == b'}') != mapping {
                        self.report(problem::UNEXPECTED, self.at, self.at + 1);
                    } else if after_comma == Some(true) {
                        self.report(problem::JSON_EXTENSION, end - 1, end);
                    }
                    self.at += 1;
                    end = self.at;
                    break;
                }
                Some(b',') => {
                    if after_comma != Some(false) {
                        self.report(problem::UNEXPECTED, self.at, self.at + 1);
                    }
                    self.at += 1;
                    after_comma = Some(true);
                }
                Some(_) => {
                    if after_comma == Some(false) {
                        self.report(problem::MISSING_COMMA, self.at, self.at);
                    }
                    after_comma = Some(false);
                    self.entry(mapping);
                }
            }
            end = self.at;
        }
        self.depth -= 1;
        let children = self.arena.adopt(&mut self.pending, mark);
        let payload = if mapping {
            Payload::Mapping { children, flow: true }
        } else {
            Payload::Sequence { children, flow: true }
        };
        let id = self.add(start, end, payload);
        if mapping {
            self.report_duplicates(id);
        }
        id
    }

    fn entry(&mut self, mapping: bool) {
        let before = self.at;
        let key = self.value();
        self.at = self.at.max(before + 1);
        self.pending.push(key);
        if !mapping {
            return;
        }
        let behind = self.at;
        self.skip_space();
        if self.peek() != Some(b':') {
            self.at = behind;
            self.report(problem::MISSING_COLON, before, behind);
            let value = self.add(behind, behind, Payload::Null);
            self.pending.push(value);
            return;
        }
        self.at += 1;
        let behind = self.at;
        self.skip_space();
        let value = if matches!(self.peek(), None | Some(b',' | b'}' | b']')) {
            self.report(problem::UNEXPECTED, behind - 1, behind);
            self.at = behind;
            self.add(behind, behind, Payload::Null)
        } else {
            self.value()
        };
        self.pending.push(value);
    }

    /// Reads a string; one without its quote ends with its line.
    fn string(&mut self, quote: u8) -> NodeId {
        let start = self.at;
        let mut end = start + 1;
        let mut simple = true;
        let closed = loop {
            match self.bytes.get(end) {
                Some(&byte) if byte == quote => break true,
                Some(b'\\') => {
                    simple = false;
                    let letter = self.bytes.get(end + 1).copied();
                    if !matches!(letter, Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u'))
                    {
                        self.report(problem::JSON_EXTENSION, end, end + 1);
                    }
                    end += if matches!(letter, None | Some(b'\n' | b'\r')) { 1 } else { 2 };
                }
                Some(b'\n' | b'\r') | None => break false,
                Some(&byte) => {
                    if byte < b' ' {
                        self.report(problem::CONTROL_CHARACTER, end, end + 1);
                    }
                    end += 1;
                }
            }
        };
        if !closed {
            self.report(problem::UNCLOSED_QUOTE, start, end);
        }
        let style = if quote == b'"' { ScalarStyle::DoubleQuoted } else { ScalarStyle::SingleQuoted };
        if quote == b'\'' {
            self.report(problem::JSON_EXTENSION, start, start + 1);
        }
        let payload = if simple {
            Payload::Borrowed { style, value: Span::new(offset(start + 1), offset(end)) }
        } else {
            let mut decoder = Decoder::new(&mut self.arena);
            // JSON knows one kind of escape, whatever the quotes are.
            decoder.quoted(self.text, start + 1, end, b'"');
            decoder.finish(style, start + 1)
        };
        let end = end + usize::from(closed);
        self.at = end;
        self.add(start, end, payload)
    }

    /// Reads a number, a literal or, with a problem, a bare word.
    fn word(&mut self) -> NodeId {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or("");
        let is_delimiter =
            |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ':' | '[' | ']' | '{' | '}' | '"' | '\'');
        let length = rest.find(is_delimiter).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or("");
        let (end, kind) = if word.is_empty() {
            (start + rest.chars().next().map_or(0, char::len_utf8), Some(problem::UNEXPECTED))
        } else if matches!(word, "true" | "false" | "null") || is_number(word) {
            (start + length, None)
        } else {
            (start + length, Some(problem::JSON_EXTENSION))
        };
        if let Some(kind) = kind {
            self.report(kind, start, end);
        }
        self.at = end;
        let value = Span::new(offset(start), offset(end));
        self.add(start, end, Payload::Borrowed { style: ScalarStyle::Plain, value })
    }

    /// Skips a collection that is nested too deep: to its closing bracket, else to the end of the text.
    fn skip_collection(&mut self) -> NodeId {
        let start = self.at;
        let (mut open, mut end, mut quoted, mut escaped) = (0_usize, self.bytes.len(), false, false);
        for (index, byte) in self.bytes.iter().enumerate().skip(start) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                b'[' | b'{' if !quoted => open += 1,
                b']' | b'}' if !quoted => open = open.saturating_sub(1),
                _ => {}
            }
            if open == 0 {
                end = index + 1;
                break;
            }
        }
        self.report(problem::TOO_DEEP, start, end);
        self.at = end;
        self.add(start, start, Payload::Null)
    }

    fn report_duplicates(&mut self, id: NodeId) {
        let Some(Payload::Mapping { children, .. }) = self.arena.nodes.get(id.index()).map(|it| it.payload)
        else {
            return;
        };
        let keys = self.arena.children(children).iter().step_by(2);
        let mut seen = HashSet::with_capacity(keys.len());
        let mut again = Vec::new();
        for &key in keys {
            if self.arena.scalar_text(self.text, key).is_some_and(|text| !seen.insert(text)) {
                again.push(self.arena.span(key));
            }
        }
        for span in again {
            self.arena.report(problem::DUPLICATE_KEY, span);
        }
    }
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let is_digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|it| is_digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}
