//! `check` and `fix`: formats, bases, baselines, settings, repairs, and the repository's own workflows.

use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::line::CLEAN_WORKFLOW;
use crate::place::{Ended, Place};

const WORKFLOW: &str = ".github/workflows/greet.yml";

const INJECTION: &str = "on: issues
permissions: {}
jobs:
  greet:
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.event.issue.title }}
";

/// A repository with one exploit and one piece of advice.
fn repository() -> Place {
    let place = Place::new();
    place.write(&format!("repo/{WORKFLOW}"), INJECTION);
    place.repository("repo");
    place
}

fn check(place: &Place, more: &[&str]) -> Ended {
    place.brattice(&[&["check", "repo"], more].concat())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings are a list");
    findings.iter().filter_map(|it| it["rule"].as_str()).collect()
}

#[test]
fn every_format_tells_the_same_findings() {
    let place = repository();
    assert_snapshot!(check(&place, &["--format", "concise"]).ends_with(1).stdout, @r"
    .github/workflows/greet.yml:8:15 unpinned-uses low the action `actions/checkout@v4` is named by a tag, which can be moved
    .github/workflows/greet.yml:9:19 template-injection medium `github.event.issue.title` is pasted into a bash script: anyone with an account can open or edit an issue
    1 exploit finding at or above `medium`; 1 file examined
    ");
    let report = json(&check(&place, &["--format", "json"]).ends_with(1).stdout);
    assert_eq!(report["format"], "brattice.findings/1");
    assert_eq!(rules(&report), ["unpinned-uses", "template-injection"]);
    let sarif = json(&check(&place, &["--format", "sarif"]).ends_with(1).stdout);
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(2));
    let github = check(&place, &["--format", "github"]).ends_with(1).stdout;
    assert!(github.contains("::error file=.github/workflows/greet.yml,line=9"), "{github}");
    assert!(github.contains("::notice file=.github/workflows/greet.yml,line=8"), "{github}");
    let full = check(&place, &[]).ends_with(1).stdout;
    assert!(
        full.contains("error[template-injection]") && full.contains("hardening[unpinned-uses]"),
        "{full}"
    );
}

#[test]
fn report_in_a_file_is_the_one_on_the_screen() {
    let place = repository();
    let formats = ["full", "concise", "json", "sarif", "github"];
    let outputs: Vec<String> = formats.iter().map(|it| format!("{it}=reports/{it}")).collect();
    let flags: Vec<&str> = outputs.iter().flat_map(|it| ["--output", it]).collect();
    check(&place, &flags).ends_with(1);
    for format in formats {
        let shown = check(&place, &["--format", format]).stdout;
        assert_eq!(place.read(&format!("reports/{format}")), shown, "{format}");
    }
    check(&place, &["--output", "pdf=x"]).ends_with(2);
    check(&place, &["--output", "json"]).ends_with(2);
}

#[test]
fn thresholds_decide_what_fails() {
    let place = repository();
    check(&place, &["--fail-on", "high"]).ends_with(0);
    check(&place, &["--fail-on", "high", "--fail-hardening", "low"]).ends_with(1);
    check(&place, &["--ignore", "template-injection"]).ends_with(0);
    check(&place, &["--select", "unpinned-uses"]).ends_with(0);
    check(&place, &["--config", "check.fail-on=high"]).ends_with(0);
    // The command line beats the configuration.
    check(&place, &["--config", "check.fail-on=high", "--fail-on", "low"]).ends_with(1);
    check(&place, &["--fail-on", "sometimes"]).ends_with(2);
}

#[test]
fn settings_of_the_tree_hold_for_a_plain_check_only() {
    let place = repository();
    place.write("repo/brattice.toml", "[check]\nignore = [\"template-injection\"]\n");
    check(&place, &[]).ends_with(0).says("1 finding suppressed");
    check(&place, &["--no-config"]).ends_with(1);
    check(&place, &["--since", "main"]).ends_with(0).says("the change adds a suppression (config)");
}

#[test]
fn change_cannot_silence_its_own_findings() {
    let place = repository();
    place.write("repo/brattice.toml", "[check]\nignore = [\"template-injection\"]\n");
    let more =
        "      - run: echo ${{ github.event.issue.body }} # brattice: ignore[template-injection] trust me\n";
    place.write(&format!("repo/{WORKFLOW}"), &format!("{INJECTION}{more}"));
    let ended = check(&place, &["--since", "main"]).ends_with(1);
    let said = ended.says("greet.yml:10:19").says("(config)").says("(inline)").stdout;
    assert!(!said.contains("greet.yml:9:19"), "what was there before is told: {said}");
    let report = json(&check(&place, &["--since", "main", "--format", "json"]).ends_with(1).stdout);
    assert_eq!(rules(&report), ["template-injection"]);
    // Once they are in the base, they hold.
    place.commit("repo");
    check(&place, &["--since", "main"]).ends_with(0);
}

#[test]
fn bases_that_are_none() {
    let place = repository();
    for base in ["nowhere", "--help", "", "main:README"] {
        check(&place, &["--since", base]).ends_with(2);
    }
    place.write("plain/a.yml", "");
    place.brattice(&["check", "plain", "--since", "main"]).ends_with(2);
    place.brattice_in(".", &[], &["check", "-", "--since", "main"], INJECTION).ends_with(2);
}

#[test]
fn baseline_passes_over_what_it_lists_and_nothing_else() {
    let place = repository();
    check(&place, &["--write-baseline", "baseline.json"]).ends_with(0).says("2 findings");
    let baseline = ["--baseline", "baseline.json", "--fail-hardening", "info"];
    check(&place, &baseline).ends_with(0);
    // Lines above move a finding, and it stays the same finding.
    place.write(&format!("repo/{WORKFLOW}"), &format!("# A comment.\n\n{INJECTION}"));
    check(&place, &baseline).ends_with(0);
    let twice = format!("{INJECTION}      - run: echo ${{{{ github.event.issue.title }}}}\n");
    place.write(&format!("repo/{WORKFLOW}"), &twice);
    check(&place, &baseline).ends_with(1).says("greet.yml:10:19");
    check(&place, &["--baseline", "missing.json"]).ends_with(2);
    place.write("broken.json", "{\"format\":\"brattice.baseline/1\",\"findings\":[],\"more\":1}");
    check(&place, &["--baseline", "broken.json"]).ends_with(2);
    check(&place, &["--write-baseline", "b.json", "--attest", "a", "--key", "k"]).ends_with(2);
}

#[test]
fn baseline_that_the_change_brings_along_does_not_count() {
    let place = repository();
    check(&place, &["--write-baseline", "repo/old.json"]).ends_with(0);
    place.commit("repo");
    let more = "      - run: echo ${{ github.event.issue.body }}\n";
    place.write(&format!("repo/{WORKFLOW}"), &format!("{INJECTION}{more}"));
    check(&place, &["--write-baseline", "repo/old.json"]).ends_with(0);
    check(&place, &["--baseline", "repo/old.json"]).ends_with(0);
    check(&place, &["--baseline", "repo/old.json", "--since", "main"]).ends_with(1);
}

#[test]
fn standard_input_is_examined_and_the_directory_is_not() {
    let place = repository();
    let stdin = |input: &str| place.brattice_in("repo", &[], &["check", "-", "--format", "concise"], input);
    stdin(INJECTION).ends_with(1).says("<stdin>:9:19 template-injection");
    stdin(CLEAN_WORKFLOW).ends_with(0);
    stdin("").ends_with(3);
    place.brattice_in("repo", &[], &["check", "-", "--attest", "a", "--key", "missing"], "").ends_with(2);
}

#[test]
fn mistake_in_the_settings_is_shown_where_it_stands() {
    let place = repository();
    place.write("repo/brattice.toml", "[check]\nfail-on = \"hihg\"\n");
    assert_snapshot!(check(&place, &[]).ends_with(2).stderr, @r#"
    error: brattice.toml:2:11: `check.fail-on` cannot be `hihg`
        |
      2 | fail-on = "hihg"
        |           ^
        = expected: one of `info`, `low`, `medium`, `high`, `critical`
        = help: did you mean `high`?
        = help: `fail-on` is from which severity on an exploit fails; `medium` if nothing is said
    "#);
    for wrong in ["[check]\nfial-on = \"high\"\n", "check", "[check]\nignore = [\"nonsense\"]\n", "[chekc]\n"]
    {
        place.write("repo/brattice.toml", wrong);
        check(&place, &[]).ends_with(2).says("brattice.toml:");
    }
    // What governs decisions is never the tree's to say.
    place.write("repo/brattice.toml", "[trust]\nfile = \"trust.toml\"\n");
    check(&place, &[]).ends_with(2).says("brattice.toml:1");
}

#[test]
fn one_settings_file_is_enough() {
    let place = repository();
    place.write("repo/brattice.toml", "");
    place.write("repo/.github/brattice.toml", "");
    check(&place, &[]).ends_with(2).says("more than one settings file");
}

#[test]
fn dry_run_shows_the_repair_and_writes_nothing() {
    let place = repository();
    let dry = place.brattice(&["fix", "repo", "--unsafe", "--dry-run"]).ends_with(0);
    assert_snapshot!(dry.stdout, @r#"
    --- a/.github/workflows/greet.yml
    +++ b/.github/workflows/greet.yml
    @@ -6,4 +6,6 @@
         permissions: {}
         steps:
           - uses: actions/checkout@v4
    -      - run: echo ${{ github.event.issue.title }}
    +      - env:
    +          ISSUE_TITLE: ${{ github.event.issue.title }}
    +        run: echo "$ISSUE_TITLE"
    "#);
    assert_eq!(place.read(&format!("repo/{WORKFLOW}")), INJECTION);
}

#[test]
fn repair_holds_and_a_second_one_finds_nothing_to_do() {
    let place = repository();
    // What somebody should look at is left alone unless it is asked for.
    place.brattice(&["fix", "repo"]).ends_with(0).says("1 more with `--unsafe`");
    assert_eq!(place.read(&format!("repo/{WORKFLOW}")), INJECTION);
    place.chmod(&format!("repo/{WORKFLOW}"), 0o640);
    place.brattice(&["fix", "repo", "--unsafe"]).ends_with(0).says("applied 1 repair in 1 file");
    let repaired = place.read(&format!("repo/{WORKFLOW}"));
    check(&place, &[]).ends_with(0);
    place.brattice(&["fix", "repo", "--unsafe"]).ends_with(0).says("applied 0 repairs");
    assert_eq!(place.read(&format!("repo/{WORKFLOW}")), repaired);
    let listed = place.command("stat").args(["-c", "%a", WORKFLOW]).current_dir(place.path("repo")).output();
    assert_eq!(listed.expect("stat starts").stdout, b"640\n", "the mode is another one");
}

#[test]
fn names_of_files_cannot_command_a_terminal() {
    let place = Place::new();
    place.write("repo/.github/workflows/\u{1b}[31m\u{7}.yml", INJECTION);
    for format in ["full", "concise", "json", "sarif", "github"] {
        let said = check(&place, &["--format", format, "--color", "never"]).ends_with(1).said();
        assert!(!said.contains('\u{1b}') && !said.contains('\u{7}'), "{format}: {said:?}");
    }
}

#[test]
fn own_workflows_pass_at_the_strictest_level() {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workflows = root.join(".github/workflows");
    require_spotless(&place, workflows.to_str().expect("the path is text"));
    // The example is a repository of its own.
    let example = root.join("examples/digits");
    let copied = place.command("cp").arg("-r").arg(example).arg(place.path("digits")).status();
    assert!(copied.expect("cp starts").success());
    place.repository("digits");
    require_spotless(&place, "digits");
}

#[track_caller]
fn require_spotless(place: &Place, path: &str) {
    let arguments =
        ["check", "--no-config", "--fail-on", "info", "--fail-hardening", "info", "--format", "json", path];
    let report = json(&place.brattice(&arguments).ends_with(0).stdout);
    assert_eq!(report["findings"], Value::Array(Vec::new()), "{report}");
    assert_eq!(report["suppressed"], Value::Array(Vec::new()), "{report}");
    assert_eq!(report["verdict"]["incomplete"], false);
    assert!(!report["inputs"].as_array().expect("inputs are a list").is_empty());
}
