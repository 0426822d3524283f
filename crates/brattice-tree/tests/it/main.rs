//! Tests of the tree at its boundary: text in, structure, problems and edits out.

mod differential;
