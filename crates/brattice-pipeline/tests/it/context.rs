//! Who controls which value.

use brattice_finding::Span;
use brattice_pipeline::context::{Control, controlled};
use brattice_pipeline::expression::{Abstract, evaluate, parse};
use brattice_pipeline::github::{Input, InputKind, Trigger};
use brattice_pipeline::text::Spanned;
use brattice_pipeline::trust::{Starter, how_started, starter};

fn control(text: &str, triggers: &[Trigger]) -> String {
    let value = evaluate(&parse(text, 0).expect("an expression"), &Abstract);
    let shown = value.reads.iter().map(|read| match controlled(read, triggers, &[]) {
        Control::Event { class, events } => format!("{class:?} {}", events[0].0),
        other => format!("{other:?}"),
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn text_that_people_write_is_told_from_what_is_harmless() {
    for (text, expected) in [
        ("github.event.issue.title", "FreeText issues"),
        ("github.event.issue['BODY']", "FreeText issues"),
        ("github.event.issue.number", "Harmless"),
        ("github.event.pull_request.head.sha", "Harmless"),
        ("github.event.pull_request.head.ref", "RefName pull_request_target"),
        ("github.head_ref", "RefName pull_request_target"),
        ("github.event.comment.user.login", "Harmless"),
        ("github.repository", "Harmless"),
        ("github.event.issue", "Harmless"),
        ("toJSON(github.event.issue)", "FreeText issues"),
        ("toJSON(github)", "FreeText issues"),
        ("github.event.commits.*.message", "Harmless"),
        ("join(github.event.commits.*.message, ' ')", "FreeText push"),
        ("github.event.commits[0].message", "FreeText push"),
        ("github.event.pages[0].page_name", "FreeText gollum"),
        ("github.event[matrix.x].title", "FreeText issues"),
        ("fromJSON(github.event.comment.body).x", "FreeText issue_comment"),
        ("secrets.A", "Harmless"),
        ("runner.os", "Harmless"),
        ("env.A", "Unknown"),
        ("steps.a.outputs.b", "Unknown"),
        ("steps.a.outcome", "Harmless"),
        ("needs.a.result", "Harmless"),
        ("needs.a.outputs.b", "Unknown"),
    ] {
        assert_eq!(control(text, &[]), expected, "{text}");
    }
}

#[test]
fn inputs_belong_to_whoever_dispatches_or_calls() {
    let span = Span::at(0);
    let input = |name: &str, kind| Input { name: Spanned { value: name.to_owned(), span }, kind };
    let trigger = |event: &str| Trigger {
        event: event.to_owned(),
        span,
        types: Vec::new(),
        inputs: vec![input("text", InputKind::Text), input("flag", InputKind::Boolean)],
    };
    let read = |text: &str| evaluate(&parse(text, 0).unwrap(), &Abstract).reads.remove(0);
    let dispatch = [trigger("workflow_dispatch")];
    let both = [trigger("workflow_dispatch"), trigger("workflow_call")];
    assert_eq!(
        controlled(&read("inputs.TEXT"), &dispatch, &[]),
        Control::Input { dispatched: true, called: false }
    );
    assert_eq!(
        controlled(&read("inputs.text"), &both, &[]),
        Control::Input { dispatched: true, called: true }
    );
    assert_eq!(controlled(&read("inputs.flag"), &both, &[]), Control::Harmless);
    assert_eq!(controlled(&read("inputs.any"), &[], &[]), Control::Input { dispatched: false, called: true });
}

#[test]
fn an_event_that_is_not_known_is_a_members() {
    assert_eq!(starter("pull_request_target"), Starter::Outsider);
    assert_eq!(starter("pull_request"), Starter::Fork);
    assert_eq!(starter("no_such_event"), Starter::Member);
    assert!(!how_started("no_such_event").is_empty());
}
