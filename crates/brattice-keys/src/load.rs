//! Loading keys.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use brattice_attest::key::{KeyError, PublicKey, SigningKey};
use brattice_store::{ReadError, read_bounded};
use rustix::fs::{FileType, Mode, OFlags};
use zeroize::Zeroizing;

/// The largest key file that is read, in bytes: a P-256 key in PEM takes 250.
pub const KEY_FILE_BYTES_MAX: u64 = 8 << 10;

/// The permission bits that let anybody but the owner at a private key.
const OTHERS: u32 = 0o077;

/// Why a key could not be loaded. No variant carries what the file holds.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("cannot read key file {path:?}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A directory, pipe or device.
    #[error("key file {path:?} is not a regular file")]
    NotRegular {
        /// The file.
        path: PathBuf,
    },
    /// Larger than [`KEY_FILE_BYTES_MAX`].
    #[error("key file {path:?} is larger than {KEY_FILE_BYTES_MAX} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner can get at the private key.
    #[error("private key {path:?} has mode {mode:04o}: others can get at it; run `chmod 600` on it")]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Somebody else owns the private key and can replace it.
    #[error("private key {path:?} belongs to user {owner}, not to user {user}")]
    Owner {
        /// The file.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who asks for it.
        user: u32,
    },
    /// The file is not such a key.
    #[error("{path:?} holds no usable key: {source}")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: KeyError,
    },
}

/// Loads a private key.
///
/// A link is followed, since mounted secrets are links; what is checked is the file behind it, through the
/// descriptor that is then read: regular, owned by this user or root, closed to everybody else.
pub fn load_signing_key(path: &Path) -> Result<SigningKey, LoadError> {
    let io = |source: io::Error| LoadError::Io { path: path.to_path_buf(), source };
    // Without NONBLOCK, opening a pipe waits for a writer before its kind can be looked at.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| io(error.into()))?;
    let status = rustix::fs::fstat(&file).map_err(|error| io(error.into()))?;
    check_status(path, status.st_mode, status.st_uid)?;
    let mut text = Zeroizing::new(String::new());
    // One byte more than the limit tells a file at the limit from one beyond it.
    File::from(file).take(KEY_FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(io)?;
    if text.len() as u64 > KEY_FILE_BYTES_MAX {
        return Err(LoadError::TooLarge { path: path.to_path_buf() });
    }
    SigningKey::from_pkcs8_pem(&text).map_err(|source| LoadError::Key { path: path.to_path_buf(), source })
}

fn check_status(path: &Path, mode: u32, owner: u32) -> Result<(), LoadError> {
    let path = path.to_path_buf();
    if FileType::from_raw_mode(mode) != FileType::RegularFile {
        return Err(LoadError::NotRegular { path });
    }
    if mode & OTHERS != 0 {
        return Err(LoadError::Permissions { path, mode: mode & 0o7777 });
    }
    let user = rustix::process::geteuid().as_raw();
    if owner != user && owner != 0 {
        return Err(LoadError::Owner { path, owner, user });
    }
    Ok(())
}

/// Loads a public key. It is no secret: any regular file will do.
pub fn load_public_key(path: &Path) -> Result<PublicKey, LoadError> {
    let bytes = read_bounded(path, KEY_FILE_BYTES_MAX)?;
    // What is not UTF-8 is not PEM either; the replacement characters make that the error.
    PublicKey::from_spki_pem(&String::from_utf8_lossy(&bytes))
        .map_err(|source| LoadError::Key { path: path.to_path_buf(), source })
}
