//! The system calls that have no checked wrapper elsewhere. All unsafe code of the crate is here.
//!
//! What it is not: policy. Each function does one thing and tells the kernel's answer.

mod filter;

pub(crate) use filter::install_filter;

use std::ffi::{CStr, CString};
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

/// Which side of a clone this is.
pub(crate) enum Cloned {
    /// The caller; the descriptor refers to the new process.
    Parent { pidfd: OwnedFd, pid: i32 },
    /// The new process.
    Child,
}

/// The namespaces that a sandbox has of its own.
pub(crate) const NAMESPACES: u64 = (libc::CLONE_NEWUSER
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWCGROUP) as u64;

/// Clones this process as `fork` does, into the given new namespaces.
///
/// The caller must have one thread: in the child, locks of other threads would be held for ever.
pub(crate) fn clone_process(namespaces: u64) -> io::Result<Cloned> {
    let mut pidfd: libc::c_int = -1;
    // SAFETY: `clone_args` is plain data for which zero means "unset".
    let mut arguments: libc::clone_args = unsafe { mem::zeroed() };
    arguments.flags = namespaces | libc::CLONE_PIDFD as u64;
    arguments.pidfd = ptr::from_mut(&mut pidfd).expose_provenance() as u64;
    arguments.exit_signal = libc::SIGCHLD as u64;
    // SAFETY: without CLONE_VM the child gets a copy of the address space and returns here like a `fork`;
    // the argument structure lives across the call and its size is passed along.
    let pid = unsafe {
        libc::syscall(libc::SYS_clone3, ptr::from_mut(&mut arguments), mem::size_of::<libc::clone_args>())
    };
    match pid {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Cloned::Child),
        pid => {
            let pid = libc::pid_t::try_from(pid).map_err(|_| io::Error::from_raw_os_error(libc::ERANGE))?;
            // SAFETY: the kernel stored a fresh descriptor that nobody else owns.
            let pidfd = unsafe { OwnedFd::from_raw_fd(pidfd) };
            Ok(Cloned::Parent { pidfd, pid })
        }
    }
}

/// Ends this process at once, without running destructors that belong to the launcher.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions and does not return.
    unsafe { libc::_exit(code) }
}

/// Sets attributes (`MOUNT_ATTR_*`) of the mount that `mount` refers to, and makes it private.
pub(crate) fn set_mount_attributes(
    mount: BorrowedFd<'_>,
    attributes: u64,
    recursive: bool,
) -> io::Result<()> {
    let change =
        libc::mount_attr { attr_set: attributes, attr_clr: 0, propagation: libc::MS_PRIVATE, userns_fd: 0 };
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is a NUL-terminated literal, and the structure lives across the call with its size.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            ptr::from_ref(&change),
            mem::size_of::<libc::mount_attr>(),
        )
    };
    checked(answer)
}

/// Joins a new, anonymous session keyring.
pub(crate) fn join_new_session_keyring() -> io::Result<()> {
    // SAFETY: the operation takes a name or null; null makes an anonymous keyring.
    let answer = unsafe {
        libc::syscall(libc::SYS_keyctl, libc::KEYCTL_JOIN_SESSION_KEYRING, ptr::null::<libc::c_char>())
    };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Marks every descriptor above standard error to be closed when a program is executed.
pub(crate) fn close_descriptors_on_exec() -> io::Result<()> {
    // SAFETY: the call changes a flag of descriptors and touches no memory.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    checked(answer)
}

/// `IFF_UP | IFF_RUNNING` of netdevice(7), in the width of the request's field.
const UP: libc::c_short = 0x41;

/// Brings the loopback device of this network namespace up.
pub(crate) fn bring_loopback_up(socket: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: `ifreq` is plain data for which zero is valid.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (slot, byte) in request.ifr_name.iter_mut().zip(b"lo") {
        *slot = libc::c_char::from_ne_bytes([*byte]);
    }
    request.ifr_ifru.ifru_flags = UP;
    // SAFETY: the request names a device and carries flags, as this operation expects.
    let answer =
        unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, ptr::from_mut(&mut request)) };
    checked(answer.into())
}

/// Blocks every signal that can be blocked, and returns a descriptor from which they are read.
pub(crate) fn signals_as_descriptor() -> io::Result<OwnedFd> {
    // SAFETY: the set is initialised by `sigfillset` before its use, and lives across all calls.
    let descriptor = unsafe {
        let mut set: libc::sigset_t = mem::zeroed();
        libc::sigfillset(&raw mut set);
        if libc::sigprocmask(libc::SIG_SETMASK, &raw const set, ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK)
    };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel returned a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Size of one record that a signal descriptor gives.
pub(crate) const SIGNAL_RECORD_BYTES: usize = mem::size_of::<libc::signalfd_siginfo>();

/// Returns the signal's number and its sender's process number from a record (signalfd(2)).
pub(crate) fn signal_and_sender(record: &[u8; SIGNAL_RECORD_BYTES]) -> (i32, u32) {
    let number = |offset| {
        let bytes: Option<&[u8; 4]> = record.get(offset..).and_then(|it| it.first_chunk());
        bytes.map_or(0, |it| u32::from_ne_bytes(*it))
    };
    let signal = number(mem::offset_of!(libc::signalfd_siginfo, ssi_signo));
    let sender = number(mem::offset_of!(libc::signalfd_siginfo, ssi_pid));
    (signal.cast_signed(), sender)
}

/// Gives every signal its default effect and unblocks all.
pub(crate) fn reset_signals() {
    // SAFETY: SIG_DFL is valid for every signal; numbers that may not be changed are refused without effect.
    // The set is initialised by `sigemptyset` before its use.
    unsafe {
        for signal in 1..=64 {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut set: libc::sigset_t = mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const set, ptr::null_mut());
    }
}

/// Makes `source` the descriptor `target` (0, 1 or 2), which stays open when a program is executed.
pub(crate) fn install_standard_stream(source: BorrowedFd<'_>, target: i32) -> io::Result<()> {
    debug_assert!((0..=2).contains(&target));
    // SAFETY: the standard descriptors of a process that is about to execute a program are owned by no value.
    let answer = unsafe { libc::dup2(source.as_raw_fd(), target) };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Executes a program. Returns only if that failed.
pub(crate) fn execute(program: &CStr, arguments: &[CString], environment: &[Vec<u8>]) -> io::Error {
    let argument_pointers = terminated(arguments.iter().map(|it| it.as_ptr()));
    debug_assert!(environment.iter().all(|it| it.last() == Some(&0)));
    let environment_pointers = terminated(environment.iter().map(|it| it.as_ptr().cast()));
    // SAFETY: both lists end with null, and every string in them ends with NUL and outlives the call.
    unsafe {
        libc::execve(program.as_ptr(), argument_pointers.as_ptr(), environment_pointers.as_ptr());
    }
    io::Error::last_os_error()
}

fn terminated(pointers: impl Iterator<Item = *const libc::c_char>) -> Vec<*const libc::c_char> {
    pointers.chain([ptr::null()]).collect()
}

/// Where the kernel keeps the strings of this process's command line and environment.
pub(crate) struct ProcessStrings {
    /// Address range of the command line.
    pub(crate) arguments: (usize, usize),
    /// Address range of the environment.
    pub(crate) environment: (usize, usize),
}

/// Overwrites the strings from which `/proc/PID/cmdline` and `/proc/PID/environ` are read.
///
/// The ranges must come from this process's own `/proc/self/stat`, and nothing may read the environment or
/// the arguments afterwards: the process must end without returning to the launcher's code.
pub(crate) fn erase_process_strings(strings: &ProcessStrings) {
    for (start, end) in [strings.arguments, strings.environment] {
        if let Some(length) = end.checked_sub(start)
            && start != 0
        {
            // SAFETY: the kernel laid these bytes out, writable, on the initial stack; this is a private
            // copy of a single-threaded process. Zeroed strings stay valid (empty) strings.
            unsafe { ptr::write_bytes(ptr::with_exposed_provenance_mut::<u8>(start), 0, length) };
        }
    }
}

/// Kills every process that this one may signal but itself. The caller is the first process of a process
/// namespace, so that those are the sandbox's and no other.
pub(crate) fn kill_all_others() -> io::Result<()> {
    if std::process::id() != 1 {
        return Err(io::Error::from_raw_os_error(libc::EPERM));
    }
    // SAFETY: the call touches no memory, and the check above confines it to the sandbox.
    checked(unsafe { libc::kill(-1, libc::SIGKILL) }.into())
}

fn checked(answer: libc::c_long) -> io::Result<()> {
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
