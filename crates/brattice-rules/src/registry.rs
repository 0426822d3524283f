//! Which rules exist.

use std::collections::BTreeMap;

use brattice_digest::Sha256Hasher;
use brattice_finding::{Area, Rule};

use crate::nearest;

/// Counts changes of what rules *find* that neither their names nor their documentation show.
const CATALOGUE_NUMBER: u32 = 1;

/// Two rules have one name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule `{0}` is registered twice")]
pub struct DuplicateRule(pub &'static str);

/// Every rule that this program knows, by name.
#[derive(Debug, Clone)]
pub struct Registry {
    rules: BTreeMap<&'static str, &'static Rule>,
    catalogue: String,
}

impl Registry {
    /// Makes a registry of the rules of all areas and of the rules about ignores.
    pub fn new(groups: &[&[&'static Rule]]) -> Result<Self, DuplicateRule> {
        let mut rules = BTreeMap::new();
        for rule in groups.iter().copied().flatten().chain(crate::IGNORE_RULES) {
            if rules.insert(rule.id, *rule).is_some() {
                return Err(DuplicateRule(rule.id));
            }
        }
        let catalogue = catalogue_version(&rules);
        Ok(Self { rules, catalogue })
    }

    /// Returns the version of the catalogue: two scans with equal versions knew the same rules.
    pub fn catalogue(&self) -> &str {
        &self.catalogue
    }

    /// Returns the rule of a name.
    pub fn get(&self, id: &str) -> Option<&'static Rule> {
        self.rules.get(id).copied()
    }

    /// Returns the rule name that a misspelt one is closest to.
    pub fn nearest(&self, id: &str) -> Option<&'static str> {
        nearest(id, self.ids())
    }

    /// Returns every rule, sorted by name.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> + '_ {
        self.rules.values().copied()
    }

    /// Returns the name of every rule, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.rules.keys().copied()
    }

    /// Returns the rules of one area, sorted by name.
    pub fn of_area(&self, area: Area) -> impl Iterator<Item = &'static Rule> + '_ {
        self.rules().filter(move |rule| rule.area == area)
    }

    /// Returns the page of a rule in Markdown: its head, its documentation, its references.
    pub fn explain(&self, id: &str) -> Option<String> {
        let rule = self.get(id)?;
        let mut page = format!(
            "# {}\n\n{}\n\n{} · {} · {} · {}\n\n{}\n",
            rule.id,
            rule.summary,
            rule.area,
            rule.class,
            rule.kind,
            rule.severity,
            rule.documentation.trim()
        );
        let references = &rule.references;
        let names = [references.cwe, references.cicd_sec, references.atlas, references.slsa].concat();
        if !names.is_empty() {
            page.push_str("\nCatalogues: ");
            page.push_str(&names.join(", "));
            page.push('\n');
        }
        Some(page)
    }
}

/// Hashes names, grades and documentation, so that no change of a rule goes without a new version.
fn catalogue_version(rules: &BTreeMap<&'static str, &'static Rule>) -> String {
    let mut hasher = Sha256Hasher::new();
    for rule in rules.values() {
        for part in [rule.id, rule.kind.as_str(), rule.severity.as_str(), rule.summary, rule.documentation] {
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
    }
    let digest = hasher.finish().to_hex();
    format!("{CATALOGUE_NUMBER}-{}", digest.get(..12).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::Registry;

    #[test]
    fn a_name_belongs_to_one_rule() {
        let registry = Registry::new(&[]).unwrap();
        assert_eq!(registry.nearest("unused-ignores"), Some("unused-ignore"));
        assert!(registry.explain("unused-ignore").unwrap().starts_with("# unused-ignore\n"));
        assert!(registry.explain("no-such-rule").is_none());
        assert!(registry.catalogue().starts_with("1-"));
        assert!(Registry::new(&[crate::IGNORE_RULES]).is_err());
    }
}
