//! Plain scalars.

use crate::NodeId;
use crate::arena::{Payload, offset};
use crate::problem;
use crate::scalar::{Decoder, ScalarStyle};
use crate::yaml::Parser;
use crate::yaml::cursor::{is_blank, is_break, is_flow_indicator};

use brattice_finding::Span;

/// Why a plain line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The line or the text ended.
    LineEnd,
    /// A comment, or between brackets an indicator.
    Indicator,
    /// The colon of a key.
    Colon,
}

impl Parser<'_> {
    pub(super) fn plain_block(&mut self, parent: i64, one_line: bool) -> NodeId {
        if let Some(b'@' | b'`' | b'%' | b',' | b']' | b'}') = self.peek() {
            self.report(problem::RESERVED, self.at, self.at + 1);
        }
        self.plain(parent, false, one_line)
    }

    pub(super) fn plain_flow(&mut self, parent: i64) -> NodeId {
        self.plain(parent, true, false)
    }

    fn plain(&mut self, parent: i64, flow: bool, one_line: bool) -> NodeId {
        let start = self.at;
        let (mut end, mut stop) = self.plain_line(start, flow);
        // Whatever stands here belongs to this scalar, so that reading always goes on.
        if end == start {
            end = start + self.text.get(start..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8);
        }
        // Pieces beyond the first are rare, so that most plain scalars need no store at all.
        let mut lines = Vec::new();
        while stop == Stop::LineEnd && !one_line {
            let Some((line, content)) = self.continuation(end, parent, flow) else { break };
            let (line_end, line_stop) = self.plain_line(content, flow);
            if line_end == content || (line_stop == Stop::Colon && !flow) {
                break;
            }
            lines.push((content, line_end));
            self.line_start = line;
            (end, stop) = (line_end, line_stop);
        }
        self.at = end;
        if lines.is_empty() {
            let value = Span::new(offset(start), offset(end));
            return self.add(start, end, Payload::Borrowed { style: ScalarStyle::Plain, value });
        }
        let first_end = self.plain_line(start, flow).0;
        let mut decoder = Decoder::new(&mut self.arena);
        decoder.verbatim(self.text, start, first_end);
        let mut gap = first_end;
        for (content, line_end) in lines {
            decoder.fold(self.text, gap, content);
            decoder.verbatim(self.text, content, line_end);
            gap = line_end;
        }
        let payload = decoder.finish(ScalarStyle::Plain, start);
        self.add(start, end, payload)
    }

    /// Finds the next line that may carry a plain scalar on: its start and its first character.
    fn continuation(&self, end: usize, parent: i64, flow: bool) -> Option<(usize, usize)> {
        let mut at = self.behind_blanks(end);
        let mut line;
        loop {
            line = self.behind_break(at);
            if line == at {
                return None;
            }
            at = self.behind_blanks(line);
            if !self.byte(at).is_some_and(is_break) {
                break;
            }
        }
        let first = self.byte(at)?;
        let spaces = self.bytes.get(line..at)?.iter().take_while(|&&byte| byte == b' ').count();
        let shallow = i64::try_from(spaces).unwrap_or(i64::MAX) <= parent;
        let ends = first == b'#'
            || self.is_marker_line(line)
            || if flow {
                is_flow_indicator(first)
                    || (shallow && self.looks_like_entry(at))
                    || (first == b':' && self.is_flow_end_at(at + 1))
            } else {
                shallow
            };
        (!ends).then_some((line, at))
    }

    /// Returns where the plain text that starts at `start` ends on its line, trailing blanks cut.
    fn plain_line(&self, start: usize, flow: bool) -> (usize, Stop) {
        let mut at = start;
        let mut end = start;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'\n' | b'\r' => return (end, Stop::LineEnd),
                b' ' | b'\t' => {
                    at = self.behind_blanks(at);
                    if self.byte(at) == Some(b'#') {
                        return (end, Stop::Indicator);
                    }
                    continue;
                }
                b':' if self.is_space_at(at + 1) => return (end, Stop::Colon),
                b':' if flow && self.is_flow_end_at(at + 1) => return (end, Stop::Colon),
                b',' | b'[' | b']' | b'{' | b'}' if flow => match self.interpolation_end(start, at) {
                    Some(behind) => {
                        at = behind;
                        end = at;
                        continue;
                    }
                    None => return (end, Stop::Indicator),
                },
                _ => {}
            }
            at += 1;
            end = at;
        }
        (end, Stop::LineEnd)
    }

    /// Between brackets, returns the end of a `${{ … }}` or `$[[ … ]]` whose first bracket stands at `at`.
    fn interpolation_end(&self, start: usize, at: usize) -> Option<usize> {
        let close: &[u8] = match self.bytes.get(at..at + 2)? {
            b"{{" => b"}}",
            b"[[" => b"]]",
            _ => return None,
        };
        if at == start || self.byte(at - 1) != Some(b'$') {
            return None;
        }
        let line = self.bytes.get(at..self.line_end_from(at))?;
        line.windows(2).position(|it| it == close).map(|it| at + it + 2)
    }

    pub(super) fn is_flow_end_at(&self, at: usize) -> bool {
        self.byte(at).is_none_or(|byte| is_blank(byte) || is_break(byte) || is_flow_indicator(byte))
    }
}
