use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use brattice_runner::{RECORD_BYTES_MAX, RunRecord};
use brattice_store::read_bounded;

/// The program that launches a job from a process with a single thread.
const RUN_JOB: &str = env!("CARGO_BIN_EXE_brattice-run-job");

/// A workspace, a state directory and a place for records, side by side.
pub(crate) struct Scene {
    directory: tempfile::TempDir,
    extra: Vec<String>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Warnings, the problem or error, and the invocation.
    pub(crate) told: String,
}

impl Scene {
    /// Makes a scene, or says why the test is skipped.
    pub(crate) fn new() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let state = directory.path().join("probe");
        let probe = Command::new(RUN_JOB).arg("probe").arg(state).output().expect("it can be started");
        if !probe.status.success() {
            skip(&String::from_utf8_lossy(&probe.stdout));
            return None;
        }
        std::fs::create_dir(directory.path().join("workspace")).expect("it is empty");
        Some(Self { directory, extra: Vec::new() })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn workspace(&self) -> PathBuf {
        self.path("workspace")
    }

    /// Writes a file, given from the root of the scene.
    pub(crate) fn put(&self, path: &str, content: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("it lies beneath the scene")).expect("it can be made");
        std::fs::write(path, content).expect("it can be written");
    }

    /// Adds an option to the request.
    pub(crate) fn with(&mut self, name: &str, value: &str) -> &mut Self {
        self.extra.extend([name.to_owned(), value.to_owned()]);
        self
    }

    /// Registers a secret.
    pub(crate) fn with_secret(&mut self, name: &str, value: &str) -> &mut Self {
        self.put(&format!("secrets/{name}"), value);
        let path = self.path(&format!("secrets/{name}"));
        self.with("secret", &format!("{name}={}", path.display()))
    }

    /// Runs a shell script as the job.
    pub(crate) fn sh(&mut self, script: &str) -> Ran {
        self.run(&["sh", "-c", script])
    }

    /// Runs a command as the job and writes a record.
    pub(crate) fn run(&mut self, command: &[&str]) -> Ran {
        finish(self.start(command), &self.path("outcome"))
    }

    /// Starts a command as the job.
    pub(crate) fn start(&mut self, command: &[&str]) -> Child {
        let record = self.path("record.json");
        self.with("record", &record.display().to_string());
        Command::new(RUN_JOB)
            .args([self.path("outcome"), self.workspace(), self.path("state")])
            .args(&self.extra)
            .arg("--")
            .args(command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the helper program can be started")
    }

    /// Reads the record that the run wrote.
    pub(crate) fn record(&self) -> RunRecord {
        let bytes = self.read("record.json").into_bytes();
        RunRecord::read(&bytes).expect("a run writes a valid record")
    }

    pub(crate) fn read(&self, path: &str) -> String {
        read(&self.path(path))
    }
}

/// Waits for a run's end.
pub(crate) fn finish(child: Child, outcome: &Path) -> Ran {
    let output = child.wait_with_output().expect("the helper program ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        told: read(outcome),
    }
}

fn read(path: &Path) -> String {
    let bytes = read_bounded(path, RECORD_BYTES_MAX).expect("the run wrote it");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Waits until a running job has printed a line.
pub(crate) fn wait_for_line(child: &mut Child) {
    let stdout = child.stdout.as_mut().expect("it is piped");
    let mut byte = [0];
    while stdout.read_exact(&mut byte).is_ok() && byte != *b"\n" {}
}

/// Says that a test is skipped, which is a failure where everything is required.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn skip(missing: &str) {
    #[expect(clippy::disallowed_methods, reason = "the switch that turns skipping off")]
    let require = std::env::var_os("BRATTICE_REQUIRE_ALL").is_some_and(|it| it == "1");
    assert!(!require, "required: {missing}");
    eprintln!("skipped: {missing}");
}
