use brattice_finding::{Area, Origin, RelativePath, Severity};
use brattice_rules::{Baseline, Settings, Sourced};
use brattice_scan::{ScanError, scan_statement_predicate};

use crate::{Ask, INJECTION, Tree, registry, told};

const WORKFLOW: &str = ".github/workflows/a.yml";

#[test]
fn settings_of_the_tree_hold_and_say_so_and_the_users_own_lie_over_them() {
    let tree = Tree::plain(&[
        (WORKFLOW, INJECTION),
        (".github/brattice.toml", "[check]\nfail-on = \"critical\"\nignore = [\"template-injection\"]\n"),
    ]);
    let result = tree.scan();
    assert_eq!((result.verdict.exit, result.settings_origin), (0, Origin::Tree));
    assert_eq!(result.findings.suppressed[0].origin, Origin::Tree);
    assert_eq!(result.scope.ignore, ["template-injection"]);
    let without = tree.ask(&Ask { without_settings: true, ..Ask::default() }).unwrap();
    assert_eq!((without.verdict.exit, without.settings_origin), (1, Origin::Default));
    assert_ne!(without.settings_sha256, result.settings_sha256);
    let mut own_settings = Settings::default();
    own_settings.check.fail_on = Some(Sourced::new(Severity::Low, Origin::Explicit));
    let over = tree.ask(&Ask { own_settings, ..Ask::default() }).unwrap();
    assert_eq!(over.thresholds.fail_on, Severity::Low);
}

#[test]
fn settings_that_are_wrong_or_double_or_sensitive_stop_the_scan() {
    let tree = Tree::plain(&[(WORKFLOW, INJECTION), ("brattice.toml", "[check]\nfail_on = \"low\"\n")]);
    let refused = || tree.ask(&Ask::default()).unwrap_err();
    let error = refused();
    assert!(error.to_string().starts_with("brattice.toml:2:1: unknown key `fail_on`"), "{error}");
    assert_eq!(error.exit(), 2);
    tree.write("brattice.toml", "[ledger]\ndir = \"x\"\n");
    assert!(refused().to_string().contains("is refused here"));
    tree.write(".config/brattice.toml", "");
    assert!(matches!(refused(), ScanError::SeveralSettings(_)));
}

#[test]
fn a_rule_that_is_not_selected_does_not_run() {
    let tree =
        Tree::plain(&[(WORKFLOW, INJECTION), ("brattice.toml", "[check]\nselect = [\"unpinned-uses\"]\n")]);
    let result = tree.scan();
    assert!(result.findings.findings.is_empty() && result.findings.suppressed.is_empty());
    let stated = scan_statement_predicate(&result, Area::Pipeline, "1-x");
    assert_eq!((stated.select, stated.settings_origin), (vec!["unpinned-uses".to_owned()], Origin::Tree));
}

#[test]
fn a_baseline_is_keyed_by_content() {
    let tree = Tree::plain(&[(WORKFLOW, INJECTION)]);
    let bytes = Baseline::of(&tree.scan().findings).write().unwrap();
    tree.write("baseline.json", std::str::from_utf8(&bytes).unwrap());
    let ask = || tree.ask(&Ask { baseline: Some("baseline.json"), ..Ask::default() });
    let result = ask().unwrap();
    assert!(result.findings.findings.is_empty(), "{:?}", told(&result.findings.findings));
    assert_eq!((result.verdict.exit, result.findings.suppressed[0].origin), (0, Origin::Tree));
    assert!(result.scope.baseline.is_some());
    assert_eq!(Baseline::of(&result.findings).write().unwrap(), bytes);
    tree.write(WORKFLOW, &format!("# one\n# two\n{INJECTION}"));
    assert_eq!(ask().unwrap().verdict.exit, 0);
    tree.write(WORKFLOW, &format!("{INJECTION}      - run: echo ${{{{ github.event.issue.title }}}}\n"));
    assert_eq!(ask().unwrap().verdict.exit, 1);
    tree.write("baseline.json", "{}");
    assert!(matches!(ask(), Err(ScanError::Baseline { .. })));
}

#[test]
fn a_tree_under_judgement_silences_nothing_about_itself() {
    let ignored = INJECTION.replace("title }}", "title }} # brattice: ignore[template-injection] trusted");
    let tree = Tree::plain(&[
        (WORKFLOW, &ignored),
        ("brattice.toml", "[check]\nignore = [\"template-injection\"]\n"),
    ]);
    assert_eq!(tree.scan().verdict.exit, 0);
    let judged = tree.ask(&Ask { without_settings: true, ..Ask::default() }).unwrap();
    assert_eq!((judged.verdict.exit, judged.findings.suppressed.len()), (1, 0));
    assert_eq!(judged.added_suppressions.len(), 1);
    assert!(judged.notes()[0].starts_with("the tree holds a suppression (inline)"), "{:?}", judged.notes());
}

#[test]
fn an_inline_ignore_is_listed_with_its_origin_and_stated() {
    let ignored = INJECTION.replace("title }}", "title }} # brattice: ignore[template-injection] trusted");
    let tree = Tree::plain(&[(WORKFLOW, &ignored)]);
    let result = tree.scan();
    assert_eq!(result.verdict.exit, 0, "{}", result.verdict.why);
    let stated = scan_statement_predicate(&result, Area::Pipeline, "1-x");
    assert_eq!(stated.suppressions.len(), 1);
    assert_eq!(
        (stated.suppressions[0].rule, stated.suppressions[0].origin),
        ("template-injection", Origin::Tree)
    );
    assert!(stated.complete && stated.understood == stated.bytes && stated.inputs == 1);
    assert!(registry().get(stated.suppressions[0].rule).is_some());
    assert_eq!(result.inputs[0].path, RelativePath::from(WORKFLOW));
}
