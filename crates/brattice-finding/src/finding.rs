//! A finding: a rule, a place, the path that leads there, and what can be done.

use crate::{Confidence, Fingerprint, FingerprintInput, Fix, Kind, Location, Origin, Rule, Severity};

/// What a step of an attack path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PathRole {
    /// Where an outsider's value comes in.
    Source,
    /// Where it passes.
    Hop,
    /// What stands in the way, and whom it lets through.
    Guard,
    /// Where it takes effect.
    Sink,
}

impl PathRole {
    /// Returns the one spelling of this word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Hop => "hop",
            Self::Guard => "guard",
            Self::Sink => "sink",
        }
    }
}

/// One step of the path that a finding tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// What the step is.
    pub role: PathRole,
    /// What happens here, as a label.
    pub text: String,
    /// Where.
    pub location: Location,
}

/// Something wrong at a place. Made by [`Finding::new`], which demands the one primary location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// Exploit or hardening.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// One line that stands alone.
    pub message: String,
    /// The primary location.
    pub location: Location,
    /// The path from source to sink.
    pub path: Vec<PathStep>,
    /// Repairs, best first.
    pub fixes: Vec<Fix>,
    /// What to do where no repair is offered, in the imperative.
    pub help: Vec<String>,
    /// What identifies it across edits.
    pub identity: FingerprintInput,
    /// The identity as digest; the registry sets the ordinal among equals.
    pub fingerprint: Fingerprint,
    /// Evidence that the claim holds (a payload, a trace), if the rule made one.
    pub proof: Option<String>,
}

impl Finding {
    /// Makes a finding with the rule's own kind and severity and high confidence.
    pub fn new(
        rule: &'static Rule,
        message: impl Into<String>,
        location: Location,
        identity: FingerprintInput,
    ) -> Self {
        let fingerprint = identity.fingerprint(rule.id, 0);
        Self {
            rule,
            kind: rule.kind,
            severity: rule.severity,
            confidence: Confidence::High,
            message: message.into(),
            location,
            path: Vec::new(),
            fixes: Vec::new(),
            help: Vec::new(),
            identity,
            fingerprint,
            proof: None,
        }
    }
}

/// A finding that something silenced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// What silenced it: `inline`, `config`, `baseline`.
    pub by: &'static str,
    /// Where that came from.
    pub origin: Origin,
    /// The reason that its author gave.
    pub reason: Option<String>,
}

/// What a run of rules gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Findings that stand.
    pub findings: Vec<Finding>,
    /// Findings that were silenced.
    pub suppressed: Vec<Suppressed>,
}
