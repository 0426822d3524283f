//! Making a key pair.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use brattice_attest::key::{Algorithm, KeyError, KeyId, SigningKey};
use brattice_store::{WriteError, create_new};
use zeroize::Zeroizing;

/// Only the owner may read or write a private key.
const PRIVATE_MODE: u32 = 0o600;

/// Anybody may read a public key.
const PUBLIC_MODE: u32 = 0o644;

/// How often a seed that is no P-256 key is drawn again. One in 2³² is not: twice in a row means that the
/// source of randomness is broken.
const DRAWS_MAX: usize = 4;

/// Why a key pair could not be made. No variant carries key material.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The system gave no randomness.
    #[error("the operating system gave no random bytes")]
    Random(#[source] io::Error),
    /// The random bytes never made a key.
    #[error("the operating system's random bytes make no key")]
    Key(#[source] KeyError),
    /// A file could not be written; also if it exists, since a key is never overwritten.
    #[error("failed to write a key file")]
    Write(#[source] WriteError),
}

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct KeyCreation<'a> {
    /// Where the private key goes; the public one goes beside it.
    pub private: &'a Path,
    /// The algorithm.
    pub algorithm: Algorithm,
}

/// A key pair that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedKey {
    /// The identity of the key.
    pub key_id: KeyId,
    /// The file of the private key.
    pub private: PathBuf,
    /// The file of the public key.
    pub public: PathBuf,
}

/// Returns where the public half of a private key lies: the same name with `.pub` appended.
pub fn public_path(private: &Path) -> PathBuf {
    let mut name = OsString::from(private.as_os_str());
    name.push(".pub");
    PathBuf::from(name)
}

/// Makes a key pair in two new files. If either exists, nothing is changed.
pub fn create(creation: &KeyCreation<'_>) -> Result<CreatedKey, CreateError> {
    let key = draw(creation.algorithm)?;
    let pem = key.to_pkcs8_pem().map_err(CreateError::Key)?;
    let (private, public) = (creation.private.to_path_buf(), public_path(creation.private));
    create_new(&private, pem.expose(), PRIVATE_MODE).map_err(CreateError::Write)?;
    let spki = key.public().to_spki_pem();
    if let Err(error) = create_new(&public, spki.as_bytes(), PUBLIC_MODE) {
        // A private key without its public half was made by this very call and is in nobody's use. If it
        // cannot be removed, the first error is still the one to report.
        let _ = std::fs::remove_file(&private);
        return Err(CreateError::Write(error));
    }
    Ok(CreatedKey { key_id: key.public().key_id(), private, public })
}

/// Draws a nonce for a statement: 128 random bits in lower-case hexadecimal.
pub fn random_nonce() -> Result<String, CreateError> {
    let mut bytes = [0; 16];
    fill(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn draw(algorithm: Algorithm) -> Result<SigningKey, CreateError> {
    let mut result = Err(CreateError::Key(KeyError::Seed));
    for _ in 0..DRAWS_MAX {
        let mut seed = Zeroizing::new([0; 32]);
        fill(seed.as_mut_slice())?;
        result = SigningKey::from_seed(algorithm, &seed).map_err(CreateError::Key);
        if result.is_ok() {
            break;
        }
    }
    result
}

fn fill(bytes: &mut [u8]) -> Result<(), CreateError> {
    getrandom::fill(bytes).map_err(|error| CreateError::Random(io::Error::other(error)))
}
