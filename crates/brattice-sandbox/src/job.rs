//! Starts a job and follows it to its end.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, open};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};

use crate::command::Streams;
use crate::init::{self, Start};
use crate::message::{self, Facts, Message};
use crate::mounts::Places;
use crate::outputs::{CollectedOutputs, Source, collect};
use crate::plan::Plan;
use crate::run_directory::RunDirectory;
use crate::step::{InStep, Step};
use crate::{CleanupError, Guarantee, GuaranteeState, JobExit, JobSpec, LaunchError, OutputError, sys};

/// Starts a job in a fresh sandbox.
///
/// The calling process must have one thread, and the calling thread must live as long as the job: its end
/// is the job's end, as is the process's. Once this has returned, further threads may be started.
pub fn launch(spec: &JobSpec) -> Result<RunningJob, LaunchError> {
    // What an earlier death left is removed even if this job turns out to be refused later.
    let plan = Plan::new(spec)?;
    check_single_thread()?;
    let run = RunDirectory::create(&spec.state_dir)?;
    let channels = Channels::new(spec).map_err(setup_error)?;
    let Channels { launcher, inner, stdout, stderr, streams } = channels;
    let pidfd = match sys::clone_process(sys::NAMESPACES).step(Step::Namespaces).map_err(setup_error)? {
        sys::Cloned::Child => {
            drop((launcher, stdout, stderr));
            init::run(Start { plan: &plan, spec, run: run.path(), launcher: inner, streams })
        }
        sys::Cloned::Parent { pidfd, .. } => pidfd,
    };
    drop((inner, streams));
    let mut sandbox = Sandbox { pidfd: Arc::new(pidfd), ended: false };
    let first = message::receive(&launcher).step(Step::Channels).map_err(setup_error)?;
    match first {
        Some((Message::Ready(facts), descriptors)) => {
            let Ok([workspace, out]) = <[OwnedFd; 2]>::try_from(descriptors) else {
                return Err(LaunchError::Silent);
            };
            Ok(RunningJob {
                sandbox,
                launcher,
                stdout: Some(File::from(stdout)),
                stderr: Some(File::from(stderr)),
                facts,
                places: Places { workspace, out },
                run,
                spec: OutputSpec::new(spec),
            })
        }
        Some((Message::Failed(failure), _)) => {
            sandbox.end();
            Err(setup_error(failure))
        }
        Some((Message::Ended(_), _)) | None => Err(LaunchError::Silent),
    }
}

fn setup_error(failure: crate::step::Failure) -> LaunchError {
    LaunchError::Setup {
        step: failure.step,
        detail: Some(failure.detail).filter(|it| !it.is_empty()),
        source: std::io::Error::from_raw_os_error(failure.errno),
    }
}

pub(crate) fn check_single_thread() -> Result<(), LaunchError> {
    let count = fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    if count == 1 { Ok(()) } else { Err(LaunchError::Threads { count }) }
}

/// The pipes and the socket between launcher and sandbox.
struct Channels {
    launcher: OwnedFd,
    inner: OwnedFd,
    stdout: OwnedFd,
    stderr: OwnedFd,
    streams: Streams,
}

impl Channels {
    fn new(spec: &JobSpec) -> Result<Self, crate::step::Failure> {
        let (launcher, inner) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .step(Step::Channels)?;
        // Pipes, not files: through a file a job could read and shorten what was logged before.
        let (stdout, stdout_inner) = pipe_with(PipeFlags::CLOEXEC).step(Step::Channels)?;
        let (stderr, stderr_inner) = pipe_with(PipeFlags::CLOEXEC).step(Step::Channels)?;
        let stdin = match &spec.stdin {
            Some(given) => given.try_clone().step(Step::Channels)?,
            None => {
                open("/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).step(Step::Channels)?
            }
        };
        let streams = Streams { stdin, stdout: stdout_inner, stderr: stderr_inner };
        Ok(Self { launcher, inner, stdout, stderr, streams })
    }
}

/// The first process of a sandbox, seen from outside. Dropping it ends the sandbox.
#[derive(Debug)]
struct Sandbox {
    pidfd: Arc<OwnedFd>,
    ended: bool,
}

impl Sandbox {
    /// Waits until the first process is gone; the kernel has then ended every other.
    fn wait(&mut self) {
        while !self.ended {
            match waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED) {
                Err(rustix::io::Errno::INTR) => {}
                // Gone, or reaped by somebody else's `wait`.
                Ok(_) | Err(_) => self.ended = true,
            }
        }
    }

    fn end(&mut self) {
        if !self.ended {
            // Fails only if it is gone already.
            let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
            self.wait();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
    }
}

/// What the outputs need to know of the specification.
#[derive(Debug)]
struct OutputSpec {
    outputs: Vec<brattice_finding::RelativePath>,
    limits: crate::OutputLimits,
}

impl OutputSpec {
    fn new(spec: &JobSpec) -> Self {
        Self { outputs: spec.outputs.clone(), limits: spec.output_limits }
    }
}

/// A running job. Dropping it kills the job and removes what it left.
#[derive(Debug)]
pub struct RunningJob {
    // Order matters on drop: first the processes, then the mounts that these descriptors hold, then the
    // directory beneath them.
    sandbox: Sandbox,
    launcher: OwnedFd,
    stdout: Option<File>,
    stderr: Option<File>,
    facts: Facts,
    places: Places,
    run: RunDirectory,
    spec: OutputSpec,
}

impl RunningJob {
    /// Hands out the end of the pipe that the job's standard output goes to; `None` the second time.
    ///
    /// The pipe ends when every process of the job has ended. A job whose pipe is not drained stops when
    /// the pipe is full.
    pub fn take_stdout(&mut self) -> Option<File> {
        self.stdout.take()
    }

    /// Hands out the end of the pipe that the job's standard error goes to; `None` the second time.
    pub fn take_stderr(&mut self) -> Option<File> {
        self.stderr.take()
    }

    /// Returns a handle that passes signals on to the job, for use while [`RunningJob::wait`] blocks.
    pub fn signaller(&self) -> JobSignaller {
        JobSignaller { pidfd: Arc::clone(&self.sandbox.pidfd) }
    }

    /// Waits for the job's end. On return every process of the sandbox is gone.
    pub fn wait(mut self) -> Finished {
        let mut exit = JobExit::Lost;
        while let Ok(Some((message, _))) = message::receive(&self.launcher) {
            if let Message::Ended(told) = message {
                exit = told;
            }
        }
        self.sandbox.wait();
        let Self { facts, places, run, spec, .. } = self;
        Finished { exit, facts, places, run, spec }
    }
}

/// Passes signals on to a job. Can be sent to another thread, and outlives the job harmlessly.
#[derive(Debug, Clone)]
pub struct JobSignaller {
    pidfd: Arc<OwnedFd>,
}

/// A signal that a launcher may pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobSignal {
    /// `SIGINT`, to the job's process group.
    Interrupt,
    /// `SIGTERM`, to the job's process group.
    Terminate,
    /// `SIGHUP`, to the job's process group.
    HangUp,
    /// `SIGQUIT`, to the job's process group.
    Quit,
    /// Ends the whole sandbox at once; the job's end is then [`JobExit::Lost`].
    Kill,
}

impl JobSignaller {
    /// Passes a signal on; does nothing if the job has ended.
    pub fn signal(&self, signal: JobSignal) {
        let signal = match signal {
            JobSignal::Interrupt => Signal::INT,
            JobSignal::Terminate => Signal::TERM,
            JobSignal::HangUp => Signal::HUP,
            JobSignal::Quit => Signal::QUIT,
            JobSignal::Kill => Signal::KILL,
        };
        // The only error is that the process is gone.
        let _ = pidfd_send_signal(&self.pidfd, signal);
    }
}

/// A job that has ended; its outputs wait to be copied out. Dropping it removes what the job left.
#[derive(Debug)]
pub struct Finished {
    exit: JobExit,
    facts: Facts,
    // Before the directory beneath them.
    places: Places,
    run: RunDirectory,
    spec: OutputSpec,
}

impl Finished {
    /// Returns how the job ended.
    pub fn exit(&self) -> JobExit {
        self.exit
    }

    /// Returns what was kept apart. [`Guarantee::Cleanup`] is approximate until [`Finished::destroy`].
    pub fn guarantees(&self) -> BTreeMap<Guarantee, GuaranteeState> {
        let state = |guarantee| match guarantee {
            Guarantee::Cleanup => GuaranteeState::Approximate,
            _ if self.facts.holds(guarantee) => GuaranteeState::Held,
            _ => GuaranteeState::Missing,
        };
        Guarantee::ALL.into_iter().map(|it| (it, state(it))).collect()
    }

    /// Copies the declared outputs to the same paths beneath `destination` (which may be the workspace).
    ///
    /// Everything is looked at before anything is written, no symbolic link is followed on either side, and
    /// each file appears under its name at once and whole.
    pub fn collect_outputs(&self, destination: &Path) -> Result<CollectedOutputs, OutputError> {
        let source = Source { root: self.places.workspace.as_fd(), paths: &self.spec.outputs };
        collect(&source, self.spec.limits, destination)
    }

    /// Copies the content of the job's `$BRATTICE_OUT` to `destination`, by the same rules.
    pub fn collect_out_directory(&self, destination: &Path) -> Result<CollectedOutputs, OutputError> {
        let whole = [brattice_finding::RelativePath::from(".")];
        let source = Source { root: self.places.out.as_fd(), paths: &whole };
        collect(&source, self.spec.limits, destination)
    }

    /// Removes the job's mounts and directories, and returns the guarantees with the cleanup's final state.
    pub fn destroy(self) -> Result<BTreeMap<Guarantee, GuaranteeState>, CleanupError> {
        let mut guarantees = self.guarantees();
        let Self { places, run, .. } = self;
        drop(places);
        run.remove()?;
        guarantees.insert(Guarantee::Cleanup, GuaranteeState::Held);
        Ok(guarantees)
    }
}
