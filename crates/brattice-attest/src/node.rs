//! The nodes of the evidence graph: what a statement can be about.

use std::fmt;
use std::str::FromStr;

use brattice_digest::Sha256;

/// The kinds of node. The kind is part of a node's identity: two lists may hash to one digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// One file; SHA-256 of its bytes.
    File,
    /// A directory of weights; root digest of its manifest in the standard's order.
    Model,
    /// A clean git tree; see `brattice_digest::git_tree_digest`.
    GitTree,
    /// A workspace that is not a clean git tree.
    Directory,
    /// A set of packages; see `brattice_digest::package_set_digest`.
    PackageSet,
    /// A container image; its manifest digest.
    Image,
}

impl NodeKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::File, Self::Model, Self::GitTree, Self::Directory, Self::PackageSet, Self::Image];

    /// Returns the one spelling of this kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Model => "model",
            Self::GitTree => "git-tree",
            Self::Directory => "directory",
            Self::PackageSet => "package-set",
            Self::Image => "image",
        }
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word is not a node kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a node kind: expected file, model, git-tree, directory, package-set or image")]
pub struct ParseNodeKindError(pub String);

impl FromStr for NodeKind {
    type Err = ParseNodeKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| ParseNodeKindError(text.chars().take(64).collect()))
    }
}

/// A node: evidence is joined on kind and digest, and on nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its identity.
    pub sha256: Sha256,
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.sha256)
    }
}
