//! The one owner of the terminal: data on standard output, everything else on standard error.
//!
//! Colour and verbosity are decided here, once. Text that comes from outside is made harmless here too: no
//! control character of a file name or a message reaches the terminal.

use std::io::{self, IsTerminal, Write};

use crate::cli::{ColorWhen, GlobalArgs};
use crate::environment::Environment;
use crate::exit::Failure;

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const GREEN: &str = "\x1b[1;32m";
const CYAN: &str = "\x1b[36m";
const RESET: &str = "\x1b[0m";

/// Where a verb writes.
#[derive(Debug)]
pub(crate) struct Terminal {
    color_stdout: bool,
    color_stderr: bool,
    /// −2 errors only, −1 no notes, 0 normal, 1 and more: details.
    verbosity: i16,
}

impl Terminal {
    /// Decides colour and verbosity.
    pub(crate) fn new(global: &GlobalArgs, environment: &Environment) -> Self {
        let decide = |is_terminal: bool| match global.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto if environment.is_set("NO_COLOR") => false,
            ColorWhen::Auto if environment.is_set("FORCE_COLOR") || environment.is_set("CLICOLOR_FORCE") => {
                true
            }
            ColorWhen::Auto => is_terminal && environment.get("TERM").is_none_or(|term| term != "dumb"),
        };
        Self {
            color_stdout: decide(io::stdout().is_terminal()),
            color_stderr: decide(io::stderr().is_terminal()),
            verbosity: i16::from(global.verbose) - i16::from(global.quiet),
        }
    }

    /// A terminal for what happens before the command line is understood.
    pub(crate) fn plain() -> Self {
        Self { color_stdout: false, color_stderr: false, verbosity: 0 }
    }

    /// Returns whether standard output is coloured.
    pub(crate) fn color_stdout(&self) -> bool {
        self.color_stdout
    }

    #[expect(clippy::unused_self, reason = "whoever prints must hold the terminal")]
    /// Writes data to standard output. A reader that went away is no error.
    pub(crate) fn data(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::incomplete(format!("failed to write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Writes one line of data.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.data(format!("{text}\n").as_bytes())
    }

    /// Says that something went well.
    pub(crate) fn success(&self, text: &str) {
        self.say(0, GREEN, "ok", text);
    }

    /// Says something that is worth knowing.
    pub(crate) fn note(&self, text: &str) {
        self.say(0, CYAN, "note", text);
    }

    /// Says a detail, with `-v`.
    pub(crate) fn detail(&self, text: &str) {
        self.say(1, CYAN, "detail", text);
    }

    /// Warns.
    pub(crate) fn warning(&self, text: &str) {
        self.say(-1, YELLOW, "warning", text);
    }

    /// Tells a failure and what to do about it.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.say(-2, RED, "error", &failure.message);
        for hint in &failure.hints {
            self.say(-1, CYAN, " help", hint);
        }
    }

    fn say(&self, level: i16, color: &str, word: &str, text: &str) {
        if self.verbosity < level {
            return;
        }
        // A further line stands back, so that foreign text in a message cannot begin one of its own.
        let text = harmless(text).replace('\n', "\n  ");
        let line = if self.color_stderr {
            format!("{color}{word}{RESET}: {text}\n")
        } else {
            format!("{word}: {text}\n")
        };
        // Nothing can be done when standard error is gone.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

/// Escapes like [`harmless`], and line feeds too: for foreign text within one line.
pub(crate) fn one_line(text: &str) -> String {
    harmless(text).replace('\n', "\\n")
}

/// The characters that turn the direction of what follows: text that reads other than it is.
const BIDIRECTIONAL: [char; 12] = [
    '\u{061c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Escapes every control character but line feed and tab, and those that turn the direction of text.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let keep = (!c.is_control() || c == '\n' || c == '\t') && !BIDIRECTIONAL.contains(&c);
            let escaped: Box<dyn Iterator<Item = char>> =
                if keep { Box::new(std::iter::once(c)) } else { Box::new(c.escape_default()) };
            escaped
        })
        .collect()
}
