//! The grammar: what each construct reads as.

use std::fmt::Write as _;

use brattice_tree::Tree;

/// Renders each text as `text => outline`, with its problems.
fn table(texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        let tree = Tree::yaml(text);
        super::invariants::check_tree(&tree);
        write!(out, "{text:?} => {}", tree.outline().replace('\n', " --- "))
            .expect("a string takes any text");
        for problem in tree.problems() {
            write!(out, " !{}", problem.code).expect("a string takes any text");
        }
        out.push('\n');
    }
    out
}

#[test]
fn block_collections() {
    insta::assert_snapshot!(table(&[
        "a: 1\nb:\n  c: 2\n",
        "a:\n- 1\n- 2\nb: 3\n",
        "- - 1\n  - 2\n- a: 1\n  b: 2\n",
        "a:\n\n  # comment\n  - x # y\n",
        "? a\n: b\n? - c\n: - d\n",
        "- \n-\n- ~\n",
        ": a\n",
        "a: &x\n  b: 1\nc: *x\n",
        "&m\n&k a: !t b\n",
        "a: !!str\nb: & c\n",
    ]), @r#"
"a: 1\nb:\n  c: 2\n" => {a: 1, b: {c: 2}}
"a:\n- 1\n- 2\nb: 3\n" => {a: [1, 2], b: 3}
"- - 1\n  - 2\n- a: 1\n  b: 2\n" => [[1, 2], {a: 1, b: 2}]
"a:\n\n  # comment\n  - x # y\n" => {a: [x]}
"? a\n: b\n? - c\n: - d\n" => {a: b, [c]: [d]}
"- \n-\n- ~\n" => [~, ~, ~]
": a\n" => {~: a}
"a: &x\n  b: 1\nc: *x\n" => {a: &x {b: 1}, c: *x}
"&m\n&k a: !t b\n" => &m {&k a: !t b}
"a: !!str\nb: & c\n" => {a: !!str ~, b: c} !bad-property
"#);
}

#[test]
fn flow_collections() {
    insta::assert_snapshot!(table(&[
        "[a, 'b', \"c\", [d], {e: f}]",
        "{a: 1, b, ? c : d, \"e\":1, : f}",
        "[a: 1, ? b : c, d]",
        "a: [\n  x,\n  y,\n]\nb: 1\n",
        "[http://a.b/c?d#e, a:b]",
        "{a: , b: }",
        "[]",
        "{}",
    ]), @r#"
"[a, 'b', \"c\", [d], {e: f}]" => [a, '"b", "c", [d], {e: f}]
"{a: 1, b, ? c : d, \"e\":1, : f}" => {a: 1, b: ~, c: d, "e": 1, ~: f}
"[a: 1, ? b : c, d]" => [{a: 1}, {b: c}, d]
"a: [\n  x,\n  y,\n]\nb: 1\n" => {a: [x, y], b: 1}
"[http://a.b/c?d#e, a:b]" => [http://a.b/c?d#e, a:b]
"{a: , b: }" => {a: ~, b: ~}
"[]" => []
"{}" => {}
"#);
}

#[test]
fn plain_and_quoted_scalars() {
    insta::assert_snapshot!(table(&[
        "a b\n c\n\n d",
        "a: b: \n",
        "a: b#c #d\n",
        "a: -x\nb: ?y\nc: :z\n",
        "'it''s\n  two\n\n  three '",
        "\"a\\tb\\x41\\u00e9\\U0001F600\\ud83d\\ude00\\/\\N\"",
        "\"one\\\n   two \\\n\n   three\"",
        "\"a  \n  b\"",
        "on: yes",
    ]), @r#"
"a b\n c\n\n d" => a b c\nd
"a: b: \n" => {a: {b: ~}} !nested-inline
"a: b#c #d\n" => {a: b#c}
"a: -x\nb: ?y\nc: :z\n" => {a: -x, b: ?y, c: :z}
"'it''s\n  two\n\n  three '" => '"it's two\nthree "
"\"a\\tb\\x41\\u00e9\\U0001F600\\ud83d\\ude00\\/\\N\"" => "a\tbAé😀😀/\u{85}"
"\"one\\\n   two \\\n\n   three\"" => "onetwo \nthree"
"\"a  \n  b\"" => "a b"
"on: yes" => {on: yes}
"#);
}

#[test]
fn block_scalars() {
    insta::assert_snapshot!(table(&[
        "a: |\n  x\n   y\n\n  z\n\nb: 1",
        "a: |-\n  x\n\n",
        "a: |+\n  x\n\n",
        "a: |2\n   x\n  y\n",
        "a: >\n  x\n  y\n\n  z\n   more\n  end\n",
        "a: >-\n\n  x\n",
        "a: |\r\n  x\r\n  y\r\n",
        "- |\n x\n- >+\n\n",
        "a: | # comment\n  x",
        "--- |\nx\n",
        "a: |\nb: 1\n",
    ]), @r#"
"a: |\n  x\n   y\n\n  z\n\nb: 1" => {a: |"x\n y\n\nz\n", b: 1}
"a: |-\n  x\n\n" => {a: |"x"}
"a: |+\n  x\n\n" => {a: |"x\n\n"}
"a: |2\n   x\n  y\n" => {a: |" x\ny\n"}
"a: >\n  x\n  y\n\n  z\n   more\n  end\n" => {a: >"x y\nz\n more\nend\n"}
"a: >-\n\n  x\n" => {a: >"\nx"}
"a: |\r\n  x\r\n  y\r\n" => {a: |"x\ny\n"}
"- |\n x\n- >+\n\n" => [|"x\n", >"\n"]
"a: | # comment\n  x" => {a: |"x"}
"--- |\nx\n" => |"x\n"
"a: |\nb: 1\n" => {a: |"", b: 1}
"#);
}

#[test]
fn documents() {
    insta::assert_snapshot!(table(&[
        "",
        "# only a comment\n",
        "---\n",
        "a\n---\nb\n...\n---\nc",
        "%YAML 1.2\n---\na: 1\n",
        "\u{feff}a: 1\n",
        "--- a\n... # end\n",
        "--- # c\n- x\n",
    ]), @r##"
"" => 
"# only a comment\n" => 
"---\n" => ~
"a\n---\nb\n...\n---\nc" => a --- b --- c
"%YAML 1.2\n---\na: 1\n" => {a: 1}
"\u{feff}a: 1\n" => {a: 1}
"--- a\n... # end\n" => a
"--- # c\n- x\n" => [x]
"##);
}
