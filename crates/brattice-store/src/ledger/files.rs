//! The files of a ledger: opened without following links, written so that a crash shows.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use brattice_ledger::{LedgerError, Store, StoreError, StoreErrorKind, Stored, UsageError};
use rustix::fs::{AtFlags, Dir, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

/// How often a lock is tried. With the pause between, that is half a minute: longer than any single append
/// or check of a usual ledger, short enough that nobody thinks the program hangs for ever.
const LOCK_TRIES_MAX: u32 = 6_000;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// The most files that are listed: a ledger of four billion records has that many.
const FILES_MAX: usize = 32 << 20;

/// The deepest folder that is listed. A ledger's own paths have nine parts at most.
const DEPTH_MAX: usize = 16;

/// How many written files wait for their `fdatasync` at once: far below the usual limit of 1,024 open files.
const PENDING_MAX: usize = 128;

/// A ledger's files in a folder, which is locked as long as this lives.
#[derive(Debug)]
pub struct FileStore {
    root: OwnedFd,
    directory: PathBuf,
    pending: Vec<(String, File)>,
    /// Folders with changed entries.
    changed: BTreeSet<String>,
    /// Folders known to be durable themselves since this store was opened.
    settled: BTreeSet<String>,
}

impl FileStore {
    /// Opens a ledger's folder beside other readers.
    pub fn open_shared(directory: &Path) -> Result<Self, LedgerError> {
        Self::open(directory, FlockOperation::NonBlockingLockShared)
    }

    /// Opens a ledger's folder alone.
    pub fn open_exclusive(directory: &Path) -> Result<Self, LedgerError> {
        Self::open(directory, FlockOperation::NonBlockingLockExclusive)
    }

    fn open(directory: &Path, lock: FlockOperation) -> Result<Self, LedgerError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = match rustix::fs::open(directory, flags, Mode::empty()) {
            Ok(root) => root,
            Err(Errno::NOENT | Errno::NOTDIR) => return Err(UsageError::NoLedger.into()),
            Err(error) => return Err(failed("open", &directory.display().to_string(), error).into()),
        };
        // The folder itself is locked: that needs no file in it, and works where it is read-only.
        for _ in 0..LOCK_TRIES_MAX {
            match rustix::fs::flock(&root, lock) {
                Ok(()) => {
                    let directory = directory.to_path_buf();
                    let (pending, changed, settled) = Default::default();
                    return Ok(Self { root, directory, pending, changed, settled });
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => thread::sleep(LOCK_PAUSE),
                Err(error) => return Err(failed("lock", &directory.display().to_string(), error).into()),
            }
        }
        let reason = "another process holds the ledger".to_owned();
        let path = directory.display().to_string();
        Err(StoreError { operation: "lock", path, kind: StoreErrorKind::Busy, reason }.into())
    }

    /// Returns the folder.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Refuses a folder that holds anything, so that nothing is overwritten.
    pub(super) fn require_empty(&self) -> Result<(), LedgerError> {
        match self.list("")?.into_iter().next() {
            Some(file) => Err(UsageError::NotEmpty(file).into()),
            None => Ok(()),
        }
    }

    /// Opens a folder beneath the root, one component at a time, never through a link.
    fn open_folder(&self, folder: &str) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut current = rustix::fs::openat(&self.root, ".", flags, Mode::empty())?;
        for part in folder.split('/').filter(|it| !it.is_empty()) {
            if part == ".." {
                return Err(Errno::INVAL);
            }
            current = rustix::fs::openat(&current, part, flags, Mode::empty())?;
        }
        Ok(current)
    }

    /// Opens the folder of a file that is about to be written, making what is missing of it.
    fn make_folder(&mut self, folder: &str) -> Result<OwnedFd, Errno> {
        let mut parent = String::new();
        for part in folder.split('/').filter(|it| !it.is_empty()) {
            let here = self.open_folder(&parent)?;
            let is_new = match rustix::fs::mkdirat(&here, part, Mode::from_raw_mode(0o777)) {
                Ok(()) => true,
                Err(Errno::EXIST) => false,
                Err(error) => return Err(error),
            };
            let path = if parent.is_empty() { part.to_owned() } else { format!("{parent}/{part}") };
            // A folder that is there may be the work of a process that was killed before it was durable.
            if is_new || !self.settled.contains(&path) {
                self.changed.insert(parent);
            }
            self.settled.insert(path.clone());
            parent = path;
        }
        self.open_folder(folder)
    }

    fn create(&mut self, path: &str, bytes: &[u8]) -> Result<(OwnedFd, File), StoreError> {
        let (folder, name) = split(path);
        let parent = self.make_folder(folder).map_err(|error| failed("write", path, error))?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&parent, name, flags, Mode::from_raw_mode(0o666))
            .map_err(|error| failed("write", path, error))?;
        let mut file = File::from(file);
        file.write_all(bytes).map_err(|error| failed("write", path, error))?;
        Ok((parent, file))
    }

    fn settle_files(&mut self) -> Result<(), StoreError> {
        for (path, file) in self.pending.drain(..) {
            file.sync_data().map_err(|error| failed("sync", &path, error))?;
        }
        Ok(())
    }
}

impl Store for FileStore {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Stored, StoreError> {
        let (folder, name) = split(path);
        // Without NONBLOCK, opening a pipe waits for a writer before its kind can be looked at.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = self
            .open_folder(folder)
            .and_then(|parent| rustix::fs::openat(&parent, name, flags, Mode::empty()));
        let file = match opened {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(Stored::Missing),
            Err(Errno::NOTDIR | Errno::LOOP | Errno::NXIO) => return Ok(Stored::NotAFile),
            Err(error) => return Err(failed("read", path, error)),
        };
        let metadata = file.metadata().map_err(|error| failed("read", path, error))?;
        if !metadata.is_file() {
            return Ok(Stored::NotAFile);
        }
        let limit = bytes_max as u64;
        if metadata.len() > limit {
            return Ok(Stored::TooLong);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| failed("read", path, error))?;
        if bytes.len() > bytes_max { Ok(Stored::TooLong) } else { Ok(Stored::Bytes(bytes)) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let mut files = Vec::new();
        let mut folders = vec![(folder.to_owned(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let opened = match self.open_folder(&folder) {
                Ok(opened) => opened,
                Err(Errno::NOENT) => continue,
                // Something else stands in the folder's place: that is there, so it is listed.
                Err(Errno::NOTDIR | Errno::LOOP) => {
                    files.push(folder);
                    continue;
                }
                Err(error) => return Err(failed("list", &folder, error)),
            };
            let entries = Dir::new(opened).map_err(|error| failed("list", &folder, error))?;
            for entry in entries {
                let entry = entry.map_err(|error| failed("list", &folder, error))?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name == "." || name == ".." {
                    continue;
                }
                let name = name.to_string_lossy();
                let path = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
                if entry.file_type() == FileType::RegularFile {
                    files.push(path);
                } else if depth < DEPTH_MAX {
                    // A link or device turns out to be no folder when it is opened.
                    folders.push((path, depth + 1));
                } else {
                    return Err(failed("list", &path, io::Error::other("folders are nested too deep")));
                }
                if files.len() + folders.len() > FILES_MAX {
                    return Err(failed("list", &folder, io::Error::other("too many files")));
                }
            }
        }
        files.sort();
        Ok(files)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (_, file) = self.create(path, bytes)?;
        self.changed.insert(split(path).0.to_owned());
        self.pending.push((path.to_owned(), file));
        if self.pending.len() < PENDING_MAX { Ok(()) } else { self.settle_files() }
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.settle_files()?;
        while let Some(folder) = self.changed.pop_first() {
            match self.open_folder(&folder).and_then(rustix::fs::fsync) {
                // A folder that became empty and was removed; its parent is in the set as well.
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(failed("sync", &folder, error)),
            }
        }
        Ok(())
    }

    fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        // The lock makes one name for the temporary file enough; what a crash left there is written over.
        let temporary = format!("{path}.tmp");
        let (parent, file) = self.create(&temporary, bytes)?;
        file.sync_data().map_err(|error| failed("sync", path, error))?;
        rustix::fs::renameat(&parent, split(&temporary).1, &parent, split(path).1)
            .map_err(|error| failed("replace", path, error))?;
        self.changed.insert(split(path).0.to_owned());
        self.sync()
    }

    fn remove(&mut self, path: &str) -> Result<(), StoreError> {
        let (folder, name) = split(path);
        let parent = match self.open_folder(folder) {
            Err(Errno::NOENT) => return Ok(()),
            other => other.map_err(|error| failed("remove", path, error))?,
        };
        match rustix::fs::unlinkat(&parent, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(failed("remove", path, error)),
        }
        self.changed.insert(folder.to_owned());
        let (above, name) = split(folder);
        // Fails as long as the folder holds anything, which is as it should be.
        let removed =
            self.open_folder(above).and_then(|it| rustix::fs::unlinkat(&it, name, AtFlags::REMOVEDIR));
        if removed.is_ok() {
            self.settled.remove(folder);
            self.changed.insert(above.to_owned());
        }
        Ok(())
    }
}

/// Divides a path into its folder and its name.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn failed(operation: &'static str, path: &str, error: impl Into<io::Error>) -> StoreError {
    let error = error.into();
    StoreError { operation, path: path.to_owned(), kind: kind_of(&error), reason: error.to_string() }
}

/// Says what a system error means to a ledger.
pub(super) fn kind_of(error: &io::Error) -> StoreErrorKind {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreErrorKind::NoSpace
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreErrorKind::Denied,
        _ => StoreErrorKind::Other,
    }
}
