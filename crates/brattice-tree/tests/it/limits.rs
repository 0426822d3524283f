//! Hostile sizes: each ends in a problem, none in a panic or an endless walk.

use std::fmt::Write as _;

use brattice_tree::{DEPTH_LIMIT, NODE_LIMIT, PROBLEM_LIMIT, TEXT_LIMIT_BYTES, Tree};

fn codes(tree: &Tree<'_>) -> Vec<&'static str> {
    super::invariants::check_tree(tree);
    let mut codes: Vec<_> = tree.problems().iter().filter(|it| it.incomplete).map(|it| it.code).collect();
    codes.dedup();
    codes
}

#[test]
fn nesting_is_cut_and_the_rest_is_read() {
    let deep = "[".repeat(100_000);
    assert!(codes(&Tree::yaml(&deep)).contains(&"too-deep"));
    assert!(codes(&Tree::json(&deep)).contains(&"too-deep"));
    assert!(codes(&Tree::yaml(&"- ".repeat(100_000))).contains(&"too-deep"));
    assert!(codes(&Tree::yaml(&"? ".repeat(100_000))).contains(&"too-deep"));
    let mut text = String::new();
    for depth in 0..DEPTH_LIMIT + 10 {
        writeln!(text, "{}a:", " ".repeat(depth)).expect("a string takes any text");
    }
    text.push_str("b: 1\n");
    let tree = Tree::yaml(&text);
    assert_eq!(codes(&tree), ["too-deep"]);
    assert_eq!(tree.root().unwrap().get("b").unwrap().as_str(), Some("1"));
}

#[test]
fn aliases_that_unfold_without_end_stay_unresolved() {
    let mut wide = "a0: &a0 [x, x]\n".to_owned();
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..200 {
        writeln!(wide, "a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 9].join(", "))
            .expect("a string takes any text");
        writeln!(deep, "a{level}: &a{level} [*a{}]", level - 1).expect("a string takes any text");
    }
    assert_eq!(codes(&Tree::yaml(&wide)), ["alias-limit"]);
    assert_eq!(codes(&Tree::yaml(&deep)), ["alias-limit"]);
}

#[test]
fn text_nodes_and_problems_are_counted() {
    let tree = "a: 1\n".repeat(TEXT_LIMIT_BYTES / 5 + 10);
    let tree = Tree::yaml(&tree);
    let found = codes(&tree);
    assert!(found.contains(&"too-large") && found.contains(&"too-many-nodes"), "{found:?}");
    assert!(tree.nodes().len() <= NODE_LIMIT + 1_000);
    assert!(tree.problems().len() <= PROBLEM_LIMIT);
    assert!(codes(&Tree::json(&"[1,".repeat(NODE_LIMIT))).contains(&"too-deep"));
    assert!(codes(&Tree::json(&format!("[{}", "1,".repeat(NODE_LIMIT + 10)))).contains(&"too-many-nodes"));
}
