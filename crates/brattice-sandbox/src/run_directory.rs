//! The directory that one running job has on disk, and the sweep of those whose launcher died.
//!
//! Each job has `STATE/job-PID-N/` with a locked file in it. The lock is an open file description that the
//! launcher and the first process of the sandbox share: as long as either lives the directory is in use,
//! and once both are gone the kernel releases it, whatever killed them.

use std::ffi::{CStr, OsString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, FlockOperation, Mode, OFlags, chmodat, fchmod, flock, fstat, mkdirat,
    openat, renameat, unlinkat,
};

use crate::{CleanupError, LaunchError};

/// Directories with a lock of their own that a start looks at, so that a crowded state directory does not
/// hold it up; the next start looks at the rest.
const SWEEP_ENTRIES_MAX: usize = 256;

/// Names tried for a new directory: more jobs of one launcher do not run at once.
const NAME_TRIES_MAX: u32 = 10_000;

/// Depth at which the removal of a tree moves what lies deeper to the top: each level holds a descriptor,
/// and a job can nest deeper than a process may have descriptors.
const REMOVAL_DEPTH_MAX: usize = 64;

const PRIVATE: Mode = Mode::RWXU;
const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The directory of one job. Removed on drop.
#[derive(Debug)]
pub(crate) struct RunDirectory {
    state: OwnedFd,
    name: OsString,
    path: PathBuf,
    // Held for its lock.
    _lock: OwnedFd,
    removed: bool,
}

impl RunDirectory {
    /// Sweeps the state directory and makes a new job's directory in it, with `root`, `upper`, `work` and
    /// `out`.
    pub(crate) fn create(state_dir: &Path) -> Result<Self, LaunchError> {
        Self::create_io(state_dir).map_err(|source| LaunchError::State { path: state_dir.to_owned(), source })
    }

    fn create_io(state_dir: &Path) -> io::Result<Self> {
        let state = open_state(state_dir)?;
        // Under this lock directories appear and their locks are tried, so that a sweep never meets a
        // directory that has no lock yet.
        let gate = lock_file(state.as_fd(), "lock")?;
        flock(&gate, FlockOperation::LockExclusive)?;
        let dead = claim_dead(state.as_fd())?;
        let (name, lock) = make_unique(state.as_fd())?;
        drop(gate);
        for (name, lock) in dead {
            // A leftover that cannot be removed now must not stop this job; the next start tries again.
            let _ = remove_tree(state.as_fd(), &name);
            drop(lock);
        }
        Ok(Self { state, path: state_dir.join(&name), name, _lock: lock, removed: false })
    }

    /// Returns the directory's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the directory with all that a job left in it.
    pub(crate) fn remove(mut self) -> Result<(), CleanupError> {
        self.remove_once().map_err(|source| CleanupError { path: self.path.clone(), source })
    }

    fn remove_once(&mut self) -> io::Result<()> {
        if !self.removed {
            remove_tree(self.state.as_fd(), &self.name)?;
            self.removed = true;
        }
        Ok(())
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        // Nobody is left to tell; the next start's sweep tries again.
        let _ = self.remove_once();
    }
}

fn open_state(path: &Path) -> io::Result<OwnedFd> {
    match mkdirat(CWD, path, PRIVATE) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let state = openat(CWD, path, DIRECTORY, Mode::empty())?;
    let status = fstat(&state)?;
    if status.st_uid != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to another user"));
    }
    // A job can leave setuid files in its overlay: nobody else may reach them through here.
    if status.st_mode & 0o077 != 0 {
        fchmod(&state, PRIVATE)?;
    }
    Ok(state)
}

fn lock_file(directory: BorrowedFd<'_>, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(directory, name, flags, Mode::RUSR | Mode::WUSR)?)
}

fn make_unique(state: BorrowedFd<'_>) -> io::Result<(OsString, OwnedFd)> {
    let pid = std::process::id();
    for number in 0..NAME_TRIES_MAX {
        let name = format!("job-{pid}-{number}");
        match mkdirat(state, &name, PRIVATE) {
            Ok(()) => {}
            Err(rustix::io::Errno::EXIST) => continue,
            Err(error) => return Err(error.into()),
        }
        let directory = openat(state, &name, DIRECTORY, Mode::empty())?;
        let lock = lock_file(directory.as_fd(), "lock")?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        for part in ["root", "upper", "work", "out"] {
            mkdirat(&directory, part, PRIVATE)?;
        }
        return Ok((name.into(), lock));
    }
    Err(io::Error::from_raw_os_error(libc::EEXIST))
}

/// Returns the job directories whose processes are all gone, locked for us.
fn claim_dead(state: BorrowedFd<'_>) -> io::Result<Vec<(OsString, OwnedFd)>> {
    let mut dead = Vec::new();
    for entry in Dir::read_from(state)?.take(SWEEP_ENTRIES_MAX) {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_bytes().starts_with(b"job-") {
            continue;
        }
        let Ok(directory) = openat(state, name, DIRECTORY, Mode::empty()) else { continue };
        let Ok(lock) = lock_file(directory.as_fd(), "lock") else { continue };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            dead.push((OsString::from_vec(name.to_bytes().to_vec()), lock));
        }
    }
    Ok(dead)
}

/// Removes a directory and all beneath it, following no link, in bounded memory and descriptors.
pub(crate) fn remove_tree(parent: BorrowedFd<'_>, name: &OsString) -> io::Result<()> {
    let mut graves = 0_u64;
    let top = match openat(parent, name, DIRECTORY, Mode::empty()) {
        Err(rustix::io::Errno::NOENT) => return Ok(()),
        other => other?,
    };
    // Each pass empties all down to a depth and lifts what lies deeper; a pass that lifted nothing is the
    // last.
    loop {
        let before = graves;
        empty_directory(top.as_fd(), top.as_fd(), 0, &mut graves)?;
        if graves == before {
            break;
        }
    }
    unlinkat(parent, name, AtFlags::REMOVEDIR)?;
    Ok(())
}

fn empty_directory(
    top: BorrowedFd<'_>,
    directory: BorrowedFd<'_>,
    depth: usize,
    graves: &mut u64,
) -> io::Result<()> {
    // Names first: removing while reading may skip entries.
    let mut entries = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            entries.push((name.to_owned(), entry.file_type()));
        }
    }
    for (name, kind) in entries {
        if matches!(kind, FileType::Directory | FileType::Unknown)
            && let Some(child) = open_for_removal(directory, &name)?
        {
            if depth >= REMOVAL_DEPTH_MAX {
                let grave = format!("deep-{graves}");
                *graves += 1;
                drop(child);
                renameat(directory, &name, top, grave)?;
                continue;
            }
            empty_directory(top, child.as_fd(), depth + 1, graves)?;
            unlinkat(directory, &name, AtFlags::REMOVEDIR)?;
        } else {
            unlinkat(directory, &name, AtFlags::empty())?;
        }
    }
    Ok(())
}

/// Opens a directory that is to be emptied, making it accessible first; `None` if it is none.
fn open_for_removal(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<Option<OwnedFd>> {
    let handle = openat(directory, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let status = fstat(&handle)?;
    if FileType::from_raw_mode(status.st_mode) != FileType::Directory {
        return Ok(None);
    }
    if status.st_mode & 0o700 != 0o700 {
        // The overlay's own work directory has mode 000, and a job may do the same to its directories.
        // No link can be put here meanwhile: no process of the job is left.
        chmodat(directory, name, PRIVATE, AtFlags::empty())?;
    }
    Ok(Some(openat(directory, name, DIRECTORY, Mode::empty())?))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::os::fd::AsFd;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use rustix::fs::{CWD, Mode, mkdirat, openat};

    use super::{DIRECTORY, RunDirectory, remove_tree};

    #[test]
    fn a_living_directory_stays_and_a_dead_one_goes() {
        let temporary = tempfile::tempdir().unwrap();
        let state = temporary.path().join("state");
        let alive = RunDirectory::create(&state).unwrap();
        let leftover = state.join("job-1-0");
        fs::create_dir_all(leftover.join("work/work/deep")).unwrap();
        fs::set_permissions(leftover.join("work/work"), fs::Permissions::from_mode(0o0)).unwrap();
        fs::create_dir(state.join("mine")).unwrap();
        let second = RunDirectory::create(&state).unwrap();
        assert!(!leftover.exists());
        assert!(alive.path().join("upper").exists());
        assert!(state.join("mine").exists(), "only our own names are swept");
        assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
        let path = second.path().to_owned();
        second.remove().unwrap();
        assert!(!path.exists());
        drop(alive);
        assert_eq!(fs::read_dir(&state).unwrap().count(), 2, "the lock and the directory that is not ours");
    }

    #[test]
    fn removal_follows_no_link_and_survives_any_depth() {
        let temporary = tempfile::tempdir().unwrap();
        let outside = temporary.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("kept"), "1").unwrap();
        let tree = temporary.path().join("tree");
        fs::create_dir(&tree).unwrap();
        symlink(&outside, tree.join("link")).unwrap();
        let mut directory = openat(CWD, &tree, DIRECTORY, Mode::empty()).unwrap();
        for _ in 0..1500 {
            mkdirat(&directory, "d", Mode::RWXU).unwrap();
            directory = openat(&directory, "d", DIRECTORY, Mode::empty()).unwrap();
        }
        drop(directory);
        let parent = openat(CWD, temporary.path(), DIRECTORY, Mode::empty()).unwrap();
        remove_tree(parent.as_fd(), &OsString::from("tree")).unwrap();
        assert!(!tree.exists());
        assert!(outside.join("kept").exists());
    }

    #[test]
    fn a_state_directory_of_somebody_else_is_refused() {
        if !rustix::process::geteuid().is_root() {
            assert!(RunDirectory::create(std::path::Path::new("/")).is_err());
            return;
        }
        let temporary = tempfile::tempdir().unwrap();
        let state = temporary.path().join("state");
        fs::create_dir(&state).unwrap();
        std::os::unix::fs::chown(&state, Some(65534), Some(65534)).unwrap();
        assert!(RunDirectory::create(&state).is_err());
    }
}
