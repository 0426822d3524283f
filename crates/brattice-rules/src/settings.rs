//! What `brattice.toml` can say, and from where each value came.

use std::fmt::{self, Write as _};

use brattice_finding::{Location, Origin, RelativePath, Severity};
use jiff::civil::Date;

use crate::{PathGlob, Thresholds};

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// Makes a value with its origin.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}

/// The settings of one or several files and the command line, each value with its origin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// `[check]`.
    pub check: CheckSettings,
    /// `[ledger]`: never from a tree under judgement.
    pub ledger: LedgerSettings,
    /// `[trust]`: never from a tree under judgement.
    pub trust: TrustSettings,
    /// `[policy]`: never from a tree under judgement.
    pub policy: PolicySettings,
}

/// `[check]`: what fails, what runs, what is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckSettings {
    /// From which severity on an exploit fails.
    pub fail_on: Option<Sourced<Severity>>,
    /// From which severity on hardening fails; an inner `None` is `never`.
    pub fail_hardening: Option<Sourced<Option<Severity>>>,
    /// The rules that run; all of them if nobody selects.
    pub select: Option<Sourced<Vec<String>>>,
    /// Rules whose findings are silenced everywhere.
    pub ignore: Vec<IgnoreRule>,
    /// Rules whose findings are silenced beneath some paths.
    pub ignore_paths: Vec<IgnorePath>,
}

/// One entry of `ignore`.
pub type IgnoreRule = Sourced<String>;

/// One entry of `[[check.ignore-path]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnorePath {
    /// Whole paths from the root, never base names.
    pub path: PathGlob,
    /// The rules.
    pub rules: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it came from.
    pub origin: Origin,
    /// Where it stands.
    pub location: Location,
}

/// `[ledger]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerSettings {
    /// The ledger's directory.
    pub dir: Option<Sourced<String>>,
    /// The file of the key that signs its checkpoints.
    pub key: Option<Sourced<String>>,
}

/// `[trust]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustSettings {
    /// The file of people, keys and roles.
    pub file: Option<Sourced<String>>,
    /// Its SHA-256: the pin that makes a change of the file visible.
    pub sha256: Option<Sourced<brattice_digest::Sha256>>,
}

/// `[policy]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicySettings {
    /// The file of what each environment demands.
    pub file: Option<Sourced<String>>,
}

impl Settings {
    /// Lays other settings over these: a single value of theirs wins, lists of ignores add up.
    #[must_use]
    pub fn overlaid_with(self, over: Self) -> Self {
        let CheckSettings { fail_on, fail_hardening, select, mut ignore, mut ignore_paths } = self.check;
        ignore.extend(over.check.ignore);
        ignore_paths.extend(over.check.ignore_paths);
        Self {
            check: CheckSettings {
                fail_on: over.check.fail_on.or(fail_on),
                fail_hardening: over.check.fail_hardening.or(fail_hardening),
                select: over.check.select.or(select),
                ignore,
                ignore_paths,
            },
            ledger: LedgerSettings {
                dir: over.ledger.dir.or(self.ledger.dir),
                key: over.ledger.key.or(self.ledger.key),
            },
            trust: TrustSettings {
                file: over.trust.file.or(self.trust.file),
                sha256: over.trust.sha256.or(self.trust.sha256),
            },
            policy: PolicySettings { file: over.policy.file.or(self.policy.file) },
        }
    }
}

impl CheckSettings {
    /// Returns the thresholds, with the built-in ones where nothing is said.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds {
            fail_on: self.fail_on.as_ref().map_or(Thresholds::DEFAULT.fail_on, |it| it.value),
            fail_hardening: self
                .fail_hardening
                .as_ref()
                .map_or(Thresholds::DEFAULT.fail_hardening, |it| it.value),
        }
    }

    /// Writes every value with its origin, one per line, in one form: what a scan states a digest of.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: &str, origin: Origin| {
            writeln!(text, "{key} {value:?} {origin}").expect("a String takes any text");
        };
        if let Some(it) = &self.fail_on {
            line("fail-on", it.value.as_str(), it.origin);
        }
        if let Some(it) = &self.fail_hardening {
            line("fail-hardening", it.value.map_or("never", Severity::as_str), it.origin);
        }
        if let Some(it) = &self.select {
            for rule in &it.value {
                line("select", rule, it.origin);
            }
            line("select", "", it.origin);
        }
        for it in &self.ignore {
            line("ignore", &it.value, it.origin);
        }
        for it in &self.ignore_paths {
            let until = it.until.map_or_else(String::new, |until| until.to_string());
            line("ignore-path", it.path.as_str(), it.origin);
            line("ignore-path.rules", &it.rules.join(" "), it.origin);
            line("ignore-path.until", &until, it.origin);
        }
        text
    }

    /// Returns whether a rule runs.
    pub fn selects(&self, rule: &str) -> bool {
        self.select.as_ref().is_none_or(|select| select.value.iter().any(|it| it == rule))
    }

    /// Returns the origin and the reason of the first entry that silences a rule in a file.
    pub fn ignore_of(
        &self,
        rule: &str,
        path: &RelativePath,
        today: Date,
    ) -> Option<(Origin, Option<String>)> {
        if let Some(everywhere) = self.ignore.iter().find(|it| it.value == rule) {
            return Some((everywhere.origin, None));
        }
        self.ignore_paths
            .iter()
            .filter(|it| it.until.is_none_or(|until| today <= until))
            .filter(|it| it.rules.iter().any(|name| name == rule))
            .find(|it| it.path.matches(path.as_bytes()))
            .map(|it| (it.origin, it.reason.clone()))
    }
}

/// One mistake in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: RelativePath,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in Unicode scalar values.
    pub column: u32,
    /// The line itself, for showing.
    pub source_line: String,
    /// What is wrong.
    pub message: String,
    /// What would have been understood.
    pub expected: Option<String>,
    /// The name that was probably meant.
    pub nearest: Option<String>,
    /// What to do or where to read on.
    pub help: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path.display(), self.line, self.column, self.message)?;
        let shown: String = self.source_line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent = " ".repeat((self.column as usize).saturating_sub(1).min(shown.chars().count()));
        write!(f, "\n{gutter} |\n{number} | {shown}\n{gutter} | {indent}^")?;
        if let Some(expected) = &self.expected {
            write!(f, "\n{gutter} = expected: {expected}")?;
        }
        if let Some(nearest) = &self.nearest {
            write!(f, "\n{gutter} = help: did you mean `{nearest}`?")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n{gutter} = help: {help}")?;
        }
        Ok(())
    }
}

/// Every mistake of a settings file, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

/// A key of the settings file: the one table behind reading, messages and reference.
pub(crate) struct Key {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) meaning: &'static str,
}

/// Every key there is.
pub(crate) const KEYS: &[Key] = &[
    Key {
        table: "check",
        name: "fail-on",
        expected: "one of `info`, `low`, `medium`, `high`, `critical`",
        meaning: "from which severity on an exploit fails; `medium` if nothing is said",
    },
    Key {
        table: "check",
        name: "fail-hardening",
        expected: "one of `never`, `info`, `low`, `medium`, `high`, `critical`",
        meaning: "from which severity on hardening fails; `never` if nothing is said",
    },
    Key {
        table: "check",
        name: "select",
        expected: "a list of rule names",
        meaning: "the rules that run; all of them if nothing is said",
    },
    Key {
        table: "check",
        name: "ignore",
        expected: "a list of rule names",
        meaning: "rules whose findings are silenced everywhere",
    },
    Key {
        table: "check",
        name: "ignore-path",
        expected: "a list of tables `[[check.ignore-path]]`",
        meaning: "rules whose findings are silenced beneath some paths",
    },
    Key {
        table: "check.ignore-path",
        name: "path",
        expected: "a pattern over the whole path from the root, such as `.github/workflows/docs-*.yml`",
        meaning: "which files; `*` stays within a name, `**` crosses directories",
    },
    Key {
        table: "check.ignore-path",
        name: "rules",
        expected: "a list of rule names",
        meaning: "the rules to silence there",
    },
    Key { table: "check.ignore-path", name: "reason", expected: "a text", meaning: "why" },
    Key {
        table: "check.ignore-path",
        name: "until",
        expected: "a day such as `\"2027-01-31\"`",
        meaning: "the last day on which it holds",
    },
    Key {
        table: "ledger",
        name: "dir",
        expected: "a path",
        meaning: "the ledger's directory; user configuration only",
    },
    Key {
        table: "ledger",
        name: "key",
        expected: "a path",
        meaning: "the key that signs checkpoints; user configuration only",
    },
    Key {
        table: "trust",
        name: "file",
        expected: "a path",
        meaning: "the file of people, keys and roles; user configuration only",
    },
    Key {
        table: "trust",
        name: "sha256",
        expected: "64 lower-case hexadecimal digits",
        meaning: "the digest of that file; user configuration only",
    },
    Key {
        table: "policy",
        name: "file",
        expected: "a path",
        meaning: "the file of what each environment demands; user configuration only",
    },
];

/// Returns the reference of the settings file in Markdown.
pub fn config_reference() -> String {
    let mut page = String::from("| key | value | meaning |\n|---|---|---|\n");
    for key in KEYS {
        let Key { table, name, expected, meaning } = key;
        writeln!(page, "| `{table}.{name}` | {expected} | {meaning} |").expect("a String takes any text");
    }
    page
}
