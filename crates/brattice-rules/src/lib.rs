//! What surrounds every rule: the registry, thresholds and verdict, ignores, the baseline, the settings.
//!
//! What it is for: rules of any area only push findings; this crate says which rules exist ([`Registry`]),
//! which findings are silenced and by whom ([`Suppressions`]), which are new ([`Allowances`], [`Baseline`]),
//! and what follows from the rest ([`judge`]). It reads `brattice.toml` ([`Settings::read`]).
//!
//! What it is not: it holds no rule about a pipeline, a model or a secret, and it does no I/O: texts and
//! today's date come in by the caller. A panicking rule is contained by the caller as well.

mod baseline;
mod glob;
mod inline;
mod inline_rules;
mod registry;
mod settings;
mod settings_reader;
mod suppress;
mod verdict;
mod words;

pub use baseline::{
    Allowances, BASELINE_BYTES_MAX, BASELINE_FORMAT, Baseline, BaselineEntry, BaselineError, assign_ordinals,
};
pub use glob::PathGlob;
pub use inline::{INLINE_IGNORES_MAX, InlineIgnore, InlineIgnores, MalformedIgnore};
pub use inline_rules::{EXPIRED_IGNORE, IGNORE_RULES, MALFORMED_IGNORE, UNEXPLAINED_IGNORE, UNUSED_IGNORE};
pub use registry::{DuplicateRule, Registry};
pub use settings::{
    CheckSettings, ConfigError, ConfigErrors, IgnorePath, IgnoreRule, LedgerSettings, PolicySettings,
    Settings, Sourced, TrustSettings, config_reference,
};
pub use settings_reader::CONFIG_BYTES_MAX;
pub use suppress::{FileIgnores, Suppressions, place_order};
pub use verdict::{Thresholds, Verdict, judge};
pub use words::{nearest, plural};
