//! The base of a change: files of a commit, read through git.

use std::path::Path;

use brattice_finding::RelativePath;
use brattice_store::{CommitId, FileKind, Git, GitTreeMode, Objects, Repository, TreeEntry};

use crate::ScanError;
use crate::collect::{Collected, FILE_BYTES_MAX, Found, Role, role_of};
use crate::origin::Place;

/// A commit, listed.
pub(crate) struct Base {
    pub(crate) commit: CommitId,
    entries: Vec<TreeEntry>,
    objects: Objects,
}

impl Base {
    /// Opens the commit that a reference names.
    pub(crate) fn open(git: Option<&Git>, root: &Path, since: &str) -> Result<Self, ScanError> {
        let git = git.ok_or_else(|| ScanError::NoGit(since.to_owned()))?;
        let repository =
            Repository::open(git, root).ok_or_else(|| ScanError::NoRepository(since.to_owned()))?;
        let commit = repository.resolve(since)?;
        let entries = repository.tree(&commit)?;
        let objects = repository.objects()?;
        Ok(Self { commit, entries, objects })
    }

    /// Reads one regular file, or nothing if the commit has none of that name.
    pub(crate) fn file(&mut self, path: &[u8], bytes_max: u64) -> Result<Option<Vec<u8>>, ScanError> {
        let entry = self.entries.iter().find(|entry| entry.path == path && is_file(entry.mode));
        let Some(entry) = entry else { return Ok(None) };
        let mut bytes = Vec::new();
        self.objects.read(&entry.object, bytes_max, &mut |chunk| bytes.extend_from_slice(chunk))?;
        Ok(Some(bytes))
    }

    /// Collects what a scan of the commit examines, and the files that were named besides.
    pub(crate) fn collect(&mut self, place: &Place) -> Result<Collected, ScanError> {
        let mut collected = Collected::default();
        for entry in self.entries.iter().filter(|entry| is_file(entry.mode)) {
            let is_named = place.files.iter().any(|it| it.as_bytes() == entry.path);
            let role = role_of(&entry.path, place).or(is_named.then_some(Role::Sniffed));
            let Some(role) = role else { continue };
            let mut bytes = Vec::new();
            self.objects.read(&entry.object, FILE_BYTES_MAX, &mut |chunk| bytes.extend_from_slice(chunk))?;
            let path = RelativePath::new(entry.path.clone());
            collected.take(Found { path, asked: true, role, kind: FileKind::Regular }, bytes);
        }
        Ok(collected)
    }
}

const fn is_file(mode: GitTreeMode) -> bool {
    matches!(mode, GitTreeMode::Regular | GitTreeMode::Executable)
}
