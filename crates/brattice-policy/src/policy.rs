//! The policy file: what an environment demands.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use brattice_attest::statement::is_environment_name;
use brattice_digest::Sha256;
use brattice_finding::{LineIndex, Origin, Severity};
use serde::Deserialize;
use toml::Spanned;

use crate::parse_duration;

/// The largest policy file in bytes. People write it; a megabyte is a thousand environments.
pub const MAX_POLICY_BYTES: usize = 1 << 20;

/// The format that a policy file must name.
const FORMAT: &str = "brattice.policy/1";

/// A mistake in a policy file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct PolicyError {
    /// What is wrong, and what was expected.
    pub message: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// The kinds of node that a requirement can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// The thing to be deployed, file or directory.
    Model,
    /// The git tree that it was built from.
    GitTree,
    /// The packages that it was built with.
    PackageSet,
    /// The image that it was built in.
    Image,
}

/// The kinds of statement that a requirement can demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementType {
    /// A model signature.
    Signature,
    /// SLSA provenance.
    Provenance,
    /// A scan of one area.
    Scan,
}

/// One demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its name in verdicts.
    pub name: String,
    /// The node that it is about.
    pub node: NodeKind,
    /// The statement that must be there.
    pub kind: StatementType,
    /// The area of a scan.
    pub area: Option<String>,
    /// The role that must have signed.
    pub by: String,
    /// Guarantees of the run that must be `held`.
    pub guarantees: Vec<String>,
    /// The only paths beside the workspace and the system's own tools that the run may have read; all of them if
    /// nothing is said.
    pub mounts: Option<Vec<String>>,
    /// The only variables that the run may have been given, by name; all of them if nothing is said.
    pub environment: Option<Vec<String>>,
    /// How old the statement may be.
    pub max_age: Option<Duration>,
    /// The highest severity that exploit findings may have.
    pub max_severity: Option<Severity>,
    /// The highest severity that hardening findings may have.
    pub max_hardening: Option<Severity>,
    /// Whether the scan must have understood everything. Yes, unless the policy says no.
    pub complete: bool,
    /// Whether a narrowed scan will do: one with a scope, with suppressions, or with configuration from the
    /// tree that it judges. No, unless the policy says yes.
    pub narrowed: bool,
}

/// How many people must approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approvals {
    /// How many different people.
    pub count: usize,
    /// One of these roles each must have.
    pub roles: Vec<String>,
    /// How old an approval may be.
    pub max_age: Option<Duration>,
}

/// The log that decisions must be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRule {
    /// The log's origin.
    pub origin: String,
    /// Whether the gate refuses without it.
    pub required: bool,
    /// Whether every statement that counts must itself be in the log.
    pub evidence: bool,
}

/// What one environment demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The statements that must be there.
    pub require: Vec<Requirement>,
    /// The people who must agree.
    pub approvals: Option<Approvals>,
    /// The log that must know.
    pub ledger: Option<LedgerRule>,
}

/// A policy file as read, with its digest and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// SHA-256 of the file's bytes.
    pub sha256: Sha256,
    /// Where the file came from.
    pub origin: Origin,
    environments: BTreeMap<String, Environment>,
}

impl Policy {
    /// Reads a policy file.
    pub fn parse(bytes: &[u8], origin: Origin) -> Result<Self, PolicyError> {
        let text = std::str::from_utf8(bytes).map_err(|error| PolicyError {
            message: format!("the file is not UTF-8 from byte {}", error.valid_up_to()),
            line: 1,
            column: 1,
        })?;
        let place = Place { text };
        if bytes.len() > MAX_POLICY_BYTES {
            return Err(place.error(0..0, format!("the file has more than {MAX_POLICY_BYTES} bytes")));
        }
        let file: File = toml::from_str(text)
            .map_err(|error| place.error(error.span().unwrap_or(0..0), error.message().to_owned()))?;
        if file.format.get_ref() != FORMAT {
            return Err(place.error(file.format.span(), format!("expected the format `{FORMAT}`")));
        }
        let mut environments = BTreeMap::new();
        for (name, raw) in file.environment {
            if !is_environment_name(&name) {
                let at = text.find(&name).unwrap_or(0);
                let message =
                    "an environment's name has letters, digits, `.`, `_`, `/` and `-` only".to_owned();
                return Err(place.error(at..at, message));
            }
            environments.insert(name, place.environment(raw)?);
        }
        Ok(Self { sha256: Sha256::of(bytes), origin, environments })
    }

    /// Returns what an environment demands. An environment that is not listed is a no.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.get(name)
    }

    /// Returns the names of the environments.
    pub fn environment_names(&self) -> impl Iterator<Item = &str> {
        self.environments.keys().map(String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<String>,
    #[serde(default)]
    environment: BTreeMap<String, RawEnvironment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEnvironment {
    require: Vec<Spanned<RawRequirement>>,
    approvals: Option<Spanned<RawApprovals>>,
    ledger: Option<RawLedger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequirement {
    name: Spanned<String>,
    node: Spanned<String>,
    #[serde(rename = "type")]
    kind: Spanned<String>,
    area: Option<Spanned<String>>,
    by: Spanned<String>,
    #[serde(default)]
    guarantees: Vec<String>,
    mounts: Option<Vec<String>>,
    environment: Option<Vec<String>>,
    max_age: Option<Spanned<String>>,
    max_severity: Option<Spanned<String>>,
    max_hardening: Option<Spanned<String>>,
    #[serde(default = "yes")]
    complete: bool,
    #[serde(default)]
    narrowed: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawApprovals {
    count: Spanned<usize>,
    roles: Vec<String>,
    max_age: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLedger {
    origin: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    evidence: bool,
}

/// Turns raw values into typed ones and mistakes into places.
struct Place<'t> {
    text: &'t str,
}

impl Place<'_> {
    fn error(&self, span: Range<usize>, message: String) -> PolicyError {
        let start = u32::try_from(span.start).unwrap_or(u32::MAX);
        let position = LineIndex::new(self.text).position(self.text, start);
        PolicyError { message, line: position.line, column: position.column }
    }

    fn environment(&self, raw: RawEnvironment) -> Result<Environment, PolicyError> {
        let mut require = Vec::new();
        for raw in raw.require {
            let (span, requirement) = (raw.span(), self.requirement(raw)?);
            let same = |it: &Requirement| it.name == requirement.name;
            if require.iter().any(same)
                || ["approvals", "ledger", "undecided"].contains(&requirement.name.as_str())
            {
                let message = format!(
                    "the name `{}` is taken: verdicts tell requirements by their names",
                    requirement.name
                );
                return Err(self.error(span, message));
            }
            require.push(requirement);
        }
        let approvals = raw.approvals.map(|raw| self.approvals(raw)).transpose()?;
        let ledger = raw.ledger.map(|raw| LedgerRule {
            origin: raw.origin,
            required: raw.required,
            evidence: raw.evidence,
        });
        Ok(Environment { require, approvals, ledger })
    }

    fn requirement(&self, raw: Spanned<RawRequirement>) -> Result<Requirement, PolicyError> {
        let span = raw.span();
        let raw = raw.into_inner();
        let node = self.word(
            &raw.node,
            &[
                ("model", NodeKind::Model),
                ("git-tree", NodeKind::GitTree),
                ("package-set", NodeKind::PackageSet),
                ("image", NodeKind::Image),
            ],
        )?;
        let kind = self.word(
            &raw.kind,
            &[
                ("signature", StatementType::Signature),
                ("provenance", StatementType::Provenance),
                ("scan", StatementType::Scan),
            ],
        )?;
        if kind == StatementType::Scan && raw.area.is_none() {
            return Err(self.error(span, "a scan requirement needs an `area`".to_owned()));
        }
        if kind != StatementType::Scan {
            for (key, value) in [
                ("area", &raw.area),
                ("max_severity", &raw.max_severity),
                ("max_hardening", &raw.max_hardening),
            ] {
                if let Some(value) = value {
                    return Err(
                        self.error(value.span(), format!("`{key}` belongs to a scan requirement only"))
                    );
                }
            }
        }
        let of_run = [
            ("guarantees", !raw.guarantees.is_empty()),
            ("mounts", raw.mounts.is_some()),
            ("environment", raw.environment.is_some()),
        ];
        if let Some((key, _)) =
            of_run.iter().find(|(_, is_there)| *is_there && kind != StatementType::Provenance)
        {
            return Err(self.error(span, format!("`{key}` belongs to a provenance requirement only")));
        }
        if kind != StatementType::Scan && node != NodeKind::Model {
            return Err(
                self.error(raw.node.span(), "signature and provenance are about the node `model`".to_owned())
            );
        }
        if raw.by.get_ref().is_empty() {
            return Err(self.error(raw.by.span(), "the role is empty".to_owned()));
        }
        Ok(Requirement {
            name: raw.name.into_inner(),
            node,
            kind,
            area: raw.area.map(Spanned::into_inner),
            by: raw.by.into_inner(),
            guarantees: raw.guarantees,
            mounts: raw.mounts,
            environment: raw.environment,
            max_age: self.duration(raw.max_age.as_ref())?,
            max_severity: self.severity(raw.max_severity.as_ref())?,
            max_hardening: self.severity(raw.max_hardening.as_ref())?,
            complete: raw.complete,
            narrowed: raw.narrowed,
        })
    }

    fn approvals(&self, raw: Spanned<RawApprovals>) -> Result<Approvals, PolicyError> {
        let span = raw.span();
        let raw = raw.into_inner();
        if *raw.count.get_ref() == 0 {
            return Err(self.error(
                raw.count.span(),
                "an approval count of 0 approves everything; leave `approvals` out instead".to_owned(),
            ));
        }
        if raw.roles.is_empty() {
            return Err(self.error(span, "`roles` is empty: nobody could approve".to_owned()));
        }
        Ok(Approvals {
            count: raw.count.into_inner(),
            roles: raw.roles,
            max_age: self.duration(raw.max_age.as_ref())?,
        })
    }

    fn word<T: Copy>(&self, word: &Spanned<String>, words: &[(&str, T)]) -> Result<T, PolicyError> {
        words.iter().find(|(name, _)| name == word.get_ref()).map(|&(_, value)| value).ok_or_else(|| {
            let expected: Vec<&str> = words.iter().map(|&(name, _)| name).collect();
            self.error(word.span(), format!("`{}` is not one of: {}", word.get_ref(), expected.join(", ")))
        })
    }

    fn duration(&self, text: Option<&Spanned<String>>) -> Result<Option<Duration>, PolicyError> {
        text.map(|text| {
            parse_duration(text.get_ref()).map_err(|error| self.error(text.span(), error.to_string()))
        })
        .transpose()
    }

    fn severity(&self, text: Option<&Spanned<String>>) -> Result<Option<Severity>, PolicyError> {
        text.map(|text| {
            text.get_ref()
                .parse()
                .map_err(|error: brattice_finding::ParseWordError| self.error(text.span(), error.to_string()))
        })
        .transpose()
    }
}

#[cfg(test)]
mod tests {
    use brattice_finding::Origin;

    use super::Policy;

    const CONTRACT: &str = r#"format = "brattice.policy/1"
[environment.production]
require   = [{ name = "signed",   node = "model",    type = "signature",  by = "builder" },
             { name = "built",    node = "model",    type = "provenance", by = "builder", guarantees = ["filesystem", "network"] },
             { name = "pipeline", node = "git-tree", type = "scan", area = "pipeline", by = "scanner:pipeline", max_age = "7d", max_severity = "low", complete = true }]
approvals = { count = 1, roles = ["release"], max_age = "24h" }
ledger    = { origin = "digits.test/log", required = true }
"#;

    #[test]
    fn the_contract_s_example_reads() {
        let policy = Policy::parse(CONTRACT.as_bytes(), Origin::Explicit).unwrap();
        let production = policy.environment("production").unwrap();
        assert_eq!(production.require.len(), 3);
        assert_eq!(production.approvals.as_ref().unwrap().count, 1);
        assert!(policy.environment("staging").is_none());
    }

    #[test]
    fn mistakes_have_a_place() {
        for (from, to, expected) in [
            ("max_age = \"7d\"", "max_age = \"7 days\"", "line 5, column 123: expected a number and a unit"),
            ("max_age = \"7d\"", "max_aeg = \"7d\"", "line 5, column 113: unknown field `max_aeg`"),
            ("count = 1", "count = 0", "line 6, column 23: an approval count of 0"),
            (
                "\"scan\", area = \"pipeline\"",
                "\"scan\"",
                "line 5, column 14: a scan requirement needs an `area`",
            ),
            (
                "\"signature\"",
                "\"sig\"",
                "line 3, column 61: `sig` is not one of: signature, provenance, scan",
            ),
            ("brattice.policy/1", "brattice.policy/2", "line 1, column 10: expected the format"),
            (
                "environment.production",
                "environment.\"production\u{200b}\"",
                "line 2, column 15: an environment's name",
            ),
            ("required = true", "required = \"yes\"", "line 7, column 54: invalid type"),
        ] {
            let error = Policy::parse(CONTRACT.replace(from, to).as_bytes(), Origin::Explicit).unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
