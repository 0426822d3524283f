//! What can be wrong with a ledger, kept apart by what it means: tampered with, unreadable, misused.

use std::fmt;

use brattice_digest::Sha256;

use crate::bundle::BundleError;
use crate::checkpoint::CheckpointError;
use crate::store::StoreError;

/// Why a ledger operation gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The stored bytes are not what was once written: a "no".
    #[error("ledger was tampered with: {0}")]
    Tampered(Fault),
    /// The store could not be read or written: nothing is known.
    #[error("{0}")]
    Io(#[from] StoreError),
    /// The caller asked for what cannot be.
    #[error("{0}")]
    Usage(#[from] UsageError),
}

/// The first thing that is wrong in a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file that is wrong.
    pub file: String,
    /// The index of the record, where one can be named.
    pub index: Option<u64>,
    /// What is wrong.
    pub kind: FaultKind,
}

impl Fault {
    pub(crate) fn new(file: impl Into<String>, index: Option<u64>, kind: FaultKind) -> Self {
        Self { file: file.into(), index, kind }
    }
}

impl From<Fault> for LedgerError {
    fn from(fault: Fault) -> Self {
        Self::Tampered(fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if let Some(index) = self.index {
            write!(f, ", record {index}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

/// What is wrong with a file of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// The file is gone.
    #[error("file is missing")]
    Missing,
    /// Something else stands in the file's place.
    #[error("not a regular file")]
    NotAFile,
    /// The file is longer than any such file can be, or not as long as its width demands.
    #[error("file has the wrong length")]
    Length,
    /// The checkpoint does not hold.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// The bundle does not divide into its entries.
    #[error("{0}")]
    Bundle(#[from] BundleError),
    /// An entry is not the record that was appended.
    #[error("entry does not have the hash that the signed tree holds for it")]
    Entry,
    /// A tile does not follow from the entries.
    #[error("tile does not follow from the entries")]
    Tile,
    /// A leaf is not the one spelling of a record.
    #[error("entry is not a record")]
    Leaf,
    /// A payload's digest is not the one in its leaf.
    #[error("payload does not have the digest that its entry names")]
    Payload,
    /// Entries and tiles agree with each other but not with the signed root.
    #[error("records give another root than the signed one")]
    Root,
    /// The ledger is shorter than it was: its end was cut off, or an old copy was put back.
    #[error("ledger ends at {found} records, but {remembered} were seen before")]
    Rollback {
        /// The size seen before.
        remembered: u64,
        /// The size now.
        found: u64,
    },
    /// The ledger's first records are other ones than before.
    #[error("the first {size} records have another root than the {remembered} that was seen before")]
    Fork {
        /// The size seen before.
        size: u64,
        /// The root seen before.
        remembered: Sha256,
    },
}

/// What a caller asked for and cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// There is no ledger.
    #[error("there is no ledger here")]
    NoLedger,
    /// There is a ledger, or something else, already.
    #[error("the place for a new ledger is not empty: it holds `{0}`")]
    NotEmpty(String),
    /// An append without records, or with too many of them.
    #[error("an append takes 1 to {max} records, not {found}")]
    Batch {
        /// The largest batch.
        max: usize,
        /// What was given.
        found: usize,
    },
    /// The ledger has no such record.
    #[error("record {index} is not among the {size} records of this ledger")]
    NoSuchRecord {
        /// The record asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// More bytes than are handed out at once.
    #[error("the range holds more than {0} bytes; ask for fewer records")]
    RangeTooLarge(usize),
    /// The key that signs is not the key of this ledger.
    #[error("the key belongs to `{key}`, the ledger is `{ledger}`")]
    OtherKey {
        /// The name in the key.
        key: String,
        /// The ledger's origin.
        ledger: String,
    },
    /// The remembered checkpoint is that of another ledger.
    #[error("the remembered checkpoint is of `{remembered}`, the ledger is `{ledger}`")]
    OtherOrigin {
        /// The remembered origin.
        remembered: String,
        /// The ledger's origin.
        ledger: String,
    },
}
