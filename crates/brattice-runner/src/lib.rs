//! Runs a job in a sandbox and keeps the record of it.
//!
//! What it is for: the glue of `run -- CMD`. It takes the state of the workspace before the start, signs who
//! asked for the run, starts the sandbox, passes the job's output on through the masker, collects the declared
//! outputs, and writes down what happened ([`RunRecord`]) without claiming more than was seen.
//!
//! What it is not: it isolates nothing by itself (that is the `sandbox` crate), understands no workflow files,
//! and decides nothing about what may be deployed.

mod record;

#[cfg(target_os = "linux")]
mod after;
#[cfg(target_os = "linux")]
mod forward;
#[cfg(target_os = "linux")]
mod invocation;
#[cfg(target_os = "linux")]
mod pump;
#[cfg(target_os = "linux")]
mod read_only;
#[cfg(target_os = "linux")]
mod request;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod seal;

pub use record::{
    ExitReason, Hold, RECORD_BYTES_MAX, RUN_FORMAT, RecordError, RunDigest, RunEgress, RunExit, RunInvoker,
    RunLimit, RunLog, RunMaterial, RunPackage, RunProduct, RunRecord, RunWorkspace, Tier, WorkspaceKind,
};
#[cfg(target_os = "linux")]
pub use request::{EXIT_OURS, EXIT_USAGE, InvocationKey, RunError, RunOutcome, RunRequest};
#[cfg(target_os = "linux")]
pub use run::run;
