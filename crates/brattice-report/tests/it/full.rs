use brattice_finding::{InputStatus, Location, Origin, RelativePath, Severity, Suppressed};
use brattice_report::Format;
use brattice_rules::Thresholds;
use insta::assert_snapshot;

use crate::{Scan, place, problem};

#[test]
fn an_attack_is_told_as_a_path_and_advice_is_folded() {
    assert_snapshot!(Scan::of_workflow().told(Format::Full), @r#"
    error[template-injection]: anyone who opens an issue runs commands in job `greet`
      --> .github/workflows/greet.yml:10:17
       |
     2 |   issues:
       |   ------ source: anyone opens an issue
    ...
    10 |           echo "${{ github.event.issue.title }}"
       |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ sink: its title becomes shell code
       |
       = note: severity high, confidence high; CWE-94, CICD-SEC-4
       = help: pass the title through `env` (safe fix)

    hardening[unpinned-uses]: An action is used by a name that can move: 2 places in 1 file, first .github/workflows/greet.yml:7:15
    failed: 1 exploit finding at or above `medium`; 1 file examined
    "#);
}

#[test]
fn advice_that_fails_or_was_asked_for_is_told_in_full() {
    let mut scan = Scan::of_workflow();
    scan.findings.findings.truncate(1);
    let strict = Thresholds { fail_on: Severity::High, fail_hardening: Some(Severity::Low) };
    assert_snapshot!(scan.told_with(Format::Full, strict, false), @r#"
    error[unpinned-uses]: tag `v1` can move
     --> .github/workflows/greet.yml:7:15
      |
    7 |       - uses: acme/setup@v1
      |               ^^^^^^^^^^^^^
      |
      = note: severity medium, confidence high; CWE-829, CICD-SEC-3
      = help: pin it to a commit

    failed: 1 hardening finding at or above `low`; 1 file examined
    "#);
    assert_snapshot!(scan.told_with(Format::Full, Thresholds::DEFAULT, true), @r#"
    hardening[unpinned-uses]: tag `v1` can move
     --> .github/workflows/greet.yml:7:15
      |
    7 |       - uses: acme/setup@v1
      |               ^^^^^^^^^^^^^
      |
      = note: severity medium, confidence high; CWE-829, CICD-SEC-3
      = help: pin it to a commit

    ok: nothing fails: 1 warning in 1 file (exploits fail from `medium` on; hardening does not fail)
    "#);
}

#[test]
fn the_last_line_says_why() {
    let path = RelativePath::from("a.yml");
    let mut scan = Scan::of(&path, "on: push\n");
    assert_snapshot!(scan.told(Format::Full), @r#"ok: no findings in 1 file"#);
    scan.inputs[0].status = InputStatus::Incomplete;
    scan.inputs[0].problems.push(problem("a quote is never closed"));
    scan.notes.push("the change adds 1 suppression".to_owned());
    assert_snapshot!(scan.told(Format::Full), @r#"
    incomplete[yaml-syntax]: a.yml: a quote is never closed
    note: the change adds 1 suppression
    incomplete: 1 of 1 input could not be examined in full
    "#);
    assert_snapshot!(Scan::default().told(Format::Full), @r#"failed: there was nothing to examine"#);
    let mut scan = Scan::of_workflow();
    let finding = scan.findings.findings.remove(0);
    scan.findings.findings.clear();
    scan.findings.suppressed.push(Suppressed { finding, by: "inline", origin: Origin::Tree, reason: None });
    assert_snapshot!(scan.told(Format::Full), @r#"ok: no findings in 1 file; 1 finding suppressed"#);
}

#[test]
fn a_path_through_two_files_shows_both_and_a_missing_text_costs_its_snippet_only() {
    let mut scan = Scan::of_workflow();
    scan.findings.findings.drain(..2);
    let action = RelativePath::from("action.yml");
    let text = "inputs:\n  title: {}\n";
    scan.sources.insert(action.clone(), text.to_owned());
    scan.findings.findings[0].path[0].location = place(&action, text, "title");
    assert_snapshot!(scan.told(Format::Full), @r#"
    error[template-injection]: anyone who opens an issue runs commands in job `greet`
      --> .github/workflows/greet.yml:10:17
       |
    10 |           echo "${{ github.event.issue.title }}"
       |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ sink: its title becomes shell code
       |
      ::: action.yml:2:3
       |
     2 |   title: {}
       |   ----- source: anyone opens an issue
       |
       = note: severity high, confidence high; CWE-94, CICD-SEC-4
       = help: pass the title through `env` (safe fix)

    failed: 1 exploit finding at or above `medium`; 1 file examined
    "#);
    scan.sources.clear();
    scan.findings.findings[0].path[0].location = Location::file(&action);
    assert_snapshot!(scan.told(Format::Full), @r#"
    error[template-injection]: anyone who opens an issue runs commands in job `greet`
    --> .github/workflows/greet.yml:10:17
     = note: sink: its title becomes shell code
    ::: action.yml
     = note: source: anyone opens an issue
     = note: severity high, confidence high; CWE-94, CICD-SEC-4
     = help: pass the title through `env` (safe fix)

    failed: 1 exploit finding at or above `medium`; 1 file examined
    "#);
}
