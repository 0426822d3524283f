//! The boundary of the crate: a directory in, a result out.

#[cfg(test)]
mod collecting;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod labelled;
#[cfg(test)]
mod note;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod since;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use brattice_finding::Finding;
use brattice_rules::{Registry, Settings};
use brattice_rules_pipeline::RULES;
use brattice_scan::{ScanError, ScanRequest, ScanResult, Target, scan};
use brattice_store::Git;
use tempfile::TempDir;

/// A workflow in which anyone who opens an issue runs commands.
const INJECTION: &str = "\
on: issues
permissions: {}
jobs:
  greet:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ github.event.issue.title }}
";

/// A workflow with nothing to find.
const CLEAN: &str = "\
on: push
permissions: {}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: make
";

/// A directory to scan.
struct Tree {
    directory: TempDir,
}

impl Tree {
    /// Makes a directory that is not a repository.
    fn plain(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let tree = Self { directory };
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    /// Makes a git repository with one commit, or says why it cannot.
    fn repository(files: &[(&str, &str)]) -> Self {
        let tree = Self::plain(files);
        tree.git(&["init", "-q", "-b", "main"]);
        tree.commit();
        tree
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("paths have a parent")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .status()
            .expect("git runs");
        assert!(status.success(), "git {arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "-A", "-f"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "c"]);
    }

    fn scan(&self) -> ScanResult {
        self.ask(&Ask::default()).expect("a result")
    }

    fn since(&self, reference: &str) -> ScanResult {
        self.ask(&Ask { since: Some(reference), ..Ask::default() }).expect("a result")
    }

    fn ask(&self, ask: &Ask<'_>) -> Result<ScanResult, ScanError> {
        let registry = registry();
        let git = git();
        let paths: Vec<PathBuf> = match ask.paths {
            [] => vec![self.path().to_path_buf()],
            paths => paths.iter().map(|it| self.path().join(it)).collect(),
        };
        let baseline = ask.baseline.map(|it| self.path().join(it));
        scan(&ScanRequest {
            target: Target::Paths(&paths),
            areas: &[],
            registry: &registry,
            own_settings: &ask.own_settings,
            repository_settings: !ask.without_settings,
            inline_ignores: !ask.without_settings,
            baseline: baseline.as_deref(),
            since: ask.since,
            git: git.as_ref(),
            today: TODAY.parse().expect("a day"),
        })
    }
}

/// What a test asks for beyond the whole directory.
#[derive(Default)]
struct Ask<'a> {
    paths: &'a [&'a str],
    own_settings: Settings,
    without_settings: bool,
    baseline: Option<&'a str>,
    since: Option<&'a str>,
}

const TODAY: &str = "2027-01-31";

fn registry() -> Registry {
    Registry::new(&[RULES]).expect("names differ")
}

#[expect(clippy::disallowed_methods, reason = "the test's own search path finds the test's git")]
fn git() -> Option<Git> {
    Git::find(&std::env::var_os("PATH")?)
}

/// Says why a test cannot run here; fails where everything is required.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "says what the tester must know")]
fn has_git() -> bool {
    let found = git().is_some();
    if !found {
        assert!(std::env::var_os("BRATTICE_REQUIRE_ALL").is_none(), "git is required");
        println!("skipped: there is no git");
    }
    found
}

/// One line per finding.
fn told<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<String> {
    findings
        .into_iter()
        .map(|it| {
            let line = it.location.as_span().map_or(0, |place| place.line);
            format!("{}:{line} {}", it.location.path().display(), it.rule.id)
        })
        .collect()
}

/// One line per input that is not complete.
fn unread(result: &ScanResult) -> Vec<String> {
    let problems = result.inputs.iter().flat_map(|input| {
        input.problems.iter().map(|it| format!("{} {}", input.path.display(), it.code)).collect::<Vec<_>>()
    });
    problems.collect()
}
