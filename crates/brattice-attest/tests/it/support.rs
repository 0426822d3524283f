//! A small company: who has which key, and statements in their name.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brattice_attest::bundle::{Bundle, Hint, write_bundle};
use brattice_attest::dsse::Envelope;
use brattice_attest::key::{Algorithm, SigningKey};
use brattice_attest::statement::{
    ApprovalRequest, BUILD_TYPE, BuildDefinition, BuildMetadata, Builder, DigestRef, ExternalParameters,
    INVOCATION_FORMAT, InternalParameters, Invocation, Predicate, Provenance, ResourceDescriptor, RunDetails,
    SCAN_FORMAT, Scan, ScanConfig, ScanCounts, ScanCoverage, ScanOrigin, ScanScope, ScanThreshold,
    ScanVerdict, Scanner, Statement,
};
use brattice_attest::trust::Trust;
use brattice_attest::{Authority, Expectation, Node, NodeKind, Verified, VerifyError};
use brattice_digest::Sha256;
use jiff::Timestamp;

/// The time of every verdict.
pub(crate) const NOW: &str = "2026-06-15T12:00:00Z";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().expect("a test's time is RFC 3339")
}

/// A key from a number; below 100 P-256, from 100 on Ed25519.
pub(crate) fn key(number: u8) -> SigningKey {
    let algorithm = if number < 100 { Algorithm::EcdsaP256 } else { Algorithm::Ed25519 };
    SigningKey::from_seed(algorithm, &[number; 32]).expect("a repeated byte is below the curve's order")
}

pub(crate) const ALICE: u8 = 1;
pub(crate) const ALICE_SECOND: u8 = 101;
pub(crate) const BOB: u8 = 2;
pub(crate) const CAROL: u8 = 103;
pub(crate) const DAVE: u8 = 4;
pub(crate) const BUILDER: u8 = 10;
pub(crate) const SCANNER: u8 = 111;
pub(crate) const OTHER_BUILDER: u8 = 12;
pub(crate) const NOBODY: u8 = 50;

/// The line of a key for a trust file; `bounds` is appended to it.
pub(crate) fn key_line(number: u8, bounds: &str) -> String {
    let key = key(number);
    let spki = STANDARD.encode(key.public().to_spki_der());
    format!("[[key]]\nid = \"{}\"\npub = \"{spki}\"\n{bounds}\n", key.public().key_id())
}

/// An owner for a trust file.
pub(crate) fn owner_line(table: &str, id: &str, keys: &[u8], roles: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|it| key(*it).public().key_id().to_string()).collect();
    format!("[[{table}]]\nid = \"{id}\"\nkeys = {keys:?}\nroles = {roles:?}\n")
}

/// The trust file of the company; `bounds` goes to Bob's key.
pub(crate) fn trust_text(bounds: &str) -> String {
    let mut text = "format = \"brattice.trust/1\"\n".to_owned();
    for number in [ALICE, ALICE_SECOND, CAROL, DAVE, BUILDER, SCANNER, OTHER_BUILDER] {
        text.push_str(&key_line(number, ""));
    }
    text.push_str(&key_line(BOB, bounds));
    let owners = [
        owner_line("person", "alice", &[ALICE, ALICE_SECOND], &["release"]),
        owner_line("person", "bob", &[BOB], &["release", "builder"]),
        owner_line("person", "carol", &[CAROL], &["release"]),
        owner_line("person", "dave", &[DAVE], &["ml"]),
        owner_line("service", "builder-1", &[BUILDER], &["builder", "release"]),
        owner_line("service", "builder-2", &[OTHER_BUILDER], &["builder"]),
        owner_line("service", "scan-1", &[SCANNER], &["scanner:pipeline"]),
    ];
    write!(text, "{}", owners.concat()).expect("a string takes everything");
    text
}

pub(crate) fn trust() -> Trust {
    Trust::parse(trust_text("").as_bytes()).expect("the company's trust file is valid")
}

pub(crate) fn node(kind: NodeKind, content: &str) -> Node {
    Node { kind, sha256: Sha256::of(content.as_bytes()) }
}

pub(crate) fn model() -> Node {
    node(NodeKind::Model, "the model")
}

pub(crate) fn tree() -> Node {
    node(NodeKind::GitTree, "the tree")
}

pub(crate) fn subject(node: Node) -> Vec<ResourceDescriptor> {
    vec![ResourceDescriptor::subject("subject", node)]
}

pub(crate) fn digest_of(text: &str) -> DigestRef {
    DigestRef { sha256: Sha256::of(text.as_bytes()) }
}

pub(crate) fn scan() -> Scan {
    Scan {
        format: SCAN_FORMAT.to_owned(),
        area: "pipeline".to_owned(),
        scanner: Scanner { version: "0.1.0".to_owned(), catalogue: "1".to_owned() },
        config: ScanConfig { sha256: Sha256::of(b""), origin: ScanOrigin::Default },
        threshold: ScanThreshold { fail_on: "medium".to_owned(), fail_hardening: "never".to_owned() },
        scope: ScanScope::default(),
        coverage: ScanCoverage { inputs: 1, bytes: 10, understood: 10, complete: true },
        counts: ScanCounts::default(),
        suppressions: Vec::new(),
        verdict: ScanVerdict { exit: 0 },
        report: digest_of("report"),
        finished: time("2026-06-15T11:00:00Z"),
    }
}

pub(crate) fn invocation() -> Invocation {
    Invocation {
        format: INVOCATION_FORMAT.to_owned(),
        command: vec!["train".to_owned()],
        workspace: DigestRef { sha256: tree().sha256 },
        time: time("2026-06-15T09:00:00Z"),
        nonce: "0".repeat(32),
    }
}

pub(crate) fn provenance(builder: &str, invocation: Option<Sha256>, materials: &[Node]) -> Provenance {
    let material = |node: &Node| ResourceDescriptor::material("git+https://example.test/digits", *node, None);
    Provenance {
        build_definition: BuildDefinition {
            build_type: BUILD_TYPE.to_owned(),
            external_parameters: ExternalParameters {
                command: vec!["train".to_owned()],
                invocation: invocation.map(|sha256| DigestRef { sha256 }),
                mounts: Vec::new(),
                environment: Vec::new(),
            },
            internal_parameters: InternalParameters {
                tier: "A".to_owned(),
                guarantees: [("network".to_owned(), "held".to_owned())].into(),
            },
            resolved_dependencies: materials.iter().map(material).collect(),
        },
        run_details: RunDetails {
            builder: Builder { id: builder.to_owned() },
            metadata: BuildMetadata {
                invocation_id: "run-1".to_owned(),
                started_on: time("2026-06-15T09:01:00Z"),
                finished_on: time("2026-06-15T10:00:00Z"),
            },
            byproducts: vec![ResourceDescriptor::byproduct("record", Sha256::of(b"record"))],
        },
    }
}

pub(crate) fn request(provenance: Sha256, trust: &Trust) -> ApprovalRequest {
    ApprovalRequest {
        environment: "production".to_owned(),
        policy: digest_of("policy"),
        trust: DigestRef { sha256: trust.digest() },
        provenance: DigestRef { sha256: provenance },
        expires: time("2026-06-16T00:00:00Z"),
        nonce: "a".repeat(32),
    }
}

/// Signs a statement as a bundle file.
pub(crate) fn signed<P: Predicate>(subject: Vec<ResourceDescriptor>, predicate: P, signer: u8) -> Vec<u8> {
    Statement::new(subject, predicate).sign(&key(signer)).expect("the test's statement is valid")
}

/// Signs any bytes under any payload type, as a forger with a key can.
pub(crate) fn signed_bytes(payload_type: &str, payload: &[u8], signer: u8) -> Vec<u8> {
    let key = key(signer);
    let envelope = Envelope::sign(payload_type, payload.to_vec(), &key);
    write_bundle(&envelope, &Hint::key_id(key.public())).expect("an envelope can be written")
}

pub(crate) fn read(bytes: &[u8]) -> Bundle {
    Bundle::read(bytes).expect("the test's bundle is well formed")
}

/// Verifies a bundle file against a node under a trust file, at [`NOW`].
pub(crate) fn verify<P: Predicate>(
    bytes: &[u8],
    node: Node,
    trust: &Trust,
) -> Result<Verified<P>, VerifyError> {
    let authority = Authority::Trust { trust, role: None };
    Verified::new(&read(bytes), &Expectation { node, authority, now: time(NOW) })
}
