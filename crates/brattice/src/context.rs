//! What every verb needs: the environment, the terminal, the user's settings, and the ledger to append to.

use std::path::{Path, PathBuf};

use brattice_digest::Sha256;
use brattice_finding::{Origin, RelativePath};
use brattice_rules::{CONFIG_BYTES_MAX, Registry, Settings};
use brattice_store::{ReadError, read_bounded};

use crate::cli::GlobalArgs;
use crate::environment::Environment;
use crate::exit::{Failure, chain};
use crate::terminal::Terminal;

/// The largest key, bundle, request or proof that is read, in bytes: a manifest of 200,000 files fits.
pub(crate) const DOCUMENT_BYTES_MAX: u64 = 64 << 20;

/// What a verb works with.
pub(crate) struct Context<'a> {
    pub(crate) global: &'a GlobalArgs,
    pub(crate) environment: &'a Environment,
    pub(crate) terminal: &'a Terminal,
}

impl Context<'_> {
    /// Returns the time of this run. One run has one time.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.environment.now
    }

    /// Resolves a path of the command line.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.environment.resolve(path)
    }

    /// Returns the directory where evidence lies unless somebody says otherwise.
    pub(crate) fn default_evidence(&self) -> PathBuf {
        self.environment.directory.join(".brattice/evidence")
    }

    /// Returns the directory for what this machine remembers.
    pub(crate) fn state_directory(&self) -> Result<PathBuf, Failure> {
        self.environment.state_directory().ok_or_else(|| {
            Failure::usage(
                "there is no place to remember anything: neither `XDG_STATE_HOME` nor `HOME` is set",
            )
            .hint("set `XDG_STATE_HOME` to an absolute path")
        })
    }

    /// Reads a file that the user named: missing is a mistake of the user's, unreadable is incomplete.
    pub(crate) fn read(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        read_named(&self.path(path), DOCUMENT_BYTES_MAX)
    }

    /// Returns the settings that the user may say anything in: `--config`, else the user's own file. Values
    /// of the tree are laid under these by `check` alone.
    pub(crate) fn user_settings(&self, registry: &Registry) -> Result<Settings, Failure> {
        let mut settings = Settings::default();
        if self.global.no_config {
            return Ok(settings);
        }
        let (values, files): (Vec<&String>, Vec<&String>) =
            self.global.config.iter().partition(|it| it.contains('='));
        if files.is_empty()
            && let Some(file) = self.environment.user_configuration()
        {
            match read_bounded(&file, CONFIG_BYTES_MAX as u64) {
                Ok(bytes) => settings = parse_settings(&file, bytes, registry)?,
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(Failure::incomplete(chain(&error))),
            }
        }
        for file in files {
            let file = self.path(Path::new(file));
            let bytes = read_named(&file, CONFIG_BYTES_MAX as u64)?;
            settings = settings.overlaid_with(parse_settings(&file, bytes, registry)?);
        }
        for value in values {
            settings =
                settings.overlaid_with(parse_settings(Path::new("--config"), assignment(value)?, registry)?);
        }
        Ok(settings)
    }
}

/// Turns `check.fail-on=high` into TOML; a value that is not TOML by itself is taken as text.
fn assignment(text: &str) -> Result<Vec<u8>, Failure> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    if key.is_empty() || !key.chars().all(plain) {
        return Err(Failure::usage(format!("`{key}` is not a configuration key"))
            .hint("write `--config check.fail-on=high`, or name a file"));
    }
    // A digest of nothing but digits is text, not a number.
    let is_number = value.parse::<i64>().is_ok_and(|it| it.to_string() == value);
    let is_toml = value.starts_with(['[', '"', '\'']) || value == "true" || value == "false" || is_number;
    let value = if is_toml { value.to_owned() } else { format!("'''{}'''", value.replace("'''", "")) };
    Ok(format!("{key} = {value}\n").into_bytes())
}

fn parse_settings(file: &Path, bytes: Vec<u8>, registry: &Registry) -> Result<Settings, Failure> {
    let shown = file.display().to_string();
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{shown} is not UTF-8")))?;
    let mut settings = Settings::read(&RelativePath::from(shown.as_str()), &text, Origin::Explicit, registry)
        .map_err(|errors| Failure::usage(errors.to_string()))?;
    // A relative path is one from the file's own place. From the current directory it would be the tree under
    // judgement that says what may be trusted.
    if let Some(directory) = file.parent() {
        let Settings { ledger, trust, policy, .. } = &mut settings;
        for path in
            [&mut ledger.dir, &mut ledger.key, &mut trust.file, &mut policy.file].into_iter().flatten()
        {
            path.value = directory.join(&path.value).to_string_lossy().into_owned();
        }
    }
    Ok(settings)
}

/// Reads a file that the user named.
pub(crate) fn read_named(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    read_bounded(path, bytes_max).map_err(|error| read_failure(&error))
}

/// What is not there, or is no file, is a mistake of the user's; what cannot be read leaves the answer unknown.
pub(crate) fn read_failure(error: &ReadError) -> Failure {
    let message = chain(error);
    if error.is_not_found() || matches!(error, ReadError::NotRegular { .. }) {
        Failure::usage(message)
    } else {
        Failure::incomplete(message)
    }
}

/// Returns the first digits of a digest, for people.
pub(crate) fn short(digest: &Sha256) -> String {
    digest.to_hex().chars().take(12).collect()
}
