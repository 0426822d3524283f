//! Hashes, proofs and tile paths against RFC 6962's own vectors and an independent implementation.

use brattice_digest::Sha256;
use brattice_ledger::{
    HashSource, TileKind, TilePath, consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash,
    root, verify_consistency, verify_inclusion,
};
use proptest::prelude::{Just, Strategy, any, proptest};
use tlog_tiles::{HashReader, Tile};

use crate::support::{ledger, outcome};

/// All leaf hashes of a tree; subtrees are hashed anew each time.
struct Leaves(Vec<Sha256>);

impl HashSource for Leaves {
    type Error = std::convert::Infallible;

    fn subtree(&mut self, height: u32, index: u64) -> Result<Sha256, Self::Error> {
        if height == 0 {
            return Ok(self.leaf(index));
        }
        Ok(node_hash(&self.subtree(height - 1, 2 * index)?, &self.subtree(height - 1, 2 * index + 1)?))
    }
}

impl Leaves {
    fn of(size: u64) -> Self {
        Self((0..size).map(|it| leaf_hash(&it.to_be_bytes())).collect())
    }

    fn leaf(&self, index: u64) -> Sha256 {
        self.0[usize::try_from(index).unwrap()]
    }
}

/// The same tree in the independent implementation.
struct Oracle(Vec<tlog_tiles::Hash>);

impl HashReader for Oracle {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|it| self.0[usize::try_from(*it).unwrap()]).collect())
    }
}

impl Oracle {
    fn of(size: u64) -> Self {
        let mut oracle = Self(Vec::new());
        for index in 0..size {
            let new = tlog_tiles::stored_hashes(index, &index.to_be_bytes(), &oracle).unwrap();
            oracle.0.extend(new);
        }
        oracle
    }
}

fn ours(hash: tlog_tiles::Hash) -> Sha256 {
    Sha256::from_bytes(hash.0)
}

fn theirs(hash: Sha256) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

const SIZE: u64 = 600;

#[test]
fn the_vectors_of_the_certificate_transparency_test_suite_hold() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut source = Leaves(leaves.iter().map(|it| leaf_hash(it)).collect());
    assert_eq!(empty_root(), Sha256::of(b""));
    for (size, expected) in (1..).zip(roots) {
        assert_eq!(root(&mut source, size), Ok(expected.parse().unwrap()), "{size}");
    }
}

#[test]
fn roots_and_proofs_at_all_sizes_are_those_of_the_other_implementation() {
    let (oracle, mut source) = (Oracle::of(SIZE), Leaves::of(SIZE));
    for size in 1..=SIZE {
        let expected = ours(tlog_tiles::tree_hash(size, &oracle).unwrap());
        assert_eq!(root(&mut source, size), Ok(expected));
        // Every edge of the shape is within these; the rest is covered by the random test.
        for index in [0, 1.min(size - 1), size / 3, size / 2, size.saturating_sub(2), size - 1] {
            let Ok(Some(proof)) = inclusion_proof(&mut source, index, size) else { panic!("in range") };
            let expected_proof: Vec<_> =
                tlog_tiles::prove_record(size, index, &oracle).unwrap().into_iter().map(ours).collect();
            assert_eq!(proof, expected_proof, "{index} in {size}");
            assert_eq!(verify_inclusion(source.leaf(index), index, size, &proof, expected), Ok(()));
            let Ok(growth) = consistency_proof(&mut source, index + 1, size);
            let growth = growth.unwrap();
            let expected_growth: Vec<_> =
                tlog_tiles::prove_tree(size, index + 1, &oracle).unwrap().into_iter().map(ours).collect();
            let Ok(old_root) = root(&mut source, index + 1);
            assert_eq!(growth, expected_growth, "{} to {size}", index + 1);
            assert_eq!(verify_consistency(index + 1, old_root, size, expected, &growth), Ok(()));
        }
    }
}

#[test]
fn every_proof_in_every_tree_of_up_to_70_records_verifies_at_its_own_place_only() {
    let mut source = Leaves::of(70);
    for size in 1..=70 {
        let Ok(expected) = root(&mut source, size);
        for index in 0..size {
            let Ok(Some(proof)) = inclusion_proof(&mut source, index, size) else { panic!("in range") };
            for place in 0..size + 2 {
                let verdict = verify_inclusion(source.leaf(index), place, size, &proof, expected);
                assert_eq!(verdict.is_ok(), place == index, "{index} at {place} of {size}");
            }
        }
    }
}

proptest! {
    #[test]
    fn a_changed_inclusion_proof_is_refused(
        (size, index) in (1..5000_u64).prop_flat_map(|size| (Just(size), 0..size)),
        change in any::<proptest::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let mut source = Leaves::of(size);
        let leaf = source.leaf(index);
        let Ok(expected) = root(&mut source, size);
        let Ok(Some(proof)) = inclusion_proof(&mut source, index, size) else { panic!("in range") };
        assert_eq!(verify_inclusion(leaf, index, size, &proof, expected), Ok(()));
        let expected_by_oracle = proof.iter().copied().map(theirs).collect();
        assert!(tlog_tiles::check_record(&expected_by_oracle, size, theirs(expected), index, theirs(leaf)).is_ok());
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let place = change.index(changed.len());
            let mut bytes = *changed[place].as_bytes();
            bytes[change.index(32)] ^= 1 << bit;
            changed[place] = Sha256::from_bytes(bytes);
            assert!(verify_inclusion(leaf, index, size, &changed, expected).is_err());
            assert!(verify_inclusion(leaf, index, size, &proof[1..], expected).is_err());
        }
        let longer = [proof.as_slice(), &[leaf]].concat();
        assert!(verify_inclusion(leaf, index, size, &longer, expected).is_err());
        assert!(verify_inclusion(leaf, index + size, size, &proof, expected).is_err());
    }

    #[test]
    fn a_changed_consistency_proof_is_refused(
        (new, old) in (1..5000_u64).prop_flat_map(|new| (Just(new), 1..=new)),
        change in any::<proptest::sample::Index>(),
    ) {
        let mut source = Leaves::of(new);
        let (Ok(old_root), Ok(new_root)) = (root(&mut source, old), root(&mut source, new));
        let Ok(Some(proof)) = consistency_proof(&mut source, old, new) else { panic!("in range") };
        assert_eq!(verify_consistency(old, old_root, new, new_root, &proof), Ok(()));
        let expected_by_oracle = proof.iter().copied().map(theirs).collect();
        assert!(tlog_tiles::check_tree(&expected_by_oracle, new, theirs(new_root), old, theirs(old_root)).is_ok());
        let other = leaf_hash(b"another history");
        assert!(verify_consistency(old, other, new, new_root, &proof).is_err());
        assert!(verify_consistency(old, old_root, new, other, &proof).is_err());
        assert!(verify_consistency(new + 1, old_root, new, new_root, &proof).is_err());
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let place = change.index(changed.len());
            changed[place] = other;
            assert!(verify_consistency(old, old_root, new, new_root, &changed).is_err());
            assert!(verify_consistency(old, old_root, new, new_root, &proof[1..]).is_err());
            assert!(verify_consistency(old, old_root, new, new_root, &[]).is_err());
        }
        let longer = [proof.as_slice(), &[other]].concat();
        assert!(verify_consistency(old, old_root, new, new_root, &longer).is_err());
    }

    #[test]
    fn tile_paths_are_those_of_the_other_implementation(
        level in 0..=7_u8,
        index in 0..u64::from(u32::MAX),
        width in 1..=256_u16,
        entries in any::<bool>(),
    ) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
        let path = TilePath::partial(kind, index, width).unwrap_or_else(|| TilePath::full(kind, index));
        // The other implementation has the height in its paths and calls bundles data tiles.
        let level = if entries { 0 } else { level };
        let tile = Tile::new(8, level, index, u32::from(width), entries);
        let expected = tile.path().replacen("tile/8/data/", "tile/entries/", 1).replacen("tile/8/", "tile/", 1);
        assert_eq!(path.to_string(), expected);
        assert_eq!(expected.parse(), Ok(path));
    }

    #[test]
    fn a_text_that_reads_as_a_tile_path_is_its_one_spelling(text in "tile/([0-9]{1,2}|entries)/(x?[0-9]{2,3}/?){1,3}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = text.parse::<TilePath>() {
            assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn stored_tiles_are_those_of_the_other_implementation(appends in proptest::collection::vec(1..300_u64, 1..8)) {
        let log = ledger(&appends);
        let size: u64 = appends.iter().sum();
        assert_eq!(outcome(log.store(), None), format!("sound: {size} records, []"));
        let mut oracle = Oracle(Vec::new());
        for index in 0..size {
            let leaf = format!("\0record {index}");
            let new = tlog_tiles::stored_hashes(index, leaf.as_bytes(), &oracle).unwrap();
            oracle.0.extend(new);
        }
        let mut files = 1;
        for tile in Tile::new_tiles(8, 0, size) {
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            assert_eq!(log.store().files[&path], tile.read_data(&oracle).unwrap(), "{path}");
            files += 1;
        }
        // Bundles beside them, and nothing else: superseded partial tiles are gone.
        assert_eq!(log.store().files.len() as u64, files + size.div_ceil(256));
        let expected = tlog_tiles::tree_hash(size, &oracle).unwrap();
        assert_eq!(log.checkpoint().checkpoint().root, ours(expected));
    }
}

#[test]
fn malformed_tile_paths_are_refused() {
    for bad in [
        "tile/0/0",
        "tile/0/1234",
        "tile/00/000",
        "tile/64/000",
        "tile/+1/000",
        "tile/0/x000/001",
        "tile/0/001/x234",
        "tile/0/001/234",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000.p/7/",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/-01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert!(bad.parse::<TilePath>().is_err(), "{bad}");
    }
    let far: TilePath = "tile/entries/x001/x234/067.p/8".parse().unwrap();
    assert_eq!((far.kind(), far.index(), far.width()), (TileKind::Entries, 1_234_067, 8));
}
