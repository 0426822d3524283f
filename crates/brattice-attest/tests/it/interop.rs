//! The reference implementation of the standard, `model-signing` from `PyPI`, as a second opinion: it takes
//! our bundles, we take its, and both refuse what was tampered with.
//!
//! Needs a Python with the package, named by `BRATTICE_MODEL_SIGNING_PYTHON`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use brattice_attest::bundle::Bundle;
use brattice_attest::key::SigningKey;
use brattice_attest::oms::{Difference, Manifest, ModelSignature};
use brattice_attest::{Authority, Expectation, Node, Verified, VerifyError};
use brattice_digest::Sha256;
use tempfile::TempDir;

use crate::support::{ALICE, BOB, NOW, key, time};

/// Returns the Python to use, or says why the test is skipped.
#[expect(clippy::disallowed_methods, reason = "tests learn about optional helpers from the environment")]
fn python() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("BRATTICE_MODEL_SIGNING_PYTHON") {
        return Some(python.into());
    }
    let required = std::env::var_os("BRATTICE_REQUIRE_ALL").is_some_and(|it| it == "1");
    assert!(!required, "BRATTICE_MODEL_SIGNING_PYTHON does not name a Python with model-signing");
    say_skipped();
    None
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests must see what was left out")]
fn say_skipped() {
    eprintln!("skipped: BRATTICE_MODEL_SIGNING_PYTHON does not name a Python with model-signing");
}

/// A directory with a model, and Alice's keys as files beside it.
struct Place {
    directory: TempDir,
    python: PathBuf,
}

/// Names whose order differs between the standard and the reference implementation.
const FILES: [(&str, &str); 4] =
    [("x/y.txt", "b"), ("x-y.txt", "a"), ("weights.bin", "w"), ("sub/deep/é.json", "{}")];

impl Place {
    fn new(python: PathBuf) -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let place = Self { directory, python };
        for (name, content) in FILES {
            place.write(&format!("model/{name}"), content.as_bytes());
        }
        let key = key(ALICE);
        place.write("key.pem", key.to_pkcs8_pem().expect("a key can be written").expose());
        place.write("pub.pem", key.public().to_spki_pem().as_bytes());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file has a parent")).expect("can be made");
        fs::write(path, bytes).expect("can be written");
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads back a file that it has just had made")]
    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("can be read")
    }

    /// Runs the reference implementation and returns whether it was content.
    fn model_signing(&self, arguments: &[&str]) -> bool {
        let output = Command::new(&self.python)
            .args(["-m", "model_signing"])
            .args(arguments)
            .current_dir(self.directory.path())
            .output()
            .expect("the Python that the environment names can be run");
        output.status.success()
    }

    fn accepted_there(&self, model: &str, bundle: &str) -> bool {
        self.model_signing(&["verify", "key", model, "--public_key", "pub.pem", "--signature", bundle])
    }

    fn signed_there(&self, model: &str, bundle: &str) {
        assert!(self.model_signing(&[
            "sign",
            "key",
            model,
            "--private_key",
            "key.pem",
            "--signature",
            bundle
        ]));
    }

    fn manifest(&self) -> Manifest {
        let digest = |name: &str| Sha256::of(&self.read(&format!("model/{name}")));
        let files = FILES.iter().map(|(name, _)| (name.as_bytes().to_vec(), digest(name))).collect();
        Manifest::of_directory(files).expect("the names are plain")
    }

    fn sign_here(&self, manifest: &Manifest, bundle: &str) {
        let statement = ModelSignature::statement("model", manifest, Vec::new());
        self.write(bundle, &statement.sign(&key(ALICE)).expect("the manifest is valid"));
    }
}

fn verified_here(
    bytes: &[u8],
    node: Node,
    key: &SigningKey,
) -> Result<Verified<ModelSignature>, VerifyError> {
    let bundle = Bundle::read(bytes).expect("the bundle is well formed");
    let authority = Authority::Key(key.public());
    Verified::new(&bundle, &Expectation { node, authority, now: time(NOW) })
}

#[test]
fn ours_verifies_there_and_tampering_does_not() {
    let Some(python) = python() else { return };
    let place = Place::new(python);
    place.sign_here(&place.manifest(), "ours.sig");
    assert!(place.accepted_there("model", "ours.sig"));
    place.write("model/weights.bin", b"tampered");
    assert!(!place.accepted_there("model", "ours.sig"));
    place.write("model/weights.bin", b"w");
    place.write("model/planted.bin", b"x");
    assert!(!place.accepted_there("model", "ours.sig"));
    fs::remove_file(place.path("model/planted.bin")).unwrap();
    place.write("pub.pem", key(BOB).public().to_spki_pem().as_bytes());
    assert!(!place.accepted_there("model", "ours.sig"));
}

#[test]
fn theirs_verifies_here_and_tampering_does_not() {
    let Some(python) = python() else { return };
    let place = Place::new(python);
    place.signed_there("model", "theirs.sig");
    let bytes = place.read("theirs.sig");
    let manifest = place.manifest();
    let verified = verified_here(&bytes, manifest.node(), &key(ALICE)).unwrap();
    assert_ne!(verified.predicate().manifest().unwrap().root(), manifest.root(), "the orders differ");
    assert_eq!(verified.predicate().manifest().unwrap().differences(&manifest), []);
    assert!(verified.predicate().ignore_paths().contains(&".git".to_owned()));
    assert!(verified_here(&bytes, manifest.node(), &key(BOB)).is_err());
    place.write("model/weights.bin", b"tampered");
    let tampered = place.manifest();
    assert_eq!(
        verified_here(&bytes, tampered.node(), &key(ALICE)),
        Err(VerifyError::Subject(tampered.node()))
    );
    let signed = verified.predicate().manifest().unwrap();
    assert_eq!(signed.differences(&tampered), [Difference::Changed("weights.bin".to_owned())]);
}

#[test]
fn one_file_is_written_as_the_reference_writes_it() {
    let Some(python) = python() else { return };
    let place = Place::new(python);
    let file = Manifest::of_file(Sha256::of(b"w"));
    place.sign_here(&file, "ours.sig");
    assert!(place.accepted_there("model/weights.bin", "ours.sig"));
    assert!(!place.accepted_there("model/x-y.txt", "ours.sig"));
    assert!(!place.accepted_there("model", "ours.sig"));
    place.signed_there("model/weights.bin", "theirs.sig");
    assert!(verified_here(&place.read("theirs.sig"), file.node(), &key(ALICE)).is_ok());
    assert!(verified_here(&place.read("theirs.sig"), place.manifest().node(), &key(ALICE)).is_err());
}

#[test]
fn an_empty_model_of_theirs_is_refused_here() {
    let Some(python) = python() else { return };
    let place = Place::new(python);
    fs::create_dir(place.path("empty")).unwrap();
    place.signed_there("empty", "empty.sig");
    let refused = verified_here(&place.read("empty.sig"), place.manifest().node(), &key(ALICE));
    assert!(refused.is_err_and(|error| error.to_string().contains("model has no files")));
}

#[test]
fn their_forged_signature_is_refused_by_both() {
    let Some(python) = python() else { return };
    let place = Place::new(python);
    place.signed_there("model", "theirs.sig");
    let text = String::from_utf8(place.read("theirs.sig")).unwrap();
    place.signed_there("model/weights.bin", "other.sig");
    let other: serde_json::Value = serde_json::from_slice(&place.read("other.sig")).unwrap();
    let mut forged: serde_json::Value = serde_json::from_str(&text).unwrap();
    forged["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"].clone();
    place.write("forged.sig", forged.to_string().as_bytes());
    assert!(!place.accepted_there("model", "forged.sig"));
    let refused = verified_here(&place.read("forged.sig"), place.manifest().node(), &key(ALICE));
    assert!(matches!(refused, Err(VerifyError::Signature(_))));
    assert!(Path::new(&place.path("theirs.sig")).exists());
}
