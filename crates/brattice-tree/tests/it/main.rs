//! Tests of the tree at its boundary: text in, structure, problems and edits out.

mod differential;
mod invariants;
mod limits;
mod patch;
mod structure;
mod tolerance;
mod views;
