//! What a reader of the tree sees: keys, merges, truth values, spans.

use brattice_tree::{LegacyMeaning, Node, NodeKind, Tree};
use proptest::prelude::{any, proptest};

#[test]
fn the_last_duplicate_counts_and_the_others_are_shown() {
    let tree = Tree::yaml("a: 1\nb: 2\na: 3\n");
    let root = tree.root().unwrap();
    assert_eq!(root.get("a").unwrap().as_str(), Some("3"));
    assert_eq!(root.duplicates().iter().map(|it| it.value.source()).collect::<Vec<_>>(), ["1"]);
    assert_eq!(root.entries().len(), 3);
}

#[test]
fn merge_keys_are_carried_out_only_on_demand() {
    let tree = Tree::yaml("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 0\n  '<<': q\n");
    let node = tree.root().unwrap().get("z").unwrap();
    assert!(node.get("b").is_none());
    let merged: Vec<_> =
        node.merged_entries().iter().map(|it| format!("{}={}", it.key.source(), it.value.source())).collect();
    assert_eq!(merged, ["a=0", "'<<'=q", "b=2", "c=4"]);
}

#[test]
fn aliases_look_through_but_keep_their_own_place() {
    let tree = Tree::yaml("a: &n [1]\nb: *n\n");
    let alias = tree.root().unwrap().get("b").unwrap();
    assert_eq!((alias.source(), alias.alias_name(), alias.kind()), ("*n", Some("n"), NodeKind::Sequence));
    assert_eq!(alias.items().next().unwrap().source(), "1");
    assert_eq!(alias.target().id(), tree.root().unwrap().get("a").unwrap().id());
    assert_eq!(alias.target().anchor(), Some("n"));
}

#[test]
fn null_and_truth_follow_the_core_schema_and_the_old_meaning_is_noted() {
    let tree = Tree::yaml("[~, null, 'null', !!str null, '', true, True, tRue, 'true', yes, 012, 1:30, 12]");
    let items: Vec<_> = tree.root().unwrap().items().collect();
    let nulls: Vec<_> = items.iter().map(|it| it.is_null()).collect();
    assert_eq!(nulls[..5], [true, true, false, false, false]);
    let bools: Vec<_> = items[5..10].iter().map(|it| it.as_bool()).collect();
    assert_eq!(bools, [Some(true), Some(true), None, None, None]);
    let legacy: Vec<_> = items[9..].iter().map(|it| it.scalar().unwrap().legacy_meaning()).collect();
    let expected =
        [Some(LegacyMeaning::Bool(true)), Some(LegacyMeaning::Octal), Some(LegacyMeaning::Sexagesimal), None];
    assert_eq!(legacy, expected);
    assert!(Tree::yaml("a:\n").root().unwrap().get("a").unwrap().is_null());
}

/// Finds `needle` in the decoded value of the root and returns its source.
fn source_of(text: &str, needle: &str) -> String {
    let tree = Tree::yaml(text);
    let node = tree.root().and_then(|it| it.get("a"));
    let scalar = node.and_then(Node::scalar).expect("the text has a scalar under `a`");
    let at = scalar.value().find(needle).expect("the needle is in the value");
    scalar.source_span(at..at + needle.len()).slice(text).to_owned()
}

#[test]
fn decoded_text_maps_back_byte_for_byte() {
    assert_eq!(source_of("a: |\n    x ${{ y }}\n    z\n", "${{ y }}"), "${{ y }}");
    assert_eq!(source_of("a: |\r\n  x\r\n  ${{ y }}\r\n", "x\n${{"), "x\r\n  ${{");
    assert_eq!(source_of("a: >\n  one\n  two\n", "one two"), "one\n  two");
    assert_eq!(source_of("a: \"\\u0024{{ \\x79 }}\"\n", "${{ y }}"), "\\u0024{{ \\x79 }}");
    assert_eq!(source_of("a: 'it''s ${{ y }}'\n", "'s ${{ y }}"), "''s ${{ y }}");
    assert_eq!(source_of("a: \"one\\\n   two\"\n", "onetwo"), "one\\\n   two");
    assert_eq!(source_of("a: one\n  two\n\n  three\n", "two\nthree"), "two\n\n  three");
    assert_eq!(source_of("a: \"é${{ y }}\"\n", "${{ y }}"), "${{ y }}");
}

#[test]
fn a_tree_can_own_its_text() {
    let owned = { Tree::yaml(&String::from("a: [1, 2]\n")).into_owned() };
    assert_eq!(owned.outline(), "{a: [1, 2]}");
}

proptest! {
    #[test]
    fn any_text_reads_as_yaml_and_json(text in any::<String>()) {
        super::invariants::check_tree(&Tree::yaml(&text));
        super::invariants::check_tree(&Tree::json(&text));
    }

    #[test]
    fn any_mixture_of_indicators_reads(
        text in "(a|b: |- |\\? |: |\n|\n  |\n    |\t|\"|'|\\[|\\]|\\{|\\}|,|&a |\\*a|!t |\\||>|#| #|\\\\|---\n|\r\n|é){0,60}",
    ) {
        super::invariants::check_tree(&Tree::yaml(&text));
        super::invariants::check_tree(&Tree::json(&text));
    }
}
