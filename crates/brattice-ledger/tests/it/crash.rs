//! Crashes: at every step of every append, with any part of what was not synchronised lost or torn.

use std::cell::Cell;

use brattice_ledger::{
    LedgerError, Log, MemoryStore, Store, StoreError, StoreErrorKind, Stored, VerifyOptions, verify,
};

use crate::support::{outcome, records, signer};

/// A store that fails for good after some steps. Until `sync`, what was written is only in `volatile`.
struct Failing {
    durable: MemoryStore,
    volatile: Vec<Step>,
    steps_left: Cell<u64>,
}

enum Step {
    Write(String, Vec<u8>),
    Remove(String),
}

impl Failing {
    fn new(durable: MemoryStore, steps: u64) -> Self {
        Self { durable, volatile: Vec::new(), steps_left: Cell::new(steps) }
    }

    fn step(&self, operation: &'static str, path: &str) -> Result<(), StoreError> {
        if let Some(left) = self.steps_left.get().checked_sub(1) {
            self.steps_left.set(left);
            return Ok(());
        }
        let (path, reason) = (path.to_owned(), "no space left on device".to_owned());
        Err(StoreError { operation, path, kind: StoreErrorKind::NoSpace, reason })
    }

    /// What a running process sees.
    fn seen(&self) -> MemoryStore {
        let mut seen = self.durable.clone();
        for step in &self.volatile {
            match step {
                Step::Write(path, bytes) => drop(seen.files.insert(path.clone(), bytes.clone())),
                Step::Remove(path) => drop(seen.files.remove(path)),
            }
        }
        seen
    }

    /// What is left after the power is cut: each step that was not synchronised may have happened, or not,
    /// or half of it. `chance` chooses.
    fn after_power_cut(&self, mut chance: u64) -> MemoryStore {
        let mut left = self.durable.clone();
        for step in &self.volatile {
            match (step, chance % 4) {
                (Step::Write(path, bytes), 0) => drop(left.files.insert(path.clone(), bytes.clone())),
                (Step::Write(path, bytes), 1) => {
                    left.files.insert(path.clone(), bytes[..bytes.len() / 2].to_vec());
                }
                (Step::Write(path, bytes), 2) => {
                    // The length arrived, the bytes did not.
                    left.files.insert(path.clone(), vec![0; bytes.len()]);
                }
                (Step::Remove(path), 0 | 1) => drop(left.files.remove(path)),
                _ => {}
            }
            chance =
                chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 1;
        }
        left
    }
}

impl Store for Failing {
    fn read(&self, path: &str, bytes_max: usize) -> Result<Stored, StoreError> {
        self.seen().read(path, bytes_max)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.seen().list(folder)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        if let Err(error) = self.step("write", path) {
            // A full disk takes the beginning.
            self.volatile.push(Step::Write(path.to_owned(), bytes[..bytes.len() / 3].to_vec()));
            return Err(error);
        }
        self.volatile.push(Step::Write(path.to_owned(), bytes.to_vec()));
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.step("sync", "")?;
        self.durable = self.seen();
        self.volatile.clear();
        Ok(())
    }

    fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.step("replace", path)?;
        // Half-way, the file has its new name but is not durable yet.
        self.durable.files.insert(path.to_owned(), bytes.to_vec());
        self.step("sync", path)
    }

    fn remove(&mut self, path: &str) -> Result<(), StoreError> {
        self.step("remove", path)?;
        self.volatile.push(Step::Remove(path.to_owned()));
        Ok(())
    }
}

/// Appends with failure at every step, then cuts the power in some way; whatever is left must be a sound
/// ledger with all acknowledged records that can be appended to. Goes on with what is left.
fn crash_everywhere(appends: &[u64], chances: u64) {
    for chance in 0..chances {
        let mut durable = Log::create(MemoryStore::default(), &signer()).unwrap().store().clone();
        let mut acknowledged = 0;
        for (round, count) in appends.iter().enumerate() {
            for steps in 0.. {
                let mut log =
                    Log::open(Failing::new(durable.clone(), steps), signer().verifier_key()).unwrap();
                let size = log.checkpoint().checkpoint().size;
                assert!(size >= acknowledged, "{round}: acknowledged records are gone");
                match log.append(&signer(), &records(size..size + count)) {
                    Ok(result) => {
                        acknowledged = result.indexes.end;
                        durable = log.store().after_power_cut(chance.wrapping_mul(97).wrapping_add(steps));
                        check(&durable, acknowledged, count * 2);
                        break;
                    }
                    Err(LedgerError::Io(error)) => {
                        assert_eq!(error.kind, StoreErrorKind::NoSpace);
                        durable = log.store().after_power_cut(chance.wrapping_mul(31).wrapping_add(steps));
                        check(&durable, acknowledged, count * 2);
                    }
                    Err(other) => panic!("append {round}, step {steps}, chance {chance}: {other}"),
                }
            }
        }
    }
}

/// The ledger is sound, holds what was acknowledged, and its records are the right ones.
fn check(store: &MemoryStore, acknowledged: u64, surplus_max: u64) {
    let signer = signer();
    let report = verify(store, &VerifyOptions { key: signer.verifier_key(), since: None })
        .unwrap_or_else(|error| panic!("after {acknowledged} acknowledged records: {error}"));
    assert!((acknowledged..=acknowledged + surplus_max).contains(&report.records));
    let log = Log::open(store.clone(), signer.verifier_key()).unwrap();
    assert_eq!(log.read(0..report.records).unwrap(), records(0..report.records));
}

#[test]
fn a_crash_at_any_step_of_single_appends_loses_nothing_acknowledged() {
    crash_everywhere(&[1, 1, 2, 1, 5, 1], 24);
}

#[test]
fn a_crash_at_any_step_across_tile_borders_loses_nothing_acknowledged() {
    crash_everywhere(&[250, 5, 1, 1, 300, 1], 6);
}

#[test]
fn a_failed_append_can_be_tried_again_on_the_same_log() {
    for steps in 0..12 {
        let created = Log::create(MemoryStore::default(), &signer()).unwrap().store().clone();
        let mut log = Log::open(Failing::new(created, steps), signer().verifier_key()).unwrap();
        let first = log.append(&signer(), &records(0..3));
        let seen = log.store().seen();
        let size = Log::open(&mut { seen }, signer().verifier_key()).unwrap().checkpoint().checkpoint().size;
        assert!(first.is_err() || size == 3);
        // Room again.
        let mut log = Log::open(Failing::new(log.store().seen(), 1000), signer().verifier_key()).unwrap();
        log.append(&signer(), &records(size..size + 2)).unwrap();
        assert_eq!(outcome(&log.store().seen(), None), format!("sound: {} records, []", size + 2));
    }
}

#[test]
fn trouble_in_reading_is_not_tampering_but_tampering_outweighs_it() {
    struct Unreadable(MemoryStore, &'static str);
    impl Store for Unreadable {
        fn read(&self, path: &str, bytes_max: usize) -> Result<Stored, StoreError> {
            if path == self.1 {
                let (path, reason) = (path.to_owned(), "input/output error".to_owned());
                return Err(StoreError { operation: "read", path, kind: StoreErrorKind::Other, reason });
            }
            self.0.read(path, bytes_max)
        }
        fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
            self.0.list(folder)
        }
        fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
            self.0.write(path, bytes)
        }
        fn sync(&mut self) -> Result<(), StoreError> {
            self.0.sync()
        }
        fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
            self.0.replace(path, bytes)
        }
        fn remove(&mut self, path: &str) -> Result<(), StoreError> {
            self.0.remove(path)
        }
    }
    let sound = crate::support::ledger(&[300]).store().clone();
    let mut changed = sound.clone();
    changed.files.get_mut("tile/entries/001.p/44").unwrap()[5] ^= 1;
    let signer = signer();
    let options = VerifyOptions { key: signer.verifier_key(), since: None };
    for path in ["checkpoint", "tile/entries/000", "tile/0/000", "tile/1/000.p/1"] {
        let verdict = verify(&Unreadable(sound.clone(), path), &options);
        assert!(matches!(&verdict, Err(LedgerError::Io(error)) if error.path == path), "{path}: {verdict:?}");
        if path != "checkpoint" {
            let verdict = verify(&Unreadable(changed.clone(), path), &options);
            assert!(matches!(verdict, Err(LedgerError::Tampered(_))), "{path}: {verdict:?}");
        }
    }
}

#[test]
fn what_a_crashed_append_left_is_gone_before_a_larger_one_covers_its_place() {
    let mut torn = crate::support::ledger(&[5]).store().clone();
    torn.files.insert("tile/entries/000.p/6".to_owned(), b"torn".to_vec());
    // The first number of steps that is enough leaves none for the cleaning after the commit.
    for steps in 0.. {
        let mut log = Log::open(Failing::new(torn.clone(), steps), signer().verifier_key()).unwrap();
        if log.append(&signer(), &records(5..8)).is_ok() {
            assert_eq!(outcome(&log.store().seen(), None), "sound: 8 records, []");
            return;
        }
    }
}

#[test]
fn what_a_killed_append_left_beyond_the_end_is_gone_after_the_next() {
    let mut log = Log::create(MemoryStore::default(), &signer()).unwrap();
    log.append(&signer(), &records(0..300)).unwrap();
    let mut store = log.store().clone();
    for path in
        ["tile/0/001", "tile/0/002.p/9", "tile/entries/001", "tile/entries/002", "tile/entries/003.p/9"]
    {
        store.files.insert(path.to_owned(), b"beyond".to_vec());
    }
    let mut log = Log::open(store, signer().verifier_key()).unwrap();
    log.append(&signer(), &records(300..301)).unwrap();
    let report = log.verify(&VerifyOptions { key: signer().verifier_key(), since: None }).unwrap();
    assert_eq!((report.records, report.leftovers), (301, Vec::new()));
}
