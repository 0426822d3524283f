//! The ledger at its boundary: against independent implementations, forgers, and crashes.
#![expect(clippy::unwrap_used, reason = "helpers of tests may end the test")]

mod crash;
mod event;
mod merkle;
mod note;
mod proof;
mod support;
mod tamper;
