//! The report for people: snippets, the path as labels, help, and one last line that says why.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use annotate_snippets::{Element, Group, Level, Renderer};
use anstyle::{AnsiColor, Style};
use brattice_finding::Finding;
use brattice_rules::plural;

use crate::place::{shown_path, shown_place};
use crate::report::{Class, Colour, Report};
use crate::snippet;
use crate::text::shown;

pub(crate) fn write(report: &Report<'_>, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let renderer = match colour {
        Colour::Off => Renderer::plain(),
        Colour::On => Renderer::styled(),
    };
    let folds = |it: &&Finding| report.class(it) == Class::Advice && !report.unfold_hardening;
    for finding in report.findings.findings.iter().filter(|it| !folds(it)) {
        writeln!(out, "{}\n", renderer.render(&[group(report, finding)]))?;
    }
    let cyan = style(colour, AnsiColor::Cyan);
    let yellow = style(colour, AnsiColor::Yellow);
    let mut folded: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.findings.iter().filter(folds) {
        folded.entry(finding.rule.id).or_default().push(finding);
    }
    for (rule, findings) in &folded {
        writeln!(out, "{cyan}hardening[{rule}]{cyan:#}: {}", folded_line(findings))?;
    }
    for input in report.inputs {
        for problem in input.problems.iter().filter(|it| it.incomplete) {
            let place = problem.location.as_ref().map_or_else(|| shown_path(&input.path), shown_place);
            let (code, message) = (problem.code, shown(&problem.message));
            writeln!(out, "{yellow}incomplete[{code}]{yellow:#}: {place}: {message}")?;
        }
    }
    for note in report.notes {
        writeln!(out, "{cyan}note{cyan:#}: {}", shown(note))?;
    }
    summary(report, colour, out)
}

fn group(report: &Report<'_>, finding: &Finding) -> Group<'static> {
    let level = match report.class(finding) {
        Class::Failing => Level::ERROR,
        Class::Warning => Level::WARNING,
        Class::Advice => Level::INFO.with_name("hardening"),
    };
    let title = level.primary_title(shown(&finding.message)).id(finding.rule.id);
    let mut elements = snippet::elements(finding, report.sources);
    let references = &finding.rule.references;
    let mut grade = format!("severity {}, confidence {}", finding.severity, finding.confidence);
    let names = [references.cwe, references.cicd_sec].concat();
    if !names.is_empty() {
        grade.push_str("; ");
        grade.push_str(&names.join(", "));
    }
    elements.push(Element::Message(Level::NOTE.message(grade)));
    for help in &finding.help {
        elements.push(Element::Message(Level::HELP.message(shown(help))));
    }
    for fix in &finding.fixes {
        let text = format!("{} ({} fix)", shown(&fix.title), fix.safety.as_str());
        elements.push(Element::Message(Level::HELP.message(text)));
    }
    title.elements(elements)
}

/// Tells all the hardening of one rule on one line.
fn folded_line(findings: &[&Finding]) -> String {
    let files: BTreeSet<_> = findings.iter().map(|it| it.location.path()).collect();
    let Some(first) = findings.first() else { return String::new() };
    let summary = shown(first.rule.summary.trim_end_matches('.'));
    let place = shown_place(&first.location);
    if findings.len() == 1 {
        return format!("{place}: {}", shown(&first.message));
    }
    let (places, files) = (plural(findings.len(), "place"), plural(files.len(), "file"));
    format!("{summary}: {places} in {files}, first {place}")
}

fn summary(report: &Report<'_>, colour: Colour, out: &mut dyn Write) -> io::Result<()> {
    let (word, tint) = match report.verdict.exit {
        0 => ("ok", AnsiColor::Green),
        4 => ("incomplete", AnsiColor::Yellow),
        _ => ("failed", AnsiColor::Red),
    };
    let tint = style(colour, tint);
    write!(out, "{tint}{word}{tint:#}: {}", shown(&report.verdict.why))?;
    let suppressed = report.findings.suppressed.len();
    if suppressed > 0 {
        write!(out, "; {} suppressed", plural(suppressed, "finding"))?;
    }
    writeln!(out)
}

fn style(colour: Colour, tint: AnsiColor) -> Style {
    match colour {
        Colour::Off => Style::new(),
        Colour::On => tint.on_default().bold(),
    }
}
