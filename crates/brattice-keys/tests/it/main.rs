//! Key files at the boundary: what is made, and what must be refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use brattice_attest::key::{Algorithm, SigningKey};
use brattice_attest::trust::Trust;
use brattice_keys::{
    CreateError, CreatedKey, KEY_FILE_BYTES_MAX, KeyCreation, LoadError, create, list, load_public_key,
    load_signing_key, public_path, random_nonce, trust_snippet,
};
use brattice_store::read_bounded;
use tempfile::TempDir;

fn made(directory: &Path, name: &str, algorithm: Algorithm) -> CreatedKey {
    create(&KeyCreation { private: &directory.join(name), algorithm })
        .expect("the temporary directory can be written")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("the temporary directory can be written").permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .expect("the temporary directory can be written");
}

/// A file that only its owner can read.
fn private_file(directory: &Path, content: &[u8]) -> PathBuf {
    let path = directory.join("file.pem");
    fs::write(&path, content).expect("the temporary directory can be written");
    set_mode(&path, 0o600);
    path
}

#[test]
fn a_new_pair_loads_signs_and_verifies() {
    for algorithm in [Algorithm::EcdsaP256, Algorithm::Ed25519] {
        let directory = TempDir::new().unwrap();
        let created = made(directory.path(), "ci.pem", algorithm);
        assert_eq!(mode(&created.private), 0o600);
        assert_eq!(mode(&created.public) & 0o077, 0o044);
        let (private, public) =
            (load_signing_key(&created.private).unwrap(), load_public_key(&created.public).unwrap());
        assert_eq!(private.public(), &public);
        assert_eq!(public.key_id(), created.key_id);
        assert_eq!(public.algorithm(), algorithm);
        assert_eq!(public.verify(b"message", &private.sign(b"message")), Ok(()));
    }
}

#[test]
fn two_keys_and_two_nonces_differ() {
    let directory = TempDir::new().unwrap();
    let (a, b) = (
        made(directory.path(), "a", Algorithm::EcdsaP256).key_id,
        made(directory.path(), "b", Algorithm::EcdsaP256).key_id,
    );
    assert_ne!(a, b);
    let (a, b) = (random_nonce().unwrap(), random_nonce().unwrap());
    assert_eq!(a.len(), 32);
    assert_ne!(a, b);
}

#[test]
fn neither_half_is_ever_overwritten() {
    let directory = TempDir::new().unwrap();
    let private = directory.path().join("ci.pem");
    let creation = KeyCreation { private: &private, algorithm: Algorithm::EcdsaP256 };
    for occupied in [private.clone(), public_path(&private)] {
        fs::write(&occupied, "mine").unwrap();
        assert!(matches!(create(&creation), Err(CreateError::Write(_))));
        assert_eq!(read_bounded(&occupied, 16).unwrap(), b"mine");
        fs::remove_file(&occupied).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is left behind");
    }
    // A dangling link is a name that is taken, too.
    symlink(directory.path().join("elsewhere"), &private).unwrap();
    assert!(create(&creation).is_err());
    assert!(!directory.path().join("elsewhere").exists());
}

#[test]
fn a_private_key_that_others_can_get_at_is_refused_even_behind_a_link() {
    let directory = TempDir::new().unwrap();
    let created = made(directory.path(), "ci.pem", Algorithm::EcdsaP256);
    let link = directory.path().join("link");
    symlink(&created.private, &link).unwrap();
    assert!(load_signing_key(&link).is_ok());
    for open in [0o640, 0o604, 0o644, 0o620, 0o602, 0o610, 0o601] {
        set_mode(&created.private, open);
        for path in [&created.private, &link] {
            let error = load_signing_key(path).unwrap_err();
            assert!(matches!(error, LoadError::Permissions { mode, .. } if mode == open), "{error}");
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }
    set_mode(&created.private, 0o400);
    assert!(load_signing_key(&created.private).is_ok());
}

#[test]
fn a_pipe_a_directory_and_a_huge_file_are_refused() {
    let directory = TempDir::new().unwrap();
    let pipe = directory.path().join("pipe");
    let pipe_mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, pipe_mode, 0).unwrap();
    assert!(matches!(load_signing_key(&pipe), Err(LoadError::NotRegular { .. })));
    assert!(matches!(load_signing_key(directory.path()), Err(LoadError::NotRegular { .. })));
    let huge = private_file(directory.path(), &vec![b'A'; usize::try_from(KEY_FILE_BYTES_MAX).unwrap() + 1]);
    assert!(matches!(load_signing_key(&huge), Err(LoadError::TooLarge { .. })));
    assert!(matches!(load_public_key(&huge), Err(LoadError::Read(_))));
    assert!(matches!(load_signing_key(&directory.path().join("none")), Err(LoadError::Io { .. })));
}

#[test]
fn no_error_shows_what_the_file_holds() {
    let directory = TempDir::new().unwrap();
    let key = SigningKey::from_seed(Algorithm::Ed25519, &[7; 32]).unwrap().to_pkcs8_pem().unwrap();
    let pem = String::from_utf8(key.expose().to_vec()).unwrap();
    let material = pem.lines().nth(1).unwrap().to_owned();
    for broken in [
        pem.replace("PRIVATE KEY", "EC PRIVATE KEY"),
        pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
        format!("{material}\n{pem}"),
        pem.replace("-----END", "A-----END"),
        format!("{pem}{pem}"),
    ] {
        let path = private_file(directory.path(), broken.as_bytes());
        for error in [load_signing_key(&path).unwrap_err(), load_public_key(&path).unwrap_err()] {
            let shown = format!("{error} {error:?}");
            assert!(matches!(error, LoadError::Key { .. }), "{shown}");
            assert!(!shown.contains(&material), "{shown}");
        }
    }
    let path = private_file(directory.path(), pem.as_bytes());
    let loaded = load_signing_key(&path).unwrap();
    assert!(!format!("{loaded:?}").contains(&material));
    assert!(load_public_key(&path).unwrap_err().to_string().contains("this is a private key"));
}

#[test]
fn the_list_names_pairs_lone_public_keys_and_what_is_no_key() {
    let directory = TempDir::new().unwrap();
    let pair = made(directory.path(), "pair.pem", Algorithm::EcdsaP256);
    let lone = made(directory.path(), "lone", Algorithm::Ed25519);
    fs::remove_file(&lone.private).unwrap();
    fs::write(directory.path().join("broken.pub"), "ssh-ed25519 AAAA").unwrap();
    fs::write(directory.path().join("notes.txt"), "x").unwrap();
    let listing = list(directory.path()).unwrap();
    let found: Vec<_> = listing.keys.iter().map(|it| (it.key_id, it.private.clone())).collect();
    assert_eq!(found, [(lone.key_id, None), (pair.key_id, Some(pair.private))]);
    let unreadable: Vec<_> = listing.unreadable.iter().map(|it| it.path.clone()).collect();
    assert_eq!(unreadable, [directory.path().join("broken.pub")]);
    assert!(list(&directory.path().join("none")).is_err());
}

#[test]
fn the_snippet_is_what_a_trust_file_takes() {
    let key = SigningKey::from_seed(Algorithm::Ed25519, &[1; 32]).unwrap();
    let snippet = trust_snippet(key.public());
    insta::assert_snapshot!(snippet, @r#"{ id = "sha256:fd110d301d2f077de1414b8f99f441b1403fab207b2052fbd2c065e4ee8e7dc2", pub = "MCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=" }"#);
    let id = key.public().key_id();
    let file = format!(
        "format = \"brattice.trust/1\"\nkey = [{snippet}]\n\
         person = [{{ id = \"alice\", keys = [\"{id}\"], roles = [\"release\"] }}]\n"
    );
    let trust = Trust::parse(file.as_bytes()).unwrap();
    assert_eq!(trust.owner(&id).map(|it| it.id.as_str()), Some("alice"));
}
