//! The deploy decision: facts × policy → verdict with reasons.
//!
//! What it is for: a [`Policy`] is read from TOML; [`Facts`] is the published account of everything that
//! the evidence says; [`decide`] is a pure function of the two. It fails closed: what is not shown by
//! evidence is not so.
//!
//! What it is not: it verifies nothing. Facts are made from statements that the `attest` crate verified.

mod collect;
mod decide;
mod duration;
mod facts;
mod policy;
mod verdict;

pub use collect::{Collection, LedgerState, collect};
pub use decide::decide;
pub use duration::{DurationError, parse_duration};
pub use facts::{
    ApprovalFact, ApprovalFacts, Facts, IgnoredFact, InitiatorFact, LedgerFact, NodeFact, ProvenanceFact,
    ScanFact, SignatureFact, SignerFact, Subject,
};
pub use policy::{
    Approvals, Environment, LedgerRule, MAX_POLICY_BYTES, NodeKind, Policy, PolicyError, Requirement,
    StatementType,
};
pub use verdict::{Decision, PolicyReference, RequirementVerdict, Status, Verdict};
