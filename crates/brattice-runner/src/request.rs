//! What a caller asks for, what it gets, and what can go wrong.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use brattice_attest::key::SigningKey;
use brattice_attest::statement::SignError;
use brattice_finding::RelativePath;
use brattice_redact::Secret;
use brattice_sandbox::{CleanupError, LaunchError, OutputError};
use brattice_secret::Rejected;
use brattice_store::{Change, Git, SnapshotError, WriteError};

use crate::record::{RecordError, RunRecord, Tier};

/// The exit code for a mistake in the request, found before anything was started.
pub const EXIT_USAGE: u8 = 2;

/// The exit code for anything of ours that went wrong, so that no job's own code is mistaken for it.
pub const EXIT_OURS: u8 = 125;

/// One run: a job, what it may see, and what is kept of it. Paths are absolute.
#[derive(Debug)]
pub struct RunRequest {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The directory that the job works in. What it writes there is thrown away.
    pub workspace: PathBuf,
    /// The directory to start in, relative to the workspace; `None` is the workspace itself.
    pub working_directory: Option<RelativePath>,
    /// Files and directories beneath the workspace that are copied out.
    pub outputs: Vec<RelativePath>,
    /// Where outputs are copied to; `None` is the workspace.
    pub output_directory: Option<PathBuf>,
    /// Where the content of the job's `$BRATTICE_OUT` is copied to; `None` leaves it behind.
    pub out_directory: Option<PathBuf>,
    /// Further files and directories that the job may read; without sockets, pipes and devices in them.
    pub read_only: Vec<PathBuf>,
    /// Environment variables of the job.
    pub env: Vec<(OsString, OsString)>,
    /// Secrets of the job by name.
    pub secrets: Vec<(String, Secret)>,
    /// How long the job may run.
    pub timeout: Option<Duration>,
    /// The caller's `PATH`, in which the job's tools are found.
    pub search_path: Vec<PathBuf>,
    /// What the job reads as standard input; `None` is empty.
    pub stdin: Option<OwnedFd>,
    /// A directory for what a running job needs on disk; it must not lie beneath the workspace.
    pub state_dir: PathBuf,
    /// Git, to tell whether the workspace is exactly a commit; `None` never asks.
    pub git: Option<Git>,
    /// Where the record is written, if anywhere.
    pub record: Option<PathBuf>,
    /// The key of the person who asks for the run, if the invocation is to be signed.
    pub invocation: Option<InvocationKey>,
    /// The lowest tier that is accepted.
    pub tier: Tier,
}

/// The key that signs an invocation.
pub struct InvocationKey(pub SigningKey);

impl fmt::Debug for InvocationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvocationKey({})", self.0.public().key_id())
    }
}

/// A run that came to its end.
#[derive(Debug)]
pub struct RunOutcome {
    /// What happened.
    pub record: RunRecord,
    /// The bytes of the record, which a provenance names by their digest.
    pub record_bytes: Vec<u8>,
    /// The bundle of the signed invocation, if a key was given.
    pub invocation: Option<Vec<u8>>,
    /// The exit code of the whole: the job's own, or [`EXIT_OURS`] if something of ours failed.
    pub exit_code: u8,
    /// What failed after the job had ended, if anything did.
    pub problem: Option<RunError>,
    /// What a person should know, one sentence each.
    pub warnings: Vec<String>,
}

/// Why a run did not come to its end, or is not what was asked for. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A secret cannot be masked, so that the job's output could not be shown.
    #[error("secret `{}` cannot be masked: it is {}", .0.name, .0.reason)]
    Secret(Rejected),
    /// The name of a secret holds a secret: names stand in the record.
    #[error("the name of a secret holds the value of a secret; give it another name")]
    SecretInName,
    /// The workspace cannot be used.
    #[error("cannot use the workspace {path:?}")]
    Workspace {
        /// The workspace.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A path that the job may read is a way out of the sandbox, or cannot be looked through for one.
    #[error("cannot let the job read {path:?}: {problem}")]
    ReadOnly {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The state of the workspace could not be taken.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The invocation could not be signed.
    #[error("cannot sign the invocation")]
    Sign(#[source] SignError),
    /// The operating system has no randomness to give.
    #[error("cannot draw a nonce from the operating system")]
    Nonce,
    /// The job was not started.
    #[error("the job was not started: failed to {}", chain(.0))]
    Launch(LaunchError),
    /// The job's output could not be followed.
    #[error("cannot follow the job's output")]
    Follow(#[source] std::io::Error),
    /// Somebody else changed the workspace during the run, so that the list of materials is not what the job saw.
    #[error(
        "the workspace changed while the job ran ({}); run again with nobody writing to it",
        summary(.0)
    )]
    WorkspaceChanged(Vec<Change>),
    /// Somebody put something else in the place of the workspace during the run, where outputs would have gone.
    #[error("the workspace {path:?} is no longer the directory that the job was given; no output was kept")]
    WorkspaceReplaced {
        /// The workspace.
        path: PathBuf,
    },
    /// An output was not copied out.
    #[error("no output was kept: failed to {}", chain(.0))]
    Output(OutputError),
    /// The job succeeded and did not make what it was to make.
    #[error("the job ended well but did not make: {}", .0.iter().map(RelativePath::display).collect::<Vec<_>>().join(", "))]
    MissingOutputs(Vec<RelativePath>),
    /// Something of the job is still on disk.
    #[error("something of the job is left: failed to {}", chain(.0))]
    Cleanup(CleanupError),
    /// The run reached a lower tier than was asked for.
    #[error("tier {} was asked for, but these guarantees were not held: {}", .required.as_str(), .missing.join(", "))]
    BelowTier {
        /// What was asked for.
        required: Tier,
        /// The guarantees that were not held.
        missing: Vec<String>,
    },
    /// A secret would have stood in the record.
    #[error("a secret would stand in the record; the record was not written")]
    SecretInRecord,
    /// The record could not be made.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The record could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RunError {
    /// Returns the exit code: a mistake in the request is [`EXIT_USAGE`], anything else [`EXIT_OURS`].
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Secret(_)
            | Self::SecretInName
            | Self::Workspace { .. }
            | Self::ReadOnly { .. }
            | Self::Launch(
                LaunchError::Command { .. }
                | LaunchError::Path { .. }
                | LaunchError::Variable { .. }
                | LaunchError::Limit { .. }
                | LaunchError::Terminal,
            ) => EXIT_USAGE,
            _ => EXIT_OURS,
        }
    }
}

/// Joins an error of the sandbox and its causes. They are phrased as what was tried, and stand in our sentence.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// Names the first few paths of a list.
fn summary(changes: &[Change]) -> String {
    const SHOWN_MAX: usize = 3;
    let mut text: Vec<String> = changes
        .iter()
        .take(SHOWN_MAX)
        .map(|change| RelativePath::new(change.path.clone()).display())
        .collect();
    if let Some(more) = changes.len().checked_sub(SHOWN_MAX).filter(|it| *it > 0) {
        text.push(format!("{more} more"));
    }
    text.join(", ")
}
