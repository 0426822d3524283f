//! Where something is.

use std::fmt;

use crate::{LineIndex, Span};

/// A path relative to the git root (else to the named directory), with `/`, as bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(Vec<u8>);

impl RelativePath {
    /// Takes a path as bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the text if the name is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Returns text for people: replacement characters where the name is not UTF-8, control characters
    /// escaped, since a file name is hostile input to a terminal.
    pub fn display(&self) -> String {
        let mut shown = String::new();
        for c in String::from_utf8_lossy(&self.0).chars() {
            if c.is_control() {
                shown.extend(c.escape_default());
            } else {
                shown.push(c);
            }
        }
        shown
    }
}

impl From<&str> for RelativePath {
    fn from(path: &str) -> Self {
        Self(path.as_bytes().to_vec())
    }
}

impl fmt::Debug for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.display())
    }
}

/// A place in a text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanLocation {
    /// The file.
    pub path: RelativePath,
    /// The bytes.
    pub span: Span,
    /// 1-based line of the first byte.
    pub line: u32,
    /// 1-based column of the first byte, in Unicode scalar values.
    pub column: u32,
    /// 1-based line of the end.
    pub end_line: u32,
    /// 1-based column behind the last character.
    pub end_column: u32,
    /// What encloses the place: `jobs.train.steps[2]`.
    pub symbol: Option<String>,
}

/// Where a finding or a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A place in a text file.
    Span(SpanLocation),
    /// A range of a binary file.
    Bytes {
        /// The file.
        path: RelativePath,
        /// Offset of the first byte.
        offset: u64,
        /// Length in bytes.
        length: u64,
    },
    /// A place in a member of an archive, outermost member first.
    Member {
        /// The archive file.
        path: RelativePath,
        /// The names of the nested members.
        members: Vec<RelativePath>,
        /// Offset in the innermost member.
        offset: u64,
    },
    /// A line that a commit introduced.
    Commit {
        /// The repository.
        repository: String,
        /// The commit's object id.
        commit: String,
        /// The file.
        path: RelativePath,
        /// 1-based line.
        line: u32,
    },
    /// A file in a layer of an image.
    Layer {
        /// The image.
        image: String,
        /// The layer's digest.
        layer: String,
        /// The file.
        path: RelativePath,
    },
    /// A package.
    Package {
        /// The package URL.
        purl: String,
        /// The file that names it.
        path: RelativePath,
    },
}

impl Location {
    /// Makes a text location from a span.
    pub fn span(
        path: &RelativePath,
        text: &str,
        lines: &LineIndex,
        span: Span,
        symbol: Option<String>,
    ) -> Self {
        let start = lines.position(text, span.start);
        let end = lines.position(text, span.end);
        Self::Span(SpanLocation {
            path: path.clone(),
            span,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            symbol,
        })
    }

    /// Makes the location of a whole file.
    pub fn file(path: &RelativePath) -> Self {
        Self::Bytes { path: path.clone(), offset: 0, length: 0 }
    }

    /// Returns the file that this place is in.
    pub fn path(&self) -> &RelativePath {
        match self {
            Self::Span(it) => &it.path,
            Self::Bytes { path, .. }
            | Self::Member { path, .. }
            | Self::Commit { path, .. }
            | Self::Layer { path, .. }
            | Self::Package { path, .. } => path,
        }
    }

    /// Returns the text place, if it is one.
    pub fn as_span(&self) -> Option<&SpanLocation> {
        match self {
            Self::Span(it) => Some(it),
            _ => None,
        }
    }
}
