//! The streaming masker: no registered secret gets through, however the stream is cut into chunks.
//!
//! What it is for: [`MaskSet`] takes the secrets of a job, [`Masker`] takes its output piece by piece and
//! replaces every occurrence by [`brattice_redact::MASK`]: the plain value, each long line of a value of
//! several lines, and their base64 (either alphabet, any alignment, wrapped or not), hexadecimal,
//! percent-encoded and JSON-escaped forms. Overlapping matches are merged before they are replaced, and the
//! output depends on the bytes alone. What cannot be the beginning of a secret passes at once.
//!
//! What it is not: a detector of unknown secrets, and no defence against a job that wants to leak: one that
//! encrypts, reverses or spells out a value gets it through. Only a closed network stops that job.

mod automaton;
mod masker;
mod needle;
mod prefilter;

pub use masker::{MaskCounts, MaskSet, Masker};
pub use needle::{LINE_BYTES_MIN, Rejected, RejectedReason, SECRET_BYTES_MAX, SECRET_BYTES_MIN};
