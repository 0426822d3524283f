//! The words for what a run kept apart, and for how a job ended.

use std::fmt;

/// A kind of isolation that this version of the sandbox provides.
///
/// The masking of logs belongs to whoever reads the pipes, and a full filter of system calls is not part of
/// this version; neither is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guarantee {
    /// The job sees only what was named, and can change nothing of it.
    Filesystem,
    /// The job sees and signals only its own processes.
    Processes,
    /// The job has a network of its own with nothing in it but the loopback device.
    Network,
    /// Shared memory, message queues and abstract sockets of the host are out of reach.
    Ipc,
    /// The job has a session keyring of its own, an empty home, and no agent or token of the caller's.
    Credentials,
    /// The job's environment holds only what was named.
    Environment,
    /// Only standard input, output and error are open.
    Descriptors,
    /// The job has no capability and cannot gain one, not even in a new user namespace.
    Privileges,
    /// Nothing is left: no process, no mount, no directory.
    Cleanup,
}

impl Guarantee {
    /// Every guarantee, in the order of a report.
    pub const ALL: [Self; 9] = [
        Self::Filesystem,
        Self::Processes,
        Self::Network,
        Self::Ipc,
        Self::Credentials,
        Self::Environment,
        Self::Descriptors,
        Self::Privileges,
        Self::Cleanup,
    ];

    /// Returns the one spelling of this word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Filesystem => "filesystem",
            Self::Processes => "processes",
            Self::Network => "network",
            Self::Ipc => "ipc",
            Self::Credentials => "credentials",
            Self::Environment => "environment",
            Self::Descriptors => "descriptors",
            Self::Privileges => "privileges",
            Self::Cleanup => "cleanup",
        }
    }
}

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How far a guarantee went in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuaranteeState {
    /// It was checked and held.
    Held,
    /// It held in part, or its end was not seen yet.
    Approximate,
    /// It did not hold.
    Missing,
}

impl GuaranteeState {
    /// Returns the one spelling of this word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Approximate => "approximate",
            Self::Missing => "missing",
        }
    }
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobExit {
    /// It returned this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// It outlived its time limit and was ended.
    Timeout,
    /// There is no such program inside.
    NotFound,
    /// The program exists inside but cannot be executed; the error number says why.
    CannotExecute(i32),
    /// The sandbox itself was killed or failed before the job's end was known.
    Lost,
}

impl JobExit {
    /// Returns the exit code that tells this end: the job's own, 128 + signal, 124 timeout, 127 not found,
    /// 126 not executable, 125 anything of ours.
    pub const fn code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
            Self::Timeout => 124,
            Self::NotFound => 127,
            Self::CannotExecute(_) => 126,
            Self::Lost => 125,
        }
    }
}
