//! One line per finding, for editors and `grep`.

use std::io::{self, Write};

use crate::Report;
use crate::place::{shown_path, shown_place};
use crate::text::shown;

pub(crate) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for it in &report.findings.findings {
        let place = shown_place(&it.location);
        writeln!(out, "{place} {} {} {}", it.rule.id, it.severity, shown(&it.message))?;
    }
    for input in report.inputs {
        for problem in input.problems.iter().filter(|it| it.incomplete) {
            let place = problem.location.as_ref().map_or_else(|| shown_path(&input.path), shown_place);
            writeln!(out, "{place} {} incomplete {}", problem.code, shown(&problem.message))?;
        }
    }
    for note in report.notes {
        writeln!(out, "note: {}", shown(note))?;
    }
    writeln!(out, "{}", shown(&report.verdict.why))
}
