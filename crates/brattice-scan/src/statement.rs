//! What a scan can state about itself, in plain fields for whoever signs it.

use std::collections::BTreeMap;

use brattice_digest::Sha256;
use brattice_finding::{Area, InputStatus, Kind, Origin};

use crate::ScanResult;

/// One suppressed finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSuppression {
    /// The rule.
    pub rule: &'static str,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Where the suppression came from.
    pub origin: Origin,
}

/// Findings by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Exploits.
    pub exploit: BTreeMap<&'static str, u64>,
    /// Hardening.
    pub hardening: BTreeMap<&'static str, u64>,
}

/// Everything of a scan statement that the scan itself knows; version, report and time are the signer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanStatementData {
    /// The area.
    pub area: Area,
    /// The version of the rule catalogue.
    pub catalogue: String,
    /// SHA-256 of the settings that held.
    pub settings_sha256: Sha256,
    /// The least trusted origin of the settings.
    pub settings_origin: Origin,
    /// From which severity on an exploit fails.
    pub fail_on: &'static str,
    /// From which severity on hardening fails, or `never`.
    pub fail_hardening: &'static str,
    /// The commit that the scan was compared with.
    pub since: Option<String>,
    /// SHA-256 of the baseline.
    pub baseline: Option<String>,
    /// The rules that ran, if not all of them did; a scan of a part of the tree says `path:…` as well.
    pub select: Vec<String>,
    /// The rules that were silenced everywhere.
    pub ignore: Vec<String>,
    /// Number of inputs.
    pub inputs: u64,
    /// Their size.
    pub bytes: u64,
    /// How much of it was understood.
    pub understood: u64,
    /// Whether every input was read in full.
    pub complete: bool,
    /// Findings by severity.
    pub counts: ScanCounts,
    /// What was suppressed, and by whom.
    pub suppressions: Vec<ScanSuppression>,
    /// The exit code.
    pub exit: u8,
}

/// Gathers what a scan can state about one area.
pub fn scan_statement_predicate(result: &ScanResult, area: Area, catalogue: &str) -> ScanStatementData {
    let inputs: Vec<_> = result.inputs.iter().filter(|it| it.area == area).collect();
    let mut counts = ScanCounts::default();
    for it in result.findings.findings.iter().filter(|it| it.rule.area == area) {
        let of_kind = match it.kind {
            Kind::Exploit => &mut counts.exploit,
            Kind::Hardening => &mut counts.hardening,
        };
        *of_kind.entry(it.severity.as_str()).or_default() += 1;
    }
    let suppressed = result.findings.suppressed.iter().filter(|it| it.finding.rule.area == area);
    // A part of the tree narrows a scan as a selection of rules does, and a policy must be able to see it.
    let paths = result.scope.paths.iter().map(|it| format!("path:{}", it.display()));
    ScanStatementData {
        area,
        catalogue: catalogue.to_owned(),
        settings_sha256: result.settings_sha256,
        settings_origin: result.settings_origin,
        fail_on: result.thresholds.fail_on.as_str(),
        fail_hardening: result.thresholds.fail_hardening.map_or("never", |it| it.as_str()),
        since: result.scope.since.clone(),
        baseline: result.scope.baseline.map(Sha256::to_hex),
        select: result.scope.select.iter().cloned().chain(paths).collect(),
        ignore: result.scope.ignore.clone(),
        inputs: inputs.len() as u64,
        bytes: inputs.iter().map(|it| it.coverage.bytes).sum(),
        understood: inputs.iter().map(|it| it.coverage.understood.min(it.coverage.bytes)).sum(),
        complete: !inputs.is_empty() && inputs.iter().all(|it| it.status == InputStatus::Complete),
        counts,
        suppressions: suppressed
            .map(|it| ScanSuppression {
                rule: it.finding.rule.id,
                fingerprint: it.finding.fingerprint.to_string(),
                origin: it.origin,
            })
            .collect(),
        exit: result.verdict.exit,
    }
}
