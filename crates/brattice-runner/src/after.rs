//! What is looked at and copied once a job has ended. A failure here is ours, and never the job's.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::os::fd::{AsFd, AsRawFd};
use std::path::PathBuf;

use brattice_sandbox::{CollectedOutputs, CopiedOutput, Finished, JobExit, OutputError};
use brattice_secret::MaskSet;
use brattice_store::{Root, Snapshot};

use crate::pump::Pumped;
use crate::record::{Hold, RunProduct, Tier};
use crate::request::{RunError, RunRequest};
use crate::run::tier_of;
use crate::seal;

/// What stands before the paths of what a job put into `$BRATTICE_OUT`.
const OUT_DIRECTORY: &[u8] = b"$BRATTICE_OUT/";

/// What is found after the job's end. The first failure is the one that is told.
#[derive(Default)]
pub(crate) struct After {
    outputs: Vec<(&'static [u8], CopiedOutput)>,
    pub(crate) problem: Option<RunError>,
    pub(crate) warnings: Vec<String>,
}

impl After {
    pub(crate) fn fail(&mut self, error: RunError) {
        self.problem.get_or_insert(error);
    }

    pub(crate) fn require_unchanged(&mut self, snapshot: &Snapshot) {
        if !snapshot.root().is_in_place() {
            let path = snapshot.root().path().to_path_buf();
            return self.fail(RunError::WorkspaceReplaced { path });
        }
        match snapshot.changes() {
            Ok(changes) if changes.is_empty() => {}
            Ok(changes) => self.fail(RunError::WorkspaceChanged(changes)),
            Err(error) => self.fail(RunError::Snapshot(error)),
        }
    }

    /// Copies outputs out, unless nobody could say what they were made from.
    pub(crate) fn collect(&mut self, request: &RunRequest, workspace: &Root, finished: &Finished) {
        if self.problem.is_some() {
            return;
        }
        if !request.outputs.is_empty() {
            // The directory itself, not its path: that may lead elsewhere by now.
            let opened = || PathBuf::from(format!("/proc/self/fd/{}", workspace.as_fd().as_raw_fd()));
            let destination = request.output_directory.clone().unwrap_or_else(opened);
            self.take(b"", finished.collect_outputs(&destination), finished.exit());
        }
        if let Some(destination) = &request.out_directory {
            self.take(OUT_DIRECTORY, finished.collect_out_directory(destination), finished.exit());
        }
    }

    fn take(
        &mut self,
        prefix: &'static [u8],
        collected: Result<CollectedOutputs, OutputError>,
        exit: JobExit,
    ) {
        let collected = match collected {
            Ok(collected) => collected,
            Err(error) => return self.fail(RunError::Output(error)),
        };
        self.outputs.extend(collected.copied.into_iter().map(|file| (prefix, file)));
        for path in &collected.withheld {
            self.warnings.push(format!(
                "output `{}` was left behind: it would make git, another tool or a shell run code",
                path.display()
            ));
        }
        if !collected.missing.is_empty() && exit == JobExit::Code(0) {
            self.fail(RunError::MissingOutputs(collected.missing));
        }
    }

    pub(crate) fn check_tier(&mut self, required: Tier, guarantees: &BTreeMap<String, Hold>) {
        if tier_of(guarantees) > required {
            let missing = guarantees.iter().filter(|(_, hold)| **hold != Hold::Held);
            let missing = missing.map(|(name, hold)| format!("{name} ({})", hold.as_str())).collect();
            self.fail(RunError::BelowTier { required, missing });
        }
    }

    pub(crate) fn warn_of_log(&mut self, pumped: &Pumped) {
        match &pumped.write_error {
            // Whoever read the output has seen enough, as with `| head`.
            Some(error) if error.kind() == ErrorKind::BrokenPipe => {}
            Some(error) => self.warnings.push(format!("the job's output could not be passed on: {error}")),
            None => {}
        }
        for (name, count) in &pumped.by_name {
            let places = if *count == 1 { "1 place".to_owned() } else { format!("{count} places") };
            self.warnings.push(format!("secret `{name}` was masked in {places} of the job's output"));
        }
    }

    pub(crate) fn products_of(&self, masks: &MaskSet) -> Vec<RunProduct> {
        self.outputs
            .iter()
            .map(|(prefix, file)| {
                let (path, path_base64) = seal::path(&[prefix, file.path.as_bytes()].concat(), masks);
                RunProduct { path, path_base64, sha256: file.sha256, bytes: file.bytes }
            })
            .collect()
    }
}
