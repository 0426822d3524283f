//! The words that every crate shares.
//!
//! What it is for: one vocabulary for "something is wrong at a place": [`Location`], [`Problem`] (we could
//! not read something), [`Rule`] (what a finding means), [`Finding`], [`Fix`], [`Fingerprint`]. Domain types
//! do not serialize; the report crate owns the wire form.
//!
//! What it is not: it holds no analysis, no rendering and no I/O.

mod finding;
mod fingerprint;
mod fix;
mod grade;
mod input;
mod location;
mod rule;
mod text;

pub use finding::{Finding, Findings, PathRole, PathStep, Suppressed};
pub use fingerprint::{Fingerprint, FingerprintInput};
pub use fix::{Edit, Fix, FixSafety, OverlappingEdits, apply_edits};
pub use grade::{Area, Confidence, Kind, Origin, ParseWordError, Severity};
pub use input::{Coverage, Input, InputStatus, Problem, ProblemCode};
pub use location::{Location, RelativePath, SpanLocation};
pub use rule::{References, Rule};
pub use text::{LineColumn, LineIndex, Span};
