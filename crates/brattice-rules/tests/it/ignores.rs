use brattice_finding::{Findings, LineIndex, Origin, RelativePath};
use brattice_rules::{CheckSettings, FileIgnores, InlineIgnores, Suppressions};
use insta::assert_debug_snapshot;
use proptest::prelude::proptest;

use crate::{registry, scan, told};

fn apply(text: &str) -> Findings {
    apply_with(text, &CheckSettings::default())
}

fn apply_with(text: &str, check: &CheckSettings) -> Findings {
    let path = RelativePath::from("f.yml");
    let lines = LineIndex::new(text);
    let suppressions = Suppressions {
        files: &[FileIgnores::read(&path, text, &lines)],
        inline_origin: Origin::Tree,
        check,
        baseline: None,
        registry: &registry(),
        today: "2027-01-31".parse().unwrap(),
    };
    suppressions.apply(scan("f.yml", text))
}

#[test]
fn an_ignore_holds_for_its_line_or_the_line_below() {
    let found = apply(
        "a: LOUD 1 # brattice: ignore[loud-thing] why\n\
         # brattice: ignore[loud-thing] until=2027-01-31 why\n\
         # brattice: ignore[quiet-thing] why\n\
         b: LOUD 2 QUIET\n\
         c: LOUD 3\n",
    );
    assert_eq!(told(&found.findings), ["f.yml:5 loud-thing: found"]);
    assert_eq!(found.suppressed.len(), 3);
    assert!(found.suppressed.iter().all(|it| it.by == "inline" && it.reason.as_deref() == Some("why")));
}

#[test]
fn ignores_that_do_nothing_are_findings() {
    let found = apply(
        "a: ok # brattice: ignore[loud-thing, quiet-thing] why\n\
         b: LOUD # brattice: ignore[loud-thing] until=2027-01-30 why\n\
         c: QUIET # brattice: ignore[quiet-thing]\n\
         d: LOUD # brattice: ignore loud-thing\n\
         e: LOUD # brattice: ignore[loud-thin] why\n\
         f: LOUD # brattice: ignore[loud-thing] until=31.1.2027\n\
         g: LOUD # brattice: ignore[]\n\
         h: \"#brattice: not a comment of ours, no space before it\"\n",
    );
    assert_debug_snapshot!(told(&found.findings), @r#"
    [
        "f.yml:1 unused-ignore: this ignore of `loud-thing` silences nothing",
        "f.yml:1 unused-ignore: this ignore of `quiet-thing` silences nothing",
        "f.yml:2 loud-thing: found",
        "f.yml:2 expired-ignore: this ignore held until 2027-01-30 and silences nothing any more",
        "f.yml:3 unexplained-ignore: this ignore gives no reason",
        "f.yml:4 loud-thing: found",
        "f.yml:4 malformed-ignore: ignore comment is not understood: expected `[` and the rules to ignore",
        "f.yml:5 loud-thing: found",
        "f.yml:5 malformed-ignore: there is no rule `loud-thin` to ignore",
        "f.yml:6 loud-thing: found",
        "f.yml:6 malformed-ignore: ignore comment is not understood: expected a day such as `2027-01-31`, not `31.1.2027`",
        "f.yml:7 loud-thing: found",
        "f.yml:7 malformed-ignore: ignore comment is not understood: names no rule",
    ]
    "#);
}

#[test]
fn settings_silence_findings_about_ignores_as_well() {
    let check = CheckSettings {
        ignore: vec![brattice_rules::Sourced::new("unused-ignore".to_owned(), Origin::Explicit)],
        ..CheckSettings::default()
    };
    let found = apply_with("a: ok # brattice: ignore[loud-thing] why\n", &check);
    assert!(found.findings.is_empty());
    assert_eq!((found.suppressed[0].by, found.suppressed[0].origin), ("config", Origin::Explicit));
}

#[test]
fn an_ignore_of_a_rule_that_does_not_run_is_not_unused() {
    let check = CheckSettings {
        select: Some(brattice_rules::Sourced::new(
            vec!["quiet-thing".to_owned(), "unused-ignore".to_owned()],
            Origin::Explicit,
        )),
        ..CheckSettings::default()
    };
    assert!(apply_with("a: ok # brattice: ignore[loud-thing] why\n", &check).findings.is_empty());
}

#[test]
fn an_ignore_that_a_change_adds_or_copies_is_withheld() {
    let base = "a: LOUD 1 # brattice: ignore[loud-thing] why\n";
    let base_ignores = InlineIgnores::read(base, &LineIndex::new(base));
    let head = "x: 1\n\
                a:  LOUD 1 # brattice: ignore[loud-thing] why\n\
                a: LOUD 1 # brattice: ignore[loud-thing] why\n\
                b: LOUD 2 # brattice: ignore[loud-thing] why\n";
    let (path, lines) = (RelativePath::from("f.yml"), LineIndex::new(head));
    let file = FileIgnores::read(&path, head, &lines).without_those_added_since(Some(&base_ignores));
    assert_eq!(file.ignores.ignores.iter().map(|it| it.line).collect::<Vec<_>>(), [2]);
    assert_eq!(file.added.iter().map(|it| it.line).collect::<Vec<_>>(), [3, 4]);
    let file = FileIgnores::read(&path, head, &lines).without_those_added_since(None);
    assert_eq!(file.added.len(), 3);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "(\\PC|# brattice: ignore\\[|\\]|,|until=|\n|\r|é){0,40}") {
        let ignores = InlineIgnores::read(&text, &LineIndex::new(&text));
        for ignore in &ignores.ignores {
            assert!(ignore.span.slice(&text).starts_with('#'));
            assert!(ignore.target_line >= ignore.line);
        }
    }
}
