//! What a repair must not do.

use brattice_finding::FixSafety;

use crate::{findings, fixed};

fn workflow(steps: &str) -> Vec<(String, String)> {
    let text = format!("on: issues\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}");
    vec![(".github/workflows/a.yml".to_owned(), text)]
}

fn safeties(files: &[(String, String)]) -> Vec<Option<FixSafety>> {
    let found = findings(files, "template-injection");
    found.iter().map(|it| it.fixes.first().map(|fix| fix.safety)).collect()
}

#[test]
fn safety_follows_from_the_context() {
    for (run, safety) in [
        ("echo \"${{ github.event.issue.title }}\"", Some(FixSafety::Safe)),
        ("A=${{ github.event.issue.title }} cmd", Some(FixSafety::Safe)),
        ("echo ${{ github.event.issue.title }}", Some(FixSafety::Unsafe)),
        ("echo '${{ github.event.issue.title }}'", Some(FixSafety::Unsafe)),
        ("[[ ${{ github.event.issue.title }} == a ]]", Some(FixSafety::Unsafe)),
        ("${{ github.event.issue.title }}", None),
        ("\"${{ github.event.issue.title }}\" a", None),
        ("eval \"echo ${{ github.event.issue.title }}\"", None),
        ("bash -c \"echo ${{ github.event.issue.title }}\"", None),
        ("echo $(( ${{ github.event.issue.title }} ))", None),
        ("echo \"\\${{ github.event.issue.title }}\"", None),
        ("echo \"$${{ github.event.issue.title }}\"", None),
        ("echo ${A:-${{ github.event.issue.title }}}", None),
    ] {
        let steps = format!("      - run: |\n          {run}\n");
        assert_eq!(safeties(&workflow(&steps)), [safety], "{run}");
    }
}

#[test]
fn a_quoted_here_document_is_left_alone() {
    let steps =
        "      - run: |\n          cat <<'E'\n          ${{ github.event.issue.title }}\n          E\n";
    assert_eq!(safeties(&workflow(steps)), [None]);
}

#[test]
fn a_branch_name_is_one_word_only_where_there_is_one() {
    let text = |on: &str| {
        let text = format!(
            "on: {on}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: git switch ${{{{ github.head_ref }}}}\n"
        );
        vec![(".github/workflows/a.yml".to_owned(), text)]
    };
    assert_eq!(safeties(&text("pull_request")), [Some(FixSafety::Safe)]);
    assert_eq!(safeties(&text("[pull_request, push]")), [Some(FixSafety::Unsafe)]);
}

#[test]
fn names_never_collide() {
    let mut files = workflow(
        "      - env:\n          issue_title: x\n        run: |\n          ISSUE_TITLE_2=a\n          echo \"${{ github.event.issue.title }}\"\n",
    );
    files[0].1.insert_str(0, "env: {A: b}\n");
    let result = fixed(&files, "template-injection", false);
    assert!(result[0].1.contains("ISSUE_TITLE_3: ${{ github.event.issue.title }}"), "{}", result[0].1);
    assert!(result[0].1.contains("echo \"$ISSUE_TITLE_3\""), "{}", result[0].1);
}

#[test]
fn several_expressions_of_one_step_are_one_repair() {
    let files = workflow(
        "      - run: |\n          echo \"${{ github.event.issue.title }} ${{ github.event.issue.title }}\"\n          echo \"${{ github.event.issue.body }}s\"\n",
    );
    let result = fixed(&files, "template-injection", false);
    assert!(findings(&result, "template-injection").is_empty());
    insta::assert_snapshot!(result[0].1, @r#"
    on: issues
    jobs:
      a:
        runs-on: ubuntu-latest
        steps:
          - env:
              ISSUE_TITLE: ${{ github.event.issue.title }}
              ISSUE_BODY: ${{ github.event.issue.body }}
            run: |
              echo "$ISSUE_TITLE $ISSUE_TITLE"
              echo "${ISSUE_BODY}s"
    "#);
}

#[test]
fn line_ends_and_shared_values_are_respected() {
    let files = workflow("      - run: echo \"${{ github.event.issue.title }}\"\n");
    let windows = vec![(files[0].0.clone(), files[0].1.replace('\n', "\r\n"))];
    let result = fixed(&windows, "template-injection", false);
    assert_eq!(result[0].1.matches('\n').count(), result[0].1.matches("\r\n").count(), "{:?}", result[0].1);
    assert!(findings(&result, "template-injection").is_empty(), "{:?}", result[0].1);
    let shared = workflow(
        "      - &s\n        run: echo \"${{ github.event.issue.title }}\"\n  b:\n    runs-on: ubuntu-latest\n    steps: [*s]\n",
    );
    assert!(safeties(&shared).iter().all(|it| *it != Some(FixSafety::Safe)));
}

#[test]
fn only_the_interpolation_and_the_new_variable_are_touched() {
    let edits = |steps: &str| -> Vec<(String, String)> {
        let files = workflow(steps);
        let found = findings(&files, "template-injection");
        let shown = |it: &brattice_finding::Edit| (it.span.slice(&files[0].1).to_owned(), it.text.clone());
        found[0].fixes[0].edits.iter().map(shown).collect()
    };
    let insertion = "        env:\n          ISSUE_TITLE: ${{ github.event.issue.title }}\n";
    let interpolation = "${{ github.event.issue.title }}";
    assert_eq!(
        edits("      - name: a\n        run: |\n          echo \"é ${{ github.event.issue.title }}\" # b\n"),
        [(String::new(), insertion.to_owned()), (interpolation.to_owned(), "$ISSUE_TITLE".to_owned())]
    );
    // In YAML's own double quotes the script's have to be escaped, so that the whole scalar is written anew.
    let whole = edits("      - name: a\n        run: \"A=${{ github.event.issue.title }}\"\n");
    assert!(
        whole
            .iter()
            .any(|(_, text)| text.contains(r#"A=\"$ISSUE_TITLE\""#) || text.contains(r#"A="$ISSUE_TITLE""#))
    );
}
