//! Walks a repository, reads what an area examines, runs the rules, and says what follows.
//!
//! What it is for: one [`ScanRequest`] gives one [`ScanResult`]: findings, what was silenced and by whom, every
//! input with its problems and coverage, and the verdict. With a base reference only what a change adds is
//! reported, and settings, ignores and baseline come from that reference instead of the tree under judgement.
//!
//! What it is not: it prints nothing, signs nothing, reads no clock and no environment. It executes nothing
//! of what it reads. One bad file or panicking rule never ends a scan; it makes the result incomplete.

mod base;
mod collect;
mod engine;
mod fixes;
mod origin;
mod pipeline;
mod request;
mod settings;
mod statement;

pub use collect::{FILE_BYTES_MAX, INPUTS_MAX, TOTAL_BYTES_MAX};
pub use engine::scan;
pub use fixes::{FixPlan, plan_fixes};
pub use request::{AddedSuppression, ScanError, ScanRequest, ScanResult, Scope, Target};
pub use statement::{ScanCounts, ScanStatementData, ScanSuppression, scan_statement_predicate};
