//! One tolerant, duplicate-aware tree with byte-exact spans for YAML and JSON, and patches that keep comments.
//!
//! What it is for: every reader of a definition file (pipelines, policies, lock files) works on a [`Tree`].
//! Reading never fails: whatever the text holds, there is a tree of what could be read and a list of
//! [`TreeProblem`]s. Each value knows its own bytes, and each decoded scalar can map any of its bytes back to
//! the source ([`Scalar::source_span`]), through indentation, folding, CRLF and escapes. Duplicate keys stay.
//!
//! Scalars have the YAML 1.2 core meaning; where a YAML 1.1 reader would see something else
//! ([`Scalar::legacy_meaning`]) that is noted, not resolved. Merge keys (`<<`) are ordinary entries unless
//! [`Node::merged_entries`] is asked for.
//!
//! Following children from any node always ends, within [`DEPTH_LIMIT`] levels, even through aliases: an alias
//! that would make a cycle, or unfold beyond [`ALIAS_EXPANSION_LIMIT`], stays unresolved and is a problem.
//!
//! What it is not: no schema, no types beyond the core ones, no files, no serde.

mod arena;
mod json;
mod node;
mod problem;
mod scalar;
mod tree;
mod yaml;

pub mod patch;

pub use arena::{ALIAS_EXPANSION_LIMIT, DEPTH_LIMIT, NODE_LIMIT, NodeId};
pub use node::{Entries, Entry, Items, Node, NodeKind};
pub use problem::{PROBLEM_LIMIT, TreeProblem};
pub use scalar::{LegacyMeaning, Scalar, ScalarStyle};
pub use tree::{TEXT_LIMIT_BYTES, Tree};
