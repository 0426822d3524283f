//! What holds for the tree of any text whatever. The fuzz targets use this file too.

use brattice_finding::Span;
use brattice_tree::{ALIAS_EXPANSION_LIMIT, DEPTH_LIMIT, NODE_LIMIT, Node, NodeKind, Scalar, Tree};

/// Panics unless every promise of the tree holds.
pub(crate) fn check_tree(tree: &Tree<'_>) {
    let text = tree.text();
    for problem in tree.problems() {
        check_span(text, problem.span, "problem");
    }
    for node in tree.nodes() {
        check_span(text, node.span(), "node");
        check_span(text, node.full_span(), "node with properties");
        if node.alias_name().is_some() {
            assert!(node.source().starts_with('*'), "an alias is written with a star");
            continue;
        }
        check_children(node);
        if let Some(scalar) = node.scalar() {
            check_scalar(text, node.span(), scalar);
        }
    }
    let mut visits = 0;
    for root in tree.documents() {
        walk(root, 0, &mut visits);
    }
}

fn check_span(text: &str, span: Span, what: &str) {
    assert!(
        text.get(span.range()).is_some(),
        "the span {:?} of a {what} is no piece of the text",
        span.range()
    );
}

fn check_children(node: Node<'_>) {
    let mut behind = node.span().start;
    for item in node.items() {
        assert!(node.span().contains(item.full_span()), "{node:?} does not contain {item:?}");
        assert!(item.full_span().start >= behind, "{item:?} stands before its predecessor's end");
        behind = item.full_span().end;
    }
    for entry in node.entries() {
        assert!(node.span().contains(entry.span), "{node:?} does not contain {:?}", entry.key);
        assert!(entry.span.start >= behind, "{:?} stands before its predecessor's end", entry.key);
        assert!(
            entry.key.full_span().end <= entry.value.full_span().start,
            "{:?} overlaps its value",
            entry.key
        );
        behind = entry.span.end;
    }
}

fn check_scalar(text: &str, own: Span, scalar: Scalar<'_>) {
    /// Characters per scalar; longer ones repeat what the first ones show.
    const CHARACTERS: usize = 300;
    let value = scalar.value();
    let whole = scalar.source_span(0..value.len());
    check_span(text, whole, "scalar value");
    assert!(own.contains(whole), "the value's source {whole:?} leaves the scalar {own:?}");
    let mut behind = whole.start;
    for (at, character) in value.char_indices().take(CHARACTERS) {
        let end = at + character.len_utf8();
        let source = scalar.source_span(at..end);
        check_span(text, source, "character");
        assert!(source.start >= behind && whole.contains(source), "characters map in order");
        assert!(!source.is_empty(), "each character comes from somewhere");
        assert_eq!(scalar.source_span(0..end).end, source.end, "a range ends where its last character does");
        let written = source.slice(text);
        let same = written.starts_with(character) && written.len() == character.len_utf8();
        let made = written.starts_with(['\\', ' ', '\t', '\n', '\r']) || written == "''";
        assert!(same || made, "{character:?} comes from {written:?}");
        behind = source.end;
    }
}

/// Walks as a careless reader would: by recursion, through aliases.
fn walk(node: Node<'_>, depth: usize, visits: &mut u64) {
    *visits += 1;
    assert!(depth <= DEPTH_LIMIT, "the tree is deeper than it promises");
    assert!(*visits <= NODE_LIMIT as u64 * 2 + ALIAS_EXPANSION_LIMIT, "the tree is larger than it promises");
    match node.kind() {
        NodeKind::Sequence => node.items().for_each(|it| walk(it, depth + 1, visits)),
        NodeKind::Mapping => {
            for entry in node.entries() {
                walk(entry.key, depth + 1, visits);
                walk(entry.value, depth + 1, visits);
            }
        }
        NodeKind::Scalar | NodeKind::Null | NodeKind::UnresolvedAlias => {}
    }
}
