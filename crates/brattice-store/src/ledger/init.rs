//! Making a new ledger and its key pair.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use brattice_ledger::{KeyError, LedgerError, Log, Signer, VerifierKey};
use zeroize::Zeroizing;

use super::files::FileStore;
use crate::write::{WriteError, create_new};

/// Why a ledger could not be made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The key would lie inside the ledger, where whoever gets the ledger gets the key.
    #[error("the key {0:?} would lie inside the ledger")]
    KeyInside(PathBuf),
    /// A key file could not be written, or exists.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The name cannot be that of a ledger.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The place is not empty, or cannot be written.
    #[error("{0}")]
    Ledger(#[from] LedgerError),
    /// A folder could not be made or found.
    #[error("cannot use {path:?}")]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no randomness for a key.
    #[error("no randomness for a key: {0}")]
    Random(String),
}

/// Returns where the public half of a key lies: beside it, with `.pub` added to its name.
pub fn public_key_path(key: &Path) -> PathBuf {
    let mut name = OsString::from(key);
    name.push(".pub");
    name.into()
}

/// Makes a ledger without records and its Ed25519 key pair, and overwrites nothing.
///
/// The private key is written to `key` as PKCS#8 PEM, readable by its owner only; its public half beside it
/// as a note verifier key. `directory` is made if it is missing and must be empty.
pub fn init(directory: &Path, origin: &str, key: &Path) -> Result<VerifierKey, InitError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut()).map_err(|error| InitError::Random(error.to_string()))?;
    let signer = Signer::from_seed(origin, &seed)?;
    let is_new = make_directory(directory)?;
    let made = write_all(directory, key, &signer);
    if made.is_err() && is_new {
        // Only an empty folder goes: whatever is in it stays.
        let _ = fs::remove_dir(directory);
    }
    made.map(|()| signer.verifier_key().clone())
}

fn write_all(directory: &Path, key: &Path, signer: &Signer) -> Result<(), InitError> {
    refuse_key_inside(directory, key)?;
    let store = FileStore::open_exclusive(directory)?;
    store.require_empty()?;
    let public = public_key_path(key);
    create_new(key, signer.to_pkcs8_pem()?.as_bytes(), 0o600)?;
    let rest = create_new(&public, format!("{}\n", signer.verifier_key()).as_bytes(), 0o644)
        .map_err(InitError::from)
        .and_then(|()| match Log::create(store, signer) {
            Ok(_) => Ok(()),
            Err(error) => {
                let _ = fs::remove_file(&public);
                Err(error.into())
            }
        });
    if rest.is_err() {
        // A key that no ledger was signed with; this call made it, nobody else knows it.
        let _ = fs::remove_file(key);
    }
    rest
}

fn make_directory(directory: &Path) -> Result<bool, InitError> {
    match fs::create_dir(directory) {
        Ok(()) => {
            // The new folder's own name must survive a crash as well as what is in it.
            let parent = directory.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let synced = fs::File::open(parent).and_then(|it| it.sync_all());
            synced.map_err(|source| InitError::Io { path: parent.to_path_buf(), source })?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(InitError::Io { path: directory.to_path_buf(), source }),
    }
}

fn refuse_key_inside(directory: &Path, key: &Path) -> Result<(), InitError> {
    let parent = match key.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let real = |path: &Path| {
        path.canonicalize().map_err(|source| InitError::Io { path: path.to_path_buf(), source })
    };
    if real(parent)?.starts_with(real(directory)?) {
        return Err(InitError::KeyInside(key.to_path_buf()));
    }
    Ok(())
}
