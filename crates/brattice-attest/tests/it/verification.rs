//! `Verified`: every test takes one binding apart.

use brattice_attest::bundle::{Hint, write_bundle};
use brattice_attest::dsse::{Envelope, IN_TOTO_PAYLOAD_TYPE};
use brattice_attest::key::{KeyId, PublicKey};
use brattice_attest::statement::{
    Approval, Decision, DigestRef, Invocation, Predicate, Provenance, Scan, Statement, StatementError,
};
use brattice_attest::trust::Trust;
use brattice_attest::{Authority, Expectation, Node, NodeKind, Verified, VerifyError};
use brattice_digest::{Sha256, canonical_json};
use serde_json::{Value, json};

use crate::signatures::with_upper_s;
use crate::support::{
    ALICE, BOB, BUILDER, NOBODY, NOW, SCANNER, digest_of, invocation, key, model, node, provenance, read,
    request, scan, signed, signed_bytes, subject, time, tree, trust, trust_text, verify,
};

fn good() -> Vec<u8> {
    signed(subject(tree()), scan(), SCANNER)
}

fn check(bytes: &[u8]) -> Result<Verified<Scan>, VerifyError> {
    verify(bytes, tree(), &trust())
}

/// The scan's statement as JSON, changed, and signed by the scanner all the same.
fn resigned(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut statement = serde_json::to_value(Statement::new(subject(tree()), scan())).expect("is JSON");
    change(&mut statement);
    let payload = canonical_json(&statement).expect("is JSON");
    signed_bytes(IN_TOTO_PAYLOAD_TYPE, &payload, SCANNER)
}

/// The good bundle with parts of the envelope exchanged, in canonical form.
fn exchanged(change: impl FnOnce(&mut Envelope)) -> Vec<u8> {
    let bundle = read(&good());
    let mut envelope = bundle.envelope().clone();
    change(&mut envelope);
    write_bundle(&envelope, bundle.hint()).expect("an envelope can be written")
}

fn key_id(number: u8) -> KeyId {
    key(number).public().key_id()
}

#[test]
fn a_good_statement_says_who_what_and_when() {
    let verified = check(&good()).unwrap();
    assert_eq!(verified.node(), tree());
    assert_eq!(verified.predicate(), &scan());
    assert_eq!(verified.signer().id(), "scan-1");
    assert_eq!(verified.signer().person(), None);
    assert!(verified.signer().has_role("scanner:pipeline") && !verified.signer().has_role("builder"));
    assert_eq!(verified.file(), Sha256::of(&good()));
    assert_eq!(verified.time(), Some(time("2026-06-15T11:00:00Z")));
    assert_eq!(verified.unknown_fields(), 0);
}

#[test]
fn an_altered_payload_type_or_signature_is_refused() {
    let other = read(&signed(subject(model()), scan(), SCANNER)).envelope().clone();
    let broken = Err(VerifyError::Signature(key_id(SCANNER)));
    for bytes in [
        exchanged(|it| it.payload.push(b' ')),
        exchanged(|it| it.payload.truncate(it.payload.len() - 1)),
        exchanged(|it| "application/json".clone_into(&mut it.payload_type)),
        exchanged(|it| it.payload_type.push(' ')),
        exchanged(|it| it.signature.clone_from(&other.signature)),
        exchanged(|it| it.payload.clone_from(&other.payload)),
        exchanged(|it| it.signature = key(SCANNER).sign(&it.payload)),
        exchanged(|it| it.signature.clear()),
    ] {
        assert_eq!(check(&bytes), broken);
    }
}

#[test]
fn a_payload_signed_under_another_type_is_refused() {
    let payload = canonical_json(&Statement::new(subject(tree()), scan())).unwrap();
    for payload_type in ["application/json", "application/vnd.in-toto", "application/vnd.in-toto+json ", ""] {
        let refused = check(&signed_bytes(payload_type, &payload, SCANNER));
        assert_eq!(refused, Err(VerifyError::PayloadType(payload_type.to_owned())));
    }
}

#[test]
fn a_type_and_payload_cannot_trade_bytes() {
    // One byte string, two ways to cut it: the lengths in the encoding tell them apart.
    let envelope = Envelope::sign("a b", b"c".to_vec(), &key(SCANNER));
    let moved = Envelope { payload_type: "a".to_owned(), payload: b"b c".to_vec(), ..envelope.clone() };
    assert!(envelope.verify(key(SCANNER).public()).is_ok());
    assert!(moved.verify(key(SCANNER).public()).is_err());
}

#[test]
fn another_subject_digest_or_kind_is_refused() {
    let other = node(NodeKind::GitTree, "another tree");
    let same_digest = Node { kind: NodeKind::Directory, sha256: tree().sha256 };
    for expected in [other, same_digest, model()] {
        let refused = verify::<Scan>(&good(), expected, &trust());
        assert_eq!(refused, Err(VerifyError::Subject(expected)));
    }
    let swapped = resigned(|it| it["subject"][0]["digest"]["sha256"] = json!(other.sha256.to_hex()));
    assert_eq!(check(&swapped), Err(VerifyError::Subject(tree())));
}

#[test]
fn subjects_that_name_no_node_are_refused() {
    let twice = json!([
        {"name": "a", "digest": {"sha256": tree().sha256.to_hex()}, "annotations": {"kind": "git-tree"}},
        {"name": "b", "digest": {"sha256": tree().sha256.to_hex()}, "annotations": {"kind": "git-tree"}}
    ]);
    for change in [
        (|it: &mut Value| it["subject"] = json!([])) as fn(&mut Value),
        |it| it["subject"][0]["digest"] = json!({"sha512": "00"}),
        |it| it["subject"][0]["annotations"] = json!({}),
        |it| it["subject"][0]["annotations"]["kind"] = json!("model-directory"),
    ] {
        assert!(matches!(check(&resigned(change)), Err(VerifyError::Statement(_))));
    }
    let refused = check(&resigned(|it| it["subject"] = twice));
    assert_eq!(refused, Err(VerifyError::Statement(StatementError::SubjectTwice(tree()))));
    let upper =
        resigned(|it| it["subject"][0]["digest"]["sha256"] = json!(tree().sha256.to_hex().to_uppercase()));
    assert!(matches!(check(&upper), Err(VerifyError::Shape(_))));
}

#[test]
fn another_statement_or_predicate_type_is_refused() {
    let old = resigned(|it| it["_type"] = json!("https://in-toto.io/Statement/v0.1"));
    assert!(matches!(check(&old), Err(VerifyError::StatementType(_))));
    for other in [Provenance::TYPE, "urn:brattice:scan:v2", "URN:brattice:scan:v1", ""] {
        let refused = check(&resigned(|it| it["predicateType"] = json!(other)));
        let expected = VerifyError::PredicateType { found: other.to_owned(), expected: Scan::TYPE };
        assert_eq!(refused, Err(expected));
    }
    // A grant read as a scan, and a scan read as an invocation.
    let refused = verify::<Invocation>(&good(), tree(), &trust());
    assert!(matches!(refused, Err(VerifyError::PredicateType { .. })));
}

#[test]
fn a_payload_that_two_readers_read_differently_is_refused() {
    let text = String::from_utf8(canonical_json(&Statement::new(subject(tree()), scan())).unwrap()).unwrap();
    for payload in [
        text.replacen("\"exit\":0", "\"exit\":1,\"exit\":0", 1),
        text.replacen("\"predicateType\":", "\"predicateType\":\"x\",\"predicateType\":", 1),
        format!("{text} {{}}"),
        format!("\u{feff}{text}"),
        "not json".to_owned(),
    ] {
        let bytes = signed_bytes(IN_TOTO_PAYLOAD_TYPE, payload.as_bytes(), SCANNER);
        assert!(matches!(check(&bytes), Err(VerifyError::Json(_))), "{payload}");
    }
    let shape = resigned(|it| it["predicate"]["verdict"]["exit"] = json!("0"));
    assert!(matches!(check(&shape), Err(VerifyError::Shape(_))));
}

#[test]
fn unknown_fields_of_the_statement_are_counted() {
    let bytes = resigned(|it| {
        it["predicate"]["later"] = json!({"x": 1});
        it["subject"][0]["digest"]["blake3"] = json!("00");
    });
    assert_eq!(check(&bytes).unwrap().unknown_fields(), 2);
}

#[test]
fn a_second_file_of_one_statement_is_refused() {
    let text = String::from_utf8(good()).unwrap();
    let bundle = read(&good());
    let other_hint = Hint::model_signing(key(SCANNER).public());
    for bytes in [
        format!("{text}\n").into_bytes(),
        text.replacen("{\"dsseEnvelope\"", "{ \"dsseEnvelope\"", 1).into_bytes(),
        text.replacen("{\"dsseEnvelope\"", "{\"a\":1,\"dsseEnvelope\"", 1).into_bytes(),
        text.replace("\"keyid\":\"\"", "\"keyid\":\"x\"").into_bytes(),
        write_bundle(bundle.envelope(), &other_hint).unwrap(),
    ] {
        assert_eq!(check(&bytes), Err(VerifyError::NotCanonical));
    }
}

#[test]
fn the_other_s_does_not_make_a_second_file() {
    let bytes = signed(subject(tree()), scan(), ALICE);
    assert!(check(&bytes).is_ok());
    let bundle = read(&bytes);
    let mut envelope = bundle.envelope().clone();
    envelope.signature = with_upper_s(&envelope.signature);
    assert!(envelope.verify(key(ALICE).public()).is_ok());
    let other = write_bundle(&envelope, bundle.hint()).unwrap();
    assert_eq!(check(&other), Err(VerifyError::NotCanonical));
}

#[test]
fn a_key_in_nobodys_list_is_refused_and_a_forged_hint_does_not_help() {
    let bytes = signed(subject(tree()), scan(), NOBODY);
    assert_eq!(check(&bytes), Err(VerifyError::KeyUnknown(key_id(NOBODY).to_string())));
    let envelope = read(&bytes).envelope().clone();
    let borrowed = write_bundle(&envelope, &Hint::key_id(key(SCANNER).public())).unwrap();
    assert_eq!(check(&borrowed), Err(VerifyError::Signature(key_id(SCANNER))));
    let no_hint = write_bundle(read(&good()).envelope(), &Hint::default()).unwrap();
    assert_eq!(check(&no_hint), Err(VerifyError::HintMissing));
}

#[test]
fn a_revoked_or_expired_key_is_refused_whatever_it_signed_before() {
    let verdict = |bounds: &str| {
        let trust = Trust::parse(trust_text(bounds).as_bytes()).unwrap();
        verify::<Scan>(&signed(subject(tree()), scan(), BOB), tree(), &trust)
    };
    let key = key_id(BOB);
    assert!(verdict("not_after = 2026-06-15T12:00:00Z").is_ok());
    assert!(verdict("revoked_at = 2026-06-15T12:00:01Z").is_ok());
    assert_eq!(
        verdict("not_after = 2026-06-15T11:59:59Z").unwrap_err(),
        VerifyError::KeyExpired { key, not_after: time("2026-06-15T11:59:59Z") }
    );
    assert_eq!(
        verdict("revoked_at = 2026-06-15T12:00:00Z").unwrap_err(),
        VerifyError::KeyRevoked { key, revoked_at: time(NOW) }
    );
}

#[test]
fn a_statement_from_the_future_or_from_after_its_key_is_refused() {
    let at = |finished: &str| {
        let mut scan = scan();
        scan.finished = time(finished);
        signed(subject(tree()), scan, BOB)
    };
    assert!(check(&at("2026-06-15T12:05:00Z")).is_ok(), "two clocks may differ");
    assert_eq!(
        check(&at("2026-06-15T12:05:01Z")).unwrap_err(),
        VerifyError::Future(time("2026-06-15T12:05:01Z"))
    );
    let trust = Trust::parse(trust_text("not_after = 2026-06-15T12:01:00Z").as_bytes()).unwrap();
    assert!(verify::<Scan>(&at("2026-06-15T12:01:00Z"), tree(), &trust).is_ok());
    assert!(matches!(
        verify::<Scan>(&at("2026-06-15T12:02:00Z"), tree(), &trust),
        Err(VerifyError::AfterKey { .. })
    ));
}

#[test]
fn a_missing_role_is_refused() {
    let trust = trust();
    let with_role = |role| {
        let authority = Authority::Trust { trust: &trust, role: Some(role) };
        Verified::<Scan>::new(&read(&good()), &Expectation { node: tree(), authority, now: time(NOW) })
    };
    assert!(with_role("scanner:pipeline").is_ok());
    for role in ["builder", "scanner", "scanner:pipeline ", ""] {
        let expected = VerifyError::Role { owner: "scan-1".to_owned(), role: role.to_owned() };
        assert_eq!(with_role(role), Err(expected));
    }
}

#[test]
fn a_bare_key_verifies_its_own_statements_only_and_names_nobody() {
    let with_key = |bytes: &[u8], public: &PublicKey| {
        let expectation = Expectation { node: tree(), authority: Authority::Key(public), now: time(NOW) };
        Verified::<Scan>::new(&read(bytes), &expectation)
    };
    let verified = with_key(&good(), key(SCANNER).public()).unwrap();
    assert_eq!(verified.signer().owner, None);
    assert_eq!(verified.signer().id(), key_id(SCANNER).to_string());
    assert!(!verified.signer().has_role("scanner:pipeline"));
    let refused = with_key(&good(), key(ALICE).public());
    assert_eq!(refused, Err(VerifyError::HintMismatch(key_id(ALICE))));
    let forged = write_bundle(read(&good()).envelope(), &Hint::key_id(key(ALICE).public())).unwrap();
    assert_eq!(with_key(&forged, key(ALICE).public()), Err(VerifyError::Signature(key_id(ALICE))));
}

#[test]
fn a_statement_that_contradicts_itself_is_neither_signed_nor_believed() {
    fn refused<P: Predicate>(node: Node, predicate: P) {
        let statement = Statement::new(subject(node), predicate);
        assert!(statement.sign(&key(BUILDER)).is_err());
        let payload = canonical_json(&statement).expect("is JSON");
        let bytes = signed_bytes(IN_TOTO_PAYLOAD_TYPE, &payload, BUILDER);
        assert!(matches!(verify::<P>(&bytes, node, &trust()), Err(VerifyError::Statement(_))));
    }
    let mut build_type = provenance("builder-1", None, &[tree()]);
    "https://actions.github.io/buildtypes/workflow/v1"
        .clone_into(&mut build_type.build_definition.build_type);
    refused(model(), build_type);
    let mut material = provenance("builder-1", None, &[tree()]);
    material.build_definition.resolved_dependencies[0].annotations = None;
    refused(model(), material);
    let mut backwards = provenance("builder-1", None, &[tree()]);
    backwards.run_details.metadata.started_on = time("2026-06-15T10:00:01Z");
    refused(model(), backwards);
    let mut workspace = invocation();
    workspace.workspace = digest_of("another workspace");
    refused(tree(), workspace);
    let mut not_a_workspace = invocation();
    not_a_workspace.workspace = DigestRef { sha256: model().sha256 };
    refused(model(), not_a_workspace);
    let mut format = invocation();
    "brattice.invocation/2".clone_into(&mut format.format);
    refused(tree(), format);
    let mut format = scan();
    "brattice.scan/2".clone_into(&mut format.format);
    refused(tree(), format);
    let mut coverage = scan();
    coverage.coverage.understood = 11;
    refused(tree(), coverage);
    for nonce in ["", "0", &"A".repeat(32), &"0".repeat(33), &"g".repeat(32)] {
        let mut request = request(Sha256::of(b""), &trust());
        nonce.clone_into(&mut request.nonce);
        refused(model(), request);
    }
    for (decision, target) in [(Decision::Revoke, None), (Decision::Grant, Some(digest_of("x")))] {
        let (policy, trust) = (digest_of("policy"), digest_of("trust"));
        let (environment, nonce) = ("production".to_owned(), "0".repeat(32));
        let request = digest_of("request");
        let (time, expires) = (None, time(NOW));
        let approval =
            Approval { decision, request, target, environment, policy, trust, time, expires, nonce };
        refused(model(), approval);
    }
}

#[test]
fn the_reasons_read_well() {
    let reasons = [
        check(&signed(subject(tree()), scan(), NOBODY)).unwrap_err().to_string(),
        check(&exchanged(|it| it.payload.push(b' '))).unwrap_err().to_string(),
        verify::<Scan>(&good(), model(), &trust()).unwrap_err().to_string(),
        check(&resigned(|it| it["predicateType"] = json!("x"))).unwrap_err().to_string(),
        check(&[good(), vec![b'\n']].concat()).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(reasons.join("\n"), @r"
    key `sha256:3c30da9a1370065a2094dc2f48ab254b83e7edeeb0b6ffda88aad46f9c6de26e` belongs to nobody in the trust file
    signature does not verify with key `sha256:4310a7672c7f2f2e75cde0eff96130f8bbfcf3b30a357ed3ac4c2871fc70979d`
    statement is not about model 36cc7e3d6f6200756c81e18470827e9dac1c602fcd87761cbb0b8f015611c098
    predicate type is `x`, expected `urn:brattice:scan:v1`
    bundle file is not in canonical form: its digest would not be the statement's one name
    ");
}
