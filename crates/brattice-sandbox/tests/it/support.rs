//! Runs scripts inside and outside of a sandbox.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// An ordinary user that every system has.
const NOBODY: u32 = 65534;

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) report: String,
}

impl Ran {
    /// Returns whether the report has a line that starts like this.
    pub(crate) fn reports(&self, start: &str) -> bool {
        self.report.lines().any(|it| it.starts_with(start))
    }
}

/// A place to launch from: a home with a workspace, a state directory and a copy of the launcher.
pub(crate) struct Place {
    home: tempfile::TempDir,
    identity: Option<u32>,
    options: Vec<String>,
    search_path: String,
}

/// Does something as the calling user and, if that is root, as an ordinary user; skips without namespaces.
pub(crate) fn for_each_user(check: impl Fn(Place)) {
    let mut identities = vec![None];
    if rustix::process::geteuid().is_root() {
        identities.push(Some(NOBODY));
    }
    for identity in identities {
        let place = Place::new(identity);
        let trial = place.run(":");
        if trial.reports("refused create the namespaces") {
            skip(&trial.report);
            return;
        }
        assert_eq!(trial.code, 0, "{trial:?}");
        check(Place::new(identity));
    }
}

/// Says why a test did nothing; where everything is demanded, that is a failure.
#[expect(clippy::disallowed_methods, reason = "the test suite's own switch")]
#[expect(clippy::print_stdout, reason = "people want to see what was skipped")]
pub(crate) fn skip(why: &str) {
    let demanded = std::env::var_os("BRATTICE_REQUIRE_ALL").is_some_and(|it| it == "1");
    assert!(!demanded, "cannot be skipped: {why}");
    println!("skipped: {why}");
}

/// Returns whether a program exists on the system, and says so if not.
pub(crate) fn has(program: &str) -> bool {
    let found = ["/usr/bin", "/bin", "/usr/sbin"].iter().any(|it| Path::new(it).join(program).exists());
    if !found {
        skip(&format!("there is no `{program}`"));
    }
    found
}

/// Tries until it holds; fails when it never does.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("never: {what}");
}

/// Returns whether the host has a process whose command line holds this text.
pub(crate) fn host_runs(marker: &str) -> bool {
    let processes = fs::read_dir("/proc")
        .expect("the test's own files and processes are in order")
        .filter_map(Result::ok);
    processes
        .filter_map(|it| bytes_of(&it.path().join("cmdline")))
        .any(|it| String::from_utf8_lossy(&it).contains(marker))
}

#[expect(clippy::disallowed_methods, reason = "files of the test's own and of /proc")]
fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok()
}

/// Reads a file of a test.
pub(crate) fn text_of(path: &Path) -> String {
    String::from_utf8_lossy(&bytes_of(path).unwrap_or_default()).into_owned()
}

impl Place {
    fn new(identity: Option<u32>) -> Self {
        let home = tempfile::tempdir().expect("the test's own files and processes are in order");
        let place = Self { home, identity, options: Vec::new(), search_path: "/usr/bin:/bin".to_owned() };
        fs::create_dir(place.workspace()).expect("the test's own files and processes are in order");
        // By a process of its own: a file that this one has open for writing, and with it every child that
        // another thread starts meanwhile, could not be executed.
        let source = env!("CARGO_BIN_EXE_brattice-sandbox-launch");
        let copied = Command::new("/bin/cp").arg(source).arg(place.launcher()).status();
        assert!(copied.is_ok_and(|it| it.success()), "the launcher can be copied");
        fs::set_permissions(place.home(), fs::Permissions::from_mode(0o755))
            .expect("the test's own files and processes are in order");
        for path in [place.home().to_owned(), place.workspace(), place.launcher()] {
            chown(path, identity, identity).expect("the test's own files and processes are in order");
        }
        place
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.home().join("workspace")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.home().join("state")
    }

    pub(crate) fn is_root(&self) -> bool {
        self.identity.is_none() && rustix::process::geteuid().is_root()
    }

    pub(crate) fn uid(&self) -> Option<u32> {
        self.identity
    }

    fn launcher(&self) -> PathBuf {
        self.home().join("launch")
    }

    /// Adds options of the launcher.
    pub(crate) fn with(mut self, options: &[&str]) -> Self {
        self.options.extend(options.iter().map(|it| (*it).to_owned()));
        self
    }

    /// Sets the launcher's search path.
    pub(crate) fn with_search_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.search_path);
        self
    }

    /// Writes a file as the user whom the job runs as.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home().join(name);
        let made = self.control(
            &format!("mkdir -p \"$(dirname '{0}')\" && printf %s \"$CONTENT\" > '{0}'", path.display()),
            content,
        );
        assert_eq!(made.code, 0, "{made:?}");
        path
    }

    /// Runs a script without a sandbox, as the same user, with `CONTENT` in its environment.
    pub(crate) fn control(&self, script: &str, content: &str) -> Ran {
        let mut command = self.command(OsStr::new("/bin/sh"));
        command.args(["-c", script]).env("CONTENT", content).current_dir(self.workspace());
        self.finish(&mut command)
    }

    /// Runs a shell script in a sandbox.
    pub(crate) fn run(&self, script: &str) -> Ran {
        self.run_command(&["/bin/sh", "-c", script])
    }

    /// Runs a program in a sandbox.
    pub(crate) fn run_command(&self, words: &[&str]) -> Ran {
        self.finish(&mut self.launch(words))
    }

    /// Prepares a launch.
    pub(crate) fn launch(&self, words: &[&str]) -> Command {
        let mut command = self.command(self.launcher().as_os_str());
        command.args(self.arguments(words));
        command
    }

    /// Returns the arguments of the launcher for a command.
    pub(crate) fn arguments(&self, words: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = Vec::new();
        for (flag, path) in [
            ("--workspace", self.workspace()),
            ("--state", self.state()),
            ("--report", self.home().join("report")),
        ] {
            arguments.extend([flag.to_owned(), path.display().to_string()]);
        }
        arguments.extend(["--path".to_owned(), self.search_path.clone()]);
        arguments.extend(self.options.iter().cloned());
        arguments.push("--".to_owned());
        arguments.extend(words.iter().map(|it| (*it).to_owned()));
        arguments
    }

    /// Prepares a program outside of any sandbox, as the user whom the job runs as.
    pub(crate) fn command(&self, program: &OsStr) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin").stdin(Stdio::null());
        command.env("HOST_MARKER", "host-marker-value").current_dir("/");
        if let Some(id) = self.identity {
            command.uid(id).gid(id);
        }
        command
    }

    /// Runs a prepared command to its end.
    pub(crate) fn finish(&self, command: &mut Command) -> Ran {
        let report = self.home().join("report");
        let _ = fs::remove_file(&report);
        let output = command.output().expect("the test's own files and processes are in order");
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            report: text_of(&report),
        }
    }

    /// Asserts that no directory of a job is left.
    pub(crate) fn assert_clean(&self) {
        let left: Vec<_> = fs::read_dir(self.state())
            .expect("the test's own files and processes are in order")
            .map(|it| it.expect("the test's own files and processes are in order").file_name())
            .collect();
        assert_eq!(left, ["lock"]);
    }
}
