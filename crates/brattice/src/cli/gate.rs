//! `gate`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// Decide from evidence whether an artifact may go to an environment
///
/// Allowed is 0, denied 1, and 5 means that only an approval is missing. The
/// command after `--` starts after a yes alone; `$BRATTICE_SUBJECT` names a
/// private copy of exactly the bytes that were judged.
///
/// Examples:
///   brattice gate model/ --to production --policy policy.toml --trust trust.toml --evidence evidence/
///   brattice gate model/ --to production --explain -- ./deploy.sh
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct GateArgs {
    /// The file or directory to be deployed
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: PathBuf,
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub(crate) to: String,
    /// The policy [default: the user configuration's]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The trust root [default: the user configuration's]
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// Read policy and trust root from this commit instead of the work tree
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    /// A bundle, or a directory of bundles (repeatable) [default: .brattice/evidence]
    #[arg(long, value_name = "PATH")]
    pub(crate) evidence: Vec<PathBuf>,
    /// The private key that signs the verification summary
    #[arg(long, value_name = "FILE", requires = "vsa")]
    pub(crate) key: Option<PathBuf>,
    /// Where to write the signed verification summary (VSA)
    #[arg(long, value_name = "OUT", requires = "key")]
    pub(crate) vsa: Option<PathBuf>,
    /// Where to write the verdict as JSON
    #[arg(long, value_name = "OUT")]
    pub(crate) verdict: Option<PathBuf>,
    /// Tell how each requirement was judged, with the facts
    #[arg(long)]
    pub(crate) explain: bool,
    /// Run this after a yes, and only then
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}
