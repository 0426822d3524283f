//! What never leaves a sandbox: files and directories that make a tool or a shell of the host run code later.

use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, openat2, statat};

/// Names that make a tool or a shell run code later, in lower case. `git~1` is what some file systems call
/// `.git`.
const PROTECTED: [&[u8]; 25] = [
    b".git",
    b"git~1",
    b".hg",
    b".svn",
    b".bzr",
    b".jj",
    b".githooks",
    b".husky",
    b".gitattributes",
    b".gitmodules",
    b".gitconfig",
    b".bashrc",
    b".bash_profile",
    b".bash_login",
    b".bash_logout",
    b".bash_aliases",
    b".profile",
    b".zshrc",
    b".zshenv",
    b".zprofile",
    b".zlogin",
    b".cshrc",
    b".tcshrc",
    b".kshrc",
    b".envrc",
];

/// A directory that is protected in one parent only: git's settings of a user.
const PROTECTED_IN: (&[u8], &[u8]) = (b".config", b"git");

/// What git takes for a repository, with settings that name programs to run, whatever the directory is called:
/// one that holds `HEAD`, `objects` and `refs`, or `HEAD` and a `commondir` that says where the others are.
const REPOSITORY_PARTS: [(&str, u8); 4] = [("HEAD", 1), ("objects", 2), ("refs", 4), ("commondir", 8)];

/// The sets of [`REPOSITORY_PARTS`] that are enough.
const REPOSITORIES: [u8; 2] = [1 | 2 | 4, 1 | 8];

/// Returns whether a file or directory of this name never leaves a sandbox. `parent` is the path that it is in.
pub(crate) fn is_protected(parent: &[u8], name: &[u8]) -> bool {
    let parent = parent.rsplit(|it| *it == b'/').next().unwrap_or_default();
    PROTECTED.iter().any(|it| it.eq_ignore_ascii_case(name))
        || (PROTECTED_IN.0.eq_ignore_ascii_case(parent) && PROTECTED_IN.1.eq_ignore_ascii_case(name))
}

/// Which parts of a repository each directory would hold.
#[derive(Default)]
pub(crate) struct RepositoryParts(BTreeMap<Vec<u8>, u8>);

impl RepositoryParts {
    /// Notes a file or directory that would be copied out.
    pub(crate) fn note(&mut self, path: &[u8]) {
        let (parent, name) = match path.iter().rposition(|it| *it == b'/') {
            Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
            None => (&b""[..], path),
        };
        let part = REPOSITORY_PARTS.iter().find(|(part, _)| part.as_bytes().eq_ignore_ascii_case(name));
        if let Some((_, bit)) = part {
            *self.0.entry(parent.to_vec()).or_default() |= bit;
        }
    }

    /// Notes a path and every directory that it leads through.
    pub(crate) fn note_all(&mut self, path: &[u8]) {
        let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|it| it.0);
        for end in slashes.chain([path.len()]) {
            self.note(path.get(..end).unwrap_or_default());
        }
    }

    /// Lists the directories that would be repositories, together with what the destination holds already: a
    /// job must not make one in two runs either.
    pub(crate) fn repositories(&self, destination: BorrowedFd<'_>) -> Vec<Vec<u8>> {
        let is_repository = |bits: u8| REPOSITORIES.iter().any(|it| bits & it == *it);
        let all = self.0.iter();
        all.filter(|(path, bits)| {
            is_repository(**bits) || is_repository(**bits | parts_in(destination, path))
        })
        .map(|(path, _)| path.clone())
        .collect()
    }
}

fn parts_in(root: BorrowedFd<'_>, path: &[u8]) -> u8 {
    let path = if path.is_empty() { b"." } else { path };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    // What cannot be opened so is not written to either.
    let Ok(directory) = openat2(root, path, flags, Mode::empty(), resolve) else { return 0 };
    let there = |name: &str| statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW).is_ok();
    REPOSITORY_PARTS.iter().filter(|(name, _)| there(name)).fold(0, |bits, (_, bit)| bits | bit)
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::{RepositoryParts, is_protected};

    #[test]
    fn names_are_protected_in_any_case_and_git_only_where_it_is_settings() {
        for (parent, name) in
            [("a", ".git"), ("", ".GitAttributes"), ("", ".gitmodules"), ("x/.Config", "GIT")]
        {
            assert!(is_protected(parent.as_bytes(), name.as_bytes()), "{parent} {name}");
        }
        for (parent, name) in [("", "git"), ("x.config", "git"), (".config/x", "git"), (".config", "other")] {
            assert!(!is_protected(parent.as_bytes(), name.as_bytes()), "{parent} {name}");
        }
    }

    #[test]
    fn a_repository_is_known_by_its_parts_wherever_they_come_from() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["half/objects", "half/refs"] {
            std::fs::create_dir_all(directory.path().join(name)).unwrap();
        }
        let destination = std::fs::File::open(directory.path()).unwrap();
        for (paths, expected) in [
            (&["a/HEAD", "a/objects/x", "a/refs/y"][..], &["a"][..]),
            (&["head", "Objects", "REFS"], &[""]),
            (&["a/HEAD", "a/commondir"], &["a"]),
            (&["half/HEAD"], &["half"]),
            (&["a/HEAD", "a/objects", "b/refs"], &[]),
            (&["a/objects", "a/refs", "other/HEAD", "half/other"], &[]),
        ] {
            let mut parts = RepositoryParts::default();
            for path in paths {
                parts.note_all(path.as_bytes());
            }
            let expected: Vec<Vec<u8>> = expected.iter().map(|it| it.as_bytes().to_vec()).collect();
            assert_eq!(parts.repositories(destination.as_fd()), expected, "{paths:?}");
        }
    }
}
