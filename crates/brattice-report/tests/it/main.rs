//! The boundary of the crate: a report in, bytes out.

#[cfg(test)]
mod formats;
#[cfg(test)]
mod full;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod sarif;

use std::io::{self, Write};

use brattice_finding::{
    Area, Coverage, Edit, Finding, Findings, FingerprintInput, Fix, FixSafety, Input, InputStatus, Kind,
    LineIndex, Location, PathRole, PathStep, Problem, References, RelativePath, Rule, Severity, Span,
};
use brattice_report::{Colour, Format, Report, Sources, write_report};
use brattice_rules::{Thresholds, judge};

static INJECTION: Rule = Rule {
    id: "template-injection",
    area: Area::Pipeline,
    class: "injection",
    kind: Kind::Exploit,
    severity: Severity::High,
    summary: "An outsider's text becomes code",
    documentation: "## What it does\nFinds it.",
    references: References { cwe: &["CWE-94"], cicd_sec: &["CICD-SEC-4"], atlas: &[], slsa: &[] },
};

static UNPINNED: Rule = Rule {
    id: "unpinned-uses",
    area: Area::Pipeline,
    class: "supply-chain",
    kind: Kind::Hardening,
    severity: Severity::Medium,
    summary: "An action is used by a name that can move",
    documentation: "## What it does\nFinds it.",
    references: References { cwe: &["CWE-829"], cicd_sec: &["CICD-SEC-3"], atlas: &[], slsa: &[] },
};

const WORKFLOW: &str = "\
on:
  issues:
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - uses: acme/setup@v1
      - uses: acme/other@main
      - run: |
          echo \"${{ github.event.issue.title }}\"
";

/// What a scan gave, ready to be reported.
#[derive(Default)]
struct Scan {
    findings: Findings,
    inputs: Vec<Input>,
    sources: Sources,
    notes: Vec<String>,
}

impl Scan {
    /// Makes the scan of one file without findings.
    fn of(path: &RelativePath, text: &str) -> Self {
        let coverage = Coverage { bytes: text.len() as u64, understood: text.len() as u64 };
        let input = Input {
            path: path.clone(),
            area: Area::Pipeline,
            kind: "github-workflow",
            status: InputStatus::Complete,
            problems: Vec::new(),
            coverage,
        };
        let sources = Sources::from([(path.clone(), text.to_owned())]);
        Self { inputs: vec![input], sources, ..Self::default() }
    }

    /// Makes the scan of [`WORKFLOW`]: an injection with its path and a fix, and two unpinned actions.
    fn of_workflow() -> Self {
        let path = RelativePath::from(".github/workflows/greet.yml");
        let mut scan = Self::of(&path, WORKFLOW);
        let sink = place(&path, WORKFLOW, "${{ github.event.issue.title }}");
        let identity = FingerprintInput::new("greet", "x");
        let mut finding = Finding::new(
            &INJECTION,
            "anyone who opens an issue runs commands in job `greet`",
            sink.clone(),
            identity.clone(),
        );
        let source = place(&path, WORKFLOW, "issues");
        finding.path = vec![
            PathStep { role: PathRole::Source, text: "anyone opens an issue".to_owned(), location: source },
            PathStep {
                role: PathRole::Sink,
                text: "its title becomes shell code".to_owned(),
                location: sink.clone(),
            },
        ];
        let marked = sink.as_span().map_or(Span::at(0), |it| it.span);
        let edits = vec![Edit { path: path.clone(), span: marked, text: "$TITLE".to_owned() }];
        let title = "pass the title through `env`".to_owned();
        finding.fixes.push(Fix { title, safety: FixSafety::Safe, edits });
        for (action, message) in
            [("acme/setup@v1", "tag `v1` can move"), ("acme/other@main", "branch `main` moves")]
        {
            let at = place(&path, WORKFLOW, action);
            let mut finding = Finding::new(&UNPINNED, message, at, FingerprintInput::new("greet", action));
            finding.help.push("pin it to a commit".to_owned());
            scan.findings.findings.push(finding);
        }
        scan.findings.findings.push(finding);
        scan
    }

    fn told(&self, format: Format) -> String {
        self.told_with(format, Thresholds::DEFAULT, false)
    }

    fn told_with(&self, format: Format, thresholds: Thresholds, unfold_hardening: bool) -> String {
        let mut out = Vec::new();
        self.write(format, thresholds, unfold_hardening, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("reports are UTF-8")
    }

    fn write(
        &self,
        format: Format,
        thresholds: Thresholds,
        unfold_hardening: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let verdict = judge(&self.findings, &self.inputs, thresholds, &[]);
        let report = Report {
            version: "1.2.3",
            catalogue: "1-0123",
            verdict: &verdict,
            thresholds,
            findings: &self.findings,
            inputs: &self.inputs,
            sources: &self.sources,
            notes: &self.notes,
            unfold_hardening,
        };
        write_report(&report, format, Colour::Off, out)
    }
}

/// Finds the place of a needle in a text.
fn place(path: &RelativePath, text: &str, needle: &str) -> Location {
    let at = text.find(needle).expect("the test's own text");
    let offset = |at: usize| u32::try_from(at).expect("tests are short");
    let span = Span::new(offset(at), offset(at + needle.len()));
    Location::span(path, text, &LineIndex::new(text), span, Some("jobs.greet".to_owned()))
}

/// A problem that makes its input incomplete.
fn problem(message: &str) -> Problem {
    Problem { code: "yaml-syntax", message: message.to_owned(), location: None, incomplete: true }
}
