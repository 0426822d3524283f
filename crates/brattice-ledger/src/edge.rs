//! The right edge of a growing tree: what is needed to add leaves and to know the root.

use std::mem;

use brattice_digest::Sha256;

use crate::merkle::{empty_root, node_hash};
use crate::tile::{TILE_WIDTH, TileKind, TilePath};

/// The hashes of the tiles that are not full yet, one list per level, lowest first.
#[derive(Debug, Default)]
pub(crate) struct Edge {
    levels: Vec<Vec<Sha256>>,
    size: u64,
}

/// A tile that has just become full.
pub(crate) struct FullTile {
    pub(crate) path: TilePath,
    pub(crate) hashes: Vec<Sha256>,
}

impl Edge {
    /// Takes up the edge of a tree of `size` leaves from its partial tiles, lowest level first.
    pub(crate) fn resume(size: u64, levels: Vec<Vec<Sha256>>) -> Self {
        Self { levels, size }
    }

    /// Returns the number of leaves.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and hands every tile that this fills to `full`.
    pub(crate) fn push(&mut self, leaf: Sha256, full: &mut Vec<FullTile>) {
        self.size += 1;
        let mut hash = leaf;
        let mut level = 0_u8;
        loop {
            let index = usize::from(level);
            if self.levels.len() == index {
                self.levels.push(Vec::with_capacity(usize::from(TILE_WIDTH)));
            }
            let Some(hashes) = self.levels.get_mut(index) else { return };
            hashes.push(hash);
            if hashes.len() < usize::from(TILE_WIDTH) {
                return;
            }
            let hashes = mem::replace(hashes, Vec::with_capacity(usize::from(TILE_WIDTH)));
            hash = complete_root(&hashes);
            let position = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            let path = TilePath::full(TileKind::Hashes(level), position);
            full.push(FullTile { path, hashes });
            level += 1;
        }
    }

    /// Returns the partial tiles of this tree, lowest level first.
    pub(crate) fn partial_tiles(&self) -> impl Iterator<Item = (TilePath, &[Sha256])> {
        (0_u8..).zip(&self.levels).filter_map(|(level, hashes)| {
            let position = self.size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
            let width = u16::try_from(hashes.len()).ok()?;
            Some((TilePath::partial(TileKind::Hashes(level), position, width)?, hashes.as_slice()))
        })
    }

    /// Returns the root of the whole tree.
    pub(crate) fn root(&self) -> Sha256 {
        let mut right: Option<Sha256> = None;
        for mut hashes in self.levels.iter().map(Vec::as_slice) {
            // The complete subtrees of a level, smallest and rightmost first: the bits of its width.
            while !hashes.is_empty() {
                let count = 1 << hashes.len().trailing_zeros();
                let (rest, subtree) = hashes.split_at(hashes.len() - count);
                let left = complete_root(subtree);
                right = Some(right.map_or(left, |right| node_hash(&left, &right)));
                hashes = rest;
            }
        }
        right.unwrap_or_else(empty_root)
    }
}

/// Returns the root over a power of two of hashes.
pub(crate) fn complete_root(hashes: &[Sha256]) -> Sha256 {
    let mut row: Vec<Sha256> = hashes.to_vec();
    while row.len() > 1 {
        let half = row.len() / 2;
        for index in 0..half {
            row[index] = node_hash(&row[2 * index], &row[2 * index + 1]);
        }
        row.truncate(half);
    }
    row.first().copied().unwrap_or_else(empty_root)
}
