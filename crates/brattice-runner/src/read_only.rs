//! Looks through the directories that a job may read for ways out of the sandbox.

use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use brattice_store::{FileKind, Root, WalkLimits, WalkProblemKind, walk};

use crate::request::RunError;

/// Fails if a socket, pipe or device lies in a directory that the job may read. A read-only mount does not
/// stop anybody from connecting to a socket, nor from writing to a pipe: whoever listens there is outside.
pub(crate) fn require_no_socket(directories: &[PathBuf]) -> Result<(), RunError> {
    directories.iter().filter(|path| path.is_dir()).try_for_each(|path| look_through(path))
}

fn look_through(directory: &Path) -> Result<(), RunError> {
    let refused = |path: PathBuf, problem| RunError::ReadOnly { path, problem };
    // What is read is what the sandbox mounts: the directory itself, wherever a link to it stands.
    let directory = fs::canonicalize(directory)
        .map_err(|error| refused(directory.to_path_buf(), format!("it cannot be opened: {error}")))?;
    let root = Root::open(&directory).map_err(|error| refused(directory.clone(), error.to_string()))?;
    let walked = walk(&root, &WalkLimits::USUAL, |_| true);
    let full = |path: Vec<u8>| directory.join(std::ffi::OsString::from_vec(path));
    // A directory that this user cannot enter is closed to his job as well.
    let closed = |kind: &WalkProblemKind| matches!(kind, WalkProblemKind::Unreadable(_));
    if let Some(problem) = walked.problems.into_iter().find(|it| !closed(&it.kind)) {
        return Err(refused(full(problem.path), "it is too large or too deep to look through".to_owned()));
    }
    match walked.entries.into_iter().find(|it| it.state.kind == FileKind::Other) {
        Some(entry) => Err(refused(full(entry.path), "it is a socket, pipe or device".to_owned())),
        None => Ok(()),
    }
}
