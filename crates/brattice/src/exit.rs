//! The exit codes, in one place, and the failures that lead to them.

use std::fmt;

/// Clean below the threshold, verified, allowed.
pub(crate) const YES: u8 = 0;
/// Findings that fail, a signature refused, the gate denied, a ledger tampered with.
pub(crate) const NO: u8 = 1;
/// Bad flag, bad configuration, missing path.
pub(crate) const USAGE: u8 = 2;
/// There was nothing to examine.
pub(crate) const NOTHING: u8 = 3;
/// Something named could not be read or parsed, or a limit was hit.
pub(crate) const INCOMPLETE: u8 = 4;
/// An approval is the only thing missing.
pub(crate) const PENDING: u8 = 5;
/// A bug of ours, panics included.
pub(crate) const INTERNAL: u8 = 70;
/// `run -- CMD`: anything of ours that fails after the start.
pub(crate) const RUN_FAILED: u8 = 125;

/// Why a verb could not do its work: an exit code, what happened, and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    /// One line without a final period.
    pub(crate) message: String,
    /// What can be done, each in the imperative.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    /// A mistake of the user's.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }

    /// A refusal.
    pub(crate) fn no(message: impl Into<String>) -> Self {
        Self::new(NO, message)
    }

    /// Something named that could not be read in full.
    pub(crate) fn incomplete(message: impl Into<String>) -> Self {
        Self::new(INCOMPLETE, message)
    }

    /// Any code.
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hints: Vec::new() }
    }

    /// Adds what to do.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// Writes an error and its causes on one line: `failed to read x: permission denied`.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
