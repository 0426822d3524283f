//! `check` and `fix`.

use std::path::PathBuf;

use brattice_finding::{Area, Severity};
use clap::{Args, ValueEnum};

/// Find what an outsider can do to a pipeline
///
/// Examples:
///   brattice check
///   brattice check --fail-on high --output sarif=brattice.sarif
///   brattice check --since origin/main
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CheckArgs {
    /// Files or directories to examine, or `-` for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Examine only these areas
    #[arg(
        long,
        value_name = "AREA",
        value_delimiter = ',',
        help_heading = "Selection",
        conflicts_with = "skip"
    )]
    pub(crate) only: Vec<Area>,
    /// Examine all but these areas
    #[arg(long, value_name = "AREA", value_delimiter = ',', help_heading = "Selection")]
    pub(crate) skip: Vec<Area>,
    /// Apply only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Selection")]
    pub(crate) select: Vec<String>,
    /// Apply all but these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Selection")]
    pub(crate) ignore: Vec<String>,
    /// Report only what the change since REF adds; configuration comes from REF
    #[arg(long, value_name = "REF", help_heading = "Selection")]
    pub(crate) since: Option<String>,

    /// Fail on exploit findings of this severity and above [default: medium]
    #[arg(long, value_name = "SEVERITY", help_heading = "Verdict")]
    pub(crate) fail_on: Option<Severity>,
    /// Fail on hardening findings of this severity and above [default: never]
    #[arg(long, value_name = "SEVERITY|never", help_heading = "Verdict", value_parser = parse_fail_hardening)]
    pub(crate) fail_hardening: Option<FailHardening>,
    /// Pass over the findings listed in FILE
    #[arg(long, value_name = "FILE", help_heading = "Verdict")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write today's findings to FILE as the new baseline
    #[arg(long, value_name = "FILE", help_heading = "Verdict", conflicts_with_all = ["since", "attest"])]
    pub(crate) write_baseline: Option<PathBuf>,

    /// Print the report in this format
    #[arg(long, value_enum, default_value_t = ReportFormat::Full, help_heading = "Report")]
    pub(crate) format: ReportFormat,
    /// Also write the report in FORMAT to PATH (repeatable)
    #[arg(long, value_name = "FORMAT=PATH", help_heading = "Report", value_parser = parse_output)]
    pub(crate) output: Vec<(ReportFormat, PathBuf)>,

    /// Sign a scan statement about the examined tree and write its bundle to FILE
    #[arg(long, value_name = "FILE", help_heading = "Evidence", requires = "key")]
    pub(crate) attest: Option<PathBuf>,
    /// The private key of the scanner that signs the statement
    #[arg(long, value_name = "FILE", help_heading = "Evidence", requires = "attest")]
    pub(crate) key: Option<PathBuf>,
}

/// Apply the repairs that `check` offers
///
/// Examples:
///   brattice fix --dry-run
///   brattice fix .github/workflows/train.yml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct FixArgs {
    /// Files or directories to repair [default: .]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Apply the repairs that somebody should look at as well
    #[arg(long)]
    pub(crate) r#unsafe: bool,
    /// Print the changes as a diff and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// Snippets with the path told in labels
    Full,
    /// A line a finding
    Concise,
    /// The `brattice.findings/1` document
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub workflow annotations
    Github,
}

/// The value of `--fail-hardening`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FailHardening(pub(crate) Option<Severity>);

fn parse_fail_hardening(word: &str) -> Result<FailHardening, String> {
    if word == "never" {
        return Ok(FailHardening(None));
    }
    word.parse().map(|it| FailHardening(Some(it))).map_err(|error| format!("{error}, never"))
}

fn parse_output(word: &str) -> Result<(ReportFormat, PathBuf), String> {
    let (format, path) = word.split_once('=').ok_or("expected FORMAT=PATH, as in `sarif=report.sarif`")?;
    let format = ReportFormat::from_str(format, false)
        .map_err(|_| format!("`{format}` is not one of: full, concise, json, sarif, github"))?;
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok((format, PathBuf::from(path)))
}
