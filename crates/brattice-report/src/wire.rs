//! The wire types of `brattice.findings/1`: what programs read. A field is added with a new version, never
//! changed.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use brattice_finding as domain;
use brattice_finding::RelativePath;
use schemars::JsonSchema;
use serde::Serialize;

use crate::Report;

/// The format of a findings report.
pub const FINDINGS_FORMAT: &str = "brattice.findings/1";

/// The report of one scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "brattice.findings/1")]
pub struct FindingsReport {
    /// Always `brattice.findings/1`.
    pub format: String,
    /// The program that scanned.
    pub tool: Tool,
    /// The answer.
    pub verdict: Verdict,
    /// The findings that stand.
    pub findings: Vec<Finding>,
    /// What was examined.
    pub inputs: Vec<Input>,
    /// The findings that something silenced.
    pub suppressed: Vec<Suppressed>,
}

/// The program that scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tool {
    /// Always `brattice`.
    pub name: String,
    /// The program's version.
    pub version: String,
    /// The version of its rule catalogue.
    pub catalogue: String,
}

/// The answer of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verdict {
    /// The exit code.
    pub exit: u8,
    /// Why, in one sentence.
    pub why: String,
    /// Whether something that should have been examined was not.
    pub incomplete: bool,
}

/// Something wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule that found it.
    pub rule: String,
    /// The area of the rule.
    pub area: String,
    /// `exploit` or `hardening`.
    pub kind: String,
    /// The class of weakness.
    pub class: String,
    /// `info`, `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// `low`, `medium` or `high`.
    pub confidence: String,
    /// One line that stands alone.
    pub message: String,
    /// The primary location.
    pub location: Location,
    /// The path from source to sink.
    pub path: Vec<PathStep>,
    /// Repairs, best first.
    pub fixes: Vec<Fix>,
    /// What to do where no repair is offered.
    pub help: Vec<String>,
    /// The identity across edits, 32 hexadecimal digits. Equal findings of different files share one.
    pub fingerprint: String,
    /// Identifiers in public catalogues.
    pub references: References,
    /// Evidence that the claim holds, if the rule made one.
    pub proof: Option<String>,
}

/// One step of an attack path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PathStep {
    /// `source`, `hop`, `guard` or `sink`.
    pub role: String,
    /// What happens here.
    pub text: String,
    /// Where.
    pub location: Location,
}

/// A repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// `safe` or `unsafe`.
    pub safety: String,
    /// The edits that belong together.
    pub edits: Vec<Edit>,
}

/// One replacement in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Edit {
    /// The file, relative to the git root.
    pub path: String,
    /// The raw name where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// Offset of the first byte to replace.
    pub offset: u64,
    /// How many bytes to replace; 0 inserts.
    pub length: u64,
    /// What to put there.
    pub text: String,
}

/// Identifiers in public catalogues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct References {
    /// Common Weakness Enumeration.
    pub cwe: Vec<String>,
    /// OWASP Top 10 CI/CD Security Risks.
    pub cicd_sec: Vec<String>,
    /// MITRE ATLAS.
    pub atlas: Vec<String>,
    /// Threats of the SLSA specification.
    pub slsa: Vec<String>,
}

/// A finding that something silenced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// `inline`, `config` or `baseline`.
    pub by: String,
    /// `default`, `explicit`, `base` or `tree`.
    pub origin: String,
    /// The reason that its author gave.
    pub reason: Option<String>,
}

/// One thing that was examined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Input {
    /// The file, relative to the git root.
    pub path: String,
    /// The raw name where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// What it was taken for.
    pub kind: String,
    /// `complete`, `incomplete` or `not-checked`.
    pub status: String,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// How much was understood.
    pub coverage: Coverage,
}

/// Something that could not be read or understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// A stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// Where, if a place is known.
    pub location: Option<Location>,
}

/// How much of an input was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// Size in bytes.
    pub bytes: u64,
    /// Bytes that a reader accounted for.
    pub understood: u64,
}

/// Where something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Location {
    /// A place in a text file.
    Span {
        /// The file, relative to the git root.
        path: String,
        /// The raw name where it is not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_base64: Option<String>,
        /// 1-based line.
        line: u32,
        /// 1-based column in Unicode scalar values.
        column: u32,
        /// 1-based line of the end.
        end_line: u32,
        /// 1-based column behind the last character.
        end_column: u32,
        /// Offset of the first byte.
        offset: u64,
        /// Length in bytes.
        length: u64,
        /// What encloses the place.
        symbol: Option<String>,
    },
    /// A range of a binary file; offset and length 0 stand for the whole file.
    Bytes {
        /// The file, relative to the git root.
        path: String,
        /// The raw name where it is not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_base64: Option<String>,
        /// Offset of the first byte.
        offset: u64,
        /// Length in bytes.
        length: u64,
    },
    /// A place in a member of an archive.
    Member {
        /// The archive, relative to the git root.
        path: String,
        /// The raw name where it is not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_base64: Option<String>,
        /// The names of the nested members, outermost first.
        members: Vec<String>,
        /// Offset in the innermost member.
        offset: u64,
    },
    /// A line that a commit introduced.
    Commit {
        /// The repository.
        repository: String,
        /// The commit's object id.
        commit: String,
        /// The file.
        path: String,
        /// The raw name where it is not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_base64: Option<String>,
        /// 1-based line.
        line: u32,
    },
    /// A file in a layer of an image.
    Layer {
        /// The image.
        image: String,
        /// The layer's digest.
        layer: String,
        /// The file.
        path: String,
        /// The raw name where it is not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_base64: Option<String>,
    },
    /// A package.
    Package {
        /// The package URL.
        purl: String,
        /// The file that names it.
        path: String,
        /// The raw name where it is not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_base64: Option<String>,
    },
}

impl FindingsReport {
    /// Makes the wire form of a report.
    pub fn of(report: &Report<'_>) -> Self {
        Self {
            format: FINDINGS_FORMAT.to_owned(),
            tool: Tool {
                name: "brattice".to_owned(),
                version: report.version.to_owned(),
                catalogue: report.catalogue.to_owned(),
            },
            verdict: Verdict {
                exit: report.verdict.exit,
                why: report.verdict.why.clone(),
                incomplete: report.verdict.incomplete,
            },
            findings: report.findings.findings.iter().map(finding).collect(),
            inputs: report.inputs.iter().map(input).collect(),
            suppressed: report
                .findings
                .suppressed
                .iter()
                .map(|it| Suppressed {
                    finding: finding(&it.finding),
                    by: it.by.to_owned(),
                    origin: it.origin.as_str().to_owned(),
                    reason: it.reason.clone(),
                })
                .collect(),
        }
    }

    /// Returns the JSON Schema of the format.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }
}

fn finding(it: &domain::Finding) -> Finding {
    let words = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect();
    Finding {
        rule: it.rule.id.to_owned(),
        area: it.rule.area.as_str().to_owned(),
        kind: it.kind.as_str().to_owned(),
        class: it.rule.class.to_owned(),
        severity: it.severity.as_str().to_owned(),
        confidence: it.confidence.as_str().to_owned(),
        message: it.message.clone(),
        location: location(&it.location),
        path: it.path.iter().map(path_step).collect(),
        fixes: it.fixes.iter().map(fix).collect(),
        help: it.help.clone(),
        fingerprint: it.fingerprint.to_string(),
        references: References {
            cwe: words(it.rule.references.cwe),
            cicd_sec: words(it.rule.references.cicd_sec),
            atlas: words(it.rule.references.atlas),
            slsa: words(it.rule.references.slsa),
        },
        proof: it.proof.clone(),
    }
}

fn path_step(step: &domain::PathStep) -> PathStep {
    PathStep {
        role: step.role.as_str().to_owned(),
        text: step.text.clone(),
        location: location(&step.location),
    }
}

fn fix(it: &domain::Fix) -> Fix {
    let edits = it.edits.iter().map(|edit| {
        let (path, path_base64) = names(&edit.path);
        let (offset, length) = (u64::from(edit.span.start), u64::from(edit.span.len()));
        Edit { path, path_base64, offset, length, text: edit.text.clone() }
    });
    Fix { title: it.title.clone(), safety: it.safety.as_str().to_owned(), edits: edits.collect() }
}

fn input(it: &domain::Input) -> Input {
    let (path, path_base64) = names(&it.path);
    Input {
        path,
        path_base64,
        kind: it.kind.to_owned(),
        status: it.status.as_str().to_owned(),
        problems: it
            .problems
            .iter()
            .map(|problem| Problem {
                code: problem.code.to_owned(),
                message: problem.message.clone(),
                location: problem.location.as_ref().map(location),
            })
            .collect(),
        coverage: Coverage { bytes: it.coverage.bytes, understood: it.coverage.understood },
    }
}

fn location(it: &domain::Location) -> Location {
    let (path, path_base64) = names(it.path());
    match it {
        domain::Location::Span(it) => Location::Span {
            path,
            path_base64,
            line: it.line,
            column: it.column,
            end_line: it.end_line,
            end_column: it.end_column,
            offset: it.span.start.into(),
            length: it.span.len().into(),
            symbol: it.symbol.clone(),
        },
        domain::Location::Bytes { offset, length, .. } => {
            Location::Bytes { path, path_base64, offset: *offset, length: *length }
        }
        domain::Location::Member { members, offset, .. } => Location::Member {
            path,
            path_base64,
            members: members.iter().map(|it| names(it).0).collect(),
            offset: *offset,
        },
        domain::Location::Commit { repository, commit, line, .. } => Location::Commit {
            repository: repository.clone(),
            commit: commit.clone(),
            path,
            path_base64,
            line: *line,
        },
        domain::Location::Layer { image, layer, .. } => {
            Location::Layer { image: image.clone(), layer: layer.clone(), path, path_base64 }
        }
        domain::Location::Package { purl, .. } => Location::Package { purl: purl.clone(), path, path_base64 },
    }
}

/// Returns a name as text, and its raw bytes where the text is not the name.
fn names(path: &RelativePath) -> (String, Option<String>) {
    let encoded = path.as_str().is_none().then(|| BASE64_STANDARD.encode(path.as_bytes()));
    (String::from_utf8_lossy(path.as_bytes()).into_owned(), encoded)
}
