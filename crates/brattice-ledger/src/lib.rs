//! The pipeline's audit log: an append-only, tamper-evident list of records.
//!
//! What it is for: records become the leaves of an RFC 6962 Merkle tree, stored as C2SP tlog-tiles (tiles,
//! entry bundles, a signed checkpoint). [`Log`] appends, reads and proves; [`verify`] derives everything anew
//! and compares it with every stored byte; [`Proof`] is a single text that shows, without the ledger, that a
//! record is in it. [`Event`] is the record that Brattice's own verbs write.
//!
//! What it is not: it does no I/O and reads no clock. The caller brings a [`Store`], keys and times. It does
//! not decide what a verifier remembers between runs, though only a remembered [`Checkpoint`] shows that the
//! end of a ledger was cut off.

mod bundle;
mod checkpoint;
mod edge;
mod error;
mod event;
mod log;
mod merkle;
mod note;
mod proof;
mod read;
mod record;
mod store;
mod tile;
mod verify;

pub use bundle::{BundleError, decode_bundle};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use error::{Fault, FaultKind, LedgerError, UsageError};
pub use event::{Actor, EVENT_FORMAT, Event, EventError, ReadEvent, Subject};
pub use log::{APPEND_RECORDS_MAX, AppendResult, Log};
pub use merkle::{
    HashSource, ProofError, consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash, root,
    verify_consistency, verify_inclusion,
};
pub use note::{KeyError, Note, NoteError, Signer, VerifierKey};
pub use proof::{Proof, ProofTextError, VerifyProofError, verify_proof};
pub use read::READ_BYTES_MAX;
pub use record::{INLINE_BYTES_MAX, RECORD_BYTES_MAX, Record};
pub use store::{CHECKPOINT_PATH, MemoryStore, Store, StoreError, StoreErrorKind, Stored};
pub use tile::{ParseTileError, TILE_WIDTH, TileKind, TilePath};
pub use verify::{Report, VerifyOptions, verify};
