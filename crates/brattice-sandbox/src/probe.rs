//! Tells what this machine gives, for `brattice doctor`: by trying, not by reading version numbers.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::Path;

use crate::{JobExit, JobSpec, LaunchError, launch};

/// Something that the sandbox needs, and whether this machine has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// What it is, as a short name.
    pub name: &'static str,
    /// Whether it is there.
    pub available: bool,
    /// What was seen, or what to do about it.
    pub detail: String,
}

/// Settings that decide about unprivileged user namespaces, with the value that forbids them.
const SETTINGS: [(&str, &str, &str); 3] = [
    ("user-namespaces-allowed", "/proc/sys/user/max_user_namespaces", "0"),
    ("unprivileged-user-namespaces", "/proc/sys/kernel/unprivileged_userns_clone", "0"),
    ("apparmor-user-namespaces", "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
];

/// Tries a sandbox with nothing in it, and tells what this machine gives. Like [`launch`], it wants a
/// process with one thread, and a state directory.
pub fn probe(state_dir: &Path) -> Vec<Capability> {
    let mut capabilities = Vec::new();
    for (name, path, forbidden) in SETTINGS {
        // A setting that does not exist forbids nothing.
        if let Some(value) = setting(path) {
            let available = value != forbidden;
            capabilities.push(Capability { name, available, detail: format!("`{path}` is {value}") });
        }
    }
    let workspace = state_dir.join("probe");
    // If this fails, the attempt below says why.
    let _ = fs::create_dir_all(&workspace);
    capabilities.push(match try_sandbox(&workspace, state_dir) {
        Ok(JobExit::Code(0)) => sandbox(true, "a job ran in a sandbox of its own".to_owned()),
        Ok(exit) => sandbox(false, format!("the job ended with {}", exit.code())),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|it| format!(": {it}")).unwrap_or_default();
            sandbox(false, format!("{error}{cause}"))
        }
    });
    let _ = fs::remove_dir(&workspace);
    capabilities
}

fn sandbox(available: bool, detail: String) -> Capability {
    Capability { name: "sandbox", available, detail }
}

fn try_sandbox(workspace: &Path, state_dir: &Path) -> Result<JobExit, LaunchError> {
    let command: Vec<OsString> = vec!["/bin/sh".into(), "-c".into(), ":".into()];
    let state = state_dir.join("probe-state");
    let _ = fs::create_dir_all(&state);
    let finished = launch(&JobSpec::new(command, workspace.to_owned(), state.clone()))?.wait();
    let exit = finished.exit();
    drop(finished);
    let _ = fs::remove_dir_all(&state);
    Ok(exit)
}

fn setting(path: &str) -> Option<String> {
    let mut text = String::new();
    fs::File::open(path).ok()?.take(64).read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned())
}
