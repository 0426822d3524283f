//! What a caller asks for: the job, what it may see, and what comes out.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use brattice_finding::RelativePath;
use brattice_redact::Secret;

/// Bytes that all temporary places of a job (`/tmp`, `/home`, `/run`, `/var/tmp`, `/dev/shm`) share by
/// default: they live in memory, so that a job must not fill the machine.
pub const SCRATCH_BYTES_MAX: u64 = 2 << 30;

/// Files that all temporary places of a job share by default: enough for a large virtual environment, far
/// below what exhausts the kernel's memory for inodes.
pub const SCRATCH_ENTRIES_MAX: u64 = 400_000;

/// Bytes that one job may hand out by default: a large model, not a full disk.
pub const OUTPUT_BYTES_MAX: u64 = 64 << 30;

/// Files and directories that one job may hand out by default.
pub const OUTPUT_ENTRIES_MAX: u64 = 200_000;

/// How long a job that was told to end may take before it is killed.
pub const GRACE_DEFAULT: Duration = Duration::from_secs(5);

/// What happens to a job's writes beneath its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceMode {
    /// Writes go to an overlay that is thrown away; only declared outputs survive.
    Discard,
    /// Writes are refused.
    ReadOnly,
}

/// The bounds of what a job may write in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScratchLimits {
    /// Bytes, for all temporary places together.
    pub bytes_max: u64,
    /// Files and directories, for all temporary places together.
    pub entries_max: u64,
}

impl ScratchLimits {
    /// The limits that hold where nobody asked for others.
    pub const STANDARD: Self = Self { bytes_max: SCRATCH_BYTES_MAX, entries_max: SCRATCH_ENTRIES_MAX };
}

/// The bounds of what a job may hand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputLimits {
    /// Bytes of all files together.
    pub bytes_max: u64,
    /// Files and directories together.
    pub entries_max: u64,
}

impl OutputLimits {
    /// The limits that hold where nobody asked for others.
    pub const STANDARD: Self = Self { bytes_max: OUTPUT_BYTES_MAX, entries_max: OUTPUT_ENTRIES_MAX };
}

/// One job: what runs, what it may see, and what comes out.
///
/// Paths are absolute. Everything that is not named here is absent inside.
#[derive(Debug)]
pub struct JobSpec {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The directory that the job works in; it keeps its (canonical) path inside.
    pub workspace: PathBuf,
    /// What happens to writes beneath the workspace.
    pub workspace_mode: WorkspaceMode,
    /// The directory to start in, relative to the workspace; `None` is the workspace itself.
    pub working_directory: Option<RelativePath>,
    /// Files and directories beneath the workspace that [`crate::Finished::collect_outputs`] copies out.
    pub outputs: Vec<RelativePath>,
    /// Further files and directories that the job may read, at their canonical paths. A socket cannot be
    /// named; one that lies in a directory named here can be connected to.
    pub read_only: Vec<PathBuf>,
    /// Environment variables beside those that the sandbox sets (`PATH`, `HOME`, `LANG`, `TMPDIR`,
    /// `BRATTICE_OUT`), which they replace.
    pub env: Vec<(OsString, OsString)>,
    /// Secrets: each is an environment variable of the job and a file `/run/secrets/NAME`.
    pub secrets: Vec<(String, Secret)>,
    /// The caller's `PATH`. System directories are kept, interpreters elsewhere are found and mounted
    /// read-only, and the rest is dropped.
    pub search_path: Vec<PathBuf>,
    /// Further prefixes of tools (`PREFIX/bin` is put in front of the path), mounted read-only.
    pub toolchain: Vec<PathBuf>,
    /// The host name inside.
    pub hostname: String,
    /// How long the job may run.
    pub timeout: Option<Duration>,
    /// How long the job may take to end after it was told to, before it is killed.
    pub grace: Duration,
    /// The bounds of what it may write in memory.
    pub scratch: ScratchLimits,
    /// The bounds of what it may hand out.
    pub output_limits: OutputLimits,
    /// What the job reads as standard input; `None` is empty. A terminal is refused.
    pub stdin: Option<OwnedFd>,
    /// A directory of the caller's for what a running job needs on disk; made with mode 0700 if it is
    /// missing. It must not lie beneath the workspace.
    pub state_dir: PathBuf,
}

impl JobSpec {
    /// Makes a job with nothing but a command and a workspace: no outputs, no secrets, no time limit.
    pub fn new(command: Vec<OsString>, workspace: PathBuf, state_dir: PathBuf) -> Self {
        Self {
            command,
            workspace,
            workspace_mode: WorkspaceMode::Discard,
            working_directory: None,
            outputs: Vec::new(),
            read_only: Vec::new(),
            env: Vec::new(),
            secrets: Vec::new(),
            search_path: Vec::new(),
            toolchain: Vec::new(),
            hostname: "brattice".to_owned(),
            timeout: None,
            grace: GRACE_DEFAULT,
            scratch: ScratchLimits::STANDARD,
            output_limits: OutputLimits::STANDARD,
            stdin: None,
            state_dir,
        }
    }
}
