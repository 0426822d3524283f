//! Counts what the rules say about a set of places that were labelled beforehand: `tests/labelled/README.md`
//! has the words of a label. The counts are asserted exactly, so that progress and regress both show.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use brattice_finding::{Finding, Kind, Severity};

use crate::{Ask, Tree};

/// What somebody who knows the platform says about one line, or about a file as a whole.
#[derive(Debug)]
struct Label {
    rule: String,
    wanted: Wanted,
    /// The line; none if the label is the file's.
    line: Option<u32>,
}

#[derive(Debug)]
enum Wanted {
    Found { kind: Option<Kind>, lowest: Severity, highest: Severity },
    Nothing,
    NoExploit,
}

/// One file of a labelled repository.
struct Labelled {
    path: String,
    text: String,
    labels: Vec<Label>,
}

#[derive(Default)]
struct Score {
    /// Places at which the rule has to say something.
    places: u32,
    found: u32,
    /// Found, and of the expected kind and severity.
    graded: u32,
    /// Places at which it must not.
    lookalikes: u32,
    /// Findings at a look-alike or where nobody expects one.
    wrong: u32,
    misses: BTreeSet<String>,
}

impl Score {
    fn rate(part: u32, whole: u32) -> String {
        if whole == 0 { "-".to_owned() } else { format!("{:.3}", f64::from(part) / f64::from(whole)) }
    }
}

/// Splits a labelled file into the files that it stands for.
fn sections(name: &str, text: &str) -> Vec<Labelled> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("--- # file: ") {
            sections.push((path.to_owned(), String::new()));
            continue;
        }
        if sections.is_empty() {
            sections.push((format!(".github/workflows/{name}"), String::new()));
        }
        let (_, text) = sections.last_mut().unwrap();
        text.push_str(line);
        text.push('\n');
    }
    let labelled = |(path, text): (String, String)| {
        let labels = (1..).zip(text.lines()).flat_map(|(number, line)| labels(number, line)).collect();
        Labelled { path, text, labels }
    };
    sections.into_iter().map(labelled).collect()
}

/// Reads the labels of one line.
fn labels(number: u32, line: &str) -> Vec<Label> {
    let (words, line_number) = match (line.split_once("expect: "), line.split_once("expect-in-file: ")) {
        (Some((_, words)), None) => (words, Some(number)),
        (None, Some((_, words))) => (words, None),
        _ => return Vec::new(),
    };
    let label = |words: &str| {
        let words: Vec<&str> = words.split_whitespace().collect();
        let (rule, wanted) = match words[..] {
            ["none", rule] => (rule, Wanted::Nothing),
            ["no-exploit", rule] => (rule, Wanted::NoExploit),
            [rule, kind, band, ..] => {
                let (lowest, highest) = band.split_once("..").expect("a band");
                let (lowest, highest) = (lowest.parse().unwrap(), highest.parse().unwrap());
                let kind = (kind != "any").then(|| kind.parse().unwrap());
                (rule, Wanted::Found { kind, lowest, highest })
            }
            _ => panic!("not a label: {line}"),
        };
        Label { rule: rule.to_owned(), wanted, line: line_number }
    };
    words.split(" ; ").map(label).collect()
}

/// Scans one labelled repository and adds what its labels say to the scores.
fn judge(files: &[Labelled], scores: &mut BTreeMap<String, Score>) {
    let pairs: Vec<(&str, &str)> = files.iter().map(|it| (it.path.as_str(), it.text.as_str())).collect();
    let tree = Tree::plain(&pairs);
    let result = tree.ask(&Ask { without_settings: true, ..Ask::default() }).expect("a result");
    for file in files {
        let of_file = |it: &&Finding| it.location.path().as_bytes() == file.path.as_bytes();
        let found: Vec<&Finding> = result.findings.findings.iter().filter(of_file).collect();
        let mut explained = BTreeSet::new();
        for label in &file.labels {
            let here = |it: &&Finding| it.rule.id == label.rule && is_at(file, label, line(it));
            let here: Vec<&Finding> = found.iter().copied().filter(here).collect();
            explained.extend(here.iter().map(|it| (it.rule.id, line(it))));
            let score = scores.entry(label.rule.clone()).or_default();
            let place = format!("{}:{}", file.path, label.line.unwrap_or(0));
            score_label(score, label, &here, &place);
        }
        for it in found.iter().filter(|it| !explained.contains(&(it.rule.id, line(it)))) {
            let score = scores.entry(it.rule.id.to_owned()).or_default();
            score.wrong += 1;
            score.misses.insert(format!("{}:{} unexpected {} {}", file.path, line(it), it.kind, it.severity));
        }
    }
}

fn line(finding: &Finding) -> u32 {
    finding.location.as_span().map_or(0, |place| place.line)
}

/// Tells whether a finding at this line answers to the label. A file's label takes what no line's label takes.
fn is_at(file: &Labelled, label: &Label, line: u32) -> bool {
    label.line.map_or_else(
        || !file.labels.iter().any(|other| other.rule == label.rule && other.line == Some(line)),
        |labelled| labelled == line,
    )
}

fn score_label(score: &mut Score, label: &Label, here: &[&Finding], place: &str) {
    let mut miss = |text: String| score.misses.insert(format!("{place} {text}"));
    match label.wanted {
        Wanted::Found { kind, lowest, highest } => {
            score.places += 1;
            let Some(first) = here.first() else {
                miss("missed".to_owned());
                return;
            };
            score.found += 1;
            if (lowest..=highest).contains(&first.severity) && kind.is_none_or(|it| it == first.kind) {
                score.graded += 1;
            } else {
                let kind = kind.map_or("any", Kind::as_str);
                miss(format!("{} {} where {kind} {lowest}..{highest} is right", first.kind, first.severity));
            }
        }
        Wanted::Nothing | Wanted::NoExploit => {
            score.lookalikes += 1;
            let advice_is_welcome = matches!(label.wanted, Wanted::NoExploit);
            if let Some(it) = here.iter().find(|it| !advice_is_welcome || it.kind == Kind::Exploit) {
                score.wrong += 1;
                miss(format!("{} {} at a look-alike", it.kind, it.severity));
            }
        }
    }
}

/// Says one line per rule and one per miss.
fn told(scores: &BTreeMap<String, Score>) -> String {
    let mut text = String::new();
    for (rule, it) in scores {
        let recall = Score::rate(it.found, it.places);
        let precision = Score::rate(it.found, it.found + it.wrong);
        let _ = writeln!(
            text,
            "{rule}: {} places, {} found, {} graded; {} look-alikes, {} wrong; recall {recall}, precision {precision}",
            it.places, it.found, it.graded, it.lookalikes, it.wrong
        );
        for miss in &it.misses {
            let _ = writeln!(text, "    {miss}");
        }
    }
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the labelled files are the test's own")]
fn labelled_places_are_told_apart() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labelled");
    let mut scores = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "yml") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            judge(&sections(&name, &fs::read_to_string(&path).unwrap()), &mut scores);
        }
    }
    insta::assert_snapshot!(told(&scores), @"
    excessive-permissions: 13 places, 13 found, 13 graded; 17 look-alikes, 0 wrong; recall 1.000, precision 1.000
    template-injection: 76 places, 76 found, 73 graded; 108 look-alikes, 2 wrong; recall 1.000, precision 0.974
        .github/workflows/dispatch.yml:35 hardening low at a look-alike
        .github/workflows/indirect.yml:20 hardening info where exploit high..critical is right
        .github/workflows/indirect.yml:34 hardening info where exploit high..critical is right
        .github/workflows/indirect.yml:35 hardening info where exploit high..critical is right
        .github/workflows/issue-lookalikes.yml:52 exploit high at a look-alike
    unpinned-uses: 23 places, 23 found, 23 graded; 26 look-alikes, 0 wrong; recall 1.000, precision 1.000
    ");
}
