//! The rule `unpinned-uses`.

use brattice_finding::{
    Area, Confidence, Edit, Finding, FingerprintInput, Fix, FixSafety, Kind, References, Rule, Severity, Span,
};
use brattice_pipeline::ir::{Call, ImageReference, Job, Step, Target};
use brattice_pipeline::text::Text;
use brattice_tree::ScalarStyle;

use crate::repository::{is_commit, is_version};
use crate::{File, Pin, RepairBudget, Repository};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "unpinned-uses",
    area: Area::Pipeline,
    class: "supply-chain",
    kind: Kind::Hardening,
    severity: Severity::Medium,
    summary: "Code from elsewhere is named by something that its owner can move",
    documentation: "\
## What it does
Finds actions, reusable workflows and container images that are named by a tag, a branch or a shortened hash
instead of by a whole commit hash or image digest. Files of the same repository need no pin.

## Why it matters
Whoever can move the tag decides what the next run executes, with the job's token and secrets. In March 2025 the
tags of `tj-actions/changed-files` were moved to a commit that wrote secrets into build logs (CVE-2025-30066);
workflows that named a commit ran what they had run before.

## Example
```yaml
steps:
  - uses: example/setup@v2
```

## Use instead
```yaml
steps:
  - uses: example/setup@0123456789abcdef0123456789abcdef01234567 # v2.3.1
```

## When it is wrong
For an owner that you trust as much as yourself a tag may do; findings about the platform's own `actions/*` and
`github/*` are of low severity for that reason. A hash can itself lie in a fork: pin to one that a release names.

## References
- <https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions>
- <https://www.cve.org/CVERecord?id=CVE-2025-30066>
",
    references: References {
        cwe: &["CWE-829"],
        cicd_sec: &["CICD-SEC-3"],
        atlas: &["AML.T0010"],
        slsa: &["(D) external build parameters"],
    },
};

/// Owners whose code runs in every job anyway.
const PLATFORM_OWNERS: [&str; 2] = ["actions", "github"];

/// Looks at every call and every image.
pub(crate) fn check(repository: &Repository<'_>, file: &File<'_>, findings: &mut Vec<Finding>) {
    let mut budget = RepairBudget::of(file);
    for (job, step, call) in file.pipeline.calls() {
        let place = Place { file, job: Some(job), step };
        match &call.target {
            Target::Repository { owner, reference: Some(reference), .. } if !is_commit(reference) => {
                let mut finding = of_action(&place, call, owner, reference);
                let pins = call.target.action_name().map_or(&[][..], |it| repository.pins(&it));
                let pin = agreeing(pins, reference).filter(|_| budget.take());
                finding
                    .fixes
                    .extend(pin.and_then(|(pin, exact)| pin_fix(file, &call.uses, reference, pin, exact)));
                findings.push(finding);
            }
            Target::Image(image) if !image.is_pinned() => {
                findings.push(of_image(&place, &call.uses.value, call.uses.span, image, "the step"));
            }
            _ => {}
        }
    }
    for job in &file.pipeline.jobs {
        for image in &job.images {
            let role = if image.role == "container" { "the job's container" } else { "a service" };
            let place = Place { file, job: Some(job), step: None };
            let written = (!image.name.is_computed()).then_some((image.name.value.as_str(), image.name.span));
            let chosen = image.choices.iter().map(|it| (it.value.as_str(), it.span));
            for (name, span) in written.into_iter().chain(chosen) {
                let reference = ImageReference::parse(name);
                if !reference.is_pinned() {
                    findings.push(of_image(&place, name, span, &reference, role));
                }
            }
        }
    }
    if let Some(image) = &file.pipeline.image
        && let Some(name) = image.literal().and_then(|it| it.strip_prefix("docker://"))
    {
        let reference = ImageReference::parse(name);
        if !reference.is_pinned() {
            findings.push(of_image(
                &Place { file, job: None, step: None },
                &image.value,
                image.span,
                &reference,
                "the action",
            ));
        }
    }
}

struct Place<'a, 't> {
    file: &'a File<'t>,
    job: Option<&'a Job>,
    step: Option<&'a Step>,
}

impl Place<'_, '_> {
    fn finding(&self, message: String, span: Span, matched: &str) -> Finding {
        let symbol = self.job.map(|job| self.file.symbol(job, self.step));
        let context = self.job.map(|job| File::identity(job, self.step)).unwrap_or_default();
        let identity = FingerprintInput::new(context, matched);
        Finding::new(&RULE, message, self.file.location(span, symbol), identity)
    }
}

fn of_action(place: &Place<'_, '_>, call: &Call, owner: &str, reference: &str) -> Finding {
    let text = call.uses.value.trim();
    let is_workflow = place.step.is_none();
    let what = if is_workflow { "reusable workflow" } else { "action" };
    let is_hash = reference.len() >= 7 && reference.bytes().all(|it| it.is_ascii_hexdigit());
    let by = if is_hash && reference.bytes().any(|it| it.is_ascii_digit()) && !is_date(reference) {
        "a shortened commit hash, which is not unique"
    } else if is_version(reference) {
        "a tag, which can be moved"
    } else {
        "a branch or tag, which can be moved"
    };
    let message = format!("the {what} `{text}` is named by {by}");
    let mut finding = place.finding(message, call.uses.span, text);
    if PLATFORM_OWNERS.contains(&owner.to_ascii_lowercase().as_str()) {
        finding.severity = Severity::Low;
    }
    let name = text.split('@').next().unwrap_or(text);
    finding.help.push(format!(
        "write the whole commit hash that `{reference}` stands for, and the version as a comment: `{name}@HASH # {reference}`"
    ));
    finding
}

/// Eight digits are a date more often than a hash.
fn is_date(reference: &str) -> bool {
    reference.bytes().all(|it| it.is_ascii_digit())
}

/// Finds a pin whose claimed version is the reference, or one of the versions that it covers (`v4` covers
/// `v4.1.2`), if all such pins name one commit. Also says whether it is the reference itself.
fn agreeing<'p>(pins: &'p [Pin], reference: &str) -> Option<(&'p Pin, bool)> {
    if !is_version(reference) {
        return None;
    }
    let bare = |it: &str| it.strip_prefix('v').unwrap_or(it).to_owned();
    let wanted = bare(reference);
    let exact = |pin: &&Pin| bare(&pin.version) == wanted;
    let covered = |pin: &&Pin| bare(&pin.version).strip_prefix(&wanted).is_some_and(|it| it.starts_with('.'));
    let only = |pins: Vec<&'p Pin>| {
        let first = *pins.first()?;
        pins.iter().all(|it| it.commit == first.commit).then_some(first)
    };
    if let Some(pin) = only(pins.iter().filter(exact).collect()) {
        return Some((pin, true));
    }
    only(pins.iter().filter(covered).collect()).map(|pin| (pin, false))
}

/// Replaces the reference by the commit that another use in this repository names.
fn pin_fix(file: &File<'_>, uses: &Text, reference: &str, pin: &Pin, exact: bool) -> Option<Fix> {
    let source = uses.span.slice(file.text);
    let line = file.text.get(uses.span.end as usize..)?.split('\n').next()?;
    // A comment or another value behind it would be in the way of the version's comment.
    if uses.style == ScalarStyle::Literal || uses.style == ScalarStyle::Folded || !line.trim().is_empty() {
        return None;
    }
    let at = u32::try_from(source.rfind(reference)?).ok()?;
    let length = u32::try_from(reference.len()).ok()?;
    let start = uses.span.start + at;
    let edit = |span, text| Edit { path: file.path.clone(), span, text };
    let edits = vec![
        edit(Span::new(start, start + length), pin.commit.clone()),
        edit(Span::at(uses.span.end), format!(" # {}", pin.version)),
    ];
    let fix = Fix {
        title: format!("pin to the commit that another use here names for {}", pin.version),
        safety: if exact { FixSafety::Safe } else { FixSafety::Unsafe },
        edits,
    };
    reads_as_intended(file, uses, reference, pin, &fix).then_some(fix)
}

/// Reads the repaired text and compares: one call more with the new name, one less with the old.
fn reads_as_intended(file: &File<'_>, uses: &Text, reference: &str, pin: &Pin, fix: &Fix) -> bool {
    let edits: Vec<&Edit> = fix.edits.iter().collect();
    let Ok(text) = brattice_finding::apply_edits(file.text, &edits) else { return false };
    let repaired = File::read(file.path.clone(), file.kind, &text);
    let wanted = uses.value.replace(reference, &pin.commit);
    let names = |file: &File<'_>| -> Vec<String> {
        file.pipeline.calls().map(|(_, _, call)| call.uses.value.clone()).collect()
    };
    let expected: Vec<String> = file
        .pipeline
        .calls()
        .map(
            |(_, _, call)| if call.uses.span == uses.span { wanted.clone() } else { call.uses.value.clone() },
        )
        .collect();
    names(&repaired) == expected && repaired.tree.problems().len() == file.tree.problems().len()
}

fn of_image(place: &Place<'_, '_>, name: &str, span: Span, image: &ImageReference, role: &str) -> Finding {
    let text = name.trim();
    let by = match (&image.digest, &image.tag) {
        (Some(_), _) => "an incomplete digest".to_owned(),
        (None, Some(tag)) if tag != "latest" => format!("the tag `{tag}`, which can be moved"),
        (None, _) => "no version at all".to_owned(),
    };
    let mut finding = place.finding(format!("the image `{text}` of {role} is named by {by}"), span, text);
    if image.tag.as_deref().is_some_and(|it| it != "latest") {
        finding.severity = Severity::Low;
    }
    if text.contains("${{") {
        finding.confidence = Confidence::Low;
    }
    finding.help.push(format!("append the digest: `{text}@sha256:…`"));
    finding
}
