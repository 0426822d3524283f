//! Listing the keys of a directory.

use std::io;
use std::path::{Path, PathBuf};

use brattice_attest::key::{Algorithm, KeyId};

use crate::create::public_path;
use crate::load::{LoadError, load_public_key};

/// The most entries of a key directory that are looked at. Nobody keeps more keys than that in one place.
pub const KEY_FILES_MAX: usize = 10_000;

/// Why a directory of keys could not be listed.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The directory could not be read.
    #[error("cannot read directory {path:?}")]
    Io {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// More than [`KEY_FILES_MAX`] entries.
    #[error("directory {path:?} has more than {KEY_FILES_MAX} entries")]
    TooMany {
        /// The directory.
        path: PathBuf,
    },
}

/// One key of a directory. Listing opens the public halves only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// The identity of the key.
    pub key_id: KeyId,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The file of the public key.
    pub public: PathBuf,
    /// The file of the private key, if it lies beside it.
    pub private: Option<PathBuf>,
}

/// A `.pub` file that is not a public key, or could not be read.
#[derive(Debug)]
pub struct UnreadableKey {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub error: LoadError,
}

/// What a directory holds.
#[derive(Debug, Default)]
pub struct KeyListing {
    /// The keys, by path.
    pub keys: Vec<ListedKey>,
    /// The `.pub` files that are no keys, by path.
    pub unreadable: Vec<UnreadableKey>,
}

/// Lists the `.pub` files of a directory, not of the directories below it.
pub fn list(directory: &Path) -> Result<KeyListing, ListError> {
    let io = |source: io::Error| ListError::Io { path: directory.to_path_buf(), source };
    let mut paths = Vec::new();
    for (index, entry) in std::fs::read_dir(directory).map_err(io)?.enumerate() {
        if index >= KEY_FILES_MAX {
            return Err(ListError::TooMany { path: directory.to_path_buf() });
        }
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|extension| extension == "pub") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut listing = KeyListing::default();
    for path in paths {
        match load_public_key(&path) {
            Ok(key) => {
                let private = path.with_extension("");
                let private = (public_path(&private) == path && private.is_file()).then_some(private);
                let (key_id, algorithm) = (key.key_id(), key.algorithm());
                listing.keys.push(ListedKey { key_id, algorithm, public: path, private });
            }
            Err(error) => listing.unreadable.push(UnreadableKey { path, error }),
        }
    }
    Ok(listing)
}
