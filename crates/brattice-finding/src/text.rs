//! Byte spans and their lines and columns.

use std::ops::Range;

/// A half-open range of bytes in one text input. Inputs are limited far below 4 GiB, so 32 bits do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span; an end before the start gives an empty span at the start.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// Makes an empty span.
    pub const fn at(offset: u32) -> Self {
        Self { start: offset, end: offset }
    }

    /// Returns the length in bytes.
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Returns whether the span has no bytes.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns the smallest span that covers both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Returns whether `other` lies within this span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns the span as an index range.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the text of this span, or nothing where it does not fall on character boundaries of `text`.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }
}

/// A position for people: both 1-based, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// 1-based line number.
    pub line: u32,
    /// 1-based column number, in Unicode scalar values.
    pub column: u32,
}

/// The line starts of one text, for turning offsets into lines and columns.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Reads the line starts of a text. Lines end at LF; a CR before it belongs to the line.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        for (index, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// Returns the line and column of a byte offset; an offset inside a character counts as its start, one
    /// behind the end as the end.
    pub fn position(&self, text: &str, offset: u32) -> LineColumn {
        let line_index = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.starts.get(line_index).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(text.len()).max(start);
        let line = text.get(start..).unwrap_or("");
        let column_index = line.char_indices().take_while(|(at, c)| start + at + c.len_utf8() <= end).count();
        LineColumn {
            line: u32::try_from(line_index + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column_index + 1).unwrap_or(u32::MAX),
        }
    }

    /// Returns the number of lines, counting an empty last one.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// Returns the span of a 1-based line without its line end, or `None` behind the last.
    pub fn line_span(&self, text: &str, line_number: u32) -> Option<Span> {
        let line_index = (line_number as usize).checked_sub(1)?;
        let start = *self.starts.get(line_index)?;
        let end = self.starts.get(line_index + 1).copied().map_or(text.len(), |it| it as usize);
        let line = text.get(start as usize..end)?;
        let trimmed = line.trim_end_matches(['\n', '\r']).len();
        Some(Span::new(start, start + u32::try_from(trimmed).unwrap_or(u32::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::{LineColumn, LineIndex, Span};

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "aé\nß日x\r\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 1), LineColumn { line: 1, column: 2 });
        assert_eq!(index.position(text, 3), LineColumn { line: 1, column: 3 });
        assert_eq!(index.position(text, 9), LineColumn { line: 2, column: 3 });
        assert_eq!(index.line_span(text, 2).map(|it| it.slice(text)), Some("ß日x"));
        assert_eq!(index.line_span(text, 4), None);
    }

    proptest! {
        #[test]
        fn any_offset_has_a_position(text in "[a\né日\r]{0,30}", offset in 0u32..200) {
            let position = LineIndex::new(&text).position(&text, offset);
            assert!(position.line >= 1 && position.column >= 1);
        }
    }

    #[test]
    fn a_span_that_splits_a_character_has_no_text() {
        assert_eq!(Span::new(0, 1).slice("é"), "");
    }
}
