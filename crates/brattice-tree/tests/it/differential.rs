//! Agreement with an independent reader wherever that one accepts the text.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use brattice_tree::{Node, NodeKind, ScalarStyle, Tree};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use saphyr_parser::{Event, Parser, ScalarStyle as OtherStyle};

/// Renders the events of the other reader, or its refusal.
fn other(text: &str) -> Result<String, String> {
    let mut out = String::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        match event {
            Event::DocumentStart(_) => out.push_str("---\n"),
            Event::Alias(_) => out.push_str("alias\n"),
            Event::Scalar(value, style, _, tag) => {
                let style = match style {
                    OtherStyle::Plain => "plain",
                    OtherStyle::SingleQuoted => "single",
                    OtherStyle::DoubleQuoted => "double",
                    OtherStyle::Literal => "literal",
                    OtherStyle::Folded => "folded",
                };
                let null = style == "plain" && (value == "~" || value.is_empty()) && tag.is_none();
                if null {
                    out.push_str("null\n");
                } else if style == "plain" && value == "~" {
                    out.push_str("plain \"\"\n");
                } else {
                    writeln!(out, "{style} {value:?}").expect("a string takes any text");
                }
            }
            Event::SequenceStart(..) => out.push_str("[\n"),
            Event::SequenceEnd => out.push_str("]\n"),
            Event::MappingStart(..) => out.push_str("{\n"),
            Event::MappingEnd => out.push_str("}\n"),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(out)
}

fn render(out: &mut String, node: Node<'_>) {
    if node.alias_name().is_some() {
        out.push_str("alias\n");
        return;
    }
    match node.kind() {
        NodeKind::Null if node.tag().is_some() => out.push_str("plain \"\"\n"),
        NodeKind::Null | NodeKind::UnresolvedAlias => out.push_str("null\n"),
        NodeKind::Scalar => {
            let scalar = node.scalar().expect("its kind says so");
            let style = match scalar.style() {
                ScalarStyle::Plain => "plain",
                ScalarStyle::SingleQuoted => "single",
                ScalarStyle::DoubleQuoted => "double",
                ScalarStyle::Literal => "literal",
                ScalarStyle::Folded => "folded",
            };
            if style == "plain" && scalar.value() == "~" {
                out.push_str(if node.tag().is_some() { "plain \"\"\n" } else { "null\n" });
            } else {
                writeln!(out, "{style} {:?}", scalar.value()).expect("a string takes any text");
            }
        }
        NodeKind::Sequence => {
            out.push_str("[\n");
            node.items().for_each(|it| render(out, it));
            out.push_str("]\n");
        }
        NodeKind::Mapping => {
            out.push_str("{\n");
            for entry in node.entries() {
                render(out, entry.key);
                render(out, entry.value);
            }
            out.push_str("}\n");
        }
    }
}

fn ours(text: &str) -> String {
    let tree = Tree::yaml(text);
    let mut out = String::new();
    for document in tree.documents() {
        out.push_str("---\n");
        render(&mut out, document);
    }
    out
}

/// Returns the first line in which two renderings differ.
fn difference(left: &str, right: &str) -> Option<String> {
    if left == right {
        return None;
    }
    let pair = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    let (left, right) = pair.unwrap_or(("(end of one)", "(end of one)"));
    Some(format!("ours: {left}\nother: {right}"))
}

fn yaml_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|it| it == "yml" || it == "yaml") {
            found.push(path);
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test reads a corpus that a developer names")]
fn a_corpus_reads_as_the_other_reader_reads_it() {
    // A corpus cannot be part of the project, so its absence is no gap of a run.
    let Some(directory) = std::env::var_os("BRATTICE_CORPUS") else { return };
    let mut files = Vec::new();
    yaml_files(Path::new(&directory), &mut files);
    files.sort();
    let (mut same, mut refused, mut different) = (0, Vec::new(), Vec::new());
    for path in &files {
        let Ok(mut text) = std::fs::read_to_string(path) else { continue };
        // At the end of a text without a last line break the other reader adds one to block scalars; the
        // specification (rule `b-chomped-last`) and the readers that CI systems use do not.
        text.push('\n');
        match other(&text) {
            Err(error) => refused.push(format!("{}: {error}", path.display())),
            Ok(other) => match difference(&ours(&text), &other) {
                None => same += 1,
                Some(it) => different.push(format!("{}\n{it}", path.display())),
            },
        }
    }
    println!("{same} of {} the same, refused by the other:\n{}", files.len(), refused.join("\n"));
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

/// Lines of valid YAML for one value, the first of which stands behind its key or dash.
fn value() -> impl Strategy<Value = Vec<String>> {
    let lines = |text: &'static str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
    let leaf = prop_oneof![
        Just("plain"),
        Just("12"),
        Just("~"),
        Just(""),
        Just("'it''s'"),
        Just("\"a\\tb \\u00e9\""),
        Just("a b:c d#e"),
        Just("[x, 'y', {z: 1}, [q]]"),
        Just("{a: 1, \"b\": [c], d}"),
        Just("!tag t"),
        Just("&n anchored"),
        Just("*root"),
        Just("one\n  two\n\n  three"),
        Just("'one\n\n  two  \n  three'"),
        Just("\"one \\\n  two\""),
        Just("|\n  x\n   y\n\n  z"),
        Just("|-\n  x\n"),
        Just("|+\n  x\n\n"),
        Just(">\n  a\n  b\n\n  c\n   d\n  e"),
        Just("|2\n   x\n  y"),
        Just(">-\n  é\n  日"),
        Just("[\n    a, # c\n    b: c\n  ]"),
        Just("x # comment"),
    ]
    .prop_map(lines);
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(|items| collection(&items, "- ")),
            proptest::collection::vec(inner, 1..4).prop_map(|items| collection(&items, "")),
        ]
    })
}

/// A block collection of these values, one level deeper than what it stands behind.
fn collection(values: &[Vec<String>], dash: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (index, value) in values.iter().enumerate() {
        let start = if dash.is_empty() { format!("k{index}: ") } else { dash.to_owned() };
        for (number, line) in value.iter().enumerate() {
            let start = if number == 0 { start.as_str() } else { "" };
            lines.push(if line.is_empty() && start.is_empty() {
                String::new()
            } else {
                format!("  {start}{line}")
            });
        }
    }
    lines
}

proptest! {
    #[test]
    fn generated_yaml_reads_as_the_other_reader_reads_it(value in value(), crlf in any::<bool>()) {
        let mut text = format!("root: &root r\nvalue: {}\nend: 1\n", value.join("\n"));
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let tree = Tree::yaml(&text);
        super::invariants::check_tree(&tree);
        if let Ok(other) = other(&text) {
            assert!(!tree.is_incomplete(), "{text}\n{:?}", tree.problems());
            assert_eq!(difference(&ours(&text), &other), None, "{text}");
        }
    }
}
