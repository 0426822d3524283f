//! Literate cases: the Markdown file beside each rule.
//!
//! A heading begins a case. Its `yaml` blocks are the files of one repository; the word behind `yaml` is the
//! path (`.github/workflows/case.yml` if none). `# error: [rule] part … part` at the end of a line expects a
//! finding there whose `kind severity message` holds every part; any other finding fails the case. A `fixed`
//! block is the first file after all safe fixes, an `unsafe` block after all fixes.

use crate::{findings, fixed};

const DEFAULT_PATH: &str = ".github/workflows/case.yml";

struct Expectation {
    path: String,
    line: u32,
    rule: String,
    parts: Vec<String>,
}

#[derive(Default)]
struct Case {
    title: String,
    files: Vec<(String, String)>,
    expected: Vec<Expectation>,
    fixed: Option<String>,
    unsafely: Option<String>,
}

#[test]
fn excessive_permissions() {
    run("excessive-permissions", include_str!("../../src/rules/excessive_permissions.md"));
}

#[test]
fn template_injection() {
    run("template-injection", include_str!("../../src/rules/template_injection.md"));
}

#[test]
fn unpinned_uses() {
    run("unpinned-uses", include_str!("../../src/rules/unpinned_uses.md"));
}

#[test]
fn the_runner_itself_notices_what_is_wrong() {
    let document = "# A\n```yaml\non: push # error: [unpinned-uses] no such\njobs: {}\n```\n";
    let cases = parse(document);
    assert_eq!((cases.len(), cases[0].expected.len()), (1, 1));
    assert!(!problems("unpinned-uses", &cases[0]).is_empty());
}

fn run(rule: &str, document: &str) {
    let cases = parse(document);
    assert!(cases.iter().filter(|it| !it.expected.is_empty()).count() >= 3, "too few cases");
    let problems: Vec<String> = cases.iter().flat_map(|it| problems(rule, it)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn parse(document: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut block: Option<(String, String)> = None;
    for line in document.lines() {
        match &mut block {
            Some((info, body)) if line == "```" => {
                let case = cases.last_mut().expect("a block stands under a heading");
                add(case, info, body);
                block = None;
            }
            Some((_, body)) => {
                body.push_str(line);
                body.push('\n');
            }
            None => {
                if let Some(info) = line.strip_prefix("```") {
                    block = Some((info.to_owned(), String::new()));
                } else if line.starts_with('#') {
                    let title = line.trim_start_matches('#').trim().to_owned();
                    cases.push(Case { title, ..Case::default() });
                }
            }
        }
    }
    assert!(block.is_none(), "a block has no end");
    cases.into_iter().filter(|it| !it.files.is_empty()).collect()
}

fn add(case: &mut Case, info: &str, body: &str) {
    let path = match info.split_once(' ') {
        _ if info == "fixed" => return case.fixed = Some(body.to_owned()),
        _ if info == "unsafe" => return case.unsafely = Some(body.to_owned()),
        Some(("yaml", path)) => path.to_owned(),
        _ if info == "yaml" => DEFAULT_PATH.to_owned(),
        _ => panic!("{}: unknown block `{info}`", case.title),
    };
    let mut text = String::new();
    for (line, number) in body.lines().zip(1..) {
        let (line, expectation) = match line.split_once(" # error: ") {
            Some((line, expectation)) => (line.trim_end(), Some(expectation)),
            None => (line, None),
        };
        text.push_str(line);
        text.push('\n');
        let Some(expectation) = expectation else { continue };
        let (rule, parts) = expectation.split_once("] ").expect("`[rule] message`");
        case.expected.push(Expectation {
            path: path.clone(),
            line: number,
            rule: rule.trim_start_matches('[').to_owned(),
            parts: parts.split(" … ").map(|it| it.trim().to_owned()).collect(),
        });
    }
    case.files.push((path, text));
}

fn problems(rule: &str, case: &Case) -> Vec<String> {
    let mut problems = Vec::new();
    let mut missing: Vec<&Expectation> = case.expected.iter().collect();
    for finding in findings(&case.files, rule) {
        let span = finding.location.as_span().expect("a place in a text");
        let shown = format!("{} {} {}", finding.kind, finding.severity, finding.message);
        let fits = |it: &&Expectation| {
            span.path.as_str() == Some(it.path.as_str())
                && span.line == it.line
                && it.rule == finding.rule.id
                && it.parts.iter().all(|part| shown.contains(part))
        };
        match missing.iter().position(fits) {
            Some(index) => {
                missing.remove(index);
            }
            None => {
                problems.push(format!("{}: {:?}:{}: unexpected: {shown}", case.title, span.path, span.line));
            }
        }
    }
    for it in missing {
        problems.push(format!("{}: {}:{}: missing: {}", case.title, it.path, it.line, it.parts.join(" … ")));
    }
    for (expected, and_unsafe) in [(&case.fixed, false), (&case.unsafely, true)] {
        let Some(expected) = expected else { continue };
        let result = fixed(&case.files, rule, and_unsafe);
        if result[0].1 != *expected {
            problems.push(format!("{}: fixed to\n{}\ninstead of\n{expected}", case.title, result[0].1));
        }
    }
    problems
}
