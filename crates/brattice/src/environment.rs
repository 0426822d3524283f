//! The environment, read once; no other module of any crate asks for a variable.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The variables, the current directory and the time at the start.
#[derive(Debug)]
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
    /// The current directory.
    pub(crate) directory: PathBuf,
    /// The time at the start. One run has one time, so that its statements agree.
    pub(crate) now: jiff::Timestamp,
}

impl Environment {
    /// Reads variables, directory and clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment and the clock")]
    pub(crate) fn read() -> std::io::Result<Self> {
        Ok(Self {
            variables: std::env::vars_os().collect(),
            directory: std::env::current_dir()?,
            now: jiff::Timestamp::now(),
        })
    }

    /// Returns a variable.
    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// Returns whether a variable is there and not empty.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }

    /// Returns a directory variable if it is absolute, as the XDG specification demands.
    fn directory_variable(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from).filter(|it| it.is_absolute())
    }

    fn below_home(&self, variable: &str, fallback: &[&str]) -> Option<PathBuf> {
        self.directory_variable(variable)
            .or_else(|| {
                self.directory_variable("HOME")
                    .map(|home| fallback.iter().fold(home, |path, part| path.join(part)))
            })
            .map(|directory| directory.join("brattice"))
    }

    /// Returns the user's configuration file, `$XDG_CONFIG_HOME/brattice/brattice.toml`.
    pub(crate) fn user_configuration(&self) -> Option<PathBuf> {
        self.below_home("XDG_CONFIG_HOME", &[".config"]).map(|it| it.join("brattice.toml"))
    }

    /// Returns the directory for what this machine remembers, `$XDG_STATE_HOME/brattice`.
    pub(crate) fn state_directory(&self) -> Option<PathBuf> {
        self.below_home("XDG_STATE_HOME", &[".local", "state"])
    }

    /// Returns the directories of `PATH`, absolute ones only: a relative entry would be the tree's to fill.
    pub(crate) fn search_path(&self) -> Vec<PathBuf> {
        self.get("PATH")
            .map(|path| std::env::split_paths(path).filter(|it| it.is_absolute()).collect())
            .unwrap_or_default()
    }

    /// Resolves a path of the command line.
    pub(crate) fn resolve(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }
}
