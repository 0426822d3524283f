//! `run -- CMD`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

/// Run a command in a fresh, isolated sandbox
///
/// The command sees a read-only toolchain, a copy of the workspace that is thrown
/// away, and what was named; it has no network. Its exit code is passed on; 124 is
/// a timeout, 125 a failure of ours, 126 not executable, 127 not found.
///
/// Examples:
///   brattice run --out model/ -- python train.py
///   brattice run --secret HF_TOKEN --record run.json --key me.key -- ./build.sh
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
#[expect(clippy::doc_markdown, reason = "the text is printed as help, where backticks would be in the way")]
pub(crate) struct RunArgs {
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,

    /// The directory that the command works on [default: .]
    #[arg(long, value_name = "DIR", help_heading = "Files")]
    pub(crate) workspace: Option<PathBuf>,
    /// Copy PATH out of the sandbox after the job (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    pub(crate) out: Vec<PathBuf>,
    /// Show PATH to the job, read-only (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    pub(crate) ro: Vec<PathBuf>,

    /// Set a variable, or pass one on by its name alone (repeatable)
    #[arg(long, value_name = "K=V|K", help_heading = "Environment")]
    pub(crate) env: Vec<OsString>,
    /// Pass a secret from the environment or a file; masked in the log (repeatable)
    #[arg(long, value_name = "NAME[=file:PATH]", help_heading = "Environment")]
    pub(crate) secret: Vec<String>,

    /// Stop the job after this time, such as 90s, 30m or 2h
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = brattice_policy::parse_duration)]
    pub(crate) timeout: Option<Duration>,
    /// Run with fewer guarantees than tier A (none is offered yet)
    #[arg(long, value_name = "TIER", help_heading = "Limits", value_enum, default_value_t = TierArg::A)]
    pub(crate) tier: TierArg,

    /// Write the run record to FILE
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    pub(crate) record: Option<PathBuf>,
    /// Sign the invocation with your private key; the bundle is written beside the record
    #[arg(long, value_name = "FILE", help_heading = "Evidence", requires = "record")]
    pub(crate) key: Option<PathBuf>,
}

/// The tiers of isolation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TierArg {
    /// Every guarantee
    #[value(name = "A")]
    A,
}
