//! What a scan found, as it stands in JSON.

use std::collections::BTreeMap;

use brattice_digest::Sha256;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DigestRef, Predicate, ResourceDescriptor, SCAN_FORMAT, StatementError, require, single_node};
use crate::node::Node;

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
