//! What follows from what was found.

use brattice_finding::{Area, Finding, Findings, Input, InputStatus, Kind, Severity};

use crate::plural;

/// From which severity on a finding fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// For exploits.
    pub fail_on: Severity,
    /// For hardening; `None` is never.
    pub fail_hardening: Option<Severity>,
}

impl Thresholds {
    /// Exploits fail from medium on, hardening never.
    pub const DEFAULT: Self = Self { fail_on: Severity::Medium, fail_hardening: None };

    /// Returns whether a finding fails; otherwise it is a warning.
    pub fn fails(self, finding: &Finding) -> bool {
        match finding.kind {
            Kind::Exploit => finding.severity >= self.fail_on,
            Kind::Hardening => self.fail_hardening.is_some_and(|least| finding.severity >= least),
        }
    }
}

/// The answer of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The exit code: 0 clean, 1 findings that fail, 3 nothing examined, 4 incomplete.
    pub exit: u8,
    /// Why, in one sentence without a final period.
    pub why: String,
    /// Whether something that should have been examined was not, whatever the exit code says.
    pub incomplete: bool,
}

/// Judges a scan. Findings that fail beat incomplete, incomplete beats nothing examined; what is not checked
/// by design counts as incomplete only in an area that the user named.
pub fn judge(findings: &Findings, inputs: &[Input], thresholds: Thresholds, named: &[Area]) -> Verdict {
    let unread = inputs
        .iter()
        .filter(|input| match input.status {
            InputStatus::Complete => false,
            InputStatus::Incomplete => true,
            InputStatus::NotChecked => named.contains(&input.area),
        })
        .count();
    let examined = inputs.iter().filter(|input| input.status != InputStatus::NotChecked).count();
    let incomplete = unread > 0;
    let failing: Vec<&Finding> = findings.findings.iter().filter(|it| thresholds.fails(it)).collect();
    let mut why = if !failing.is_empty() {
        failing_text(&failing, thresholds, examined)
    } else if incomplete {
        format!("{} of {} could not be examined in full", unread, plural(inputs.len(), "input"))
    } else if examined == 0 {
        "there was nothing to examine".to_owned()
    } else {
        passing_text(findings, thresholds, examined)
    };
    if incomplete && !failing.is_empty() {
        why.push_str("; ");
        why.push_str(&plural(unread, "input"));
        why.push_str(" could not be examined in full");
    }
    let exit = match (failing.is_empty(), incomplete, examined) {
        (false, _, _) => 1,
        (true, true, _) => 4,
        (true, false, 0) => 3,
        (true, false, _) => 0,
    };
    Verdict { exit, why, incomplete }
}

fn failing_text(failing: &[&Finding], thresholds: Thresholds, examined: usize) -> String {
    let exploits = failing.iter().filter(|it| it.kind == Kind::Exploit).count();
    let hardening = failing.len() - exploits;
    let mut parts = Vec::new();
    if exploits > 0 {
        parts.push(format!("{} at or above `{}`", plural(exploits, "exploit finding"), thresholds.fail_on));
    }
    if let Some(least) = thresholds.fail_hardening.filter(|_| hardening > 0) {
        parts.push(format!("{} at or above `{least}`", plural(hardening, "hardening finding")));
    }
    format!("{}; {} examined", parts.join(" and "), plural(examined, "file"))
}

fn passing_text(findings: &Findings, thresholds: Thresholds, examined: usize) -> String {
    let examined = plural(examined, "file");
    if findings.findings.is_empty() {
        return format!("no findings in {examined}");
    }
    let warnings = plural(findings.findings.len(), "warning");
    let hardening = match thresholds.fail_hardening {
        None => "hardening does not fail".to_owned(),
        Some(least) => format!("hardening fails from `{least}` on"),
    };
    format!(
        "nothing fails: {warnings} in {examined} (exploits fail from `{}` on; {hardening})",
        thresholds.fail_on
    )
}
