//! The Merkle tree of RFC 6962 §2.1: hashes, roots, inclusion and consistency proofs.
//!
//! Proofs are made from any [`HashSource`]; they are verified from nothing but their own hashes, by the
//! iterative algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2.

use brattice_digest::{Sha256, Sha256Hasher};

/// Returns the hash of a leaf: SHA-256 over `00 ‖ leaf`.
pub fn leaf_hash(leaf: &[u8]) -> Sha256 {
    let mut hasher = Sha256Hasher::new();
    hasher.update(&[0]);
    hasher.update(leaf);
    hasher.finish()
}

/// Returns the hash of an inner node: SHA-256 over `01 ‖ left ‖ right`.
pub fn node_hash(left: &Sha256, right: &Sha256) -> Sha256 {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Sha256::of(&bytes)
}

/// Returns the root of the tree without leaves: SHA-256 over nothing.
pub fn empty_root() -> Sha256 {
    Sha256::of(b"")
}

/// Gives the hashes of complete subtrees.
pub trait HashSource {
    /// Why a hash cannot be had.
    type Error;

    /// Returns the hash of the subtree over the leaves from `index << height` to `(index + 1) << height`.
    fn subtree(&mut self, height: u32, index: u64) -> Result<Sha256, Self::Error>;
}

/// Returns the root of the tree over the first `size` leaves.
pub fn root<S: HashSource>(source: &mut S, size: u64) -> Result<Sha256, S::Error> {
    if size == 0 { Ok(empty_root()) } else { range_hash(source, 0, size) }
}

/// Returns the inclusion proof of leaf `index` in the tree over `size` leaves, the leaf's sibling first; or
/// nothing if there is no such leaf.
pub fn inclusion_proof<S: HashSource>(
    source: &mut S,
    index: u64,
    size: u64,
) -> Result<Option<Vec<Sha256>>, S::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut hashes = Vec::new();
    let (mut start, mut end) = (0, size);
    // Walks down from the root, so the hashes come out in reverse.
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            hashes.push(range_hash(source, middle, end)?);
            end = middle;
        } else {
            hashes.push(range_hash(source, start, middle)?);
            start = middle;
        }
    }
    hashes.reverse();
    Ok(Some(hashes))
}

/// Returns the proof that the tree over `new` leaves extends the one over `old` leaves; or nothing if `old`
/// is larger. The proof is empty when the sizes are equal or the old tree is empty.
pub fn consistency_proof<S: HashSource>(
    source: &mut S,
    old: u64,
    new: u64,
) -> Result<Option<Vec<Sha256>>, S::Error> {
    if old > new {
        return Ok(None);
    }
    let mut hashes = Vec::new();
    if old == 0 || old == new {
        return Ok(Some(hashes));
    }
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            hashes.push(range_hash(source, middle, end)?);
            end = middle;
        } else {
            hashes.push(range_hash(source, start, middle)?);
            start = middle;
        }
    }
    // The verifier knows the old root already when the last subtree is that whole tree.
    if start > 0 {
        hashes.push(range_hash(source, start, end)?);
    }
    hashes.reverse();
    Ok(Some(hashes))
}

/// Returns the root over the leaves from `start` to `end`, where `start` is where such a subtree can begin.
fn range_hash<S: HashSource>(source: &mut S, start: u64, end: u64) -> Result<Sha256, S::Error> {
    let count = end - start;
    if count.is_power_of_two() {
        let height = count.trailing_zeros();
        return source.subtree(height, start >> height);
    }
    let middle = start + split(count);
    // At most 63 levels deep: each step halves the count.
    let left = range_hash(source, start, middle)?;
    let right = range_hash(source, middle, end)?;
    Ok(node_hash(&left, &right))
}

/// Returns the largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// Why a proof does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf, or the older tree is the larger one.
    #[error("{index} is outside a tree of {size} records")]
    OutOfRange {
        /// The leaf, or the size of the older tree.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The number of hashes does not fit the sizes.
    #[error("proof has {0} hashes, which does not fit the tree's size")]
    Length(usize),
    /// The hashes lead to another root.
    #[error("proof leads to another root")]
    Root,
}

/// Checks that a leaf with this hash is at `index` in the tree of `size` leaves with this root.
pub fn verify_inclusion(
    leaf: Sha256,
    index: u64,
    size: u64,
    proof: &[Sha256],
    root: Sha256,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { index, size });
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length(proof.len()));
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length(proof.len()));
    }
    if hash == root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the tree of `new_size` leaves with root `new_root` extends the one of `old_size` with `old_root`.
pub fn verify_consistency(
    old_size: u64,
    old_root: Sha256,
    new_size: u64,
    new_root: Sha256,
    proof: &[Sha256],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::OutOfRange { index: old_size, size: new_size });
    }
    if old_size == 0 || old_size == new_size {
        if !proof.is_empty() {
            return Err(ProofError::Length(proof.len()));
        }
        let expected = if old_size == new_size { new_root } else { empty_root() };
        return if old_root == expected { Ok(()) } else { Err(ProofError::Root) };
    }
    let length = ProofError::Length(proof.len());
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    // An old tree of a power of two is a subtree of the new one: its own root begins the proof.
    let (first, rest) =
        if old_size.is_power_of_two() { (&old_root, proof) } else { proof.split_first().ok_or(length)? };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    if old_hash == old_root && new_hash == new_root { Ok(()) } else { Err(ProofError::Root) }
}
