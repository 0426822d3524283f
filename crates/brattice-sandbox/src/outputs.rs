//! Copies a dead job's outputs out: whatever the job left there is hostile, and so is the destination.
//!
//! Everything is opened beneath a directory descriptor with no symbolic link followed (openat2(2)). Only the
//! content of regular files leaves, in new files with a mode of ours: hard links, owners, setuid bits and
//! extended attributes have no way out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use brattice_digest::{Sha256, Sha256Hasher};
use brattice_finding::RelativePath;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, fchmod, fstat, mkdirat, openat, openat2,
    renameat, unlinkat,
};
use rustix::io::Errno;

use crate::protected::{RepositoryParts, is_protected};
use crate::{OutputError, OutputLimits};

/// Bytes that are copied and hashed at a time.
const CHUNK_BYTES: usize = 256 << 10;

const INSIDE: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);

/// A destination may have other file systems mounted beneath it.
const BENEATH: ResolveFlags =
    ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS).union(ResolveFlags::NO_MAGICLINKS);

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// One file that was copied out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedOutput {
    /// Its path beneath the destination, the same as beneath the source.
    pub path: RelativePath,
    /// What was written.
    pub sha256: Sha256,
    /// How much was written.
    pub bytes: u64,
    /// The mode that it got: 0644 or 0755.
    pub mode: u32,
}

/// What came of the outputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectedOutputs {
    /// The files that were copied, sorted by path.
    pub copied: Vec<CopiedOutput>,
    /// Declared outputs that do not exist.
    pub missing: Vec<RelativePath>,
    /// What was left behind because it makes a tool run code later.
    pub withheld: Vec<RelativePath>,
}

/// Where outputs come from.
pub(crate) struct Source<'a> {
    pub(crate) root: BorrowedFd<'a>,
    pub(crate) paths: &'a [RelativePath],
}

/// Looks at all outputs, then copies them.
pub(crate) fn collect(
    source: &Source<'_>,
    limits: OutputLimits,
    destination: &Path,
) -> Result<CollectedOutputs, OutputError> {
    let mut survey = Survey::empty(source.root, limits);
    for path in source.paths {
        survey.add(&normal(path))?;
    }
    if survey.files.is_empty() {
        return Ok(CollectedOutputs {
            copied: Vec::new(),
            missing: survey.missing,
            withheld: survey.withheld,
        });
    }
    let target = openat(CWD, destination, DIRECTORY, Mode::empty())
        .map_err(|it| OutputError::Destination { path: destination.to_owned(), source: it.into() })?;
    for repository in survey.parts.repositories(target.as_fd()) {
        survey.withhold(&repository);
    }
    let mut collected =
        CollectedOutputs { copied: Vec::new(), missing: survey.missing, withheld: survey.withheld };
    let mut left = limits.bytes_max;
    for (path, executable) in survey.files {
        let copied = copy(source.root, target.as_fd(), &path, executable, left, limits)?;
        left = left.saturating_sub(copied.bytes);
        collected.copied.push(copied);
    }
    Ok(collected)
}

/// Removes `.` and doubled slashes; the root itself is the empty path.
fn normal(path: &RelativePath) -> Vec<u8> {
    let parts = path.as_bytes().split(|it| *it == b'/').filter(|it| !it.is_empty() && *it != b".");
    parts.collect::<Vec<_>>().join(&b'/')
}

/// What the outputs consist of.
struct Survey<'a> {
    root: BorrowedFd<'a>,
    limits: OutputLimits,
    bytes: u64,
    entries: u64,
    /// Path to whether it is executable.
    files: BTreeMap<Vec<u8>, bool>,
    missing: Vec<RelativePath>,
    withheld: Vec<RelativePath>,
    parts: RepositoryParts,
}

impl<'a> Survey<'a> {
    fn empty(root: BorrowedFd<'a>, limits: OutputLimits) -> Self {
        Self {
            root,
            limits,
            bytes: 0,
            entries: 0,
            files: BTreeMap::new(),
            missing: Vec::new(),
            withheld: Vec::new(),
            parts: RepositoryParts::default(),
        }
    }

    fn add(&mut self, declared: &[u8]) -> Result<(), OutputError> {
        // Paths instead of recursion: a job can nest deeper than a stack, but no longer than a path.
        let mut pending = vec![declared.to_vec()];
        while let Some(path) = pending.pop() {
            let handle = match open_inside(self.root, &path, OFlags::PATH | OFlags::NOFOLLOW) {
                Err(Errno::NOENT | Errno::NOTDIR) => {
                    self.missing.push(RelativePath::new(path));
                    continue;
                }
                other => other.map_err(|it| read_error(&path, it))?,
            };
            let status = fstat(&handle).map_err(|it| read_error(&path, it))?;
            self.count(&path, &status)?;
            // The directories above a declared path are not visited.
            if path == declared {
                self.parts.note_all(&path);
            } else {
                self.parts.note(&path);
            }
            match FileType::from_raw_mode(status.st_mode) {
                FileType::RegularFile => {
                    self.files.insert(path, status.st_mode & 0o100 != 0);
                }
                FileType::Directory => self.list(&path, &mut pending)?,
                kind => return Err(kind_error(&path, kind)),
            }
        }
        Ok(())
    }

    fn list(&mut self, path: &[u8], pending: &mut Vec<Vec<u8>>) -> Result<(), OutputError> {
        let directory = open_inside(self.root, path, DIRECTORY).map_err(|it| read_error(path, it))?;
        for entry in Dir::read_from(&directory).map_err(|it| read_error(path, it))? {
            let entry = entry.map_err(|it| read_error(path, it))?;
            let name = entry.file_name().to_bytes();
            if name == b"." || name == b".." {
                continue;
            }
            let separator: &[u8] = if path.is_empty() { b"" } else { b"/" };
            let inner = [path, separator, name].concat();
            if is_protected(path, name) {
                self.withheld.push(RelativePath::new(inner));
            } else if pending.len() as u64 > self.limits.entries_max {
                return Err(limit_error(path, self.limits.entries_max, "files and directories"));
            } else {
                pending.push(inner);
            }
        }
        Ok(())
    }

    /// Leaves a whole directory behind; does nothing if no file of it is left.
    fn withhold(&mut self, directory: &[u8]) {
        let prefix = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
        let mut inside = self.files.split_off(&prefix);
        // Paths are sorted: those with the prefix stand together.
        let after = inside.keys().find(|it| !it.starts_with(&prefix)).cloned();
        let mut rest = after.map(|it| inside.split_off(&it)).unwrap_or_default();
        self.files.append(&mut rest);
        if !inside.is_empty() {
            let shown = if directory.is_empty() { b"." } else { directory };
            self.withheld.push(RelativePath::new(shown));
        }
    }

    fn count(&mut self, path: &[u8], status: &rustix::fs::Stat) -> Result<(), OutputError> {
        self.entries += 1;
        if self.entries > self.limits.entries_max {
            return Err(limit_error(path, self.limits.entries_max, "files and directories"));
        }
        if FileType::from_raw_mode(status.st_mode) == FileType::RegularFile {
            self.bytes = self.bytes.saturating_add(u64::try_from(status.st_size).unwrap_or(u64::MAX));
        }
        if self.bytes > self.limits.bytes_max {
            return Err(limit_error(path, self.limits.bytes_max, "bytes"));
        }
        Ok(())
    }
}

fn copy(
    root: BorrowedFd<'_>,
    target: BorrowedFd<'_>,
    path: &[u8],
    executable: bool,
    left: u64,
    limits: OutputLimits,
) -> Result<CopiedOutput, OutputError> {
    // Should the survey have been deceived, a pipe does not block and a terminal is not adopted.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let source = open_inside(root, path, flags).map_err(|it| read_error(path, it))?;
    let kind = FileType::from_raw_mode(fstat(&source).map_err(|it| read_error(path, it))?.st_mode);
    if kind != FileType::RegularFile {
        return Err(kind_error(path, kind));
    }
    let write_error = |source: io::Error| OutputError::Write { path: RelativePath::new(path), source };
    let (directory_path, name) = match path.iter().rposition(|it| *it == b'/') {
        Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
        None => (&b""[..], path),
    };
    let directory = make_beneath(target, directory_path).map_err(write_error)?;
    let mode = if executable { 0o755 } else { 0o644 };
    let temporary = TemporaryFile::create(directory.as_fd()).map_err(write_error)?;
    let (sha256, bytes) = pump(File::from(source), &temporary.file, path, left, limits)?;
    fchmod(&temporary.file, Mode::from_raw_mode(mode)).map_err(|it| write_error(it.into()))?;
    temporary.rename(name).map_err(write_error)?;
    Ok(CopiedOutput { path: RelativePath::new(path), sha256, bytes, mode })
}

fn pump(
    mut source: File,
    mut target: &File,
    path: &[u8],
    left: u64,
    limits: OutputLimits,
) -> Result<(Sha256, u64), OutputError> {
    let mut hasher = Sha256Hasher::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0_u64;
    loop {
        let count = match source.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(|source| OutputError::Read { path: RelativePath::new(path), source })?,
        };
        let read = chunk.get(..count).unwrap_or_default();
        if read.is_empty() {
            return Ok((hasher.finish(), bytes));
        }
        bytes += count as u64;
        if bytes > left {
            return Err(limit_error(path, limits.bytes_max, "bytes"));
        }
        hasher.update(read);
        target
            .write_all(read)
            .map_err(|source| OutputError::Write { path: RelativePath::new(path), source })?;
    }
}

/// A file that is removed unless it gets its name.
struct TemporaryFile<'a> {
    directory: BorrowedFd<'a>,
    name: String,
    file: File,
    renamed: bool,
}

impl<'a> TemporaryFile<'a> {
    fn create(directory: BorrowedFd<'a>) -> io::Result<Self> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let pid = std::process::id();
        // A few names, in case a killed launcher left one behind.
        for number in 0..64 {
            let name = format!(".brattice-{pid}-{number}.partial");
            match openat(directory, &name, flags, Mode::RUSR | Mode::WUSR) {
                Ok(file) => return Ok(Self { directory, name, file: file.into(), renamed: false }),
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Errno::EXIST.into())
    }

    fn rename(mut self, name: &[u8]) -> io::Result<()> {
        renameat(self.directory, &self.name, self.directory, name)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for TemporaryFile<'_> {
    fn drop(&mut self) {
        if !self.renamed {
            // The error that led here is worth more than this one.
            let _ = unlinkat(self.directory, &self.name, AtFlags::empty());
        }
    }
}

/// Opens a directory beneath another, making what is missing and following no link.
fn make_beneath(root: BorrowedFd<'_>, path: &[u8]) -> io::Result<OwnedFd> {
    let mut directory = root.try_clone_to_owned()?;
    for part in path.split(|it| *it == b'/').filter(|it| !it.is_empty()) {
        match mkdirat(&directory, part, Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        directory = openat2(&directory, part, DIRECTORY | OFlags::NOFOLLOW, Mode::empty(), BENEATH)?;
    }
    Ok(directory)
}

fn open_inside(root: BorrowedFd<'_>, path: &[u8], flags: OFlags) -> Result<OwnedFd, Errno> {
    let path = if path.is_empty() { b"." } else { path };
    openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), INSIDE)
}

fn read_error(path: &[u8], error: Errno) -> OutputError {
    let path = RelativePath::new(path);
    if error == Errno::LOOP {
        return OutputError::Kind { path, kind: "reached through a symbolic link" };
    }
    OutputError::Read { path, source: error.into() }
}

fn kind_error(path: &[u8], kind: FileType) -> OutputError {
    let kind = match kind {
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        _ => "of no known kind",
    };
    OutputError::Kind { path: RelativePath::new(path), kind }
}

fn limit_error(path: &[u8], limit: u64, unit: &'static str) -> OutputError {
    OutputError::Limit { path: RelativePath::new(path), limit, unit }
}
