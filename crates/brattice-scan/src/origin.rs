//! Where the paths of a request lie: one root, and what beneath it was asked for.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use brattice_finding::RelativePath;
use brattice_store::work_tree_root;

use crate::ScanError;

/// One root and the requested places beneath it.
#[derive(Debug)]
pub(crate) struct Place {
    /// The root, absolute and without links.
    pub(crate) root: PathBuf,
    /// Whether the root is a git work tree.
    pub(crate) is_repository: bool,
    /// The directories to walk; an empty path is the root.
    pub(crate) directories: Vec<RelativePath>,
    /// The files that were named.
    pub(crate) files: Vec<RelativePath>,
}

impl Place {
    /// Finds the one root of some paths: the git work tree around them, else their common directory.
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Self, ScanError> {
        let mut found: Vec<(PathBuf, bool)> = Vec::new();
        for path in paths {
            found.push(locate(path)?);
        }
        let mut repository: Option<PathBuf> = None;
        let mut common: Option<PathBuf> = None;
        for (path, is_directory) in &found {
            let directory = if *is_directory { path.as_path() } else { path.parent().unwrap_or(path) };
            if let Some(root) = work_tree_root(directory) {
                match &repository {
                    Some(first) if *first != root => {
                        return Err(ScanError::SeveralRepositories { first: first.clone(), second: root });
                    }
                    _ => repository = Some(root),
                }
            }
            common = Some(match common {
                None => directory.to_path_buf(),
                Some(common) => common_directory(&common, directory),
            });
        }
        let common = common.unwrap_or_else(|| PathBuf::from("/"));
        let inside = repository.filter(|root| common.starts_with(root));
        let is_repository = inside.is_some();
        let root = inside.unwrap_or(common);
        let (mut directories, mut files) = (Vec::new(), Vec::new());
        for (path, is_directory) in found {
            let relative = relative(&root, &path);
            if is_directory { directories.push(relative) } else { files.push(relative) }
        }
        Ok(Self { root, is_repository, directories, files })
    }

    /// Returns whether everything beneath the root was asked for.
    pub(crate) fn is_whole(&self) -> bool {
        self.directories.iter().any(|it| it.as_bytes().is_empty())
    }
}

/// Returns the absolute path without links in its directories, and whether it is a directory. A named file
/// keeps its own name even if it is a link: the reader decides about it.
fn locate(path: &Path) -> Result<(PathBuf, bool), ScanError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            ScanError::MissingPath(path.to_path_buf())
        }
        _ => ScanError::Locate { path: path.to_path_buf(), source },
    };
    let metadata = path.symlink_metadata().map_err(failed)?;
    let is_link_to_file = metadata.is_symlink() && path.metadata().is_ok_and(|it| !it.is_dir());
    if let (true, Some(name)) = (is_link_to_file, path.file_name()) {
        let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Ok((parent.canonicalize().map_err(failed)?.join(name), false));
    }
    let real = path.canonicalize().map_err(failed)?;
    let is_directory = real.is_dir();
    Ok((real, is_directory))
}

fn common_directory(a: &Path, b: &Path) -> PathBuf {
    let same = a.components().zip(b.components()).take_while(|(a, b)| a == b);
    same.map(|(component, _)| component.as_os_str()).collect()
}

/// Returns a path beneath the root with `/`.
pub(crate) fn relative(root: &Path, path: &Path) -> RelativePath {
    let rest = path.strip_prefix(root).unwrap_or(path);
    let names = rest.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.as_bytes()),
        _ => None,
    });
    RelativePath::new(names.collect::<Vec<_>>().join(&b'/'))
}

/// Returns whether a path is a directory or lies beneath it; the empty directory holds everything.
pub(crate) fn lies_beneath(path: &[u8], directory: &[u8]) -> bool {
    directory.is_empty()
        || path == directory
        || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with(b"/"))
}
