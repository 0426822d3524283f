//! The full check: everything is derived anew from the entries and compared with every stored byte.
//!
//! What it cannot see is the past: a ledger that was put back to an earlier state as a whole is sound in
//! itself. [`VerifyOptions::since`] takes the newest checkpoint that the caller has seen.

use std::collections::BTreeSet;

use brattice_digest::Sha256;

use crate::bundle::decode_bundle;
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::edge::Edge;
use crate::error::{Fault, FaultKind, LedgerError, UsageError};
use crate::log::{Log, tile_bytes};
use crate::merkle::{leaf_hash, root, verify_consistency};
use crate::note::VerifierKey;
use crate::read::{TileSource, blame, bundle_of, payload_of, read_checkpoint, tile_of};
use crate::record::{Leaf, payload_path, read_leaf};
use crate::store::{CHECKPOINT_PATH, Store, StoreError};
use crate::tile::{TILE_WIDTH, TileKind, TilePath};

/// How many files that do not belong to a ledger are listed by name; the rest is counted.
const LEFTOVERS_LISTED_MAX: usize = 100;

/// What a full check needs to know.
#[derive(Debug, Clone)]
pub struct VerifyOptions<'a> {
    /// The key that must have signed the checkpoint.
    pub key: &'a VerifierKey,
    /// The newest checkpoint that was seen before, from outside the ledger.
    pub since: Option<&'a Checkpoint>,
}

/// What a full check found, all of it in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint.
    pub checkpoint: SignedCheckpoint,
    /// How many records there are; each was hashed.
    pub records: u64,
    /// How many of them have their bytes in a payload file; each was hashed.
    pub payloads: u64,
    /// Files that no checkpoint covers: what an interrupted append left, or what somebody put there. Their
    /// bytes mean nothing. At most 100 names.
    pub leftovers: Vec<String>,
    /// How many such files there are.
    pub leftover_count: u64,
}

impl<S: Store> Log<S> {
    /// Checks the whole ledger; see [`verify`].
    pub fn verify(&self, options: &VerifyOptions<'_>) -> Result<Report, LedgerError> {
        verify(&self.store, options)
    }
}

/// Checks a whole ledger and says the first thing that is wrong with it.
///
/// Tampering outweighs trouble in reading: the check goes on past what it cannot read, and only if nothing
/// else is wrong is the first such trouble the answer.
pub fn verify<S: Store>(store: &S, options: &VerifyOptions<'_>) -> Result<Report, LedgerError> {
    let checkpoint = match read_checkpoint(store, options.key) {
        // What was seen before cannot simply not be there.
        Err(LedgerError::Usage(UsageError::NoLedger)) if options.since.is_some() => {
            return Err(Fault::new(CHECKPOINT_PATH, None, FaultKind::Missing).into());
        }
        other => other?,
    };
    let Checkpoint { size, root, .. } = *checkpoint.checkpoint();
    let mut check =
        Check { store, size, root, edge: Edge::default(), payloads: BTreeSet::new(), trouble: None };
    check.entries()?;
    if let Some(trouble) = check.trouble {
        return Err(trouble.into());
    }
    if let Some(since) = options.since {
        check_since(store, checkpoint.checkpoint(), since)?;
    }
    let (leftovers, leftover_count) = check.leftovers()?;
    let payloads = check.payloads.len() as u64;
    Ok(Report { checkpoint, records: size, payloads, leftovers, leftover_count })
}

/// Refuses a state that does not extend the one seen before.
pub(crate) fn check_since<S: Store>(
    store: &S,
    now: &Checkpoint,
    since: &Checkpoint,
) -> Result<(), LedgerError> {
    if since.origin != now.origin {
        let (remembered, ledger) = (since.origin.clone(), now.origin.clone());
        return Err(UsageError::OtherOrigin { remembered, ledger }.into());
    }
    if since.size > now.size {
        let kind = FaultKind::Rollback { remembered: since.size, found: now.size };
        return Err(Fault::new(CHECKPOINT_PATH, None, kind).into());
    }
    let mut source = TileSource::new(store, now.size);
    let proof = if since.size == now.size {
        Vec::new()
    } else {
        crate::merkle::consistency_proof(&mut source, since.size, now.size)?.unwrap_or_default()
    };
    if verify_consistency(since.size, since.root, now.size, now.root, &proof).is_ok() {
        return Ok(());
    }
    let kind = if since.size < now.size && root(&mut source, now.size)? != now.root {
        FaultKind::Root
    } else {
        FaultKind::Fork { size: since.size, remembered: since.root }
    };
    Err(Fault::new(CHECKPOINT_PATH, None, kind).into())
}

/// A check under way.
struct Check<'a, S> {
    store: &'a S,
    size: u64,
    root: Sha256,
    edge: Edge,
    payloads: BTreeSet<Sha256>,
    trouble: Option<StoreError>,
}

impl<S: Store> Check<'_, S> {
    /// Derives the tree from the entries and compares every tile, and at the end the root.
    fn entries(&mut self) -> Result<(), LedgerError> {
        let mut full = Vec::new();
        for index in 0..self.size.div_ceil(u64::from(TILE_WIDTH)) {
            for leaf in self.leaves(index)? {
                self.edge.push(leaf, &mut full);
            }
            for tile in full.drain(..) {
                self.compare(&tile.path, &tile.hashes)?;
            }
        }
        let partial: Vec<_> = self.edge.partial_tiles().map(|(path, it)| (path, it.to_vec())).collect();
        for (path, hashes) in partial {
            self.compare(&path, &hashes)?;
        }
        if self.trouble.is_none() && self.edge.root() != self.root {
            return Err(Fault::new(CHECKPOINT_PATH, None, FaultKind::Root).into());
        }
        Ok(())
    }

    /// Returns the leaf hashes of a bundle; those of the stored tile if the bundle cannot be read.
    fn leaves(&mut self, index: u64) -> Result<Vec<Sha256>, LedgerError> {
        let (Some(path), Some(tile)) = (
            TilePath::in_tree(TileKind::Entries, index, self.size),
            TilePath::in_tree(TileKind::Hashes(0), index, self.size),
        ) else {
            return Ok(Vec::new());
        };
        let bundle = match bundle_of(self.store, &path) {
            Err(LedgerError::Io(error)) => {
                self.trouble.get_or_insert(error);
                return tile_of(self.store, &tile);
            }
            other => other?,
        };
        let file = path.to_string();
        let entries =
            decode_bundle(&bundle, path.width()).map_err(|it| Fault::new(&file, None, it.into()))?;
        let mut leaves = Vec::with_capacity(entries.len());
        for (index, entry) in (index * u64::from(TILE_WIDTH)..).zip(entries) {
            leaves.push(leaf_hash(entry));
            match read_leaf(entry) {
                Some(Leaf::Inline(_)) => {}
                Some(Leaf::Detached { sha256, length }) => self.payload(&sha256, length, index)?,
                None => {
                    // An entry that was changed into none at all is a changed entry first.
                    self.compare(&tile, &leaves)?;
                    return Err(Fault::new(&file, Some(index), FaultKind::Leaf).into());
                }
            }
        }
        Ok(leaves)
    }

    fn payload(&mut self, sha256: &Sha256, length: usize, index: u64) -> Result<(), LedgerError> {
        match payload_of(self.store, sha256, length, Some(index)) {
            Err(LedgerError::Io(error)) => {
                self.trouble.get_or_insert(error);
            }
            other => drop(other?),
        }
        self.payloads.insert(*sha256);
        Ok(())
    }

    /// Compares a stored tile with the hashes that it must have.
    fn compare(&mut self, path: &TilePath, hashes: &[Sha256]) -> Result<(), LedgerError> {
        let stored = match tile_of(self.store, path) {
            Err(LedgerError::Io(error)) => {
                self.trouble.get_or_insert(error);
                return Ok(());
            }
            other => other?,
        };
        let Some(position) = hashes.iter().zip(&stored).position(|(ours, stored)| ours != stored) else {
            return Ok(());
        };
        let index = path.index() * u64::from(TILE_WIDTH) + position as u64;
        match (path.kind(), hashes.get(position)) {
            (TileKind::Hashes(0), Some(leaf)) => Err(blame(self.store, self.size, self.root, index, *leaf)),
            _ => Err(Fault::new(path.to_string(), None, FaultKind::Tile).into()),
        }
    }

    /// Looks at the files that the checkpoint does not demand. Earlier states of a tile must be its
    /// beginning; all else is listed, not judged.
    fn leftovers(&self) -> Result<(Vec<String>, u64), LedgerError> {
        let payloads: BTreeSet<String> = self.payloads.iter().map(payload_path).collect();
        let (mut names, mut count) = (Vec::new(), 0);
        for file in self.store.list("")? {
            if file == CHECKPOINT_PATH || payloads.contains(&file) {
                continue;
            }
            let path = file.parse::<TilePath>().ok();
            let current = path.and_then(|it| TilePath::in_tree(it.kind(), it.index(), self.size));
            match (path, current) {
                (Some(path), Some(current)) if path == current => {}
                (Some(path), Some(current)) if path.width() < current.width() => {
                    self.earlier_state(&path, &current)?;
                }
                _ => {
                    count += 1;
                    if names.len() < LEFTOVERS_LISTED_MAX {
                        names.push(file);
                    }
                }
            }
        }
        Ok((names, count))
    }

    fn earlier_state(&self, path: &TilePath, current: &TilePath) -> Result<(), LedgerError> {
        let is_prefix = match path.kind() {
            TileKind::Entries => {
                let (earlier, now) = (bundle_of(self.store, path)?, bundle_of(self.store, current)?);
                decode_bundle(&earlier, path.width()).is_ok() && now.starts_with(&earlier)
            }
            TileKind::Hashes(_) => {
                let (earlier, now) = (tile_of(self.store, path)?, tile_of(self.store, current)?);
                tile_bytes(&now).starts_with(&tile_bytes(&earlier))
            }
        };
        if is_prefix { Ok(()) } else { Err(Fault::new(path.to_string(), None, FaultKind::Tile).into()) }
    }
}
