//! The in-toto Statement v1 and the predicates that Brattice signs: the wire form, and what must hold
//! inside one statement.
//!
//! What it is not: nothing read through this module is believed. Only [`crate::Verified`] is.

mod build;
mod decision;
mod scan;

use std::collections::BTreeSet;

use brattice_digest::{JsonError, Sha256, canonical_json};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bundle::{BundleError, Hint, write_bundle};
use crate::dsse::{Envelope, IN_TOTO_PAYLOAD_TYPE};
use crate::key::{PublicKey, SigningKey};
use crate::node::{Node, NodeKind, ParseNodeKindError};

pub use build::{
    BuildDefinition, BuildMetadata, Builder, ExternalParameters, InternalParameters, Invocation, Provenance,
    RunDetails,
};
pub use decision::{
    Approval, ApprovalRequest, Decision, VerificationResult, VerificationSummary, VsaPolicy, VsaVerifier,
};
pub use scan::{
    Scan, ScanConfig, ScanCounts, ScanCoverage, ScanOrigin, ScanScope, ScanSuppression, ScanThreshold,
    ScanVerdict, Scanner,
};

/// The `_type` of a statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The `buildType` of our provenance.
pub const BUILD_TYPE: &str = "urn:brattice:build:run:v1";

/// The `format` of an invocation.
pub const INVOCATION_FORMAT: &str = "brattice.invocation/1";

/// The `format` of a scan.
pub const SCAN_FORMAT: &str = "brattice.scan/1";

/// The most subjects that a statement may have. A build with more products names their directory.
pub const SUBJECTS_MAX: usize = 4096;

/// Number of characters of a nonce: 128 bit in lower-case hexadecimal.
const NONCE_LENGTH: usize = 32;

/// Why the inside of a statement does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// No subject, or more than [`SUBJECTS_MAX`].
    #[error("statement has {0} subjects, expected 1 to {SUBJECTS_MAX}")]
    SubjectCount(usize),
    /// Two subjects are one node.
    #[error("subject {0} is listed twice")]
    SubjectTwice(Node),
    /// A descriptor has no SHA-256.
    #[error("`{0}` has no sha256 digest")]
    NoDigest(String),
    /// A descriptor does not say which kind of node it is.
    #[error("`{0}` has no annotation `kind`")]
    NoKind(String),
    /// A descriptor's kind is unknown.
    #[error(transparent)]
    Kind(#[from] ParseNodeKindError),
    /// A field that must have one value has another.
    #[error("field `{field}` is `{found}`, expected `{expected}`")]
    Value {
        /// The field.
        field: &'static str,
        /// What it holds, shortened.
        found: String,
        /// What it must hold.
        expected: &'static str,
    },
    /// Two places in the statement contradict each other.
    #[error("{0}")]
    Inconsistent(&'static str),
    /// A model manifest is not acceptable.
    #[error(transparent)]
    Manifest(#[from] crate::oms::ManifestError),
}

/// A reference by digest: of a file's bytes unless the field says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DigestRef {
    /// SHA-256.
    pub sha256: Sha256,
}

/// A set of digests of one thing. Only these two are known; others are ignored and counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DigestSet {
    /// SHA-256, the digest that everything is joined on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// The commit beside a git tree. Informative: nothing is joined on it.
    #[serde(default, rename = "gitCommit", skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
}

/// What we annotate on a descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Annotations {
    /// The kind of node; see [`NodeKind`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Binds the names of a model's files; see [`crate::oms::Manifest::names`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Sha256>,
}

/// An in-toto resource descriptor: a subject, a material or a by-product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ResourceDescriptor {
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Its digests.
    #[serde(default)]
    pub digest: DigestSet,
    /// Its annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

impl ResourceDescriptor {
    /// Describes a node as the subject of a statement.
    pub fn subject(name: &str, node: Node) -> Self {
        Self { name: Some(name.to_owned()), uri: None, ..Self::node_only(node) }
    }

    /// Describes a node as a material of a build.
    pub fn material(uri: &str, node: Node, git_commit: Option<String>) -> Self {
        let mut descriptor = Self { uri: Some(uri.to_owned()), ..Self::node_only(node) };
        descriptor.digest.git_commit = git_commit;
        descriptor
    }

    /// Binds the names of a model's files as well, which the root digest of the standard does not.
    #[must_use]
    pub fn with_names(mut self, names: Sha256) -> Self {
        self.annotations.get_or_insert_default().names = Some(names);
        self
    }

    /// Describes something that a build left beside its products.
    pub fn byproduct(name: &str, sha256: Sha256) -> Self {
        Self {
            name: Some(name.to_owned()),
            digest: DigestSet { sha256: Some(sha256), git_commit: None },
            ..Self::default()
        }
    }

    fn node_only(node: Node) -> Self {
        Self {
            digest: DigestSet { sha256: Some(node.sha256), git_commit: None },
            annotations: Some(Annotations { kind: Some(node.kind.to_string()), names: None }),
            ..Self::default()
        }
    }

    /// Returns the node that the descriptor names.
    pub fn to_node(&self) -> Result<Node, StatementError> {
        let kind = self.annotations.as_ref().and_then(|it| it.kind.as_deref());
        let kind: NodeKind = kind.ok_or_else(|| StatementError::NoKind(self.label()))?.parse()?;
        Ok(Node { kind, sha256: self.sha256()? })
    }

    pub(crate) fn sha256(&self) -> Result<Sha256, StatementError> {
        self.digest.sha256.ok_or_else(|| StatementError::NoDigest(self.label()))
    }

    fn label(&self) -> String {
        let label = self.name.as_deref().or(self.uri.as_deref()).unwrap_or("descriptor");
        label.chars().take(128).collect()
    }
}

/// An in-toto statement: a predicate about subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statement<P> {
    /// Always [`STATEMENT_TYPE`].
    #[serde(rename = "_type")]
    pub statement_type: String,
    /// What the statement is about.
    pub subject: Vec<ResourceDescriptor>,
    /// What kind of statement it is.
    pub predicate_type: String,
    /// What it says.
    pub predicate: P,
}

/// A kind of statement.
pub trait Predicate: Serialize + DeserializeOwned + Clone {
    /// The `predicateType`.
    const TYPE: &'static str;

    /// Returns when the statement says that it was made, if it says so.
    fn time(&self) -> Option<Timestamp>;

    /// Checks what must hold inside the statement and returns the nodes that it is about.
    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError>;

    /// Whether only the file as we write it is accepted: canonical JSON, no unknown fields, our hint, the
    /// lower s. Other statements name ours by SHA-256 of the file, so nobody without the key may be able to
    /// make a second file of one statement: a revocation of the first would miss the second.
    const FILE_IS_IDENTITY: bool = true;

    /// Returns the hint that a bundle with this statement carries.
    fn hint(key: &PublicKey) -> Hint {
        Hint::key_id(key)
    }
}

impl<P: Predicate> Statement<P> {
    /// Puts a predicate and its subjects together.
    pub fn new(subject: Vec<ResourceDescriptor>, predicate: P) -> Self {
        Self {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject,
            predicate_type: P::TYPE.to_owned(),
            predicate,
        }
    }

    /// Signs the statement and returns the bytes of a bundle file. A statement that a verifier would refuse
    /// is refused here.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>, SignError> {
        self.predicate.check(&self.subject)?;
        let payload = canonical_json(self)?;
        let envelope = Envelope::sign(IN_TOTO_PAYLOAD_TYPE, payload, key);
        Ok(write_bundle(&envelope, &P::hint(key.public()))?)
    }
}

/// Why a statement could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The statement does not hold together.
    #[error("statement is not valid: {0}")]
    Statement(#[from] StatementError),
    /// The statement cannot be written as canonical JSON.
    #[error("statement cannot be written: {0}")]
    Json(#[from] JsonError),
    /// The bundle cannot be written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// Returns the nodes of annotated subjects; the rule for every predicate of ours but the model manifest.
pub(crate) fn annotated_nodes(subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
    if subject.is_empty() || subject.len() > SUBJECTS_MAX {
        return Err(StatementError::SubjectCount(subject.len()));
    }
    let mut seen = BTreeSet::new();
    let mut nodes = Vec::with_capacity(subject.len());
    for descriptor in subject {
        let node = descriptor.to_node()?;
        if !seen.insert(node) {
            return Err(StatementError::SubjectTwice(node));
        }
        nodes.push(node);
    }
    Ok(nodes)
}

/// Returns the node of the one subject.
pub(crate) fn single_node(subject: &[ResourceDescriptor]) -> Result<Node, StatementError> {
    match annotated_nodes(subject)?.as_slice() {
        [node] => Ok(*node),
        nodes => Err(StatementError::SubjectCount(nodes.len())),
    }
}

/// Requires the one value of a field.
pub(crate) fn require(
    field: &'static str,
    found: &str,
    expected: &'static str,
) -> Result<(), StatementError> {
    if found == expected {
        return Ok(());
    }
    Err(StatementError::Value { field, found: found.chars().take(128).collect(), expected })
}

/// Requires 128 bit in one spelling.
/// The longest name of an environment, in bytes: it stands in one line of a verdict.
pub const ENVIRONMENT_BYTES_MAX: usize = 128;

/// Whether a name can be that of an environment: letters, digits, `.`, `_`, `/` and `-` of ASCII. Two names that
/// look alike would let an answer about one seem to be about the other.
pub fn is_environment_name(name: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '/' | '-');
    !name.is_empty() && name.len() <= ENVIRONMENT_BYTES_MAX && name.chars().all(plain)
}

pub(crate) fn check_environment(name: &str) -> Result<(), StatementError> {
    if is_environment_name(name) {
        return Ok(());
    }
    Err(StatementError::Inconsistent(
        "environment is not a plain name of letters, digits, `.`, `_`, `/` and `-`",
    ))
}

pub(crate) fn check_nonce(nonce: &str) -> Result<(), StatementError> {
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if nonce.len() == NONCE_LENGTH && nonce.bytes().all(lower_hex) {
        return Ok(());
    }
    Err(StatementError::Inconsistent("nonce is not 128 bit in lower-case hexadecimal"))
}
