//! The model manifest: the standard's order, the order as found, and names that lead astray.

use brattice_attest::dsse::IN_TOTO_PAYLOAD_TYPE;
use brattice_attest::oms::{Difference, Manifest, ManifestError, ModelSignature};
use brattice_attest::statement::{Provenance, ResourceDescriptor, StatementError};
use brattice_attest::{Node, NodeKind, Verified, VerifyError};
use brattice_digest::Sha256;
use proptest::prelude::proptest;
use serde_json::{Value, json};

use crate::support::{ALICE, BUILDER, provenance, signed, signed_bytes, trust, verify};

fn digest(text: &str) -> Sha256 {
    Sha256::of(text.as_bytes())
}

fn files(names: &[&str]) -> Vec<(Vec<u8>, Sha256)> {
    names.iter().map(|name| (name.as_bytes().to_vec(), digest(name))).collect()
}

fn root_of(names: &[&str]) -> Sha256 {
    Sha256::of(&names.iter().flat_map(|name| *digest(name).as_bytes()).collect::<Vec<u8>>())
}

/// A statement over these files in this order, as any signer might write it, then changed.
fn statement(names: &[&str], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let resource =
        |name: &&str| json!({"name": name, "algorithm": "sha256", "digest": digest(name).to_hex()});
    let mut value = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "digits", "digest": {"sha256": root_of(names).to_hex()}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": false,
                              "ignore_paths": [".git", "model.sig"]},
            "resources": names.iter().map(resource).collect::<Vec<_>>(),
        },
    });
    change(&mut value);
    signed_bytes(IN_TOTO_PAYLOAD_TYPE, value.to_string().as_bytes(), ALICE)
}

fn check(bytes: &[u8], node: Node) -> Result<Verified<ModelSignature>, VerifyError> {
    verify(bytes, node, &trust())
}

fn refusal(names: &[&str], change: impl FnOnce(&mut Value)) -> ManifestError {
    let node = Manifest::of_directory(files(&["a"])).expect("a plain name").node();
    match check(&statement(names, change), node) {
        Err(VerifyError::Statement(StatementError::Manifest(error))) => error,
        other => panic!("{names:?} gave {other:?}"),
    }
}

#[test]
fn we_sign_in_the_standards_order_and_read_the_order_as_found() {
    let manifest = Manifest::of_directory(files(&["x/y.txt", "x-y.txt", "Z", "é"])).unwrap();
    let names: Vec<&str> = manifest.resources().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Z", "x-y.txt", "x/y.txt", "é"]);
    assert_eq!(manifest.root(), root_of(&names));
    let model = Node { kind: NodeKind::Model, sha256: root_of(&names) };
    assert_eq!(manifest.node(), model);
    // By components, as the reference implementation sorts: another root, the same model.
    let by_components = ["Z", "x/y.txt", "x-y.txt", "é"];
    assert_ne!(root_of(&by_components), root_of(&names));
    let verified = check(&statement(&by_components, |_| ()), model).unwrap();
    assert_eq!(verified.predicate().manifest().unwrap().root(), root_of(&by_components));
    assert_eq!(verified.nodes(), [model]);
    let other = Node { kind: NodeKind::Model, sha256: root_of(&by_components) };
    assert_eq!(check(&statement(&by_components, |_| ()), other), Err(VerifyError::Subject(other)));
}

#[test]
fn a_renamed_file_keeps_the_root_and_changes_the_names() {
    let named = |name: &str| Manifest::of_directory(vec![(name.into(), digest("w"))]).unwrap();
    let (before, after) = (named("weights.npz"), named("weights.pkl"));
    assert_eq!(before.node(), after.node());
    assert_ne!(before.names(), after.names());
    let bound = vec![ResourceDescriptor::subject("digits", before.node()).with_names(before.names())];
    let bytes = signed(bound, provenance("builder-1", None, &[]), BUILDER);
    let verified = verify::<Provenance>(&bytes, before.node(), &trust()).unwrap();
    assert_eq!(verified.subject_names(&before.node()), Some(before.names()));
}

#[test]
fn one_file_is_a_file_and_not_a_model() {
    let manifest = Manifest::of_file(digest("weights"));
    assert_eq!(manifest.node(), Node { kind: NodeKind::File, sha256: digest("weights") });
    assert_eq!(manifest.root(), Sha256::of(digest("weights").as_bytes()));
    let single = Node { kind: NodeKind::File, sha256: digest(".") };
    assert!(check(&statement(&["."], |_| ()), single).is_ok());
    assert!(check(&statement(&["."], |_| ()), Node { kind: NodeKind::Model, ..single }).is_err());
    // The convention is for a lone file; a directory cannot borrow it.
    assert_eq!(Manifest::of_directory(files(&["."])), Err(ManifestError::Name(".".to_owned())));
    assert_eq!(refusal(&[".", "a"], |_| ()), ManifestError::Name(".".to_owned()));
}

#[test]
fn names_that_escape_or_have_two_spellings_are_refused() {
    for name in [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../x",
        "a/../b",
        "a/..",
        "a//b",
        "a/",
        "./a",
        "a/.",
        "a/./b",
        "..\\x",
        "a\\..\\b",
        "a\\b",
        "\\\\host\\share",
        "C:",
        "C:x",
        "c:/x",
        "a\0b",
        "a\nb",
        "a\u{1b}[2Jb",
        "a\u{85}b",
        &"a".repeat(5000),
    ] {
        assert!(matches!(refusal(&[name], |_| ()), ManifestError::Name(_)), "{name:?}");
        assert!(Manifest::of_directory(files(&[name])).is_err(), "{name:?}");
    }
    for name in ["..a", "a..", "...", ".git", "a b", "xy:z", "a/b:0:10", "日本"] {
        assert!(Manifest::of_directory(files(&[name])).is_ok(), "{name:?}");
    }
    let not_utf8 = vec![(vec![0xff], digest("x"))];
    assert!(matches!(Manifest::of_directory(not_utf8), Err(ManifestError::NotUtf8(_))));
}

#[test]
fn lists_that_do_not_describe_one_directory_are_refused() {
    assert_eq!(refusal(&[], |_| ()), ManifestError::Empty);
    assert_eq!(Manifest::of_directory(Vec::new()), Err(ManifestError::Empty));
    assert_eq!(refusal(&["a", "b", "a"], |_| ()), ManifestError::Duplicate("a".to_owned()));
    assert_eq!(refusal(&["a/b/c", "a"], |_| ()), ManifestError::FileAndDirectory("a".to_owned()));
    assert!(Manifest::of_directory(files(&["a", "ab/c"])).is_ok());
}

#[test]
fn what_is_not_understood_is_refused() {
    let serialization = "/predicate/serialization";
    let set = |path: &'static str, value: Value| {
        move |it: &mut Value| *it.pointer_mut(path).expect("the field is there") = value
    };
    let changes = [
        (set("/predicate/serialization/method", json!("shards")), ManifestError::Method("shards".to_owned())),
        (set("/predicate/serialization/method", json!("Files")), ManifestError::Method("Files".to_owned())),
        (
            set("/predicate/serialization/hash_type", json!("blake3")),
            ManifestError::Algorithm("blake3".to_owned()),
        ),
        (
            set("/predicate/resources/0/algorithm", json!("sha256-sharded-1000")),
            ManifestError::Algorithm("sha256-sharded-1000".to_owned()),
        ),
        (set("/subject/0/digest/sha256", json!(digest("other").to_hex())), ManifestError::Root),
        (set("/predicate/resources/0/digest", json!(digest("other").to_hex())), ManifestError::Root),
        (set("/subject", json!([])), ManifestError::SubjectCount(0)),
    ];
    for (change, expected) in changes {
        assert_eq!(refusal(&["a"], change), expected);
    }
    for path in [".", "", "*", "..", "../x", "/", "a/*", "a/../b", "a\\b"] {
        let change = set("/predicate/serialization/ignore_paths", json!([path]));
        assert_eq!(refusal(&["a"], change), ManifestError::IgnoredPath(path.to_owned()));
    }
    let node = Manifest::of_directory(files(&["a"])).unwrap().node();
    for change in [
        set("/predicate/resources/0/digest", json!(digest("a").to_hex().to_uppercase())),
        set("/predicate/serialization/allow_symlinks", json!("yes")),
        set(serialization, json!({"method": "files"})),
    ] {
        assert!(matches!(check(&statement(&["a"], change), node), Err(VerifyError::Shape(_))));
    }
}

#[test]
fn differences_say_what_to_look_at() {
    let signed = Manifest::of_directory(files(&["a", "b", "c"])).unwrap();
    let mut actual = files(&["a", "b", "d"]);
    actual[1].1 = digest("changed");
    let actual = Manifest::of_directory(actual).unwrap();
    assert_eq!(signed.differences(&signed), []);
    assert_eq!(
        signed.differences(&actual),
        [
            Difference::Changed("b".to_owned()),
            Difference::Missing("c".to_owned()),
            Difference::Unsigned("d".to_owned())
        ]
    );
}

proptest! {
    #[test]
    fn the_identity_does_not_depend_on_the_order(names in proptest::collection::btree_set("[a-c-]{1,3}", 1..6), seed in 0_usize..720) {
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        let node = Manifest::of_directory(files(&names)).unwrap().node();
        let turn = seed % names.len();
        names.rotate_left(turn);
        let verified = check(&statement(&names, |_| ()), node).unwrap();
        assert_eq!(verified.predicate().manifest().unwrap().root(), root_of(&names));
    }
}
