//! The area `pipeline`: workflows and actions, read and judged, each file and each rule by itself.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use brattice_finding::{Area, Coverage, Finding, Input, InputStatus, Location, Problem, RelativePath};
use brattice_rules_pipeline::{CHECKS, Check, File, FileKind, Repository};
use brattice_tree::Tree;
use rayon::prelude::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::collect::{Role, Source};

/// From how many files on threads pay: below it, starting them costs more than they save.
const PARALLEL_FILES_MIN: usize = 16;

/// How many files one thread takes at a time: a file takes far less time than handing it over.
const FILES_PER_TASK_MIN: usize = 8;

/// What came of the files.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// One input per file, in the order of the files.
    pub(crate) inputs: Vec<Input>,
    pub(crate) findings: Vec<Finding>,
}

impl Examined {
    /// Drops what concerns files that were read as context only.
    pub(crate) fn keep_asked(&mut self, sources: &[Source]) {
        let asked: HashSet<&RelativePath> = sources.iter().filter(|it| it.asked).map(|it| &it.path).collect();
        self.inputs.retain(|it| asked.contains(&it.path));
        self.findings.retain(|it| asked.contains(it.location.path()));
    }
}

/// What became of one file before any rule ran.
enum Read<'t> {
    File(Box<File<'t>>),
    Unknown,
    Failed,
}

/// Reads every file and runs every selected rule on each, with all the files as its context.
pub(crate) fn examine(sources: &[Source], selects: &dyn Fn(&str) -> bool) -> Examined {
    let checks: Vec<&Check> = CHECKS.iter().filter(|it| selects(it.rule.id)).collect();
    examine_with(sources, &checks)
}

fn examine_with(sources: &[Source], checks: &[&Check]) -> Examined {
    let mut examined = Examined::default();
    let mut files = Vec::new();
    let mut positions = Vec::new();
    let read = for_each(sources, |source| contained(|| read(source)).unwrap_or(Read::Failed));
    for (position, (source, read)) in sources.iter().zip(read).enumerate() {
        let (kind, problems) = match read {
            Read::File(file) => {
                let (kind, problems) = (file.kind.as_str(), file.problems());
                files.push(*file);
                positions.push(position);
                (kind, problems)
            }
            Read::Unknown => ("unknown", vec![whole("unknown-kind", "is neither a workflow nor an action")]),
            Read::Failed => ("unknown", vec![whole("internal-error", "the reader failed on this file")]),
        };
        examined.inputs.push(input(source, kind, problems));
    }
    let repository = Repository::new(files);
    let found = for_each(repository.files(), |file| judge(&repository, file, checks));
    for (position, (findings, failed)) in positions.into_iter().zip(found) {
        examined.findings.extend(findings);
        let Some(input) = examined.inputs.get_mut(position).filter(|_| !failed.is_empty()) else { continue };
        input.status = InputStatus::Incomplete;
        input.problems.extend(
            failed
                .into_iter()
                .map(|rule| whole("internal-error", &format!("rule `{rule}` failed on this file"))),
        );
    }
    examined
}

/// Maps every item, on several threads if there are many; the order stays.
fn for_each<'t, T: Sync, R: Send>(items: &'t [T], map: impl Fn(&'t T) -> R + Sync + Send) -> Vec<R> {
    if items.len() > PARALLEL_FILES_MIN {
        items.par_iter().with_min_len(FILES_PER_TASK_MIN).map(map).collect()
    } else {
        items.iter().map(map).collect()
    }
}

/// Runs something that must not end the scan. The panic's text may quote the file, so it is dropped.
fn contained<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn read(source: &Source) -> Read<'_> {
    let kind = match source.role {
        Role::Workflow => Some(FileKind::Workflow),
        Role::Action => Some(FileKind::Action),
        Role::Sniffed => FileKind::of_tree(&Tree::yaml(&source.text)),
    };
    match kind {
        Some(kind) => Read::File(Box::new(File::read(source.path.clone(), kind, &source.text))),
        None => Read::Unknown,
    }
}

/// Runs the rules on one file; returns what they found and which of them failed.
fn judge(
    repository: &Repository<'_>,
    file: &File<'_>,
    checks: &[&Check],
) -> (Vec<Finding>, Vec<&'static str>) {
    let mut findings = Vec::new();
    let mut failed = Vec::new();
    for check in checks {
        if contained(|| (check.check)(repository, file, &mut findings)).is_none() {
            failed.push(check.rule.id);
        }
    }
    (findings, failed)
}

/// Makes a problem of a whole file.
fn whole(code: &'static str, message: &str) -> Problem {
    Problem { code, message: message.to_owned(), location: None, incomplete: true }
}

fn input(source: &Source, kind: &'static str, problems: Vec<Problem>) -> Input {
    let bytes = source.text.len() as u64;
    let incomplete: Vec<&Problem> = problems.iter().filter(|it| it.incomplete).collect();
    let lost = incomplete.iter().map(|it| match &it.location {
        // A place of no length still stands for something that was not understood.
        Some(Location::Span(place)) => u64::from(place.span.len()).max(1),
        _ => bytes,
    });
    let understood = bytes.saturating_sub(lost.sum());
    let status = if incomplete.is_empty() { InputStatus::Complete } else { InputStatus::Incomplete };
    let path = RelativePath::clone(&source.path);
    Input { path, area: Area::Pipeline, kind, status, problems, coverage: Coverage { bytes, understood } }
}

#[cfg(test)]
mod tests {
    use brattice_finding::{
        Area, Finding, FingerprintInput, InputStatus, Kind, Location, References, Rule, Severity,
    };
    use brattice_rules_pipeline::{Check, File, Repository};

    use super::{Role, Source, examine_with};

    static FRAGILE: Rule = Rule {
        id: "fragile",
        area: Area::Pipeline,
        class: "test",
        kind: Kind::Hardening,
        severity: Severity::Low,
        summary: "Fails",
        documentation: "",
        references: References { cwe: &[], cicd_sec: &[], atlas: &[], slsa: &[] },
    };

    fn fails_after_one(_: &Repository<'_>, file: &File<'_>, findings: &mut Vec<Finding>) {
        let location = Location::file(&file.path);
        findings.push(Finding::new(&FRAGILE, "found", location, FingerprintInput::new("", "")));
        assert!(!file.text.contains("fragile"), "the text of a panic may quote a file");
    }

    #[test]
    fn a_rule_that_fails_costs_its_file_only_and_keeps_what_was_found() {
        for count in [2, 40] {
            let sources: Vec<Source> = (0..count)
                .map(|index| Source {
                    path: format!("{index:02}.yml").as_str().into(),
                    role: Role::Workflow,
                    text: if index == 1 { "name: fragile\n".to_owned() } else { "name: sound\n".to_owned() },
                    asked: true,
                })
                .collect();
            let examined = examine_with(&sources, &[&Check { rule: &FRAGILE, check: fails_after_one }]);
            assert_eq!(examined.findings.len(), count);
            let failed: Vec<_> = examined
                .inputs
                .iter()
                .filter(|it| it.problems.iter().any(|it| it.code == "internal-error"))
                .map(|it| (it.path.display(), it.status))
                .collect();
            assert_eq!(failed, [("01.yml".to_owned(), InputStatus::Incomplete)]);
        }
    }
}
