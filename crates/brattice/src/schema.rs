//! The published formats and their schemas.

use schemars::{Schema, schema_for};

use brattice_attest::statement::{
    Approval, ApprovalRequest, Invocation, Provenance, Scan, Statement, VerificationSummary,
};

/// A published format: its name, and how its schema is made.
type Published = (&'static str, fn() -> Schema);

/// Every published format, by name.
pub(crate) const SCHEMAS: &[Published] = &[
    ("approval", || schema_for!(Statement<Approval>)),
    ("approval-request", || schema_for!(Statement<ApprovalRequest>)),
    ("baseline", brattice_rules::Baseline::schema),
    ("event", || schema_for!(brattice_ledger::Event)),
    ("facts", || schema_for!(brattice_policy::Facts)),
    ("findings", brattice_report::wire::FindingsReport::schema),
    ("invocation", || schema_for!(Statement<Invocation>)),
    ("provenance", || schema_for!(Statement<Provenance>)),
    ("run", || schema_for!(brattice_runner::RunRecord)),
    ("scan", || schema_for!(Statement<Scan>)),
    ("verdict", || schema_for!(brattice_policy::Verdict)),
    ("verification-summary", || schema_for!(Statement<VerificationSummary>)),
];
