//! The gate and evidence: keys that do not count, scans that are less than whole, provenances that do not fit.

use std::fs;

use crate::gate::check;
use crate::line::{CLEAN_WORKFLOW, Line, PINNED, bundle};

/// A workflow with one hardening finding, so that something can be silenced.
fn tagged_workflow() -> String {
    CLEAN_WORKFLOW.replace(PINNED, "actions/checkout@v4")
}

/// Puts a workflow with a finding in the tree.
fn tag(line: &Line, ignore: &str) {
    let text = tagged_workflow().replace("checkout@v4", &format!("checkout@v4{ignore}"));
    line.place.write("repo/.github/workflows/train.yml", &text);
    line.place.commit("repo");
}

/// The rest of the line after a scan of one's own.
fn after_scan(line: &Line) {
    line.build("run", Some("alice"));
    line.provenance("provenance", "run", "builder");
    line.sign("builder");
    line.approved();
}

fn narrowed(flags: &[&str], reason: &str) {
    check(1, reason, |line| {
        line.scan(0, "scan", flags);
        after_scan(line);
    });
}

#[test]
fn scan_with_selected_rules() {
    narrowed(&["--select", "unpinned-uses"], "the scan was narrowed: only the rules unpinned-uses");
}

#[test]
fn scan_without_a_rule() {
    narrowed(
        &["--ignore", "template-injection"],
        "the scan was narrowed: without the rules template-injection",
    );
}

#[test]
fn scan_of_a_change_only() {
    narrowed(&["--since", "main"], "the scan was narrowed: only the change since");
}

#[test]
fn scan_with_rules_ignored_by_configuration() {
    let value = "check.ignore=[\"template-injection\"]";
    narrowed(&["--config", value], "the scan was narrowed: without the rules template-injection");
}

#[test]
fn scan_with_a_baseline() {
    check(1, "the scan was narrowed: with a baseline", |line| {
        tag(line, "");
        line.place.brattice(&["check", "repo", "--write-baseline", "baseline.json"]).ends_with(0);
        line.scan(0, "scan", &["--baseline", "baseline.json"]);
        after_scan(line);
    });
}

#[test]
fn ignore_comment_of_the_tree_silences_nothing_in_a_statement() {
    check(1, "above info", |line| {
        line.place.edit(
            "policy.toml",
            "max_severity = \"low\"",
            "max_severity = \"low\", max_hardening = \"info\"",
        );
        tag(line, " # brattice: ignore[unpinned-uses] trust me");
        line.scan(0, "scan", &[]);
        after_scan(line);
    });
}

#[test]
fn configuration_of_the_tree_silences_nothing_in_a_statement() {
    check(1, "above info", |line| {
        line.place.edit(
            "policy.toml",
            "max_severity = \"low\"",
            "max_severity = \"low\", max_hardening = \"info\"",
        );
        line.place.write("repo/brattice.toml", "[check]\nignore = [\"unpinned-uses\"]\n");
        tag(line, "");
        line.scan(0, "scan", &[]);
        after_scan(line);
    });
}

#[test]
fn scan_of_a_part_of_the_tree() {
    check(1, "no `pipeline` scan of git-tree", |line| {
        let out = bundle("scan");
        line.step(0, &["check", "repo/.github", "--attest", &out, "--key", "keys/scanner.key"]);
        after_scan(line);
    });
}

#[test]
fn scan_of_another_commit() {
    check(1, "no `pipeline` scan of git-tree", |line| {
        line.scan(0, "scan", &[]);
        line.place.write("repo/train.sh", "#!/bin/bash\n");
        line.place.commit("repo");
        after_scan(line);
    });
}

#[test]
fn scan_by_somebody_else() {
    check(1, "no `pipeline` scan of git-tree", |line| {
        let out = bundle("scan");
        line.step(0, &["check", "repo", "--attest", &out, "--key", "keys/builder.key"]);
        after_scan(line);
    });
}

#[test]
fn scan_that_is_incomplete() {
    check(1, "the scan is incomplete", |line| {
        line.place.write("repo/.github/workflows/broken.yml", "on: [push\njobs: }\n");
        line.place.commit("repo");
        line.scan(4, "scan", &[]);
        after_scan(line);
    });
}

#[test]
fn no_scan_at_all() {
    check(1, "no `pipeline` scan of git-tree", after_scan);
}

/// A pass, then a fail of the same tree by the same scanner.
fn pass_then_fail(line: &Line) {
    line.place.edit("policy.toml", ", max_severity = \"low\"", "");
    tag(line, "");
    line.scan(0, "scan", &[]);
    line.scan(1, "scan-2", &["--fail-hardening", "info"]);
    after_scan(line);
}

#[test]
fn newer_fail_beats_an_older_pass() {
    check(1, "the scan failed", pass_then_fail);
}

#[test]
fn newer_fail_that_is_kept_back() {
    check(1, "names evidence that was not presented", |line| {
        pass_then_fail(line);
        fs::remove_file(line.place.path(&bundle("scan-2"))).expect("it is there");
    });
}

#[test]
fn two_provenances_are_never_mixed() {
    let Some(line) = Line::prepared() else { return };
    // One is of the scanned tree, but nobody started it; alice started the other, from a tree without a scan.
    line.scan(0, "scan", &[]);
    line.build("run-1", None);
    line.provenance("provenance-1", "run-1", "builder-two");
    fs::remove_dir_all(line.place.path("repo/model")).expect("it is there");
    line.place.write("repo/train.sh", "#!/bin/bash\n");
    line.place.commit("repo");
    after_scan(&line);
    line.refuses(1, "nobody is known to have started the run");
    let log = ["--ledger", "ledger", "--ledger-key", "keys/log.key"];
    let facts = line.gate(&log, &["--explain"]).stdout;
    assert!(facts.contains("\"person\": \"alice\"") && facts.contains("\"person\": null"), "{facts}");
    // With a scan of her own tree, her provenance stands alone.
    fs::remove_dir_all(line.place.path("repo/model")).expect("it is there");
    line.scan(0, "scan-2", &[]);
    line.place.write("repo/model/weights.npz", "weights\n");
    line.place.write("repo/model/card.json", "{}\n");
    line.gate(&log, &[]).ends_with(7);
}

#[test]
fn dirty_work_tree_is_no_commit() {
    check(1, "modified, untracked or ignored files", |line| {
        line.scan(0, "scan", &[]);
        line.place.write("repo/untracked", "");
        after_scan(line);
    });
}

#[test]
fn dirty_work_tree_with_a_scan_of_its_own() {
    check(1, "modified, untracked or ignored files", |line| {
        line.place.write("repo/train.sh", "#!/bin/bash\n");
        line.scan(0, "scan", &[]);
        after_scan(line);
    });
}

#[test]
fn ignored_file_makes_a_tree_dirty() {
    check(1, "modified, untracked or ignored files", |line| {
        line.place.write("repo/.gitignore", "/local\n");
        line.place.commit("repo");
        line.scan(0, "scan", &[]);
        line.place.write("repo/local", "");
        after_scan(line);
    });
}

#[test]
fn provenance_by_a_stranger() {
    check(1, "no valid provenance", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("alice"));
        line.provenance("provenance", "run", "stranger");
        line.sign("builder");
        line.approved();
    });
}

#[test]
fn provenance_by_a_scanner() {
    check(1, "provenance", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("alice"));
        line.provenance("provenance", "run", "scanner");
        line.sign("builder");
        line.approved();
    });
}

#[test]
fn signature_by_a_stranger() {
    check(1, "no valid signature", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("alice"));
        line.provenance("provenance", "run", "builder");
        line.sign("stranger");
        line.approved();
    });
}

#[test]
fn signature_by_a_person_without_the_role() {
    check(1, "no signature by the role `builder`", |line| {
        line.scan(0, "scan", &[]);
        line.build("run", Some("alice"));
        line.provenance("provenance", "run", "builder");
        line.sign("alice");
        line.approved();
    });
}

#[test]
fn expired_builder_key() {
    check(1, "no valid signature", |line| {
        line.trust(&[("builder", "not_after = 2026-01-01T00:00:00Z")]);
        line.whole();
    });
}

#[test]
fn revoked_builder_key() {
    check(1, "no valid signature", |line| {
        line.trust(&[("builder", "revoked_at = 2026-01-01T00:00:00Z")]);
        line.whole();
    });
}

#[test]
fn revoked_approver_key() {
    check(5, "0 of 1 approvals", |line| {
        line.trust(&[("bob", "revoked_at = 2026-01-01T00:00:00Z")]);
        line.whole();
    });
}

#[test]
fn revoked_scanner_key() {
    check(1, "no `pipeline` scan of git-tree", |line| {
        line.trust(&[("scanner", "revoked_at = 2026-01-01T00:00:00Z")]);
        line.whole();
    });
}

#[test]
fn key_that_holds_still_counts() {
    let Some(line) = Line::prepared() else { return };
    line.trust(&[("builder", "not_after = 9000-01-01T00:00:00Z")]);
    line.whole();
    line.gate(&["--ledger", "ledger", "--ledger-key", "keys/log.key"], &[]).ends_with(7);
}

#[test]
fn key_with_two_owners_is_refused() {
    check(2, "trust.toml", |line| {
        line.whole();
        let bob = format!("keys = [\"{}\"", line.id("bob"));
        let alice = format!("keys = [\"{}\"]", line.id("alice"));
        line.place.edit("trust.toml", &alice, &format!("{bob}]"));
    });
}

#[test]
fn guarantee_that_was_not_held() {
    check(1, "the guarantee `time-travel` of the run was missing", |line| {
        line.place.edit("policy.toml", "\"filesystem\", \"network\"", "\"filesystem\", \"time-travel\"");
        line.whole();
    });
}
