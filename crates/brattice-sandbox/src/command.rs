//! The process that becomes the job: gives up everything, tells what it gave up, and executes the program.

use std::ffi::{CString, OsStr};
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, chdir, setrlimit, setsid};
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    no_new_privs, remove_capability_from_bounding_set, set_capabilities, set_capabilities_secure_bits,
    set_no_new_privs,
};

use crate::message::{Facts, Message};
use crate::plan::Plan;
use crate::step::{Failure, InStep, Step, errno_of};
use crate::{Guarantee, JobExit, JobSpec, sys};

/// The job's standard streams.
pub(crate) struct Streams {
    pub(crate) stdin: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// What the job's process told before it became the job.
pub(crate) struct Outcome {
    /// What it was seen to have given up.
    pub(crate) facts: Facts,
    /// The end of a job whose program could not be executed.
    pub(crate) refused: Option<JobExit>,
}

impl Outcome {
    /// Reads the report: facts first, then nothing if the program was executed. Each packet has its length
    /// in front.
    pub(crate) fn read(mut pipe: fs::File) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).step(Step::Session)?;
        let mut facts = None;
        let mut refused = None;
        let mut rest = bytes.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let length = usize::from(u16::from_le_bytes(*length));
            let (packet, after) = after.split_at_checked(length).unwrap_or((after, &[]));
            rest = after;
            match Message::decode(packet) {
                Some(Message::Ready(told)) => facts = Some(told),
                Some(Message::Ended(exit)) => refused = Some(exit),
                Some(Message::Failed(failure)) => return Err(failure),
                None => break,
            }
        }
        match facts {
            Some(facts) => Ok(Self { facts, refused }),
            None => Err(Failure { step: Step::Fork, errno: libc::ECHILD, detail: String::new() }),
        }
    }
}

/// Becomes the job.
pub(crate) fn run(plan: &Plan, spec: &JobSpec, streams: &Streams, mut report: fs::File) -> ! {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let told = match give_up(plan, streams) {
            Ok(facts) => {
                tell(&mut report, &Message::Ready(facts));
                Message::Ended(execute(plan, spec))
            }
            Err(failure) => Message::Failed(failure),
        };
        tell(&mut report, &told);
    }));
    sys::exit_now(if result.is_ok() { 127 } else { 70 })
}

fn tell(report: &mut fs::File, message: &Message) {
    let packet = message.encode();
    let length = u16::try_from(packet.len()).unwrap_or(u16::MAX);
    // Losing this is seen by the reader as silence, which is a failure there.
    let _ = report.write_all(&[&length.to_le_bytes()[..], &packet].concat());
}

/// Gives up the terminal, keyrings, descriptors and capabilities, and checks that they are gone.
fn give_up(plan: &Plan, streams: &Streams) -> Result<Facts, Failure> {
    let mut facts = Facts::default();
    sys::reset_signals();
    setsid().step(Step::Session)?;
    for (stream, number) in [(&streams.stdin, 0), (&streams.stdout, 1), (&streams.stderr, 2)] {
        sys::install_standard_stream(stream.as_fd(), number).step(Step::Descriptors)?;
    }
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).step(Step::ResourceLimits)?;
    match sys::join_new_session_keyring() {
        Ok(()) => {}
        // A kernel without keyrings has none to share.
        Err(error) if errno_of(&error) == libc::ENOSYS => {}
        Err(error) => return Err(error).step(Step::Keyring),
    }
    facts.add(Guarantee::Credentials);
    chdir(&plan.working_directory).step_about(Step::WorkingDirectory, &plan.working_directory)?;
    drop_capabilities()?;
    set_no_new_privs(true).step(Step::Capabilities)?;
    sys::install_filter().step(Step::Filter)?;
    let sets = capabilities(None).step(Step::Verify)?;
    let none = sets.effective.is_empty() && sets.permitted.is_empty() && sets.inheritable.is_empty();
    if !none || !no_new_privs().step(Step::Verify)? {
        return Err(Failure { step: Step::Verify, errno: libc::EPERM, detail: "capabilities".to_owned() });
    }
    facts.add(Guarantee::Privileges);
    sys::close_descriptors_on_exec().step(Step::Descriptors)?;
    facts.add(Guarantee::Descriptors);
    // The environment that the program gets is made from the specification alone.
    facts.add(Guarantee::Environment);
    Ok(facts)
}

fn drop_capabilities() -> Result<(), Failure> {
    for number in 0..64 {
        match remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << number)) {
            Ok(()) => {}
            // The kernel knows no capability of this number, nor a higher one.
            Err(rustix::io::Errno::INVAL) if number > 0 => break,
            Err(error) => return Err(error).step(Step::Capabilities),
        }
    }
    clear_ambient_capability_set().step(Step::Capabilities)?;
    // For a root user: no capabilities from being root, for ever.
    let bits = CapabilitiesSecureBits::NO_ROOT
        | CapabilitiesSecureBits::NO_ROOT_LOCKED
        | CapabilitiesSecureBits::NO_SETUID_FIXUP
        | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
        | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED;
    set_capabilities_secure_bits(bits).step(Step::Capabilities)?;
    let nothing = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: nothing, permitted: nothing, inheritable: nothing })
        .step(Step::Capabilities)
}

/// Executes the program; returns why that was not possible.
fn execute(plan: &Plan, spec: &JobSpec) -> JobExit {
    let mut environment: Vec<Vec<u8>> =
        plan.environment.iter().map(|(name, value)| entry(name.as_bytes(), value.as_bytes())).collect();
    environment.extend(spec.secrets.iter().map(|(name, value)| entry(name.as_bytes(), value.expose())));
    let Some(program) = plan.command.first() else { return JobExit::NotFound };
    let name = Path::new(OsStr::from_bytes(program.to_bytes()));
    let candidates: Vec<PathBuf> = if name.as_os_str().as_bytes().contains(&b'/') {
        vec![name.to_owned()]
    } else {
        plan.search_path.iter().map(|it| it.join(name)).collect()
    };
    let mut exit = JobExit::NotFound;
    for candidate in candidates {
        let error = execute_one(&candidate, &plan.command, &environment);
        match errno_of(&error) {
            // It exists, so what is missing is the interpreter that it names.
            libc::ENOENT if fs::symlink_metadata(&candidate).is_ok() => {
                exit = JobExit::CannotExecute(libc::ENOENT);
            }
            libc::ENOENT | libc::ENOTDIR => continue,
            libc::EACCES => {
                exit = JobExit::CannotExecute(libc::EACCES);
                continue;
            }
            errno => exit = JobExit::CannotExecute(errno),
        }
        break;
    }
    exit
}

fn execute_one(program: &Path, command: &[CString], environment: &[Vec<u8>]) -> io::Error {
    let Ok(path) = CString::new(program.as_os_str().as_bytes()) else {
        return io::Error::from_raw_os_error(libc::ENOENT);
    };
    let error = sys::execute(&path, command, environment);
    if errno_of(&error) != libc::ENOEXEC {
        return error;
    }
    // A script without an interpreter line is the shell's, as POSIX has it for `execvp`.
    let arguments: Vec<CString> =
        [c"sh".to_owned(), path].into_iter().chain(command.iter().skip(1).cloned()).collect();
    sys::execute(c"/bin/sh", &arguments, environment)
}

fn entry(name: &[u8], value: &[u8]) -> Vec<u8> {
    [name, b"=", value, b"\0"].concat()
}
