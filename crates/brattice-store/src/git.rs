//! Reading git objects through git's own plumbing, without letting the repository run anything.
//!
//! A repository's configuration is written by whoever wrote the tree: it can name programs (a file-system
//! monitor, hooks, transports of a promisor remote) and change what an object is (replace refs, a commit
//! graph). Only `rev-parse`, `ls-tree` and `cat-file` are called, with all of that turned off, an empty
//! environment and absolute programs. What git cannot read is an error, never an absence.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::objects::Objects;

/// The most bytes of a listing that are read from git: two million names of 128 bytes.
const LISTING_BYTES_MAX: u64 = 256 << 20;

/// The most bytes of git's error text that are kept for a message.
const ERROR_TEXT_BYTES_MAX: u64 = 2_000;

/// The longest ref that is passed on; git itself refuses names beyond 4,096 bytes.
const REFERENCE_BYTES_MAX: usize = 1_024;

/// How many directories are looked at on the way up; no path has more components than bytes.
const WALK_UP_MAX: usize = 4_096;

/// Why git could not be asked or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The reference could be read as an option or cannot be one.
    #[error("{reference:?} is not a usable git reference")]
    BadReference {
        /// What was given.
        reference: String,
    },
    /// The reference names nothing.
    #[error("git knows no commit {reference:?}")]
    UnknownReference {
        /// What was given.
        reference: String,
    },
    /// Git could not be started, or its pipes broke.
    #[error("cannot run git {action}")]
    Spawn {
        /// The subcommand.
        action: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// Git ran and failed; its own text says why.
    #[error("git {action} failed: {text}")]
    Failed {
        /// The subcommand.
        action: &'static str,
        /// Git's own words, shortened, control characters escaped.
        text: String,
    },
    /// Git answered in a form that it should not.
    #[error("git {action} gave an answer that cannot be read")]
    Unreadable {
        /// The subcommand.
        action: &'static str,
    },
    /// An object that a tree names is absent or damaged.
    #[error("git object {object} cannot be read")]
    MissingObject {
        /// The object's name.
        object: String,
    },
    /// The answer is larger than a limit.
    #[error("git {action} gave more than {bytes_max} bytes")]
    TooLarge {
        /// The subcommand.
        action: &'static str,
        /// The limit.
        bytes_max: u64,
    },
}

/// The git program of the caller.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
}

/// The name of a git object: 40 or 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(String);

/// The name of a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(ObjectId);

/// What a tree says about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GitTreeMode {
    /// A file.
    Regular,
    /// An executable file.
    Executable,
    /// A symbolic link, whose blob is its target.
    Symlink,
    /// A commit of another repository (a submodule). There is no blob to read.
    Gitlink,
}

/// One name of a commit's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// What it is.
    pub mode: GitTreeMode,
    /// Its blob, or for [`GitTreeMode::Gitlink`] the commit.
    pub object: ObjectId,
    /// The path from the root of the tree, as bytes.
    pub path: Vec<u8>,
}

/// A repository that is only read.
#[derive(Debug, Clone)]
pub struct Repository {
    git: Git,
    root: PathBuf,
}

impl Git {
    /// Finds git on a search path such as the caller's `PATH`. Relative entries are passed over, since they
    /// would let the tree under examination provide the program.
    pub fn find(search_path: &OsStr) -> Option<Self> {
        std::env::split_paths(search_path)
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join("git"))
            .find(|program| {
                let executable = rustix::fs::access(program, rustix::fs::Access::EXEC_OK).is_ok();
                executable && program.is_file()
            })
            .map(|program| Self { program })
    }

    /// Returns the absolute path of the program.
    pub fn program(&self) -> &Path {
        &self.program
    }
}

impl ObjectId {
    /// Reads an object's name as git prints it.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.iter().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        (digits && matches!(text.len(), 40 | 64)).then(|| Self(String::from_utf8_lossy(text).into_owned()))
    }

    /// Returns the hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CommitId {
    /// Returns the hexadecimal digits.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns the nearest directory at or above `start` that has a `.git`. `start` should be absolute.
pub fn work_tree_root(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .take(WALK_UP_MAX)
        .find(|directory| directory.join(".git").symlink_metadata().is_ok())
        .map(Path::to_path_buf)
}

impl Repository {
    /// Opens the repository whose work tree is exactly `root`: a directory with a `.git` in it.
    ///
    /// Git's own check of the directory's owner does not apply, because nothing that an owner could plant
    /// there is run: what it would protect from is turned off here for every repository.
    pub fn open(git: &Git, root: &Path) -> Option<Self> {
        root.join(".git").symlink_metadata().ok()?;
        let root = std::path::absolute(root).ok()?;
        Some(Self { git: git.clone(), root })
    }

    /// Returns the root of the work tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the commit that a reference names. A repository without any commit has no `HEAD`.
    pub fn resolve(&self, reference: &str) -> Result<CommitId, GitError> {
        let usable = !reference.is_empty()
            && !reference.starts_with('-')
            && reference.len() <= REFERENCE_BYTES_MAX
            && !reference.contains(|it: char| it.is_control());
        if !usable {
            return Err(GitError::BadReference { reference: reference.to_owned() });
        }
        let commit = format!("{reference}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
        let (output, status) = self.run("rev-parse", &arguments, 1_024)?;
        // `--quiet` turns "no such name" into status 1 without a word; every other trouble still speaks.
        if status.code == Some(1) && status.text.is_empty() {
            return Err(GitError::UnknownReference { reference: reference.to_owned() });
        }
        status.check("rev-parse")?;
        let line = output.strip_suffix(b"\n").unwrap_or(&output);
        let object = ObjectId::parse(line).ok_or(GitError::Unreadable { action: "rev-parse" })?;
        Ok(CommitId(object))
    }

    /// Lists every name of a commit's tree, in git's order.
    pub fn tree(&self, commit: &CommitId) -> Result<Vec<TreeEntry>, GitError> {
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", commit.as_str()];
        let (output, status) = self.run("ls-tree", &arguments, LISTING_BYTES_MAX)?;
        status.check("ls-tree")?;
        let body = match output.strip_suffix(b"\0") {
            Some(body) => body,
            None if output.is_empty() => return Ok(Vec::new()),
            None => return Err(GitError::Unreadable { action: "ls-tree" }),
        };
        body.split(|it| *it == 0)
            .map(|line| tree_entry(line).ok_or(GitError::Unreadable { action: "ls-tree" }))
            .collect()
    }

    /// Starts a reader of objects, which serves any number of them.
    pub fn objects(&self) -> Result<Objects, GitError> {
        Objects::start(self)
    }

    /// Reads one file of a commit, or `None` if the commit has no such file.
    pub fn file_at(
        &self,
        commit: &CommitId,
        path: &[u8],
        bytes_max: u64,
    ) -> Result<Option<Vec<u8>>, GitError> {
        let entries = self.tree(commit)?;
        let file = entries.iter().find(|entry| {
            entry.path == path && matches!(entry.mode, GitTreeMode::Regular | GitTreeMode::Executable)
        });
        let Some(entry) = file else { return Ok(None) };
        let mut bytes = Vec::new();
        let mut objects = self.objects()?;
        let length = objects.read(&entry.object, bytes_max, &mut |chunk| bytes.extend_from_slice(chunk))?;
        debug_assert_eq!(length, bytes.len() as u64);
        Ok(Some(bytes))
    }

    fn run(
        &self,
        action: &'static str,
        arguments: &[&str],
        bytes_max: u64,
    ) -> Result<(Vec<u8>, Status), GitError> {
        let spawn = |source| GitError::Spawn { action, source };
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Reaped(command.spawn().map_err(spawn)?);
        let mut output = Vec::new();
        if let Some(stdout) = child.0.stdout.take() {
            stdout.take(bytes_max.saturating_add(1)).read_to_end(&mut output).map_err(spawn)?;
        }
        if output.len() as u64 > bytes_max {
            return Err(GitError::TooLarge { action, bytes_max });
        }
        // Git's words fit into a pipe's buffer (64 KiB) unless it repeats itself; then its end is unread and
        // the wait below would not come back, so the rest is drained.
        let mut text = Vec::new();
        if let Some(mut stderr) = child.0.stderr.take() {
            (&mut stderr).take(ERROR_TEXT_BYTES_MAX).read_to_end(&mut text).map_err(spawn)?;
            io::copy(&mut stderr, &mut io::sink()).map_err(spawn)?;
        }
        let code = child.0.wait().map_err(spawn)?.code();
        Ok((output, Status { code, text: text.trim_ascii().escape_ascii().to_string() }))
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.git.program);
        command.current_dir("/").env_clear();
        for (name, value) in [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            // A replace ref would show another object under the same name.
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            // A promisor remote would fetch what is missing; its transport is a program of the repository's
            // choice. The second line stops older versions of git, and beats any `protocol.NAME.allow`.
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_ALLOW_PROTOCOL", "none"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_PAGER", "cat"),
            ("LC_ALL", "C"),
        ] {
            command.env(name, value);
        }
        let mut git_dir = OsString::from("--git-dir=");
        git_dir.push(self.root.join(".git"));
        let mut safe = OsString::from("safe.directory=");
        safe.push(&self.root);
        command.arg(git_dir).arg("--no-pager").arg("-c").arg(safe);
        for setting in [
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "protocol.allow=never",
            // A commit graph is a second, unverified statement of which tree a commit has.
            "core.commitGraph=false",
        ] {
            command.arg("-c").arg(setting);
        }
        command
    }
}

/// How git ended.
struct Status {
    code: Option<i32>,
    text: String,
}

impl Status {
    fn check(self, action: &'static str) -> Result<(), GitError> {
        if self.code == Some(0) {
            return Ok(());
        }
        let text = if self.text.is_empty() { "no reason given".to_owned() } else { self.text };
        Err(GitError::Failed { action, text })
    }
}

/// Reads `MODE SP TYPE SP OBJECT TAB PATH`.
fn tree_entry(line: &[u8]) -> Option<TreeEntry> {
    let tab = line.iter().position(|it| *it == b'\t')?;
    let mut words = line.get(..tab)?.split(|it| *it == b' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let mode = match (mode, kind) {
        // 100664 was written by early versions of git and means the same as 100644.
        (b"100644" | b"100664", b"blob") => GitTreeMode::Regular,
        (b"100755", b"blob") => GitTreeMode::Executable,
        (b"120000", b"blob") => GitTreeMode::Symlink,
        (b"160000", b"commit") => GitTreeMode::Gitlink,
        _ => return None,
    };
    let path = line.get(tab + 1..)?;
    let entry = TreeEntry { mode, object: ObjectId::parse(object)?, path: path.to_vec() };
    (!path.is_empty()).then_some(entry)
}

/// A child that never outlives its owner and never stays a zombie.
#[derive(Debug)]
pub(crate) struct Reaped(pub(crate) Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        // Both fail only if the child has ended and been waited for, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
