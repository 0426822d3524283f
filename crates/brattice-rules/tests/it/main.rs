//! The boundary of the crate: settings, ignores, baseline, verdict.

#[cfg(test)]
mod baseline;
#[cfg(test)]
mod ignores;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod verdict;

use brattice_finding::{
    Area, Finding, FingerprintInput, Kind, LineIndex, Location, References, RelativePath, Rule, Severity,
    Span,
};
use brattice_rules::Registry;

const fn rule(id: &'static str, kind: Kind, severity: Severity) -> Rule {
    Rule {
        id,
        area: Area::Pipeline,
        class: "test",
        kind,
        severity,
        summary: "A test",
        documentation: "## What it does\nTests.",
        references: References { cwe: &[], cicd_sec: &[], atlas: &[], slsa: &[] },
    }
}

static LOUD: Rule = rule("loud-thing", Kind::Exploit, Severity::High);
static QUIET: Rule = rule("quiet-thing", Kind::Hardening, Severity::Low);

fn registry() -> Registry {
    Registry::new(&[&[&LOUD, &QUIET]]).expect("the names differ")
}

/// Finds every `LOUD` and `QUIET` of a text; the rest of the line is what was matched.
fn scan(path: &str, text: &str) -> Vec<Finding> {
    let path = RelativePath::from(path);
    let lines = LineIndex::new(text);
    let mut findings = Vec::new();
    for (word, rule) in [("LOUD", &LOUD), ("QUIET", &QUIET)] {
        for (at, _) in text.match_indices(word) {
            let rest = text[at..].split(['#', '\n']).next().unwrap_or_default();
            let offset = |at: usize| u32::try_from(at).expect("tests are short");
            let span = Span::new(offset(at), offset(at + rest.trim_end().len()));
            let location = Location::span(&path, text, &lines, span, None);
            findings.push(Finding::new(rule, "found", location, FingerprintInput::new("job", rest)));
        }
    }
    findings
}

/// One line per finding.
fn told<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<String> {
    findings
        .into_iter()
        .map(|it| {
            let line = it.location.as_span().map_or(0, |span| span.line);
            format!("{}:{line} {}: {}", it.location.path().display(), it.rule.id, it.message)
        })
        .collect()
}
