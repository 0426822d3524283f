//! Workflow commands that GitHub shows as annotations.

use std::io::{self, Write};

use brattice_finding::{Finding, Location};

use crate::Report;
use crate::place::shown_path;
use crate::report::Class;
use crate::text::shown;

/// How many annotations of one kind GitHub shows for one step.
const ANNOTATIONS_MAX: usize = 10;

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let sorted = report.worst_first();
    for (command, class) in
        [("error", Class::Failing), ("warning", Class::Warning), ("notice", Class::Advice)]
    {
        let mut lines: Vec<String> = Vec::new();
        if class == Class::Failing {
            lines.extend(problems(report));
        }
        let of_class = sorted.iter().filter(|it| report.class(it) == class);
        lines.extend(of_class.map(|it| annotation(command, it)));
        let shown_count = if lines.len() > ANNOTATIONS_MAX { ANNOTATIONS_MAX - 1 } else { lines.len() };
        for line in lines.iter().take(shown_count) {
            writeln!(out, "{line}")?;
        }
        let hidden = lines.len() - shown_count;
        if hidden > 0 {
            writeln!(
                out,
                "::{command} title=brattice::and {hidden} more; the log or the SARIF report has all of them"
            )?;
        }
    }
    for note in report.notes {
        writeln!(out, "::notice title=brattice::{}", data(note))?;
    }
    // Without a command prefix this is a plain line of the log.
    writeln!(out, "brattice: {}", shown(&report.verdict.why))
}

fn problems(report: &Report<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for input in report.inputs {
        for problem in input.problems.iter().filter(|it| it.incomplete) {
            let place = problem.location.as_ref().map_or_else(|| file(&input.path), place);
            lines.push(format!(
                "::error {place},title={}::{}",
                property(problem.code),
                data(&problem.message)
            ));
        }
    }
    lines
}

fn annotation(command: &str, it: &Finding) -> String {
    let mut text = data(&it.message);
    for help in &it.help {
        text.push_str("%0Ahelp: ");
        text.push_str(&data(help));
    }
    for fix in &it.fixes {
        text.push_str("%0Ahelp: ");
        text.push_str(&data(&format!("{} ({} fix)", fix.title, fix.safety.as_str())));
    }
    let title = property(&format!("{} ({} {})", it.rule.id, it.severity, it.kind));
    format!("::{command} {},title={title}::{text}", place(&it.location))
}

fn place(location: &Location) -> String {
    let file = file(location.path());
    let Some(it) = location.as_span() else { return file };
    if it.line == it.end_line {
        let (line, start, end) = (it.line, it.column, it.end_column);
        return format!("{file},line={line},endLine={line},col={start},endColumn={end}");
    }
    // Columns are allowed on a single line only.
    format!("{file},line={},endLine={}", it.line, it.end_line)
}

fn file(path: &brattice_finding::RelativePath) -> String {
    format!("file={}", property(&shown_path(path)))
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    shown(text).replace('%', "%25")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
