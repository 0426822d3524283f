//! Where the reader stands: bytes, lines, columns, comments, markers.

use crate::problem;
use crate::yaml::Parser;

/// Returns whether a byte is a space or a tab.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Returns whether a byte ends a line.
pub(super) const fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Returns whether a byte separates or closes entries between brackets.
pub(super) const fn is_flow_indicator(byte: u8) -> bool {
    matches!(byte, b',' | b'[' | b']' | b'{' | b'}')
}

impl Parser<'_> {
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.byte(self.at)
    }

    /// Returns whether `at` is white space or the end of the text.
    pub(super) fn is_space_at(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| is_blank(byte) || is_break(byte))
    }

    /// Returns whether an indicator that must be followed by white space stands here.
    pub(super) fn at_indicator(&self, indicator: u8) -> bool {
        self.peek() == Some(indicator) && self.is_space_at(self.at + 1)
    }

    /// Returns the column in bytes. Only spaces and indicators stand before what is measured, save for rare
    /// anchors with letters beyond ASCII.
    pub(super) fn column(&self) -> usize {
        self.at - self.line_start.min(self.at)
    }

    /// The column as the indentation of a block.
    pub(super) fn indent(&self) -> i64 {
        i64::try_from(self.column()).unwrap_or(i64::MAX)
    }

    pub(super) fn at_text_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn at_marker(&self, marker: [u8; 3]) -> bool {
        self.column() == 0
            && self.bytes.get(self.at..).is_some_and(|it| it.starts_with(&marker))
            && self.is_space_at(self.at + 3)
    }

    /// Returns whether a document ends here.
    pub(super) fn at_end(&self) -> bool {
        self.at_text_end() || self.at_marker(*b"---") || self.at_marker(*b"...")
    }

    /// Returns the offset behind the line break at `at`, or `at` itself if there is none.
    pub(super) fn behind_break(&self, at: usize) -> usize {
        match self.byte(at) {
            Some(b'\r') if self.byte(at + 1) == Some(b'\n') => at + 2,
            Some(b'\r' | b'\n') => at + 1,
            _ => at,
        }
    }

    pub(super) fn behind_blanks(&self, mut at: usize) -> usize {
        while self.byte(at).is_some_and(is_blank) {
            at += 1;
        }
        at
    }

    pub(super) fn line_end_from(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or(&[]);
        rest.iter().position(|&byte| is_break(byte)).map_or(self.bytes.len(), |it| at + it)
    }

    pub(super) fn line_end(&self) -> usize {
        self.line_end_from(self.at)
    }

    /// Skips blanks, comments and line breaks; returns whether a line ended on the way.
    pub(super) fn skip_to_content(&mut self) -> bool {
        let mut crossed = false;
        loop {
            let start = self.at;
            self.at = self.behind_blanks(self.at);
            match self.peek() {
                Some(b'#') if self.at == self.line_start || self.at > start => self.at = self.line_end(),
                Some(byte) if is_break(byte) => {
                    self.at = self.behind_break(self.at);
                    self.line_start = self.at;
                    crossed = true;
                }
                _ => {
                    let indent = self.bytes.get(self.line_start..self.at).unwrap_or(&[]);
                    if start == self.line_start && indent.contains(&b'\t') && !self.at_text_end() {
                        self.report(problem::TAB_INDENTATION, self.line_start, self.at);
                    }
                    return crossed;
                }
            }
        }
    }

    /// Ends the line of a value: what still stands there belongs to nothing. Does nothing where the value's
    /// reader has already gone on to the start of a later line.
    pub(super) fn finish_line(&mut self) {
        let before = self.bytes.get(self.line_start..self.at).unwrap_or(&[]);
        if before.iter().all(|&byte| is_blank(byte)) {
            return;
        }
        let start = self.at;
        self.at = self.behind_blanks(self.at);
        let is_comment = self.peek() == Some(b'#') && self.at > start;
        let end = self.line_end();
        if self.at < end && !is_comment {
            self.report(problem::UNEXPECTED, self.at, end);
        }
        self.at = end;
    }

    /// Skips the lines of a value that is not read: all that are indented deeper than its parent.
    pub(super) fn skip_block(&mut self, parent: i64) {
        loop {
            self.at = self.line_end();
            let crossed = self.skip_to_content();
            if self.at_end() || (crossed && self.indent() <= parent) {
                return;
            }
        }
    }

    /// Returns whether the line whose content starts at `at` looks like the start of an entry: `- …` or
    /// `word: …`. Decides where an unclosed quote or bracket ends.
    pub(super) fn looks_like_entry(&self, at: usize) -> bool {
        if self.byte(at) == Some(b'-') && self.is_space_at(at + 1) {
            return true;
        }
        let mut end = at;
        while let Some(byte) = self.byte(end) {
            match byte {
                b':' if end > at && self.is_space_at(end + 1) => return true,
                b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'#' | b',' | b'[' | b']' | b'{' | b'}' => {
                    break;
                }
                _ => end += 1,
            }
        }
        false
    }

    /// Returns whether the line that starts at `line` ends everything that is open: a document marker.
    pub(super) fn is_marker_line(&self, line: usize) -> bool {
        let rest = self.bytes.get(line..).unwrap_or(&[]);
        (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.is_space_at(line + 3)
    }

    /// Finds control characters in one pass, apart from the grammar, to which they are letters.
    pub(super) fn report_control_characters(&mut self) {
        let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f;
        if !self.bytes.iter().any(|&byte| is_control(byte)) {
            return;
        }
        for (at, &byte) in self.bytes.iter().enumerate() {
            if is_control(byte) {
                self.report(problem::CONTROL_CHARACTER, at, at + 1);
            }
            if self.arena.problems.len() >= problem::PROBLEM_LIMIT / 2 {
                return;
            }
        }
    }
}
