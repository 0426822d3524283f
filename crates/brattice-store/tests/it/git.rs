use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::path::Path;

use brattice_store::{
    Git, GitError, GitTreeMode, Repository, Root, Snapshot, SnapshotError, WorkspaceIdentity, work_tree_root,
};

use crate::support::{git, put, run_git, set_mode};

/// Something that a user does to a tree.
type Edit = fn(&Git, &Path);

/// A repository with one commit of a file, an executable and a link.
fn committed(git: &Git) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a test may write to its own directory");
    let root = directory.path();
    run_git(git, root, &["init", "-q"]);
    put(root, "src/main.py", b"print(1)\n");
    put(root, "run.sh", b"#!/bin/sh\n");
    set_mode(&root.join("run.sh"), 0o755);
    symlink("run.sh", root.join("link")).expect("a test may write to its own directory");
    run_git(git, root, &["add", "."]);
    run_git(git, root, &["commit", "-q", "-m", "first"]);
    directory
}

fn identity(git: &Git, root: &Path) -> WorkspaceIdentity {
    Snapshot::take(Root::open(root).expect("a test may write to its own directory"), Some(git))
        .expect("a test may write to its own directory")
        .identity()
        .clone()
}

#[test]
fn a_clean_tree_is_a_git_tree_with_its_commit() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    let head = run_git(&git, directory.path(), &["rev-parse", "HEAD"]);
    let WorkspaceIdentity::GitTree { commit, sha256 } = identity(&git, directory.path()) else {
        panic!("not a git tree");
    };
    assert_eq!(commit.as_str(), head);
    // The same content without git has the same digest and another kind.
    let without = Snapshot::take(Root::open(directory.path()).unwrap(), None).unwrap();
    assert_eq!(without.identity(), &WorkspaceIdentity::Directory { sha256 });
}

#[test]
fn anything_beside_head_makes_it_a_directory() {
    let Some(git) = git() else { return };
    let edits: [(&str, Edit); 8] = [
        ("modified", |_, root| put(root, "src/main.py", b"print(2)\n")),
        ("untracked", |_, root| put(root, "new", b"")),
        ("ignored", |_, root| {
            put(root, ".git/info/exclude", b"*.pyc\n");
            put(root, "x.pyc", b"");
        }),
        ("deleted", |_, root| std::fs::remove_file(root.join("run.sh")).unwrap()),
        ("mode", |_, root| {
            set_mode(&root.join("run.sh"), 0o644);
        }),
        ("link target", |_, root| {
            std::fs::remove_file(root.join("link")).unwrap();
            symlink("/etc/passwd", root.join("link")).unwrap();
        }),
        // Git itself calls these two clean: the index was told to look away.
        ("assumed unchanged", |git, root| {
            run_git(git, root, &["update-index", "--assume-unchanged", "src/main.py"]);
            put(root, "src/main.py", b"print(2)\n");
        }),
        ("staged", |git, root| {
            put(root, "src/main.py", b"print(2)\n");
            run_git(git, root, &["add", "."]);
        }),
    ];
    for (name, edit) in edits {
        let directory = committed(&git);
        edit(&git, directory.path());
        let identity = identity(&git, directory.path());
        assert!(matches!(identity, WorkspaceIdentity::Directory { .. }), "{name}");
    }
}

#[test]
fn a_repository_without_a_commit_and_a_submodule_are_directories() {
    let Some(git) = git() else { return };
    let directory = tempfile::tempdir().unwrap();
    run_git(&git, directory.path(), &["init", "-q"]);
    assert_eq!(identity(&git, directory.path()).kind(), "directory");
    let directory = committed(&git);
    let commit = run_git(&git, directory.path(), &["rev-parse", "HEAD"]);
    let entry = format!("160000,{commit},sub");
    run_git(&git, directory.path(), &["update-index", "--add", "--cacheinfo", &entry]);
    run_git(&git, directory.path(), &["commit", "-q", "-m", "submodule"]);
    assert_eq!(identity(&git, directory.path()).kind(), "directory");
}

#[test]
fn a_linked_work_tree_is_read_like_any_other() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    let linked = tempfile::tempdir().unwrap();
    let path = linked.path().join("tree");
    run_git(&git, directory.path(), &["worktree", "add", "-q", path.to_str().unwrap()]);
    assert_eq!(identity(&git, &path).kind(), "git-tree");
}

#[test]
fn a_missing_object_is_an_error_and_not_an_absence() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    let blob = run_git(&git, directory.path(), &["rev-parse", "HEAD:src/main.py"]);
    let object = directory.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    let kept = std::fs::File::open(&object).unwrap();
    std::fs::remove_file(&object).unwrap();
    let result = Snapshot::take(Root::open(directory.path()).unwrap(), Some(&git));
    assert!(matches!(result, Err(SnapshotError::Git(GitError::MissingObject { .. }))), "{result:?}");
    drop(kept);
    std::fs::write(&object, b"damaged").unwrap();
    let result = Snapshot::take(Root::open(directory.path()).unwrap(), Some(&git));
    assert!(matches!(result, Err(SnapshotError::Git(_))), "{result:?}");
}

#[test]
fn more_files_than_are_asked_for_at_once_are_compared_each() {
    let Some(git) = git() else { return };
    let directory = tempfile::tempdir().unwrap();
    run_git(&git, directory.path(), &["init", "-q"]);
    for index in 0..1_300 {
        // Longer than a pipe holds, now and then: then git waits for us.
        let length = if index % 500 == 0 { 200_000 } else { index };
        put(directory.path(), &format!("f{index:04}"), &vec![b'x'; length]);
    }
    run_git(&git, directory.path(), &["add", "."]);
    run_git(&git, directory.path(), &["commit", "-q", "-m", "many"]);
    assert_eq!(identity(&git, directory.path()).kind(), "git-tree");
    put(directory.path(), "f1299", &vec![b'y'; 1_299]);
    assert_eq!(identity(&git, directory.path()).kind(), "directory");
}

#[test]
fn references_that_are_options_or_nothing_are_refused() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    let repository = Repository::open(&git, directory.path()).unwrap();
    for reference in ["", "--all", "-h", "a\nb", &"x".repeat(5_000)] {
        assert!(matches!(repository.resolve(reference), Err(GitError::BadReference { .. })), "{reference:?}");
    }
    assert!(matches!(repository.resolve("no-such"), Err(GitError::UnknownReference { .. })));
    assert!(repository.resolve("main").is_ok());
}

#[test]
fn files_of_a_commit_are_read_as_they_were() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    put(directory.path(), "src/main.py", b"changed");
    let repository = Repository::open(&git, directory.path()).unwrap();
    let head = repository.resolve("HEAD").unwrap();
    assert_eq!(repository.file_at(&head, b"src/main.py", 100).unwrap().unwrap(), b"print(1)\n");
    assert_eq!(repository.file_at(&head, b"src/none.py", 100).unwrap(), None);
    assert_eq!(repository.file_at(&head, b"link", 100).unwrap(), None, "a link is no file");
    assert!(matches!(repository.file_at(&head, b"src/main.py", 3), Err(GitError::TooLarge { .. })));
    let modes: Vec<_> = repository.tree(&head).unwrap().into_iter().map(|it| it.mode).collect();
    assert_eq!(modes, [GitTreeMode::Symlink, GitTreeMode::Executable, GitTreeMode::Regular]);
}

#[test]
fn a_replace_ref_does_not_show_another_tree() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    let root = directory.path();
    let first = run_git(&git, root, &["rev-parse", "HEAD"]);
    put(root, "src/main.py", b"evil\n");
    run_git(&git, root, &["commit", "-q", "-a", "-m", "second"]);
    run_git(&git, root, &["update-ref", "refs/heads/other", "HEAD"]);
    run_git(&git, root, &["replace", &first, "HEAD"]);
    let repository = Repository::open(&git, root).unwrap();
    let commit = repository.resolve(&first).unwrap();
    assert_eq!(repository.file_at(&commit, b"src/main.py", 100).unwrap().unwrap(), b"print(1)\n");
}

#[test]
fn the_configuration_of_a_repository_runs_nothing() {
    let Some(git) = git() else { return };
    let directory = committed(&git);
    let root = directory.path();
    let witness = root.join(".git/ran");
    let command = format!("touch {} #", witness.display());
    let hook = root.join(".git/hooks/post-index-change");
    put(root, ".git/hooks/post-index-change", format!("#!/bin/sh\n{command}\n").as_bytes());
    set_mode(&hook, 0o755);
    // A promisor remote: git would fetch a missing object by the program that the repository names.
    for (key, value) in [
        ("core.fsmonitor", command.as_str()),
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::touch {}", witness.display())),
        ("protocol.ext.allow", "always"),
    ] {
        run_git(&git, root, &["config", key, value]);
    }
    let _ = std::fs::remove_file(&witness);
    let blob = run_git(&git, root, &["-c", "core.fsmonitor=false", "rev-parse", "HEAD:src/main.py"]);
    std::fs::remove_file(root.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    // The control: git itself, asked for the object, runs the program.
    let control = std::process::Command::new(git.program())
        .current_dir(root)
        .args(["cat-file", "-p", &blob])
        .output()
        .unwrap();
    assert!(!control.status.success());
    assert!(witness.exists(), "the trap does not work, so that this test would prove nothing");
    std::fs::remove_file(&witness).unwrap();
    let result = Snapshot::take(Root::open(root).unwrap(), Some(&git));
    assert!(matches!(result, Err(SnapshotError::Git(_))), "{result:?}");
    assert!(!witness.exists());
}

#[test]
fn git_is_not_taken_from_the_tree_itself() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "git", b"#!/bin/sh\n");
    set_mode(&directory.path().join("git"), 0o755);
    assert!(Git::find(directory.path().as_os_str()).is_some());
    for search_path in [".", "", "bin:.", "../x"] {
        assert!(Git::find(OsStr::new(search_path)).is_none(), "{search_path:?}");
    }
}

#[test]
fn the_root_of_a_work_tree_is_found_from_below() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "r/.git/HEAD", b"");
    put(directory.path(), "r/a/b/c", b"");
    assert_eq!(work_tree_root(&directory.path().join("r/a/b")), Some(directory.path().join("r")));
}
