//! What was read, how much of it was understood, and what could not be.

use crate::{Area, Location, RelativePath};

/// A stable code for a problem, in kebab-case, for machines to branch on.
pub type ProblemCode = &'static str;

/// Something of an input that could not be read or understood. Never a finding, never a clean result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable code, such as `yaml-syntax` or `too-large`.
    pub code: ProblemCode,
    /// One sentence for people, without the path.
    pub message: String,
    /// Where, if a place is known.
    pub location: Option<Location>,
    /// Whether the input counts as incomplete because of this. A tolerated oddity is `false`.
    pub incomplete: bool,
}

/// How much of an input was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Size of the input in bytes.
    pub bytes: u64,
    /// Bytes that a reader accounted for.
    pub understood: u64,
}

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InputStatus {
    /// Read and understood.
    Complete,
    /// Not had by design, such as a remote include: listed, never evidence.
    NotChecked,
    /// Could not be read or parsed in full.
    Incomplete,
}

impl InputStatus {
    /// Returns the one spelling of this status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::NotChecked => "not-checked",
            Self::Incomplete => "incomplete",
        }
    }
}

/// One thing that was examined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The file.
    pub path: RelativePath,
    /// The area that examined it.
    pub area: Area,
    /// What it was taken for: `github-workflow`, `github-action`.
    pub kind: &'static str,
    /// What became of it.
    pub status: InputStatus,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// How much was understood.
    pub coverage: Coverage,
}
