//! `ledger`: the log's life through the binary, and what an auditor with nothing but the public key sees.

use std::fs;

use crate::place::{Ended, Place};

/// A log with as many records as named, each the bytes of its own number.
fn log_of(records: usize) -> Place {
    let place = Place::new();
    ledger(&place, &["init", "--origin", "example.org/log"]).ends_with(0);
    for number in 0..records {
        append(&place, &format!("record {number}")).ends_with(0);
    }
    place
}

fn ledger(place: &Place, arguments: &[&str]) -> Ended {
    place.brattice(&[&["--ledger", "log", "--ledger-key", "log.key", "ledger"], arguments].concat())
}

fn append(place: &Place, record: &str) -> Ended {
    let arguments = ["--ledger", "log", "--ledger-key", "log.key", "ledger", "append", "-"];
    place.brattice_in(".", &[], &arguments, record)
}

/// What somebody sees who has the directory and the public key, and remembers nothing.
fn auditor(place: &Place, arguments: &[&str]) -> Ended {
    let memory = tempfile::tempdir().expect("a directory can be made");
    let memory = memory.path().display().to_string();
    let verify = ["--ledger", "log", "ledger", "verify", "--verifier", "log.key.pub"];
    place.brattice_in(".", &[("XDG_STATE_HOME", &memory)], &[&verify[..], arguments].concat(), "")
}

fn copy(place: &Place, from: &str, to: &str) {
    let copied = place.command("cp").args(["-r", from, to]).status().expect("cp starts");
    assert!(copied.success());
}

#[test]
fn records_come_back_as_they_went_in() {
    let place = log_of(3);
    assert_eq!(ledger(&place, &["show", "1"]).ends_with(0).stdout, "record 1");
    assert_eq!(ledger(&place, &["tail", "-n", "2"]).ends_with(0).stdout.lines().count(), 2);
    let status = ledger(&place, &["status"]).ends_with(0).stdout;
    assert!(status.contains("origin      example.org/log") && status.contains("records     3"), "{status}");
    let checkpoint = ledger(&place, &["checkpoint"]).ends_with(0).stdout;
    assert!(checkpoint.starts_with("example.org/log\n3\n"), "{checkpoint}");
    ledger(&place, &["show", "3"]).ends_with(2);
    // A large record is kept beside the log, and comes back the same way.
    let large = "x".repeat(100_000);
    append(&place, &large).ends_with(0);
    assert_eq!(ledger(&place, &["show", "3"]).ends_with(0).stdout, large);
    auditor(&place, &[]).ends_with(0).says("4 records");
}

#[test]
fn nothing_is_overwritten() {
    let place = log_of(1);
    let key = place.read("log.key");
    ledger(&place, &["init", "--origin", "example.org/log"]).ends_with(2);
    let arguments =
        ["--ledger", "other", "--ledger-key", "log.key", "ledger", "init", "--origin", "example.org/log"];
    place.brattice(&arguments).ends_with(2);
    assert_eq!(place.read("log.key"), key);
    ledger(&place, &["verify"]).ends_with(0);
}

#[test]
fn every_record_has_a_proof_and_no_other_has_it() {
    let place = log_of(5);
    for number in 0..5 {
        let (index, proof, record) =
            (number.to_string(), format!("proof-{number}"), format!("record-{number}"));
        ledger(&place, &["prove", &index, "--out", &proof]).ends_with(0);
        place.write(&record, &format!("record {number}"));
        let verify = |record: &str| {
            place.brattice(&["ledger", "verify-proof", &proof, record, "--verifier", "log.key.pub"])
        };
        verify(&record).ends_with(0).says(&format!("number {number}"));
        place.write("other", &format!("record {}", number + 1));
        verify("other").ends_with(1);
    }
}

#[test]
fn rollback_shows_to_whoever_remembers() {
    let place = log_of(2);
    copy(&place, "log", "older");
    append(&place, "record 2").ends_with(0);
    place.write("seen", &ledger(&place, &["checkpoint"]).ends_with(0).stdout);
    fs::remove_dir_all(place.path("log")).expect("it is there");
    copy(&place, "older", "log");
    ledger(&place, &["verify"]).ends_with(1).says("were seen before");
    append(&place, "instead").ends_with(1).says("were seen before");
    // The directory alone is consistent: only a checkpoint kept elsewhere tells.
    auditor(&place, &[]).ends_with(0);
    auditor(&place, &["--since", "seen"]).ends_with(1);
}

#[test]
fn second_history_shows_to_whoever_kept_a_checkpoint() {
    let place = log_of(1);
    copy(&place, "log", "fork");
    append(&place, "record 1").ends_with(0);
    place.write("seen", &ledger(&place, &["checkpoint"]).ends_with(0).stdout);
    auditor(&place, &["--since", "seen"]).ends_with(0);
    // The key's holder writes another history, as long and longer, on a machine that remembers nothing.
    fs::remove_dir_all(place.path("log")).expect("it is there");
    copy(&place, "fork", "log");
    let forget = place.path("forgetful").display().to_string();
    let arguments = ["--ledger", "log", "--ledger-key", "log.key", "ledger", "append", "-"];
    for record in ["instead", "and more"] {
        place.brattice_in(".", &[("XDG_STATE_HOME", &forget)], &arguments, record).ends_with(0);
    }
    auditor(&place, &[]).ends_with(0);
    auditor(&place, &["--since", "seen"]).ends_with(1);
    ledger(&place, &["verify"]).ends_with(1);
}

#[test]
fn log_of_another_key_is_refused() {
    let place = log_of(2);
    let arguments =
        ["--ledger", "other", "--ledger-key", "other.key", "ledger", "init", "--origin", "example.org/log"];
    place.brattice(&arguments).ends_with(0);
    let verify = ["--ledger", "log", "ledger", "verify", "--verifier", "other.key.pub"];
    place.brattice(&verify).ends_with(1);
    place.brattice(&["--ledger", "log", "ledger", "verify", "--verifier", "nonsense"]).ends_with(2);
}

#[test]
fn changed_byte_of_any_file_shows() {
    let place = log_of(3);
    let files = place.command("find").args(["log", "-type", "f"]).output().expect("find starts").stdout;
    let files = String::from_utf8(files).expect("the names are text");
    assert!(files.lines().count() >= 3, "{files}");
    for file in files.lines() {
        let script = "cp \"$1\" kept && printf '\\000' | dd of=\"$1\" bs=1 seek=3 conv=notrunc status=none";
        let changed = place.command("sh").args(["-c", script, "sh", file]).status().expect("sh starts");
        assert!(changed.success());
        auditor(&place, &[]).ends_with(1);
        fs::rename(place.path("kept"), place.path(file)).expect("it was kept");
    }
    auditor(&place, &[]).ends_with(0);
}
