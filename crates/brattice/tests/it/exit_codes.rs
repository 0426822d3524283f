//! Every exit code that the documentation lists, and its corners. 70 is left out: it takes a bug.

use std::fs;

use crate::line::{CLEAN_WORKFLOW, Line};
use crate::place::{Ended, Place, has_sandbox};

const INJECTION: &str = "on: issues
permissions: {}
jobs:
  greet:
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - run: echo ${{ github.event.issue.title }}
";

const LOG: [&str; 4] = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];

/// A place with a signed file, a key pair and a log.
fn signed() -> Place {
    let place = Place::new();
    place.brattice(&["-q", "keys", "new", "keys/me.key"]).ends_with(0);
    place.brattice(&[&LOG[..], &["ledger", "init", "--origin", "example.org/log"]].concat()).ends_with(0);
    place.write("model.npz", "weights\n");
    place.brattice(&["sign", "model.npz", "--key", "keys/me.key"]).ends_with(0);
    place
}

fn verify(place: &Place, more: &[&str]) -> Ended {
    place.brattice(&[&["verify", "model.npz", "--pub", "keys/me.key.pub"], more].concat())
}

#[test]
fn check_says_yes_no_nothing_and_incomplete() {
    let place = Place::new();
    fs::create_dir(place.path("empty")).expect("it can be made");
    place.write("clean/.github/workflows/ci.yml", CLEAN_WORKFLOW);
    place.write("bad/.github/workflows/ci.yml", INJECTION);
    place.write("broken/.github/workflows/ci.yml", "on: [push\njobs: }\n");
    for (path, code) in [("clean", 0), ("bad", 1), ("empty", 3), ("broken", 4), ("missing", 2)] {
        place.brattice(&["check", path]).ends_with(code);
    }
}

#[test]
fn no_beats_incomplete_and_says_so() {
    let place = Place::new();
    place.write("both/.github/workflows/bad.yml", INJECTION);
    place.write("both/.github/workflows/broken.yml", "on: [push\njobs: }\n");
    let report = place.brattice(&["check", "both", "--format", "json"]).ends_with(1).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).expect("it is JSON");
    assert_eq!(report["verdict"]["incomplete"], true);
    assert_eq!(report["verdict"]["exit"], 1);
}

#[test]
fn mistakes_are_two() {
    let place = signed();
    for arguments in [
        &["check", "--nonsense"] as &[&str],
        &["nonsense"],
        &[],
        &["check", "--select", "nonsense", "."],
        &["check", "--only", "model", "."],
        &["check", "--config", "check.nonsense=1", "."],
        &["check", "--config", "missing.toml", "."],
        &["check", "-", "."],
        &["sign", "missing", "--key", "keys/me.key"],
        &["sign", "model.npz", "--key", "missing"],
        &["verify", "missing", "--pub", "keys/me.key.pub"],
        &["verify", "model.npz", "--pub", "missing"],
        &["verify", "model.npz", "--pub", "keys/me.key.pub", "--bundle", "missing"],
        &["keys", "new", "keys/me.key"],
        &["approve", "show", "model.npz"],
        &["approve", "list", "--evidence", "missing"],
        &["ledger", "status"],
        &["ledger", "verify-proof", "missing", "model.npz", "--verifier", "keys/log.key.pub"],
        &["explain", "nonsense"],
        &["schema", "nonsense"],
        &["man", "nonsense"],
        // A log that cannot be used as it was named is told before the work, not after it.
        &["--ledger", "ledger", "sign", "model.npz", "--key", "keys/me.key", "--bundle", "out"],
        &["--ledger-key", "keys/log.key", "sign", "model.npz", "--key", "keys/me.key", "--bundle", "out"],
    ] {
        let ended = place.brattice(arguments).ends_with(2);
        assert!(ended.stdout.is_empty() && !ended.stderr.is_empty(), "{arguments:?}: {ended:?}");
    }
    assert!(!place.exists("out"));
}

#[test]
fn nothing_to_list_is_three() {
    let place = signed();
    fs::create_dir(place.path("empty")).expect("it can be made");
    place.brattice(&["keys", "list", "empty"]).ends_with(3);
    place.brattice(&["approve", "list", "--evidence", "empty"]).ends_with(3);
    place.brattice(&[&LOG[..], &["ledger", "tail"]].concat()).ends_with(3);
}

#[test]
fn unreadable_is_four() {
    let place = signed();
    place.write("repo/.github/workflows/ci.yml", CLEAN_WORKFLOW);
    for closed in ["repo/.github/workflows/ci.yml", "model.npz.sigstore.json"] {
        place.chmod(closed, 0o000);
    }
    let Some(checked) = place.brattice_unprivileged(&["check", "repo"]) else { return };
    checked.ends_with(4);
    let verify = ["verify", "model.npz", "--pub", "keys/me.key.pub"];
    place.brattice_unprivileged(&verify).expect("it went before").ends_with(4);
    place.chmod("model.npz", 0o000);
    place.brattice_unprivileged(&verify).expect("it went before").ends_with(4);
}

#[test]
fn verify_refuses_with_one() {
    let place = signed();
    verify(&place, &[]).ends_with(0);
    place.brattice(&["-q", "keys", "new", "other.key"]).ends_with(0);
    place.brattice(&["verify", "model.npz", "--pub", "other.key.pub"]).ends_with(1);
    place.write("unsigned", "");
    place
        .brattice(&["verify", "unsigned", "--pub", "keys/me.key.pub"])
        .ends_with(1)
        .says("there is no bundle");
    verify(&place, &["--bundle", "unsigned"]).ends_with(1);
    place.write("model.npz", "weightS\n");
    verify(&place, &["--", "touch", "ran"]).ends_with(1);
    assert!(!place.exists("ran"));
}

#[test]
fn verify_passes_on_the_code_of_its_command() {
    let place = signed();
    verify(&place, &["--", "sh", "-c", "cat \"$BRATTICE_SUBJECT\" && exit 9"]).ends_with(9).says("weights");
    verify(&place, &["--", "sh", "-c", "kill -KILL $$"]).ends_with(137);
    verify(&place, &["--", "./missing"]).ends_with(127).says("./missing");
    verify(&place, &["--", "./model.npz"]).ends_with(126);
}

#[test]
fn log_with_a_missing_file_is_tampered_with() {
    let place = signed();
    place.brattice(&[&LOG[..], &["ledger", "append", "model.npz"]].concat()).ends_with(0);
    for file in ["ledger/tile/0/000.p/1", "ledger/tile/entries/000.p/1", "ledger/checkpoint"] {
        fs::rename(place.path(file), place.path("aside")).expect("it is there");
        place.brattice(&[&LOG[..], &["ledger", "verify"]].concat()).ends_with(1).says("missing");
        fs::rename(place.path("aside"), place.path(file)).expect("it is there");
    }
    place.brattice(&[&LOG[..], &["ledger", "verify"]].concat()).ends_with(0);
}

#[test]
fn proof_that_does_not_hold_is_one() {
    let place = signed();
    place.brattice(&[&LOG[..], &["ledger", "append", "model.npz"]].concat()).ends_with(0);
    place.brattice(&[&LOG[..], &["ledger", "prove", "0", "--out", "proof"]].concat()).ends_with(0);
    let verify_proof = |proof: &str, record: &str| {
        place.brattice(&["ledger", "verify-proof", proof, record, "--verifier", "keys/log.key.pub"])
    };
    verify_proof("proof", "model.npz").ends_with(0);
    verify_proof("proof", "keys/me.key.pub").ends_with(1);
    verify_proof("model.npz", "model.npz").ends_with(1);
}

#[test]
fn work_that_cannot_be_logged_is_four() {
    let place = signed();
    fs::remove_file(place.path("keys/log.key")).expect("it is there");
    place
        .brattice(&[&LOG[..], &["sign", "model.npz", "--key", "keys/me.key"]].concat())
        .ends_with(4)
        .says("signed");
    place.write("repo/.github/workflows/ci.yml", CLEAN_WORKFLOW);
    place.brattice(&[&LOG[..], &["check", "repo"]].concat()).ends_with(4);
    let verify = ["verify", "model.npz", "--pub", "keys/me.key.pub"];
    place.brattice(&[&LOG[..], &verify].concat()).ends_with(4);
    // A no stays a no, and what comes after a yes waits for the log.
    place.brattice(&[&LOG[..], &verify, &["--", "touch", "ran"]].concat()).ends_with(4);
    assert!(!place.exists("ran"));
    place.write("repo/.github/workflows/ci.yml", INJECTION);
    place.brattice(&[&LOG[..], &["check", "repo"]].concat()).ends_with(1);
    if has_sandbox() {
        fs::create_dir(place.path("work")).expect("it can be made");
        place.brattice(&[&LOG[..], &["run", "--workspace", "work", "--", "true"]].concat()).ends_with(4);
        place.brattice(&[&LOG[..], &["run", "--workspace", "work", "--", "false"]].concat()).ends_with(1);
    }
}

#[test]
fn run_passes_on_the_code_of_its_job() {
    if !has_sandbox() {
        return;
    }
    let place = Place::new();
    place.write("work/plain", "");
    let run = |more: &[&str]| place.brattice(&[&["run", "--workspace", "work"], more].concat());
    run(&["--", "true"]).ends_with(0);
    run(&["--", "sh", "-c", "exit 42"]).ends_with(42);
    run(&["--", "sh", "-c", "kill -TERM $$"]).ends_with(143);
    run(&["--timeout", "1s", "--", "sleep", "60"]).ends_with(124).says("time limit");
    run(&["--", "./plain"]).ends_with(126).says("./plain");
    run(&["--", "no-such-program"]).ends_with(127).says("no-such-program");
}

#[test]
fn run_tells_its_own_failures_from_mistakes() {
    if !has_sandbox() {
        return;
    }
    let place = Place::new();
    place.write("work/plain", "");
    place.write("plain", "");
    let run = |more: &[&str]| {
        place.brattice(&[&["run", "--workspace", "work"], more, &["--", "touch", "x"]].concat())
    };
    for mistake in [
        &["--nonsense"] as &[&str],
        &["--timeout", "0s"],
        &["--tier", "B"],
        &["--out", "../x"],
        &["--out", "."],
        &["--ro", "missing"],
        &["--env", "NOT_SET_ANYWHERE"],
        &["--secret", "NOT_SET_ANYWHERE"],
        &["--secret", "TOKEN=file:missing"],
        &["--key", "keys/me.key"],
        &["--record", "run.json", "--key", "missing"],
        &["--ledger", "ledger"],
    ] {
        run(mistake).ends_with(2);
    }
    place.brattice(&["run", "--workspace", "missing", "--", "true"]).ends_with(2);
    place.brattice(&["run", "--workspace", "work"]).ends_with(2);
    // Ours, and after the start: an output that was not made, a record that cannot lie where it should.
    run(&["--out", "made"]).ends_with(125).says("did not make");
    run(&["--record", "plain/run.json"]).ends_with(125);
}

#[test]
fn gate_answers_with_its_own_codes_until_the_command_starts() {
    let Some(line) = Line::prepared() else { return };
    line.built();
    let gate = |more: &[&str]| {
        let usual =
            ["gate", "repo/model", "--to", "production", "--policy", "policy.toml", "--trust", "trust.toml"];
        line.place.brattice(
            &[&LOG[..], &usual, &["--evidence", "evidence", "--verdict", "verdict.json"], more].concat(),
        )
    };
    let decision = || {
        let verdict: serde_json::Value =
            serde_json::from_str(&line.place.read("verdict.json")).expect("it is JSON");
        verdict["decision"].as_str().map(str::to_owned)
    };
    gate(&["--", "sh", "-c", "exit 0"]).ends_with(5);
    assert_eq!(decision().as_deref(), Some("pending"));
    line.approved();
    gate(&[]).ends_with(0);
    // The command's 1 is not the gate's: the verdict tells.
    gate(&["--", "sh", "-c", "exit 1"]).ends_with(1);
    assert_eq!(decision().as_deref(), Some("allow"));
    gate(&["--", "sh", "-c", "exit 5"]).ends_with(5);
    assert_eq!(decision().as_deref(), Some("allow"));
    gate(&["--", "./no-such-program"]).ends_with(127);
    line.place.write("repo/model/weights.npz", "weightS\n");
    gate(&["--", "sh", "-c", "exit 0"]).ends_with(1);
    assert_eq!(decision().as_deref(), Some("deny"));
    gate(&["--nonsense"]).ends_with(2);
    gate(&["--evidence", "missing"]).ends_with(2);
}
