//! Quoted scalars.

use brattice_finding::Span;

use crate::NodeId;
use crate::arena::{Payload, offset};
use crate::problem;
use crate::scalar::{Decoder, ScalarStyle};
use crate::yaml::Parser;
use crate::yaml::cursor::{is_blank, is_break};

/// What lies between two quotes.
struct Extent {
    /// Offset behind the last byte of the content.
    end: usize,
    closed: bool,
    /// Whether nothing in it needs decoding.
    simple: bool,
    line_start: usize,
}

impl Parser<'_> {
    pub(super) fn single_quoted(&mut self, parent: i64) -> NodeId {
        self.quoted(parent, b'\'', ScalarStyle::SingleQuoted)
    }

    pub(super) fn double_quoted(&mut self, parent: i64) -> NodeId {
        self.quoted(parent, b'"', ScalarStyle::DoubleQuoted)
    }

    fn quoted(&mut self, parent: i64, quote: u8, style: ScalarStyle) -> NodeId {
        let start = self.at;
        let extent = self.extent(start + 1, quote, parent);
        if !extent.closed {
            self.report(problem::UNCLOSED_QUOTE, start, extent.end.max(start + 1));
        }
        let payload = if extent.simple {
            Payload::Borrowed { style, value: Span::new(offset(start + 1), offset(extent.end)) }
        } else {
            let mut decoder = Decoder::new(&mut self.arena);
            decoder.quoted(self.text, start + 1, extent.end, quote);
            decoder.finish(style, start + 1)
        };
        let end = extent.end + usize::from(extent.closed);
        self.at = end;
        self.line_start = extent.line_start;
        self.add(start, end, payload)
    }

    fn extent(&mut self, start: usize, quote: u8, parent: i64) -> Extent {
        let mut simple = true;
        let mut at = start;
        let mut line_start = self.line_start;
        let mut shallow: Option<(usize, usize)> = None;
        while let Some(byte) = self.byte(at) {
            if byte == quote {
                if quote == b'"' || self.byte(at + 1) != Some(quote) {
                    if let Some((at, _)) = shallow {
                        self.report(problem::UNDER_INDENTED, at, at);
                    }
                    return Extent { end: at, closed: true, simple, line_start };
                }
                simple = false;
                at += 2;
            } else if byte == b'\\' && quote == b'"' {
                simple = false;
                // An escaped line break is still a line break to this loop.
                at += if self.byte(at + 1).is_some_and(is_break) { 1 } else { 2 };
            } else if is_break(byte) {
                simple = false;
                let line = self.behind_break(at);
                let content = self.behind_blanks(line);
                let indent = i64::try_from(content - line).unwrap_or(i64::MAX);
                let blank = self.is_space_at(content);
                if self.is_marker_line(line) || (!blank && indent <= parent && self.looks_like_entry(content))
                {
                    return self.unclosed(start, at, line_start);
                }
                if !blank && indent <= parent && shallow.is_none() {
                    shallow = Some((at, line_start));
                }
                line_start = line;
                at = content;
            } else {
                at += 1;
            }
        }
        match shallow {
            Some((at, line_start)) => self.unclosed(start, at, line_start),
            None => self.unclosed(start, self.bytes.len(), line_start),
        }
    }

    fn unclosed(&self, start: usize, at: usize, line_start: usize) -> Extent {
        let content = self.text.get(start..at).unwrap_or("");
        let end = start + content.trim_end_matches([' ', '\t', '\n', '\r']).len();
        // The end may be lines above; the line that it stands on is found anew.
        let before = self.bytes.get(line_start.min(end)..end).unwrap_or(&[]);
        let line_start = if end < line_start || before.iter().any(|&byte| is_break(byte)) {
            let text = self.bytes.get(..end).unwrap_or(&[]);
            text.iter().rposition(|&byte| is_break(byte)).map_or(0, |it| it + 1)
        } else {
            line_start
        };
        Extent { end, closed: false, simple: false, line_start }
    }
}

impl Decoder<'_> {
    /// Adds the line breaks and blanks between two lines of a folded scalar: one break is a space, each
    /// further one a line feed. The pieces share the whole source between them.
    pub(super) fn fold(&mut self, text: &str, start: usize, end: usize) {
        let breaks = breaks_in(text, start, end);
        if breaks.len() == 1 {
            self.replaced(' ', start, end);
        } else {
            self.breaks(start, end, breaks.get(1..).unwrap_or(&[]));
        }
    }

    /// Adds a line feed for each break, given by the offsets behind them.
    fn breaks(&mut self, start: usize, end: usize, breaks: &[usize]) {
        let mut from = start;
        for (index, &behind) in breaks.iter().enumerate() {
            let to = if index + 1 == breaks.len() { end } else { behind };
            self.replaced('\n', from, to);
            from = to;
        }
    }

    /// Adds the text between two quotes.
    pub(crate) fn quoted(&mut self, text: &str, start: usize, end: usize, quote: u8) {
        let bytes = text.as_bytes().get(..end).unwrap_or(&[]);
        let byte = |at: usize| bytes.get(at).copied();
        let mut run = start;
        let mut at = start;
        while let Some(current) = byte(at) {
            if current == quote && quote == b'\'' {
                self.verbatim(text, run, at);
                self.replaced('\'', at, at + 2);
                at += 2;
                run = at;
            } else if current == b'\\' && quote == b'"' {
                self.verbatim(text, run, at);
                at = self.escape(text, at, end);
                run = at;
            } else if is_break(current) {
                let line = text.get(run..at).unwrap_or("");
                let gap = run + line.trim_end_matches([' ', '\t']).len();
                self.verbatim(text, run, gap);
                at = behind_white_space(bytes, at);
                self.fold(text, gap, at);
                run = at;
            } else {
                at += 1;
            }
        }
        self.verbatim(text, run, end);
    }

    /// Decodes the escape at `at`; returns the offset behind it.
    fn escape(&mut self, text: &str, at: usize, end: usize) -> usize {
        let bytes = text.as_bytes().get(..end).unwrap_or(&[]);
        let Some(&letter) = bytes.get(at + 1) else {
            self.bad_escape(at, at + 1);
            self.verbatim(text, at, end);
            return end;
        };
        if is_break(letter) {
            let first = if letter == b'\r' && bytes.get(at + 2) == Some(&b'\n') { at + 3 } else { at + 2 };
            let behind = behind_white_space(bytes, first);
            let breaks = breaks_in(text, first, behind);
            self.breaks(first, behind, &breaks);
            return behind;
        }
        if let Some(character) = simple_escape(letter) {
            self.replaced(character, at, at + 2);
            return at + 2;
        }
        let digits = match letter {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        if let Some((character, behind)) = hex_escape(text.get(..end).unwrap_or(""), at + 2, digits) {
            if character == char::REPLACEMENT_CHARACTER {
                self.bad_escape(at, behind);
            }
            self.replaced(character, at, behind);
            return behind;
        }
        self.bad_escape(at, at + 1);
        self.verbatim(text, at, at + 1);
        at + 1
    }

    fn bad_escape(&mut self, start: usize, end: usize) {
        self.arena().report(problem::BAD_ESCAPE, Span::new(offset(start), offset(end)));
    }
}

fn behind_white_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|&byte| is_blank(byte) || is_break(byte)) {
        at += 1;
    }
    at
}

/// Returns the offset behind each line break between `start` and `end`.
fn breaks_in(text: &str, start: usize, end: usize) -> Vec<usize> {
    let bytes = text.as_bytes().get(..end).unwrap_or(&[]);
    let mut breaks = Vec::new();
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte == b'\n' || (byte == b'\r' && bytes.get(at) != Some(&b'\n')) {
            breaks.push(at);
        }
    }
    breaks
}

fn simple_escape(letter: u8) -> Option<char> {
    Some(match letter {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}

/// Reads the digits of an escape; two halves of a surrogate pair are one character, as in JSON, and a lone half
/// is the replacement character. `None` if the digits are missing.
fn hex_escape(text: &str, at: usize, digits: usize) -> Option<(char, usize)> {
    let number = |at: usize| {
        let written = text.get(at..at + digits)?;
        let is_hex = digits > 0 && written.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex { u32::from_str_radix(written, 16).ok() } else { None }
    };
    let code = number(at)?;
    let behind = at + digits;
    if (0xd800..0xdc00).contains(&code)
        && text.get(behind..behind + 2) == Some("\\u")
        && let Some(low) = number(behind + 2)
        && (0xdc00..0xe000).contains(&low)
        && digits == 4
    {
        let joined = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        return Some((char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER), behind + 6));
    }
    Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), behind))
}
