//! The newest checkpoint seen, per ledger, in a folder of the user's own.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use brattice_digest::Sha256;
use brattice_ledger::{
    CHECKPOINT_PATH, Fault, FaultKind, LedgerError, Log, SignedCheckpoint, Store, StoreError, StoreErrorKind,
    VerifierKey,
};

use super::files::{FileStore, kind_of};
use crate::read::{ReadError, read_bounded};
use crate::write::{WriteError, write_atomic};

/// The largest remembered checkpoint in bytes: the largest note.
const CHECKPOINT_BYTES_MAX: u64 = 256 << 10;

/// A folder with the newest checkpoint seen of each ledger.
///
/// It must not lie where whoever can change a ledger can change it too.
#[derive(Debug, Clone)]
pub struct Remembered {
    folder: PathBuf,
}

impl Remembered {
    /// Names the folder. It is made when something is first remembered.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    /// Returns the newest checkpoint seen of the ledger with this key, if any was.
    pub fn load(&self, key: &VerifierKey) -> Result<Option<SignedCheckpoint>, LedgerError> {
        let path = self.path_of(key);
        let bytes = match read_bounded(&path, CHECKPOINT_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(ReadError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(trouble("read", &path, &error, StoreErrorKind::Other)),
        };
        let checkpoint = SignedCheckpoint::verify(&bytes, key).map_err(|error| {
            let file = path.display().to_string();
            Fault { file, index: None, kind: FaultKind::Checkpoint(error) }
        })?;
        Ok(Some(checkpoint))
    }

    /// Refuses a ledger that does not extend what was seen of it.
    pub fn require<S: Store>(&self, log: &Log<S>) -> Result<(), LedgerError> {
        match self.load(log.verifier_key())? {
            Some(seen) => log.require_extends(seen.checkpoint()),
            None => Ok(()),
        }
    }

    /// Remembers the checkpoint of a ledger, if it extends what was seen of it; refuses it otherwise.
    ///
    /// The ledger must have been opened after everything that was remembered was written: an open
    /// [`FileStore`] holds the ledger's lock, and that is enough.
    pub fn advance<S: Store>(&self, log: &Log<S>) -> Result<(), LedgerError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder
            .create(&self.folder)
            .map_err(|error| trouble("create", &self.folder, &error, kind_of(&error)))?;
        // One at a time, so that two readers cannot put an older checkpoint over a newer one.
        let _lock = FileStore::open_exclusive(&self.folder)?;
        self.require(log)?;
        let path = self.path_of(log.verifier_key());
        let note = log.checkpoint().to_string();
        write_atomic(&path, note.as_bytes(), 0o600).map_err(|error| {
            let kind = match &error {
                WriteError::Io { source, .. } => kind_of(source),
                _ => StoreErrorKind::Other,
            };
            trouble("write", &path, &error, kind)
        })
    }

    /// Named by digest: an origin may have a `/`, and a name chosen by others should not become a path.
    fn path_of(&self, key: &VerifierKey) -> PathBuf {
        self.folder.join(format!("{}.checkpoint", Sha256::of(key.name().as_bytes())))
    }
}

/// Says that a ledger of which something was seen is not there.
pub(super) fn gone() -> LedgerError {
    Fault { file: CHECKPOINT_PATH.to_owned(), index: None, kind: FaultKind::Missing }.into()
}

fn trouble(
    operation: &'static str,
    path: &Path,
    error: &dyn std::error::Error,
    kind: StoreErrorKind,
) -> LedgerError {
    let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    StoreError { operation, path: path.display().to_string(), kind, reason }.into()
}
