//! Identities that are hashes over lists: the git tree and the package set.
//!
//! Both are defined in the contracts: a line an item, sorted, so that anyone can recompute them with
//! `sort` and `sha256sum`.

use std::fmt;

use crate::{Sha256, Sha256Hasher};

/// The file modes that a git tree can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GitMode {
    /// A regular file, `100644`.
    Regular,
    /// An executable file, `100755`.
    Executable,
    /// A symbolic link, `120000`; its content is the target.
    Symlink,
}

impl fmt::Display for GitMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Regular => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
        })
    }
}

/// One file of a git tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitTreeEntry {
    /// The file's mode.
    pub mode: GitMode,
    /// The path from the root of the tree, as bytes, with `/`.
    pub path: Vec<u8>,
    /// SHA-256 of the content (for a link: of its target).
    pub sha256: Sha256,
}

/// Returns the identity of a git tree: SHA-256 over `MODE SP PATH NUL SHA256HEX LF`, sorted by path bytes.
pub fn git_tree_digest(entries: &[GitTreeEntry]) -> Sha256 {
    let mut sorted: Vec<&GitTreeEntry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut hasher = Sha256Hasher::new();
    for entry in sorted {
        hasher.update(entry.mode.to_string().as_bytes());
        hasher.update(b" ");
        hasher.update(&entry.path);
        hasher.update(b"\0");
        hasher.update(entry.sha256.to_hex().as_bytes());
        hasher.update(b"\n");
    }
    hasher.finish()
}

/// One package of a package set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageSetEntry {
    /// The package URL.
    pub purl: String,
    /// SHA-256 of the package file.
    pub sha256: Sha256,
}

/// Returns the identity of a package set: SHA-256 over the sorted lines `PURL SP SHA256HEX LF`.
pub fn package_set_digest(entries: &[PackageSetEntry]) -> Sha256 {
    let mut lines: Vec<String> = entries.iter().map(|it| format!("{} {}\n", it.purl, it.sha256)).collect();
    lines.sort();
    let mut hasher = Sha256Hasher::new();
    for line in lines {
        hasher.update(line.as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{GitMode, GitTreeEntry, git_tree_digest};
    use crate::Sha256;

    fn entry(mode: GitMode, path: &str, content: &[u8]) -> GitTreeEntry {
        GitTreeEntry { mode, path: path.as_bytes().to_vec(), sha256: Sha256::of(content) }
    }

    #[test]
    fn the_git_tree_is_the_hash_of_its_sorted_lines() {
        let entries = [entry(GitMode::Executable, "b", b"2"), entry(GitMode::Regular, "a/x", b"1")];
        let text = format!("100644 a/x\0{}\n100755 b\0{}\n", Sha256::of(b"1"), Sha256::of(b"2"));
        assert_eq!(git_tree_digest(&entries), Sha256::of(text.as_bytes()));
    }

    #[test]
    fn mode_and_path_are_part_of_the_identity() {
        let base = git_tree_digest(&[entry(GitMode::Regular, "a", b"1")]);
        assert_ne!(base, git_tree_digest(&[entry(GitMode::Executable, "a", b"1")]));
        assert_ne!(base, git_tree_digest(&[entry(GitMode::Regular, "b", b"1")]));
    }
}
