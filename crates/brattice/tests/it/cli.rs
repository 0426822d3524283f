//! The command line itself: help, completions, manual pages, schemas, colour, and how much is said.

use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::{Place, has_sandbox};

const VERBS: &[&str] = &[
    "check",
    "fix",
    "run",
    "sign",
    "verify",
    "attest",
    "approve",
    "keys",
    "gate",
    "ledger",
    "explain",
    "doctor",
    "schema",
    "completions",
    "man",
];

/// Returns the first word of each line.
fn first_words(text: &str) -> Vec<&str> {
    text.lines().filter_map(|it| it.split_whitespace().next()).collect()
}

#[test]
fn help_names_every_verb() {
    let place = Place::new();
    assert_snapshot!(place.brattice(&["-h"]).ends_with(0).stdout, @r"
    Makes an ML pipeline a trust boundary: checks, isolates, signs, gates, and proves it

    Usage: brattice [OPTIONS] <COMMAND>

    Commands:
      check        Find what an outsider can do to a pipeline
      fix          Apply the repairs that `check` offers
      run          Run a command in a fresh, isolated sandbox
      sign         Sign a model file, a model directory or any file
      verify       Verify a signature and every file it covers
      attest       Write a signed statement about an artifact
      approve      Request, grant, deny and revoke approvals
      keys         Make and list keys, and write their lines for trust.toml
      gate         Decide from evidence whether an artifact may go to an environment
      ledger       Keep and verify the tamper-evident log
      explain      Tell what a rule finds, why it matters and what to do
      doctor       Tell what this machine offers for isolation
      schema       Print the JSON Schema of a published format
      completions  Print the completion script of a shell
      man          Print a manual page

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Global options:
          --config <FILE|KEY=VALUE>  Read configuration from FILE, or set one value with KEY=VALUE
          --no-config                Read no configuration file at all
          --ledger <DIR>             Append what happens to the transparency log in DIR
          --ledger-key <FILE>        Sign the log's checkpoints with the Ed25519 key in FILE
          --color <WHEN>             Colour the output [default: auto] [possible values: auto, always,
                                     never]
      -v, --verbose...               Say more on standard error
      -q, --quiet...                 Say less on standard error; twice for errors only

    Exit codes: 0 yes, 1 no, 2 usage, 3 nothing to examine, 4 incomplete, 5 pending approval, 70 a bug
    of ours.
    `brattice explain RULE` tells what a finding means; `brattice doctor` what this machine offers.
    ");
    let help = place.brattice(&["--help"]).ends_with(0).stdout;
    let listed = help.split("Commands:\n").nth(1).expect("it lists commands");
    let listed = listed.split("\n\n").next().expect("the list ends");
    assert_eq!(first_words(listed), VERBS);
    // Without a verb the same help is a mistake, and does not pollute data.
    let bare = place.brattice(&[]).ends_with(2);
    assert!(bare.stdout.is_empty() && bare.stderr.contains("Usage: brattice"));
    place.brattice(&["--version"]).ends_with(0).says("brattice ");
}

#[test]
fn every_verb_has_help() {
    let place = Place::new();
    for verb in VERBS {
        let help = place.brattice(&[verb, "--help"]).ends_with(0);
        let first = help.stdout.lines().next().unwrap_or_default();
        assert!(!first.is_empty() && !first.ends_with('.'), "{verb}: {first}");
        assert!(help.stdout.contains(&format!("Usage: brattice {verb}")), "{verb}: {}", help.stdout);
        assert!(help.stderr.is_empty());
        // The same help, shorter, at the flag's short form.
        place.brattice(&[verb, "-h"]).ends_with(0);
    }
}

#[test]
fn every_shell_has_completions() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = place.brattice(&["completions", shell]).ends_with(0).stdout;
        for word in VERBS.iter().chain(&["--fail-hardening", "--evidence"]) {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    place.brattice(&["completions", "tcsh"]).ends_with(2);
}

#[test]
fn every_verb_has_a_manual_page() {
    let place = Place::new();
    place.write("man/.keep", "");
    place.brattice(&["man", "--dir", "man"]).ends_with(0);
    let page = place.brattice(&["man"]).ends_with(0).stdout;
    assert_eq!(place.read("man/brattice.1"), page);
    for verb in VERBS {
        let page = place.brattice(&["man", verb]).ends_with(0).stdout;
        assert!(page.contains(&format!(".TH brattice-{verb} 1")), "{verb}: {page}");
        assert_eq!(place.read(&format!("man/brattice-{verb}.1")), page);
    }
}

#[test]
fn every_published_format_has_a_schema() {
    let place = Place::new();
    let names = place.brattice(&["schema"]).ends_with(0).stdout;
    assert_eq!(
        names.lines().collect::<Vec<_>>(),
        [
            "approval",
            "approval-request",
            "baseline",
            "event",
            "facts",
            "findings",
            "invocation",
            "provenance",
            "run",
            "scan",
            "verdict",
            "verification-summary",
        ]
    );
    for name in names.lines() {
        let schema = place.brattice(&["schema", name]).ends_with(0).stdout;
        let schema: Value = serde_json::from_str(&schema).expect("it is JSON");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(schema["type"], "object", "{name}");
        assert!(schema["required"].as_array().is_some_and(|it| !it.is_empty()), "{name}");
    }
}

#[test]
fn every_rule_explains_itself_under_the_same_headings() {
    let place = Place::new();
    let rules = place.brattice(&["explain"]).ends_with(0).stdout;
    assert!(rules.lines().count() >= 3, "{rules}");
    for rule in first_words(&rules) {
        let text = place.brattice(&["explain", rule]).ends_with(0).stdout;
        assert!(text.starts_with(&format!("# {rule}\n")), "{text}");
        let headings: Vec<&str> = text.lines().filter_map(|it| it.strip_prefix("## ")).collect();
        assert_eq!(
            headings,
            ["What it does", "Why it matters", "Example", "Use instead", "When it is wrong", "References"],
            "{rule}"
        );
    }
    place
        .brattice(&["explain", "template-injektion"])
        .ends_with(2)
        .says("did you mean `template-injection`?");
}

#[test]
fn colour_follows_the_conventions() {
    let place = Place::new();
    let coloured = |variables: &[(&str, &str)], flags: &[&str]| {
        let ended =
            place.brattice_in(".", variables, &[flags, &["check", "missing"]].concat(), "").ends_with(2);
        assert!(ended.stderr.contains("does not exist"));
        ended.stderr.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "it is no terminal");
    assert!(coloured(&[("FORCE_COLOR", "1")], &[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], &[]));
    assert!(coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!coloured(&[("FORCE_COLOR", "1")], &["--color", "never"]));
}

#[test]
fn quiet_keeps_errors_and_data() {
    let place = Place::new();
    let new =
        |flags: &[&str], name: &str| place.brattice(&[flags, &["keys", "new", name]].concat()).ends_with(0);
    let usual = new(&[], "a.key");
    let quiet = new(&["-q"], "b.key");
    assert!(usual.stderr.contains("ok: "), "{usual:?}");
    assert!(quiet.stderr.is_empty(), "{quiet:?}");
    assert_eq!(usual.stdout.len(), quiet.stdout.len(), "data does not depend on -q");
    let error = place.brattice(&["-qq", "keys", "new", "a.key"]).ends_with(2);
    assert_eq!(error.stderr.lines().count(), 1, "{error:?}");
    place.brattice(&["-q", "-v", "doctor"]).ends_with(2);
}

#[test]
fn verbose_says_more() {
    let place = Place::new();
    place
        .brattice(&[
            "ledger",
            "init",
            "--origin",
            "a.example/log",
            "--ledger",
            "log",
            "--ledger-key",
            "log.key",
        ])
        .ends_with(0);
    place.brattice(&["-q", "keys", "new", "a.key"]).ends_with(0);
    place.write("model", "weights");
    let sign = ["sign", "model", "--key", "a.key", "--ledger", "log", "--ledger-key", "log.key"];
    let usual = place.brattice(&sign).ends_with(0);
    assert!(!usual.stderr.contains("log record"), "{usual:?}");
    place.brattice(&[&["-v"], &sign[..]].concat()).ends_with(0).says("detail: log record 1");
}

#[test]
fn secret_on_the_command_line_is_refused_and_not_repeated() {
    let place = Place::new();
    place.write("work/x", "");
    for flag in ["--secret=TOKEN=hunter2-hunter2", "--secret=TOKEN=env:hunter2-hunter2"] {
        let ended =
            place.brattice(&["run", "--workspace", "work", flag, "--", "touch", "started"]).ends_with(2);
        assert!(!ended.said().contains("hunter2"), "{ended:?}");
    }
    assert!(!place.exists("work/started"));
}

#[test]
fn secret_from_outside_reaches_the_job_and_no_log() {
    if !has_sandbox() {
        return;
    }
    let place = Place::new();
    place.write("work/x", "");
    place.write("token", "file-hunter2-hunter2\n");
    let arguments = [
        "run",
        "--workspace",
        "work",
        "--record",
        "run.json",
        "--secret",
        "FIRST",
        "--secret",
        "SECOND=file:token",
        "--",
        "sh",
        "-c",
        "echo $FIRST; echo $SECOND >&2; echo $FIRST | base64; test ${#SECOND} = 20",
    ];
    let ended = place.brattice_in(".", &[("FIRST", "variable-hunter2-hunter2")], &arguments, "").ends_with(0);
    let encoded = "dmFyaWFibGUtaHVudGVyMi1odW50ZXI";
    for text in [ended.said(), place.read("run.json")] {
        assert!(!text.contains("hunter2") && !text.contains(encoded), "{text}");
    }
    let record: Value = serde_json::from_str(&place.read("run.json")).expect("it is JSON");
    assert_eq!(record["secrets"], serde_json::json!(["FIRST", "SECOND"]));
}

#[test]
fn reader_that_went_away_is_no_error() {
    let place = Place::new();
    let mut command = place.command(env!("CARGO_BIN_EXE_brattice"));
    let mut child = command
        .args(["schema", "findings"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("the program ends");
    assert_eq!(ended.status.code(), Some(0));
    assert!(ended.stderr.is_empty(), "{ended:?}");
}
