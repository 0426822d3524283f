//! What a scan found, written for a person, an editor, a program or a platform.
//!
//! What it is for: one [`Report`] goes in, one [`Format`] comes out, onto a writer of the caller's. The
//! published wire types of `brattice.findings/1` live here ([`wire`]), because domain types do not serialize.
//!
//! What it is not: it judges nothing, reads no file and asks no terminal: texts, verdict and the choice of
//! colour come in by the caller. Whatever a file under examination says (names, lines, messages made from
//! them) is hostile to a terminal, so no control character of it is ever written.

mod concise;
mod full;
mod github;
mod json;
mod place;
mod report;
mod sarif;
mod sarif_result;
mod snippet;
mod text;
pub mod wire;

pub use report::{Colour, Format, Report, Sources, write_report};
