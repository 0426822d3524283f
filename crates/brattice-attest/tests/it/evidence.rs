//! The evidence graph: what is joined, what is not, and that nothing is dropped in silence.

use brattice_attest::bundle::{Hint, write_bundle};
use brattice_attest::dsse::{Envelope, IN_TOTO_PAYLOAD_TYPE};
use brattice_attest::graph::{EVIDENCE_FILES_MAX, EvidenceFile, Graph, InitiatorError};
use brattice_attest::oms::{Manifest, ModelSignature};
use brattice_attest::statement::{
    ResourceDescriptor, Scan, VerificationResult, VerificationSummary, VsaPolicy, VsaVerifier,
};
use brattice_attest::trust::Trust;
use brattice_attest::{Node, NodeKind};
use brattice_digest::Sha256;

use crate::support::{
    ALICE, BOB, BUILDER, CAROL, NOBODY, NOW, OTHER_BUILDER, SCANNER, digest_of, invocation, key, model, node,
    provenance, request, scan, signed, signed_bytes, subject, time, tree, trust, trust_text,
};

fn graph_of(files: &[&[u8]]) -> Graph {
    let names: Vec<String> = (0..files.len()).map(|index| format!("{index}.sigstore.json")).collect();
    let files: Vec<EvidenceFile<'_>> =
        names.iter().zip(files).map(|(name, bytes)| EvidenceFile { name, bytes }).collect();
    Graph::build(&files, &trust(), time(NOW))
}

fn codes(graph: &Graph) -> Vec<&'static str> {
    graph.problems().iter().map(|it| it.code).collect()
}

fn scan_at(finished: &str, exit: u8) -> Scan {
    let mut scan = scan();
    scan.finished = time(finished);
    scan.verdict.exit = exit;
    scan
}

fn exits(graph: &Graph) -> Vec<u8> {
    graph.scans_of(&tree(), "pipeline").iter().map(|it| it.predicate().verdict.exit).collect()
}

#[test]
fn every_file_is_evidence_or_a_problem() {
    let good = signed(subject(tree()), scan(), SCANNER);
    let stranger = signed(subject(tree()), scan(), NOBODY);
    let unknown = signed_bytes("application/vnd.in-toto+json", br#"{"predicateType":"x"}"#, SCANNER);
    let not_json = signed_bytes("application/vnd.in-toto+json", b"{", SCANNER);
    let graph = graph_of(&[&good, &good, b"", b"not json", &stranger, &unknown, &not_json]);
    assert_eq!(graph.scans_of(&tree(), "pipeline").len(), 1);
    let mut found = codes(&graph);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "duplicate-file",
            "not-a-bundle",
            "not-a-bundle",
            "not-verified",
            "unknown-statement",
            "unknown-statement"
        ]
    );
    let duplicate = graph.problems().iter().find(|it| it.code == "duplicate-file").unwrap();
    assert_eq!((duplicate.name.as_str(), duplicate.file), ("1.sigstore.json", Sha256::of(&good)));
}

#[test]
fn files_beyond_the_limit_are_named() {
    let contents: Vec<String> = (0..=EVIDENCE_FILES_MAX).map(|index| index.to_string()).collect();
    let graph = graph_of(&contents.iter().map(String::as_bytes).collect::<Vec<_>>());
    assert_eq!(graph.problems().len(), EVIDENCE_FILES_MAX + 1);
    assert_eq!(codes(&graph).iter().filter(|it| **it == "too-many-files").count(), 1);
}

#[test]
fn the_order_of_files_changes_nothing() {
    let files = [
        signed(subject(tree()), scan_at("2026-06-15T10:00:00Z", 0), SCANNER),
        signed(subject(tree()), scan_at("2026-06-15T11:00:00Z", 1), SCANNER),
        signed(subject(model()), provenance("builder-1", None, &[tree()]), BUILDER),
        b"junk".to_vec(),
    ];
    let forwards: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let backwards: Vec<&[u8]> = files.iter().rev().map(Vec::as_slice).collect();
    let (a, b) = (graph_of(&forwards), graph_of(&backwards));
    assert_eq!((exits(&a), codes(&a)), (exits(&b), codes(&b)));
}

#[test]
fn joins_are_on_kind_digest_and_area_only() {
    let graph = graph_of(&[&signed(subject(tree()), scan(), SCANNER)]);
    assert_eq!(graph.scans_of(&tree(), "pipeline").len(), 1);
    assert!(graph.scans_of(&tree(), "secret").is_empty());
    assert!(graph.scans_of(&tree(), "").is_empty());
    let same_digest = Node { kind: NodeKind::Directory, sha256: tree().sha256 };
    assert!(graph.scans_of(&same_digest, "pipeline").is_empty());
    assert!(graph.scans_of(&model(), "pipeline").is_empty());
}

#[test]
fn an_old_pass_does_not_hide_a_new_fail() {
    let old_pass = signed(subject(tree()), scan_at("2026-06-15T10:00:00Z", 0), SCANNER);
    let new_fail = signed(subject(tree()), scan_at("2026-06-15T11:00:00Z", 1), SCANNER);
    assert_eq!(exits(&graph_of(&[&old_pass, &new_fail])), [1]);
    assert_eq!(exits(&graph_of(&[&new_fail, &old_pass])), [1]);
    // Another signer's word neither hides nor is hidden.
    let other_pass = signed(subject(tree()), scan_at("2026-06-15T11:30:00Z", 0), CAROL);
    assert_eq!(exits(&graph_of(&[&old_pass, &new_fail, &other_pass])), [0, 1]);
}

#[test]
fn one_owner_with_two_keys_is_one_signer() {
    let fail = signed(subject(tree()), scan_at("2026-06-15T11:00:00Z", 1), ALICE);
    let pass = signed(subject(tree()), scan_at("2026-06-15T10:00:00Z", 0), crate::support::ALICE_SECOND);
    assert_eq!(exits(&graph_of(&[&fail, &pass])), [1]);
    // The same words under both keys contradict nothing.
    let twice = signed(subject(tree()), scan_at("2026-06-15T11:00:00Z", 1), crate::support::ALICE_SECOND);
    let graph = graph_of(&[&fail, &twice]);
    assert_eq!((exits(&graph), codes(&graph)), (vec![1], vec![]));
}

#[test]
fn two_different_statements_at_one_instant_cancel_each_other() {
    let at = "2026-06-15T11:00:00Z";
    let pass = signed(subject(tree()), scan_at(at, 0), SCANNER);
    let fail = signed(subject(tree()), scan_at(at, 1), SCANNER);
    let graph = graph_of(&[&pass, &fail]);
    assert_eq!(exits(&graph), Vec::<u8>::new());
    assert_eq!(codes(&graph), ["conflicting-statements"]);
    let later = signed(subject(tree()), scan_at("2026-06-15T11:00:01Z", 1), SCANNER);
    let graph = graph_of(&[&pass, &fail, &later]);
    assert_eq!((exits(&graph), codes(&graph)), (vec![1], vec![]));
}

#[test]
fn edges_come_from_builders_who_speak_for_themselves() {
    let by =
        |claimed: &str, signer: u8| signed(subject(model()), provenance(claimed, None, &[tree()]), signer);
    let graph = graph_of(&[&by("builder-1", BUILDER)]);
    let found = graph.provenances_of(&model());
    assert_eq!(found.len(), 1);
    let materials: Vec<Node> = found[0].materials().iter().map(|it| it.node).collect();
    assert_eq!(materials, [tree()]);
    // A builder that does not know its id in the trust file names its key.
    let own_key = key(BUILDER).public().key_id().to_string();
    assert_eq!(graph_of(&[&by(&own_key, BUILDER)]).provenances_of(&model()).len(), 1);
    for (claimed, signer, code) in [
        (own_key.as_str(), OTHER_BUILDER, "not-the-builder"),
        ("builder-1", SCANNER, "not-verified"),
        ("scan-1", SCANNER, "not-verified"),
        ("builder-1", ALICE, "not-verified"),
        ("builder-1", NOBODY, "not-verified"),
        ("builder-2", BUILDER, "not-the-builder"),
        ("builder-1", OTHER_BUILDER, "not-the-builder"),
        ("", BUILDER, "not-the-builder"),
        ("builder-1", BOB, "not-the-builder"),
    ] {
        let graph = graph_of(&[&by(claimed, signer)]);
        assert!(graph.provenances_of(&model()).is_empty(), "{claimed} {signer}");
        assert_eq!(codes(&graph), [code], "{claimed} {signer}");
    }
}

#[test]
fn two_provenances_keep_their_materials_apart() {
    let other = node(NodeKind::GitTree, "another tree");
    let first = signed(subject(model()), provenance("builder-1", None, &[tree()]), BUILDER);
    let second = signed(subject(model()), provenance("builder-2", None, &[other]), OTHER_BUILDER);
    let graph = graph_of(&[&first, &second]);
    let materials: Vec<Vec<Node>> = graph
        .provenances_of(&model())
        .iter()
        .map(|it| it.materials().iter().map(|material| material.node).collect())
        .collect();
    assert_eq!(materials, [vec![tree()], vec![other]]);
}

#[test]
fn a_build_with_two_products_is_found_from_each() {
    let file = node(NodeKind::File, "a log");
    let subjects =
        vec![ResourceDescriptor::subject("model", model()), ResourceDescriptor::subject("log", file)];
    let graph = graph_of(&[&signed(subjects, provenance("builder-1", None, &[tree()]), BUILDER)]);
    for product in [model(), file] {
        assert_eq!(graph.provenances_of(&product).len(), 1);
    }
    assert!(graph.provenances_of(&tree()).is_empty());
}

#[test]
fn model_signatures_and_summaries_are_found() {
    let manifest = Manifest::of_directory(vec![(b"weights".to_vec(), Sha256::of(b"w"))]).unwrap();
    let signature = ModelSignature::statement("digits", &manifest, Vec::new()).sign(&key(BUILDER)).unwrap();
    let summary = VerificationSummary {
        verifier: VsaVerifier { id: "gate".to_owned() },
        time_verified: time(NOW),
        resource_uri: "production".to_owned(),
        policy: VsaPolicy { uri: "policy.toml".to_owned(), digest: digest_of("policy") },
        input_attestations: Vec::new(),
        verification_result: VerificationResult::Passed,
        verified_levels: Vec::new(),
        slsa_version: None,
    };
    let graph = graph_of(&[&signature, &signed(subject(model()), summary, BUILDER)]);
    assert_eq!(codes(&graph), Vec::<&str>::new());
    let found = graph.signatures_of(&manifest.node());
    assert!(found.iter().all(|it| it.signer().has_role("builder")) && found.len() == 1);
    assert_eq!(graph.summaries_of(&model(), "production").len(), 1);
    assert!(graph.summaries_of(&model(), "staging").is_empty());
}

#[test]
fn requests_and_approvals_are_found() {
    let asked = signed(subject(model()), request(Sha256::of(b"p"), &trust()), ALICE);
    let graph = graph_of(&[&asked]);
    assert_eq!(graph.requests_for(&model()).len(), 1);
    assert!(graph.requests_for(&tree()).is_empty());
    assert!(graph.approvals().is_empty());
}

#[test]
fn the_initiator_is_the_person_whose_key_signed_the_invocation() {
    let asked = signed(subject(tree()), invocation(), ALICE);
    let built = |invocation, materials: &[Node]| {
        signed(subject(model()), provenance("builder-1", invocation, materials), BUILDER)
    };
    let initiator = |files: &[&[u8]]| {
        let graph = graph_of(files);
        let provenances = graph.provenances_of(&model());
        graph.initiator(provenances[0]).map(str::to_owned)
    };
    let file = Sha256::of(&asked);
    assert_eq!(initiator(&[&asked, &built(Some(file), &[tree()])]), Ok("alice".to_owned()));
    assert_eq!(initiator(&[&asked, &built(None, &[tree()])]), Err(InitiatorError::NotNamed));
    assert_eq!(initiator(&[&built(Some(file), &[tree()])]), Err(InitiatorError::NotFound(file)));
    let other_tree = node(NodeKind::GitTree, "another tree");
    assert!(matches!(
        initiator(&[&asked, &built(Some(file), &[other_tree])]),
        Err(InitiatorError::OtherBuild(_))
    ));
    let same_digest = Node { kind: NodeKind::Directory, sha256: tree().sha256 };
    assert!(matches!(
        initiator(&[&asked, &built(Some(file), &[same_digest])]),
        Err(InitiatorError::OtherBuild(_))
    ));
    let variant = |change: fn(&mut brattice_attest::statement::Invocation), signer| {
        let mut invocation = invocation();
        change(&mut invocation);
        let asked = signed(subject(tree()), invocation, signer);
        initiator(&[&asked, &built(Some(Sha256::of(&asked)), &[tree()])])
    };
    let other_command = variant(|it| it.command.push("--evil".to_owned()), ALICE);
    assert!(matches!(other_command, Err(InitiatorError::OtherBuild(_))));
    let too_late = variant(|it| it.time = time("2026-06-15T09:07:00Z"), ALICE);
    assert!(matches!(too_late, Err(InitiatorError::OtherBuild(_))));
    let kept = variant(|it| it.time = time("2026-06-15T08:00:59Z"), ALICE);
    assert!(matches!(kept, Err(InitiatorError::OtherBuild(_))));
    assert_eq!(variant(|_| (), BUILDER), Err(InitiatorError::NotAPerson("builder-1".to_owned())));
    assert!(matches!(variant(|_| (), NOBODY), Err(InitiatorError::NotFound(_))));
}

#[test]
fn evidence_of_a_revoked_key_is_gone() {
    let bytes = signed(subject(tree()), scan(), BOB);
    let file = EvidenceFile { name: "x", bytes: &bytes };
    let revoked = Trust::parse(trust_text("revoked_at = 2026-06-15T11:59:00Z").as_bytes()).unwrap();
    let graph = Graph::build(&[file], &revoked, time(NOW));
    assert!(graph.scans_of(&tree(), "pipeline").is_empty());
    assert_eq!(codes(&graph), ["not-verified"]);
    assert!(graph.problems()[0].message.contains("was revoked at"), "{:?}", graph.problems());
}

#[test]
fn a_trusted_answer_that_is_not_understood_is_told_apart_from_a_forged_one() {
    let payload = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"digest":{{"sha256":"{}"}},"annotations":{{"kind":"model"}}}}],"predicateType":"urn:brattice:approval:v1","predicate":{{"decision":"DENY"}}}}"#,
        Sha256::of(b"model")
    );
    let code_of = |signer: u8, hint: u8| {
        let envelope = Envelope::sign(IN_TOTO_PAYLOAD_TYPE, payload.clone().into_bytes(), &key(signer));
        let bytes = write_bundle(&envelope, &Hint::key_id(key(hint).public())).unwrap();
        let graph = Graph::build(&[EvidenceFile { name: "x", bytes: &bytes }], &trust(), time(NOW));
        codes(&graph).join(" ")
    };
    assert_eq!(code_of(BOB, BOB), "signed-but-not-understood");
    assert_eq!(code_of(NOBODY, BOB), "not-verified", "somebody else's signature");
    assert_eq!(code_of(NOBODY, NOBODY), "not-verified", "a key of nobody");
}
