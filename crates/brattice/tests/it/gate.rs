//! The gate: one whole line that it lets through, and every artifact, log and setting that it must refuse.

use std::fs;
use std::os::unix::fs::symlink;

use crate::line::{Line, bundle};

/// Tells a story on a fresh line, then demands a refusal with this code and this reason.
#[track_caller]
pub(crate) fn check(code: i32, reason: &str, story: impl FnOnce(&Line)) {
    let Some(line) = Line::prepared() else { return };
    story(&line);
    line.refuses(code, reason);
}

#[test]
fn whole_line_is_allowed_and_its_exact_bytes_are_deployed() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    line.gate(&log, &[]).ends_with(7).says("allow: model");
    assert_eq!(line.place.read("deployed/weights.npz"), "weights\n");
    assert_eq!(line.verdict()["decision"], "allow");
    assert_eq!(line.summary(), "PASSED");
    line.step(0, &["ledger", "verify"]);
    let tail = line.step(0, &["ledger", "tail", "-n", "1"]).stdout;
    assert!(tail.contains("gate") && tail.contains("allow"), "{tail}");
    assert_eq!(fs::read_dir(line.place.path("tmp")).expect("it is there").count(), 0, "the copy remains");
}

#[test]
fn evidence_may_be_named_file_by_file_and_lie_among_rubbish() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    line.place.write("evidence/empty.sigstore.json", "");
    line.place.write("evidence/object.sigstore.json", "{}");
    line.place.write("evidence/note.txt", "not a bundle, and not named as one");
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    line.gate(&log, &[]).ends_with(7);
    let gate =
        ["gate", "repo/model", "--to", "production", "--policy", "policy.toml", "--trust", "trust.toml"];
    let files = ["scan", "run.invocation", "provenance", "model", "request", "grant-bob"].map(bundle);
    let named: Vec<&str> = files.iter().flat_map(|it| ["--evidence", it]).collect();
    line.step(0, &[&gate[..], &named].concat());
    // Each of them is needed.
    for left_out in 0..files.len() {
        let named: Vec<&str> = files
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != left_out)
            .flat_map(|(_, it)| ["--evidence", it])
            .collect();
        let ended = line.place.brattice(&[&log[..], &gate, &named].concat());
        assert!(matches!(ended.code, 1 | 5), "without {}: {ended:?}", files[left_out]);
    }
}

#[test]
fn single_file_goes_the_whole_way() {
    let Some(line) = Line::prepared() else { return };
    line.scan(0, "scan", &[]);
    let job =
        ["--key", "keys/alice.key", "--record", "evidence/run.json", "--", "sh", "-c", "echo one > one.bin"];
    line.step(0, &[&["run", "--workspace", "repo", "--out", "one.bin"], &job[..]].concat());
    let key = ["--key", "keys/builder.key"];
    let attest = ["attest", "repo/one.bin", "--type", "provenance", "--record", "evidence/run.json", "--out"];
    line.step(0, &[&attest[..], &[&bundle("provenance")], &key].concat());
    line.step(0, &[&["sign", "repo/one.bin", "--bundle", &bundle("model")], &key[..]].concat());
    let governed = ["--to", "production", "--policy", "policy.toml", "--trust", "trust.toml"];
    let (provenance, request) = (bundle("provenance"), bundle("request"));
    let ask = ["approve", "request", "repo/one.bin", "--provenance", &provenance, "--out", &request];
    line.step(0, &[&ask[..], &governed, &["--key", "keys/carol.key"]].concat());
    line.answer("grant", "bob");
    let gate = |name: &str| {
        let command = ["--evidence", "evidence", "--", "sh", "-c", "cp \"$BRATTICE_SUBJECT\" deployed"];
        let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
        line.place.brattice(&[&log[..], &["gate", name], &governed, &command].concat())
    };
    gate("repo/one.bin").ends_with(0).says("allow: file");
    assert_eq!(line.place.read("deployed"), "one\n");
    // A directory with that one file in it is another thing.
    line.place.write("repo/dir/one.bin", "one\n");
    gate("repo/dir").ends_with(1);
}

#[test]
fn nothing_is_allowed_without_evidence() {
    let Some(line) = Line::prepared() else { return };
    line.place.write("repo/model/weights.npz", "weights\n");
    fs::create_dir(line.place.path("evidence")).expect("it can be made");
    line.refuses(1, "no valid signature");
    assert_eq!(line.summary(), "FAILED");
}

#[test]
fn changed_byte() {
    check(1, "no valid signature", |line| {
        line.whole();
        line.place.write("repo/model/weights.npz", "weightS\n");
    });
}

#[test]
fn renamed_file() {
    // The names keep their order, so that the root digest stays; the names are bound nevertheless.
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let model = line.place.path("repo/model");
    fs::rename(model.join("card.json"), model.join("cord.json")).expect("it is there");
    line.refuses_with(
        &["--ledger", "ledger", "--ledger-key", "keys/log.key"],
        &["--explain"],
        1,
        "other names",
    );
}

#[test]
fn added_file() {
    check(1, "no valid signature", |line| {
        line.whole();
        line.place.write("repo/model/.hidden", "");
    });
}

#[test]
fn removed_file() {
    check(1, "no valid signature", |line| {
        line.whole();
        fs::remove_file(line.place.path("repo/model/card.json")).expect("it is there");
    });
}

#[test]
fn symbolic_link_in_place_of_a_file() {
    check(1, "symbolic link", |line| {
        line.whole();
        let file = line.place.path("repo/model/card.json");
        fs::rename(&file, line.place.path("card.json")).expect("it is there");
        symlink(line.place.path("card.json"), file).expect("a link can be made");
    });
}

#[test]
fn hard_link_to_a_file_of_the_model() {
    check(1, "hard link", |line| {
        line.whole();
        fs::hard_link(line.place.path("repo/model/card.json"), line.place.path("other"))
            .expect("a link can be made");
    });
}

#[test]
fn missing_model_is_a_mistake() {
    check(2, "repo/model", |line| {
        line.whole();
        fs::remove_dir_all(line.place.path("repo/model")).expect("it is there");
    });
}

#[test]
fn other_policy_than_the_approved_one() {
    check(5, "another policy", |line| {
        line.whole();
        line.place.edit("policy.toml", "max_age = \"7d\"", "max_age = \"8d\"");
    });
}

#[test]
fn other_trust_root_than_the_approved_one() {
    check(5, "another trust", |line| {
        line.whole();
        line.place.edit("trust.toml", "[\"ml\", \"release\"]", "[\"ml\", \"ops\", \"release\"]");
    });
}

#[test]
fn environment_that_the_policy_does_not_list() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    line.place.edit("policy.toml", "environment.production", "environment.produktion");
    line.refuses(1, "the policy has no environment `production`");
}

#[test]
fn environment_that_demands_nothing() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    line.place
        .write("policy.toml", "format = \"brattice.policy/1\"\n[environment.production]\nrequire = []\n");
    line.refuses(1, "the environment demands nothing; that is not a yes");
}

#[test]
fn trust_root_that_is_not_the_pinned_one() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let pin = format!("trust.sha256={}", "0".repeat(64));
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    line.refuses_with(&log, &["--config", &pin], 2, "is pinned in the configuration");
}

#[test]
fn policy_and_trust_root_of_the_user_configuration() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let path = |name: &str| line.place.path(name).display().to_string();
    let configuration = format!(
        "[policy]\nfile = \"{}\"\n[trust]\nfile = \"{}\"\n[ledger]\ndir = \"{}\"\nkey = \"{}\"\n",
        path("policy.toml"),
        path("trust.toml"),
        path("ledger"),
        path("keys/log.key")
    );
    line.place.write("config/brattice/brattice.toml", &configuration);
    let arguments = ["gate", "repo/model", "--to", "production", "--evidence", "evidence"];
    line.place.brattice(&arguments).ends_with(0).says("allow");
    // The tree's own settings name another policy; nobody listens to them.
    line.place.write("repo/brattice.toml", "[policy]\nfile = \"lax.toml\"\n");
    line.place.write("repo/lax.toml", "");
    let arguments = ["gate", "model", "--to", "production", "--evidence", "../evidence"];
    line.place.brattice_in("repo", &[], &arguments, "").ends_with(0).says("allow");
    line.place
        .brattice(&["--no-config", "gate", "repo/model", "--to", "production"])
        .ends_with(2)
        .says("there is no policy");
}

#[test]
fn policy_of_the_base_beats_that_of_the_work_tree() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    for name in ["policy.toml", "trust.toml"] {
        let text = line.place.read(name);
        line.place.write(&format!("rules/{name}"), &text);
    }
    line.place.repository("rules");
    let log = ["--ledger", "../ledger", "--ledger-key", "../keys/log.key"];
    let gate = [
        "gate",
        "../repo/model",
        "--to",
        "production",
        "--policy",
        "policy.toml",
        "--trust",
        "trust.toml",
        "--evidence",
        "../evidence",
    ];
    let at_base =
        |base: &str| line.place.brattice_in("rules", &[], &[&log[..], &gate, &["--base", base]].concat(), "");
    at_base("main").ends_with(0);
    line.place.edit("rules/policy.toml", "count = 1", "count = 2");
    at_base("main").ends_with(0);
    line.place.commit("rules");
    at_base("main").ends_with(5);
    at_base("nowhere").ends_with(2);
    at_base("--help").ends_with(2);
}

#[test]
fn log_that_lost_its_tail() {
    check(1, "were seen before", |line| {
        line.built();
        copy(line, "ledger", "older");
        line.approved();
        fs::remove_dir_all(line.place.path("ledger")).expect("it is there");
        fs::rename(line.place.path("older"), line.place.path("ledger")).expect("it is there");
    });
}

#[test]
fn log_that_was_removed() {
    check(1, "ledger", |line| {
        line.whole();
        fs::remove_dir_all(line.place.path("ledger")).expect("it is there");
    });
}

#[test]
fn log_with_a_changed_record() {
    check(1, "ledger", |line| {
        line.whole();
        flip_in(line, "ledger");
    });
}

#[test]
fn log_of_another_origin() {
    check(1, "the log is `other.test/log`, not `digits.test/log`", |line| {
        line.whole();
        for gone in ["keys/log.key", "keys/log.key.pub"] {
            fs::remove_file(line.place.path(gone)).expect("it is there");
        }
        fs::remove_dir_all(line.place.path("ledger")).expect("it is there");
        line.init_log("other.test/log");
    });
}

#[test]
fn log_that_nobody_named() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    line.refuses_with(&[], &[], 1, "no log is configured");
}

#[test]
fn log_that_cannot_be_written_turns_a_yes_into_a_no() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    fs::remove_file(line.place.path("keys/log.key")).expect("it is there");
    line.refuses(1, "the log's key");
}

#[test]
fn earlier_yes_does_not_outlive_a_refusal() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    line.gate(&log, &[]).ends_with(7);
    fs::remove_dir_all(line.place.path("deployed")).expect("it is there");
    symlink("weights.npz", line.place.path("repo/model/link")).expect("a link can be made");
    line.refuses(1, "symbolic link");
    line.refuses_with(&log, &["--base", "nowhere"], 2, "is in no git repository");
}

#[test]
fn answer_that_cannot_be_written_is_not_given() {
    let Some(line) = Line::prepared() else { return };
    line.whole();
    let before = line.step(0, &["ledger", "status"]).stdout;
    for (flag, code) in [("--verdict=policy.toml/verdict", 4), ("--verdict=keys", 2)] {
        let gate =
            ["gate", "repo/model", "--to", "production", "--policy", "policy.toml", "--trust", "trust.toml"];
        let ended =
            line.step(code, &[&gate[..], &["--evidence", "evidence", flag, "--", "touch", "ran"]].concat());
        assert!(ended.stdout.is_empty() && !line.place.exists("ran"), "{ended:?}");
    }
    assert_eq!(line.step(0, &["ledger", "status"]).stdout, before);
}

#[test]
fn evidence_that_nobody_logged() {
    check(1, "no signature by the role `builder` that is in the log", |line| {
        line.place.edit("policy.toml", "required = true", "required = true, evidence = true");
        line.scan(0, "scan", &[]);
        line.build("run", Some("alice"));
        line.provenance("provenance", "run", "builder");
        line.approved();
        let model = bundle("model");
        let sign = ["sign", "repo/model", "--key", "keys/builder.key", "--bundle", &model];
        line.place.brattice(&sign).ends_with(0);
    });
}

fn copy(line: &Line, from: &str, to: &str) {
    let copied = line.place.command("cp").args(["-r", from, to]).status().expect("cp starts");
    assert!(copied.success());
}

/// Changes the last byte of the largest file beneath a directory.
fn flip_in(line: &Line, directory: &str) {
    let script = format!(
        "f=$(find {directory} -type f -size +0 -printf '%s %p\\n' | sort -n | tail -1 | cut -d' ' -f2-) && \
         head -c -1 \"$f\" > flipped && printf '#' >> flipped && cat flipped > \"$f\""
    );
    let changed = line.place.command("sh").args(["-c", &script]).status().expect("sh starts");
    assert!(changed.success());
}
