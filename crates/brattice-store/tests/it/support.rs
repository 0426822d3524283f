use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use brattice_store::Git;

/// Writes a file and the directories above it.
pub(crate) fn put(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("a test may write to its own directory"))
        .expect("a test may write to its own directory");
    std::fs::write(path, content).expect("a test may write to its own directory");
}

/// Returns git, or `None` after saying why the test is skipped.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn git() -> Option<Git> {
    #[expect(clippy::disallowed_methods, reason = "a test needs the machine's own PATH")]
    let (path, require) = (std::env::var_os("PATH"), std::env::var_os("BRATTICE_REQUIRE_ALL"));
    let git = Git::find(path.as_deref().unwrap_or(OsStr::new("")));
    assert!(git.is_some() || require.is_none_or(|it| it != "1"), "git is required and was not found");
    if git.is_none() {
        eprintln!("skipped: git was not found");
    }
    git
}

/// Runs git as a user would, with an identity of its own and no configuration of the machine's.
pub(crate) fn run_git(git: &Git, root: &Path, arguments: &[&str]) -> String {
    let output = Command::new(git.program())
        .current_dir(root)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("a test may write to its own directory");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a test may write to its own directory").trim().to_owned()
}

/// Sets the permission bits of a file.
pub(crate) fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .expect("a test may write to its own directory");
}
