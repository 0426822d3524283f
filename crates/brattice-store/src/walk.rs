//! Listing a tree: every name beneath a root, in an order that depends on the names alone.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::Dir;

use crate::beneath::{FileKind, FileState, Root, state_at};
use crate::read::ReadError;

/// How much of a tree is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkLimits {
    /// The most names in all.
    pub entries_max: usize,
    /// The deepest directory; the root's own names are at depth 1.
    pub depth_max: usize,
    /// The longest path from the root, in bytes.
    pub path_bytes_max: usize,
}

impl WalkLimits {
    /// Two million names are more than the largest monorepos have, and their list still fits into memory;
    /// 128 levels and 4,000 bytes stay below what the kernel itself takes in one path.
    pub const USUAL: Self = Self { entries_max: 2_000_000, depth_max: 128, path_bytes_max: 4_000 };
}

/// One name of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkEntry {
    /// The path from the root, as bytes, with `/`.
    pub path: Vec<u8>,
    /// What the file system says about it.
    pub state: FileState,
}

/// Why a part of a tree is missing from the list.
#[derive(Debug)]
pub enum WalkProblemKind {
    /// The directory or its names could not be read.
    Unreadable(ReadError),
    /// The directory lies deeper than [`WalkLimits::depth_max`].
    TooDeep,
    /// The path is longer than [`WalkLimits::path_bytes_max`].
    PathTooLong,
    /// There are more names than [`WalkLimits::entries_max`]; the list ends here.
    TooManyEntries,
}

/// A part of a tree that is missing from the list.
#[derive(Debug)]
pub struct WalkProblem {
    /// Where, from the root; empty for the root.
    pub path: Vec<u8>,
    /// Why.
    pub kind: WalkProblemKind,
}

/// The names of a tree. The list is whole if and only if there are no problems.
#[derive(Debug, Default)]
pub struct Walk {
    /// Every name that was seen, sorted by path bytes.
    pub entries: Vec<WalkEntry>,
    /// What could not be listed, in the order of the walk.
    pub problems: Vec<WalkProblem>,
}

/// Lists what lies beneath a root. `enter` is asked about each directory; where it says no, the directory is
/// listed and its content is not. Links are listed and never followed.
pub fn walk(root: &Root, limits: &WalkLimits, mut enter: impl FnMut(&[u8]) -> bool) -> Walk {
    let mut walk = Walk::default();
    let mut pending: Vec<(Vec<u8>, usize)> = vec![(Vec::new(), 1)];
    while let Some((path, depth)) = pending.pop() {
        let listed = root.open_directory(&path).and_then(|directory| match names_of(&directory) {
            Ok(names) => Ok((directory, names)),
            Err(error) => Err(root.failed(&path, error)),
        });
        let (directory, names) = match listed {
            Ok(listed) => listed,
            Err(error) => {
                walk.problem(path, WalkProblemKind::Unreadable(error));
                continue;
            }
        };
        let first_new = pending.len();
        for name in names {
            let child = join(&path, name.to_bytes());
            if walk.entries.len() >= limits.entries_max {
                walk.problem(child, WalkProblemKind::TooManyEntries);
                pending.clear();
                break;
            }
            if child.len() > limits.path_bytes_max {
                walk.problem(child, WalkProblemKind::PathTooLong);
                continue;
            }
            let state = match state_at(&directory, &name) {
                Ok(state) => state,
                Err(error) => {
                    let error = root.failed(&child, error);
                    walk.problem(child, WalkProblemKind::Unreadable(error));
                    continue;
                }
            };
            if state.kind == FileKind::Directory && enter(&child) {
                if depth < limits.depth_max {
                    pending.push((child.clone(), depth + 1));
                } else {
                    walk.problem(child.clone(), WalkProblemKind::TooDeep);
                }
            }
            walk.entries.push(WalkEntry { path: child, state });
        }
        // The stack gives back the last first: turned round, the walk goes in the order of the names.
        if let Some(new) = pending.get_mut(first_new..) {
            new.reverse();
        }
    }
    walk.entries.sort_by(|a, b| a.path.cmp(&b.path));
    walk
}

impl Walk {
    fn problem(&mut self, path: Vec<u8>, kind: WalkProblemKind) {
        self.problems.push(WalkProblem { path, kind });
    }
}

impl WalkEntry {
    /// Returns the path as the operating system's string.
    pub fn os_path(&self) -> &OsStr {
        OsStr::from_bytes(&self.path)
    }
}

fn names_of(directory: &OwnedFd) -> io::Result<Vec<std::ffi::CString>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_bytes() != b"." && name.to_bytes() != b".." {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn join(parent: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(parent.len() + 1 + name.len());
    path.extend_from_slice(parent);
    if !parent.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}
