use std::fs;

use brattice_finding::Origin;
use brattice_rules::Baseline;
use brattice_scan::ScanError;

use crate::{Ask, CLEAN, INJECTION, Tree, has_git, told};

const WORKFLOW: &str = ".github/workflows/a.yml";

#[test]
fn only_what_the_change_adds_is_told() {
    if !has_git() {
        return;
    }
    let tree = Tree::repository(&[(WORKFLOW, INJECTION)]);
    let result = tree.since("HEAD");
    assert!(result.findings.findings.is_empty());
    assert_eq!(result.verdict.exit, 0);
    assert!(!result.known.is_empty());
    tree.write(".github/workflows/b.yml", &INJECTION.replace("greet", "other"));
    let result = tree.since("HEAD");
    assert_eq!(result.verdict.exit, 1);
    assert!(told(&result.findings.findings).iter().all(|it| it.starts_with(".github/workflows/b.yml:")));
    tree.commit();
    assert_eq!(tree.since("HEAD").verdict.exit, 0);
    assert_eq!(tree.since("HEAD~1").verdict.exit, 1);
}

#[test]
fn shifted_lines_and_a_renamed_file_add_nothing() {
    if !has_git() {
        return;
    }
    let tree = Tree::repository(&[(WORKFLOW, INJECTION)]);
    tree.write(WORKFLOW, &format!("# a\n\n{INJECTION}"));
    assert!(tree.since("HEAD").findings.findings.is_empty());
    fs::rename(tree.path().join(WORKFLOW), tree.path().join(".github/workflows/z.yml")).unwrap();
    assert!(tree.since("HEAD").findings.findings.is_empty());
    tree.write(WORKFLOW, INJECTION);
    let told = told(&tree.since("HEAD").findings.findings);
    assert!(told.iter().all(|it| it.starts_with(".github/workflows/z.yml:")), "{told:?}");
    assert!(!told.is_empty());
}

#[test]
fn a_finding_that_grows_worse_is_new() {
    if !has_git() {
        return;
    }
    let mild = INJECTION.replace("on: issues", "on: [workflow_dispatch, pull_request]");
    let mild = mild.replace("github.event.issue.title", "github.head_ref");
    let tree = Tree::repository(&[(WORKFLOW, &mild)]);
    tree.write(WORKFLOW, &mild.replace("[workflow_dispatch, pull_request]", "pull_request_target"));
    let result = tree.since("HEAD");
    assert_eq!(told(&result.findings.findings), [".github/workflows/a.yml:7 template-injection"]);
    assert_eq!(result.verdict.exit, 1);
}

#[test]
fn suppressions_that_the_change_adds_silence_nothing_and_are_listed() {
    if !has_git() {
        return;
    }
    let tree = Tree::repository(&[("README.md", "x")]);
    let ignored = INJECTION.replace("title }}", "title }} # brattice: ignore[template-injection] trust me");
    tree.write(WORKFLOW, &ignored);
    tree.write("brattice.toml", "[check]\nignore = [\"template-injection\"]\nfail-on = \"critical\"\n[[check.ignore-path]]\npath = \"**\"\nrules = [\"template-injection\"]\nreason = \"why not\"\n");
    let result = tree.since("HEAD");
    assert_eq!(result.verdict.exit, 1, "{}", result.verdict.why);
    assert_eq!(result.settings_origin, Origin::Default);
    let mut added: Vec<&str> = result.added_suppressions.iter().map(|it| it.by).collect();
    added.sort_unstable();
    assert_eq!(added, ["config", "config", "inline"]);
    assert!(result.notes().iter().any(|it| it.contains("`trust me`")));
    tree.commit();
    let result = tree.since("HEAD");
    assert_eq!((result.settings_origin, result.added_suppressions.len()), (Origin::Base, 0));
}

#[test]
fn a_baseline_of_the_tree_is_not_believed_and_one_of_the_base_is() {
    if !has_git() {
        return;
    }
    let tree = Tree::repository(&[("README.md", "x")]);
    tree.write(WORKFLOW, INJECTION);
    let bytes = Baseline::of(&tree.scan().findings).write().unwrap();
    tree.write("baseline.json", std::str::from_utf8(&bytes).unwrap());
    let ask =
        || tree.ask(&Ask { baseline: Some("baseline.json"), since: Some("HEAD"), ..Ask::default() }).unwrap();
    assert_eq!(ask().verdict.exit, 1);
    fs::remove_dir_all(tree.path().join(".github")).unwrap();
    tree.commit();
    tree.write(WORKFLOW, INJECTION);
    let result = ask();
    assert_eq!(result.verdict.exit, 0);
    assert_eq!(
        (result.findings.suppressed[0].by, result.findings.suppressed[0].origin),
        ("baseline", Origin::Base)
    );
}

#[test]
fn settings_of_the_tree_that_cannot_be_read_are_not_needed() {
    if !has_git() {
        return;
    }
    let tree = Tree::repository(&[(WORKFLOW, CLEAN)]);
    tree.write("brattice.toml", "not toml");
    assert_eq!(tree.since("HEAD").verdict.exit, 0);
    assert!(tree.ask(&Ask::default()).is_err());
}

#[test]
fn a_base_that_cannot_be_had_is_an_error() {
    if !has_git() {
        return;
    }
    let tree = Tree::repository(&[(WORKFLOW, CLEAN)]);
    let exit = |since| tree.ask(&Ask { since: Some(since), ..Ask::default() }).unwrap_err().exit();
    assert_eq!(exit("nowhere"), 2);
    assert_eq!(exit("--upload-pack=x"), 2);
    let plain = Tree::plain(&[(WORKFLOW, CLEAN)]);
    let error = plain.ask(&Ask { since: Some("HEAD"), ..Ask::default() }).unwrap_err();
    assert!(matches!(error, ScanError::NoRepository(_)));
}
