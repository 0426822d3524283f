//! The first process of a sandbox: sets it up, starts the job, reaps, forwards signals, ends everything.
//!
//! It is a copy of the launcher, not a program of its own: nothing of a job reaches a command line. It hides
//! itself (no process inside can read its memory), and its command line and environment are overwritten.

use std::fs;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::Mode;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};
use rustix::process::{
    DumpableBehavior, Pid, Signal, WaitOptions, kill_process_group, set_dumpable_behavior,
    set_parent_process_death_signal, setsid, umask, wait,
};

use crate::command::{self, Streams};
use crate::message::{self, Facts, Message};
use crate::plan::{NAMESPACE_NAMES, Plan, namespaces};
use crate::step::{Failure, InStep, Step, errno_of};
use crate::{Guarantee, JobExit, JobSpec, mounts, sys};

/// What the launcher hands to the first process.
pub(crate) struct Start<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) spec: &'a JobSpec,
    pub(crate) run: &'a Path,
    /// The socket to the launcher. Its end means that the launcher is gone.
    pub(crate) launcher: OwnedFd,
    pub(crate) streams: Streams,
}

/// Runs the sandbox to its end.
pub(crate) fn run(start: Start<'_>) -> ! {
    // Unwinding into the launcher's code would run it twice.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run_contained(start)));
    sys::exit_now(if result.is_ok() { 0 } else { 70 })
}

fn run_contained(start: Start<'_>) {
    let Start { plan, spec, run, launcher, streams } = start;
    let mut job = match set_up(plan, spec, run, &launcher, streams) {
        Ok(job) => job,
        Err(failure) => {
            // The launcher is gone if this fails, and then so are we.
            let _ = message::send(launcher.as_fd(), &Message::Failed(failure), &[]);
            return;
        }
    };
    let exit = job.supervise(&launcher);
    end_everything();
    let _ = message::send(launcher.as_fd(), &Message::Ended(exit), &[]);
}

fn set_up(
    plan: &Plan,
    spec: &JobSpec,
    run: &Path,
    launcher: &OwnedFd,
    streams: Streams,
) -> Result<Job, Failure> {
    map_identity(plan)?;
    // The modes of what is made here are meant; the launcher's mask is not the job's.
    umask(Mode::from_raw_mode(0o022));
    set_parent_process_death_signal(Some(Signal::KILL)).step(Step::Lifeline)?;
    // What a person types at the launcher's terminal is for the launcher to pass on, once.
    setsid().step(Step::Session)?;
    let signals = sys::signals_as_descriptor().step(Step::Session)?;
    rustix::system::sethostname(spec.hostname.as_bytes()).step(Step::HostName)?;
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)
        .step(Step::Loopback)?;
    sys::bring_loopback_up(socket.as_fd()).step(Step::Loopback)?;
    drop(socket);
    let places = mounts::enter(plan, spec, run)?;
    hide()?;
    let mut facts = verify(plan)?;
    let (report, job_report) =
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).step(Step::Channels)?;
    let (pidfd, pid) = match sys::clone_process(0).step(Step::Fork)? {
        sys::Cloned::Child => command::run(plan, spec, &streams, fs::File::from(job_report)),
        sys::Cloned::Parent { pidfd, pid } => (pidfd, pid),
    };
    let time_is_up = time_is_up_at(spec);
    drop((streams, job_report));
    let outcome = command::Outcome::read(fs::File::from(report))?;
    facts = facts.union(outcome.facts);
    let descriptors = [places.workspace.as_fd(), places.out.as_fd()];
    message::send(launcher.as_fd(), &Message::Ready(facts), &descriptors).step(Step::Channels)?;
    drop(places);
    Ok(Job { _pidfd: pidfd, pid, signals, time_is_up, grace: spec.grace, refused: outcome.refused })
}

/// Maps the caller's user and group to themselves: files keep the owner that they have, and programs that
/// compare it (git) see no change.
fn map_identity(plan: &Plan) -> Result<(), Failure> {
    let (uid, gid) = (plan.uid, plan.gid);
    for (file, text) in [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("{uid} {uid} 1")),
        ("/proc/self/gid_map", format!("{gid} {gid} 1")),
    ] {
        fs::write(file, text).step_about(Step::IdentityMap, Path::new(file))?;
    }
    Ok(())
}

/// Hides this process's memory, and overwrites the launcher's command line and environment in it.
fn hide() -> Result<(), Failure> {
    let strings = process_strings().step(Step::Hide)?;
    sys::erase_process_strings(&strings);
    set_dumpable_behavior(DumpableBehavior::NotDumpable).step(Step::Hide)?;
    // Changing what is dumpable may have dropped it.
    set_parent_process_death_signal(Some(Signal::KILL)).step(Step::Lifeline)
}

/// Reads fields 48 to 51 of `/proc/self/stat` (proc(5)): where arguments and environment lie.
fn process_strings() -> io::Result<sys::ProcessStrings> {
    let mut text = String::new();
    fs::File::open("/proc/self/stat")?.take(4096).read_to_string(&mut text)?;
    // The name in field 2 may hold anything but ends at the last parenthesis.
    let fields: Vec<usize> = text
        .rsplit_once(')')
        .map(|it| it.1)
        .unwrap_or_default()
        .split_ascii_whitespace()
        .skip(45)
        .filter_map(|it| it.parse().ok())
        .collect();
    match fields[..] {
        [arguments_start, arguments_end, environment_start, environment_end, ..] if arguments_start != 0 => {
            Ok(sys::ProcessStrings {
                arguments: (arguments_start, arguments_end),
                environment: (environment_start, environment_end),
            })
        }
        _ => Err(io::Error::from_raw_os_error(libc::ENODATA)),
    }
}

/// Looks at what was set up from within, and returns what was seen to hold.
fn verify(plan: &Plan) -> Result<Facts, Failure> {
    let fail = |what: &str| Failure { step: Step::Verify, errno: libc::EPERM, detail: what.to_owned() };
    for ((name, before), after) in NAMESPACE_NAMES.iter().zip(&plan.namespaces).zip(namespaces()) {
        if after.as_os_str().is_empty() || *before == after {
            return Err(fail(&format!("{name} namespace")));
        }
    }
    let mut facts = Facts::default();
    if !mounts::root_is_sealed() {
        return Err(fail("root"));
    }
    facts.add(Guarantee::Filesystem);
    let first = std::process::id() == 1 && fs::read_link("/proc/self").is_ok_and(|it| it == Path::new("1"));
    if !first {
        return Err(fail("process table"));
    }
    facts.add(Guarantee::Processes);
    facts.add(Guarantee::Ipc);
    if interfaces().step(Step::Verify)? != ["lo"] {
        return Err(fail("network interfaces"));
    }
    facts.add(Guarantee::Network);
    Ok(facts)
}

fn interfaces() -> io::Result<Vec<String>> {
    let mut text = String::new();
    fs::File::open("/proc/self/net/dev")?.take(64 << 10).read_to_string(&mut text)?;
    let names = text.lines().skip(2).filter_map(|it| it.split_once(':'));
    Ok(names.map(|it| it.0.trim().to_owned()).collect())
}

fn time_is_up_at(spec: &JobSpec) -> Option<Instant> {
    spec.timeout.and_then(|it| now().checked_add(it))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a time limit must be kept by the process that no job can stop"
)]
fn now() -> Instant {
    Instant::now()
}

/// The running job, as its init sees it.
struct Job {
    _pidfd: OwnedFd,
    pid: i32,
    signals: OwnedFd,
    /// When its time is up.
    time_is_up: Option<Instant>,
    grace: Duration,
    /// The end of a job whose program could not be executed.
    refused: Option<JobExit>,
}

/// How far the end of a job was hastened.
#[derive(PartialEq)]
enum Deadline {
    Running,
    Ending,
    Killed,
}

impl Job {
    /// Waits for the job's end, forwards signals, reaps orphans, and keeps the time limit.
    fn supervise(&mut self, launcher: &OwnedFd) -> JobExit {
        let mut stage = Deadline::Running;
        let mut deadline = self.time_is_up;
        loop {
            if let Some(exit) = self.reap() {
                let exit = self.refused.unwrap_or(exit);
                return if stage == Deadline::Running { exit } else { JobExit::Timeout };
            }
            if deadline.is_some_and(|it| it <= now()) {
                (stage, deadline) = self.hasten(&stage);
            }
            if !self.wait_for_event(launcher, deadline) {
                // The launcher is gone: nobody is left to tell.
                return JobExit::Lost;
            }
        }
    }

    fn hasten(&self, stage: &Deadline) -> (Deadline, Option<Instant>) {
        if *stage == Deadline::Running {
            self.forward(Signal::TERM);
            return (Deadline::Ending, now().checked_add(self.grace));
        }
        let _ = sys::kill_all_others();
        (Deadline::Killed, None)
    }

    /// Sleeps until there is something to do; returns whether the launcher still lives.
    fn wait_for_event(&self, launcher: &OwnedFd, deadline: Option<Instant>) -> bool {
        let timeout = deadline.map(|it| {
            let left = it.saturating_duration_since(now());
            Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            }
        });
        let mut descriptors =
            [PollFd::new(&self.signals, PollFlags::IN), PollFd::new(launcher, PollFlags::IN)];
        if poll(&mut descriptors, timeout.as_ref()).is_err() {
            return true;
        }
        let [signals, launcher] = &descriptors;
        let alive = launcher.revents().is_empty();
        if !signals.revents().is_empty() {
            self.take_signals();
        }
        alive
    }

    fn take_signals(&self) {
        let mut record = [0; sys::SIGNAL_RECORD_BYTES];
        while rustix::io::read(&self.signals, &mut record).is_ok_and(|it| it == record.len()) {
            // The sender's number is 0 if it lies outside of the sandbox: a job does not steer its init.
            let (number, sender) = sys::signal_and_sender(&record);
            if let Some(signal) = FORWARDED.into_iter().find(|it| it.as_raw() == number && sender == 0) {
                self.forward(signal);
            }
        }
    }

    fn forward(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid) {
            // The job may be gone already; then there is nobody to tell.
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Reaps whatever ended; returns the job's end if it was among it.
    fn reap(&self) -> Option<JobExit> {
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if pid.as_raw_nonzero().get() == self.pid {
                let signal = status.terminating_signal().map(JobExit::Signal);
                return Some(signal.or(status.exit_status().map(JobExit::Code)).unwrap_or(JobExit::Lost));
            }
        }
        None
    }
}

/// The signals that reach the job when its launcher passes them on.
const FORWARDED: [Signal; 8] = [
    Signal::TERM,
    Signal::INT,
    Signal::HUP,
    Signal::QUIT,
    Signal::USR1,
    Signal::USR2,
    Signal::CONT,
    Signal::WINCH,
];

/// Kills every process of the sandbox and waits until none is left.
fn end_everything() {
    loop {
        let killed = sys::kill_all_others();
        match wait(WaitOptions::empty()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => {
                // No child is left; the kernel would say so too if a process remained.
                debug_assert!(killed.is_err_and(|it| errno_of(&it) == libc::ESRCH));
                return;
            }
        }
    }
}
