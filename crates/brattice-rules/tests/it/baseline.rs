use brattice_finding::{Findings, Kind, Origin, Severity};
use brattice_rules::{Allowances, Baseline, CheckSettings, Suppressions, assign_ordinals};
use proptest::prelude::{any, proptest};

use crate::{registry, scan, told};

/// Applies a baseline to the findings of several files.
fn with(baseline: Option<&Baseline>, files: &[(&str, &str)]) -> Findings {
    let suppressions = Suppressions {
        files: &[],
        inline_origin: Origin::Tree,
        check: &CheckSettings::default(),
        baseline: baseline.map(|it| (it, Origin::Explicit)),
        registry: &registry(),
        today: "2027-01-31".parse().unwrap(),
    };
    suppressions.apply(files.iter().flat_map(|(path, text)| scan(path, text)).collect())
}

fn baseline(files: &[(&str, &str)]) -> Baseline {
    let bytes = Baseline::of(&with(None, files)).write().unwrap();
    Baseline::read(&bytes).unwrap()
}

#[test]
fn it_is_keyed_by_content_and_survives_shifted_lines_and_renames() {
    let known = baseline(&[("a.yml", "LOUD 1\n")]);
    assert!(with(Some(&known), &[("a.yml", "\n\n\nLOUD   1\n")]).findings.is_empty());
    assert!(with(Some(&known), &[("b.yml", "LOUD 1\n")]).findings.is_empty());
    assert_eq!(with(Some(&known), &[("a.yml", "LOUD 2\n")]).findings.len(), 1);
}

#[test]
fn count_matters() {
    let known = baseline(&[("a.yml", "LOUD 1\n")]);
    assert_eq!(
        told(&with(Some(&known), &[("a.yml", "LOUD 1\nLOUD 1\n")]).findings),
        ["a.yml:2 loud-thing: found"]
    );
    assert_eq!(with(Some(&known), &[("a.yml", "LOUD 1\n"), ("b.yml", "LOUD 1\n")]).findings.len(), 1);
    let twice = baseline(&[("a.yml", "LOUD 1\n"), ("b.yml", "LOUD 1\n")]);
    assert_eq!(twice.entries()[0].count, 2);
    assert!(with(Some(&twice), &[("a.yml", "LOUD 1\n"), ("c.yml", "LOUD 1\n")]).findings.is_empty());
}

#[test]
fn what_grew_worse_is_not_known() {
    let mut mild = scan("a.yml", "LOUD 1\n");
    mild[0].kind = Kind::Hardening;
    mild[0].severity = Severity::Medium;
    let known = Baseline::of(&Findings { findings: mild, suppressed: Vec::new() });
    assert_eq!(with(Some(&known), &[("a.yml", "LOUD 1\n")]).findings.len(), 1);
}

#[test]
fn one_made_while_another_is_active_contains_everything() {
    let first = baseline(&[("a.yml", "LOUD 1\n")]);
    let files = [("a.yml", "LOUD 1\nLOUD 2\n")];
    assert_eq!(Baseline::of(&with(Some(&first), &files)), baseline(&files));
}

#[test]
fn a_moved_finding_does_not_hide_the_one_that_stayed() {
    let mut base = scan("a.yml", "LOUD 1\n");
    assign_ordinals(&mut base);
    let mut head = [scan("0.yml", "LOUD 1\n"), scan("a.yml", "LOUD 1\n")].concat();
    assign_ordinals(&mut head);
    let (new_ones, known) = Allowances::of_findings(&base).split(head);
    assert_eq!(told(&new_ones), ["0.yml:1 loud-thing: found"]);
    assert_eq!(told(&known), ["a.yml:1 loud-thing: found"]);
}

#[test]
fn what_is_not_exactly_a_baseline_is_refused() {
    let good = String::from_utf8(baseline(&[("a.yml", "LOUD 1\n")]).write().unwrap()).unwrap();
    assert!(Baseline::read(good.as_bytes()).is_ok());
    let entry = good.split_once('[').unwrap().1.split_once(']').unwrap().0;
    for bad in [
        String::new(),
        "{}".to_owned(),
        good.replace("baseline/1", "baseline/2"),
        good.replace("\"count\":1", "\"count\":0"),
        good.replace("\"count\":1", "\"count\":-1"),
        good.replace("\"count\":1", "\"count\":1,\"path\":\"a\""),
        good.replace("\"count\":1", "\"count\":1,\"count\":9"),
        good.replace("high", "hihg"),
        good.replace("fingerprint\":\"", "fingerprint\":\"A"),
        good.replace(entry, &format!("{entry},{entry}")),
        format!("{good}{{}}"),
    ] {
        assert!(Baseline::read(bad.as_bytes()).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(lines in proptest::collection::vec(0u8..5, 0..20)) {
        let text = lines.iter().map(|n| format!("LOUD {n}\n")).collect::<Vec<_>>().concat();
        let made = Baseline::of(&with(None, &[("a.yml", &text)]));
        let bytes = made.write().unwrap();
        assert_eq!(Baseline::read(&bytes).unwrap(), made);
        assert!(with(Some(&made), &[("z.yml", &text)]).findings.is_empty());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = Baseline::read(&bytes);
    }
}
