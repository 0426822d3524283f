use std::collections::BTreeMap;
use std::path::PathBuf;

use brattice_finding::InputStatus;
use brattice_rules::Settings;
use brattice_scan::{ScanRequest, Target, scan};

use crate::{TODAY, registry};

/// Scans every file of the directory that `BRATTICE_CORPUS` names. Without it there is nothing to do.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test's own input is named by the environment")]
fn a_corpus_is_scanned_without_a_panic_or_an_abort() {
    let Some(corpus) = std::env::var_os("BRATTICE_CORPUS") else {
        return;
    };
    let (registry, own_settings) = (registry(), Settings::default());
    let result = scan(&ScanRequest {
        target: Target::Paths(&[PathBuf::from(corpus)]),
        areas: &[],
        registry: &registry,
        own_settings: &own_settings,
        repository_settings: false,
        inline_ignores: true,
        baseline: None,
        since: None,
        git: None,
        today: TODAY.parse().unwrap(),
    })
    .unwrap();
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for it in &result.findings.findings {
        *counts.entry((it.rule.id, format!("{} {}", it.kind, it.severity))).or_default() += 1;
    }
    for input in result.inputs.iter().filter(|it| it.status != InputStatus::Complete) {
        println!("{} {:?}", input.path.display(), input.problems);
    }
    println!("{} inputs, {:#?}", result.inputs.len(), counts);
    let broken = result.inputs.iter().flat_map(|it| &it.problems).any(|it| it.code == "internal-error");
    assert!(!broken && result.inputs.len() > 100);
}
