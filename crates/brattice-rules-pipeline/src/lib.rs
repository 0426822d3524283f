//! The rules of the area `pipeline`.
//!
//! What it is for: a [`File`] is one definition, read; a [`Repository`] holds all of them; each [`Check`]
//! looks at one file with the repository around it and pushes findings. One rule, one file under `rules/`,
//! with its cases in a Markdown file of the same name beside it.
//!
//! What it is not: it finds no files, silences nothing, and contains no panic: the caller does.

mod file;
mod repository;
mod rules;

use brattice_finding::{Finding, Rule};

pub(crate) use file::RepairBudget;
pub use file::{File, FileKind};
pub use repository::{Caller, Pin, Repository, Start};

/// A rule and the function that looks for it in one file.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// The rule.
    pub rule: &'static Rule,
    /// Pushes what it finds in a file of the repository.
    pub check: fn(&Repository<'_>, &File<'_>, &mut Vec<Finding>),
}

/// Every check, by the name of its rule.
pub static CHECKS: &[Check] = &[
    Check { rule: &rules::excessive_permissions::RULE, check: rules::excessive_permissions::check },
    Check { rule: &rules::template_injection::RULE, check: rules::template_injection::check },
    Check { rule: &rules::unpinned_uses::RULE, check: rules::unpinned_uses::check },
];

/// Every rule, for the registry.
pub static RULES: &[&Rule] =
    &[&rules::excessive_permissions::RULE, &rules::template_injection::RULE, &rules::unpinned_uses::RULE];
