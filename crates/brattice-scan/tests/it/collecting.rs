use std::fs;
use std::os::unix::fs::symlink;

use brattice_finding::{Finding, RelativePath};
use brattice_rules::Settings;
use brattice_scan::{FILE_BYTES_MAX, ScanError, ScanRequest, ScanResult, Target, scan};

use crate::{Ask, CLEAN, INJECTION, TODAY, Tree, registry, told, unread};

const WORKFLOW: &str = ".github/workflows/a.yml";
const ACTION: &str = "runs:\n  using: composite\n  steps:\n    - run: echo\n      shell: bash\n";

fn examined(tree: &Tree) -> Vec<String> {
    tree.scan().inputs.iter().map(|it| format!("{} {}", it.path.display(), it.kind)).collect()
}

#[test]
fn workflows_and_actions_are_found_even_where_git_ignores_them() {
    let tree = Tree::plain(&[
        (WORKFLOW, CLEAN),
        (".github/workflows/action.yml", CLEAN),
        (".github/workflows/b.yaml", CLEAN),
        (".github/workflows/deeper/c.yml", CLEAN),
        (".github/workflows/notes.txt", "x"),
        (".github/dependabot.yml", "version: 2"),
        ("nested/.github/workflows/d.yml", CLEAN),
        ("build/deploy/action.yaml", ACTION),
        (".git/action.yml", ACTION),
        (".gitignore", "build\n.github\n"),
    ]);
    let of_repository = [
        ".github/workflows/a.yml github-workflow",
        ".github/workflows/action.yml github-workflow",
        ".github/workflows/b.yaml github-workflow",
        "build/deploy/action.yaml github-action",
    ];
    assert_eq!(examined(&tree), of_repository);
    fs::remove_dir_all(tree.path().join(".git")).unwrap();
    assert_eq!(examined(&tree)[..4], of_repository);
    assert_eq!(examined(&tree)[4], "nested/.github/workflows/d.yml github-workflow");
}

#[test]
fn nothing_to_examine_is_three() {
    let result = Tree::plain(&[("README.md", "x")]).scan();
    assert_eq!((result.verdict.exit, result.verdict.incomplete), (3, false));
}

#[test]
fn findings_are_one_and_a_clean_tree_is_zero() {
    let tree = Tree::plain(&[(WORKFLOW, CLEAN)]);
    assert_eq!(tree.scan().verdict.exit, 0);
    tree.write(".github/workflows/b.yml", INJECTION);
    let result = tree.scan();
    assert_eq!(result.verdict.exit, 1, "{}", result.verdict.why);
    assert!(
        told(&result.findings.findings).contains(&".github/workflows/b.yml:7 template-injection".to_owned())
    );
}

#[test]
fn what_cannot_be_read_makes_the_scan_incomplete_never_clean() {
    let tree = Tree::plain(&[(WORKFLOW, CLEAN), ("outside.yml", CLEAN)]);
    let at = |name: &str| tree.path().join(".github/workflows").join(name);
    fs::write(at("latin.yml"), b"name: \xe9\n").unwrap();
    fs::write(at("broken.yml"), "jobs:\n  a: \"never closed\n").unwrap();
    fs::create_dir(at("directory.yml")).unwrap();
    symlink("../../outside.yml", at("inside.yml")).unwrap();
    symlink("/etc/hostname", at("absolute.yml")).unwrap();
    symlink("../../../x.yml", at("above.yml")).unwrap();
    symlink("nowhere.yml", at("dangling.yml")).unwrap();
    symlink("inside.yml", at("twice.yml")).unwrap();
    let large = fs::File::create(at("large.yml")).unwrap();
    large.set_len(FILE_BYTES_MAX + 1).unwrap();
    let result = tree.scan();
    assert_eq!((result.verdict.exit, result.verdict.incomplete), (4, true));
    let unread = unread(&result);
    for expected in [
        "latin.yml not-utf8",
        "large.yml too-large",
        "absolute.yml link-leaves-root",
        "above.yml link-leaves-root",
        "dangling.yml unreadable",
        "twice.yml unreadable",
    ] {
        assert!(unread.contains(&format!(".github/workflows/{expected}")), "{expected}: {unread:#?}");
    }
    assert!(unread.iter().any(|it| it.starts_with(".github/workflows/broken.yml ")), "{unread:#?}");
    assert!(!unread.iter().any(|it| it.contains("inside.yml")), "{unread:#?}");
}

#[test]
fn a_linked_workflow_directory_is_not_followed_and_not_passed_over() {
    let tree = Tree::plain(&[("real/a.yml", INJECTION)]);
    fs::create_dir(tree.path().join(".github")).unwrap();
    symlink("../real", tree.path().join(".github/workflows")).unwrap();
    let result = tree.scan();
    assert_eq!(result.verdict.exit, 4);
    assert_eq!(unread(&result), [".github/workflows linked-directory"]);
}

#[test]
fn a_named_file_is_examined_whatever_its_name_is() {
    let tree =
        Tree::plain(&[("x.txt", INJECTION), ("y.txt", ACTION), ("z.txt", "a: b\n"), (WORKFLOW, INJECTION)]);
    let scan = |paths: &[&str]| tree.ask(&Ask { paths, ..Ask::default() }).unwrap();
    let result = scan(&["x.txt"]);
    assert_eq!((result.verdict.exit, result.inputs.len()), (1, 1));
    assert_eq!(result.scope.paths, [RelativePath::from("x.txt")]);
    assert_eq!(scan(&["y.txt"]).inputs[0].kind, "github-action");
    let result = scan(&["z.txt"]);
    assert_eq!((result.verdict.exit, unread(&result)), (4, vec!["z.txt unknown-kind".to_owned()]));
    assert!(matches!(
        tree.ask(&Ask { paths: &["missing.yml"], ..Ask::default() }),
        Err(error @ ScanError::MissingPath(_)) if error.exit() == 2
    ));
}

#[test]
fn only_what_was_asked_for_is_reported() {
    let tree = Tree::plain(&[(WORKFLOW, INJECTION), ("sub/action.yml", ACTION), (".git/HEAD", "")]);
    let result = tree.ask(&Ask { paths: &["sub"], ..Ask::default() }).unwrap();
    assert_eq!((result.verdict.exit, result.inputs.len()), (0, 1));
    let whole = tree.scan();
    assert!(whole.scope.paths.is_empty() && whole.inputs.len() == 2);
}

#[test]
fn who_calls_an_action_counts_even_if_only_the_action_was_asked_for() {
    let action = "\
runs:
  using: composite
  steps:
    - run: echo ${{ github.event.issue.title }}
      shell: bash
";
    let caller = "\
on: issues
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: ./greet
";
    let tree = Tree::plain(&[("greet/action.yml", action), (".git/HEAD", "")]);
    let alone = tree.scan();
    tree.write(WORKFLOW, caller);
    let of_action = |result: &ScanResult| -> Vec<Finding> {
        let findings = result.findings.findings.iter();
        findings.filter(|it| it.location.path().as_bytes() == b"greet/action.yml").cloned().collect()
    };
    let whole = of_action(&tree.scan());
    assert!(!whole.is_empty());
    assert_ne!(of_action(&alone), whole);
    assert_eq!(of_action(&tree.ask(&Ask { paths: &["greet"], ..Ask::default() }).unwrap()), whole);
    assert_eq!(of_action(&tree.ask(&Ask { paths: &["greet/action.yml"], ..Ask::default() }).unwrap()), whole);
}

#[test]
fn paths_of_two_repositories_are_refused() {
    let tree = Tree::plain(&[("a/.git/HEAD", ""), ("b/.git/HEAD", "")]);
    let error = tree.ask(&Ask { paths: &["a", "b"], ..Ask::default() }).unwrap_err();
    assert!(matches!(error, ScanError::SeveralRepositories { .. }) && error.exit() == 2);
}

#[test]
fn bytes_are_examined_by_themselves() {
    let (registry, own_settings) = (registry(), Settings::default());
    let scan = |bytes: &[u8], since| {
        scan(&ScanRequest {
            target: Target::Bytes { name: "standard input", bytes },
            areas: &[],
            registry: &registry,
            own_settings: &own_settings,
            repository_settings: true,
            inline_ignores: true,
            baseline: None,
            since,
            git: None,
            today: TODAY.parse().unwrap(),
        })
    };
    assert_eq!(scan(INJECTION.as_bytes(), None).unwrap().verdict.exit, 1);
    assert_eq!(scan(b"\n", None).unwrap().verdict.exit, 3);
    assert_eq!(scan(b"\xff", None).unwrap().verdict.exit, 4);
    assert!(matches!(scan(b"", Some("HEAD")), Err(ScanError::SinceOfBytes)));
}

#[test]
fn what_stands_in_a_second_document_makes_a_file_incomplete() {
    let second = format!("on: push\npermissions: {{}}\njobs: {{}}\n---\n{INJECTION}");
    let tree = Tree::plain(&[(".github/workflows/a.yml", &second)]);
    let result = tree.scan();
    assert_eq!(result.verdict.exit, 4);
    assert_eq!(result.inputs[0].problems[0].code, "several-documents");
    let tree = Tree::plain(&[(".github/workflows/a.yml", &format!("---\n{INJECTION}...\n---\n"))]);
    assert!(!tree.scan().verdict.incomplete, "an empty document holds nothing");
}
