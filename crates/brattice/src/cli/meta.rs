//! The verbs about the tool itself, and values that several verbs share.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Tell what a rule finds, why it matters and what to do
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule; all are listed without one
    #[arg(value_name = "RULE")]
    pub(crate) rule: Option<String>,
}

/// Tell what this machine offers for isolation
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {}

/// Print the JSON Schema of a published format
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The format; all are listed without one
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// Print the completion script of a shell
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// Print a manual page
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The verb; the page of the program itself without one
    #[arg(value_name = "VERB")]
    pub(crate) verb: Option<String>,
    /// Write every page into DIR instead
    #[arg(long, value_name = "DIR", conflicts_with = "verb")]
    pub(crate) dir: Option<PathBuf>,
}
