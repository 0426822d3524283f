//! What is broken, and that the rest still reads.

use std::fmt::Write as _;

use brattice_tree::Tree;

/// Renders the outline and, for each problem, its code, weight and source.
fn check(text: &str) -> String {
    let tree = Tree::yaml(text);
    super::invariants::check_tree(&tree);
    let mut out = tree.outline();
    for problem in tree.problems() {
        let weight = if problem.incomplete { "incomplete" } else { "tolerated" };
        write!(out, "\n{} {weight} {:?}", problem.code, problem.span.slice(text))
            .expect("a string takes any text");
    }
    out
}

#[test]
fn an_unclosed_quote_ends_at_the_next_line_of_its_parent() {
    insta::assert_snapshot!(check("jobs:\n  a: \"open\n  b: 1\nc: 'x\n  y: 2\nd: 3\n"), @r#"
{jobs: {a: "open", b: 1}, c: '"x y: 2", d: 3}
unclosed-quote incomplete "\"open"
unclosed-quote incomplete "'x\n  y: 2"
"#);
}

#[test]
fn an_unclosed_bracket_ends_at_the_next_line_of_its_parent() {
    insta::assert_snapshot!(check("a: [1, 2\nb: {x: 1\nc:\n  - [y\n  - z\nd: [1}\n"), @r#"
{a: [1, 2], b: {x: 1}, c: [[y], z], d: [1]}
unclosed-flow incomplete "[1, 2"
unclosed-flow incomplete "{x: 1"
unclosed-flow incomplete "[y"
unexpected-content incomplete "}"
"#);
}

#[test]
fn misfit_indentation_keeps_every_entry() {
    insta::assert_snapshot!(check("a:\n    b: 1\n  c: 2\n d: 3\ne: 4\n  f: 5\n"), @r#"
{a: {b: 1}, c: 2, d: 3, e: 4, f: 5}
bad-indentation incomplete "c: 2"
bad-indentation incomplete "d: 3"
bad-indentation incomplete "f: 5"
"#);
    insta::assert_snapshot!(check("  a: 1\nb: 2\n"), @r#"
{a: 1, b: 2}
bad-indentation incomplete "b: 2"
"#);
    insta::assert_snapshot!(check("a: 1\n- b\n- c\nd: 2\n"), @r#"
{a: 1, ~: [b, c], d: 2}
bad-indentation incomplete "- b"
"#);
    insta::assert_snapshot!(check("- a\n b: 1\n- c\n"), @r#"
[a, {b: 1}, c]
bad-indentation incomplete "b: 1"
"#);
}

#[test]
fn tabs_and_stray_text() {
    insta::assert_snapshot!(check("a:\n\tb: 1\n\tc: 2\nd: 3\n"), @r#"
{a: {b: 1, c: 2}, d: 3}
tab-indentation incomplete "\t"
tab-indentation incomplete "\t"
"#);
    insta::assert_snapshot!(check("a: 'x' y\nb: [1] 2\nword\nc: d: e\nf: - g\n"), @r#"
{a: '"x", b: [1], word: ~, c: {d: e}, f: [g]}
unexpected-content incomplete "y"
unexpected-content incomplete "2"
missing-colon incomplete "word"
nested-inline incomplete "d: e"
nested-inline incomplete "- g"
"#);
    insta::assert_snapshot!(check("a: @x\nb: `y`\nc: %z\nd: |x\n  text\n"), @r#"
{a: @x, b: `y`, c: %z, d: |"text\n"}
reserved-indicator tolerated "@"
reserved-indicator tolerated "`"
reserved-indicator tolerated "%"
bad-block-header incomplete "|x"
"#);
}

#[test]
fn anchors_and_aliases_that_lead_nowhere() {
    insta::assert_snapshot!(check("a: *none\nb: &b [*b]\nc: & x\nd: &e &f y\ng: *b\n"), @r#"
{a: *none?, b: &b [*b?], c: x, d: &f y, g: *b}
undefined-alias incomplete "*none"
cyclic-alias incomplete "*b"
bad-property tolerated "&"
bad-property tolerated "&f"
"#);
    insta::assert_snapshot!(check(" &r\n  a: 1\nb: *r\n"), @r#"
&r {a: 1, b: *r?}
bad-indentation incomplete "b: *r"
cyclic-alias incomplete "*r"
"#);
}

#[test]
fn escapes_and_control_characters() {
    insta::assert_snapshot!(check("a: \"\\d\\u12 \\ud800\"\nb: x\u{0}y\n"), @r#"
{a: "\\d\\u12 �", b: x\u{0}y}
bad-escape tolerated "\\"
bad-escape tolerated "\\"
bad-escape tolerated "\\ud800"
control-character tolerated "\0"
"#);
}

#[test]
fn directives_duplicates_and_interpolation_in_brackets() {
    insta::assert_snapshot!(check("%FOO\n---\na: 1\na: 2\nb: [${{ x }}, $[[ inputs.y ]]]\n"), @r#"
{a: 1, a: 2, b: [${{ x }}, $[[ inputs.y ]]]}
bad-directive tolerated "%FOO"
duplicate-key tolerated "a"
flow-interpolation tolerated "${{ x }}"
flow-interpolation tolerated "$[[ inputs.y ]]"
"#);
    insta::assert_snapshot!(check("%YAML 1.2\na: [1,,2 \"x\"]\n"), @r#"
{a: [1, 2 "x"]}
bad-directive tolerated "%YAML 1.2"
unexpected-content incomplete ","
"#);
}

#[test]
fn json_is_tolerated_too() {
    let check = |text: &str| {
        let tree = Tree::json(text);
        super::invariants::check_tree(&tree);
        let codes: Vec<_> = tree.problems().iter().map(|it| it.code).collect();
        format!("{} {}", tree.outline(), codes.join(" "))
    };
    insta::assert_snapshot!(check("{\"a\": [1, -2.5e3, true, null], \"b\": \"\\u00e9\\ud83d\\ude00\"}"), @r#"{"a": [1, -2.5e3, true, null], "b": "é😀"}"#);
    insta::assert_snapshot!(check("// c\n{'a': 1, \"a\": 2, b: 01,}"), @r#"{'"a": 1, "a": 2, b: 01} json-extension json-extension duplicate-key json-extension json-extension json-extension"#);
    insta::assert_snapshot!(check("{\"a\": \"open\n, \"b\" 1, \"c\": [1 2"), @r#"{"a": "open", "b": ~, 1: ~, "c": [1, 2]} unclosed-flow unclosed-quote missing-colon missing-comma missing-colon unclosed-flow missing-comma"#);
    insta::assert_snapshot!(check("[1] x"), @r#"
[1]
x unexpected-content json-extension
"#);
}
