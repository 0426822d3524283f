//! Running a command on a private copy of exactly the bytes that were judged.
//!
//! What was hashed by its path can be another file a moment later. The command gets a copy that was hashed
//! while it was written, in a directory that only this user can enter, and finds it in `$BRATTICE_SUBJECT`.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use brattice_keys::random_nonce;
use brattice_store::Subject;

use crate::context::Context;
use crate::exit::{Failure, chain};

/// What a shell answers for a command that is not there.
const NOT_FOUND: u8 = 127;
/// What a shell answers for a command that cannot be executed.
const NOT_EXECUTABLE: u8 = 126;

/// A directory of ours that is removed at the end.
struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    fn new(base: &Path) -> Result<Self, Failure> {
        let nonce = random_nonce().map_err(|error| Failure::incomplete(chain(&error)))?;
        let path = base.join(format!("brattice-{nonce}"));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| Failure::incomplete(format!("failed to make {}: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // What remains is readable by this user alone; there is nobody left to tell.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Copies the subject, runs the command with the copy's path in `$BRATTICE_SUBJECT`, and returns its code.
pub(crate) fn run_on_copy(
    context: &Context<'_>,
    subject: &Subject,
    command: &[OsString],
) -> Result<u8, Failure> {
    let (program, arguments) = command.split_first().ok_or_else(|| Failure::usage("no command was given"))?;
    let base = context.environment.get("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
    let directory = PrivateDirectory::new(&context.path(&base))?;
    let copy = subject.copy_to(&directory.0).map_err(|error| Failure::no(chain(&error)))?;
    let status = Command::new(program).args(arguments).env("BRATTICE_SUBJECT", &copy).status();
    match status {
        Ok(status) => Ok(match (status.code(), status.signal()) {
            (Some(code), _) => u8::try_from(code).unwrap_or(u8::MAX),
            (None, Some(signal)) => u8::try_from(128 + signal).unwrap_or(u8::MAX),
            (None, None) => u8::MAX,
        }),
        Err(error) => {
            let code = if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE };
            let name = program.to_string_lossy();
            Err(Failure::new(code, format!("failed to start `{name}`: {error}")))
        }
    }
}
