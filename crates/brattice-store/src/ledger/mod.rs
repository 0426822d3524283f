//! The ledger on this machine: plain files in a folder, its key pair outside it, and what was last seen of it.
//!
//! What it is for: [`FileStore`] keeps a ledger's files so that an acknowledged record survives a crash and
//! appenders take turns; [`init`] makes a ledger and its keys; [`append`], [`open`] and [`verify`] are the ways in;
//! [`Remembered`] keeps the newest checkpoint per ledger, which alone shows that a ledger was put back.
//!
//! What it is not: it knows no paths of its own. Where the ledger, the key and the state lie, the caller says.

mod files;
mod init;
mod remembered;

use std::path::Path;

use brattice_ledger::{
    AppendResult, CHECKPOINT_PATH, Checkpoint, KeyError, LedgerError, Log, Note, Record, Report,
    SignedCheckpoint, Signer, Store, StoreError, StoreErrorKind, Stored, UsageError, VerifierKey,
    VerifyOptions,
};

pub use files::FileStore;
pub use init::{InitError, init, public_key_path};
pub use remembered::Remembered;

use crate::read::{ReadError, read_bounded};

/// The largest key file in bytes; one has a few hundred.
const KEY_BYTES_MAX: u64 = 16 << 10;

/// The largest checkpoint that is looked at to learn a ledger's name.
const CHECKPOINT_BYTES_MAX: usize = 256 << 10;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file does not hold such a key.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The name of the ledger is needed for the key, and cannot be read.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
}

/// Opens a ledger to read, prove or verify. Appenders wait until the result is dropped.
pub fn open(directory: &Path, key: &VerifierKey) -> Result<Log<FileStore>, LedgerError> {
    Log::open(FileStore::open_shared(directory)?, key)
}

/// Appends records: alone, durable, and only to a ledger that extends what was last seen of it, which is then
/// seen anew.
///
/// An error of [`Remembered::advance`] after the append is returned as such; the records are in the ledger then.
pub fn append(
    directory: &Path,
    signer: &Signer,
    remembered: &Remembered,
    records: &[Record],
) -> Result<AppendResult, LedgerError> {
    let key = signer.verifier_key();
    let mut log = match FileStore::open_exclusive(directory).and_then(|store| Log::open(store, key)) {
        // What was seen before cannot simply not be there.
        Err(LedgerError::Usage(UsageError::NoLedger)) if remembered.load(key)?.is_some() => {
            return Err(remembered::gone());
        }
        other => other?,
    };
    remembered.require(&log)?;
    let result = log.append(signer, records)?;
    remembered.advance(&log)?;
    Ok(result)
}

/// Checks a whole ledger, also against what was last seen of it, and remembers its checkpoint if all is well.
pub fn verify(directory: &Path, key: &VerifierKey, remembered: &Remembered) -> Result<Report, LedgerError> {
    let seen = remembered.load(key)?;
    let store = match FileStore::open_shared(directory) {
        Err(LedgerError::Usage(UsageError::NoLedger)) if seen.is_some() => return Err(remembered::gone()),
        other => other?,
    };
    let since = seen.as_ref().map(SignedCheckpoint::checkpoint);
    let report = brattice_ledger::verify(&store, &VerifyOptions { key, since })?;
    remembered.advance(&Log::open(store, key)?)?;
    Ok(report)
}

/// Reads the private key of a ledger. The name comes from the ledger's checkpoint; opening the ledger with
/// the key then verifies both.
pub fn read_signer(directory: &Path, key: &Path) -> Result<Signer, KeyFileError> {
    let origin = unverified_origin(directory)?;
    let bytes = zeroize::Zeroizing::new(read_bounded(key, KEY_BYTES_MAX)?);
    let pem = str::from_utf8(&bytes).map_err(|_| KeyError::Private)?;
    Ok(Signer::from_pkcs8_pem(&origin, pem)?)
}

/// Reads a file that holds a verifier key as its one line.
pub fn read_verifier_key(path: &Path) -> Result<VerifierKey, KeyFileError> {
    let bytes = read_bounded(path, KEY_BYTES_MAX)?;
    let text = str::from_utf8(&bytes).map_err(|_| KeyError::Form)?;
    Ok(text.strip_suffix('\n').unwrap_or(text).parse()?)
}

/// Reads the name that a ledger gives itself. Nothing vouches for it yet: it only says which key to ask.
pub fn unverified_origin(directory: &Path) -> Result<String, LedgerError> {
    let store = FileStore::open_shared(directory)?;
    let Stored::Bytes(bytes) = store.read(CHECKPOINT_PATH, CHECKPOINT_BYTES_MAX)? else {
        return Err(UsageError::NoLedger.into());
    };
    let checkpoint = Note::parse(&bytes)
        .ok()
        .and_then(|it| it.unverified_text().parse::<Checkpoint>().ok())
        .ok_or_else(|| {
            let (path, reason) = (CHECKPOINT_PATH.to_owned(), "not a signed checkpoint".to_owned());
            StoreError { operation: "read", path, kind: StoreErrorKind::Other, reason }
        })?;
    Ok(checkpoint.origin)
}

#[cfg(test)]
mod tests;
