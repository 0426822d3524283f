//! Writing so that a crash leaves the old file or the new one.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

/// How much of a file is looked at for a private key: PEM puts its label at the start, after remarks at most.
const KEY_SEARCH_BYTES_MAX: u64 = 4096;

/// How the label of every private key in PEM ends, whatever its kind.
const KEY_LABEL: &[u8] = b"PRIVATE KEY-----";

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file exists and must not be overwritten.
    #[error("{path:?} exists already")]
    Exists {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The path is a directory, or a link to one.
    #[error("{path:?} is a directory")]
    Directory {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The path is a symbolic link outside `/dev` and `/proc`. In a tree of somebody else's it would be theirs to
    /// say what is overwritten.
    #[error("{path:?} is a symbolic link; name the file itself")]
    Link {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The file holds a private key: to name it as an output is a mistake that nothing brings back.
    #[error("{path:?} holds a private key; choose another path")]
    PrivateKey {
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
/// `mode` is subject to the umask. A pipe or device is written to where it is and stays what it is, also behind
/// the links of `/dev` and `/proc`, such as `/dev/stdout`. Any other link is refused: it may be planted. A private
/// key is never replaced.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), WriteError> {
    let failed = |source| WriteError::Io { path: path.to_path_buf(), source };
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_file() => require_no_key(path)?,
        Ok(_) if path.file_name().is_none() => {
            return Err(WriteError::NoFileName { path: path.to_path_buf() });
        }
        Ok(metadata) => return write_through(path, bytes, &metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
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

/// Writes to what a path leads to, which is there already and is kept.
fn write_through(path: &Path, bytes: &[u8], found: &Metadata) -> Result<(), WriteError> {
    let failed = |source: io::Error| WriteError::Io { path: path.to_path_buf(), source };
    if found.is_symlink() && !is_the_system_s_own(path) {
        return Err(WriteError::Link { path: path.to_path_buf() });
    }
    let target = fs::metadata(path).map_err(failed)?;
    if target.is_dir() {
        return Err(WriteError::Directory { path: path.to_path_buf() });
    }
    if target.is_file() {
        require_no_key(path)?;
    }
    let flags = OFlags::WRONLY | OFlags::TRUNC | OFlags::CLOEXEC | OFlags::NOCTTY;
    // A pipe waits for its reader, as it does for a shell.
    let file = rustix::io::retry_on_intr(|| rustix::fs::open(path, flags, Mode::empty()))
        .map_err(|error| failed(error.into()))?;
    let mut file = File::from(file);
    // Only files can be synchronised.
    let written = if target.is_file() { write_and_sync(file, bytes) } else { file.write_all(bytes) };
    written.map_err(failed)
}

/// Whether a link lies in `/dev` or `/proc`, where no tree of anybody's can put one.
fn is_the_system_s_own(link: &Path) -> bool {
    let parent = link.parent().and_then(|it| it.canonicalize().ok());
    parent.is_some_and(|it| it.starts_with("/dev") || it.starts_with("/proc"))
}

/// Fails if an existing file holds a private key, or cannot be looked at for one.
fn require_no_key(path: &Path) -> Result<(), WriteError> {
    let failed = |source: io::Error| WriteError::Io { path: path.to_path_buf(), source };
    // It was a regular file a moment ago; should it be a pipe by now, nobody waits for it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
    let mut beginning = Vec::new();
    File::from(file).take(KEY_SEARCH_BYTES_MAX).read_to_end(&mut beginning).map_err(failed)?;
    if beginning.windows(KEY_LABEL.len()).any(|it| it == KEY_LABEL) {
        return Err(WriteError::PrivateKey { path: path.to_path_buf() });
    }
    Ok(())
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
    use std::io::Read;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};

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
    fn a_link_is_refused_and_what_is_behind_it_stays() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("t"), directory.path().join("l"));
        write_atomic(&target, b"target", 0o600).unwrap();
        symlink(&target, &link).unwrap();
        let error = write_atomic(&link, b"new", 0o644).unwrap_err();
        assert!(error.to_string().ends_with("is a symbolic link; name the file itself"), "{error}");
        assert_eq!(read_bounded(&target, 20).unwrap(), b"target");
        assert_eq!(names(directory.path()), ["l", "t"]);
    }

    #[test]
    fn a_pipe_is_written_to_and_stays_a_pipe() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("p");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let from = pipe.clone();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            std::fs::File::open(from).unwrap().read_to_string(&mut text).unwrap();
            text
        });
        write_atomic(&pipe, b"through", 0o600).unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
        assert_eq!(names(directory.path()), ["p"]);
    }

    #[test]
    fn an_open_descriptor_is_written_to_by_its_path() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        let file = std::fs::File::create(&path).unwrap();
        let by_descriptor = format!("/dev/fd/{}", file.as_raw_fd());
        write_atomic(std::path::Path::new(&by_descriptor), b"new", 0o600).unwrap();
        assert_eq!(read_bounded(&path, 10).unwrap(), b"new");
        assert_eq!(names(directory.path()), ["f"]);
    }

    #[test]
    fn a_directory_is_refused_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("d");
        std::fs::create_dir(&folder).unwrap();
        assert!(matches!(write_atomic(&folder, b"", 0o600), Err(WriteError::Directory { .. })));
        assert_eq!(names(directory.path()), ["d"]);
    }

    #[test]
    fn a_private_key_is_never_replaced_even_behind_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (key, link) = (directory.path().join("k"), directory.path().join("l"));
        symlink(&key, &link).unwrap();
        // Put together here: no file of this repository should look like a key.
        for kind in ["", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let text = format!("a remark\n-----BEGIN {kind}PRIVATE {}-----\nAAAA\n", "KEY");
            std::fs::write(&key, &text).unwrap();
            let error = write_atomic(&key, b"report", 0o600).unwrap_err();
            assert!(error.to_string().ends_with("holds a private key; choose another path"), "{error}");
            assert!(matches!(write_atomic(&link, b"report", 0o600), Err(WriteError::Link { .. })));
            assert_eq!(read_bounded(&key, 100).unwrap(), text.as_bytes());
        }
        // A public key may go.
        std::fs::write(&key, format!("-----BEGIN PUBLIC {}-----\n", "KEY")).unwrap();
        write_atomic(&key, b"report", 0o600).unwrap();
        assert_eq!(read_bounded(&key, 10).unwrap(), b"report");
        assert_eq!(names(directory.path()), ["k", "l"]);
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
