use brattice_finding::{Area, Coverage, Findings, Input, InputStatus, Severity};
use brattice_rules::{Thresholds, judge};
use insta::assert_snapshot;

use crate::scan;

fn input(status: InputStatus) -> Input {
    Input {
        path: "f.yml".into(),
        area: Area::Pipeline,
        kind: "github-workflow",
        status,
        problems: Vec::new(),
        coverage: Coverage::default(),
    }
}

/// Judges `text` with inputs given as letters: complete, incomplete, not checked.
fn told(text: &str, inputs: &str, thresholds: Thresholds, named: &[Area]) -> String {
    let inputs: Vec<Input> = inputs
        .chars()
        .map(|letter| match letter {
            'c' => input(InputStatus::Complete),
            'i' => input(InputStatus::Incomplete),
            _ => input(InputStatus::NotChecked),
        })
        .collect();
    let findings = Findings { findings: scan("f.yml", text), suppressed: Vec::new() };
    let verdict = judge(&findings, &inputs, thresholds, named);
    format!("{} {} {}", verdict.exit, verdict.incomplete, verdict.why)
}

#[test]
fn the_table_of_exit_codes() {
    let default = Thresholds::DEFAULT;
    let strict = Thresholds { fail_on: Severity::Critical, fail_hardening: Some(Severity::Low) };
    let lines = [
        told("", "", default, &[]),
        told("", "n", default, &[]),
        told("", "n", default, &[Area::Pipeline]),
        told("", "n", default, &[Area::Model]),
        told("", "c", default, &[]),
        told("", "i", default, &[]),
        told("", "ci", default, &[]),
        told("", "cn", default, &[Area::Pipeline]),
        told("LOUD\n", "cc", default, &[]),
        told("LOUD\n", "ci", default, &[]),
        told("LOUD\nQUIET\n", "c", default, &[]),
        told("QUIET\n", "c", default, &[]),
        told("QUIET\n", "i", default, &[]),
        told("QUIET\n", "c", strict, &[]),
        told("LOUD\nQUIET\n", "c", strict, &[]),
        told("LOUD\n", "c", strict, &[]),
    ];
    assert_snapshot!(lines.join("\n"), @r#"
    3 false there was nothing to examine
    3 false there was nothing to examine
    4 true 1 of 1 input could not be examined in full
    3 false there was nothing to examine
    0 false no findings in 1 file
    4 true 1 of 1 input could not be examined in full
    4 true 1 of 2 inputs could not be examined in full
    4 true 1 of 2 inputs could not be examined in full
    1 false 1 exploit finding at or above `medium`; 2 files examined
    1 true 1 exploit finding at or above `medium`; 2 files examined; 1 input could not be examined in full
    1 false 1 exploit finding at or above `medium`; 1 file examined
    0 false nothing fails: 1 warning in 1 file (exploits fail from `medium` on; hardening does not fail)
    4 true 1 of 1 input could not be examined in full
    1 false 1 hardening finding at or above `low`; 1 file examined
    1 false 1 hardening finding at or above `low`; 1 file examined
    0 false nothing fails: 1 warning in 1 file (exploits fail from `critical` on; hardening fails from `low` on)
    "#);
}
