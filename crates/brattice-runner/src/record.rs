//! The run record: what was run on what, what came out, and what was guaranteed meanwhile.
//!
//! Wire types only: field by field what `brattice schema run` prints. A record holds no secret: names only,
//! and every free text in it has passed the masker.

use std::collections::BTreeMap;

use brattice_digest::{JsonError, Sha256, canonical_json, strict_json};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The `format` of a run record.
pub const RUN_FORMAT: &str = "brattice.run/1";

/// The largest record that is read, in bytes: 200,000 files of 300 bytes each fit.
pub const RECORD_BYTES_MAX: u64 = 64 << 20;

/// What was run on what, what came out, and what was guaranteed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunRecord {
    /// Always [`RUN_FORMAT`].
    pub format: String,
    /// The command and its arguments. A secret in them is masked.
    pub command: Vec<String>,
    /// How the job ended.
    pub exit: RunExit,
    /// Who asked for the run; null if the invocation was not signed.
    pub invoker: Option<RunInvoker>,
    /// When the job was started.
    #[schemars(with = "String")]
    pub started: Timestamp,
    /// When the job had ended.
    #[schemars(with = "String")]
    pub ended: Timestamp,
    /// The tier that this run reached.
    pub tier: Tier,
    /// Each kind of isolation and how far it went.
    pub guarantees: BTreeMap<String, Hold>,
    /// Each limit, what it was, and how far it was enforced. A limit never changes the tier.
    pub limits: BTreeMap<String, RunLimit>,
    /// The most that was used of what is limited, where it is known.
    pub peaks: BTreeMap<String, u64>,
    /// What the workspace was before the start.
    pub workspace: RunWorkspace,
    /// Every file and link of the workspace before the start.
    pub materials: Vec<RunMaterial>,
    /// Every declared output.
    pub products: Vec<RunProduct>,
    /// Every package that the job was given.
    pub packages: Vec<RunPackage>,
    /// Every connection that the job tried.
    pub egress: Vec<RunEgress>,
    /// What the job printed, after masking, in the order in which it was passed on.
    pub log: RunLog,
    /// The names of the job's secrets.
    pub secrets: Vec<String>,
    /// The files and directories of the host that were named for the job to read, at the paths where it saw
    /// them: what is in them is no material. Absent from records of before it was kept.
    #[serde(default)]
    pub mounts: Vec<String>,
    /// The names of the environment variables that were given to the job, sorted; never their values. Absent
    /// from records of before it was kept.
    #[serde(default)]
    pub environment: Vec<String>,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunExit {
    /// The exit code: the job's own, or 124, 125, 126, 127, 128 + signal.
    pub code: i32,
    /// Why the job has this code.
    pub reason: ExitReason,
}

/// Why a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExitReason {
    /// It returned the code by itself.
    Exited,
    /// A signal ended it.
    Signal,
    /// It outlived its time limit.
    Timeout,
    /// There is no such program inside.
    NotFound,
    /// The program cannot be executed.
    CannotExecute,
    /// The sandbox itself was killed or failed before the job's end was known.
    Lost,
}

/// Who asked for a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunInvoker {
    /// The id of the key that signed the invocation.
    pub key: String,
    /// SHA-256 of the invocation's bundle file.
    pub invocation: RunDigest,
}

/// A digest by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunDigest {
    /// SHA-256.
    pub sha256: Sha256,
}

/// How much was kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Tier {
    /// Every guarantee was held.
    A,
    /// At least one was not.
    B,
}

impl Tier {
    /// Returns the one spelling of this tier.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// How far a guarantee or a limit went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// It was checked and held.
    Held,
    /// It held in part.
    Approximate,
    /// It did not hold, or nothing enforced it.
    Missing,
}

impl Hold {
    /// Returns the one spelling of this word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Approximate => "approximate",
            Self::Missing => "missing",
        }
    }
}

/// One limit of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunLimit {
    /// How far it was enforced.
    pub state: Hold,
    /// What it was: bytes, a number of things, or milliseconds for `time`. Null if nothing was asked for.
    pub limit: Option<u64>,
}

/// What a workspace is in the evidence graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunWorkspace {
    /// `git-tree` if it was exactly the tree of a commit, else `directory`.
    pub kind: WorkspaceKind,
    /// SHA-256 over the lines `MODE SP PATH NUL SHA256HEX LF` of the materials.
    pub sha256: Sha256,
    /// The commit of a `git-tree`.
    #[serde(default, rename = "gitCommit", skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
}

/// The kinds of workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WorkspaceKind {
    /// Exactly the tree of a commit.
    GitTree,
    /// Anything else.
    Directory,
}

/// A file that went in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunMaterial {
    /// The path from the root of the workspace.
    pub path: String,
    /// The bytes of a path that is not UTF-8, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// SHA-256 of the content; of a link, of its target.
    pub sha256: Sha256,
}

/// A file that came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunProduct {
    /// The path from the root of the workspace or of the output directory.
    pub path: String,
    /// The bytes of a path that is not UTF-8, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_base64: Option<String>,
    /// SHA-256 of the content.
    pub sha256: Sha256,
    /// The size in bytes.
    pub bytes: u64,
}

/// A package that the job was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunPackage {
    /// The package URL.
    pub purl: String,
    /// SHA-256 of the package file.
    pub sha256: Sha256,
    /// Where it came from.
    pub source: String,
    /// Whether it was let through.
    pub decision: String,
}

/// A connection that the job tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunEgress {
    /// The name or address that it was to.
    pub name: String,
    /// The port.
    pub port: u16,
    /// Whether it was let through.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// How many bytes went either way.
    pub bytes: u64,
}

/// What the job printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunLog {
    /// SHA-256 of what was passed on, standard output and error as they came.
    pub sha256: Sha256,
    /// How many bytes were passed on.
    pub bytes: u64,
    /// How many masks were written.
    pub masked: u64,
}

/// Why bytes are not a run record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The bytes are not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The JSON has another shape.
    #[error("not a run record: {0}")]
    Shape(String),
    /// The record would be larger than any reader takes.
    #[error("a record of {files} files would have more than {RECORD_BYTES_MAX} bytes")]
    TooLarge {
        /// How many files the workspace has.
        files: usize,
    },
    /// The format is another one.
    #[error("format is {found:?}, expected `{RUN_FORMAT}`")]
    Format {
        /// What it is, shortened.
        found: String,
    },
}

impl RunRecord {
    /// Reads a record. Fields that are not known are passed over, as in everything that a machine writes.
    pub fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        let value = strict_json(bytes)?;
        let found = value.get("format").and_then(|it| it.as_str()).unwrap_or_default();
        if found != RUN_FORMAT {
            return Err(RecordError::Format { found: found.chars().take(64).collect() });
        }
        serde_json::from_value(value).map_err(|error| RecordError::Shape(error.to_string()))
    }

    /// Writes the record as RFC 8785 JSON: the bytes whose digest a provenance names.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordError> {
        Ok(canonical_json(self)?)
    }
}
