//! The gate and people: whose yes counts, whose does not, and for how long.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::gate::check;
use crate::line::{Line, bundle};

#[test]
fn no_answer_yet_is_pending() {
    let Some(line) = Line::prepared() else { return };
    line.built();
    line.refuses(5, "0 of 1 approvals");
    assert_eq!(line.verdict()["decision"], "pending");
    assert!(!line.place.exists("out/vsa.json"), "nothing is decided yet");
}

#[test]
fn one_person_with_two_keys_is_one_person() {
    check(5, "1 of 2 approvals", |line| {
        line.place.edit("policy.toml", "count = 1", "count = 2");
        line.whole();
        line.answer("grant", "bob-two");
    });
}

#[test]
fn two_people_are_two() {
    let Some(line) = Line::prepared() else { return };
    line.place.edit("policy.toml", "count = 1", "count = 2");
    line.built();
    // Alice started the run and a robot is nobody: only bob and carol are left, so alice must ask.
    line.request("alice", &[]);
    line.answer("grant", "bob");
    line.refuses(5, "1 of 2 approvals");
    line.answer("grant", "carol");
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    line.gate(&log, &[]).ends_with(7).says("approved by bob, carol");
}

#[test]
fn initiator_approves() {
    check(5, "alice", |line| {
        line.built();
        line.request("carol", &[]);
        line.answer("grant", "alice");
    });
}

#[test]
fn requester_approves() {
    check(5, "carol", |line| {
        line.built();
        line.request("carol", &[]);
        line.answer("grant", "carol");
    });
}

#[test]
fn service_approves() {
    check(5, "robot-1", |line| {
        line.built();
        line.request("carol", &[]);
        line.answer("grant", "robot");
    });
}

#[test]
fn stranger_approves() {
    check(5, "0 of 1 approvals", |line| {
        line.built();
        line.request("carol", &[]);
        line.answer("grant", "stranger");
    });
}

#[test]
fn person_without_the_role_approves() {
    check(5, "signed by a person without the role", |line| {
        line.place.edit("policy.toml", "roles = [\"release\"], max_age", "roles = [\"ml\"], max_age");
        line.whole();
    });
}

#[test]
fn stranger_asks() {
    check(5, "0 of 1 approvals", |line| {
        line.built();
        line.request("stranger", &[]);
        line.answer("grant", "bob");
    });
}

#[test]
fn denial_beats_a_grant() {
    check(1, "denied by carol", |line| {
        line.built();
        line.request("alice", &[]);
        line.answer("grant", "bob");
        line.answer("deny", "carol");
    });
}

#[test]
fn denial_that_is_kept_back() {
    check(1, "names evidence that was not presented", |line| {
        line.built();
        line.request("alice", &[]);
        line.answer("grant", "bob");
        line.answer("deny", "carol");
        fs::remove_file(line.place.path(&bundle("deny-carol"))).expect("it is there");
    });
}

#[test]
fn grant_that_was_taken_back() {
    check(5, "0 of 1 approvals", |line| {
        line.whole();
        revoke(line, "bob");
    });
}

#[test]
fn revocation_that_is_kept_back() {
    check(1, "names evidence that was not presented", |line| {
        line.whole();
        revoke(line, "bob");
        fs::remove_file(line.place.path(&bundle("revoke"))).expect("it is there");
    });
}

#[test]
fn nobody_takes_back_what_another_granted() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    revoke(&line, "carol");
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    line.gate(&log, &[]).ends_with(7).says("approved by bob");
}

fn revoke(line: &Line, who: &str) {
    let (grant, key, out) = (bundle("grant-bob"), crate::line::private(who), bundle("revoke"));
    line.step(0, &["approve", "revoke", &grant, "--key", &key, "--out", &out]);
}

#[test]
fn request_that_lapsed() {
    check(5, "0 of 1 approvals", |line| {
        line.built();
        // Long enough to be answered on a busy machine.
        line.request("carol", &["--expires", "4s"]);
        line.answer("grant", "bob");
        sleep(Duration::from_millis(4100));
    });
}

#[test]
fn nobody_grants_what_has_lapsed() {
    let Some(line) = Line::prepared() else { return };
    line.built();
    line.request("carol", &["--expires", "1s"]);
    sleep(Duration::from_millis(1100));
    let request = bundle("request");
    line.step(2, &["approve", "grant", &request, "--key", "keys/bob.key", "--out", "grant.json"])
        .says("lapsed");
}

#[test]
fn approval_of_another_environment() {
    check(5, "another environment", |line| {
        line.built();
        line.request("carol", &["--to", "staging"]);
        line.answer("grant", "bob");
    });
}

#[test]
fn approval_of_another_artifact() {
    check(5, "0 of 1 approvals", |line| {
        line.whole();
        // Another model with a whole line of its own, but for the approval.
        fs::remove_dir_all(line.place.path("repo/model")).expect("it is there");
        let job = "mkdir model && echo other > model/weights.npz";
        line.step(
            0,
            &[
                "run",
                "--workspace",
                "repo",
                "--out",
                "model",
                "--record",
                "evidence/run-2.json",
                "--key",
                "keys/alice.key",
                "--",
                "sh",
                "-c",
                job,
            ],
        );
        line.provenance("provenance-2", "run-2", "builder");
        line.step(0, &["sign", "repo/model", "--key", "keys/builder.key", "--bundle", &bundle("model-2")]);
    });
}

#[test]
fn invocation_that_nobody_signed() {
    check(1, "nobody is known to have started the run", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", None);
        line.provenance("provenance", "run", "builder");
        line.sign("builder");
        line.approved();
    });
}

#[test]
fn invocation_that_is_kept_back() {
    check(1, "nobody is known to have started the run", |line| {
        line.whole();
        fs::remove_file(line.place.path(&bundle("run.invocation"))).expect("it is there");
    });
}

#[test]
fn invocation_by_a_service() {
    check(1, "nobody is known to have started the run", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("robot"));
        line.provenance("provenance", "run", "builder");
        line.sign("builder");
        line.approved();
    });
}

#[test]
fn invocation_by_a_stranger() {
    check(1, "nobody is known to have started the run", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("stranger"));
        line.provenance("provenance", "run", "builder");
        line.sign("builder");
        line.approved();
    });
}
