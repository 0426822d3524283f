//! The lexer for POSIX shells: one pass, one stack. What it says about a place depends only on what stands
//! before it (and on the rest of its line, inside a here-document).

use std::ops::Range;

use crate::frame::{Case, Closer, Commands, Frame, Heredoc, heredoc_delimiter, is_assignment};
use crate::{Context, Landing};

/// Deeper nesting is read as flat text: no script that a person wrote comes near.
pub const NESTING_MAX: usize = 200;

/// Here-documents that wait for the end of a line; more are read as text.
const PENDING_MAX: usize = 100;

pub(crate) fn landings(script: &str, holes: &[Range<usize>]) -> Vec<Landing> {
    let mut lexer = Lexer {
        script,
        bytes: script.as_bytes(),
        holes,
        at: 0,
        stack: vec![Frame::Commands(Commands::new(Closer::End, false))],
        pending: Vec::new(),
        landings: Vec::with_capacity(holes.len()),
    };
    lexer.run();
    lexer.landings
}

struct Lexer<'t> {
    script: &'t str,
    bytes: &'t [u8],
    holes: &'t [Range<usize>],
    at: usize,
    stack: Vec<Frame>,
    pending: Vec<Heredoc>,
    landings: Vec<Landing>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.landings.len() < self.holes.len() && self.at <= self.bytes.len() {
            let hole = self.hole().cloned().unwrap_or(self.at..self.at);
            if hole.start < self.at || hole.end < hole.start || hole.end > self.bytes.len() {
                self.landings.push(Landing::unknown());
            } else if hole.start == self.at {
                self.land(&hole);
            } else {
                self.step();
            }
        }
    }

    fn hole(&self) -> Option<&Range<usize>> {
        self.holes.get(self.landings.len())
    }

    fn land(&mut self, hole: &Range<usize>) {
        let mut landing = Landing::of(self.context());
        for frame in &self.stack {
            match frame {
                Frame::Commands(it) => {
                    landing.substitutions += u32::from(it.substitution);
                    landing.reevaluated |= it.reevaluates;
                }
                Frame::Heredoc(it) => landing.reevaluated |= it.reevaluated,
                _ => {}
            }
        }
        let commands = self.stack.iter().rev().find_map(|it| match it {
            Frame::Commands(commands) => Some(commands),
            _ => None,
        });
        let in_word = matches!(
            self.stack.last(),
            Some(Frame::Commands(_) | Frame::Double | Frame::Single | Frame::Ansi)
        );
        if let Some(commands) = commands.filter(|it| in_word && !it.redirection && !it.in_pattern()) {
            let word = commands.word.and_then(|it| self.script.get(it..hole.start)).unwrap_or("");
            landing.assignment = is_assignment(word) && commands.command_next;
            landing.command_name = commands.command_next && !landing.assignment && !self.in_case_subject();
        }
        if landing.command_name && landing.context == Context::Unquoted {
            landing.context = Context::CommandName;
        }
        self.landings.push(landing);
        self.touch();
        self.at = hole.end;
    }

    fn in_case_subject(&self) -> bool {
        matches!(self.stack.last(), Some(Frame::Commands(it)) if it.cases.last() == Some(&Case::Subject))
    }

    fn context(&self) -> Context {
        match self.stack.last() {
            Some(Frame::Commands(it)) if it.in_pattern() => Context::CasePattern,
            Some(Frame::Commands(_)) | None => Context::Unquoted,
            Some(Frame::Double) => Context::DoubleQuoted,
            Some(Frame::Single) => Context::SingleQuoted,
            Some(Frame::Ansi) => Context::AnsiQuoted,
            Some(Frame::Comment) => Context::Comment,
            Some(Frame::Arithmetic(_)) => Context::Arithmetic,
            Some(Frame::Parameter) => Context::ParameterExpansion,
            Some(Frame::Conditional) => Context::Conditional,
            Some(Frame::Heredoc(it)) if it.literal => Context::HeredocLiteral,
            Some(Frame::Heredoc(_)) => Context::HeredocExpanding,
        }
    }

    /// Reads one byte or one mark.
    fn step(&mut self) {
        let Some(&byte) = self.bytes.get(self.at) else {
            self.at += 1;
            return;
        };
        match self.stack.last() {
            Some(Frame::Commands(_)) | None => self.step_commands(byte),
            Some(Frame::Single) => self.close_at(byte == b'\''),
            Some(Frame::Ansi) => self.step_escaped(byte, b'\''),
            Some(Frame::Comment) if byte == b'\n' => {
                self.stack.pop();
            }
            Some(Frame::Comment) => self.at += 1,
            Some(Frame::Heredoc(_)) => self.step_heredoc(byte),
            Some(Frame::Double) if byte == b'"' => self.close_at(true),
            Some(Frame::Parameter) if byte == b'}' => self.close_at(true),
            Some(Frame::Double | Frame::Parameter) => self.step_expansion(byte),
            Some(Frame::Conditional) => self.step_conditional(byte),
            Some(Frame::Arithmetic(depth)) => self.step_arithmetic(byte, *depth),
        }
    }

    fn close_at(&mut self, closes: bool) {
        if closes {
            self.stack.pop();
        }
        self.at += 1;
    }

    /// Skips a backslash and what it escapes, but never the start of a hole.
    fn skip_escape(&mut self) {
        self.at += 1;
        let in_hole = self.hole().is_some_and(|it| it.start == self.at);
        // A continuation byte is skipped by the next steps: none of them is a mark.
        if !in_hole && self.at < self.bytes.len() {
            self.at += 1;
        }
    }

    fn step_escaped(&mut self, byte: u8, closer: u8) {
        if byte == b'\\' { self.skip_escape() } else { self.close_at(byte == closer) }
    }

    /// Reads text in which only expansions mean something. In `${ … }` outside double quotes, quotes do too.
    fn step_expansion(&mut self, byte: u8) {
        let in_double = (self.stack.iter().rev())
            .take_while(|it| !matches!(it, Frame::Commands(_)))
            .any(|it| matches!(it, Frame::Double | Frame::Heredoc(_)));
        match byte {
            b'\\' => self.skip_escape(),
            b'"' => self.open(Frame::Double, 1),
            b'\'' if !in_double => self.open(Frame::Single, 1),
            b'$' => self.dollar(!in_double),
            b'`' => self.backtick(),
            _ => self.at += 1,
        }
    }

    fn step_heredoc(&mut self, byte: u8) {
        let Some(Frame::Heredoc(heredoc)) = self.stack.last() else { return };
        let starts_line = self.at.checked_sub(1).and_then(|it| self.bytes.get(it)) == Some(&b'\n');
        if starts_line {
            let rest = self.script.get(self.at..).unwrap_or("");
            let line = rest.split('\n').next().unwrap_or("");
            let end = self.at + line.len();
            let holed = self.hole().is_some_and(|it| it.start < end);
            let mut shown = line.strip_suffix('\r').unwrap_or(line);
            if heredoc.strips_tabs {
                shown = shown.trim_start_matches('\t');
            }
            if shown == heredoc.delimiter && !holed {
                self.stack.pop();
                self.at = end;
                // The line end that follows ended the command already, before the document began.
                self.at += usize::from(self.at < self.bytes.len());
                return;
            }
        }
        match byte {
            _ if matches!(self.stack.last(), Some(Frame::Heredoc(it)) if it.literal) => self.at += 1,
            b'\\' => {
                // A backslash before a line end must not hide the start of the line.
                if self.bytes.get(self.at + 1) == Some(&b'\n') { self.at += 1 } else { self.skip_escape() }
            }
            b'$' => self.dollar(false),
            b'`' => self.backtick(),
            _ => self.at += 1,
        }
    }

    fn step_conditional(&mut self, byte: u8) {
        let ends = byte == b']' && self.bytes.get(self.at + 1) == Some(&b']');
        match byte {
            _ if ends => {
                self.stack.pop();
                self.at += 2;
            }
            b'\\' => self.skip_escape(),
            b'\'' => self.open(Frame::Single, 1),
            b'"' => self.open(Frame::Double, 1),
            b'$' => self.dollar(true),
            b'`' => self.backtick(),
            _ => self.at += 1,
        }
    }

    fn step_arithmetic(&mut self, byte: u8, depth: u32) {
        match byte {
            b'(' => self.set_depth(depth + 1),
            b')' if depth > 0 => self.set_depth(depth - 1),
            b')' => {
                // A single one means that this was a subshell in a substitution; leave as well.
                self.at += usize::from(self.bytes.get(self.at + 1) == Some(&b')'));
                self.close_at(true);
                return;
            }
            b'\\' => return self.skip_escape(),
            b'$' => return self.dollar(true),
            b'`' => return self.backtick(),
            _ => {}
        }
        self.at += 1;
    }

    fn set_depth(&mut self, depth: u32) {
        if let Some(Frame::Arithmetic(it)) = self.stack.last_mut() {
            *it = depth;
        }
    }

    fn step_commands(&mut self, byte: u8) {
        let next = self.bytes.get(self.at + 1).copied();
        match byte {
            b' ' | b'\t' | b'\r' => self.blank(),
            b'\n' => self.line_end(),
            b'#' if self.commands().is_none_or(|it| it.word.is_none()) => self.open(Frame::Comment, 1),
            b'\\' if next == Some(b'\n') => self.at += 2,
            b'\\' => {
                self.touch();
                self.skip_escape();
            }
            b'\'' => self.open(Frame::Single, 1),
            b'"' => self.open(Frame::Double, 1),
            b'$' => self.dollar(true),
            b'`' => self.backtick(),
            b'(' => self.open_parenthesis(next),
            b')' => self.close_parenthesis(),
            b'<' | b'>' => self.redirection(byte, next),
            b';' | b'&' | b'|' => self.separator(byte, next),
            _ => {
                self.touch();
                self.at += 1;
            }
        }
    }

    fn commands(&mut self) -> Option<&mut Commands> {
        match self.stack.last_mut() {
            Some(Frame::Commands(it)) => Some(it),
            _ => None,
        }
    }

    fn touch(&mut self) {
        let at = self.at;
        if let Some(commands) = self.commands() {
            commands.touch(at);
        }
    }

    fn end_word(&mut self) -> bool {
        let (script, at) = (self.script, self.at);
        self.commands().is_some_and(|it| it.end_word(script, at))
    }

    fn end_command(&mut self) {
        self.end_word();
        if let Some(commands) = self.commands() {
            commands.end_command();
        }
    }

    fn blank(&mut self) {
        let opens = self.end_word();
        self.at += 1;
        if opens {
            self.push(Frame::Conditional);
        }
    }

    fn line_end(&mut self) {
        let in_subject = self.in_case_subject();
        self.end_command();
        if in_subject && let Some(commands) = self.commands() {
            commands.command_next = false;
        }
        self.at += 1;
        for heredoc in std::mem::take(&mut self.pending).into_iter().rev() {
            self.push(Frame::Heredoc(heredoc));
        }
    }

    fn open_parenthesis(&mut self, next: Option<u8>) {
        let pattern = self.commands().is_some_and(|it| it.in_pattern());
        if pattern {
            // The optional parenthesis before a pattern.
            self.at += 1;
        } else if next == Some(b'(') && self.commands().is_some_and(|it| it.word.is_none() && it.command_next)
        {
            self.open(Frame::Arithmetic(0), 2);
        } else {
            // A subshell, an array, or the parentheses of a function.
            self.open(Frame::Commands(Commands::new(Closer::Parenthesis, false)), 1);
        }
    }

    fn close_parenthesis(&mut self) {
        self.end_word();
        let pattern = self.commands().is_some_and(|it| it.in_pattern());
        let closes = self.commands().is_some_and(|it| it.closer == Closer::Parenthesis);
        self.at += 1;
        if pattern && let Some(commands) = self.commands() {
            commands.set_case(Case::Body);
            commands.end_command();
        } else if closes {
            self.stack.pop();
        }
    }

    fn redirection(&mut self, byte: u8, next: Option<u8>) {
        let script = self.script;
        if next == Some(b'(') {
            self.open(Frame::Commands(Commands::new(Closer::Parenthesis, true)), 2);
            return;
        }
        self.end_word();
        let third = self.bytes.get(self.at + 2).copied();
        if byte == b'<' && next == Some(b'<') && third != Some(b'<') {
            let (mut heredoc, end) = heredoc_delimiter(script, self.at + 2, self.hole());
            heredoc.reevaluated = self.commands().is_some_and(|it| it.interpreter || it.reevaluates);
            if self.pending.len() < PENDING_MAX && !heredoc.delimiter.is_empty() {
                self.pending.push(heredoc);
            }
            self.at = end;
            return;
        }
        if let Some(commands) = self.commands() {
            commands.redirection = true;
        }
        self.at += 1;
        while self.hole().is_none_or(|it| self.at < it.start)
            && matches!(self.bytes.get(self.at), Some(b'<' | b'>' | b'&' | b'|'))
        {
            self.at += 1;
        }
    }

    fn separator(&mut self, byte: u8, next: Option<u8>) {
        self.end_command();
        let ends_case = byte == b';' && matches!(next, Some(b';' | b'&'));
        self.at += if ends_case { 2 } else { 1 };
        if ends_case && let Some(commands) = self.commands() {
            commands.set_case(Case::Pattern);
        }
    }

    fn dollar(&mut self, quotes: bool) {
        let next = self.bytes.get(self.at + 1).copied();
        let third = self.bytes.get(self.at + 2).copied();
        match (next, third) {
            // The hole itself begins with a dollar sign, so one right behind is not part of this mark.
            _ if self.hole().is_some_and(|it| it.start == self.at + 1) => {
                self.touch();
                self.at += 1;
            }
            (Some(b'('), Some(b'(')) => self.open(Frame::Arithmetic(0), 3),
            (Some(b'('), _) => self.open(Frame::Commands(Commands::new(Closer::Parenthesis, true)), 2),
            (Some(b'{'), _) => self.open(Frame::Parameter, 2),
            (Some(b'\''), _) if quotes => self.open(Frame::Ansi, 2),
            (Some(b'"'), _) if quotes => self.open(Frame::Double, 2),
            _ => {
                self.touch();
                self.at += 1;
            }
        }
    }

    /// Opens a backtick substitution, or closes the one that is open: they nest only when escaped.
    fn backtick(&mut self) {
        let open = self
            .stack
            .iter()
            .rposition(|it| matches!(it, Frame::Commands(commands) if commands.closer == Closer::Backtick));
        match open {
            Some(index) => {
                self.stack.truncate(index);
                self.at += 1;
            }
            None => self.open(Frame::Commands(Commands::new(Closer::Backtick, true)), 1),
        }
    }

    fn open(&mut self, frame: Frame, length: usize) {
        if !matches!(frame, Frame::Comment) {
            self.touch();
        }
        self.at += length;
        self.push(frame);
    }

    fn push(&mut self, frame: Frame) {
        if self.stack.len() < NESTING_MAX {
            self.stack.push(frame);
        }
    }
}
