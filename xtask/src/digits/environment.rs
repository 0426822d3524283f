//! The Python environment of the example, outside the workspace, from the lock file with hashes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Makes the environment, or takes the one that this lock file has already made. Returns its directory.
///
/// Until the package gateway exists, the packages are installed before the run and mounted read-only.
pub fn python_environment(work: &Path, say: &mut dyn FnMut(&str)) -> anyhow::Result<PathBuf> {
    let lock = crate::root().join("examples/digits/requirements.txt");
    let content = fs::read_to_string(&lock).with_context(|| format!("failed to read {}", lock.display()))?;
    let directory = work.join("venv");
    let stamp = directory.join("locked.txt");
    if fs::read_to_string(&stamp).ok().as_ref() == Some(&content) {
        return Ok(directory);
    }
    say("prepare   installing the locked packages into a virtual environment (once, about a minute)");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(work)?;
    succeed(Command::new("python3").arg("-m").arg("venv").arg(&directory))?;
    let pip = directory.join("bin/pip");
    succeed(
        Command::new(pip)
            .args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"])
            .args(["--only-binary", ":all:", "--requirement"])
            .arg(&lock),
    )?;
    fs::write(stamp, content)?;
    Ok(directory)
}

fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("failed to start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed: the example needs python3 (3.11 or later) with venv, and a package index");
    }
    Ok(())
}
