//! The crate at its boundary: mostly forgeries, since a verifier is what it refuses.

mod approvals;
mod bundles;
mod evidence;
mod interop;
mod manifests;
mod signatures;
mod support;
mod trust_files;
mod verification;
