//! What is reported, and in which form.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::str::FromStr;

use brattice_finding::{Finding, Findings, Input, Kind, ParseWordError, RelativePath};
use brattice_rules::{Thresholds, Verdict};

use crate::{concise, full, github, json, sarif};

/// The texts that findings point into, by path.
pub type Sources = BTreeMap<RelativePath, String>;

/// Everything that a report can say.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The version of this program.
    pub version: &'a str,
    /// The version of the rule catalogue.
    pub catalogue: &'a str,
    /// The answer.
    pub verdict: &'a Verdict,
    /// From which severity on a finding fails: those are errors, the others warnings.
    pub thresholds: Thresholds,
    /// What was found and what was silenced.
    pub findings: &'a Findings,
    /// What was examined.
    pub inputs: &'a [Input],
    /// The texts for snippets; a text that is missing costs its snippet only.
    pub sources: &'a Sources,
    /// Further sentences for people, such as the suppressions that a change adds.
    pub notes: &'a [String],
    /// Whether hardening that does not fail is told finding by finding instead of one line per rule.
    pub unfold_hardening: bool,
}

impl<'a> Report<'a> {
    /// Returns the findings with the worst first: failing before warning, exploit before hardening, then by
    /// severity; equal ones stay in the order of their places.
    pub(crate) fn worst_first(&self) -> Vec<&'a Finding> {
        let mut sorted: Vec<&Finding> = self.findings.findings.iter().collect();
        sorted.sort_by_key(|it| std::cmp::Reverse((self.thresholds.fails(it), it.kind, it.severity)));
        sorted
    }

    /// Returns the class of a finding under the thresholds.
    pub(crate) fn class(&self, finding: &Finding) -> Class {
        match (self.thresholds.fails(finding), finding.kind) {
            (true, _) => Class::Failing,
            (false, Kind::Exploit) => Class::Warning,
            (false, Kind::Hardening) => Class::Advice,
        }
    }
}

/// What a finding is under the thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Failing,
    Warning,
    Advice,
}

/// Whether escape sequences for colour are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Off,
    /// ANSI escape sequences.
    On,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Snippets, the attack path as labels, and one summary line.
    Full,
    /// One line per finding.
    Concise,
    /// `brattice.findings/1`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands that GitHub shows as annotations.
    Github,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Full, Self::Concise, Self::Json, Self::Sarif, Self::Github];
    /// The name of every format, in the same order.
    pub const WORDS: &'static [&'static str] = &["full", "concise", "json", "sarif", "github"];

    /// Returns the name of this format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }
}

impl FromStr for Format {
    type Err = ParseWordError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().copied().find(|it| it.as_str() == word);
        known.ok_or_else(|| ParseWordError { word: word.to_owned(), expected: Self::WORDS })
    }
}

/// Writes a report. A reader that went away is no error: it has seen what it wanted.
pub fn write_report(
    report: &Report<'_>,
    format: Format,
    colour: Colour,
    out: &mut dyn Write,
) -> io::Result<()> {
    let written = match format {
        Format::Full => full::write(report, colour, out),
        Format::Concise => concise::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
