//! Reading: stored files in their expected shape, authenticated records, proofs.

use std::collections::BTreeMap;
use std::ops::Range;

use brattice_digest::Sha256;

use crate::bundle::decode_bundle;
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::edge::complete_root;
use crate::error::{Fault, FaultKind, LedgerError, UsageError};
use crate::log::Log;
use crate::merkle::{HashSource, consistency_proof, inclusion_proof, leaf_hash, verify_inclusion};
use crate::note::{NOTE_BYTES_MAX, VerifierKey};
use crate::proof::Proof;
use crate::record::{INLINE_BYTES_MAX, Leaf, Record, payload_path, read_leaf};
use crate::store::{CHECKPOINT_PATH, Store, Stored};
use crate::tile::{TILE_WIDTH, TileKind, TilePath};

/// The most bytes of records that [`Log::read`] hands out at once: four of the largest records.
pub const READ_BYTES_MAX: usize = 256 << 20;

/// The largest bundle: 256 entries, each at its largest behind its length.
const BUNDLE_BYTES_MAX: usize = TILE_WIDTH as usize * (INLINE_BYTES_MAX + 3);

impl<S: Store> Log<S> {
    /// Returns the records of a range, each shown to be under the checkpoint.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<Record>, LedgerError> {
        let size = self.checkpoint.checkpoint().size;
        if range.end > size {
            return Err(UsageError::NoSuchRecord { index: range.end - 1, size }.into());
        }
        let mut records = Vec::new();
        let mut bytes_left = READ_BYTES_MAX;
        let width = u64::from(TILE_WIDTH);
        for tile in range.start / width..range.end.div_ceil(width) {
            let Some(path) = TilePath::in_tree(TileKind::Entries, tile, size) else { break };
            let bundle = bundle_of(&self.store, &path)?;
            let file = path.to_string();
            let entries =
                decode_bundle(&bundle, path.width()).map_err(|it| Fault::new(&file, None, it.into()))?;
            self.require_under_root(tile, &entries)?;
            for (index, entry) in (tile * width..).zip(entries) {
                if range.contains(&index) {
                    records.push(self.record_of(entry, &file, index, &mut bytes_left)?);
                }
            }
        }
        Ok(records)
    }

    /// Makes the proof that the record at `index` is under the checkpoint.
    pub fn prove(&self, index: u64) -> Result<Proof, LedgerError> {
        let checkpoint = self.checkpoint.checkpoint();
        let mut source = TileSource::new(&self.store, checkpoint.size);
        let hashes = inclusion_proof(&mut source, index, checkpoint.size)?
            .ok_or(UsageError::NoSuchRecord { index, size: checkpoint.size })?;
        // A proof from tiles that were tampered with would be refused elsewhere; better to say so here.
        let leaf = source.subtree(0, index)?;
        verify_inclusion(leaf, index, checkpoint.size, &hashes, checkpoint.root)
            .map_err(|_| Fault::new(CHECKPOINT_PATH, Some(index), FaultKind::Root))?;
        Ok(Proof { extra: None, index, hashes, checkpoint: self.checkpoint.note().clone() })
    }

    /// Makes the proof that this ledger extends the one that had `old_size` records.
    pub fn prove_consistency(&self, old_size: u64) -> Result<Vec<Sha256>, LedgerError> {
        let size = self.checkpoint.checkpoint().size;
        let proof = consistency_proof(&mut TileSource::new(&self.store, size), old_size, size)?;
        Ok(proof.ok_or(UsageError::NoSuchRecord { index: old_size, size })?)
    }

    /// Checks that the entries of a bundle are the ones under the signed root.
    ///
    /// One inclusion proof does it for the whole bundle: its siblings inside the tile are computed from all
    /// other hashes of the tile, and those are compared with the entries one by one.
    fn require_under_root(&self, tile: u64, entries: &[&[u8]]) -> Result<(), LedgerError> {
        let checkpoint = self.checkpoint.checkpoint();
        let first = tile * u64::from(TILE_WIDTH);
        let mut source = TileSource::new(&self.store, checkpoint.size);
        for (index, entry) in (first..).zip(entries) {
            if source.subtree(0, index)? != leaf_hash(entry) {
                let Checkpoint { size, root, .. } = *checkpoint;
                return Err(blame(&self.store, size, root, index, leaf_hash(entry)));
            }
        }
        let proof = inclusion_proof(&mut source, first, checkpoint.size)?.unwrap_or_default();
        let leaf = source.subtree(0, first)?;
        verify_inclusion(leaf, first, checkpoint.size, &proof, checkpoint.root)
            .map_err(|_| Fault::new(CHECKPOINT_PATH, Some(first), FaultKind::Root).into())
    }

    fn record_of(
        &self,
        entry: &[u8],
        file: &str,
        index: u64,
        bytes_left: &mut usize,
    ) -> Result<Record, LedgerError> {
        let leaf = read_leaf(entry).ok_or_else(|| Fault::new(file, Some(index), FaultKind::Leaf))?;
        let length = match &leaf {
            Leaf::Inline(record) => record.len(),
            Leaf::Detached { length, .. } => *length,
        };
        *bytes_left = bytes_left.checked_sub(length).ok_or(UsageError::RangeTooLarge(READ_BYTES_MAX))?;
        let bytes = match leaf {
            Leaf::Inline(record) => record.to_vec(),
            Leaf::Detached { sha256, length } => payload_of(&self.store, &sha256, length, Some(index))?,
        };
        Ok(Record::new(bytes).expect("a leaf never names more bytes than a record has"))
    }
}

/// Says whether the entry or the tile is the wrong one, when the two disagree about a leaf: the one that
/// does not lead to the signed root. If the tiles above cannot be read to tell, the entry is named.
pub(crate) fn blame<S: Store>(
    store: &S,
    size: u64,
    root: Sha256,
    index: u64,
    entry_leaf: Sha256,
) -> LedgerError {
    let mut source = TileSource::new(store, size);
    let hashes = inclusion_proof(&mut source, index, size).ok().flatten();
    let leads_to_root =
        |leaf| hashes.as_ref().map(|it| verify_inclusion(leaf, index, size, it, root).is_ok());
    let stored = source.subtree(0, index).ok().and_then(leads_to_root);
    let (kind, fault) = match (leads_to_root(entry_leaf), stored) {
        (Some(true), _) | (Some(false), Some(false)) => (TileKind::Hashes(0), FaultKind::Tile),
        _ => (TileKind::Entries, FaultKind::Entry),
    };
    let path = TilePath::in_tree(kind, index / u64::from(TILE_WIDTH), size);
    Fault::new(path.map(|it| it.to_string()).unwrap_or_default(), Some(index), fault).into()
}

/// Gives subtree hashes from the tiles of a tree.
pub(crate) struct TileSource<'a, S> {
    store: &'a S,
    size: u64,
    tiles: BTreeMap<TilePath, Vec<Sha256>>,
}

impl<'a, S: Store> TileSource<'a, S> {
    pub(crate) fn new(store: &'a S, size: u64) -> Self {
        Self { store, size, tiles: BTreeMap::new() }
    }
}

impl<S: Store> HashSource for TileSource<'_, S> {
    type Error = LedgerError;

    fn subtree(&mut self, height: u32, index: u64) -> Result<Sha256, LedgerError> {
        let level = u8::try_from(height / 8).unwrap_or(u8::MAX);
        let count = 1_usize << (height % 8);
        let first = index << (height % 8);
        let width = u64::from(TILE_WIDTH);
        let outside = || LedgerError::from(UsageError::NoSuchRecord { index: first, size: self.size });
        let path =
            TilePath::in_tree(TileKind::Hashes(level), first / width, self.size).ok_or_else(outside)?;
        if !self.tiles.contains_key(&path) {
            let hashes = tile_of(self.store, &path)?;
            self.tiles.insert(path, hashes);
        }
        let start = usize::try_from(first % width).unwrap_or(0);
        let hashes = self.tiles.get(&path).and_then(|it| it.get(start..start + count));
        hashes.map(complete_root).ok_or_else(outside)
    }
}

/// Reads the checkpoint and verifies its signature.
pub(crate) fn read_checkpoint<S: Store>(
    store: &S,
    key: &VerifierKey,
) -> Result<SignedCheckpoint, LedgerError> {
    if store.read(CHECKPOINT_PATH, NOTE_BYTES_MAX)? == Stored::Missing
        && store.list("tile")?.is_empty()
        && store.list("payload")?.is_empty()
    {
        return Err(UsageError::NoLedger.into());
    }
    let note = file_of(store, CHECKPOINT_PATH, NOTE_BYTES_MAX, None)?;
    SignedCheckpoint::verify(&note, key)
        .map_err(|error| Fault::new(CHECKPOINT_PATH, None, error.into()).into())
}

/// Reads the hashes of a tile.
pub(crate) fn tile_of<S: Store>(store: &S, path: &TilePath) -> Result<Vec<Sha256>, LedgerError> {
    let file = path.to_string();
    let bytes = file_of(store, &file, 32 * usize::from(path.width()), None)?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() != usize::from(path.width()) || !rest.is_empty() {
        return Err(Fault::new(file, None, FaultKind::Length).into());
    }
    Ok(hashes.iter().map(|it| Sha256::from_bytes(*it)).collect())
}

/// Reads the bytes of a bundle.
pub(crate) fn bundle_of<S: Store>(store: &S, path: &TilePath) -> Result<Vec<u8>, LedgerError> {
    file_of(store, &path.to_string(), BUNDLE_BYTES_MAX, None)
}

/// Reads the bytes of a detached record and checks them against its leaf.
pub(crate) fn payload_of<S: Store>(
    store: &S,
    sha256: &Sha256,
    length: usize,
    index: Option<u64>,
) -> Result<Vec<u8>, LedgerError> {
    let file = payload_path(sha256);
    let bytes = file_of(store, &file, length, index)?;
    if bytes.len() != length || Sha256::of(&bytes) != *sha256 {
        return Err(Fault::new(file, index, FaultKind::Payload).into());
    }
    Ok(bytes)
}

/// Reads a file that must be there: its absence, or anything else in its place, is tampering.
fn file_of<S: Store>(
    store: &S,
    file: &str,
    bytes_max: usize,
    index: Option<u64>,
) -> Result<Vec<u8>, LedgerError> {
    let kind = match store.read(file, bytes_max)? {
        Stored::Bytes(bytes) => return Ok(bytes),
        Stored::Missing => FaultKind::Missing,
        Stored::NotAFile => FaultKind::NotAFile,
        Stored::TooLong => FaultKind::Length,
    };
    Err(Fault::new(file, index, kind).into())
}
