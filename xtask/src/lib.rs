//! The workspace's automation, `cargo xtask NAME`: what a shell script would do elsewhere.
//!
//! Nothing here is part of the product.

#![expect(clippy::disallowed_methods, reason = "automation reads the repository's own files")]

pub mod codegen;
pub mod digits;
pub mod layers;
pub mod tidy;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// Returns the root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Returns the cargo that runs this program, so that the same toolchain is used.
pub fn cargo() -> Command {
    Command::new(option_env!("CARGO").unwrap_or("cargo"))
}

/// Builds the `brattice` binary and returns its path.
pub fn build_brattice(release: bool) -> anyhow::Result<PathBuf> {
    let mut command = cargo();
    command.current_dir(root()).args([
        "build",
        "--quiet",
        "--locked",
        "--package",
        "brattice",
        "--message-format=json",
    ]);
    if release {
        command.arg("--release");
    }
    let output = command.stderr(std::process::Stdio::inherit()).output().context("failed to start cargo")?;
    if !output.status.success() {
        bail!("failed to build brattice");
    }
    for line in String::from_utf8(output.stdout)?.lines() {
        let message: serde_json::Value = serde_json::from_str(line)?;
        if message["target"]["name"] == "brattice"
            && let Some(path) = message["executable"].as_str()
        {
            return Ok(PathBuf::from(path));
        }
    }
    bail!("cargo named no executable for brattice")
}
