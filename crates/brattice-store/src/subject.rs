//! The thing that is signed, judged and deployed: a file, or a directory of weights.
//!
//! Every file is hashed beneath the root without following a link, and is fenced: [`Subject::require_unchanged`]
//! tells whether anything moved since, and [`Subject::copy_to`] hands on exactly the bytes that were hashed.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use brattice_digest::{Sha256, Sha256Hasher};

use crate::beneath::{Fence, FileKind, FileState, Root};
use crate::read::ReadError;
use crate::walk::{WalkEntry, WalkLimits, WalkProblem, WalkProblemKind, walk};

/// How much is copied at once.
const COPY_BUFFER_BYTES: usize = 1 << 20;

/// What the OpenSSF Model Signing specification leaves out by default, at the root of a model.
const COMPAT_IGNORED: &[&[u8]] = &[b".git", b".gitattributes", b".github", b".gitignore"];

/// What a subject may consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectRules {
    /// Nothing is left out; links, hard links and special files are refused.
    Strict,
    /// The standard's own rules: git's files at the root are left out, hard links pass.
    Compat,
}

/// Why a subject could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// A part of the tree could not be listed.
    #[error("cannot list {path:?}: {kind:?}")]
    Incomplete {
        /// Where, from the root.
        path: PathBuf,
        /// Why.
        kind: WalkProblemKind,
    },
    /// A link, pipe, socket or device.
    #[error("{path:?} is {what}; a subject holds regular files only")]
    NotRegular {
        /// Where, from the root.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The file has a second name, through which somebody may write to it.
    #[error("{path:?} has {links} hard links; copy it, so that nobody can write to it by another name")]
    HardLink {
        /// Where, from the root.
        path: PathBuf,
        /// How many names it has.
        links: u64,
    },
    /// There is no file in the directory.
    #[error("{path:?} holds no file")]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// A file is not what it was when it was hashed.
    #[error("{path:?} changed after it was hashed")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The private copy could not be written.
    #[error("cannot write {path:?}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl SubjectError {
    /// Returns whether the subject itself is not there.
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::Read(error) if error.is_not_found())
    }
}

/// One file of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectFile {
    /// The path from the root, as bytes, with `/`; the file's name for a single file.
    pub path: Vec<u8>,
    /// The digest of the content.
    pub sha256: Sha256,
    /// Whether the owner may execute it.
    pub executable: bool,
    /// The state that the digest describes.
    pub fence: Fence,
}

/// A hashed file or directory.
#[derive(Debug)]
pub struct Subject {
    root: Root,
    name: String,
    is_directory: bool,
    rules: SubjectRules,
    files: Vec<SubjectFile>,
}

impl Subject {
    /// Reads and hashes a file or a directory. A link named as the subject itself is refused.
    pub fn read(path: &Path, rules: SubjectRules) -> Result<Self, SubjectError> {
        let metadata = fs::symlink_metadata(path).map_err(|error| ReadError::from_io(path, error))?;
        let name = display_name(path);
        if metadata.is_dir() {
            let root = Root::open(path)?;
            let files = read_directory(&root, rules)?;
            if files.is_empty() {
                return Err(SubjectError::Empty { path: path.to_path_buf() });
            }
            return Ok(Self { root, name, is_directory: true, rules, files });
        }
        let file_name = path.file_name().ok_or_else(|| ReadError::NotRegular { path: path.to_path_buf() })?;
        let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root = Root::open(parent)?;
        let state = root.state(file_name.as_bytes())?;
        let file = read_file(&root, file_name.as_bytes().to_vec(), &state, rules)?;
        Ok(Self { root, name, is_directory: false, rules, files: vec![file] })
    }

    /// Returns the last part of the path it was named by; not part of its identity.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it is a directory.
    pub const fn is_directory(&self) -> bool {
        self.is_directory
    }

    /// Returns the files, sorted by path bytes.
    pub fn files(&self) -> &[SubjectFile] {
        &self.files
    }

    /// Fails if any file is not what it was when it was hashed, or if one came or went.
    pub fn require_unchanged(&self) -> Result<(), SubjectError> {
        let changed =
            |path: &[u8]| SubjectError::Changed { path: self.root.path().join(OsStr::from_bytes(path)) };
        if self.is_directory {
            let entries = list(&self.root, self.rules)?;
            let mut files = self.files.iter();
            for entry in &entries {
                match files.next() {
                    Some(file) if file.path == entry.path && file.fence == entry.state.fence => {}
                    _ => return Err(changed(&entry.path)),
                }
            }
            return files.next().map_or(Ok(()), |gone| Err(changed(&gone.path)));
        }
        for file in &self.files {
            if self.root.state(&file.path)?.fence != file.fence {
                return Err(changed(&file.path));
            }
        }
        Ok(())
    }

    /// Copies the files into a new directory and fails unless every byte is the one that was hashed. Returns
    /// the path of the copy: of the file, or of the directory.
    pub fn copy_to(&self, directory: &Path) -> Result<PathBuf, SubjectError> {
        let target = directory.join(&self.name);
        let base = if self.is_directory { target.as_path() } else { directory };
        make_directory(base)?;
        for file in &self.files {
            let to = base.join(OsStr::from_bytes(&file.path));
            if let Some(parent) = to.parent() {
                make_directory(parent)?;
            }
            self.copy_file(file, &to)?;
        }
        match self.files.first() {
            Some(file) if !self.is_directory => Ok(base.join(OsStr::from_bytes(&file.path))),
            _ => Ok(target),
        }
    }

    fn copy_file(&self, file: &SubjectFile, to: &Path) -> Result<(), SubjectError> {
        let failed = |source| SubjectError::Write { path: to.to_path_buf(), source };
        let mut from = self.root.open_file(&file.path)?;
        let mode = if file.executable { 0o500 } else { 0o400 };
        let mut copy: File =
            OpenOptions::new().write(true).create_new(true).mode(mode).open(to).map_err(failed)?;
        let mut hasher = Sha256Hasher::new();
        let mut buffer = vec![0; COPY_BUFFER_BYTES];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    let chunk = buffer.get(..count).unwrap_or_default();
                    hasher.update(chunk);
                    copy.write_all(chunk).map_err(failed)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.root.failed(&file.path, error).into()),
            }
        }
        if hasher.finish() != file.sha256 {
            return Err(SubjectError::Changed { path: self.root.path().join(OsStr::from_bytes(&file.path)) });
        }
        Ok(())
    }
}

fn display_name(path: &Path) -> String {
    // `.` and `..` have no file name; the directory behind them has one.
    let resolved = if path.file_name().is_none() { path.canonicalize().ok() } else { None };
    let named = resolved.as_deref().unwrap_or(path);
    named.file_name().map_or_else(|| "model".to_owned(), |it| it.to_string_lossy().into_owned())
}

fn make_directory(path: &Path) -> Result<(), SubjectError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| SubjectError::Write { path: path.to_path_buf(), source })
}

/// Lists what belongs to a directory, without the directories themselves.
fn list(root: &Root, rules: SubjectRules) -> Result<Vec<WalkEntry>, SubjectError> {
    let ignored = |path: &[u8]| rules == SubjectRules::Compat && COMPAT_IGNORED.contains(&path);
    let mut walked = walk(root, &WalkLimits::USUAL, |path| !ignored(path));
    if let Some(WalkProblem { path, kind }) = walked.problems.pop() {
        return Err(SubjectError::Incomplete { path: OsStr::from_bytes(&path).into(), kind });
    }
    walked.entries.retain(|entry| entry.state.kind != FileKind::Directory && !ignored(&entry.path));
    Ok(walked.entries)
}

fn read_directory(root: &Root, rules: SubjectRules) -> Result<Vec<SubjectFile>, SubjectError> {
    list(root, rules)?.into_iter().map(|entry| read_file(root, entry.path, &entry.state, rules)).collect()
}

fn read_file(
    root: &Root,
    path: Vec<u8>,
    state: &FileState,
    rules: SubjectRules,
) -> Result<SubjectFile, SubjectError> {
    let shown = || PathBuf::from(OsStr::from_bytes(&path));
    match state.kind {
        FileKind::Regular => {}
        FileKind::Symlink => return Err(SubjectError::NotRegular { path: shown(), what: "a symbolic link" }),
        FileKind::Directory => return Err(SubjectError::NotRegular { path: shown(), what: "a directory" }),
        FileKind::Other => {
            return Err(SubjectError::NotRegular { path: shown(), what: "a pipe, socket or device" });
        }
    }
    if rules == SubjectRules::Strict && state.links > 1 {
        return Err(SubjectError::HardLink { path: shown(), links: state.links });
    }
    let hashed = root.hash(&path)?;
    if hashed.state.fence != state.fence {
        return Err(SubjectError::Changed { path: root.path().join(shown()) });
    }
    let executable = state.mode & 0o100 != 0;
    Ok(SubjectFile { path, sha256: hashed.sha256, executable, fence: state.fence })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{Subject, SubjectError, SubjectRules};

    fn model(directory: &Path) -> Subject {
        fs::create_dir_all(directory.join("model/nested")).unwrap();
        fs::write(directory.join("model/weights.npz"), b"weights").unwrap();
        fs::write(directory.join("model/nested/card.json"), b"{}").unwrap();
        Subject::read(&directory.join("model"), SubjectRules::Strict).unwrap()
    }

    #[test]
    fn whatever_moves_after_hashing_shows() {
        let moves: [fn(&Path); 4] = [
            |root| fs::write(root.join("weights.npz"), b"weightz").unwrap(),
            |root| fs::write(root.join(".gitattributes"), b"").unwrap(),
            |root| fs::remove_file(root.join("nested/card.json")).unwrap(),
            |root| {
                fs::remove_file(root.join("weights.npz")).unwrap();
                symlink("/etc/hostname", root.join("weights.npz")).unwrap();
            },
        ];
        for change in moves {
            let directory = tempfile::tempdir().unwrap();
            let subject = model(directory.path());
            subject.require_unchanged().unwrap();
            change(&directory.path().join("model"));
            assert!(matches!(subject.require_unchanged(), Err(SubjectError::Changed { .. })));
        }
    }

    #[test]
    fn the_copy_has_exactly_the_hashed_bytes_or_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let subject = model(directory.path());
        let copy = subject.copy_to(&directory.path().join("private")).unwrap();
        assert_eq!(crate::read_bounded(&copy.join("nested/card.json"), 10).unwrap(), b"{}");
        fs::write(directory.path().join("model/weights.npz"), b"poisons").unwrap();
        let refused = subject.copy_to(&directory.path().join("second"));
        assert!(matches!(refused, Err(SubjectError::Changed { .. })));
    }

    #[test]
    fn links_and_second_names_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        model(directory.path());
        let root = directory.path().join("model");
        fs::hard_link(root.join("weights.npz"), directory.path().join("elsewhere")).unwrap();
        assert!(matches!(Subject::read(&root, SubjectRules::Strict), Err(SubjectError::HardLink { .. })));
        assert!(Subject::read(&root, SubjectRules::Compat).is_ok());
        symlink("weights.npz", root.join("alias")).unwrap();
        assert!(matches!(Subject::read(&root, SubjectRules::Compat), Err(SubjectError::NotRegular { .. })));
        symlink(&root, directory.path().join("link")).unwrap();
        let linked = Subject::read(&directory.path().join("link"), SubjectRules::Strict);
        assert!(matches!(linked, Err(SubjectError::NotRegular { .. })));
    }

    #[test]
    fn git_files_count_unless_the_standard_is_asked_for() {
        let directory = tempfile::tempdir().unwrap();
        model(directory.path());
        let root = directory.path().join("model");
        fs::create_dir(root.join(".git")).unwrap();
        fs::write(root.join(".git/config"), b"[core]").unwrap();
        assert_eq!(Subject::read(&root, SubjectRules::Strict).unwrap().files().len(), 3);
        assert_eq!(Subject::read(&root, SubjectRules::Compat).unwrap().files().len(), 2);
    }
}
