//! A temporary directory with an environment of its own, and the programs that run in it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// Who an ordinary user is, for tests that run as root.
const NOBODY: &str = "65534";

/// The identity and the clock of every commit, so that a commit depends on its files alone.
const GIT_ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_AUTHOR_NAME", "Test"),
    ("GIT_AUTHOR_EMAIL", "test@example.org"),
    ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
    ("GIT_COMMITTER_NAME", "Test"),
    ("GIT_COMMITTER_EMAIL", "test@example.org"),
    ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_SYSTEM", "/dev/null"),
];

/// How a program ended and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Returns everything that was said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Fails with everything that was said if the code is another one.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Fails if a text was not said.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.said().contains(text), "`{text}` is not in {self:#?}");
        self
    }
}

/// A directory that disappears at the end.
pub(crate) struct Place {
    directory: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let place = Self { directory };
        for name in ["home", "state", "config", "tmp"] {
            fs::create_dir(place.path(name)).expect("a directory can be made");
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file and the directories above it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it lies in the place")).expect("directories can be made");
        fs::write(&path, text).expect("the file can be written");
    }

    #[expect(clippy::disallowed_methods, reason = "the test reads back what it wrote")]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file is there")
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let before = self.read(name);
        assert!(before.contains(from), "`{from}` is not in {name}: {before}");
        self.write(name, &before.replacen(from, to, 1));
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    /// A program in this place, with this place's environment.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(self.directory.path());
        for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "GIT_DIR", "GIT_WORK_TREE"] {
            command.env_remove(name);
        }
        for (name, directory) in
            [("HOME", "home"), ("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("TMPDIR", "tmp")]
        {
            command.env(name, self.path(directory));
        }
        command.envs(GIT_ENVIRONMENT.iter().copied());
        command
    }

    pub(crate) fn brattice(&self, arguments: &[&str]) -> Ended {
        self.brattice_in(".", &[], arguments, "")
    }

    /// Runs the binary in a directory of the place, with more variables and an input.
    pub(crate) fn brattice_in(
        &self,
        directory: &str,
        variables: &[(&str, &str)],
        arguments: &[&str],
        input: &str,
    ) -> Ended {
        let mut command = self.command(env!("CARGO_BIN_EXE_brattice"));
        command.args(arguments).current_dir(self.path(directory)).envs(variables.iter().copied());
        finish(command, input)
    }

    /// Runs the binary as a user whom permissions bind; `None` if there is no way to become one.
    pub(crate) fn brattice_unprivileged(&self, arguments: &[&str]) -> Option<Ended> {
        if !is_root(self) {
            return Some(self.brattice(arguments));
        }
        // The build directory may be closed to others.
        let program = self.path("brattice");
        fs::copy(env!("CARGO_BIN_EXE_brattice"), &program).expect("the program can be copied");
        for open in [self.path("."), program.clone()] {
            fs::set_permissions(open, PermissionsExt::from_mode(0o755)).expect("the mode can be set");
        }
        for own in ["state", "tmp", "home", "config"] {
            fs::set_permissions(self.path(own), PermissionsExt::from_mode(0o777))
                .expect("the mode can be set");
        }
        let become_nobody = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"];
        let trial = self.command("setpriv").args(become_nobody).arg("true").output();
        if !trial.is_ok_and(|it| it.status.success()) {
            skip("running as root, and `setpriv` cannot become somebody else");
            return None;
        }
        let mut command = self.command("setpriv");
        command.args(become_nobody).arg(program).args(arguments);
        Some(finish(command, ""))
    }

    /// Sets a mode.
    pub(crate) fn chmod(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), PermissionsExt::from_mode(mode)).expect("the mode can be set");
    }

    #[track_caller]
    pub(crate) fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let mut command = self.command("git");
        command.args(arguments).current_dir(self.path(directory));
        finish(command, "").ends_with(0).stdout
    }

    /// Makes a repository of what lies in a directory.
    pub(crate) fn repository(&self, directory: &str) {
        self.git(directory, &["init", "--quiet", "--initial-branch", "main", "."]);
        self.commit(directory);
    }

    /// Commits everything in a directory.
    pub(crate) fn commit(&self, directory: &str) {
        self.git(directory, &["add", "--all"]);
        self.git(directory, &["commit", "--quiet", "--message", "a commit"]);
    }
}

fn is_root(place: &Place) -> bool {
    place.command("id").arg("-u").output().is_ok_and(|it| it.stdout == b"0\n")
}

/// Runs a program to its end.
pub(crate) fn finish(mut command: Command, input: &str) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A program that does not read its input closes the pipe; that is no failure of the test.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Returns whether a sandbox can be made here, and says so if not.
pub(crate) fn has_sandbox() -> bool {
    static TRIAL: OnceLock<Option<String>> = OnceLock::new();
    let missing = TRIAL.get_or_init(|| {
        let place = Place::new();
        let doctor = place.brattice(&["doctor"]);
        (doctor.code != 0).then(|| doctor.said())
    });
    match missing {
        None => true,
        Some(why) => {
            skip(&format!("there is no sandbox here: {why}"));
            false
        }
    }
}

/// Says why a test did nothing; where everything is demanded, that is a failure.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn skip(why: &str) {
    #[expect(clippy::disallowed_methods, reason = "the switch that turns skipping off")]
    let demanded = std::env::var_os("BRATTICE_REQUIRE_ALL").is_some_and(|it| it == "1");
    assert!(!demanded, "cannot be skipped: {why}");
    println!("skipped: {why}");
}
