//! Every rule of every area, in one registry.

use brattice_rules::Registry;

/// Makes the registry. Two rules of one name would be our own mistake, and a test would have shown it.
pub(crate) fn registry() -> Registry {
    Registry::new(&[brattice_rules_pipeline::RULES]).expect("rule names are unique")
}
