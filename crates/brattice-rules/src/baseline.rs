//! Which findings are known already: ordinals, the baseline file, and the matching of both.

use std::collections::{BTreeMap, HashMap};

use brattice_digest::{JsonError, canonical_json, strict_json};
use brattice_finding::{Finding, Findings, Fingerprint, FingerprintInput, Kind, RelativePath, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::suppress::place_order;

/// The format of a baseline file.
pub const BASELINE_FORMAT: &str = "brattice.baseline/1";

/// The largest baseline that is read, in bytes: about 100,000 entries, far more than anyone reviews.
pub const BASELINE_BYTES_MAX: usize = 16 << 20;

/// Numbers the findings that are equal but for their place, file by file in the order of the text, and sets
/// their fingerprints. Equal findings of *different* files keep equal fingerprints, so that a change in one
/// file never renames a finding in another; whoever compares fingerprints counts them.
pub fn assign_ordinals(findings: &mut [Finding]) {
    findings.sort_by(place_order);
    let mut seen: HashMap<(RelativePath, &'static str, FingerprintInput), u32> = HashMap::new();
    for finding in findings {
        let key = (finding.location.path().clone(), finding.rule.id, finding.identity.clone());
        let ordinal = seen.entry(key).or_default();
        finding.fingerprint = finding.identity.fingerprint(finding.rule.id, *ordinal);
        *ordinal += 1;
    }
}

/// Why a baseline cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaselineError {
    /// Larger than [`BASELINE_BYTES_MAX`].
    #[error("baseline has {0} bytes, more than {BASELINE_BYTES_MAX}")]
    TooLarge(usize),
    /// Not strict JSON.
    #[error("baseline is not strict JSON")]
    Json(#[from] JsonError),
    /// JSON, but not of the format; the text says what is wrong.
    #[error("baseline is not of format {BASELINE_FORMAT}: {0}")]
    Format(String),
}

/// One finding that a baseline knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaselineEntry {
    /// The rule.
    pub rule: String,
    /// The finding's identity.
    pub fingerprint: Fingerprint,
    /// What it was when the baseline was made: a finding that grew worse is not known.
    pub kind: Kind,
    /// How bad it was when the baseline was made.
    pub severity: Severity,
    /// How many there were.
    pub count: u32,
}

/// The findings that were there when somebody decided to look at new ones only. No path, no line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<BaselineEntry>,
}

impl Baseline {
    /// Makes a baseline of a scan: what stands, and what an active baseline silenced, since a baseline that
    /// is made while another is active must contain everything. What an ignore silenced stays out.
    pub fn of(findings: &Findings) -> Self {
        let known = findings.suppressed.iter().filter(|it| it.by == "baseline").map(|it| &it.finding);
        let mut counts: BTreeMap<(&str, Fingerprint, Kind, Severity), u32> = BTreeMap::new();
        for it in findings.findings.iter().chain(known) {
            *counts.entry((it.rule.id, it.fingerprint, it.kind, it.severity)).or_default() += 1;
        }
        let entries = counts
            .into_iter()
            .map(|((rule, fingerprint, kind, severity), count)| BaselineEntry {
                rule: rule.to_owned(),
                fingerprint,
                kind,
                severity,
                count,
            })
            .collect();
        Self { entries }
    }

    /// Returns the entries, sorted.
    pub fn entries(&self) -> &[BaselineEntry] {
        &self.entries
    }

    /// Reads a baseline strictly: no unknown, double or missing field, no entry twice, no count of zero.
    pub fn read(bytes: &[u8]) -> Result<Self, BaselineError> {
        if bytes.len() > BASELINE_BYTES_MAX {
            return Err(BaselineError::TooLarge(bytes.len()));
        }
        let wire: BaselineWire = serde_json::from_value(strict_json(bytes)?)
            .map_err(|error| BaselineError::Format(error.to_string()))?;
        if wire.format != BASELINE_FORMAT {
            return Err(BaselineError::Format(format!("format is `{}`", wire.format.escape_debug())));
        }
        let mut entries = Vec::with_capacity(wire.findings.len());
        for (index, entry) in wire.findings.into_iter().enumerate() {
            let wrong = |what: String| BaselineError::Format(format!("entry {}: {what}", index + 1));
            if entry.count == 0 {
                return Err(wrong("count is 0".to_owned()));
            }
            entries.push(BaselineEntry {
                fingerprint: entry
                    .fingerprint
                    .parse()
                    .map_err(|_| wrong("fingerprint is not 32 lower-case hexadecimal digits".to_owned()))?,
                kind: entry.kind.parse().map_err(|error| wrong(format!("kind {error}")))?,
                severity: entry.severity.parse().map_err(|error| wrong(format!("severity {error}")))?,
                rule: entry.rule,
                count: entry.count,
            });
        }
        entries.sort();
        let same = |a: &BaselineEntry, b: &BaselineEntry| {
            (&a.rule, a.fingerprint, a.kind, a.severity) == (&b.rule, b.fingerprint, b.kind, b.severity)
        };
        if entries.iter().zip(entries.iter().skip(1)).any(|(a, b)| same(a, b)) {
            return Err(BaselineError::Format("an entry is there twice".to_owned()));
        }
        Ok(Self { entries })
    }

    /// Writes the one form of this baseline: RFC 8785 JSON, entries sorted, and a line end.
    pub fn write(&self) -> Result<Vec<u8>, BaselineError> {
        let findings = self
            .entries
            .iter()
            .map(|it| EntryWire {
                rule: it.rule.clone(),
                fingerprint: it.fingerprint.to_string(),
                kind: it.kind.as_str().to_owned(),
                severity: it.severity.as_str().to_owned(),
                count: it.count,
            })
            .collect();
        let mut bytes = canonical_json(&BaselineWire { format: BASELINE_FORMAT.to_owned(), findings })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Returns the JSON Schema of the file.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(BaselineWire)
    }
}

/// The file `brattice.baseline/1`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "brattice.baseline/1")]
struct BaselineWire {
    /// Always `brattice.baseline/1`.
    format: String,
    /// The known findings.
    findings: Vec<EntryWire>,
}

/// One known finding.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EntryWire {
    /// The rule.
    rule: String,
    /// 32 lower-case hexadecimal digits.
    fingerprint: String,
    /// `exploit` or `hardening`.
    kind: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    severity: String,
    /// How many there are.
    count: u32,
}

/// How many findings of each identity are known, each at most as bad as it was.
#[derive(Debug, Clone, Default)]
pub struct Allowances {
    known: HashMap<(String, Fingerprint), Vec<Allowance>>,
}

#[derive(Debug, Clone)]
struct Allowance {
    kind: Kind,
    severity: Severity,
    path: Option<RelativePath>,
    count: u32,
}

impl Allowances {
    /// Allows what a baseline lists.
    pub fn of_baseline(baseline: &Baseline) -> Self {
        let mut result = Self::default();
        for it in &baseline.entries {
            let key = (it.rule.clone(), it.fingerprint);
            let allowance = Allowance { kind: it.kind, severity: it.severity, path: None, count: it.count };
            result.known.entry(key).or_default().push(allowance);
        }
        result
    }

    /// Allows the findings of another scan, such as that of the base of a change.
    pub fn of_findings<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut result = Self::default();
        for it in findings {
            let key = (it.rule.id.to_owned(), it.fingerprint);
            let path = Some(it.location.path().clone());
            let allowance = Allowance { kind: it.kind, severity: it.severity, path, count: 1 };
            result.known.entry(key).or_default().push(allowance);
        }
        result
    }

    /// Splits findings into new ones and known ones, both in the given order. A finding of the same file is
    /// matched before one that moved; one that grew worse is new; count matters.
    pub fn split(mut self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
        let mut known = vec![false; findings.len()];
        for same_file in [true, false] {
            for (finding, known) in findings.iter().zip(&mut known) {
                if !*known {
                    *known = self.take(finding, same_file);
                }
            }
        }
        let (mut new_ones, mut known_ones) = (Vec::new(), Vec::new());
        for (finding, known) in findings.into_iter().zip(known) {
            if known { known_ones.push(finding) } else { new_ones.push(finding) }
        }
        (new_ones, known_ones)
    }

    fn take(&mut self, finding: &Finding, same_file: bool) -> bool {
        let key = (finding.rule.id.to_owned(), finding.fingerprint);
        let Some(allowances) = self.known.get_mut(&key) else { return false };
        let weakest = allowances
            .iter_mut()
            .filter(|it| it.count > 0 && it.kind >= finding.kind && it.severity >= finding.severity)
            .filter(|it| !same_file || it.path.as_ref() == Some(finding.location.path()))
            .min_by_key(|it| (it.kind, it.severity));
        let Some(allowance) = weakest else { return false };
        allowance.count -= 1;
        true
    }
}
