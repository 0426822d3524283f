//! What a record says, and that it says no more than was seen.

use brattice_attest::bundle::Bundle;
use brattice_attest::key::{Algorithm, SigningKey};
use brattice_digest::{Sha256, strict_json};
use brattice_runner::{Hold, RUN_FORMAT, RecordError, RunRecord, Tier, WorkspaceKind};

use crate::support::{Scene, skip};

#[test]
fn a_run_that_held_everything_is_of_tier_a() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("workspace/b", "2");
    scene.put("workspace/a/x", "1");
    let ran = scene.sh("echo out");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "out\n"), "{ran:?}");
    let record = scene.record();
    assert_eq!((record.format.as_str(), record.tier), (RUN_FORMAT, Tier::A));
    for name in ["filesystem", "processes", "network", "ipc", "credentials", "environment", "descriptors"] {
        assert_eq!(record.guarantees.get(name), Some(&Hold::Held), "{name}");
    }
    for name in ["privileges", "log-masking", "cleanup"] {
        assert_eq!(record.guarantees.get(name), Some(&Hold::Held), "{name}");
    }
    // Nothing counts memory and processes, and the record says so.
    for name in ["memory", "pids", "disk", "inodes", "time"] {
        assert_eq!(record.limits[name].state, Hold::Missing, "{name}");
    }
    let materials: Vec<_> = record.materials.iter().map(|it| (it.path.as_str(), it.sha256)).collect();
    assert_eq!(materials, [("a/x", Sha256::of(b"1")), ("b", Sha256::of(b"2"))]);
    let lines = format!("100644 a/x\0{}\n100644 b\0{}\n", Sha256::of(b"1"), Sha256::of(b"2"));
    assert_eq!(record.workspace.sha256, Sha256::of(lines.as_bytes()));
    assert_eq!(record.workspace.kind, WorkspaceKind::Directory);
    assert_eq!((record.log.sha256, record.log.bytes, record.log.masked), (Sha256::of(b"out\n"), 4, 0));
    assert!(record.invoker.is_none() && record.started <= record.ended);
    assert!(record.packages.is_empty() && record.egress.is_empty());
}

#[test]
fn the_invocation_is_signed_over_command_and_workspace() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("workspace/file", "content");
    let ran = scene.with("seed", "7").run(&["echo", "hello"]);
    let record = scene.record();
    let bundle = ran.told.lines().find_map(|it| it.strip_prefix("invocation: ")).unwrap().as_bytes();
    let key = SigningKey::from_seed(Algorithm::Ed25519, &[7; 32]).unwrap();
    let invoker = record.invoker.unwrap();
    assert_eq!(invoker.key, key.public().key_id().to_string());
    assert_eq!(invoker.invocation.sha256, Sha256::of(bundle));
    let bundle = Bundle::read(bundle).unwrap();
    bundle.envelope().verify(key.public()).unwrap();
    let statement = strict_json(&bundle.envelope().payload).unwrap();
    assert_eq!(statement["predicateType"], "urn:brattice:invocation:v1");
    assert_eq!(statement["predicate"]["command"], serde_json::json!(record.command));
    assert_eq!(statement["predicate"]["workspace"]["sha256"], record.workspace.sha256.to_hex());
    assert_eq!(statement["subject"][0]["annotations"]["kind"], "directory");
}

#[test]
fn a_clean_checkout_is_a_git_tree_and_a_changed_one_is_not() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("workspace/train.py", "print(1)");
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "first"]] {
        let git = std::process::Command::new("git")
            .current_dir(scene.workspace())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.test"])
            .args(arguments)
            .status();
        if !git.is_ok_and(|it| it.success()) {
            return skip("git is missing");
        }
    }
    // What the job does to its own view of the repository stays there.
    let ran = scene.sh("echo changed > train.py; rm -rf .git/hooks; cat .git/HEAD");
    assert_eq!(ran.code, 0, "{ran:?}");
    let workspace = scene.record().workspace;
    assert_eq!((workspace.kind, workspace.git_commit.map(|it| it.len())), (WorkspaceKind::GitTree, Some(40)));
    assert_eq!(scene.read("workspace/train.py"), "print(1)");
    scene.put("workspace/untracked", "");
    scene.sh(":");
    let workspace = scene.record().workspace;
    assert_eq!((workspace.kind, workspace.git_commit), (WorkspaceKind::Directory, None));
}

#[test]
fn a_record_names_what_else_the_job_was_given_and_tells_no_value() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("shared/data", "content");
    scene.put("hunter2-horse/file", "content");
    let shared = scene.path("shared").canonicalize().unwrap().display().to_string();
    let link = scene.path("link");
    std::os::unix::fs::symlink(&shared, &link).unwrap();
    let masked = scene.path("hunter2-horse").display().to_string();
    scene.with("read-only", link.to_str().unwrap()).with("read-only", &masked);
    scene
        .with("env", "SEED=forty-two")
        .with("env", "A_hunter2-horse=1")
        .with_secret("TOKEN", "hunter2-horse");
    let ran = scene.sh(&format!("cat {shared}/data; printf %s \"$SEED\""));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "contentforty-two"), "{ran:?}");
    let record = scene.record();
    assert_eq!(record.mounts, [shared, masked.replace("hunter2-horse", "***")]);
    assert_eq!(record.environment, ["A_***", "SEED"]);
    assert!(!scene.read("record.json").contains("forty-two"));
    // Records of before these fields are read.
    let mut older: serde_json::Value = serde_json::from_str(&scene.read("record.json")).unwrap();
    for field in ["mounts", "environment"] {
        older.as_object_mut().unwrap().remove(field).unwrap();
    }
    let older = RunRecord::read(older.to_string().as_bytes()).unwrap();
    assert!(older.mounts.is_empty() && older.environment.is_empty());
}

#[test]
fn a_record_reads_back_and_its_bytes_are_canonical() {
    let Some(mut scene) = Scene::new() else { return };
    scene.sh(":");
    let bytes = scene.read("record.json");
    assert_eq!(scene.record().to_bytes().unwrap(), bytes.as_bytes());
    let newer = bytes.replacen('{', "{\"later\":1,", 1);
    assert!(RunRecord::read(newer.as_bytes()).is_ok(), "a field of a later version is passed over");
    for bad in [
        "{}".to_owned(),
        bytes.replace("brattice.run/1", "brattice.run/2"),
        bytes.replace("\"tier\":\"A\"", "\"tier\":\"S\""),
        bytes.replacen('{', "{\"tier\":\"A\",", 1),
        bytes.replace("\"held\"", "\"HELD\""),
        format!("{bytes}x"),
    ] {
        assert!(RunRecord::read(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(matches!(RunRecord::read(b"{}"), Err(RecordError::Format { .. })));
}

#[test]
fn the_schema_names_every_field_of_the_contract() {
    let schema = schemars::schema_for!(RunRecord);
    let properties = schema.get("properties").and_then(|it| it.as_object()).unwrap();
    let names: Vec<&str> = properties.keys().map(String::as_str).collect();
    for name in [
        "format",
        "command",
        "exit",
        "invoker",
        "started",
        "ended",
        "tier",
        "guarantees",
        "limits",
        "peaks",
        "materials",
        "products",
        "packages",
        "egress",
        "log",
        "secrets",
        "mounts",
        "environment",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}
