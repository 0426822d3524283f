//! Key files: made with the system's randomness, loaded with care, listed.
//!
//! What it is for: a private key is one PKCS#8 PEM file that only its owner can read; its public half lies
//! beside it as `NAME.pub`. [`create`] makes the pair, [`load_signing_key`] and [`load_public_key`] read
//! them, [`list`] finds them, [`trust_snippet`] prints what goes into a trust file.
//!
//! What it is not: no passwords, agents or hardware. It never overwrites a key and never prints one.

mod create;
mod list;
mod load;
mod trust;

pub use create::{CreateError, CreatedKey, KeyCreation, create, public_path, random_nonce};
pub use list::{KEY_FILES_MAX, KeyListing, ListError, ListedKey, UnreadableKey, list};
pub use load::{KEY_FILE_BYTES_MAX, LoadError, load_public_key, load_signing_key};
pub use trust::trust_snippet;
