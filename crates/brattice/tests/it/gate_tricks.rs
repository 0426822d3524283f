//! Tricks that once got past the gate, or made it say what it should not.

use std::fs;

use crate::gate::check;
use crate::line::{Line, bundle};

const LOG: [&str; 4] = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];

#[test]
fn denial_outlives_the_request_that_it_answers() {
    check(1, "denied by carol", |line| {
        line.built();
        line.request("alice", &[]);
        line.answer("deny", "carol");
        // Alice asks again, and takes the first question away.
        fs::rename(line.place.path(&bundle("request")), line.place.path("first")).expect("it is there");
        line.request("alice", &[]);
        line.answer("grant", "bob");
    });
}

#[test]
fn denial_does_not_lapse_with_a_request_for_a_moment() {
    let Some(line) = Line::prepared() else { return };
    line.built();
    line.request("alice", &["--expires", "1s"]);
    line.answer("deny", "carol");
    fs::rename(line.place.path(&bundle("request")), line.place.path(&bundle("first"))).expect("it is there");
    line.request("alice", &[]);
    line.answer("grant", "bob");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    line.refuses(1, "denied by carol");
    // Whoever said no can take it back, and nobody else.
    let (denial, out) = (bundle("deny-carol"), bundle("lifted"));
    line.step(0, &["approve", "revoke", &denial, "--key", "keys/alice.key", "--out", &bundle("not-hers")]);
    line.refuses(1, "denied by carol");
    line.step(0, &["approve", "revoke", &denial, "--key", "keys/carol.key", "--out", &out]);
    line.gate(&LOG, &[]).ends_with(7);
}

#[test]
fn record_that_was_edited_before_the_builder_signed() {
    let Some(line) = Line::prepared() else { return };
    line.scan(0, "scan", &[]);
    line.build("run", Some("alice"));
    let record = line.place.read("evidence/run.json");
    line.place.write("evidence/run.json", &record.replace("\"tier\":\"A\"", "\"tier\":\"B\""));
    let attest = ["attest", "repo/model", "--type", "provenance", "--record", "evidence/run.json"];
    let signer = ["--key", "keys/builder.key", "--out", "evidence/p.sigstore.json"];
    line.step(1, &[&attest[..], &signer].concat()).says("the log knows of no run with this record");
    line.place.write("evidence/run.json", &record);
    line.step(0, &[&attest[..], &signer].concat());
}

#[test]
fn invocation_that_is_not_in_the_log() {
    check(1, "the invocation is not in the log", |line| {
        line.place.edit("policy.toml", "required = true", "required = true, evidence = true");
        line.scan(0, "scan", &[]);
        // Alice runs where nothing is logged; the builder, who logs, believes the record.
        let run = ["run", "--workspace", "repo", "--out", "model", "--record", "evidence/run.json"];
        let job =
            ["--key", "keys/alice.key", "--", "sh", "-c", "mkdir model && echo weights > model/weights.npz"];
        line.place.brattice(&[&run[..], &job].concat()).ends_with(0);
        let attest = ["attest", "repo/model", "--type", "provenance", "--record", "evidence/run.json"];
        let signer = [
            "--builder",
            "builder-1",
            "--key",
            "keys/builder.key",
            "--out",
            "evidence/provenance.sigstore.json",
        ];
        line.place.brattice(&[&attest[..], &signer].concat()).ends_with(0);
        // The provenance itself is told to the log by an event that names it.
        let digest = line
            .place
            .command("sha256sum")
            .arg("evidence/provenance.sigstore.json")
            .output()
            .expect("it starts");
        let digest = String::from_utf8_lossy(&digest.stdout)[..64].to_owned();
        let event = format!(
            "{{\"format\":\"brattice.event/1\",\"time\":\"\",\"verb\":\"attest\",\"outcome\":\"\",\"exit\":0,\"actor\":{{\"key\":\"\"}},\
             \"subject\":[],\"environment\":null,\"evidence\":[\"{digest}\"],\"run\":\"\"}}"
        );
        line.place.write("event.json", &event);
        line.step(0, &["ledger", "append", "event.json"]);
        line.sign("builder");
        line.approved();
    });
}

#[test]
fn edited_record_of_a_builder_who_does_not_log() {
    // The policy demands a log, and not that evidence is in it: the record must be there all the same.
    check(1, "the log knows of no run with the record", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("alice"));
        let record = line.place.read("evidence/run.json").replace("\"tier\":\"A\"", "\"tier\":\"B\"");
        line.place.write("evidence/run.json", &record);
        let attest = ["attest", "repo/model", "--type", "provenance", "--record", "evidence/run.json"];
        let signer = [
            "--builder",
            "builder-1",
            "--key",
            "keys/builder.key",
            "--out",
            "evidence/provenance.sigstore.json",
        ];
        line.place.brattice(&[&attest[..], &signer].concat()).ends_with(0);
        line.sign("builder");
        line.approved();
    });
}

#[test]
fn foreign_text_cannot_begin_a_line_of_ours() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let text = line.place.read(&bundle("model"));
    let forged = text.replacen("\"hint\":\"", "\"hint\":\"\\nallow: model for `production`\\u202e", 1);
    assert_ne!(text, forged);
    line.place.write(&bundle("model"), &forged);
    let shown = line.gate(&LOG, &["--explain"]).ends_with(1);
    for output in [&shown.stdout, &shown.stderr] {
        assert!(!output.lines().any(|it| it.starts_with("allow")), "{output}");
        assert!(!output.contains('\u{202e}'), "{output}");
    }
}

#[test]
fn newer_provenance_that_is_kept_back() {
    check(1, "names evidence that was not presented: `attest`", |line| {
        line.whole();
        line.provenance("second", "run", "builder");
        fs::remove_file(line.place.path(&bundle("second"))).expect("it is there");
    });
}

#[test]
fn relative_path_in_the_user_s_configuration_is_not_the_tree_s_to_fill() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    line.place
        .write("user/brattice.toml", "[trust]\nfile = \"trust.toml\"\n\n[policy]\nfile = \"policy.toml\"\n");
    // The tree has files of these names; the configuration means its own.
    let gate = [
        "--config",
        "user/brattice.toml",
        "gate",
        "repo/model",
        "--to",
        "production",
        "--evidence",
        "evidence",
    ];
    line.step(2, &gate).says("user/policy.toml");
    for name in ["trust.toml", "policy.toml"] {
        let text = line.place.read(name);
        line.place.write(&format!("user/{name}"), &text);
        line.place.write(name, "nonsense");
    }
    line.step(0, &gate);
}

#[test]
fn code_from_outside_the_tree_shows_and_can_be_forbidden() {
    let Some(line) = Line::prepared() else { return };
    line.scan(0, "scan", &[]);
    line.place.write("elsewhere/train.sh", "mkdir -p model; echo weights > model/weights.npz");
    let elsewhere = line.place.path("elsewhere").canonicalize().expect("it is there").display().to_string();
    let script = format!("{elsewhere}/train.sh");
    let run = [
        "run",
        "--workspace",
        "repo",
        "--out",
        "model",
        "--record",
        "evidence/run.json",
        "--key",
        "keys/alice.key",
    ];
    line.step(0, &[&run[..], &["--ro", &elsewhere, "--env", "SEED=7", "--", "sh", &script]].concat());
    line.provenance("provenance", "run", "builder");
    line.sign("builder");
    line.approved();
    line.gate(&LOG, &[]).ends_with(7);
    line.place.edit("policy.toml", "guarantees = [", "mounts = [], guarantees = [");
    line.gate(&LOG, &[]).ends_with(1).says(&format!("`{elsewhere}`, which the policy does not list"));
}
