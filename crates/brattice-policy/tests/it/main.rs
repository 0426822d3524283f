//! What the gate must refuse, and the little that it allows.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use brattice_digest::Sha256;
use brattice_finding::Origin;
use brattice_policy::{
    ApprovalFact, ApprovalFacts, Decision, Facts, InitiatorFact, LedgerFact, NodeFact, Policy,
    PolicyReference, ProvenanceFact, ScanFact, SignatureFact, SignerFact, Status, Subject, Verdict, decide,
};

const POLICY: &str = r#"format = "brattice.policy/1"
[environment.production]
require   = [{ name = "signed",   node = "model",    type = "signature",  by = "builder" },
             { name = "built",    node = "model",    type = "provenance", by = "builder", guarantees = ["filesystem", "network"] },
             { name = "pipeline", node = "git-tree", type = "scan", area = "pipeline", by = "scanner:pipeline", max_age = "7d", max_severity = "low", complete = true }]
approvals = { count = 1, roles = ["release"], max_age = "24h" }
ledger    = { origin = "digits.test/log", required = true, evidence = true }
[environment.empty]
require = []
"#;

fn digest(name: &str) -> Sha256 {
    Sha256::of(name.as_bytes())
}

fn signer(owner: &str, role: &str) -> SignerFact {
    SignerFact { key: format!("key of {owner}"), owner: owner.to_owned(), roles: vec![role.to_owned()] }
}

fn tree(name: &str) -> NodeFact {
    NodeFact { kind: "git-tree".to_owned(), sha256: digest(name) }
}

fn scan(name: &str, node: NodeFact) -> ScanFact {
    ScanFact {
        evidence: digest(name),
        signer: signer("scan-1", "scanner:pipeline"),
        node,
        area: "pipeline".to_owned(),
        finished: "2026-03-01T10:00:00Z".to_owned(),
        complete: true,
        narrowed: Vec::new(),
        exit: 0,
        exploit: BTreeMap::from([("low".to_owned(), 2)]),
        hardening: BTreeMap::from([("high".to_owned(), 1)]),
        logged: true,
    }
}

fn grant(person: &str) -> ApprovalFact {
    ApprovalFact {
        evidence: digest(person),
        person: person.to_owned(),
        roles: vec!["release".to_owned()],
        time: Some("2026-03-01T11:00:00Z".to_owned()),
        expires: "2026-03-02T11:00:00Z".to_owned(),
        logged: true,
    }
}

fn provenance(name: &str, materials: Vec<NodeFact>) -> ProvenanceFact {
    ProvenanceFact {
        evidence: digest(name),
        signer: signer("builder-1", "builder"),
        finished: "2026-03-01T10:30:00Z".to_owned(),
        tier: "A".to_owned(),
        guarantees: ["filesystem", "network"].map(|it| (it.to_owned(), "held".to_owned())).into(),
        materials,
        mounts: vec!["/opt/venv".to_owned()],
        environment: vec!["SEED".to_owned()],
        initiator: InitiatorFact {
            person: Some("alice".to_owned()),
            evidence: Some(digest("invocation")),
            logged: true,
            problem: None,
        },
        approvals: ApprovalFacts { granted: vec![grant("bob")], ..ApprovalFacts::default() },
        logged: true,
        record_logged: true,
    }
}

/// Facts that allow.
fn facts() -> Facts {
    Facts {
        format: Facts::FORMAT.to_owned(),
        subject: Subject { name: "model".to_owned(), kind: "model".to_owned(), sha256: digest("model") },
        environment: "production".to_owned(),
        time: "2026-03-01T12:00:00Z".to_owned(),
        policy: PolicyReference { sha256: digest(POLICY), origin: "explicit".to_owned() },
        trust: digest("trust"),
        signatures: vec![SignatureFact {
            evidence: digest("signature"),
            signer: signer("builder-1", "builder"),
            logged: true,
        }],
        provenances: vec![provenance("provenance", vec![tree("source")])],
        scans: vec![scan("scan", tree("source"))],
        ledger: Some(LedgerFact {
            origin: "digits.test/log".to_owned(),
            verified: true,
            size: 7,
            problem: None,
        }),
        ignored: Vec::new(),
        undecided: Vec::new(),
    }
}

fn judge(facts: &Facts) -> Verdict {
    decide(facts, &Policy::parse(POLICY.as_bytes(), Origin::Explicit).unwrap())
}

#[track_caller]
fn check(expected: Decision, name: &str, reason: &str, change: impl FnOnce(&mut Facts)) {
    let mut facts = facts();
    change(&mut facts);
    let verdict = judge(&facts);
    assert_eq!(verdict.decision, expected, "{verdict:#?}");
    let found = verdict.requirements.iter().find(|it| it.name == name).unwrap();
    assert_ne!(found.status, Status::Met, "{found:?}");
    assert!(found.reason.contains(reason), "{}", found.reason);
}

#[track_caller]
fn deny(name: &str, reason: &str, change: impl FnOnce(&mut Facts)) {
    check(Decision::Deny, name, reason, change);
}

#[test]
fn whole_evidence_allows_and_names_what_was_decisive() {
    let verdict = judge(&facts());
    assert_eq!(verdict.decision, Decision::Allow, "{verdict:#?}");
    let names: Vec<&str> = verdict.requirements.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["signed", "built", "pipeline", "approvals", "ledger"]);
    assert_eq!(verdict.requirements[2].evidence, [digest("scan")]);
}

#[test]
fn nothing_is_a_no() {
    deny("signed", "no valid signature", |it| it.signatures.clear());
    deny("built", "no valid provenance", |it| it.provenances.clear());
    deny("pipeline", "no `pipeline` scan", |it| it.scans.clear());
    deny("ledger", "no log is configured", |it| it.ledger = None);
    deny("environment", "no environment `staging`; it has: empty, production", |it| {
        "staging".clone_into(&mut it.environment);
    });
    deny("require", "demands nothing", |it| "empty".clone_into(&mut it.environment));
}

#[test]
fn a_role_is_needed() {
    deny("signed", "no signature by the role `builder`", |it| {
        it.signatures[0].signer = signer("scan-1", "scanner:pipeline");
    });
    deny("pipeline", "no `pipeline` scan", |it| it.scans[0].signer = signer("builder-1", "builder"));
    deny("built", "lacks the role `builder`", |it| it.provenances[0].signer = signer("alice", "ml"));
}

#[test]
fn a_scan_must_be_whole_clean_fresh_and_of_this_tree() {
    deny("pipeline", "incomplete", |it| it.scans[0].complete = false);
    deny("pipeline", "narrowed: select template-injection", |it| {
        it.scans[0].narrowed = vec!["select template-injection".to_owned()];
    });
    deny("pipeline", "nothing to examine", |it| it.scans[0].exit = 3);
    deny("pipeline", "exit code 70", |it| it.scans[0].exit = 70);
    deny("pipeline", "1 exploit finding of severity medium, above low", |it| {
        it.scans[0].exploit = BTreeMap::from([("medium".to_owned(), 1)]);
    });
    deny("pipeline", "of severity catastrophic", |it| {
        it.scans[0].exploit = BTreeMap::from([("catastrophic".to_owned(), 1)]);
    });
    deny("pipeline", "older than 7d", |it| "2026-02-20T00:00:00Z".clone_into(&mut it.scans[0].finished));
    deny("pipeline", "dated in the future", |it| {
        "2026-03-02T00:00:00Z".clone_into(&mut it.scans[0].finished);
    });
    deny("pipeline", "is not a time", |it| "yesterday".clone_into(&mut it.scans[0].finished));
    deny("pipeline", "no `pipeline` scan", |it| it.scans[0].area = "secret".to_owned());
    deny("pipeline", "no `pipeline` scan of git-tree", |it| it.scans[0].node = tree("other"));
}

#[test]
fn one_scanner_s_pass_does_not_hide_another_s_fail() {
    deny("pipeline", "1 exploit finding of severity critical", |it| {
        let mut failed = scan("failed", tree("source"));
        failed.signer = signer("scan-2", "scanner:pipeline");
        failed.exploit = BTreeMap::from([("critical".to_owned(), 1)]);
        failed.exit = 1;
        it.scans.push(failed);
    });
}

#[test]
fn every_tree_of_a_provenance_is_scanned() {
    deny("pipeline", "no `pipeline` scan of git-tree", |it| it.provenances[0].materials.push(tree("second")));
    deny("pipeline", "modified, untracked or ignored", |it| {
        it.provenances[0].materials[0].kind = "directory".to_owned();
    });
    deny("pipeline", "names no git tree", |it| it.provenances[0].materials.clear());
}

#[test]
fn two_provenances_are_never_mixed() {
    // One has the scanned tree but no approval, the other the approval but an unscanned tree.
    let verdict = {
        let mut facts = facts();
        facts.provenances[0].approvals = ApprovalFacts::default();
        let mut other = provenance("other", vec![tree("unscanned")]);
        other.approvals.granted = vec![grant("bob")];
        facts.provenances.push(other);
        judge(&facts)
    };
    assert_eq!(verdict.decision, Decision::Pending, "{verdict:#?}");
    // Nor does a second, worse provenance spoil a good one.
    let mut facts = facts();
    facts.provenances.insert(0, provenance("other", vec![tree("unscanned")]));
    assert_eq!(judge(&facts).decision, Decision::Allow);
}

#[test]
fn guarantees_must_be_held() {
    deny("built", "`network` of the run was approximate", |it| {
        it.provenances[0].guarantees.insert("network".to_owned(), "approximate".to_owned());
    });
    deny("built", "`filesystem` of the run was missing", |it| {
        it.provenances[0].guarantees.remove("filesystem");
    });
}

#[test]
fn an_approval_that_is_missing_is_pending_and_nothing_else_is() {
    let pending =
        |reason: &str, change: fn(&mut Facts)| check(Decision::Pending, "approvals", reason, change);
    pending("0 of 1 approvals by the role `release`", |it| it.provenances[0].approvals.granted.clear());
    pending("bob has none of the roles", |it| {
        it.provenances[0].approvals.granted[0].roles = vec!["ml".to_owned()];
    });
    pending("has expired", |it| {
        "2026-03-01T12:00:00Z".clone_into(&mut it.provenances[0].approvals.granted[0].expires);
    });
    pending("older than 1d", |it| {
        let grant = &mut it.provenances[0].approvals.granted[0];
        grant.time = Some("2026-02-28T11:59:00Z".to_owned());
        "2026-04-01T00:00:00Z".clone_into(&mut grant.expires);
    });
    pending("says no time and reaches further ahead", |it| {
        let grant = &mut it.provenances[0].approvals.granted[0];
        grant.time = None;
        "2026-03-02T12:01:00Z".clone_into(&mut grant.expires);
    });
    deny("approvals", "denied by carol", |it| it.provenances[0].approvals.denied.push(grant("carol")));
    deny("approvals", "nobody is known to have started the run", |it| {
        it.provenances[0].initiator.person = None;
    });
    deny("signed", "no valid signature", |it| {
        it.provenances[0].approvals.granted.clear();
        it.signatures.clear();
    });
}

#[test]
fn people_are_counted_not_grants() {
    let policy = POLICY.replace("count = 1", "count = 2");
    let policy = Policy::parse(policy.as_bytes(), Origin::Explicit).unwrap();
    let mut facts = facts();
    facts.provenances[0]
        .approvals
        .granted
        .push(ApprovalFact { evidence: digest("second key"), ..grant("bob") });
    assert_eq!(decide(&facts, &policy).decision, Decision::Pending);
    facts.provenances[0].approvals.granted.push(grant("carol"));
    assert_eq!(decide(&facts, &policy).decision, Decision::Allow);
}

#[test]
fn the_log_must_verify_and_know_the_evidence() {
    deny("ledger", "was cut off", |it| {
        it.ledger = Some(LedgerFact {
            origin: "digits.test/log".to_owned(),
            verified: false,
            size: 0,
            problem: Some("the log was cut off".to_owned()),
        });
    });
    deny("ledger", "the log is `evil.test/log`", |it| {
        it.ledger.as_mut().unwrap().origin = "evil.test/log".to_owned();
    });
    deny("built", "not in the log", |it| it.provenances[0].logged = false);
    deny("built", "knows of no run", |it| it.provenances[0].record_logged = false);
    deny("approvals", "the invocation is not in the log", |it| it.provenances[0].initiator.logged = false);
    deny("pipeline", "not in the log", |it| it.scans[0].logged = false);
    deny("signed", "that is in the log", |it| it.signatures[0].logged = false);
    check(Decision::Pending, "approvals", "not in the log", |it| {
        it.provenances[0].approvals.granted[0].logged = false;
    });
}

#[test]
fn facts_are_published_and_read_back() {
    let text = serde_json::to_string(&facts()).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts());
}

#[test]
fn a_trusted_statement_that_cannot_be_judged_stops_everything() {
    deny("undecided", "look at the clocks", |it| {
        let reason = "look at the clocks: scan.sigstore.json: statement is from the future".to_owned();
        it.undecided.push(brattice_policy::IgnoredFact { evidence: digest("scan"), reason });
    });
}

#[test]
fn what_a_run_was_given_beside_its_workspace_can_be_bounded() {
    let bounded = |list: &str| {
        let policy = POLICY.replace("guarantees = [", &format!("{list}, guarantees = ["));
        decide(&facts(), &Policy::parse(policy.as_bytes(), Origin::Explicit).unwrap())
    };
    assert_eq!(bounded("mounts = [\"/opt/venv\"], environment = [\"SEED\"]").decision, Decision::Allow);
    for (list, reason) in [
        ("mounts = []", "the path `/opt/venv`, which the policy does not list"),
        ("environment = [\"PATH\"]", "the variable `SEED`, which the policy does not list"),
    ] {
        let verdict = bounded(list);
        assert_eq!(verdict.decision, Decision::Deny);
        assert!(verdict.requirements[1].reason.contains(reason), "{verdict:#?}");
    }
}
