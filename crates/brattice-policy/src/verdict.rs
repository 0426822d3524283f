//! The verdict: the published answer of the gate.

use brattice_digest::Sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Subject;

/// Yes, no, or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Every demand is met.
    Allow,
    /// A demand is not met.
    Deny,
    /// An approval is the only thing missing.
    Pending,
}

impl Decision {
    /// Returns the word as in the verdict.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Pending => "pending",
        }
    }
}

/// How one demand was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Shown by evidence.
    Met,
    /// Not shown.
    Unmet,
    /// Waits for people.
    Pending,
}

/// One demand and how it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequirementVerdict {
    /// The demand's name in the policy; `approvals` and `ledger` for those two.
    pub name: String,
    /// How it was judged.
    pub status: Status,
    /// SHA-256 of the bundles that were decisive.
    pub evidence: Vec<Sha256>,
    /// Why, in one sentence.
    pub reason: String,
}

/// The policy that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyReference {
    /// SHA-256 of the file's bytes.
    pub sha256: Sha256,
    /// Where it came from: `default`, `explicit`, `base` or `tree`.
    pub origin: String,
}

/// The published answer of the gate, `brattice.verdict/1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// `brattice.verdict/1`.
    pub format: String,
    /// What was judged.
    pub subject: Subject,
    /// For which environment.
    pub environment: String,
    /// The answer.
    pub decision: Decision,
    /// Every demand in the policy's order, then `approvals` and `ledger`.
    pub requirements: Vec<RequirementVerdict>,
    /// The policy that was applied.
    pub policy: PolicyReference,
}

impl Verdict {
    /// The format's name.
    pub const FORMAT: &'static str = "brattice.verdict/1";
}
