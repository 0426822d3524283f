//! What a ledger needs from the place where it is kept, and a place in memory.
//!
//! A store is a flat set of files under relative paths with `/`. It promises two things: what was written
//! before [`Store::sync`] returned survives a crash, and [`Store::replace`] is all or nothing.

use std::collections::BTreeMap;

/// Where the signed checkpoint lies.
pub const CHECKPOINT_PATH: &str = "checkpoint";

/// What is stored under a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// A file with these bytes.
    Bytes(Vec<u8>),
    /// Nothing.
    Missing,
    /// Something that is not a regular file: a link, a folder, a device.
    NotAFile,
    /// A file larger than the caller wants to read.
    TooLong,
}

/// What kind of trouble a store has, as far as a caller may want to act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// There is no room left.
    NoSpace,
    /// Permission was refused.
    Denied,
    /// Somebody else holds the ledger and did not let go in time.
    Busy,
    /// Anything else.
    Other,
}

/// A store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} `{path}`: {reason}")]
pub struct StoreError {
    /// What was tried: `read`, `write`, `sync`, …
    pub operation: &'static str,
    /// The file.
    pub path: String,
    /// The kind of trouble.
    pub kind: StoreErrorKind,
    /// The system's own words.
    pub reason: String,
}

/// A place to keep a ledger in.
pub trait Store {
    /// Returns what is stored under a path, if it has at most `bytes_max` bytes.
    fn read(&self, path: &str, bytes_max: usize) -> Result<Stored, StoreError>;

    /// Returns the paths of all files beneath a folder (`""` is the root), sorted.
    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError>;

    /// Writes a file that no checkpoint covers yet. It may be torn by a crash until `sync` has returned.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Makes everything written and removed so far durable.
    fn sync(&mut self) -> Result<(), StoreError>;

    /// Puts a file in the place of another, all or nothing, and makes it durable.
    fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Removes a file; a missing one is no error.
    fn remove(&mut self, path: &str) -> Result<(), StoreError>;
}

/// A store in memory: for tests, and to check a ledger that came as an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryStore {
    /// The files by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Store for MemoryStore {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Stored, StoreError> {
        Ok(match self.files.get(path) {
            None => Stored::Missing,
            Some(bytes) if bytes.len() > bytes_max => Stored::TooLong,
            Some(bytes) => Stored::Bytes(bytes.clone()),
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        Ok(self.files.keys().filter(|it| it.starts_with(&prefix)).cloned().collect())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(path, bytes)
    }

    fn remove(&mut self, path: &str) -> Result<(), StoreError> {
        self.files.remove(path);
        Ok(())
    }
}

impl<S: Store + ?Sized> Store for &mut S {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Stored, StoreError> {
        (**self).read(path, bytes_max)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        (**self).list(folder)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        (**self).write(path, bytes)
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        (**self).sync()
    }

    fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        (**self).replace(path, bytes)
    }

    fn remove(&mut self, path: &str) -> Result<(), StoreError> {
        (**self).remove(path)
    }
}
