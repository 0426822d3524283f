//! Literal and folded block scalars.

use crate::NodeId;
use crate::problem;
use crate::scalar::{Decoder, ScalarStyle};
use crate::yaml::Parser;
use crate::yaml::cursor::{is_blank, is_break};

/// What becomes of the line breaks at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

struct Header {
    style: ScalarStyle,
    chomp: Chomp,
    indent: Option<usize>,
}

/// The lines of a block scalar.
#[derive(Default)]
struct Lines {
    /// Content behind the indentation, without the break: start and end. An empty line has equal ends.
    content: Vec<(usize, usize)>,
}

impl Parser<'_> {
    pub(super) fn block_scalar(&mut self, parent: i64) -> NodeId {
        let start = self.at;
        let header = self.header();
        let header_end = self.at;
        self.at = self.line_end();
        let indent = match header.indent {
            Some(digit) => usize::try_from(parent.max(0)).unwrap_or(0) + digit,
            None => self.detect_indent(parent),
        };
        let lines = self.lines(indent);
        let last = lines.content.iter().rposition(|(start, end)| end > start);
        let mut decoder = Decoder::new(&mut self.arena);
        let end = match (last, header.chomp) {
            (Some(last), chomp) => {
                let body = lines.content.get(..=last).unwrap_or(&[]);
                decoder.body(self.text, body, header.style == ScalarStyle::Folded);
                let from = lines.content.get(last).map_or(header_end, |it| it.1);
                let breaks = match chomp {
                    Chomp::Strip => 0,
                    Chomp::Clip => 1,
                    Chomp::Keep => lines.content.len() - last,
                };
                decoder.final_breaks(self.text, from, breaks)
            }
            (None, Chomp::Keep) => {
                let from = lines.content.first().map_or(header_end, |it| it.0);
                decoder.final_breaks(self.text, from, lines.content.len())
            }
            (None, _) => header_end,
        };
        let payload = decoder.finish(header.style, end);
        self.add(start, end.max(header_end), payload)
    }

    /// Reads `|`, `>` and what follows them; stops behind the last indicator.
    fn header(&mut self) -> Header {
        let style = if self.peek() == Some(b'|') { ScalarStyle::Literal } else { ScalarStyle::Folded };
        let mut header = Header { style, chomp: Chomp::Clip, indent: None };
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'-') => header.chomp = Chomp::Strip,
                Some(b'+') => header.chomp = Chomp::Keep,
                Some(digit @ b'1'..=b'9') => header.indent = Some(usize::from(digit - b'0')),
                _ => break,
            }
            self.at += 1;
        }
        let rest = self.behind_blanks(self.at);
        let is_comment = self.byte(rest) == Some(b'#') && rest > self.at;
        if self.at - start > 3 || !(is_comment || self.byte(rest).is_none_or(is_break)) {
            self.report(problem::BAD_BLOCK_HEADER, start, self.line_end());
        }
        header
    }

    /// Returns the indentation of the first line that has content, or one beyond every line if that line does
    /// not belong here.
    fn detect_indent(&self, parent: i64) -> usize {
        let mut line = self.behind_break(self.at);
        let mut widest = 0;
        while line < self.bytes.len() {
            let spaces = self.spaces_from(line);
            if !self.byte(line + spaces).is_some_and(is_break) {
                let belongs = i64::try_from(spaces).unwrap_or(i64::MAX) > parent
                    && line + spaces < self.bytes.len()
                    && !self.is_marker_line(line);
                return if belongs { spaces } else { widest.max(usize::try_from(parent + 1).unwrap_or(0)) };
            }
            widest = widest.max(spaces);
            line = self.behind_break(line + spaces);
        }
        widest.max(usize::try_from(parent + 1).unwrap_or(0))
    }

    fn spaces_from(&self, at: usize) -> usize {
        self.bytes.get(at..).unwrap_or(&[]).iter().take_while(|&&byte| byte == b' ').count()
    }

    /// Collects the lines from the header's end on; stops at the start of the first that does not belong.
    fn lines(&mut self, indent: usize) -> Lines {
        let mut lines = Lines::default();
        loop {
            let line = self.behind_break(self.at);
            if line == self.at || line >= self.bytes.len() {
                self.at = line;
                if line > self.line_start && line >= self.bytes.len() {
                    self.line_start = line;
                }
                return lines;
            }
            let spaces = self.spaces_from(line);
            let content = line + spaces.min(indent);
            let end = self.line_end_from(content);
            let blank = line + spaces >= end;
            let short = spaces < indent && !blank;
            if short || self.is_marker_line(line) {
                self.at = line;
                self.line_start = line;
                return lines;
            }
            if spaces <= indent && blank {
                if end >= self.bytes.len() {
                    // Blanks at the very end of the text are no line.
                    self.at = end;
                    self.line_start = line;
                    return lines;
                }
                lines.content.push((end, end));
            } else {
                lines.content.push((content, end));
            }
            self.line_start = line;
            self.at = end;
        }
    }
}

impl Decoder<'_> {
    /// Adds the lines up to the last that has content, without its break.
    fn body(&mut self, text: &str, lines: &[(usize, usize)], folded: bool) {
        let bytes = text.as_bytes();
        let is_more = |start: usize| bytes.get(start).is_some_and(|&byte| is_blank(byte));
        // Start of the current run of line breaks, and whether the content before it may be folded.
        let mut previous: Option<(usize, bool)> = None;
        let mut empty: Vec<usize> = Vec::new();
        for &(start, end) in lines {
            if start == end {
                empty.push(start);
                continue;
            }
            if let Some((from, foldable)) = previous {
                if !(folded && foldable && !is_more(start)) {
                    self.break_at(text, from);
                } else if empty.is_empty() {
                    self.replaced(' ', from, start);
                }
            }
            for &at in &empty {
                self.break_at(text, at);
            }
            empty.clear();
            self.verbatim(text, start, end);
            previous = Some((end, !is_more(start)));
        }
    }

    /// Adds as many line breaks as there are, up to `count`, each behind blanks; returns the end of the last.
    fn final_breaks(&mut self, text: &str, from: usize, count: usize) -> usize {
        let mut at = from;
        for _ in 0..count {
            let blanks = text.get(at..).map_or(0, |it| it.len() - it.trim_start_matches([' ', '\t']).len());
            let behind = self.break_at(text, at + blanks);
            if behind == at + blanks {
                return at;
            }
            at = behind;
        }
        at
    }

    /// Adds the line break at `at`; returns the offset behind it.
    fn break_at(&mut self, text: &str, at: usize) -> usize {
        let rest = text.get(at..).unwrap_or("");
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
        if length > 0 {
            self.line_break(text, at, at + length);
        }
        at + length
    }
}
