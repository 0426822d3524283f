//! The facts: a published account of what verified evidence says about one subject.

use std::collections::BTreeMap;

use brattice_digest::Sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PolicyReference;

/// The thing that is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The name it was given by; not part of its identity.
    pub name: String,
    /// `file` or `model`.
    pub kind: String,
    /// Its identity.
    pub sha256: Sha256,
}

/// A node of the evidence graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NodeFact {
    /// `file`, `model`, `git-tree`, `directory`, `package-set` or `image`.
    pub kind: String,
    /// Its identity.
    pub sha256: Sha256,
}

/// Who signed a statement, by the trust root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignerFact {
    /// The key's id.
    pub key: String,
    /// The person or service that owns it.
    pub owner: String,
    /// The owner's roles.
    pub roles: Vec<String>,
}

/// A model signature on the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignatureFact {
    /// SHA-256 of the bundle.
    pub evidence: Sha256,
    /// Who signed.
    pub signer: SignerFact,
    /// Whether the log holds an event that names the bundle.
    pub logged: bool,
}

/// A scan of one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanFact {
    /// SHA-256 of the bundle.
    pub evidence: Sha256,
    /// Who signed.
    pub signer: SignerFact,
    /// What was scanned.
    pub node: NodeFact,
    /// The area.
    pub area: String,
    /// When it ended, RFC 3339.
    pub finished: String,
    /// Whether every input was understood.
    pub complete: bool,
    /// Why it is less than a whole scan: scope, configuration from the tree, suppressions. Empty if it is whole.
    pub narrowed: Vec<String>,
    /// The scan's own exit code.
    pub exit: u8,
    /// Exploit findings by severity.
    pub exploit: BTreeMap<String, u64>,
    /// Hardening findings by severity.
    pub hardening: BTreeMap<String, u64>,
    /// Whether the log holds an event that names the bundle.
    pub logged: bool,
}

/// Who started a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InitiatorFact {
    /// The person who owns the key of the signed invocation; absent if there is no valid one.
    pub person: Option<String>,
    /// SHA-256 of the invocation's bundle.
    pub evidence: Option<Sha256>,
    /// Whether the log holds an event that names the bundle.
    pub logged: bool,
    /// Why there is none.
    pub problem: Option<String>,
}

/// An approval that counts, or a denial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalFact {
    /// SHA-256 of the bundle.
    pub evidence: Sha256,
    /// The person who decided.
    pub person: String,
    /// The person's roles.
    pub roles: Vec<String>,
    /// When it was given, RFC 3339, if it says so.
    pub time: Option<String>,
    /// Until when it holds, RFC 3339.
    pub expires: String,
    /// Whether the log holds an event that names the bundle.
    pub logged: bool,
}

/// A statement that does not count, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IgnoredFact {
    /// SHA-256 of the bundle.
    pub evidence: Sha256,
    /// Why it does not count.
    pub reason: String,
}

/// The approvals of one provenance of the subject for the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalFacts {
    /// Grants that count, one a person.
    pub granted: Vec<ApprovalFact>,
    /// Denials: any of them wins.
    pub denied: Vec<ApprovalFact>,
    /// What does not count.
    pub ignored: Vec<IgnoredFact>,
}

/// One provenance of the subject, with its own materials and approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProvenanceFact {
    /// SHA-256 of the bundle.
    pub evidence: Sha256,
    /// Who signed.
    pub signer: SignerFact,
    /// When the run ended, RFC 3339.
    pub finished: String,
    /// The tier of the run.
    pub tier: String,
    /// The guarantees of the run: `held`, `approximate` or `missing`.
    pub guarantees: BTreeMap<String, String>,
    /// What it was built from.
    pub materials: Vec<NodeFact>,
    /// What the run could read beside its workspace and the system's own tools.
    pub mounts: Vec<String>,
    /// The names of the variables that the run was given.
    pub environment: Vec<String>,
    /// Who started the run.
    pub initiator: InitiatorFact,
    /// The approvals.
    pub approvals: ApprovalFacts,
    /// Whether the log holds an event that names the bundle.
    pub logged: bool,
    /// Whether the log holds an event that names the run's record.
    pub record_logged: bool,
}

/// The log, if one is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerFact {
    /// The log's origin.
    pub origin: String,
    /// Whether the trust root lists its key under this origin and the whole log was verified with it,
    /// against the newest checkpoint that this machine remembers.
    pub verified: bool,
    /// The number of records.
    pub size: u64,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// Everything that a decision may depend on, `brattice.facts/1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Facts {
    /// `brattice.facts/1`.
    pub format: String,
    /// What is judged.
    pub subject: Subject,
    /// For which environment.
    pub environment: String,
    /// The time of the decision, RFC 3339.
    pub time: String,
    /// The policy in force.
    pub policy: PolicyReference,
    /// SHA-256 of the trust root in force.
    pub trust: Sha256,
    /// Signatures on the subject.
    pub signatures: Vec<SignatureFact>,
    /// Provenances of the subject, signed by builders.
    pub provenances: Vec<ProvenanceFact>,
    /// The newest scan per node, area and signer.
    pub scans: Vec<ScanFact>,
    /// The log.
    pub ledger: Option<LedgerFact>,
    /// Evidence that could not be used, and why.
    pub ignored: Vec<IgnoredFact>,
    /// Statements of trusted signers that may be a no and cannot be judged: dated ahead of the clock, or not
    /// understood. While there is one, nothing is allowed.
    pub undecided: Vec<IgnoredFact>,
}

impl Facts {
    /// The format's name.
    pub const FORMAT: &'static str = "brattice.facts/1";
}
