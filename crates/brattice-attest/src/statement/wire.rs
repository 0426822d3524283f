//! The predicates as they stand in JSON. Field by field what the contracts say; documented there.

use std::collections::BTreeMap;

use brattice_digest::Sha256;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    BUILD_TYPE, INVOCATION_FORMAT, Predicate, ResourceDescriptor, SCAN_FORMAT, StatementError,
    annotated_nodes, require, single_node,
};
use crate::node::{Node, NodeKind};

/// Number of characters of a nonce: 128 bit in lower-case hexadecimal.
const NONCE_LENGTH: usize = 32;

/// A reference by digest: of a file's bytes unless the field says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DigestRef {
    /// SHA-256.
    pub sha256: Sha256,
}

/// SLSA provenance v1 with build type [`BUILD_TYPE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// What was built from what.
    pub build_definition: BuildDefinition,
    /// By whom and when.
    pub run_details: RunDetails,
}

/// The inputs of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildDefinition {
    /// Always [`BUILD_TYPE`].
    pub build_type: String,
    /// What the invoker chose.
    pub external_parameters: ExternalParameters,
    /// What the builder guaranteed.
    pub internal_parameters: InternalParameters,
    /// The materials, each annotated with its node kind.
    #[serde(default)]
    pub resolved_dependencies: Vec<ResourceDescriptor>,
}

/// What the invoker chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExternalParameters {
    /// The command and its arguments.
    pub command: Vec<String>,
    /// SHA-256 of the bundle file of the signed invocation. Absent for an unsigned run: then nobody is the
    /// initiator and no approval can count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invocation: Option<DigestRef>,
}

/// What the builder guaranteed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InternalParameters {
    /// The tier: `A` or `B`.
    pub tier: String,
    /// Guarantee to `held`, `approximate` or `missing`.
    #[serde(default)]
    pub guarantees: BTreeMap<String, String>,
}

/// By whom and when something was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetails {
    /// The builder.
    pub builder: Builder,
    /// Times and the run's name.
    pub metadata: BuildMetadata,
    /// The run record and the like.
    #[serde(default)]
    pub byproducts: Vec<ResourceDescriptor>,
}

/// The builder: a service of the trust file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Builder {
    /// The service's id. Must be the owner of the key that signed.
    pub id: String,
}

/// Times and the run's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BuildMetadata {
    /// Names the run.
    pub invocation_id: String,
    /// When the job started.
    #[schemars(with = "String")]
    pub started_on: Timestamp,
    /// When the job ended.
    #[schemars(with = "String")]
    pub finished_on: Timestamp,
}

impl Predicate for Provenance {
    const TYPE: &'static str = "https://slsa.dev/provenance/v1";

    fn time(&self) -> Option<Timestamp> {
        Some(self.run_details.metadata.finished_on)
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        require("buildType", &self.build_definition.build_type, BUILD_TYPE)?;
        for material in &self.build_definition.resolved_dependencies {
            material.to_node()?;
        }
        let metadata = &self.run_details.metadata;
        if metadata.started_on > metadata.finished_on {
            return Err(StatementError::Inconsistent("build ends before it starts"));
        }
        annotated_nodes(subject)
    }
}

/// Who asked for a run, and for which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invocation {
    /// Always [`INVOCATION_FORMAT`].
    pub format: String,
    /// The command and its arguments.
    pub command: Vec<String>,
    /// The workspace that it runs on: the identity of a `git-tree` or `directory`.
    pub workspace: DigestRef,
    /// When it was asked for.
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// 128 random bits in hexadecimal.
    pub nonce: String,
}

impl Predicate for Invocation {
    const TYPE: &'static str = "urn:brattice:invocation:v1";

    fn time(&self) -> Option<Timestamp> {
        Some(self.time)
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        require("format", &self.format, INVOCATION_FORMAT)?;
        check_nonce(&self.nonce)?;
        let node = single_node(subject)?;
        if !matches!(node.kind, NodeKind::GitTree | NodeKind::Directory) {
            return Err(StatementError::Inconsistent("subject of an invocation is not a workspace"));
        }
        if node.sha256 != self.workspace.sha256 {
            return Err(StatementError::Inconsistent("subject of the invocation is not its workspace"));
        }
        Ok(vec![node])
    }
}

/// What a scan of one area found. The counts alone prove nothing: the scope, the configuration and the
/// coverage say what was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scan {
    /// Always [`SCAN_FORMAT`].
    pub format: String,
    /// The area: one statement per area.
    pub area: String,
    /// What scanned.
    pub scanner: Scanner,
    /// Which configuration held, and where it came from.
    pub config: ScanConfig,
    /// Which findings fail.
    pub threshold: ScanThreshold,
    /// What narrowed the scan.
    pub scope: ScanScope,
    /// How much was read and understood.
    pub coverage: ScanCoverage,
    /// Findings by severity.
    pub counts: ScanCounts,
    /// What was suppressed, and by whom.
    #[serde(default)]
    pub suppressions: Vec<ScanSuppression>,
    /// The exit code.
    pub verdict: ScanVerdict,
    /// The report file.
    pub report: DigestRef,
    /// When the scan ended.
    #[schemars(with = "String")]
    pub finished: Timestamp,
}

/// What scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scanner {
    /// Version of the program.
    pub version: String,
    /// Version of the rule catalogue.
    pub catalogue: String,
}

/// Which configuration held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanConfig {
    /// SHA-256 of the configuration.
    pub sha256: Sha256,
    /// Where it came from.
    pub origin: ScanOrigin,
}

/// Where a configuration or a suppression came from. `tree` is what a pull request can write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScanOrigin {
    /// Built in.
    Default,
    /// The base revision.
    Base,
    /// Named on the command line or in the user's configuration.
    Explicit,
    /// The tree under judgement.
    Tree,
}

/// Which findings fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanThreshold {
    /// The least severity of an exploit that fails, or `never`.
    pub fail_on: String,
    /// The least severity of a hardening finding that fails, or `never`.
    pub fail_hardening: String,
}

/// What narrowed a scan. Empty: nothing did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ScanScope {
    /// Only what changed since this revision.
    pub since: Option<String>,
    /// Without what this baseline lists: its SHA-256 or its path.
    pub baseline: Option<String>,
    /// Only these rules.
    #[serde(default)]
    pub select: Vec<String>,
    /// Without these rules.
    #[serde(default)]
    pub ignore: Vec<String>,
}

impl ScanScope {
    /// Returns whether nothing narrowed the scan.
    pub fn is_empty(&self) -> bool {
        self.since.is_none() && self.baseline.is_none() && self.select.is_empty() && self.ignore.is_empty()
    }
}

/// How much was read and understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanCoverage {
    /// Number of inputs.
    pub inputs: u64,
    /// Their size.
    pub bytes: u64,
    /// How much of it a reader accounted for.
    pub understood: u64,
    /// Whether every input was read in full.
    pub complete: bool,
}

/// Number of findings by severity.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ScanCounts {
    /// Exploits.
    #[serde(default)]
    pub exploit: BTreeMap<String, u64>,
    /// Hardening findings.
    #[serde(default)]
    pub hardening: BTreeMap<String, u64>,
}

/// One suppressed finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanSuppression {
    /// The rule.
    pub rule: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Where the suppression came from.
    pub origin: ScanOrigin,
}

/// The outcome of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanVerdict {
    /// The exit code.
    pub exit: u8,
}

impl Predicate for Scan {
    const TYPE: &'static str = "urn:brattice:scan:v1";

    fn time(&self) -> Option<Timestamp> {
        Some(self.finished)
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        require("format", &self.format, SCAN_FORMAT)?;
        if self.coverage.understood > self.coverage.bytes {
            return Err(StatementError::Inconsistent("scan understood more bytes than it read"));
        }
        Ok(vec![single_node(subject)?])
    }
}

/// The question that approvers answer: may these subjects go to this environment, as built by this
/// provenance, under this policy and this trust file, until then?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalRequest {
    /// The environment.
    pub environment: String,
    /// The policy file.
    pub policy: DigestRef,
    /// The trust file.
    pub trust: DigestRef,
    /// The bundle file of the provenance.
    pub provenance: DigestRef,
    /// When the question lapses.
    #[schemars(with = "String")]
    pub expires: Timestamp,
    /// 128 random bits in hexadecimal.
    pub nonce: String,
}

impl Predicate for ApprovalRequest {
    const TYPE: &'static str = "urn:brattice:approval-request:v1";

    fn time(&self) -> Option<Timestamp> {
        None
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        check_nonce(&self.nonce)?;
        annotated_nodes(subject)
    }
}

/// What an approver says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Yes.
    Grant,
    /// No; wins over every grant.
    Deny,
    /// Takes the signer's own grant back.
    Revoke,
}

/// An approver's answer. The person follows from the key, never from this text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// The answer.
    pub decision: Decision,
    /// The bundle file of the request.
    pub request: DigestRef,
    /// For a revocation: the bundle file of the grant.
    pub target: Option<DigestRef>,
    /// The environment, as in the request.
    pub environment: String,
    /// The policy file, as in the request.
    pub policy: DigestRef,
    /// The trust file, as in the request.
    pub trust: DigestRef,
    /// When the answer lapses.
    #[schemars(with = "String")]
    pub expires: Timestamp,
    /// 128 random bits in hexadecimal, drawn anew for each answer.
    pub nonce: String,
}

impl Predicate for Approval {
    const TYPE: &'static str = "urn:brattice:approval:v1";

    fn time(&self) -> Option<Timestamp> {
        None
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        check_nonce(&self.nonce)?;
        if (self.decision == Decision::Revoke) != self.target.is_some() {
            return Err(StatementError::Inconsistent(
                "a revocation names its target, a grant or denial none",
            ));
        }
        annotated_nodes(subject)
    }
}

/// SLSA verification summary v1: what the gate decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationSummary {
    /// Who decided.
    pub verifier: VsaVerifier,
    /// When.
    #[schemars(with = "String")]
    pub time_verified: Timestamp,
    /// What the decision is for: the environment.
    pub resource_uri: String,
    /// Under which policy.
    pub policy: VsaPolicy,
    /// On which evidence.
    #[serde(default)]
    pub input_attestations: Vec<ResourceDescriptor>,
    /// The decision.
    pub verification_result: VerificationResult,
    /// The levels that were reached.
    #[serde(default)]
    pub verified_levels: Vec<String>,
    /// The version of SLSA that the levels are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slsa_version: Option<String>,
}

/// Who verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VsaVerifier {
    /// The verifier's id.
    pub id: String,
}

/// The policy of a summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VsaPolicy {
    /// Where the policy is from.
    pub uri: String,
    /// The policy file.
    pub digest: DigestRef,
}

/// The outcome of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum VerificationResult {
    /// Allowed.
    Passed,
    /// Denied.
    Failed,
}

impl Predicate for VerificationSummary {
    const TYPE: &'static str = "https://slsa.dev/verification_summary/v1";

    fn time(&self) -> Option<Timestamp> {
        Some(self.time_verified)
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        annotated_nodes(subject)
    }
}

fn check_nonce(nonce: &str) -> Result<(), StatementError> {
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if nonce.len() == NONCE_LENGTH && nonce.bytes().all(lower_hex) {
        return Ok(());
    }
    Err(StatementError::Inconsistent("nonce is not 128 bit in lower-case hexadecimal"))
}
