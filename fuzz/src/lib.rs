//! Fuzz targets: functions over arbitrary bytes that panic when a promise of a reader breaks.
//!
//! What it is for: [`TARGETS`] is the table that the driver and the test share. A new target is one function,
//! one line in the table and a directory of seeds.
//!
//! What it is not: no coverage guidance; it runs on the stable toolchain with nothing but this crate.

// The invariants belong to the crate that keeps them; its own tests use the same file.
#[path = "../../crates/brattice-tree/tests/it/invariants.rs"]
mod tree_invariants;

pub mod mutate;

mod ledger;
mod masker;

use brattice_tree::patch::{NewValue, Patch, Position};
use brattice_tree::{NodeKind, Tree};

/// A target by name.
pub struct Target {
    /// The name: also the directory of its seeds.
    pub name: &'static str,
    /// Panics if a promise breaks.
    pub run: fn(&[u8]),
    /// Pieces of text that the grammar cares about.
    pub dictionary: &'static [&'static str],
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "tree_yaml", run: tree_yaml, dictionary: YAML_WORDS },
    Target { name: "tree_json", run: tree_json, dictionary: JSON_WORDS },
    Target { name: "ledger_note", run: ledger::note, dictionary: ledger::NOTE_WORDS },
    Target { name: "ledger_proof", run: ledger::proof, dictionary: ledger::NOTE_WORDS },
    Target { name: "ledger_bundle", run: ledger::bundle, dictionary: ledger::BUNDLE_WORDS },
    Target { name: "ledger_event", run: ledger::event, dictionary: ledger::EVENT_WORDS },
    Target { name: "mask_stream", run: masker::mask, dictionary: masker::WORDS },
];

const YAML_WORDS: &[&str] = &[
    ": ",
    "- ",
    "? ",
    "#",
    " #",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    "    ",
    "\"",
    "'",
    "''",
    "\\",
    "\\u00e9",
    "\\x41",
    "\\\n",
    "|",
    ">",
    "|-\n",
    ">+\n",
    "|2\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!t ",
    "!!str ",
    "<<: *a",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "${{ x }}",
    "\u{feff}",
    "\0",
    "é",
    "日",
    "\u{85}",
    "~",
    "null",
];

const JSON_WORDS: &[&str] = &[
    "\"",
    "\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "-0.5e+3",
    "//",
    "/*",
    "*/",
    "\n",
    "\u{feff}",
    "'",
    "é",
];

/// Reads YAML, checks the tree, and patches it.
///
/// # Panics
/// If a promise of the tree breaks.
pub fn tree_yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let tree = Tree::yaml(&text);
    tree_invariants::check_tree(&tree);
    patch(&tree);
}

/// Reads JSON, checks the tree, patches it, and compares the verdict with a strict reader's.
///
/// # Panics
/// If a promise of the tree breaks.
pub fn tree_json(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let tree = Tree::json(&text);
    tree_invariants::check_tree(&tree);
    patch(&tree);
    if serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() {
        assert!(!tree.is_incomplete(), "strict JSON is complete: {:?}", tree.problems());
    }
}

/// Makes each kind of change at the first place that there is. An edit may be refused; one that is handed out
/// has already been proven by reading it again.
fn patch(tree: &Tree<'_>) {
    let text = NewValue::Text("a: b\n # c".to_owned());
    let find = |kind| tree.nodes().find(|it| it.kind() == kind && it.alias_name().is_none());
    if let Some(mapping) = find(NodeKind::Mapping) {
        for position in [Position::Before(0), Position::After(0), Position::End] {
            let patch = Patch::new(tree).insert_entry(mapping, position, "added key", text.clone());
            drop(patch.finish());
        }
    }
    if let Some(sequence) = find(NodeKind::Sequence) {
        drop(Patch::new(tree).append_item(sequence, text.clone()).finish());
    }
    for kind in [NodeKind::Scalar, NodeKind::Null] {
        if let Some(scalar) = find(kind) {
            drop(Patch::new(tree).replace_scalar(scalar, text.clone()).finish());
        }
    }
}
