//! Who can start a pipeline, and with what in its hands.
//!
//! What it is for: [`starter`] says for each event which class of person can fire it and whether the run then
//! holds the repository's secrets and a token that may write.
//! What it is not: it knows no guard (`if:` on an author's role); a rule weighs those itself.

/// Which class of person can fire an event, and what the run holds then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Starter {
    /// Nobody from outside decides when: a clock, the platform itself.
    Nobody,
    /// Somebody with write access to the repository.
    Member,
    /// Another workflow, with whatever that one holds.
    Caller,
    /// Anybody, by a pull request from a fork: no secrets, a token that only reads.
    Fork,
    /// Anybody with an account, and the run holds secrets and the repository's token.
    Outsider,
}

/// An event and who can fire it.
struct Event {
    name: &'static str,
    starter: Starter,
    how: &'static str,
}

const fn event(name: &'static str, starter: Starter, how: &'static str) -> Event {
    Event { name, starter, how }
}

/// Events by name, sorted. Facts from the platform's documentation of events that trigger workflows.
const EVENTS: [Event; 37] = [
    event("branch_protection_rule", Starter::Member, "an administrator changes a branch protection rule"),
    event("check_run", Starter::Member, "an app with write access reports a check"),
    event("check_suite", Starter::Member, "an app with write access reports a suite of checks"),
    event("create", Starter::Member, "a member creates a branch or tag"),
    event("delete", Starter::Member, "a member deletes a branch or tag"),
    event("deployment", Starter::Member, "a member or app creates a deployment"),
    event("deployment_status", Starter::Member, "an app reports on a deployment"),
    event("discussion", Starter::Outsider, "anyone with an account can open or edit a discussion"),
    event("discussion_comment", Starter::Outsider, "anyone with an account can comment on a discussion"),
    event("fork", Starter::Outsider, "anyone with an account can fork the repository"),
    event("gollum", Starter::Outsider, "whoever may edit the wiki starts this; in many repositories anyone"),
    event("image_version", Starter::Member, "a member publishes a runner image"),
    event(
        "issue_comment",
        Starter::Outsider,
        "anyone with an account can comment on an issue or pull request",
    ),
    event("issues", Starter::Outsider, "anyone with an account can open or edit an issue"),
    event("label", Starter::Member, "a member creates or edits a label"),
    event("merge_group", Starter::Member, "a member queues a pull request for merging"),
    event("milestone", Starter::Member, "a member creates or edits a milestone"),
    event("page_build", Starter::Member, "a member pushes to the branch of the site"),
    event("project", Starter::Member, "a member edits a project"),
    event("project_card", Starter::Member, "a member edits a project"),
    event("project_column", Starter::Member, "a member edits a project"),
    event("public", Starter::Member, "an administrator makes the repository public"),
    event("pull_request", Starter::Fork, "anyone can open a pull request from a fork, without secrets"),
    event("pull_request_review", Starter::Outsider, "anyone with an account can review a pull request"),
    event(
        "pull_request_review_comment",
        Starter::Outsider,
        "anyone with an account can comment on the diff of a pull request",
    ),
    event(
        "pull_request_target",
        Starter::Outsider,
        "anyone can open a pull request from a fork, and this trigger hands the run secrets and the token",
    ),
    event("push", Starter::Member, "a member pushes or merges commits"),
    event("registry_package", Starter::Member, "a member publishes a package"),
    event("release", Starter::Member, "a member publishes or edits a release"),
    event("repository_dispatch", Starter::Member, "whoever holds a token that may write sends an event"),
    event("repository_vulnerability_alert", Starter::Nobody, "the platform raises an alert"),
    event("schedule", Starter::Nobody, "the clock starts this"),
    event("status", Starter::Member, "an app with write access sets a status"),
    event("watch", Starter::Outsider, "anyone with an account can star the repository"),
    event("workflow_call", Starter::Caller, "another workflow calls this one"),
    event("workflow_dispatch", Starter::Member, "a member starts this by hand"),
    event(
        "workflow_run",
        Starter::Outsider,
        "a finished run starts this, also one of a pull request from a fork, and this run holds secrets and the token",
    ),
];

fn find(name: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|it| it.name == name)
}

/// Returns who can fire an event. One that is not known is taken for a member's.
pub fn starter(name: &str) -> Starter {
    find(name).map_or(Starter::Member, |it| it.starter)
}

/// Returns how an event is fired, as a sentence without a full stop.
pub fn how_started(name: &str) -> &'static str {
    find(name).map_or("an event that is not known here starts this", |it| it.how)
}
