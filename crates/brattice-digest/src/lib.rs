//! Digests, and the JSON that is hashed or signed.
//!
//! What it is for: one newtype for SHA-256, the identities of the evidence graph that are hashes over lists
//! ([`git_tree_digest`], [`package_set_digest`]), RFC 8785 canonical JSON ([`canonical_json`]) and a strict
//! JSON reader that refuses what two parsers could read differently ([`strict_json`]).
//!
//! What it is not: it does no I/O. Callers push bytes.

mod json;
mod sha256;
mod tree;

pub use json::{JSON_BYTES_MAX, JSON_DEPTH_MAX, JsonError, canonical_json, strict_json};
pub use sha256::{ParseDigestError, Sha256, Sha256Hasher};
pub use tree::{GitMode, GitTreeEntry, PackageSetEntry, git_tree_digest, package_set_digest};
