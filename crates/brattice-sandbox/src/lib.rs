//! The isolation of one job: fresh namespaces, a root that holds only what was named, and an end that
//! leaves nothing.
//!
//! What it is for: [`launch`] starts a [`JobSpec`]; [`RunningJob`] hands out the job's output pipes and waits
//! for its end; [`Finished`] copies declared outputs out and removes the rest. It needs no privileges, no
//! daemon and no set-up: an ordinary user on Linux from 5.13 on with user namespaces.
//!
//! What it is not: limits on memory and processes, a way to a network, a mask for logs, or a full filter of
//! system calls. It is synchronous, and must be called before the process has a second thread.
//!
//! The order of a start: [`JobSpec`] → `plan` (checks) → `run_directory` → clone → `init` (the first process
//! inside) → `mounts` → `command` (the process that becomes the job).

#![cfg(target_os = "linux")]

mod command;
mod error;
mod etc;
mod guarantee;
mod init;
mod job;
mod message;
mod mounts;
mod outputs;
mod plan;
mod probe;
mod protected;
mod run_directory;
mod spec;
mod step;
#[expect(unsafe_code, reason = "system calls that no checked wrapper covers, each with its reason")]
mod sys;
mod toolchain;

pub use error::{CleanupError, LaunchError, OutputError};
pub use guarantee::{Guarantee, GuaranteeState, JobExit};
pub use job::{Finished, JobSignal, JobSignaller, RunningJob, launch};
pub use outputs::{CollectedOutputs, CopiedOutput};
pub use probe::{Capability, probe};
pub use spec::{
    GRACE_DEFAULT, JobSpec, OUTPUT_BYTES_MAX, OUTPUT_ENTRIES_MAX, OutputLimits, SCRATCH_BYTES_MAX,
    SCRATCH_ENTRIES_MAX, ScratchLimits, WorkspaceMode,
};
pub use step::Step;
