//! What is asked and what is answered.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use brattice_digest::Sha256;
use brattice_finding::{Area, Finding, Findings, Input, Location, Origin, RelativePath};
use brattice_rules::{BaselineError, ConfigErrors, Registry, Settings, Thresholds, Verdict};
use brattice_store::{Git, GitError, ReadError};
use jiff::civil::Date;

/// What is scanned.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// Files and directories of this machine.
    Paths(&'a [PathBuf]),
    /// Bytes that came in, under a name for messages. The current directory is never read instead.
    Bytes {
        /// The name for messages.
        name: &'a str,
        /// The bytes.
        bytes: &'a [u8],
    },
}

/// Everything that a scan needs to know.
#[derive(Debug, Clone, Copy)]
pub struct ScanRequest<'a> {
    /// What is scanned.
    pub target: Target<'a>,
    /// The areas that the user named; empty for every area that there is.
    pub areas: &'a [Area],
    /// Every rule that exists.
    pub registry: &'a Registry,
    /// The user's own settings and the command line. They lie over those of the repository.
    pub own_settings: &'a Settings,
    /// Whether the repository's `brattice.toml` is read at all.
    pub repository_settings: bool,
    /// Whether ignore comments of the tree silence anything. A statement about a tree does not rest on what the
    /// tree says about itself; the comments are then listed as suppressions that silenced nothing.
    pub inline_ignores: bool,
    /// A baseline. Within the repository it belongs to the tree under judgement.
    pub baseline: Option<&'a Path>,
    /// The git reference of the base of a change: only what the change adds is reported, and settings,
    /// ignores and a baseline within the repository come from there.
    pub since: Option<&'a str>,
    /// The git program; needed for `since` only.
    pub git: Option<&'a Git>,
    /// Today, for ignores that expire.
    pub today: Date,
}

/// Why there is no result at all.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A named path does not exist.
    #[error("{0:?} does not exist")]
    MissingPath(PathBuf),
    /// A path that had to be read could not be.
    #[error("cannot examine the repository")]
    Read(#[from] ReadError),
    /// The operating system could not say where a path lies.
    #[error("cannot find out where {path:?} lies")]
    Locate {
        /// The path.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The paths lie in several repositories, whose settings differ.
    #[error("{first:?} and {second:?} lie in different repositories; scan them one by one")]
    SeveralRepositories {
        /// One repository.
        first: PathBuf,
        /// Another.
        second: PathBuf,
    },
    /// There are several settings files where one is looked for.
    #[error("there is more than one settings file: {0}")]
    SeveralSettings(String),
    /// The settings cannot be read.
    #[error("{0}")]
    Settings(ConfigErrors),
    /// The settings file is not text.
    #[error("{0} is not UTF-8")]
    SettingsNotText(String),
    /// The baseline cannot be used.
    #[error("cannot use the baseline {path:?}")]
    Baseline {
        /// The file.
        path: PathBuf,
        /// Why.
        source: BaselineError,
    },
    /// A base was named, but this is no git repository.
    #[error("`{0}` names a base, but there is no git repository here")]
    NoRepository(String),
    /// A base was named, but git was not found.
    #[error("`{0}` names a base, but there is no git to ask")]
    NoGit(String),
    /// Git could not answer for the base.
    #[error("cannot read the base of the change")]
    Git(#[from] GitError),
    /// A base makes no sense for bytes that came in.
    #[error("standard input has no base to compare with")]
    SinceOfBytes,
}

impl ScanError {
    /// Returns the exit code: 2 for a mistake of the user's, 4 for what could not be read.
    pub const fn exit(&self) -> u8 {
        match self {
            Self::Read(_) | Self::Locate { .. } => 4,
            Self::Git(error) => match error {
                GitError::BadReference { .. } | GitError::UnknownReference { .. } => 2,
                _ => 4,
            },
            _ => 2,
        }
    }
}

/// What narrowed a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The commit that the scan was compared with.
    pub since: Option<String>,
    /// The SHA-256 of the baseline.
    pub baseline: Option<Sha256>,
    /// The rules that ran, if not all of them did.
    pub select: Vec<String>,
    /// The rules that were silenced everywhere.
    pub ignore: Vec<String>,
    /// The paths that were looked at, if not the whole root.
    pub paths: Vec<RelativePath>,
}

/// A suppression that the change under judgement adds. It silenced nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedSuppression {
    /// What kind: `inline`, `config` or `baseline`.
    pub by: &'static str,
    /// Where it stands.
    pub location: Location,
    /// The rules that it would silence.
    pub rules: Vec<String>,
    /// The reason that its author gave.
    pub reason: Option<String>,
}

/// What a scan gave.
#[derive(Debug, Clone)]
pub struct ScanResult {
    /// The findings that stand and those that something silenced.
    pub findings: Findings,
    /// Everything that was examined.
    pub inputs: Vec<Input>,
    /// The texts that findings point into.
    pub sources: BTreeMap<RelativePath, String>,
    /// The answer.
    pub verdict: Verdict,
    /// From which severity on a finding fails.
    pub thresholds: Thresholds,
    /// What narrowed the scan.
    pub scope: Scope,
    /// The least trusted origin that contributed to the settings.
    pub settings_origin: Origin,
    /// The SHA-256 of the settings that held, in their canonical form.
    pub settings_sha256: Sha256,
    /// The suppressions that the change adds; empty without a base.
    pub added_suppressions: Vec<AddedSuppression>,
    /// Findings that were there at the base already and are not reported.
    pub known: Vec<Finding>,
    /// The root that paths are relative to; absent for bytes that came in.
    pub root: Option<PathBuf>,
}

impl ScanResult {
    /// Returns sentences for people about what the findings do not show.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(commit) = &self.scope.since {
            let known = brattice_rules::plural(self.known.len(), "finding");
            let short = commit.get(..12).unwrap_or(commit);
            notes.push(format!("only what was added since {short} is told, not {known} from before"));
        }
        let who = if self.scope.since.is_some() { "the change adds" } else { "the tree holds" };
        for it in &self.added_suppressions {
            let line = it.location.as_span().map_or_else(String::new, |span| format!(":{}", span.line));
            let reason =
                it.reason.as_ref().map_or_else(String::new, |reason| format!(", because `{reason}`"));
            let path = it.location.path().display();
            let rules = it.rules.join(", ");
            notes.push(format!(
                "{who} a suppression ({}) of {rules} at {path}{line}{reason}; it silenced nothing",
                it.by
            ));
        }
        notes
    }
}
