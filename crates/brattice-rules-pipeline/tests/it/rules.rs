//! What holds for every rule.

use brattice_finding::RelativePath;
use brattice_rules_pipeline::{CHECKS, File, FileKind, RULES, Repository};
use proptest::prelude::proptest;

use crate::findings;

#[test]
fn every_rule_is_documented_under_the_fixed_headings() {
    const HEADINGS: [&str; 6] = [
        "## What it does",
        "## Why it matters",
        "## Example",
        "## Use instead",
        "## When it is wrong",
        "## References",
    ];
    for rule in RULES {
        let found: Vec<&str> = rule.documentation.lines().filter(|it| it.starts_with("## ")).collect();
        assert_eq!(found, HEADINGS, "{}", rule.id);
        assert!(!rule.summary.is_empty() && !rule.summary.ends_with('.'), "{}", rule.id);
        assert!(!rule.references.cwe.is_empty() && !rule.references.cicd_sec.is_empty(), "{}", rule.id);
    }
    let checked: Vec<&str> = CHECKS.iter().map(|it| it.rule.id).collect();
    assert_eq!(checked, RULES.iter().map(|it| it.id).collect::<Vec<_>>());
}

/// The example of a rule's page must be found, and what it recommends must not.
#[test]
fn the_examples_of_the_documentation_are_true() {
    for rule in RULES {
        let blocks: Vec<String> = rule
            .documentation
            .split("```yaml\n")
            .skip(1)
            .filter_map(|it| it.split("```").next())
            .map(|it| if it.starts_with("on:") { it.to_owned() } else { wrap(it) })
            .collect();
        let [example, instead] = blocks.as_slice() else { panic!("{}: two blocks", rule.id) };
        let found =
            |text: &String| findings(&[(".github/workflows/a.yml".to_owned(), text.clone())], rule.id).len();
        assert_eq!((found(example), found(instead)), (1, 0), "{}", rule.id);
    }
}

fn wrap(steps: &str) -> String {
    let steps = steps.lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n{steps}")
}

#[test]
fn kinds_follow_from_paths() {
    let kind = |path: &str| FileKind::of_path(&path.into());
    assert_eq!(kind(".github/workflows/a.yml"), Some(FileKind::Workflow));
    assert_eq!(kind("x/.github/workflows/a.yaml"), Some(FileKind::Workflow));
    assert_eq!(kind(".github/workflows/sub/a.yml"), None);
    assert_eq!(kind("a/action.yml"), Some(FileKind::Action));
    assert_eq!(kind("action.yaml"), Some(FileKind::Action));
    assert_eq!(kind("a/my-action.yml"), None);
    assert_eq!(kind(".github/dependabot.yml"), None);
}

#[test]
fn fingerprints_survive_moves_but_tell_steps_apart() {
    let text = |before: &str, name: &str| {
        format!(
            "{before}on: issues\njobs:\n  a:\n    steps:\n      - name: {name}\n        run: echo ${{{{ github.event.issue.title }}}}\n"
        )
    };
    let print = |text: String| {
        findings(&[(".github/workflows/a.yml".to_owned(), text)], "template-injection")[0].fingerprint
    };
    assert_eq!(print(text("", "One")), print(text("# a\n\n", "One")));
    assert_ne!(print(text("", "One")), print(text("", "Two")));
}

/// Twenty actions that call each other twice: a million ways from the event to the script.
#[test]
fn ways_through_calls_are_bounded_and_the_event_is_still_found() {
    let calls = |next: usize| format!("    - uses: ./a{next}\n").repeat(2);
    let action = |steps: String| format!("runs:\n  using: composite\n  steps:\n{steps}");
    let mut files: Vec<(String, String)> =
        (0..20).map(|it| (format!("a{it}/action.yml"), action(calls(it + 1)))).collect();
    let script = "    - run: echo ${{ github.event.issue.title }}\n      shell: bash\n".repeat(50);
    files.push(("a20/action.yml".to_owned(), action(script)));
    let workflow = format!("on: issues\njobs:\n  a:\n    steps:\n{}", calls(0));
    files.push((".github/workflows/a.yml".to_owned(), workflow));
    let found = findings(&files, "template-injection");
    assert_eq!(found.len(), 50);
    assert!(found.iter().all(|it| it.kind == brattice_finding::Kind::Exploit && it.path.len() == 23));
}

#[test]
fn a_value_is_followed_until_that_would_keep_the_judge_busy() {
    let value = ["github.event.issue.title"; 390].join(" || ");
    let steps = "      - run: echo ${{ env.X }}\n".repeat(300);
    let text = format!("on: issues\nenv:\n  X: ${{{{ {value} }}}}\njobs:\n  a:\n    steps:\n{steps}");
    let found = findings(&[(".github/workflows/a.yml".to_owned(), text)], "template-injection");
    let exploits = found.iter().filter(|it| it.kind == brattice_finding::Kind::Exploit).count();
    assert_eq!(found.len(), 300);
    assert!((1..300).contains(&exploits), "{exploits}");
}

/// All cases of all rules: as varied as our knowledge of what goes wrong.
const SEEDS: [&str; 3] = [
    include_str!("../../src/rules/template_injection.md"),
    include_str!("../../src/rules/excessive_permissions.md"),
    include_str!("../../src/rules/unpinned_uses.md"),
];

proptest! {
    #[test]
    fn no_mutation_of_a_case_panics(
        seed in 0usize..3, block in 0usize..80, at in 0usize..2_000, length in 0usize..60,
        insert in "[-:{}\\[\\]'\"\n &*<|>$a@#]{0,8}",
    ) {
        let blocks: Vec<&str> = SEEDS[seed].split("```").skip(1).step_by(2).collect();
        let text = blocks[block % blocks.len()].split_once('\n').map_or("", |it| it.1);
        let floor = |at: usize| (0..=at.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
        let (start, end) = (floor(at % text.len().max(1)), floor(at % text.len().max(1) + length));
        let mutated = format!("{}{insert}{}", &text[..start], &text[end..]);
        for kind in [FileKind::Workflow, FileKind::Action] {
            let file = File::read(RelativePath::from("x/action.yml"), kind, &mutated);
            let repository = Repository::new(vec![file]);
            for check in CHECKS {
                (check.check)(&repository, &repository.files()[0], &mut Vec::new());
            }
        }
    }
}
