//! The nesting of a POSIX script: what a stack of open constructs consists of.

use std::ops::Range;

/// What ends a list of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closer {
    End,
    Parenthesis,
    Backtick,
}

/// How far a `case` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Subject,
    Pattern,
    Body,
}

/// A list of commands: the script itself, or the inside of a substitution or subshell.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one command, not one state")]
pub(crate) struct Commands {
    pub(crate) closer: Closer,
    /// Whether this is a substitution, not a subshell.
    pub(crate) substitution: bool,
    /// Where the word that is being read began.
    pub(crate) word: Option<usize>,
    /// Whether the next word names a command.
    pub(crate) command_next: bool,
    /// Whether the next word belongs to a redirection.
    pub(crate) redirection: bool,
    /// Whether the command is an interpreter that reads code after `-c` or `-e`, or from its input.
    pub(crate) interpreter: bool,
    /// Whether the words from here on are read as code by another interpreter.
    pub(crate) reevaluates: bool,
    pub(crate) cases: Vec<Case>,
}

/// Commands whose arguments are code, whatever their options.
const EVALUATING: [&str; 8] = ["eval", "ssh", "awk", "gawk", "sed", "jq", "trap", "xargs"];

/// Commands that run code from an argument after `-c` or `-e`, or from their input.
const INTERPRETERS: [&str; 17] = [
    "bash",
    "sh",
    "zsh",
    "dash",
    "ksh",
    "su",
    "python",
    "python2",
    "python3",
    "node",
    "perl",
    "ruby",
    "php",
    "pwsh",
    "powershell",
    "mysql",
    "psql",
];

/// Words after which a command's name still has to come.
const PREFIXES: [&str; 15] = [
    "if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "sudo", "exec", "command",
    "nohup", "env",
];

impl Commands {
    pub(crate) fn new(closer: Closer, substitution: bool) -> Self {
        Self {
            closer,
            substitution,
            word: None,
            command_next: true,
            redirection: false,
            interpreter: false,
            reevaluates: false,
            cases: Vec::new(),
        }
    }

    /// Begins a word unless one is being read.
    pub(crate) fn touch(&mut self, at: usize) {
        self.word.get_or_insert(at);
    }

    /// Ends the word that is being read, if any, and returns whether it opens `[[`.
    pub(crate) fn end_word(&mut self, script: &str, at: usize) -> bool {
        let Some(start) = self.word.take() else { return false };
        let word = script.get(start..at).unwrap_or("");
        if std::mem::take(&mut self.redirection) {
            return false;
        }
        match (self.cases.last().copied(), word) {
            (Some(Case::Subject), "in") => self.set_case(Case::Pattern),
            (Some(Case::Pattern), "esac") => {
                self.cases.pop();
            }
            (Some(Case::Body), "esac") if self.command_next => {
                self.cases.pop();
            }
            (Some(Case::Subject | Case::Pattern), _) => {}
            _ => {
                self.classify(word);
                return word == "[[";
            }
        }
        false
    }

    fn classify(&mut self, word: &str) {
        if self.command_next {
            match word {
                "case" => self.cases.push(Case::Subject),
                _ if PREFIXES.contains(&word) || is_assignment(word) => return,
                _ => {}
            }
            self.command_next = false;
        }
        let name = word.rsplit('/').next().unwrap_or(word);
        if self.interpreter && (matches!(word, "--eval" | "--command") || is_code_option(word)) {
            self.reevaluates = true;
        }
        self.reevaluates |= EVALUATING.contains(&name);
        self.interpreter |= INTERPRETERS.contains(&name);
    }

    /// Ends the command that is being read; the next word names another one.
    pub(crate) fn end_command(&mut self) {
        self.word = None;
        self.command_next = true;
        self.redirection = false;
        self.interpreter = false;
        self.reevaluates = false;
    }

    pub(crate) fn set_case(&mut self, case: Case) {
        if let Some(last) = self.cases.last_mut() {
            *last = case;
        }
    }

    pub(crate) fn in_pattern(&self) -> bool {
        self.cases.last() == Some(&Case::Pattern)
    }
}

/// Reads `-c`, `-e`, `-lc`, but no long option.
fn is_code_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|it| !it.starts_with('-') && it.ends_with(['c', 'e', 'E']))
}

/// Returns whether a word is `NAME=…` or `NAME+=…`.
pub(crate) fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let name = name.strip_suffix('+').unwrap_or(name);
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && bytes.all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'[' | b']'))
}

/// A here-document that was announced.
#[derive(Debug, Clone)]
pub(crate) struct Heredoc {
    pub(crate) delimiter: String,
    pub(crate) literal: bool,
    pub(crate) strips_tabs: bool,
    /// Whether it is fed to an interpreter.
    pub(crate) reevaluated: bool,
}

/// An open construct.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    Commands(Commands),
    Double,
    Single,
    Ansi,
    Comment,
    /// With the number of open parentheses inside.
    Arithmetic(u32),
    Parameter,
    Conditional,
    Heredoc(Heredoc),
}

/// Reads the delimiter of a here-document from behind `<<`; returns it and where it ends.
pub(crate) fn heredoc_delimiter(script: &str, from: usize, hole: Option<&Range<usize>>) -> (Heredoc, usize) {
    let bytes = script.as_bytes();
    let mut at = from;
    let strips_tabs = bytes.get(at) == Some(&b'-');
    at += usize::from(strips_tabs);
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    let start = at;
    let mut quote = None;
    let mut literal = false;
    let mut delimiter = Vec::new();
    // A hole in the delimiter cannot be known, so the delimiter ends before it.
    while let Some(&byte) = bytes.get(at).filter(|_| hole.is_none_or(|it| at < it.start)) {
        match (quote, byte) {
            (_, b'\n') | (None, b' ' | b'\t' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => {
                break;
            }
            (Some(open), _) if byte == open => quote = None,
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                literal = true;
            }
            (None, b'\\') => literal = true,
            _ => delimiter.push(byte),
        }
        at += 1;
    }
    // Cut at ASCII bytes only, so this stays UTF-8; an empty word leaves the reader where it was.
    let delimiter = String::from_utf8(delimiter).unwrap_or_default();
    (Heredoc { delimiter, literal, strips_tabs, reevaluated: false }, at.max(start))
}
