//! The ledger itself: open, append, and what both need from the right edge of the tree.

use std::ops::Range;

use brattice_digest::Sha256;

use crate::bundle::{decode_bundle, push_entry};
use crate::checkpoint::{Checkpoint, SIZE_MAX, SignedCheckpoint};
use crate::edge::{Edge, FullTile};
use crate::error::{Fault, FaultKind, LedgerError, UsageError};
use crate::merkle::{empty_root, leaf_hash};
use crate::note::{Signer, VerifierKey};
use crate::read::{bundle_of, payload_of, read_checkpoint, tile_of};
use crate::record::{INLINE_BYTES_MAX, Record, leaf_of, payload_path};
use crate::store::{CHECKPOINT_PATH, Store, Stored};
use crate::tile::{TILE_WIDTH, TileKind, TilePath};

/// The most records in one append: what is held in memory and written behind one checkpoint.
pub const APPEND_RECORDS_MAX: usize = 65_536;

/// A ledger in a store, at the checkpoint that it had when it was opened or last appended to.
#[derive(Debug)]
pub struct Log<S> {
    pub(crate) store: S,
    pub(crate) key: VerifierKey,
    pub(crate) checkpoint: SignedCheckpoint,
}

/// What an append did. When it is returned, the records are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendResult {
    /// The indexes that the records got.
    pub indexes: Range<u64>,
    /// The checkpoint that covers them.
    pub checkpoint: SignedCheckpoint,
}

impl<S: Store> Log<S> {
    /// Starts a ledger without records in an empty store.
    pub fn create(mut store: S, signer: &Signer) -> Result<Self, LedgerError> {
        if let Some(file) = store.list("")?.into_iter().next() {
            return Err(UsageError::NotEmpty(file).into());
        }
        let checkpoint = sign(0, empty_root(), signer);
        store.replace(CHECKPOINT_PATH, checkpoint.to_string().as_bytes())?;
        Ok(Self { store, key: signer.verifier_key().clone(), checkpoint })
    }

    /// Opens a ledger whose checkpoint this key must have signed. Nothing but the checkpoint is checked.
    pub fn open(store: S, key: &VerifierKey) -> Result<Self, LedgerError> {
        let checkpoint = read_checkpoint(&store, key)?;
        Ok(Self { store, key: key.clone(), checkpoint })
    }

    /// Returns the checkpoint.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Returns the key that signs this ledger's checkpoints.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// Returns the store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Appends records and returns when they are durable under a new checkpoint.
    ///
    /// Before anything is written, the right edge of the stored tree must lead to the signed root: a ledger
    /// that was tampered with there is not built upon. What an earlier append left behind without a
    /// checkpoint is removed; what a checkpoint covers is never touched.
    pub fn append(&mut self, signer: &Signer, records: &[Record]) -> Result<AppendResult, LedgerError> {
        if !(1..=APPEND_RECORDS_MAX).contains(&records.len()) {
            return Err(UsageError::Batch { max: APPEND_RECORDS_MAX, found: records.len() }.into());
        }
        if signer.verifier_key() != &self.key {
            let key = signer.verifier_key().to_string();
            return Err(UsageError::OtherKey { key, ledger: self.key.to_string() }.into());
        }
        self.refresh()?;
        let old_size = self.checkpoint.checkpoint().size;
        let new_size = old_size + records.len() as u64;
        if new_size > SIZE_MAX {
            return Err(UsageError::Batch { max: 0, found: records.len() }.into());
        }
        let (mut edge, bundle) = self.load_edge()?;
        self.remove_partials(old_size, new_size, |it| !is_in_tree(it, old_size))?;
        self.write_payloads(records)?;
        let full = self.write_bundles(bundle, &mut edge, records)?;
        for tile in full {
            self.store.write(&tile.path.to_string(), &tile_bytes(&tile.hashes))?;
        }
        // A partial tile of an upper level may be the same as before: it is covered, so it is left alone.
        for (path, hashes) in edge.partial_tiles().filter(|(path, _)| !is_in_tree(path, old_size)) {
            self.store.write(&path.to_string(), &tile_bytes(hashes))?;
        }
        self.store.sync()?;
        let checkpoint = sign(new_size, edge.root(), signer);
        self.store.replace(CHECKPOINT_PATH, checkpoint.to_string().as_bytes())?;
        self.checkpoint = checkpoint.clone();
        // The records are durable here. Partial tiles that are superseded only take up room, so that a
        // failure to remove them is no failure of the append; the next one tries again.
        // The tile before is looked at too: an append that filled it and was killed before it came here left
        // its last partial one there.
        let before = old_size.saturating_sub(u64::from(TILE_WIDTH));
        let _ = self.remove_partials(before, new_size, |it| !is_in_tree(it, new_size));
        let _ = self.remove_beyond(new_size);
        Ok(AppendResult { indexes: old_size..new_size, checkpoint })
    }

    /// Refuses a ledger that does not extend what was seen before: cut off, put back, or another history.
    pub fn require_extends(&self, remembered: &Checkpoint) -> Result<(), LedgerError> {
        crate::verify::check_since(&self.store, self.checkpoint.checkpoint(), remembered)
    }

    /// Takes up the stored checkpoint again: an append that failed half-way may have replaced it.
    fn refresh(&mut self) -> Result<(), LedgerError> {
        let stored = read_checkpoint(&self.store, &self.key)?;
        let (known, found) = (self.checkpoint.checkpoint(), stored.checkpoint());
        if found != known {
            crate::verify::check_since(&self.store, found, known)?;
        }
        self.checkpoint = stored;
        Ok(())
    }

    /// Reads the partial tiles and the partial bundle, and checks them against each other and the root.
    fn load_edge(&self) -> Result<(Edge, Vec<u8>), LedgerError> {
        let Checkpoint { size, root, .. } = *self.checkpoint.checkpoint();
        let mut levels: Vec<Vec<Sha256>> = Vec::new();
        for level in 0_u8..8 {
            let count = size >> (8 * u32::from(level));
            if count == 0 {
                break;
            }
            let path = TilePath::in_tree(TileKind::Hashes(level), count / u64::from(TILE_WIDTH), size);
            levels.push(path.map_or_else(|| Ok(Vec::new()), |path| tile_of(&self.store, &path))?);
        }
        let leaves = levels.first().cloned().unwrap_or_default();
        let edge = Edge::resume(size, levels);
        if edge.root() != root {
            return Err(Fault::new(CHECKPOINT_PATH, None, FaultKind::Root).into());
        }
        let index = size / u64::from(TILE_WIDTH);
        let Some(path) = TilePath::in_tree(TileKind::Entries, index, size) else {
            return Ok((edge, Vec::new()));
        };
        let bundle = bundle_of(&self.store, &path)?;
        let file = path.to_string();
        let entries =
            decode_bundle(&bundle, path.width()).map_err(|it| Fault::new(&file, None, it.into()))?;
        for (index, (entry, leaf)) in (index * u64::from(TILE_WIDTH)..).zip(entries.iter().zip(&leaves)) {
            if leaf_hash(entry) != *leaf {
                return Err(Fault::new(&file, Some(index), FaultKind::Entry).into());
            }
        }
        Ok((edge, bundle))
    }

    fn write_payloads(&mut self, records: &[Record]) -> Result<(), LedgerError> {
        for record in records.iter().map(Record::as_bytes).filter(|it| it.len() > INLINE_BYTES_MAX) {
            let sha256 = Sha256::of(record);
            let path = payload_path(&sha256);
            // All or nothing, so that a payload under its name is either whole or was tampered with. A whole
            // one is written again: an append that was killed may have left it without making it durable.
            if self.store.read(&path, record.len())? != Stored::Missing {
                payload_of(&self.store, &sha256, record.len(), None)?;
            }
            self.store.replace(&path, record)?;
        }
        Ok(())
    }

    /// Writes the entries, each bundle when it is full and the last one as it is; returns the filled tiles.
    fn write_bundles(
        &mut self,
        mut bundle: Vec<u8>,
        edge: &mut Edge,
        records: &[Record],
    ) -> Result<Vec<FullTile>, LedgerError> {
        let mut full = Vec::new();
        for record in records {
            let leaf = leaf_of(record.as_bytes());
            edge.push(leaf_hash(&leaf), &mut full);
            push_entry(&mut bundle, &leaf);
            if edge.size().is_multiple_of(u64::from(TILE_WIDTH)) {
                let path = TilePath::full(TileKind::Entries, edge.size() / u64::from(TILE_WIDTH) - 1);
                self.store.write(&path.to_string(), &bundle)?;
                bundle.clear();
            }
        }
        let index = edge.size() / u64::from(TILE_WIDTH);
        if let Some(path) = TilePath::in_tree(TileKind::Entries, index, edge.size()) {
            self.store.write(&path.to_string(), &bundle)?;
        }
        Ok(full)
    }

    /// Removes what lies behind the end of a tree of `size` records: full tiles and bundles, and the partial one
    /// after them, that a larger append wrote before it was killed.
    fn remove_beyond(&mut self, size: u64) -> Result<(), LedgerError> {
        let reach = size.saturating_add(APPEND_RECORDS_MAX as u64);
        for kind in (0_u8..8).map(TileKind::Hashes).chain([TileKind::Entries]) {
            let shift = 8 * (u32::from(kind.level()) + 1);
            if reach >> (shift - 8) == 0 {
                continue;
            }
            // No append reaches further, so that files in a row cannot keep this going.
            for index in size.checked_shr(shift).unwrap_or(0)..=reach.checked_shr(shift).unwrap_or(0) {
                let full = TilePath::full(kind, index);
                for file in self.store.list(&full.partial_folder())? {
                    if file.parse().is_ok_and(|path| !is_in_tree(&path, size)) {
                        self.store.remove(&file)?;
                    }
                }
                if matches!(self.store.read(&full.to_string(), 0)?, Stored::Missing) {
                    break;
                }
                self.store.remove(&full.to_string())?;
            }
        }
        Ok(())
    }

    /// Removes the partial tiles and bundles that `unwanted` names, of every tile that an append from
    /// `old_size` to `new_size` touches.
    fn remove_partials(
        &mut self,
        old_size: u64,
        new_size: u64,
        unwanted: impl Fn(&TilePath) -> bool,
    ) -> Result<(), LedgerError> {
        let levels = (0_u8..8).map(TileKind::Hashes).chain([TileKind::Entries]);
        for kind in levels {
            let shift = 8 * (u32::from(kind.level()) + 1);
            let (first, last) =
                (old_size.checked_shr(shift).unwrap_or(0), new_size.checked_shr(shift).unwrap_or(0));
            if new_size >> (shift - 8) == 0 {
                continue;
            }
            for index in first..=last {
                let folder = TilePath::full(kind, index).partial_folder();
                for file in self.store.list(&folder)? {
                    if file.parse().is_ok_and(|path| unwanted(&path)) {
                        self.store.remove(&file)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns whether a tile or bundle is, with just this width, part of the tree of `size` records.
fn is_in_tree(path: &TilePath, size: u64) -> bool {
    TilePath::in_tree(path.kind(), path.index(), size).is_some_and(|it| it == *path)
}

fn sign(size: u64, root: Sha256, key: &Signer) -> SignedCheckpoint {
    SignedCheckpoint::sign(size, root, key).expect("a key's name is a well-formed origin")
}

pub(crate) fn tile_bytes(hashes: &[Sha256]) -> Vec<u8> {
    hashes.iter().flat_map(|it| *it.as_bytes()).collect()
}
