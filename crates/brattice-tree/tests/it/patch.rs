//! Edits: the text they give, and what they refuse.

use std::fmt::Write as _;

use brattice_finding::Span;
use brattice_tree::patch::{Change, NewValue, Patch, PatchError, Position, verify};
use brattice_tree::{Node, Tree};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

fn text(value: &str) -> NewValue {
    NewValue::Text(value.to_owned())
}

fn map(entries: &[(&str, NewValue)]) -> NewValue {
    NewValue::Mapping(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// Follows keys, and indices of sequences, from the root.
fn at<'t>(tree: &'t Tree<'t>, path: &str) -> Node<'t> {
    let root = tree.root().expect("the text has a document");
    path.split('.').filter(|it| !it.is_empty()).fold(root, |node, step| match step.parse::<usize>() {
        Ok(index) => node.items().nth(index).expect("the item is there"),
        Err(_) => node.get(step).expect("the key is there"),
    })
}

fn edit(source: &str, change: impl for<'t> Fn(Patch<'t>, &'t Tree<'t>) -> Patch<'t>) -> String {
    let tree = if source.starts_with(['{', '[']) { Tree::json(source) } else { Tree::yaml(source) };
    match change(Patch::new(&tree), &tree).finish() {
        Ok(pieces) => verify_text(&tree, &pieces),
        Err(error) => format!("refused: {error}"),
    }
}

fn verify_text(tree: &Tree<'_>, pieces: &[(Span, String)]) -> String {
    let mut out = tree.text().to_owned();
    let mut pieces = pieces.to_vec();
    pieces.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, text) in pieces {
        out.replace_range(span.range(), &text);
    }
    out
}

const WORKFLOW: &str = "# header\nname: x # why\non: push\n\n# about jobs\njobs:\n    a:\n        steps:\n            - uses: b # pinned\n              with: {c: d}\n            - run: |\n                  one\n                  two\n\n            # last\nenv:\n";

#[test]
fn entries_go_where_they_are_told_and_comments_stay() {
    insta::assert_snapshot!(edit(WORKFLOW, |patch, tree| {
        patch
            .insert_entry(at(tree, ""), Position::Before(2), "permissions", map(&[]))
            .insert_entry(at(tree, ""), Position::After(0), "run-name", text("y: z"))
            .insert_entry(at(tree, "jobs.a"), Position::Before(0), "permissions", map(&[("contents", text("read"))]))
            .insert_entry(at(tree, "jobs.a.steps.0"), Position::Before(0), "name", text("true"))
            .insert_entry(at(tree, "jobs.a.steps.0.with"), Position::End, "persist", NewValue::Plain("false".into()))
            .insert_entry(at(tree, "jobs.a.steps.1"), Position::End, "env", map(&[("A", text("${{ b }}")), ("B", text("1"))]))
            .replace_scalar(at(tree, "env"), map(&[("C", text("d\ne\n"))]))
    }), @r#"
# header
name: x # why
run-name: 'y: z'
on: push

permissions: {}
# about jobs
jobs:
    a:
        permissions:
            contents: read
        steps:
            - name: 'true'
              uses: b # pinned
              with: {c: d, persist: false}
            - run: |
                  one
                  two
              env:
                  A: ${{ b }}
                  B: '1'

            # last
env:
    C: |
        d
        e
"#);
}

#[test]
fn items_are_appended_to_blocks_and_brackets() {
    insta::assert_snapshot!(edit("a:\n- 1 # one\n- b: 2\n# end\nc: [x, y]\nd: []\ne:\n  - - 1\n    - 2", |patch, tree| {
        patch
            .append_item(at(tree, "a"), map(&[("f", text("g")), ("h", map(&[("i", text("j"))]))]))
            .append_item(at(tree, "c"), text("a, b"))
            .append_item(at(tree, "d"), NewValue::Plain("1".into()))
            .append_item(at(tree, "e.0"), text("3"))
    }), @r#"
a:
- 1 # one
- b: 2
- f: g
  h:
    i: j
# end
c: [x, y, 'a, b']
d: [1]
e:
  - - 1
    - 2
    - '3'
"#);
}

#[test]
fn scalars_keep_their_style_where_the_text_allows() {
    insta::assert_snapshot!(edit("a: old # c\nb: 'old'\nc: \"old\"\nd: |- # c\n    old\n\n    text\ne: >\n  old\nf:\ng: [old]\nh: old\n", |patch, tree| {
        patch
            .replace_scalar(at(tree, "a"), text("new: x"))
            .replace_scalar(at(tree, "b"), text("it's"))
            .replace_scalar(at(tree, "c"), text("tab\t\"quote\" é"))
            .replace_scalar(at(tree, "d"), text("new\n\n  deep\nend"))
            .replace_scalar(at(tree, "e"), text("one line\n"))
            .replace_scalar(at(tree, "f"), text("no"))
            .replace_scalar(at(tree, "g.0"), text("a: [b]"))
            .replace_scalar(at(tree, "h"), NewValue::Plain("12".into()))
    }), @r#"
a: 'new: x' # c
b: 'it''s'
c: "tab\t\"quote\" é"
d: |- # c
    new

      deep
    end
e: |
  one line
f: 'no'
g: ['a: [b]']
h: 12
"#);
}

#[test]
fn line_endings_and_json_layout_are_kept() {
    let crlf = edit("a: 1\r\nb:\r\n  c: 2\r\n", |patch, tree| {
        patch.insert_entry(at(tree, "b"), Position::End, "d", map(&[("e", text("f"))]))
    });
    assert_eq!(crlf, "a: 1\r\nb:\r\n  c: 2\r\n  d:\r\n    e: f\r\n");
    insta::assert_snapshot!(edit("{\n  \"a\": [1],\n  \"b\": {}\n}\n", |patch, tree| {
        patch
            .insert_entry(at(tree, ""), Position::End, "c", text("d\n"))
            .insert_entry(at(tree, "b"), Position::End, "e", NewValue::Null)
            .append_item(at(tree, "a"), NewValue::Plain("2".into()))
    }), @r#"
{
  "a": [1, 2],
  "b": {"e": null},
  "c": "d\n"
}
"#);
}

#[test]
fn what_cannot_be_proven_is_refused() {
    let refused = |source: &str, change: &dyn for<'t> Fn(Patch<'t>, &'t Tree<'t>) -> Patch<'t>| {
        let tree = Tree::yaml(source);
        change(Patch::new(&tree), &tree).finish().expect_err("the edit must be refused")
    };
    let insert = |source: &str| {
        refused(source, &|patch, tree| patch.insert_entry(at(tree, ""), Position::End, "k", text("v")))
    };
    assert_eq!(insert("just text"), PatchError::WrongKind);
    // Inside a flow collection that is never closed there is no safe end.
    assert_eq!(insert("{a: 1, b: 'x"), PatchError::NotAsIntended);
    let plain = |value: &str| {
        refused("a: b\n", &|patch, tree| {
            patch.replace_scalar(at(tree, "a"), NewValue::Plain(value.to_owned()))
        })
    };
    assert_eq!(plain("x\nc: d"), PatchError::NotAsIntended);
    assert_eq!(plain("'x'"), PatchError::NotAsIntended);
    assert_eq!(plain("x # y"), PatchError::NotAsIntended);
    let twice = refused("a: b\n", &|patch, tree| {
        patch.replace_scalar(at(tree, "a"), text("c")).replace_scalar(at(tree, "a"), text("d"))
    });
    assert_eq!(twice, PatchError::Overlap);
    // The tree must change in the named way and in no other.
    let tree = Tree::yaml("a: b\nc: d\n");
    let change = Change::ReplaceScalar { scalar: at(&tree, "a").id(), value: text("x") };
    let piece = |start, end, text: &str| (Span::new(start, end), text.to_owned());
    assert!(verify(&tree, &[piece(3, 4, "x")], std::slice::from_ref(&change)).is_ok());
    assert!(verify(&tree, &[piece(3, 4, "x"), piece(8, 9, "y")], std::slice::from_ref(&change)).is_err());
    assert!(verify(&tree, &[], &[change]).is_err());
    assert_eq!(verify(&tree, &[piece(8, 99, "")], &[]), Err(PatchError::Overlap));
}

/// A mapping in one of the layouts that files have, with comments.
fn mapping() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("1"),
        Just("'q'  # c"),
        Just("\"d\""),
        Just("|\n    x\n\n    y"),
        Just(">-\n    x"),
        Just("[a, b]"),
        Just("{a: b}"),
        Just("\n    n: 1"),
        Just("\n  - 1\n  - 2"),
        Just(""),
        Just("p\n    q"),
    ];
    let entry = (value, any::<bool>());
    proptest::collection::vec(entry, 1..5).prop_map(|entries| {
        let mut out = "top:\n".to_owned();
        for (index, (value, comment)) in entries.iter().enumerate() {
            if *comment {
                out.push_str("  # about it\n\n");
            }
            writeln!(out, "  k{index}: {value}").expect("a string takes any text");
        }
        out + "end: x\n"
    })
}

proptest! {
    #[test]
    fn an_inserted_entry_is_the_only_change(source in mapping(), index in 0_usize..5, side in 0_usize..3, key in "[a-z: #'é-]{1,6}", value in "[a-z0-9:# \n'\"{}é-]{0,12}", crlf in any::<bool>()) {
        let source = if crlf { source.replace('\n', "\r\n") } else { source };
        let tree = Tree::yaml(&source);
        assert!(tree.problems().is_empty(), "{source:?}: {:?}", tree.problems());
        let mapping = at(&tree, "top");
        let index = index.min(mapping.entries().len() - 1);
        let position = [Position::Before(index), Position::After(index), Position::End][side];
        let pieces = Patch::new(&tree).insert_entry(mapping, position, &key, text(&value)).finish();
        let pieces = pieces.unwrap_or_else(|error| panic!("{source:?} {position:?} {key:?} {value:?}: {error}"));
        let edited = verify_text(&tree, &pieces);
        let edited = Tree::yaml(&edited);
        let mut entries: Vec<_> = at(&edited, "top").entries().map(|it| (it.key.as_str().unwrap().to_owned(), it.value)).collect();
        let place = match position { Position::Before(it) => it, Position::After(it) => it + 1, Position::End => mapping.entries().len() };
        let (new_key, new_value) = entries.remove(place);
        assert_eq!((new_key.as_str(), new_value.as_str()), (key.as_str(), Some(value.as_str())));
        for (old, (key, value)) in mapping.entries().zip(entries) {
            assert_eq!((old.key.as_str(), old.value.as_str(), old.value.kind()), (Some(key.as_str()), value.as_str(), value.kind()));
        }
    }

    #[test]
    fn replaced_text_reads_back(old in prop_oneof![Just("x"), Just("'x'"), Just("\"x\""), Just("|\n  x"), Just(">+\n  x\n")], value in "[a-zA-Z0-9:#\\-\\[\\]{}&*!|>'\"%@` \t\n\r\u{0}é\u{85}\u{2028}~]{0,16}") {
        let source = format!("a: {old}\nb: y\n");
        let tree = Tree::yaml(&source);
        let pieces = Patch::new(&tree).replace_scalar(at(&tree, "a"), text(&value)).finish();
        let pieces = pieces.unwrap_or_else(|error| panic!("{source:?} {value:?}: {error}"));
        let edited = verify_text(&tree, &pieces);
        let edited = Tree::yaml(&edited);
        assert_eq!(at(&edited, "a").as_str(), Some(value.as_str()));
        assert_eq!(at(&edited, "b").as_str(), Some("y"));
    }
}
