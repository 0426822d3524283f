//! Reading a file that the caller named, never more of it than the caller can use.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

/// Why a file could not be read or hashed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing has this name.
    #[error("{path:?} does not exist")]
    NotFound {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// A directory, link, pipe, socket or device stands where a regular file should.
    #[error("{path:?} is not a regular file")]
    NotRegular {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The file has more bytes than the caller takes.
    #[error("{path:?} has more than {bytes_max} bytes")]
    TooLarge {
        /// The path as it was asked for.
        path: PathBuf,
        /// The caller's limit.
        bytes_max: u64,
    },
    /// The file was written to while it was read, so that no digest describes it.
    #[error("{path:?} changed while reading")]
    Changed {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The path is empty, absolute, has a `..`, a link or a mount trick in it, or a NUL byte.
    #[error("{path:?} does not stay beneath its root")]
    Escapes {
        /// The path as it was asked for.
        path: PathBuf,
    },
    /// The operating system said no.
    #[error("cannot read {path:?}")]
    Io {
        /// The path as it was asked for.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl ReadError {
    /// Returns whether the file is absent, which callers often treat apart from unreadable.
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            _ => Self::Io { path, source },
        }
    }
}

/// Reads a regular file of at most `bytes_max` bytes.
///
/// Links in the path are followed: the path is the caller's own. For a path that somebody else chose, use
/// [`crate::Root::read`]. A pipe or device is refused, since opening one could wait for ever.
pub fn read_bounded(path: &Path, bytes_max: u64) -> Result<Vec<u8>, ReadError> {
    // Without NONBLOCK, opening a pipe waits for a writer before its kind can be looked at.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty())
        .map_err(|error| ReadError::from_io(path, error.into()))?;
    read_open_file(File::from(file), path, bytes_max)
}

/// Reads an open file; `path` is for messages only.
pub(crate) fn read_open_file(file: File, path: &Path, bytes_max: u64) -> Result<Vec<u8>, ReadError> {
    let metadata = file.metadata().map_err(|error| ReadError::from_io(path, error))?;
    if !metadata.is_file() {
        return Err(ReadError::NotRegular { path: path.to_path_buf() });
    }
    if metadata.len() > bytes_max {
        return Err(ReadError::TooLarge { path: path.to_path_buf(), bytes_max });
    }
    // The size is a hint only: files of /proc say 0, and a file may grow while it is read.
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| ReadError::from_io(path, error))?;
    if bytes.len() as u64 > bytes_max {
        return Err(ReadError::TooLarge { path: path.to_path_buf(), bytes_max });
    }
    Ok(bytes)
}
