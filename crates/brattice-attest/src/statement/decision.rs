//! What people and the gate decide, as it stands in JSON: requests, approvals, verification summaries.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    DigestRef, Predicate, ResourceDescriptor, StatementError, annotated_nodes, check_environment, check_nonce,
};
use crate::node::Node;

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
        check_environment(&self.environment)?;
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
    /// When the answer was given, by the clock of whoever gave it: what a policy's `max_age` is measured from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub time: Option<Timestamp>,
    /// When the answer lapses.
    #[schemars(with = "String")]
    pub expires: Timestamp,
    /// 128 random bits in hexadecimal, drawn anew for each answer.
    pub nonce: String,
}

impl Predicate for Approval {
    const TYPE: &'static str = "urn:brattice:approval:v1";

    fn time(&self) -> Option<Timestamp> {
        self.time
    }

    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        check_nonce(&self.nonce)?;
        check_environment(&self.environment)?;
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
