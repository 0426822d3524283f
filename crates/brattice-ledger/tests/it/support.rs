//! What the tests share: one key, some records, ledgers made from them.

use brattice_ledger::{Checkpoint, Log, MemoryStore, Record, Signer, VerifyOptions, verify};

pub(crate) const ORIGIN: &str = "digits.test/log";

pub(crate) fn signer() -> Signer {
    Signer::from_seed(ORIGIN, &[7; 32]).unwrap()
}

pub(crate) fn record(index: u64) -> Record {
    Record::new(format!("record {index}").into_bytes()).unwrap()
}

pub(crate) fn records(range: std::ops::Range<u64>) -> Vec<Record> {
    range.map(record).collect()
}

/// Makes a ledger by appends of these sizes.
pub(crate) fn ledger(appends: &[u64]) -> Log<MemoryStore> {
    let mut log = Log::create(MemoryStore::default(), &signer()).unwrap();
    let mut size = 0;
    for count in appends {
        let result = log.append(&signer(), &records(size..size + count)).unwrap();
        assert_eq!(result.indexes, size..size + count);
        size += count;
    }
    log
}

/// Verifies and says the outcome in words.
pub(crate) fn outcome(store: &MemoryStore, since: Option<&Checkpoint>) -> String {
    let signer = signer();
    match verify(store, &VerifyOptions { key: signer.verifier_key(), since }) {
        Ok(report) => format!("sound: {} records, {:?}", report.records, report.leftovers),
        Err(error) => error.to_string(),
    }
}
