//! Scalars: decoded text and the way back to its source.

use std::ops::Range;

use brattice_finding::Span;

use crate::Tree;
use crate::arena::{Arena, Decoded, Payload, Segment, Slice, offset};

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// Without quotes; the only style in which `null`, `true` and numbers are not text.
    Plain,
    /// In `'…'`.
    SingleQuoted,
    /// In `"…"`.
    DoubleQuoted,
    /// Behind `|`.
    Literal,
    /// Behind `>`.
    Folded,
}

impl ScalarStyle {
    pub(crate) const fn indicator(self) -> &'static str {
        match self {
            Self::Plain | Self::DoubleQuoted => "",
            Self::SingleQuoted => "'",
            Self::Literal => "|",
            Self::Folded => ">",
        }
    }
}

/// What a YAML 1.1 reader sees in a plain scalar that is text for YAML 1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegacyMeaning {
    /// `yes`, `no`, `on`, `off` and their spellings.
    Bool(bool),
    /// `0755`: octal there, decimal here.
    Octal,
    /// `12:30:45`: a number to base 60 there.
    Sexagesimal,
}

/// The text of a scalar.
#[derive(Debug, Clone, Copy)]
pub struct Scalar<'t> {
    value: &'t str,
    style: ScalarStyle,
    map: Map<'t>,
}

#[derive(Debug, Clone, Copy)]
enum Map<'t> {
    Linear(u32),
    Segments(&'t [Segment]),
}

impl<'t> Scalar<'t> {
    pub(crate) fn of(tree: &'t Tree<'t>, payload: Payload) -> Option<Self> {
        match payload {
            Payload::Borrowed { style, value } => {
                Some(Self { value: value.slice(tree.text()), style, map: Map::Linear(value.start) })
            }
            Payload::Decoded { style, index } => {
                let arena = &tree.arena;
                let decoded = arena.decoded.get(index as usize)?;
                let value = arena.decoded_text.get(decoded.text.start as usize..decoded.text.end as usize)?;
                let segments =
                    arena.segments.get(decoded.segments.start as usize..decoded.segments.end as usize)?;
                Some(Self { value, style, map: Map::Segments(segments) })
            }
            _ => None,
        }
    }

    /// Returns the decoded text.
    pub fn value(self) -> &'t str {
        self.value
    }

    /// Returns how it is written.
    pub fn style(self) -> ScalarStyle {
        self.style
    }

    /// Returns the source bytes of a byte range of [`Scalar::value`]. What folding or an escape made maps to
    /// the whole line break or escape. A range that splits a character or lies outside is widened or cut.
    pub fn source_span(self, range: Range<usize>) -> Span {
        let start = floor(self.value, range.start);
        let end = ceil(self.value, range.end.max(start)).max(start);
        match self.map {
            Map::Linear(source) => Span::new(source + offset(start), source + offset(end)),
            Map::Segments(segments) => {
                let first = start_in(segments, offset(start));
                let last = if end > start { end_in(segments, offset(end)) } else { first };
                Span::new(first, last)
            }
        }
    }

    /// Returns what a YAML 1.1 reader would see here, if it is something else.
    pub fn legacy_meaning(self) -> Option<LegacyMeaning> {
        if self.style != ScalarStyle::Plain {
            return None;
        }
        match self.value {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(LegacyMeaning::Bool(true)),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
                return Some(LegacyMeaning::Bool(false));
            }
            _ => {}
        }
        let digits = self.value.trim_start_matches(['-', '+']);
        let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(rest) = digits.strip_prefix('0')
            && !rest.is_empty()
            && rest.bytes().all(|byte| matches!(byte, b'0'..=b'7' | b'_'))
        {
            return Some(LegacyMeaning::Octal);
        }
        let mut places = digits.split(':');
        let first = places.next().is_some_and(|it| is_number(it) && !it.starts_with('0'));
        let mut rest = places.peekable();
        let sexagesimal = first
            && rest.peek().is_some()
            && rest.all(|it| is_number(it) && it.parse::<u32>().is_ok_and(|n| n < 60));
        sexagesimal.then_some(LegacyMeaning::Sexagesimal)
    }

    pub(crate) fn is_null_word(self) -> bool {
        self.style == ScalarStyle::Plain && matches!(self.value, "null" | "Null" | "NULL" | "~")
    }

    pub(crate) fn as_bool_word(self) -> Option<bool> {
        match (self.style, self.value) {
            (ScalarStyle::Plain, "true" | "True" | "TRUE") => Some(true),
            (ScalarStyle::Plain, "false" | "False" | "FALSE") => Some(false),
            _ => None,
        }
    }
}

fn floor(value: &str, at: usize) -> usize {
    let mut at = at.min(value.len());
    while !value.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(value: &str, at: usize) -> usize {
    let mut at = at.min(value.len());
    while !value.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// The source offset at which the decoded byte `at` starts.
fn start_in(segments: &[Segment], at: u32) -> u32 {
    let index = segments.partition_point(|it| it.decoded <= at).saturating_sub(1);
    segments.get(index).map_or(0, |it| {
        if it.linear {
            (it.source.start + (at - it.decoded)).min(it.source.end)
        } else if at > it.decoded {
            it.source.end
        } else {
            it.source.start
        }
    })
}

/// The source offset behind the decoded byte before `at`.
fn end_in(segments: &[Segment], at: u32) -> u32 {
    let index = segments.partition_point(|it| it.decoded < at).saturating_sub(1);
    segments.get(index).map_or(0, |it| {
        if it.linear { (it.source.start + (at - it.decoded)).min(it.source.end) } else { it.source.end }
    })
}

/// Collects the decoded text of one scalar and the map back to its source.
pub(crate) struct Decoder<'a> {
    arena: &'a mut Arena,
    text_start: usize,
    segment_start: usize,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(arena: &'a mut Arena) -> Self {
        let (text_start, segment_start) = (arena.decoded_text.len(), arena.segments.len());
        Self { arena, text_start, segment_start }
    }

    fn decoded(&self) -> u32 {
        offset(self.arena.decoded_text.len() - self.text_start)
    }

    /// Adds source text that stands for itself.
    pub(crate) fn verbatim(&mut self, text: &str, start: usize, end: usize) {
        let piece = text.get(start..end).unwrap_or("");
        if piece.is_empty() {
            return;
        }
        let decoded = self.decoded();
        let source = Span::new(offset(start), offset(end));
        let own = self.arena.segments.get_mut(self.segment_start..).unwrap_or(&mut []);
        match own.last_mut() {
            Some(last) if last.linear && last.source.end == source.start => last.source.end = source.end,
            _ => self.arena.segments.push(Segment { decoded, source, linear: true }),
        }
        self.arena.decoded_text.push_str(piece);
    }

    /// Adds a character that stands for other source text.
    pub(crate) fn replaced(&mut self, character: char, start: usize, end: usize) {
        let decoded = self.decoded();
        let source = Span::new(offset(start), offset(end));
        self.arena.segments.push(Segment { decoded, source, linear: false });
        self.arena.decoded_text.push(character);
    }

    /// Adds a line break, which decodes to LF however it is written.
    pub(crate) fn line_break(&mut self, text: &str, start: usize, end: usize) {
        if text.get(start..end) == Some("\n") {
            self.verbatim(text, start, end);
        } else {
            self.replaced('\n', start, end);
        }
    }

    pub(crate) fn arena(&mut self) -> &mut Arena {
        self.arena
    }

    /// Finishes the scalar. One that decodes to a piece of the text itself gives its store back.
    pub(crate) fn finish(self, style: ScalarStyle, empty_at: usize) -> Payload {
        let arena = self.arena;
        let own = arena.segments.get(self.segment_start..).unwrap_or(&[]);
        let borrowed = match own {
            [] => Some(Span::at(offset(empty_at))),
            [only] if only.linear => Some(only.source),
            _ => None,
        };
        if let Some(value) = borrowed {
            arena.segments.truncate(self.segment_start);
            arena.decoded_text.truncate(self.text_start);
            return Payload::Borrowed { style, value };
        }
        let text = Slice { start: offset(self.text_start), end: offset(arena.decoded_text.len()) };
        let segments = Slice { start: offset(self.segment_start), end: offset(arena.segments.len()) };
        let index = offset(arena.decoded.len());
        arena.decoded.push(Decoded { text, segments });
        Payload::Decoded { style, index }
    }
}
