//! The run itself, from the state of the workspace to the record.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use brattice_digest::Sha256;
use brattice_sandbox::{
    Finished, Guarantee, GuaranteeState, JobExit, JobSpec, RunningJob, ScratchLimits, launch,
};
use brattice_secret::MaskSet;
use brattice_store::{Root, Snapshot, SnapshotError, WorkspaceIdentity, write_atomic};
use jiff::Timestamp;
use rustix::process::Signal;

use crate::after::After;
use crate::forward::Forwarder;
use crate::pump::{Pumped, Stream, pump};
use crate::record::{
    ExitReason, Hold, RECORD_BYTES_MAX, RUN_FORMAT, RecordError, RunDigest, RunExit, RunInvoker, RunLimit,
    RunLog, RunMaterial, RunRecord, RunWorkspace, Tier, WorkspaceKind,
};
use crate::request::{EXIT_OURS, RunError, RunOutcome, RunRequest};
use crate::{invocation, read_only, seal};

/// The mode of a record: it holds no secret, and others should be able to check it.
const RECORD_MODE: u32 = 0o644;

/// The word for the masking of the job's output, which is done here and not in the sandbox.
const LOG_MASKING: &str = "log-masking";

/// Runs a job and returns what happened. What the job prints goes to `stdout` and `stderr` as it comes,
/// without its secrets.
///
/// The process must have a single thread when this is called. An error means that no job was started, or
/// that nothing can be said about its end; whatever was started is dead and removed.
pub fn run(
    request: &RunRequest,
    stdout: &mut (dyn Write + Send),
    stderr: &mut (dyn Write + Send),
) -> Result<RunOutcome, RunError> {
    let masks = MaskSet::new(&request.secrets);
    if let Some(rejected) = masks.rejected().first() {
        return Err(RunError::Secret(rejected.clone()));
    }
    if request.secrets.iter().any(|(name, _)| masks.occurs_in(name.as_bytes())) {
        return Err(RunError::SecretInName);
    }
    read_only::require_no_socket(&request.read_only)?;
    let workspace = find_workspace(request)?;
    let snapshot = take_snapshot(&workspace, request)?;
    let materials = materials_of(&snapshot, &masks)?;
    let mounts = mounts_of(request, &masks);
    let started = now();
    let signed = sign_invocation(request, &snapshot, started, &masks)?;
    let job = launch(&spec_of(request, &workspace)?).map_err(RunError::Launch)?;
    let Followed { finished, pumped, killed } = follow(job, [stdout, stderr], &masks)?;
    let ended = now();
    let mut after = After::default();
    after.require_unchanged(&snapshot);
    after.collect(request, snapshot.root(), &finished);
    let exit = exit_of(finished.exit(), killed);
    let mut guarantees = finished.guarantees();
    match finished.destroy() {
        Ok(last) => guarantees = last,
        Err(error) => after.fail(RunError::Cleanup(error)),
    }
    let guarantees = guarantees_of(&guarantees);
    after.check_tier(request.tier, &guarantees);
    after.warn_of_log(&pumped);
    let record = RunRecord {
        format: RUN_FORMAT.to_owned(),
        command: seal::command(&request.command, &masks),
        exit,
        invoker: signed.as_ref().map(|it| it.invoker.clone()),
        started,
        ended,
        tier: tier_of(&guarantees),
        guarantees,
        limits: limits_of(request),
        peaks: BTreeMap::new(),
        workspace: workspace_of(snapshot.identity()),
        materials,
        products: after.products_of(&masks),
        packages: Vec::new(),
        egress: Vec::new(),
        log: RunLog { sha256: pumped.sha256, bytes: pumped.bytes, masked: pumped.masked },
        secrets: request.secrets.iter().map(|(name, _)| name.clone()).collect(),
        mounts,
        environment: environment_of(request, &masks),
    };
    conclude(request, record, signed, after, &masks)
}

/// Writes the record and puts the outcome together.
fn conclude(
    request: &RunRequest,
    record: RunRecord,
    signed: Option<Signed>,
    mut after: After,
    masks: &MaskSet,
) -> Result<RunOutcome, RunError> {
    let record_bytes = record.to_bytes()?;
    let document = serde_json::to_value(&record)
        .map_err(|error| RunError::Record(RecordError::Shape(error.to_string())))?;
    if seal::holds_secret(&document, masks) {
        return Err(RunError::SecretInRecord);
    }
    if let Some(path) = &request.record
        && let Err(error) = write_atomic(path, &record_bytes, RECORD_MODE)
    {
        after.fail(RunError::Write(error));
    }
    let own = u8::try_from(record.exit.code).unwrap_or(EXIT_OURS);
    let exit_code = if after.problem.is_some() { EXIT_OURS } else { own };
    Ok(RunOutcome {
        record,
        record_bytes,
        invocation: signed.map(|it| it.bundle),
        exit_code,
        problem: after.problem,
        warnings: after.warnings,
    })
}

fn find_workspace(request: &RunRequest) -> Result<PathBuf, RunError> {
    let refused = |source| RunError::Workspace { path: request.workspace.clone(), source };
    let workspace = fs::canonicalize(&request.workspace).map_err(refused)?;
    if fs::metadata(&workspace).map_err(refused)?.is_dir() {
        Ok(workspace)
    } else {
        Err(refused(ErrorKind::NotADirectory.into()))
    }
}

fn take_snapshot(workspace: &Path, request: &RunRequest) -> Result<Snapshot, RunError> {
    let root = Root::open(workspace).map_err(SnapshotError::Read)?;
    Ok(Snapshot::take(root, request.git.as_ref())?)
}

/// A signed invocation and what the record says about it.
struct Signed {
    bundle: Vec<u8>,
    invoker: RunInvoker,
}

fn sign_invocation(
    request: &RunRequest,
    snapshot: &Snapshot,
    time: Timestamp,
    masks: &MaskSet,
) -> Result<Option<Signed>, RunError> {
    let Some(key) = &request.invocation else { return Ok(None) };
    let mut nonce = invocation::Nonce::default();
    getrandom::fill(&mut nonce).map_err(|_| RunError::Nonce)?;
    let command = seal::command(&request.command, masks);
    let bundle =
        invocation::sign(&key.0, command, snapshot.identity(), time, nonce).map_err(RunError::Sign)?;
    let invoker = RunInvoker {
        key: key.0.public().key_id().to_string(),
        invocation: RunDigest { sha256: Sha256::of(&bundle) },
    };
    Ok(Some(Signed { bundle, invoker }))
}

fn spec_of(request: &RunRequest, workspace: &Path) -> Result<JobSpec, RunError> {
    let stdin = request.stdin.as_ref().map(std::os::fd::OwnedFd::try_clone).transpose();
    Ok(JobSpec {
        working_directory: request.working_directory.clone(),
        outputs: request.outputs.clone(),
        read_only: request.read_only.clone(),
        env: request.env.clone(),
        secrets: request.secrets.clone(),
        search_path: request.search_path.clone(),
        timeout: request.timeout,
        stdin: stdin.map_err(RunError::Follow)?,
        ..JobSpec::new(request.command.clone(), workspace.to_path_buf(), request.state_dir.clone())
    })
}

/// A job that was followed to its end.
struct Followed {
    finished: Finished,
    pumped: Pumped,
    /// Whether it was killed because it was told to end and did not.
    killed: bool,
}

/// Follows the job to its end. From here on there are threads.
fn follow(
    mut job: RunningJob,
    [stdout, stderr]: [&mut (dyn Write + Send); 2],
    masks: &MaskSet,
) -> Result<Followed, RunError> {
    let (Some(out), Some(err)) = (job.take_stdout(), job.take_stderr()) else {
        return Err(RunError::Follow(ErrorKind::BrokenPipe.into()));
    };
    let forwarder = Forwarder::start(job.signaller()).map_err(RunError::Follow)?;
    let streams = [Stream { from: out, to: stdout }, Stream { from: err, to: stderr }];
    std::thread::scope(|scope| {
        let pumping = scope.spawn(move || pump(streams, masks));
        // The thread that launched the job waits for it: its own end would be the job's.
        let finished = job.wait();
        match pumping.join() {
            Ok(pumped) => {
                let pumped = pumped.map_err(RunError::Follow)?;
                Ok(Followed { finished, pumped, killed: forwarder.has_killed() })
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Lists what went in. That the record will be readable is known before the job starts, not after hours of it.
fn materials_of(snapshot: &Snapshot, masks: &MaskSet) -> Result<Vec<RunMaterial>, RunError> {
    /// What a material takes in the record beside its path.
    const MATERIAL_BYTES: usize = 100;
    let materials: Vec<RunMaterial> = snapshot
        .files()
        .iter()
        .map(|file| {
            let (path, path_base64) = seal::path(&file.path, masks);
            RunMaterial { path, path_base64, sha256: file.sha256 }
        })
        .collect();
    let size = |it: &RunMaterial| {
        MATERIAL_BYTES + it.path.len() + it.path_base64.as_ref().map_or(0, |path| path.len() + MATERIAL_BYTES)
    };
    if materials.iter().map(size).sum::<usize>() as u64 > RECORD_BYTES_MAX / 2 {
        return Err(RunError::Record(RecordError::TooLarge { files: materials.len() }));
    }
    Ok(materials)
}

/// Lists what the job may read beside its workspace, where the sandbox mounts it: a link may lead elsewhere
/// later. Looked up before the start; what cannot be looked up is refused there.
fn mounts_of(request: &RunRequest, masks: &MaskSet) -> Vec<String> {
    let canonical = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let paths = request.read_only.iter().map(canonical);
    paths.map(|path| seal::text(path.as_os_str().as_bytes(), masks)).collect()
}

fn environment_of(request: &RunRequest, masks: &MaskSet) -> Vec<String> {
    let names: BTreeSet<_> = request.env.iter().map(|(name, _)| seal::text(name.as_bytes(), masks)).collect();
    names.into_iter().collect()
}

fn workspace_of(identity: &WorkspaceIdentity) -> RunWorkspace {
    let sha256 = identity.sha256();
    match identity {
        WorkspaceIdentity::GitTree { commit, .. } => {
            RunWorkspace { kind: WorkspaceKind::GitTree, sha256, git_commit: Some(commit.to_string()) }
        }
        WorkspaceIdentity::Directory { .. } => {
            RunWorkspace { kind: WorkspaceKind::Directory, sha256, git_commit: None }
        }
    }
}

/// Puts the end of a job in the record's words. A sandbox that we killed cannot tell; its kernel ends every
/// process in it by the same signal.
fn exit_of(exit: JobExit, killed: bool) -> RunExit {
    let exit = match exit {
        JobExit::Lost if killed => JobExit::Signal(Signal::KILL.as_raw()),
        other => other,
    };
    let reason = match exit {
        JobExit::Code(_) => ExitReason::Exited,
        JobExit::Signal(_) => ExitReason::Signal,
        JobExit::Timeout => ExitReason::Timeout,
        JobExit::NotFound => ExitReason::NotFound,
        JobExit::CannotExecute(_) => ExitReason::CannotExecute,
        JobExit::Lost => ExitReason::Lost,
    };
    RunExit { code: exit.code(), reason }
}

/// The sandbox's guarantees and our own. Output that reached us was masked, whatever its reader did.
fn guarantees_of(of_sandbox: &BTreeMap<Guarantee, GuaranteeState>) -> BTreeMap<String, Hold> {
    let word = |state: &GuaranteeState| match state {
        GuaranteeState::Held => Hold::Held,
        GuaranteeState::Approximate => Hold::Approximate,
        GuaranteeState::Missing => Hold::Missing,
    };
    let mut guarantees: BTreeMap<String, Hold> =
        of_sandbox.iter().map(|(name, state)| (name.to_string(), word(state))).collect();
    guarantees.insert(LOG_MASKING.to_owned(), Hold::Held);
    guarantees
}

pub(crate) fn tier_of(guarantees: &BTreeMap<String, Hold>) -> Tier {
    if guarantees.values().all(|hold| *hold == Hold::Held) { Tier::A } else { Tier::B }
}

/// What bounds the job. What nothing enforces is `missing`: without control groups nobody counts a job's
/// memory and processes, and what it writes to its workspace goes to the disk of the state directory.
fn limits_of(request: &RunRequest) -> BTreeMap<String, RunLimit> {
    let scratch = ScratchLimits::STANDARD;
    let time = request.timeout.map(milliseconds);
    [
        ("memory", Hold::Missing, None),
        ("pids", Hold::Missing, None),
        ("disk", Hold::Missing, None),
        ("inodes", Hold::Missing, None),
        ("scratch-bytes", Hold::Held, Some(scratch.bytes_max)),
        ("scratch-inodes", Hold::Held, Some(scratch.entries_max)),
        ("time", if time.is_some() { Hold::Held } else { Hold::Missing }, time),
    ]
    .into_iter()
    .map(|(name, state, limit)| (name.to_owned(), RunLimit { state, limit }))
    .collect()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the record says when a job ran, and this is where it runs")]
fn now() -> Timestamp {
    Timestamp::now()
}
