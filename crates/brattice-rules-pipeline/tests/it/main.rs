//! The rules at their border: a repository's text in, findings and repaired text out.

mod cases;
mod corpus;
mod repair;
mod rules;

use brattice_finding::{Finding, FixSafety, RelativePath, apply_edits};
use brattice_rules_pipeline::{CHECKS, File, FileKind, Repository};

/// Reads files as one repository.
pub(crate) fn repository(files: &[(String, String)]) -> Repository<'_> {
    let read = |(path, text): &'_ (String, String)| -> (RelativePath, FileKind) {
        let path = RelativePath::from(path.as_str());
        let kind = FileKind::of_path(&path).unwrap_or_else(|| panic!("{path:?} is no definition: {text}"));
        (path, kind)
    };
    let files = files.iter().map(|it| {
        let (path, kind) = read(it);
        File::read(path, kind, &it.1)
    });
    Repository::new(files.collect())
}

/// Runs one rule over a repository.
pub(crate) fn findings(files: &[(String, String)], rule: &str) -> Vec<Finding> {
    let repository = repository(files);
    let mut findings = Vec::new();
    for check in CHECKS.iter().filter(|it| it.rule.id == rule) {
        for file in repository.files() {
            (check.check)(&repository, file, &mut findings);
        }
    }
    findings
}

/// Applies one fix after the other, reading the files anew in between, until none is left.
pub(crate) fn fixed(files: &[(String, String)], rule: &str, and_unsafe: bool) -> Vec<(String, String)> {
    let mut files = files.to_vec();
    for _ in 0..50 {
        let found = findings(&files, rule);
        let wanted = |it: &&brattice_finding::Fix| it.safety == FixSafety::Safe || and_unsafe;
        let Some(fix) = found.iter().flat_map(|it| &it.fixes).find(wanted) else { return files };
        for (path, text) in &mut files {
            let edits: Vec<_> =
                fix.edits.iter().filter(|it| it.path.as_str() == Some(path.as_str())).collect();
            *text = apply_edits(text, &edits).expect("edits of a fix do not overlap");
        }
    }
    panic!("fixes never end");
}
