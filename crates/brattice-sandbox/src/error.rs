//! What can go wrong, and what to do about it.

use std::io;
use std::path::PathBuf;

use brattice_finding::RelativePath;

use crate::Step;

/// Why no job was started. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The process has more than one thread, so that a clone of it would hold locks that nobody frees.
    #[error("launch from a process with {count} threads: launch before any thread is started")]
    Threads {
        /// How many threads there are.
        count: usize,
    },
    /// The command is empty or holds a NUL byte.
    #[error("read the command: {problem}")]
    Command {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A path of the specification cannot be used.
    #[error("use `{}` as {role}: {problem}", path.display())]
    Path {
        /// What the path was to be: `workspace`, `state directory`, ….
        role: &'static str,
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The name or value of a variable or secret cannot be used. The value is not told.
    #[error("pass `{name}` to the job: {problem}")]
    Variable {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A limit of the specification cannot be used.
    #[error("use the limit {name}: {problem}")]
    Limit {
        /// The name of the limit.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Standard input is a terminal, through which a job could type into the caller's shell.
    #[error("give a terminal to the job as standard input: pass a pipe or a file instead")]
    Terminal,
    /// The state directory cannot be used.
    #[error("prepare the state directory `{}`", path.display())]
    State {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The kernel refused a part of the sandbox.
    #[error("{step}{}: {}", detail.as_ref().map(|it| format!(" `{it}`")).unwrap_or_default(), step.help())]
    Setup {
        /// The part.
        step: Step,
        /// The path that it was about, if it was about one.
        detail: Option<String>,
        /// The kernel's answer.
        #[source]
        source: io::Error,
    },
    /// The first process of the sandbox ended without a word.
    #[error("learn the state of the sandbox: its first process ended without a word")]
    Silent,
}

/// Why an output was not copied out. The file that it names has not reached its destination.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// An output is or holds something that is neither a regular file nor a directory.
    #[error("copy out `{}`: it is {kind}, and only regular files leave the sandbox", path.display())]
    Kind {
        /// The path of the thing.
        path: RelativePath,
        /// What it is: `a symbolic link`, ….
        kind: &'static str,
    },
    /// There is more than the limit allows.
    #[error("copy out `{}`: the outputs exceed {limit} {unit}", path.display())]
    Limit {
        /// Where the limit was reached.
        path: RelativePath,
        /// The limit.
        limit: u64,
        /// What it counts.
        unit: &'static str,
    },
    /// An output could not be read.
    #[error("read output `{}`", path.display())]
    Read {
        /// The path inside.
        path: RelativePath,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An output could not be written to its destination.
    #[error("write output `{}`", path.display())]
    Write {
        /// The path beneath the destination.
        path: RelativePath,
        /// Why. `ELOOP` stands for a symbolic link that was not followed.
        #[source]
        source: io::Error,
    },
    /// The destination directory cannot be used.
    #[error("open the destination `{}`", path.display())]
    Destination {
        /// The directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Why something of a job is still on disk. The next launch with the same state directory tries again.
#[derive(Debug, thiserror::Error)]
#[error("remove `{}`", path.display())]
pub struct CleanupError {
    /// The directory that remains.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}
