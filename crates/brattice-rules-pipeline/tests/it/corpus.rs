//! Real files: no panic, every fix applies and ends, and the counts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use brattice_finding::{Finding, FixSafety, RelativePath, apply_edits};
use brattice_rules_pipeline::{CHECKS, File, FileKind, Repository};

/// A directory of repositories, each a directory of definitions.
const CORPUS: &str = "BRATTICE_CORPUS";

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its setting and its files")]
fn no_real_file_panics_and_every_fix_applies() {
    let Some(corpus) = std::env::var_os(CORPUS).map(PathBuf::from) else { return };
    let github = corpus.join("github");
    let corpus = if github.is_dir() { github } else { corpus };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for folder in fs::read_dir(&corpus).expect("the corpus can be listed") {
        let folder = folder.expect("an entry").path();
        let mut paths = Vec::new();
        collect(&folder, &mut paths);
        paths.sort();
        let mut texts = Vec::new();
        for path in paths {
            let relative =
                path.strip_prefix(&folder).expect("below its folder").to_string_lossy().into_owned();
            let Some(kind) = FileKind::of_path(&RelativePath::from(relative.as_str())) else { continue };
            if let Ok(text) = fs::read_to_string(&path) {
                texts.push((relative, kind, text));
            }
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        examine(&name, &texts, &mut counts, &mut lines);
    }
    for (name, count) in &counts {
        println!("{count:6} {name}");
    }
    if let Some(path) = std::env::var_os("BRATTICE_CORPUS_OUTPUT") {
        fs::write(path, lines.join("\n")).expect("the output can be written");
    }
    assert!(counts.get("files").is_some_and(|it| *it > 0), "no definition in {}", corpus.display());
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

fn examine(
    name: &str,
    texts: &[(String, FileKind, String)],
    counts: &mut BTreeMap<String, usize>,
    lines: &mut Vec<String>,
) {
    let mut count = |name: String| *counts.entry(name).or_default() += 1;
    let files =
        texts.iter().map(|(path, kind, text)| File::read(RelativePath::from(path.as_str()), *kind, text));
    let repository = Repository::new(files.collect());
    for file in repository.files() {
        count("files".to_owned());
        for problem in file.problems() {
            count(format!("problem {} incomplete={}", problem.code, problem.incomplete));
            if problem.incomplete {
                lines.push(format!(
                    "{name}/{:?} PROBLEM {} {:?}",
                    file.path, problem.message, problem.location
                ));
            }
        }
        for check in CHECKS {
            let mut findings = Vec::new();
            (check.check)(&repository, file, &mut findings);
            for finding in findings {
                count(format!("{} {} {}", finding.rule.id, finding.kind, finding.severity));
                for fix in &finding.fixes {
                    count(format!("fix {} {}", finding.rule.id, fix.safety.as_str()));
                }
                applies(file, &finding);
                lines.push(line(name, file, &finding));
            }
        }
    }
}

/// Applies every fix of a finding; the result must read no worse than before.
fn applies(file: &File<'_>, finding: &Finding) {
    for fix in &finding.fixes {
        let edits: Vec<_> = fix.edits.iter().collect();
        let text = apply_edits(file.text, &edits).expect("a fix applies");
        let repaired = File::read(file.path.clone(), file.kind, &text);
        assert!(repaired.problems().len() <= file.problems().len(), "{:?}", file.path);
        assert_eq!(repaired.pipeline.jobs.len(), file.pipeline.jobs.len());
    }
}

fn line(name: &str, file: &File<'_>, finding: &Finding) -> String {
    let span = finding.location.as_span().expect("a place in a text");
    let fix = finding.fixes.iter().map(|it| if it.safety == FixSafety::Safe { "SAFE" } else { "UNSAFE" });
    let source = file.text.lines().nth(span.line as usize - 1).unwrap_or("").trim();
    format!(
        "{name}/{}:{}:{} {} {} {} ({}) {} [{}] {:?} | {source}",
        file.path.display(),
        span.line,
        span.column,
        finding.rule.id,
        finding.kind,
        finding.severity,
        finding.confidence,
        finding.message,
        fix.collect::<String>(),
        finding.help,
    )
}
