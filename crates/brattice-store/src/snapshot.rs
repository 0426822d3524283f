//! The state of a workspace before a job: what the job was given, and whether it stayed so.

use std::path::PathBuf;

use brattice_digest::{GitMode, GitTreeEntry, Sha256, git_tree_digest};

use crate::beneath::{Fence, FileKind, FileState, Root};
use crate::git::{CommitId, Git, GitError, GitTreeMode, ObjectId, Repository};
use crate::read::ReadError;
use crate::walk::{Walk, WalkEntry, WalkLimits, WalkProblem, WalkProblemKind, walk};

/// The name that belongs to git itself and is no part of a workspace's content.
const GIT_DIRECTORY: &[u8] = b".git";

/// How many files are compared with their blobs before the verdict is looked at.
const COMPARED_AT_ONCE: usize = 1_024;

/// Why the state of a workspace could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// A part of the tree could not be listed, so that a file may be missing from the list of materials.
    #[error("cannot list {path:?} in the workspace: {kind:?}")]
    Incomplete {
        /// Where, from the root of the workspace.
        path: PathBuf,
        /// Why.
        kind: WalkProblemKind,
    },
    /// A socket, pipe or device, be it in `.git`: it has no content to hash, and whoever can open a socket's
    /// name can talk to the process behind it, whatever network he has.
    #[error("{path:?} in the workspace is a socket, pipe or device; remove it")]
    SpecialFile {
        /// Where, from the root of the workspace.
        path: PathBuf,
    },
    /// A file could not be read, or changed meanwhile.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Git could not read what `HEAD` names.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// One file or link of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The path from the root of the workspace, as bytes, with `/`.
    pub path: Vec<u8>,
    /// What git would call it.
    pub mode: GitMode,
    /// The digest of the content; of a link, of its target.
    pub sha256: Sha256,
    /// The size of the content in bytes.
    pub bytes: u64,
    /// The state that the digest describes.
    pub fence: Fence,
}

/// What a workspace is in the evidence graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceIdentity {
    /// Exactly the tree of a commit: nothing modified, untracked or ignored.
    GitTree {
        /// The digest over the files.
        sha256: Sha256,
        /// The commit at `HEAD`.
        commit: CommitId,
    },
    /// Anything else.
    Directory {
        /// The digest over the files, in the same form as a git tree's.
        sha256: Sha256,
    },
}

impl WorkspaceIdentity {
    /// Returns the digest, whichever kind it is.
    pub const fn sha256(&self) -> Sha256 {
        match self {
            Self::GitTree { sha256, .. } | Self::Directory { sha256 } => *sha256,
        }
    }

    /// Returns the kind of the node in the evidence graph.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::GitTree { .. } => "git-tree",
            Self::Directory { .. } => "directory",
        }
    }
}

/// The state of a workspace at one time.
#[derive(Debug)]
pub struct Snapshot {
    root: Root,
    files: Vec<SnapshotFile>,
    identity: WorkspaceIdentity,
}

/// How a file differs from the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It was not there.
    Added,
    /// Its content, mode, kind or change time is another.
    Modified,
    /// It is gone.
    Removed,
}

/// A file that differs from the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path from the root of the workspace, as bytes.
    pub path: Vec<u8>,
    /// How it differs.
    pub kind: ChangeKind,
}

impl Snapshot {
    /// Reads every file of a workspace, `.git` at its root excepted.
    ///
    /// With `git`, a workspace whose root has a `.git` is compared with `HEAD`, blob by blob; git's index and
    /// its ignore rules, which the tree itself can set, have no say.
    pub fn take(root: Root, git: Option<&Git>) -> Result<Self, SnapshotError> {
        let walked = list(&root)?;
        let mut files = Vec::new();
        for entry in walked.entries {
            match entry.state.kind {
                FileKind::Regular => files.push(regular(&root, entry)?),
                FileKind::Symlink => files.push(link(&root, entry)?),
                FileKind::Directory => {}
                FileKind::Other => return Err(SnapshotError::SpecialFile { path: entry.os_path().into() }),
            }
        }
        let entries: Vec<GitTreeEntry> = files
            .iter()
            .map(|file| GitTreeEntry { mode: file.mode, path: file.path.clone(), sha256: file.sha256 })
            .collect();
        let sha256 = git_tree_digest(&entries);
        let identity = match head_if_equal(&root, git, &files)? {
            Some(commit) => WorkspaceIdentity::GitTree { sha256, commit },
            None => WorkspaceIdentity::Directory { sha256 },
        };
        Ok(Self { root, files, identity })
    }

    /// Returns the files and links, sorted by path bytes.
    pub fn files(&self) -> &[SnapshotFile] {
        &self.files
    }

    /// Returns what the workspace is in the evidence graph.
    pub const fn identity(&self) -> &WorkspaceIdentity {
        &self.identity
    }

    /// Returns the open root.
    pub const fn root(&self) -> &Root {
        &self.root
    }

    /// Lists what differs by now, sorted by path. Sizes, inodes and change times are compared, and a change
    /// time cannot be set back: nothing is read again. A socket that appeared in `.git` is an error.
    pub fn changes(&self) -> Result<Vec<Change>, SnapshotError> {
        let walked = list(&self.root)?;
        let mut changes = Vec::new();
        let mut old = self.files.iter().peekable();
        for entry in walked.entries.iter().filter(|it| it.state.kind != FileKind::Directory) {
            while let Some(gone) = old.next_if(|file| file.path < entry.path) {
                changes.push(Change { path: gone.path.clone(), kind: ChangeKind::Removed });
            }
            match old.next_if(|file| file.path == entry.path) {
                None => changes.push(Change { path: entry.path.clone(), kind: ChangeKind::Added }),
                Some(file)
                    if file.fence != entry.state.fence || Some(file.mode) != git_mode(&entry.state) =>
                {
                    changes.push(Change { path: entry.path.clone(), kind: ChangeKind::Modified });
                }
                Some(_) => {}
            }
        }
        changes.extend(old.map(|gone| Change { path: gone.path.clone(), kind: ChangeKind::Removed }));
        Ok(changes)
    }
}

fn list(root: &Root) -> Result<Walk, SnapshotError> {
    require_no_socket_in_git(root)?;
    let mut walked = walk(root, &WalkLimits::USUAL, |path| path != GIT_DIRECTORY);
    if let Some(WalkProblem { path, kind }) = walked.problems.pop() {
        return Err(SnapshotError::Incomplete { path: os_path(path), kind });
    }
    // In a linked work tree `.git` is a file; it belongs to git all the same.
    walked.entries.retain(|entry| entry.path != GIT_DIRECTORY);
    Ok(walked)
}

/// Looks for what is no content of the workspace but would be visible beside it: git's own file-system monitor
/// listens on a socket in there.
fn require_no_socket_in_git(root: &Root) -> Result<(), SnapshotError> {
    let in_git = |path: &[u8]| {
        path.strip_prefix(GIT_DIRECTORY).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    let walked = walk(root, &WalkLimits::USUAL, in_git);
    // Git tidies its directory while others work: what is gone by now cannot be opened either.
    let gone = |kind: &WalkProblemKind| matches!(kind, WalkProblemKind::Unreadable(it) if it.is_not_found());
    if let Some(WalkProblem { path, kind }) = walked.problems.into_iter().find(|it| !gone(&it.kind)) {
        return Err(SnapshotError::Incomplete { path: os_path(path), kind });
    }
    match walked.entries.iter().find(|entry| in_git(&entry.path) && entry.state.kind == FileKind::Other) {
        Some(entry) => Err(SnapshotError::SpecialFile { path: entry.os_path().into() }),
        None => Ok(()),
    }
}

fn regular(root: &Root, entry: WalkEntry) -> Result<SnapshotFile, SnapshotError> {
    let hashed = root.hash(&entry.path)?;
    if hashed.state.fence != entry.state.fence {
        return Err(ReadError::Changed { path: root.path().join(entry.os_path()) }.into());
    }
    let mode = git_mode(&hashed.state).unwrap_or(GitMode::Regular);
    let fence = hashed.state.fence;
    Ok(SnapshotFile { path: entry.path, mode, sha256: hashed.sha256, bytes: fence.bytes, fence })
}

fn link(root: &Root, entry: WalkEntry) -> Result<SnapshotFile, SnapshotError> {
    let target = root.read_link(&entry.path)?;
    Ok(SnapshotFile {
        path: entry.path,
        mode: GitMode::Symlink,
        sha256: Sha256::of(&target),
        bytes: target.len() as u64,
        fence: entry.state.fence,
    })
}

/// Git knows one permission bit: whether the owner may execute.
fn git_mode(state: &FileState) -> Option<GitMode> {
    match state.kind {
        FileKind::Regular if state.mode & 0o100 != 0 => Some(GitMode::Executable),
        FileKind::Regular => Some(GitMode::Regular),
        FileKind::Symlink => Some(GitMode::Symlink),
        FileKind::Directory | FileKind::Other => None,
    }
}

/// Returns `HEAD` if its tree is exactly these files.
fn head_if_equal(
    root: &Root,
    git: Option<&Git>,
    files: &[SnapshotFile],
) -> Result<Option<CommitId>, SnapshotError> {
    let Some(repository) = git.and_then(|git| Repository::open(git, root.path())) else { return Ok(None) };
    let commit = match repository.resolve("HEAD") {
        Ok(commit) => commit,
        // A repository without a commit yet: everything in it is untracked.
        Err(GitError::UnknownReference { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut tree = repository.tree(&commit)?;
    tree.sort_by(|a, b| a.path.cmp(&b.path));
    let same_names = tree.len() == files.len()
        && tree.iter().zip(files).all(|(entry, file)| {
            let mode = match entry.mode {
                GitTreeMode::Regular => GitMode::Regular,
                GitTreeMode::Executable => GitMode::Executable,
                GitTreeMode::Symlink => GitMode::Symlink,
                GitTreeMode::Gitlink => return false,
            };
            entry.path == file.path && mode == file.mode
        });
    if !same_names {
        return Ok(None);
    }
    let mut objects = repository.objects()?;
    for (entries, files) in tree.chunks(COMPARED_AT_ONCE).zip(files.chunks(COMPARED_AT_ONCE)) {
        let names: Vec<&ObjectId> = entries.iter().map(|entry| &entry.object).collect();
        let digests = objects.digests(&names)?;
        if digests.iter().ne(files.iter().map(|file| &file.sha256)) {
            return Ok(None);
        }
    }
    Ok(Some(commit))
}

fn os_path(path: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(path).into()
}
