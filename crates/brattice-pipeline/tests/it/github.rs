//! Workflows and actions: every form of every field, and what is odd.

use brattice_pipeline::github::{Action, Grant, Matrix, PassedSecrets, Runner, SyntaxProblem, Workflow};
use brattice_pipeline::ir::{Effective, ImageReference, Pipeline, PipelineKind, Step, Target, Work};
use brattice_shell::Shell;
use brattice_tree::Tree;
use proptest::prelude::proptest;

fn workflow(text: &str) -> (Pipeline, Vec<SyntaxProblem>) {
    let (workflow, problems) = Workflow::read(&Tree::yaml(text));
    (Pipeline::from_workflow(workflow), problems)
}

#[test]
fn triggers_in_all_three_forms() {
    for (on, expected) in [
        ("on: push", vec!["push"]),
        ("on: [push, pull_request]", vec!["push", "pull_request"]),
        ("on:\n  push:\n  issues: {types: [opened]}", vec!["push", "issues"]),
        ("\"on\": push", vec!["push"]),
        ("true: push", vec!["push"]),
        ("on:\n  workflow_dispatch:\n    inputs:\n", vec!["workflow_dispatch"]),
        ("on:", vec![]),
    ] {
        let (pipeline, _) = workflow(&format!("{on}\njobs: {{}}\n"));
        let events: Vec<&str> = pipeline.triggers.iter().map(|it| it.event.as_str()).collect();
        assert_eq!(events, expected, "{on}");
    }
}

#[test]
fn permissions_in_all_forms() {
    let grant = |text: &str| workflow(&format!("on: push\npermissions: {text}\njobs: {{}}\n")).0.permissions;
    assert_eq!(grant("read-all").map(|it| it.grant), Some(Grant::ReadAll));
    assert_eq!(grant("write-all").map(|it| it.may_write()), Some(true));
    assert_eq!(grant("{}").map(|it| it.grant), Some(Grant::Scopes(Vec::new())));
    assert_eq!(grant(""), None);
    assert_eq!(grant("wat").map(|it| it.grant), Some(Grant::Unknown));
    let scopes = grant("{contents: read, id-token: write, x: ?}").unwrap();
    assert_eq!(scopes.write_scopes().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["id-token"]);
}

const WHOLE: &str = "\
on: push
defaults: {run: {shell: sh}}
jobs:
  a:
    needs: [b]
    if: github.ref == 'x'
    runs-on: {group: big, labels: [self-hosted, linux]}
    environment: {name: prod, url: x}
    container: node:20
    services: {db: {image: \"postgres@sha256:0\"}}
    strategy: {matrix: {os: [a, b]}}
    permissions: {contents: read}
    steps:
      - name: One
        run: echo ${{ github.sha }}
      - {id: two, uses: actions/checkout@v4, with: {ref: x}}
      - run: |
          a
        shell: pwsh
      - odd
      - {}
  b:
    uses: ./.github/workflows/x.yml
    secrets: inherit
    strategy: {matrix: \"${{ fromJSON(x) }}\"}
  c:
    runs-on: windows-latest
    steps:
      - parallel:
          - run: dir
  d: 7
";

#[test]
fn a_whole_workflow() {
    let (pipeline, problems) = workflow(WHOLE);
    let codes: Vec<&str> = problems.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["unexpected-value", "unexpected-value"]);
    let [a, b, c] = pipeline.jobs.as_slice() else { panic!("{:?}", pipeline.jobs) };
    assert_eq!(a.needs[0].value, "b");
    assert!(a.condition.as_ref().is_some_and(|it| it.expressions[0].expr.is_ok()));
    assert!(a.is_self_hosted() && matches!(&a.runner, Runner::Labels(it) if it.len() == 3));
    assert_eq!(a.environment.as_ref().unwrap().value, "prod");
    assert_eq!(a.images.iter().map(|it| it.role.as_str()).collect::<Vec<_>>(), ["container", "db"]);
    assert_eq!((&a.matrix, &b.matrix), (&Matrix::Literal, &Matrix::Computed));
    assert!(matches!(pipeline.permissions_of(a), Effective::Declared(it) if !it.may_write()));
    assert_eq!(pipeline.permissions_of(b), Effective::Default);
    let shells: Vec<Option<Shell>> = a
        .steps
        .iter()
        .map(|it| match &it.work {
            Work::Script(script) => Some(script.shell),
            _ => None,
        })
        .collect();
    assert_eq!(shells, [Some(Shell::Sh), None, Some(Shell::PowerShell), None]);
    assert_eq!(a.steps.iter().map(Step::identity).collect::<Vec<_>>(), ["One", "two", "a", ""]);
    let Work::Script(script) = &a.steps[0].work else { panic!() };
    assert_eq!(script.text.expressions[0].span.slice(WHOLE), "${{ github.sha }}");
    let call = b.call.as_ref().unwrap();
    assert_eq!(call.target, Target::Local(".github/workflows/x.yml".to_owned()));
    assert!(matches!(call.secrets, PassedSecrets::Inherit(_)));
    assert!(matches!(&c.steps[0].work, Work::Script(it) if it.shell == Shell::Sh));
}

#[test]
fn expressions_of_folded_and_escaped_scalars_have_their_source() {
    for text in [
        "on: push\njobs: {a: {steps: [{run: \"\\u0065cho ${{ x }}\"}]}}",
        "on: push\r\njobs:\r\n  a:\r\n    steps:\r\n    - run: >-\r\n        é\r\n        b ${{ x }}\r\n",
        "on: push\njobs:\n  a:\n    steps:\n    - run: 'it''s ${{ x }}'\n",
    ] {
        let (pipeline, problems) = workflow(text);
        assert!(problems.is_empty(), "{problems:?}");
        let Work::Script(script) = &pipeline.jobs[0].steps[0].work else { panic!("{text}") };
        assert_eq!(script.text.expressions[0].span.slice(text), "${{ x }}", "{text}");
    }
}

#[test]
fn actions_of_every_sort() {
    let read = |runs: &str| {
        let text = format!("name: x\ninputs: {{a: {{}}, b: }}\nruns: {runs}\n");
        Pipeline::from_action(Action::read(&Tree::yaml(&text)).0)
    };
    let composite = read("{using: composite, steps: [{run: ls, shell: bash}]}");
    assert_eq!(composite.kind, PipelineKind::CompositeAction);
    assert_eq!((composite.inputs.len(), composite.jobs[0].steps.len()), (2, 1));
    assert_eq!(read("{using: docker, image: 'docker://a:1'}").image.unwrap().value, "docker://a:1");
    assert_eq!(read("{using: node20, main: x.js}").kind, PipelineKind::ProgramAction);
    assert_eq!(read("7").kind, PipelineKind::ProgramAction);
}

#[test]
fn what_a_call_names() {
    let target = |uses: &str| {
        let text = format!("on: push\njobs: {{a: {{uses: \"{uses}\"}}}}");
        workflow(&text).0.jobs.remove(0).call.unwrap().target
    };
    assert_eq!(target("Actions/Cache/save@v4").action_name().as_deref(), Some("actions/cache/save"));
    assert_eq!(target("./a/"), Target::Local("a".to_owned()));
    assert_eq!(target("${{ x }}"), Target::Unknown);
    assert_eq!(target("nonsense"), Target::Unknown);
    assert!(matches!(target("a/b"), Target::Repository { reference: None, .. }));
    assert!(
        matches!(target("docker://x:5000/a"), Target::Image(it) if it.repository == "x:5000/a" && it.tag.is_none())
    );
    assert!(!ImageReference::parse("a@sha256:12").is_pinned());
    assert!(ImageReference::parse(&format!("a:1@sha256:{}", "0".repeat(64))).is_pinned());
}

#[test]
fn what_is_no_workflow_is_a_problem_not_a_failure() {
    for text in ["", "a", "- a", "jobs: 7", "on: {push: {", "jobs: {a: {steps: 7, env: 7, permissions: [x]}}"]
    {
        let (_, problems) = workflow(text);
        assert!(!problems.is_empty(), "{text}");
        let (_, problems) = Action::read(&Tree::yaml(text));
        assert!(!problems.is_empty(), "{text}");
    }
}

#[test]
fn a_matrix_knows_which_keys_are_computed() {
    let matrix = |text: &str| {
        let (pipeline, _) = workflow(&format!("jobs: {{a: {{strategy: {{matrix: {text}}}}}}}"));
        pipeline.jobs[0].matrix.clone()
    };
    let partly = |keys: &[&str]| Matrix::Partly(keys.iter().map(|it| (*it).to_owned()).collect());
    assert_eq!(matrix("{os: [a, b], include: [{os: c, extra: d}]}"), Matrix::Literal);
    assert_eq!(matrix("{os: [a], Words: ['${{ x }}']}"), partly(&["words"]));
    assert_eq!(matrix("{os: [a], words: '${{ fromJSON(x) }}', exclude: '${{ y }}'}"), partly(&["words"]));
    assert_eq!(matrix("{os: [a], include: [{os: a, deep: {er: ['${{ x }}']}}]}"), partly(&["deep"]));
    assert_eq!(matrix("{os: [a], include: '${{ x }}'}"), Matrix::Computed);
    assert_eq!(matrix("{os: [a], include: ['${{ x }}']}"), Matrix::Computed);
    let partly = matrix("{os: [a], words: ['${{ x }}']}");
    assert!(partly.is_literal("OS") && !partly.is_literal("Words"));
    assert!(!Matrix::Computed.is_literal("os") && !Matrix::Absent.is_literal("os"));
}

proptest! {
    #[test]
    fn no_mutation_of_a_workflow_panics(at in 0usize..WHOLE.len(), length in 0usize..40, insert in "[-:{}\\[\\]'\"\n &*<|>$a]{0,6}") {
        let end = (at + length).min(WHOLE.len());
        let text = format!("{}{insert}{}", &WHOLE[..at], &WHOLE[end..]);
        let _ = workflow(&text);
        let _ = Pipeline::from_action(Action::read(&Tree::yaml(&text)).0);
    }
}
