//! One scan from request to verdict.

use std::collections::{BTreeMap, HashMap, HashSet};

use brattice_digest::Sha256;
use brattice_finding::{Area, Finding, Findings, Fingerprint, Input, LineIndex, Origin, RelativePath};
use brattice_rules::{Allowances, FileIgnores, InlineIgnores, Suppressions, judge, place_order};

use crate::base::Base;
use crate::collect::{Collected, Source};
use crate::origin::Place;
use crate::pipeline::examine;
use crate::settings::{Held, held};
use crate::{AddedSuppression, ScanError, ScanRequest, ScanResult, Scope, Target};

/// Scans what a request names.
pub fn scan(request: &ScanRequest<'_>) -> Result<ScanResult, ScanError> {
    let place = match request.target {
        Target::Paths(paths) => Some(Place::of(paths)?),
        Target::Bytes { .. } => None,
    };
    let mut base = match (request.since, &place) {
        (Some(since), Some(place)) => Some(Base::open(request.git, &place.root, since)?),
        (Some(_), None) => return Err(ScanError::SinceOfBytes),
        (None, _) => None,
    };
    let mut held = held(request, place.as_ref(), base.as_mut())?;
    let collected = match (&place, request.target) {
        (Some(place), _) => Collected::of_place(place)?,
        (None, Target::Bytes { name, bytes }) => Collected::of_bytes(name, bytes),
        (None, Target::Paths(_)) => Collected::default(),
    };
    let named = |area: Area| request.areas.is_empty() || request.areas.contains(&area);
    let collected = if named(Area::Pipeline) { collected } else { Collected::default() };
    let before = match (&mut base, &place) {
        (Some(base), Some(place)) => Some(base.collect(place)?),
        _ => None,
    };
    let commit = base.map(|base| base.commit.as_str().to_owned());
    let check = &held.settings.check;
    let mut examined = examine(&collected.sources, &|rule| check.selects(rule));
    examined.keep_asked(&collected.sources);
    let judged = judge_change(request, &held, &collected.sources, examined.findings, before);
    held.added.extend(judged.added);
    let inputs = all_inputs(collected.unread, examined.inputs);
    let thresholds = held.settings.check.thresholds();
    let verdict = judge(&judged.findings, &inputs, thresholds, request.areas);
    let check = &held.settings.check;
    Ok(ScanResult {
        verdict,
        thresholds,
        scope: Scope {
            since: commit,
            baseline: held.baseline.as_ref().map(|(_, _, sha256)| *sha256),
            select: check.select.as_ref().map(|it| it.value.clone()).unwrap_or_default(),
            ignore: check.ignore.iter().map(|it| it.value.clone()).collect(),
            paths: place.as_ref().map(scope_paths).unwrap_or_default(),
        },
        settings_origin: held.origin,
        settings_sha256: Sha256::of(check.canonical().as_bytes()),
        added_suppressions: held.added,
        known: judged.known,
        findings: judged.findings,
        inputs,
        root: place.map(|it| it.root),
        sources: collected.sources.into_iter().map(|it| (it.path, it.text)).collect::<BTreeMap<_, _>>(),
    })
}

/// Findings after ignores and baseline, without those that the base had.
struct Judged {
    findings: Findings,
    known: Vec<Finding>,
    added: Vec<AddedSuppression>,
}

fn judge_change(
    request: &ScanRequest<'_>,
    held: &Held,
    sources: &[Source],
    findings: Vec<Finding>,
    before: Option<Collected>,
) -> Judged {
    let lines = commented(sources);
    let files = ignores(&lines);
    let Some(before) = before else {
        let files: Vec<FileIgnores<'_>> = if request.inline_ignores {
            files
        } else {
            files.into_iter().map(|file| file.without_those_added_since(None)).collect()
        };
        let added = files.iter().flat_map(added_inline).collect();
        let findings = apply(request, held, &files, Origin::Tree, findings);
        return Judged { findings, known: Vec::new(), added };
    };
    let check = &held.settings.check;
    let examined_before = examine(&before.sources, &|rule| check.selects(rule));
    let lines_before = commented(&before.sources);
    let files_before = ignores(&lines_before);
    let of_path: HashMap<&RelativePath, &InlineIgnores> =
        files_before.iter().map(|file| (file.path, &file.ignores)).collect();
    let files: Vec<FileIgnores<'_>> = files
        .into_iter()
        .map(|file| {
            let base = of_path.get(file.path).copied();
            file.without_those_added_since(base)
        })
        .collect();
    let added = files.iter().flat_map(added_inline).collect();
    let before = apply(request, held, &files_before, Origin::Base, examined_before.findings);
    let now = apply(request, held, &files, Origin::Base, findings);
    let all = |it: &Findings| -> Vec<Finding> {
        let mut all = it.findings.clone();
        all.extend(it.suppressed.iter().map(|it| it.finding.clone()));
        all.sort_by(place_order);
        all
    };
    let (_, known) = Allowances::of_findings(&all(&before)).split(all(&now));
    let keys: HashSet<(&RelativePath, &str, Fingerprint)> = known.iter().map(key).collect();
    let Findings { mut findings, mut suppressed } = now;
    findings.retain(|it| !keys.contains(&key(it)));
    suppressed.retain(|it| !keys.contains(&key(&it.finding)));
    Judged { findings: Findings { findings, suppressed }, known, added }
}

/// Identifies a finding within one scan: fingerprints differ within a file.
fn key(it: &Finding) -> (&RelativePath, &str, Fingerprint) {
    (it.location.path(), it.rule.id, it.fingerprint)
}

/// Returns the lines of the files that were asked for and may hold an ignore comment.
fn commented(sources: &[Source]) -> Vec<(&Source, LineIndex)> {
    let speaks = |it: &&Source| it.asked && it.text.contains("brattice:");
    sources.iter().filter(speaks).map(|it| (it, LineIndex::new(&it.text))).collect()
}

fn ignores<'a>(commented: &'a [(&'a Source, LineIndex)]) -> Vec<FileIgnores<'a>> {
    commented.iter().map(|(source, lines)| FileIgnores::read(&source.path, &source.text, lines)).collect()
}

fn apply(
    request: &ScanRequest<'_>,
    held: &Held,
    files: &[FileIgnores<'_>],
    inline_origin: Origin,
    findings: Vec<Finding>,
) -> Findings {
    let suppressions = Suppressions {
        files,
        inline_origin,
        check: &held.settings.check,
        baseline: held.baseline.as_ref().map(|(baseline, origin, _)| (baseline, *origin)),
        registry: request.registry,
        today: request.today,
    };
    suppressions.apply(findings)
}

fn added_inline<'f>(file: &'f FileIgnores<'_>) -> impl Iterator<Item = AddedSuppression> + 'f {
    file.added.iter().map(|ignore| AddedSuppression {
        by: "inline",
        location: file.place(ignore.span),
        rules: ignore.rules.clone(),
        reason: ignore.reason.clone(),
    })
}

fn all_inputs(unread: Vec<Input>, examined: Vec<Input>) -> Vec<Input> {
    let mut inputs = unread;
    inputs.extend(examined);
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs
}

fn scope_paths(place: &Place) -> Vec<RelativePath> {
    if place.is_whole() {
        return Vec::new();
    }
    place.directories.iter().chain(&place.files).cloned().collect()
}
