//! Signed statements: who says what about which digest, and what follows from it.
//!
//! What it is for: keys and signatures ([`key`]), the envelope ([`dsse`]) and file format ([`bundle`]) of a
//! signed statement, the statements themselves ([`statement`], [`oms`]), whom to believe ([`trust`]), the
//! one type that says every binding was checked ([`Verified`]), the evidence graph ([`graph`]) and the
//! counting of approvals ([`approval`]).
//!
//! What it is not: it does no I/O, reads no clock and draws no randomness; bytes, times and seeds come in by
//! the caller. It decides nothing about deployment: that is the `policy` crate.

pub mod approval;
pub mod bundle;
pub mod dsse;
pub mod graph;
pub mod key;
mod node;
pub mod oms;
mod pem;
pub mod statement;
pub mod trust;
mod unknown;
mod verified;

pub use node::{Node, NodeKind, ParseNodeKindError};
pub use verified::{Authority, CLOCK_SKEW_MAX, Expectation, Signer, Verified, VerifyError, claimed_node};
