//! The table of event values that people write. Facts from the platform's documentation of webhook payloads
//! and of the `github` context.

use super::CharacterClass::{self, FreeText, RefName};
use super::Entry::{self, Direct, Member, Merged, PullRequest};

pub(super) struct Row {
    /// The path below `github`; `*` for any element of a list.
    pub(super) path: &'static str,
    pub(super) class: CharacterClass,
    pub(super) events: &'static [(&'static str, Entry)],
}

const fn row(path: &'static str, class: CharacterClass, events: &'static [(&'static str, Entry)]) -> Row {
    Row { path, class, events }
}

const ISSUE: &[(&str, Entry)] = &[("issues", Direct), ("issue_comment", Direct)];
const COMMENT: &[(&str, Entry)] = &[
    ("issue_comment", Direct),
    ("discussion_comment", Direct),
    ("pull_request_review_comment", Direct),
    ("commit_comment", Direct),
];
const PULL: &[(&str, Entry)] = &[
    ("pull_request_target", Direct),
    ("pull_request", PullRequest),
    ("pull_request_review", PullRequest),
    ("pull_request_review_comment", PullRequest),
];
const HEAD: &[(&str, Entry)] = &[("pull_request_target", Direct), ("pull_request", PullRequest)];
const REVIEW: &[(&str, Entry)] = &[("pull_request_review", Direct)];
const DISCUSSION: &[(&str, Entry)] = &[("discussion", Direct), ("discussion_comment", Direct)];
const RUN: &[(&str, Entry)] = &[("workflow_run", Direct)];
const PUSH: &[(&str, Entry)] = &[("push", Merged)];
const WIKI: &[(&str, Entry)] = &[("gollum", Direct)];
const EDITED: &[(&str, Entry)] = &[
    ("issues", Direct),
    ("issue_comment", Direct),
    ("pull_request_target", Direct),
    ("pull_request", PullRequest),
    ("discussion", Direct),
];
const FORK: &[(&str, Entry)] = &[("fork", Direct)];
const REFERENCE: &[(&str, Entry)] = &[
    ("push", Member),
    ("create", Member),
    ("delete", Member),
    ("workflow_dispatch", Member),
    ("release", Member),
];
const RELEASE: &[(&str, Entry)] = &[("release", Member)];
const LABEL: &[(&str, Entry)] = &[
    ("issues", Member),
    ("pull_request", Member),
    ("pull_request_target", Member),
    ("label", Member),
    ("discussion", Member),
];
const MILESTONE: &[(&str, Entry)] = &[("milestone", Member)];
const DEPLOYMENT: &[(&str, Entry)] = &[("deployment", Member), ("deployment_status", Member)];
const QUEUE: &[(&str, Entry)] = &[("merge_group", Merged)];

pub(super) const ROWS: &[Row] = &[
    row("event.issue.title", FreeText, ISSUE),
    row("event.issue.body", FreeText, ISSUE),
    row("event.issue.labels.*.name", FreeText, LABEL),
    row("event.comment.body", FreeText, COMMENT),
    row("event.comment.path", FreeText, &[("pull_request_review_comment", PullRequest)]),
    row("event.comment.diff_hunk", FreeText, &[("pull_request_review_comment", PullRequest)]),
    row("event.review.body", FreeText, REVIEW),
    row("event.review_comment.body", FreeText, REVIEW),
    row("event.discussion.title", FreeText, DISCUSSION),
    row("event.discussion.body", FreeText, DISCUSSION),
    row("event.changes.title.from", FreeText, EDITED),
    row("event.changes.body.from", FreeText, EDITED),
    row("event.pull_request.title", FreeText, PULL),
    row("event.pull_request.body", FreeText, PULL),
    row("event.pull_request.head.ref", RefName, PULL),
    row("event.pull_request.head.label", RefName, PULL),
    row("event.pull_request.head.repo.default_branch", RefName, PULL),
    row("event.pull_request.head.repo.description", FreeText, PULL),
    row("event.pull_request.head.repo.homepage", FreeText, PULL),
    row("event.pull_request.labels.*.name", FreeText, LABEL),
    row("event.pull_request.milestone.title", FreeText, LABEL),
    row("head_ref", RefName, HEAD),
    row("event.workflow_run.head_branch", RefName, RUN),
    row("event.workflow_run.display_title", FreeText, RUN),
    row("event.workflow_run.head_commit.message", FreeText, RUN),
    row("event.workflow_run.head_commit.author.name", FreeText, RUN),
    row("event.workflow_run.head_commit.author.email", FreeText, RUN),
    row("event.workflow_run.head_commit.committer.name", FreeText, RUN),
    row("event.workflow_run.head_commit.committer.email", FreeText, RUN),
    row("event.workflow_run.head_repository.description", FreeText, RUN),
    row("event.workflow_run.pull_requests.*.head.ref", RefName, RUN),
    row("event.pages.*.page_name", FreeText, WIKI),
    row("event.pages.*.title", FreeText, WIKI),
    row("event.pages.*.summary", FreeText, WIKI),
    row("event.forkee.description", FreeText, FORK),
    row("event.forkee.homepage", FreeText, FORK),
    row("event.forkee.default_branch", RefName, FORK),
    row("event.head_commit.message", FreeText, PUSH),
    row("event.head_commit.author.name", FreeText, PUSH),
    row("event.head_commit.author.email", FreeText, PUSH),
    row("event.head_commit.committer.name", FreeText, PUSH),
    row("event.head_commit.committer.email", FreeText, PUSH),
    row("event.commits.*.message", FreeText, PUSH),
    row("event.commits.*.author.name", FreeText, PUSH),
    row("event.commits.*.author.email", FreeText, PUSH),
    row("event.commits.*.committer.name", FreeText, PUSH),
    row("event.commits.*.committer.email", FreeText, PUSH),
    row("event.merge_group.head_commit.message", FreeText, QUEUE),
    row("event.merge_group.head_commit.author.name", FreeText, QUEUE),
    row("event.merge_group.head_commit.author.email", FreeText, QUEUE),
    row("ref_name", RefName, REFERENCE),
    row("ref", RefName, REFERENCE),
    row("event.ref", RefName, REFERENCE),
    row("event.release.name", FreeText, RELEASE),
    row("event.release.body", FreeText, RELEASE),
    row("event.release.tag_name", RefName, RELEASE),
    row("event.release.target_commitish", RefName, RELEASE),
    row("event.label.name", FreeText, LABEL),
    row("event.label.description", FreeText, LABEL),
    row("event.milestone.title", FreeText, MILESTONE),
    row("event.milestone.description", FreeText, MILESTONE),
    row("event.deployment.payload", FreeText, DEPLOYMENT),
    row("event.deployment.description", FreeText, DEPLOYMENT),
];
