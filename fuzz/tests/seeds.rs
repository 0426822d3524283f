//! Every target on its seeds and on a few thousand mutations of them.

use std::path::Path;

use brattice_fuzz::TARGETS;
use brattice_fuzz::mutate::{Random, mutate};

#[test]
#[expect(clippy::disallowed_methods, reason = "the seeds are small files of this crate")]
fn no_seed_and_no_mutation_breaks_a_promise() {
    for target in TARGETS {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target.name);
        let mut paths: Vec<_> = std::fs::read_dir(&directory).unwrap().map(|it| it.unwrap().path()).collect();
        paths.sort();
        let seeds: Vec<Vec<u8>> = paths.iter().map(|it| std::fs::read(it).unwrap()).collect();
        assert!(!seeds.is_empty(), "{} has seeds", target.name);
        for seed in &seeds {
            (target.run)(seed);
        }
        let mut random = Random::new(7);
        for _ in 0..3_000 {
            (target.run)(&mutate(&seeds, target.dictionary, &mut random));
        }
    }
}
