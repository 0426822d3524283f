//! The rule `excessive-permissions`.

use brattice_finding::{
    Area, Edit, Finding, FingerprintInput, Fix, FixSafety, Kind, References, Rule, Severity, Span,
};
use brattice_pipeline::github::{Grant, Permissions};
use brattice_pipeline::ir::{Pipeline, PipelineKind};
use brattice_tree::patch::{NewValue, Patch, Position};

use crate::{File, Repository};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "excessive-permissions",
    area: Area::Pipeline,
    class: "permissions",
    kind: Kind::Hardening,
    severity: Severity::Medium,
    summary: "A job token may do more than the job needs",
    documentation: "\
## What it does
Finds workflows whose job token is wider than it has to be: no `permissions` at all, so that the repository's
default holds; `write-all` or `read-all`; and write scopes that stand at the top of a workflow and so hold for
every one of its jobs.

## Why it matters
Every step of a job can use the job's token, also an action that somebody else wrote and a script that somebody
else's text got into. What the token may not do, none of them can do. The default of many repositories is to
write everything: code, releases, packages, the workflows' own caches.

## Example
```yaml
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
```

## Use instead
```yaml
on: push
permissions: {}
jobs:
  test:
    permissions:
      contents: read
    runs-on: ubuntu-latest
    steps:
      - run: make test
```

## When it is wrong
The repository's or organisation's default may be read-only already; the file does not tell. A workflow that is
only called holds at most what its caller grants. Naming the scopes still keeps both true when a setting changes.

## References
- <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions>
- <https://owasp.org/www-project-top-10-ci-cd-security-risks/CICD-SEC-05-Insufficient-PBAC>
",
    references: References {
        cwe: &["CWE-250", "CWE-732"],
        cicd_sec: &["CICD-SEC-5"],
        atlas: &[],
        slsa: &[],
    },
};

/// Looks at the permissions of a workflow and of each job.
pub(crate) fn check(_: &Repository<'_>, file: &File<'_>, findings: &mut Vec<Finding>) {
    let pipeline = &file.pipeline;
    if pipeline.kind != PipelineKind::Workflow || pipeline.jobs.is_empty() {
        return;
    }
    match &pipeline.permissions {
        None => missing(file, findings),
        Some(permissions) => {
            broad(file, permissions, None, findings);
            shared(file, permissions, findings);
        }
    }
    for job in &pipeline.jobs {
        if let Some(permissions) = &job.permissions {
            broad(file, permissions, Some((&job.id.value, file.symbol(job, None))), findings);
        }
    }
}

/// Reports jobs for which neither the workflow nor they themselves say anything.
fn missing(file: &File<'_>, findings: &mut Vec<Finding>) {
    let pipeline = &file.pipeline;
    let bare: Vec<&str> =
        pipeline.jobs.iter().filter(|it| it.permissions.is_none()).map(|it| it.id.value.as_str()).collect();
    let (Some(first), Some(key)) = (bare.first(), pipeline.jobs_key) else { return };
    let message = match bare.len() {
        1 => format!(
            "job `{first}` has no `permissions`: its token may do what the repository's default allows"
        ),
        count => format!(
            "{count} jobs have no `permissions`: their tokens may do what the repository's default allows"
        ),
    };
    let identity = FingerprintInput::new("", "permissions: missing");
    let mut finding = Finding::new(&RULE, message, file.location(key, None), identity);
    if is_only_called(pipeline) {
        finding.severity = Severity::Low;
    }
    finding.fixes.extend(declare(file));
    finding.help.push("put `permissions: {}` at the top and grant each job what it needs".to_owned());
    findings.push(finding);
}

fn is_only_called(pipeline: &Pipeline) -> bool {
    !pipeline.triggers.is_empty() && pipeline.triggers.iter().all(|it| it.event == "workflow_call")
}

/// Declares the least that most jobs need. Unsafe: what the jobs need is not known.
fn declare(file: &File<'_>) -> Option<Fix> {
    let root = file.tree.root()?;
    let index = root.entries().position(|it| it.key.as_str() == Some("jobs"))?;
    let contents = ("contents".to_owned(), NewValue::Plain("read".to_owned()));
    let pieces = Patch::new(&file.tree)
        .insert_entry(root, Position::Before(index), "permissions", NewValue::Mapping(vec![contents]))
        .finish()
        .ok()?;
    let edits = pieces.into_iter().map(|(span, text)| Edit { path: file.path.clone(), span, text }).collect();
    Some(Fix { title: "declare `permissions: contents: read`".to_owned(), safety: FixSafety::Unsafe, edits })
}

/// Reports `write-all` and `read-all`.
fn broad(
    file: &File<'_>,
    permissions: &Permissions,
    job: Option<(&str, String)>,
    findings: &mut Vec<Finding>,
) {
    let (word, what, severity) = match permissions.grant {
        Grant::WriteAll => ("write-all", "change everything", Severity::High),
        Grant::ReadAll => ("read-all", "read everything", Severity::Low),
        Grant::Scopes(_) | Grant::Unknown => return,
    };
    let (id, symbol) = job.map_or(("", None), |(id, symbol)| (id, Some(symbol)));
    let owner = if id.is_empty() { "every job".to_owned() } else { format!("job `{id}`") };
    let message = format!("`{word}` lets the token of {owner} {what}");
    let identity = FingerprintInput::new(id, word);
    let mut finding = Finding::new(&RULE, message, file.location(permissions.span, symbol), identity);
    finding.severity = severity;
    finding.help.push("name the scopes that are needed, one by one".to_owned());
    findings.push(finding);
}

/// Reports scopes that may write and hold for several jobs at once.
fn shared(file: &File<'_>, permissions: &Permissions, findings: &mut Vec<Finding>) {
    let holders = file.pipeline.jobs.iter().filter(|it| it.permissions.is_none()).count();
    if holders < 2 {
        return;
    }
    for scope in permissions.write_scopes() {
        let message = format!("`{}: write` holds for {holders} jobs at once", scope.name);
        let identity = FingerprintInput::new("", &format!("{}: write", scope.name));
        let span = Span::new(scope.span.start, scope.span.end);
        let mut finding = Finding::new(&RULE, message, file.location(span, None), identity);
        finding.severity = Severity::Low;
        finding.help.push(format!("move `{}: write` to the jobs that need it", scope.name));
        findings.push(finding);
    }
}
