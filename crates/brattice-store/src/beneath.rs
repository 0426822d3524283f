//! A directory and what lies beneath it: no path that is looked up here ever leaves it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use brattice_digest::{Sha256, Sha256Hasher};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use crate::read::{ReadError, read_open_file};

/// How much is read at once when a file is hashed: large enough that system calls cost nothing beside SHA-256.
const HASH_BUFFER_BYTES: usize = 1 << 20;

/// How often a lookup is tried again when the kernel could not decide because of a rename elsewhere.
const LOOKUP_TRIES_MAX: u32 = 64;

/// What kind of thing a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A regular file.
    Regular,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A pipe, socket or device.
    Other,
}

/// A point in time as the file system keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds within the second.
    pub nanoseconds: i64,
}

/// What tells whether a file is still the one that was looked at. The change time cannot be set by a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The device.
    pub device: u64,
    /// The inode number.
    pub inode: u64,
    /// The size in bytes.
    pub bytes: u64,
    /// When content or metadata changed last.
    pub changed: Timestamp,
    /// When the content was modified last, as far as the owner lets one know.
    pub modified: Timestamp,
}

/// What the file system says about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileState {
    /// What kind of thing it is.
    pub kind: FileKind,
    /// The permission bits, set-user-id and its kin included.
    pub mode: u32,
    /// How many names the inode has.
    pub links: u64,
    /// Identity, size and times.
    pub fence: Fence,
}

impl FileState {
    // The widths of these fields differ between platforms, so that a cast is needed on some and not on others.
    #[expect(
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap,
        clippy::unnecessary_cast,
        clippy::useless_conversion,
        reason = "a size is never negative, and the fields' widths differ between platforms"
    )]
    fn from_stat(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => FileKind::Regular,
            FileType::Directory => FileKind::Directory,
            FileType::Symlink => FileKind::Symlink,
            _ => FileKind::Other,
        };
        Self {
            kind,
            mode: u32::from(stat.st_mode) & 0o7777,
            links: stat.st_nlink as u64,
            fence: Fence {
                device: stat.st_dev as u64,
                inode: stat.st_ino as u64,
                bytes: stat.st_size as u64,
                changed: Timestamp { seconds: stat.st_ctime as i64, nanoseconds: stat.st_ctime_nsec as i64 },
                modified: Timestamp { seconds: stat.st_mtime as i64, nanoseconds: stat.st_mtime_nsec as i64 },
            },
        }
    }
}

/// A file's digest together with the state that it describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashedFile {
    /// The digest of the content.
    pub sha256: Sha256,
    /// The state before and after reading, which were equal.
    pub state: FileState,
}

/// An open directory. Every lookup starts here, follows no link, and cannot leave it, whatever the tree's
/// owner does meanwhile: the kernel checks each component (`openat2`).
#[derive(Debug)]
pub struct Root {
    directory: OwnedFd,
    path: PathBuf,
}

impl AsFd for Root {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }
}

impl Root {
    /// Opens a directory. Links in `path` itself are followed: it is the caller's own.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|error| ReadError::from_io(path, error.into()))?;
        Ok(Self { directory, path: path.to_path_buf() })
    }

    /// Returns the path that the root was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the path that the root was opened by still leads to it, and by no link at its end.
    pub fn is_in_place(&self) -> bool {
        let (Ok(opened), Ok(found)) = (rustix::fs::fstat(&self.directory), rustix::fs::lstat(&self.path))
        else {
            return false;
        };
        (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)
    }

    /// Opens a regular file for reading.
    pub fn open_file(&self, relative: &[u8]) -> Result<File, ReadError> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
        let file = File::from(self.open_at(relative, flags)?);
        let metadata = file.metadata().map_err(|error| self.failed(relative, error))?;
        if metadata.is_file() { Ok(file) } else { Err(ReadError::NotRegular { path: self.full(relative) }) }
    }

    /// Reads a regular file of at most `bytes_max` bytes.
    pub fn read(&self, relative: &[u8], bytes_max: u64) -> Result<Vec<u8>, ReadError> {
        read_open_file(self.open_file(relative)?, &self.full(relative), bytes_max)
    }

    /// Hashes a regular file and fails if it changed while it was read.
    pub fn hash(&self, relative: &[u8]) -> Result<HashedFile, ReadError> {
        let mut file = self.open_file(relative)?;
        let failed = |error| self.failed(relative, error);
        let before = file_state(&file).map_err(failed)?;
        let mut hasher = Sha256Hasher::new();
        let mut length = 0_u64;
        let mut buffer = vec![0; HASH_BUFFER_BYTES.min(buffer_for(before.fence.bytes))];
        loop {
            let count = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(failed(error)),
            };
            hasher.update(buffer.get(..count).unwrap_or_default());
            length += count as u64;
            if length > before.fence.bytes {
                break;
            }
        }
        let after = file_state(&file).map_err(failed)?;
        if before.fence != after.fence || length != before.fence.bytes {
            return Err(ReadError::Changed { path: self.full(relative) });
        }
        Ok(HashedFile { sha256: hasher.finish(), state: before })
    }

    /// Returns the target of a symbolic link.
    pub fn read_link(&self, relative: &[u8]) -> Result<Vec<u8>, ReadError> {
        let (parent, name) = self.parent_of(relative)?;
        let target = rustix::fs::readlinkat(&parent, name, Vec::new())
            .map_err(|error| self.failed(relative, error.into()))?;
        Ok(target.into_bytes())
    }

    /// Returns what the file system says about a name; a link is described itself.
    pub fn state(&self, relative: &[u8]) -> Result<FileState, ReadError> {
        let (parent, name) = self.parent_of(relative)?;
        let stat = rustix::fs::statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| self.failed(relative, error.into()))?;
        Ok(FileState::from_stat(&stat))
    }

    /// Opens a directory beneath the root; an empty path is the root itself.
    pub(crate) fn open_directory(&self, relative: &[u8]) -> Result<OwnedFd, ReadError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        if relative.is_empty() {
            return rustix::fs::openat(&self.directory, ".", flags, Mode::empty())
                .map_err(|error| self.failed(relative, error.into()));
        }
        self.open_at(relative, flags)
    }

    fn parent_of<'a>(&self, relative: &'a [u8]) -> Result<(OwnedFd, &'a OsStr), ReadError> {
        self.check(relative)?;
        let split = relative.iter().rposition(|it| *it == b'/');
        let (parent, name) = match split {
            Some(at) => (relative.get(..at).unwrap_or_default(), relative.get(at + 1..).unwrap_or_default()),
            None => (&[][..], relative),
        };
        Ok((self.open_directory(parent)?, OsStr::from_bytes(name)))
    }

    fn open_at(&self, relative: &[u8], flags: OFlags) -> Result<OwnedFd, ReadError> {
        self.check(relative)?;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let mut tries = 0;
        loop {
            let name = OsStr::from_bytes(relative);
            match rustix::fs::openat2(self.directory.as_fd(), name, flags, Mode::empty(), resolve) {
                Ok(file) => return Ok(file),
                Err(Errno::AGAIN) if tries < LOOKUP_TRIES_MAX => tries += 1,
                // A link at the end is a thing of the wrong kind; one on the way is an attempt to get out.
                Err(Errno::LOOP | Errno::XDEV) => {
                    return Err(ReadError::Escapes { path: self.full(relative) });
                }
                Err(Errno::NXIO) => return Err(ReadError::NotRegular { path: self.full(relative) }),
                Err(error) => return Err(self.failed(relative, error.into())),
            }
        }
    }

    /// Refuses, before the kernel is asked, every spelling of a path that has a second one.
    fn check(&self, relative: &[u8]) -> Result<(), ReadError> {
        let plain = relative
            .split(|it| *it == b'/')
            .all(|part| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0));
        if plain { Ok(()) } else { Err(ReadError::Escapes { path: self.full(relative) }) }
    }

    fn full(&self, relative: &[u8]) -> PathBuf {
        self.path.join(OsStr::from_bytes(relative))
    }

    pub(crate) fn failed(&self, relative: &[u8], source: io::Error) -> ReadError {
        ReadError::from_io(&self.full(relative), source)
    }
}

/// Returns the state of an open file.
fn file_state(file: &File) -> io::Result<FileState> {
    Ok(FileState::from_stat(&rustix::fs::fstat(file)?))
}

/// Returns the state of a name in an open directory; a link is described itself.
pub(crate) fn state_at(directory: &OwnedFd, name: &std::ffi::CStr) -> io::Result<FileState> {
    Ok(FileState::from_stat(&rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?))
}

/// A small file needs no large buffer; one byte more than its size lets one read see the end.
fn buffer_for(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(HASH_BUFFER_BYTES).saturating_add(1)
}
