//! Holds the table of `tests/note/README.md`: what the tool tells of pipelines that look right, and what not yet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::{Ask, Tree};

/// A line of a file.
type Place = (String, u32);

/// Returns the rules that the table names at each of its lines.
fn table(text: &str) -> BTreeMap<Place, BTreeSet<String>> {
    let mut expected: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    for row in text.lines().filter(|it| it.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let ["", file, line, _, found_by, ""] = cells[..] else {
            panic!("not a row: {row}");
        };
        let rules = expected.entry((file.to_owned(), line.parse().unwrap())).or_default();
        if found_by != "not found yet" {
            rules.insert(found_by.to_owned());
        }
    }
    expected
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the files are the test's own")]
fn each_defect_is_found_by_the_rule_that_its_row_names_or_not_yet() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/note");
    let expected = table(&fs::read_to_string(directory.join("README.md")).unwrap());
    let tree = Tree::plain(&[]);
    for file in expected.keys().map(|(file, _)| file).collect::<BTreeSet<_>>() {
        let text = fs::read_to_string(directory.join(file)).unwrap();
        let lines = u32::try_from(text.lines().count()).unwrap();
        assert!(expected.keys().all(|(other, line)| other != file || *line <= lines), "{file} is shorter");
        // All are there, and today's rules read the workflows alone.
        let is_workflow =
            Path::new(file).extension().is_some_and(|it| it == "yml") && !file.starts_with("gitlab-");
        tree.write(&if is_workflow { format!(".github/workflows/{file}") } else { file.clone() }, &text);
    }
    let result = tree.ask(&Ask { without_settings: true, ..Ask::default() }).unwrap();
    assert!(!result.verdict.incomplete, "{}", result.verdict.why);
    let mut found: BTreeMap<Place, BTreeSet<String>> =
        expected.keys().map(|place| (place.clone(), BTreeSet::new())).collect();
    for it in &result.findings.findings {
        let path = it.location.path().display();
        let file = path.strip_prefix(".github/workflows/").unwrap_or(&path).to_owned();
        let line = it.location.as_span().map_or(0, |place| place.line);
        found.entry((file, line)).or_default().insert(it.rule.id.to_owned());
    }
    assert_eq!(found, expected);
}
