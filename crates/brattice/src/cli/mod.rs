//! The command line: every verb, flag and help text, and nothing that runs.

mod check;
mod evidence;
mod gate;
mod ledger;
mod meta;
mod run;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

pub(crate) use check::{CheckArgs, FixArgs, ReportFormat};
pub(crate) use evidence::{
    ApproveArgs, ApproveCommand, AttestArgs, AttestType, KeyAlgorithm, KeysArgs, KeysCommand,
};
pub(crate) use evidence::{DecideArgs, RequestArgs, RevokeArgs, SignArgs, VerifyArgs};
pub(crate) use gate::GateArgs;
pub(crate) use ledger::{LedgerArgs, LedgerCommand};
pub(crate) use meta::{CompletionsArgs, DoctorArgs, ExplainArgs, ManArgs, SchemaArgs};
pub(crate) use run::{RunArgs, TierArg};

/// Makes an ML pipeline a trust boundary: checks, isolates, signs, gates, and proves it
#[derive(Debug, Parser)]
#[command(
    name = "brattice",
    version,
    propagate_version = false,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 yes, 1 no, 2 usage, 3 nothing to examine, 4 incomplete, 5 pending approval, 70 a bug of ours.\n\
                  `brattice explain RULE` tells what a finding means; `brattice doctor` what this machine offers."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every verb takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Read configuration from FILE, or set one value with KEY=VALUE
    #[arg(long, global = true, value_name = "FILE|KEY=VALUE")]
    pub(crate) config: Vec<String>,
    /// Read no configuration file at all
    #[arg(long, global = true, conflicts_with = "config")]
    pub(crate) no_config: bool,
    /// Append what happens to the transparency log in DIR
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// Sign the log's checkpoints with the Ed25519 key in FILE
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger_key: Option<PathBuf>,
    /// Colour the output
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorWhen::Auto)]
    pub(crate) color: ColorWhen,
    /// Say more on standard error
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say less on standard error; twice for errors only
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "verbose")]
    pub(crate) quiet: u8,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find what an outsider can do to a pipeline
    Check(CheckArgs),
    /// Apply the repairs that `check` offers
    Fix(FixArgs),
    /// Run a command in a fresh, isolated sandbox
    Run(RunArgs),
    /// Sign a model file, a model directory or any file
    Sign(SignArgs),
    /// Verify a signature and every file it covers
    Verify(VerifyArgs),
    /// Write a signed statement about an artifact
    Attest(AttestArgs),
    /// Request, grant, deny and revoke approvals
    Approve(ApproveArgs),
    /// Make and list keys, and write their lines for trust.toml
    Keys(KeysArgs),
    /// Decide from evidence whether an artifact may go to an environment
    Gate(GateArgs),
    /// Keep and verify the tamper-evident log
    Ledger(LedgerArgs),
    /// Tell what a rule finds, why it matters and what to do
    Explain(ExplainArgs),
    /// Tell what this machine offers for isolation
    Doctor(DoctorArgs),
    /// Print the JSON Schema of a published format
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Print a manual page
    Man(ManArgs),
}
