use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use brattice_digest::Sha256;
use brattice_store::{
    Change, ChangeKind, FileKind, ReadError, Root, Snapshot, SnapshotError, WalkLimits, WalkProblemKind,
    WorkspaceIdentity, read_bounded, walk,
};

use crate::support::{put, set_mode};

fn listed(root: &Path, limits: &WalkLimits) -> (Vec<String>, usize) {
    let walked = walk(&Root::open(root).expect("a test may write to its own directory"), limits, |path| {
        path != b".git"
    });
    let names = walked.entries.iter().map(|it| String::from_utf8_lossy(&it.path).into_owned()).collect();
    (names, walked.problems.len())
}

#[test]
fn names_come_sorted_by_bytes_and_links_are_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    for path in ["a/x", "a.b", "a/y/z", ".git/config", "b/c"] {
        put(directory.path(), path, b"");
    }
    symlink("/etc", directory.path().join("link")).unwrap();
    symlink(".", directory.path().join("a/loop")).unwrap();
    let (names, problems) = listed(directory.path(), &WalkLimits::USUAL);
    assert_eq!(names, [".git", "a", "a.b", "a/loop", "a/x", "a/y", "a/y/z", "b", "b/c", "link"]);
    assert_eq!(problems, 0);
}

#[test]
fn every_limit_is_a_problem_and_never_a_shorter_list_in_silence() {
    let directory = tempfile::tempdir().unwrap();
    for path in ["a/b/c/d", "e", "f"] {
        put(directory.path(), path, b"");
    }
    let root = Root::open(directory.path()).unwrap();
    let usual = WalkLimits::USUAL;
    let kinds = |limits: WalkLimits| {
        let walked = walk(&root, &limits, |_| true);
        (walked.entries.len(), walked.problems.into_iter().map(|it| it.kind).collect::<Vec<_>>())
    };
    let (count, problems) = kinds(WalkLimits { depth_max: 2, ..usual });
    assert!(matches!(problems[..], [WalkProblemKind::TooDeep]), "{problems:?}");
    assert_eq!(count, 4);
    let (count, problems) = kinds(WalkLimits { entries_max: 3, ..usual });
    assert!(matches!(problems[..], [WalkProblemKind::TooManyEntries]), "{problems:?}");
    assert_eq!(count, 3);
    let (_, problems) = kinds(WalkLimits { path_bytes_max: 5, ..usual });
    assert!(matches!(problems[..], [WalkProblemKind::PathTooLong]), "{problems:?}");
}

#[test]
fn nothing_outside_the_root_can_be_opened() {
    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "secret", b"outside");
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "d/f", b"inside");
    symlink(outside.path(), directory.path().join("out")).unwrap();
    symlink(outside.path().join("secret"), directory.path().join("file")).unwrap();
    symlink("d", directory.path().join("within")).unwrap();
    let root = Root::open(directory.path()).unwrap();
    assert_eq!(root.read(b"d/f", 10).unwrap(), b"inside");
    for path in [
        "",
        "/etc/passwd",
        "..",
        "../x",
        "d/../d/f",
        "./d/f",
        "d//f",
        "d/f/",
        "out/secret",
        "file",
        "within/f",
        "d\0",
    ] {
        let result = root.read(path.as_bytes(), 10);
        assert!(matches!(result, Err(ReadError::Escapes { .. })), "{path:?} gave {result:?}");
        assert!(root.hash(path.as_bytes()).is_err(), "{path:?}");
    }
    assert!(root.state(b"out/secret").is_err());
    assert!(root.read_link(b"out/secret").is_err());
    assert_eq!(root.state(b"file").unwrap().kind, FileKind::Symlink);
    assert!(root.read(b"d/none", 10).unwrap_err().is_not_found());
}

#[test]
fn only_regular_files_within_the_limit_are_read() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "f", b"12345");
    let pipe = directory.path().join("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let _socket = UnixListener::bind(directory.path().join("socket")).unwrap();
    let root = Root::open(directory.path()).unwrap();
    assert_eq!(read_bounded(&directory.path().join("f"), 5).unwrap(), b"12345");
    assert!(matches!(root.read(b"f", 4), Err(ReadError::TooLarge { bytes_max: 4, .. })));
    assert!(matches!(read_bounded(&pipe, 4), Err(ReadError::NotRegular { .. })));
    assert!(matches!(read_bounded(directory.path(), 4), Err(ReadError::NotRegular { .. })));
    for name in [&b"pipe"[..], b"socket"] {
        assert!(matches!(root.hash(name), Err(ReadError::NotRegular { .. })));
    }
    // A file that claims no size is still limited.
    assert!(matches!(read_bounded(Path::new("/proc/self/maps"), 10), Err(ReadError::TooLarge { .. })));
}

#[test]
fn a_hash_describes_the_whole_file() {
    let directory = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..3_000_001_u32).map(|it| (it % 251) as u8).collect();
    put(directory.path(), "big", &content);
    put(directory.path(), "empty", b"");
    let root = Root::open(directory.path()).unwrap();
    assert_eq!(root.hash(b"big").unwrap().sha256, Sha256::of(&content));
    assert_eq!(root.hash(b"empty").unwrap().sha256, Sha256::of(b""));
}

#[test]
fn a_file_that_grows_while_it_is_hashed_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "log", &vec![0; 8 << 20]);
    let mut writer = std::fs::OpenOptions::new().append(true).open(directory.path().join("log")).unwrap();
    let root = Root::open(directory.path()).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                writer.write_all(b"x").unwrap();
            }
        });
        // One append may fall between two attempts; over many attempts some must be noticed.
        let noticed = (0..200).any(|_| matches!(root.hash(b"log"), Err(ReadError::Changed { .. })));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(noticed);
    });
}

fn snapshot(root: &Path) -> Result<Snapshot, SnapshotError> {
    Snapshot::take(Root::open(root).expect("a test may write to its own directory"), None)
}

#[test]
fn a_snapshot_lists_files_and_links_and_leaves_git_out() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "b", b"2");
    put(directory.path(), "a/x", b"1");
    put(directory.path(), ".git/HEAD", b"ref");
    symlink("a/x", directory.path().join("l")).unwrap();
    set_mode(&directory.path().join("b"), 0o755);
    let taken = snapshot(directory.path()).unwrap();
    let lines = format!(
        "100644 a/x\0{}\n100755 b\0{}\n120000 l\0{}\n",
        Sha256::of(b"1"),
        Sha256::of(b"2"),
        Sha256::of(b"a/x")
    );
    assert_eq!(taken.identity(), &WorkspaceIdentity::Directory { sha256: Sha256::of(lines.as_bytes()) });
    assert_eq!(taken.changes().unwrap(), []);
}

#[test]
fn every_later_change_is_seen_even_with_the_old_times_put_back() {
    let directory = tempfile::tempdir().unwrap();
    for path in ["content", "gone", "mode", "same", "kind"] {
        put(directory.path(), path, b"12");
    }
    let taken = snapshot(directory.path()).unwrap();
    let at = |name: &str| directory.path().join(name);
    let modified = at("content").metadata().unwrap().modified().unwrap();
    std::fs::write(at("content"), b"34").unwrap();
    std::fs::File::options().write(true).open(at("content")).unwrap().set_modified(modified).unwrap();
    std::fs::remove_file(at("gone")).unwrap();
    set_mode(&at("mode"), 0o755);
    std::fs::remove_file(at("kind")).unwrap();
    symlink("same", at("kind")).unwrap();
    put(directory.path(), "new/file", b"");
    let change = |path: &str, kind| Change { path: path.as_bytes().to_vec(), kind };
    assert_eq!(
        taken.changes().unwrap(),
        [
            change("content", ChangeKind::Modified),
            change("gone", ChangeKind::Removed),
            change("kind", ChangeKind::Modified),
            change("mode", ChangeKind::Modified),
            change("new/file", ChangeKind::Added),
        ]
    );
}

#[test]
fn a_socket_or_pipe_in_the_workspace_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "a", b"");
    let _socket = UnixListener::bind(directory.path().join("agent.sock")).unwrap();
    let error = snapshot(directory.path()).unwrap_err();
    assert!(
        matches!(&error, SnapshotError::SpecialFile { path } if path == Path::new("agent.sock")),
        "{error}"
    );
}

#[test]
fn a_socket_within_git_is_refused_before_and_noticed_after() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), ".git/objects/ab/cd", b"");
    let taken = snapshot(directory.path()).unwrap();
    let _socket = UnixListener::bind(directory.path().join(".git/objects/monitor.ipc")).unwrap();
    for error in [taken.changes().unwrap_err(), snapshot(directory.path()).unwrap_err()] {
        assert!(matches!(error, SnapshotError::SpecialFile { .. }), "{error}");
    }
}

#[test]
fn an_unreadable_directory_is_an_error_and_not_an_empty_one() {
    let directory = tempfile::tempdir().unwrap();
    put(directory.path(), "d/f", b"");
    set_mode(&directory.path().join("d"), 0o000);
    let result = snapshot(directory.path());
    // The superuser reads it all the same.
    if rustix::process::geteuid().is_root() {
        assert_eq!(result.unwrap().files().len(), 1);
    } else {
        assert!(matches!(result, Err(SnapshotError::Incomplete { .. })), "{result:?}");
    }
    set_mode(&directory.path().join("d"), 0o755);
}

#[test]
fn a_root_whose_path_leads_elsewhere_is_not_in_place() {
    let directory = tempfile::tempdir().unwrap();
    let (path, away) = (directory.path().join("root"), directory.path().join("away"));
    std::fs::create_dir(&path).unwrap();
    let root = Root::open(&path).unwrap();
    assert!(root.is_in_place());
    std::fs::rename(&path, &away).unwrap();
    assert!(!root.is_in_place(), "nothing is there");
    std::os::unix::fs::symlink(&away, &path).unwrap();
    assert!(!root.is_in_place(), "a link is there, be it to the same directory");
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(!root.is_in_place(), "another directory is there");
    std::fs::remove_dir(&path).unwrap();
    std::fs::rename(&away, &path).unwrap();
    assert!(root.is_in_place());
}
