//! Writing so that a crash leaves the old file or the new one.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file exists and must not be overwritten.
    #[error("{path:?} exists already")]
    Exists {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The path ends in no file name (`/`, `..`).
    #[error("{path:?} names no file")]
    NoFileName {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The operating system said no.
    #[error("cannot write {path:?}")]
    Io {
        /// The path as it was asked for.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// Writes a file by a temporary neighbour, `fsync` and `rename`: a reader sees the old bytes or the new ones,
/// and once this returns the new ones survive a power cut.
///
/// `mode` is subject to the umask. A link at `path` is replaced, not followed.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    write_by_rename(path, bytes, mode, |directory, temporary, name| {
        rustix::fs::renameat(directory, temporary, directory, name)
    })
}

/// Writes a new file as [`write_atomic`] does, and refuses to replace anything that has the name already.
pub fn create_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    write_by_rename(path, bytes, mode, |directory, temporary, name| {
        // A hard link fails if the name is taken, whatever took it, and exists on every unix.
        rustix::fs::linkat(directory, temporary, directory, name, AtFlags::empty())?;
        rustix::fs::unlinkat(directory, temporary, AtFlags::empty())
    })
}

fn write_by_rename(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    publish: impl FnOnce(&OwnedFd, &OsStr, &OsStr) -> Result<(), Errno>,
) -> Result<(), WriteError> {
    let failed = |source: io::Error| WriteError::Io { path: path.to_path_buf(), source };
    let name = path.file_name().ok_or_else(|| WriteError::NoFileName { path: path.to_path_buf() })?;
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::open(parent, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
    let temporary = temporary_name();
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&directory, &temporary, flags, Mode::from_raw_mode(mode))
        .map_err(|error| failed(error.into()))?;
    let written = write_and_sync(File::from(file), bytes)
        .and_then(|()| publish(&directory, &temporary, name).map_err(io::Error::from));
    if let Err(source) = written {
        // The first error is the one to report; a temporary file that stays is ugly, not wrong.
        let _ = rustix::fs::unlinkat(&directory, &temporary, AtFlags::empty());
        return Err(match source.kind() {
            io::ErrorKind::AlreadyExists => WriteError::Exists { path: path.to_path_buf() },
            _ => failed(source),
        });
    }
    rustix::fs::fsync(&directory).map_err(|error| failed(error.into()))
}

fn write_and_sync(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Returns a name that no other live process uses. It does not hold the target's name, which may already be
/// as long as a name can be.
fn temporary_name() -> OsString {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!(".brattice-{}-{count}.tmp", std::process::id()).into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};

    use super::{WriteError, create_new, write_atomic};
    use crate::read_bounded;

    fn names(directory: &std::path::Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        write_atomic(&path, b"old", 0o600).unwrap();
        write_atomic(&path, b"new", 0o600).unwrap();
        assert_eq!(read_bounded(&path, 10).unwrap(), b"new");
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o600);
        assert_eq!(names(directory.path()), ["f"]);
    }

    #[test]
    fn a_link_is_replaced_and_its_target_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("t"), directory.path().join("l"));
        write_atomic(&target, b"target", 0o600).unwrap();
        symlink(&target, &link).unwrap();
        write_atomic(&link, b"new", 0o600).unwrap();
        assert_eq!(read_bounded(&target, 10).unwrap(), b"target");
        assert!(link.symlink_metadata().unwrap().is_file());
    }

    #[test]
    fn an_existing_name_is_never_overwritten_even_by_a_dangling_link() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("f"), directory.path().join("l"));
        create_new(&file, b"first", 0o600).unwrap();
        assert!(matches!(create_new(&file, b"second", 0o600), Err(WriteError::Exists { .. })));
        assert_eq!(read_bounded(&file, 10).unwrap(), b"first");
        symlink(directory.path().join("nowhere"), &link).unwrap();
        assert!(matches!(create_new(&link, b"second", 0o600), Err(WriteError::Exists { .. })));
        assert_eq!(names(directory.path()), ["f", "l"]);
    }

    #[test]
    fn a_missing_directory_and_a_missing_name_are_errors() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(
            write_atomic(&directory.path().join("a/b"), b"", 0o600),
            Err(WriteError::Io { .. })
        ));
        assert!(matches!(
            write_atomic(std::path::Path::new("/"), b"", 0o600),
            Err(WriteError::NoFileName { .. })
        ));
    }
}
