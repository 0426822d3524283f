//! A secret reaches the job and nothing else.

use std::path::Path;

use crate::support::Scene;

const SECRET: &str = "hunter2-correct-horse-battery";

/// Prints a secret in every way that the masker promises to find.
const LEAK: &str = r#"
printf 'plain %s\n' "$TOKEN"
printf '%s' "user:$TOKEN@host" | base64 -w0; echo
printf '%s' "$TOKEN$TOKEN$TOKEN$TOKEN" | base64; echo
printf '%s' "$TOKEN" | od -An -tx1 | tr -d ' \n'; echo
for part in hunter2- correct- horse- battery; do printf '%s' "$part"; sleep 0.05; done; echo
printf 'error %s\n' "$TOKEN" >&2
cat /run/secrets/TOKEN
echo "$TOKEN" > left-behind
"#;

#[track_caller]
fn assert_absent(what: &str, text: &str) {
    // Half of the value would help somebody already.
    for part in ["hunter2-correct", "horse-battery", "aHVudGVyMi1jb3Jy", "68756e746572322d"] {
        assert!(!text.contains(part), "{what} holds {part}: {text}");
    }
}

fn assert_tree_is_clean(directory: &Path) {
    for entry in std::fs::read_dir(directory).expect("the scene can be read") {
        let path = entry.expect("the scene can be read").path();
        let kind = path.symlink_metadata().expect("the scene can be read");
        if kind.is_dir() {
            assert_tree_is_clean(&path);
        } else if kind.is_file() {
            let bytes = brattice_store::read_bounded(&path, 1 << 24).expect("the scene can be read");
            assert_absent(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn a_secret_is_in_nothing_that_a_run_leaves() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("workspace/file", "content");
    scene.with_secret("TOKEN", SECRET).with("seed", "7");
    // The value stands on the command line too, as it does when somebody is careless.
    let ran = scene.sh(&format!("{LEAK}\n: {SECRET}"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.starts_with("plain ***\n"), "{ran:?}");
    assert_eq!(ran.stderr, "error ***\n");
    assert_absent("stdout", &ran.stdout);
    assert_absent("warnings and invocation", &ran.told);
    std::fs::remove_dir_all(scene.path("secrets")).unwrap();
    assert_tree_is_clean(&scene.path("."));
    let record = scene.record();
    assert_eq!(record.secrets, ["TOKEN"]);
    assert!(record.log.masked >= 7, "{:?}", record.log);
    assert!(record.command[2].contains(": ***"), "{:?}", record.command);
    assert!(ran.told.contains("secret `TOKEN` was masked in"), "{}", ran.told);
}

#[test]
fn the_job_itself_has_its_secret() {
    let Some(mut scene) = Scene::new() else { return };
    scene.with_secret("TOKEN", SECRET);
    let length = SECRET.len();
    let ran = scene.sh("printf %s \"$TOKEN\" | wc -c; wc -c < /run/secrets/TOKEN");
    assert_eq!(ran.stdout, format!("{length}\n{length}\n"), "{ran:?}");
}

#[test]
fn a_value_that_cannot_be_masked_starts_nothing() {
    for value in ["abc", "true", "{}"] {
        let Some(mut scene) = Scene::new() else { return };
        scene.with_secret("TOKEN", value);
        let ran = scene.sh("echo started");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.told.contains("secret `TOKEN` cannot be masked"), "{ran:?}");
        assert!(!scene.path("record.json").exists());
    }
}

#[test]
fn output_without_secrets_passes_byte_for_byte() {
    let Some(mut scene) = Scene::new() else { return };
    scene.with_secret("TOKEN", SECRET);
    let ran = scene.sh("seq 1 200000; printf 'no newline at the end'");
    let mut expected = String::new();
    for number in 1..=200_000 {
        expected.push_str(&number.to_string());
        expected.push('\n');
    }
    expected.push_str("no newline at the end");
    assert!(ran.stdout == expected, "{} bytes of {}", ran.stdout.len(), expected.len());
    let log = scene.record().log;
    assert_eq!(
        (log.sha256, log.bytes),
        (brattice_digest::Sha256::of(expected.as_bytes()), expected.len() as u64)
    );
}
