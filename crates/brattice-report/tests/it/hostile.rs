use brattice_finding::{
    Finding, FingerprintInput, InputStatus, LineIndex, Location, PathRole, PathStep, RelativePath, Span,
};
use brattice_report::Format;
use brattice_rules::Thresholds;
use proptest::prelude::proptest;

use crate::{INJECTION, Scan, problem};

/// Makes a scan in which everything that can come from a file is the same hostile text.
fn hostile(text: &str, marked: Span) -> Scan {
    let path = RelativePath::from(text);
    let mut scan = Scan::of(&path, text);
    let location = Location::span(&path, text, &LineIndex::new(text), marked, Some(text.to_owned()));
    let mut finding = Finding::new(&INJECTION, text, location.clone(), FingerprintInput::new("", text));
    finding.help.push(text.to_owned());
    finding.path.push(PathStep { role: PathRole::Source, text: text.to_owned(), location });
    let start = Location::span(&path, text, &LineIndex::new(text), Span::at(0), None);
    finding.path.push(PathStep { role: PathRole::Hop, text: text.to_owned(), location: start });
    scan.findings.findings.push(finding);
    scan.inputs[0].status = InputStatus::Incomplete;
    scan.inputs[0].problems.push(problem(text));
    scan.notes.push(text.to_owned());
    scan
}

fn assert_harmless(scan: &Scan) {
    for &format in Format::ALL {
        for unfold in [false, true] {
            let told = scan.told_with(format, Thresholds::DEFAULT, unfold);
            let bad = told.chars().find(|&c| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{202e}' | '\u{2066}' | '\u{200f}' | '\u{feff}')
            });
            assert_eq!(bad, None, "{format:?}: {told:?}");
        }
    }
}

#[test]
fn no_escape_sequence_reaches_the_terminal() {
    let text = "\u{1b}[31mred\u{1b}]0;title\u{7} \u{9b}2J \u{202e}txt\u{2066} \u{200f}\u{feff}\r\0\u{8}\tend";
    assert_harmless(&hostile(text, Span::new(0, 9)));
    let two_lines = format!("{text}\r\n{text}\n");
    assert_harmless(&hostile(&two_lines, Span::new(0, u32::try_from(two_lines.len()).unwrap())));
}

#[test]
fn no_command_reaches_the_log_of_a_runner() {
    let text = "::stop-commands::x ##[add-mask]y ##vso[task.x]z\n  ::error::w";
    let scan = hostile(text, Span::new(0, 30));
    for &format in Format::ALL {
        let told = scan.told_with(format, Thresholds::DEFAULT, true);
        assert!(!told.contains("##[") && !told.contains("##vso["), "{format:?}: {told}");
        let commands = told.lines().filter(|line| line.trim_start().starts_with("::"));
        for line in commands {
            assert!(format == Format::Github, "{format:?}: {line}");
            let known = ["::error file=", "::error title=brattice", "::notice title=brattice"];
            assert!(known.iter().any(|it| line.starts_with(it)), "{line}");
        }
    }
}

#[test]
fn a_line_without_end_is_not_shown() {
    let text = "x".repeat(1 << 20);
    let told = hostile(&text, Span::new(0, 5)).told(Format::Full);
    assert!(told.len() > 100);
}

proptest! {
    #[test]
    fn any_text_and_any_span_are_shown(
        text in "(\\PC|\n|\r\n|\t|\u{1b}|\u{85}|\u{202e}|日|é|a){0,30}",
        start in 0u32..40,
        length in 0u32..40,
    ) {
        assert_harmless(&hostile(&text, Span::new(start, start + length)));
    }
}
