//! What an outsider cannot help being: facts about whoever writes a text, under which a condition is tried.

use brattice_pipeline::expression::{Constant, ContextPath, Segment};

/// Roles that the platform gives to people who may not write. A contributor once had a commit merged.
const ROLES: [&str; 6] =
    ["NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "CONTRIBUTOR", "MANNEQUIN", "a role to come"];

/// Events that an outsider fires and a later run follows.
const FOLLOWED: [&str; 12] = [
    "pull_request",
    "pull_request_target",
    "pull_request_review",
    "pull_request_review_comment",
    "issues",
    "issue_comment",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "watch",
    "workflow_run",
];

/// A login, repository or name that no condition spells out: it begins with the evaluator's mark.
const NOBODY: &str = "\0";

/// Returns the outsiders that there are, each as facts; none where nothing is known of who writes the text.
///
/// Only facts about the author of this very text count. The role of a comment's author says nothing of the
/// issue below it, and `github.actor` is whoever acted last.
pub(super) fn facts(path: &ContextPath) -> Vec<Vec<(String, Constant)>> {
    let Some(object) = object(path) else { return Vec::new() };
    let name = format!("github.event.{object}");
    let text = |value: &str| Constant::Text(value.to_owned());
    let here = ("github.repository".to_owned(), text("\0here"));
    let elsewhere = |head: &str| {
        let head = format!("{name}.{head}");
        vec![
            (format!("{head}.full_name"), text(NOBODY)),
            (format!("{head}.owner.login"), text(NOBODY)),
            (format!("{head}.fork"), Constant::Boolean(true)),
            here.clone(),
            ("github.repository_owner".to_owned(), text("\0owner")),
        ]
    };
    if object == "workflow_run" {
        let followed = |event: &str| {
            let event = (format!("{name}.event"), text(event));
            elsewhere("head_repository").into_iter().chain([event]).collect()
        };
        return FOLLOWED.iter().map(|it| followed(it)).collect();
    }
    let person = |role: &str| {
        let mut facts = vec![
            (format!("{name}.author_association"), text(role)),
            (format!("{name}.user.login"), text(NOBODY)),
        ];
        if object == "pull_request" {
            facts.extend(elsewhere("head.repo"));
        }
        facts
    };
    ROLES.iter().map(|it| person(it)).collect()
}

/// Returns the object of the event whose author writes the text.
fn object(path: &ContextPath) -> Option<&str> {
    let name = |index: usize| match path.0.get(index) {
        Some(Segment::Name(name)) => Some(name.as_str()),
        _ => None,
    };
    if name(0)? != "github" {
        return None;
    }
    match (name(1)?, name(2)) {
        ("head_ref", None) => Some("pull_request"),
        ("event", Some(object)) => {
            const KNOWN: [&str; 6] =
                ["comment", "discussion", "issue", "pull_request", "review", "workflow_run"];
            KNOWN.contains(&object).then_some(object)
        }
        _ => None,
    }
}
