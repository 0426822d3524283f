//! A forger at the ledger: whatever is changed must show, and be named.

use brattice_ledger::{LedgerError, Log, MemoryStore, Record, Signer, UsageError, VerifyOptions, verify};

use crate::support::{ORIGIN, ledger, outcome, record, records, signer};

/// A small ledger with everything that one can hold: two levels, partial tiles, a payload.
fn full_ledger() -> Log<MemoryStore> {
    let mut log = ledger(&[250, 10]);
    let large = Record::new(b"a large record ".repeat(5_000)).unwrap();
    log.append(&signer(), &[large, record(261)]).unwrap();
    log
}

/// Changes one bit in every byte of a file, or in every `step`-th; each change must be found.
fn change_bytes(original: &MemoryStore, path: &str, step: usize) {
    let mut store = original.clone();
    for index in (0..original.files[path].len()).step_by(step) {
        // Every bit position has its turn.
        let flip = 1 << (index % 8);
        store.files.get_mut(path).unwrap()[index] ^= flip;
        let found = outcome(&store, None);
        assert!(found.starts_with("ledger was tampered with: "), "{path} byte {index}: {found}");
        store.files.get_mut(path).unwrap()[index] ^= flip;
    }
    assert_eq!(&store, original);
}

#[test]
fn every_single_changed_byte_in_every_file_is_found() {
    let mut log = ledger(&[5, 6]);
    log.append(&signer(), &[Record::new(vec![b'x'; 65_535]).unwrap()]).unwrap();
    let original = log.store();
    assert_eq!(original.files.len(), 4, "{:?}", original.files.keys());
    for path in original.files.keys() {
        // A payload is one hash over all of it: a sample of its bytes will do.
        change_bytes(original, path, if path.starts_with("payload/") { 61 } else { 1 });
    }
}

#[test]
fn changed_bytes_in_full_tiles_and_upper_levels_are_found() {
    let log = full_ledger();
    let original = log.store();
    assert_eq!(outcome(original, None), "sound: 262 records, []");
    assert_eq!(original.files.len(), 7, "{:?}", original.files.keys());
    for path in original.files.keys() {
        let is_large = path.starts_with("payload/") || original.files[path].len() > 3_000;
        change_bytes(original, path, if is_large { 31 } else { 1 });
    }
}

#[test]
fn every_missing_shortened_or_lengthened_file_is_found() {
    let original = full_ledger().store().clone();
    for path in original.files.keys() {
        let mut store = original.clone();
        store.files.remove(path);
        assert!(outcome(&store, None).ends_with("file is missing"), "{path}");
        let mut store = original.clone();
        store.files.get_mut(path).unwrap().pop();
        assert!(outcome(&store, None).starts_with("ledger was tampered with: "), "{path}");
        let mut store = original.clone();
        store.files.get_mut(path).unwrap().push(b'\n');
        assert!(outcome(&store, None).starts_with("ledger was tampered with: "), "{path}");
        let mut store = original.clone();
        store.files.get_mut(path).unwrap().clear();
        assert!(outcome(&store, None).starts_with("ledger was tampered with: "), "{path}");
    }
}

fn edit(store: &MemoryStore, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut store = store.clone();
    change(store.files.get_mut(path).unwrap_or_else(|| panic!("{path}")));
    outcome(&store, None)
}

#[test]
fn the_file_and_the_record_that_are_wrong_are_named() {
    let store = full_ledger().store().clone();
    let entry = edit(&store, "tile/entries/000", |it| it[10] ^= 1);
    assert_eq!(
        entry,
        "ledger was tampered with: `tile/entries/000`, record 0: entry does not have the hash that the signed \
         tree holds for it"
    );
    let tile = edit(&store, "tile/0/001.p/6", |it| it[40] ^= 1);
    assert_eq!(
        tile,
        "ledger was tampered with: `tile/0/001.p/6`, record 257: tile does not follow from the entries"
    );
    let upper = edit(&store, "tile/1/000.p/1", |it| it[0] ^= 1);
    assert_eq!(upper, "ledger was tampered with: `tile/1/000.p/1`: tile does not follow from the entries");
    let path = store.files.keys().find(|it| it.starts_with("payload/")).unwrap().clone();
    let payload = edit(&store, &path, |it| it[5] ^= 1);
    assert_eq!(
        payload,
        format!(
            "ledger was tampered with: `{path}`, record 260: payload does not have the digest that its entry \
             names"
        )
    );
    let signature = edit(&store, "checkpoint", |it| {
        let place = it.len() - 20;
        it[place] = if it[place] == b'A' { b'B' } else { b'A' };
    });
    assert_eq!(
        signature,
        "ledger was tampered with: `checkpoint`: signature of the expected key does not verify"
    );
}

/// Lays a ledger of other records under the original's checkpoint: a forger without the key.
fn forged(records: &[Record]) -> MemoryStore {
    let mut log = Log::create(MemoryStore::default(), &signer()).unwrap();
    log.append(&signer(), records).unwrap();
    log.store().clone()
}

#[test]
fn removed_and_reordered_records_are_found_though_all_tiles_fit_them() {
    let original = ledger(&[10]);
    let checkpoint = original.store().files["checkpoint"].clone();
    let mut reordered = records(0..10);
    reordered.swap(3, 4);
    let mut store = forged(&reordered);
    store.files.insert("checkpoint".to_owned(), checkpoint.clone());
    assert_eq!(
        outcome(&store, None),
        "ledger was tampered with: `checkpoint`: records give another root than the signed one"
    );
    let mut removed = records(0..10);
    removed.remove(4);
    let mut store = forged(&removed);
    store.files.insert("checkpoint".to_owned(), checkpoint);
    assert_eq!(outcome(&store, None), "ledger was tampered with: `tile/entries/000.p/10`: file is missing");
}

#[test]
fn a_ledger_that_was_put_back_is_found_by_what_was_seen_before() {
    let mut log = ledger(&[4]);
    let older = log.store().clone();
    log.append(&signer(), &records(4..7)).unwrap();
    let seen = log.checkpoint().checkpoint().clone();
    // Sound in itself: only the remembered checkpoint shows it.
    assert_eq!(outcome(&older, None), "sound: 4 records, []");
    assert_eq!(
        outcome(&older, Some(&seen)),
        "ledger was tampered with: `checkpoint`: ledger ends at 4 records, but 7 were seen before"
    );
    // An older checkpoint alone does not even fit the files.
    let mut store = log.store().clone();
    store.files.insert("checkpoint".to_owned(), older.files["checkpoint"].clone());
    assert_eq!(outcome(&store, None), "ledger was tampered with: `tile/entries/000.p/4`: file is missing");
    // All files gone.
    assert_eq!(outcome(&MemoryStore::default(), None), "there is no ledger here");
    assert_eq!(
        outcome(&MemoryStore::default(), Some(&seen)),
        "ledger was tampered with: `checkpoint`: file is missing"
    );
    let grown = ledger(&[4, 3, 20, 300]);
    assert_eq!(outcome(grown.store(), Some(&seen)), "sound: 327 records, []");
}

#[test]
fn another_history_under_the_right_key_is_found() {
    let seen = ledger(&[7]).checkpoint().checkpoint().clone();
    for count in [7, 8, 600] {
        let mut other = records(0..count);
        other[2] = record(1000);
        let found = outcome(&forged(&other), Some(&seen));
        assert!(found.contains("the first 7 records have another root than the"), "{count}: {found}");
    }
    let elsewhere = brattice_ledger::Checkpoint { origin: "other.test".to_owned(), ..seen };
    let found = outcome(ledger(&[7]).store(), Some(&elsewhere));
    assert_eq!(found, "the remembered checkpoint is of `other.test`, the ledger is `digits.test/log`");
}

#[test]
fn another_key_is_refused_for_reading_and_writing() {
    let mut log = ledger(&[3]);
    let stranger = Signer::from_seed(ORIGIN, &[8; 32]).unwrap();
    let verdict = verify(log.store(), &VerifyOptions { key: stranger.verifier_key(), since: None });
    assert!(matches!(verdict, Err(LedgerError::Tampered(_))), "{verdict:?}");
    assert!(Log::open(log.store().clone(), stranger.verifier_key()).is_err());
    let verdict = log.append(&stranger, &records(0..1));
    assert!(matches!(verdict, Err(LedgerError::Usage(UsageError::OtherKey { .. }))), "{verdict:?}");
}

#[test]
fn nothing_is_built_on_a_right_edge_that_was_tampered_with() {
    let original = full_ledger();
    for (path, bytes) in &original.store().files {
        // What an append does not read it cannot judge: full tiles below the edge, and payloads.
        if path == "tile/0/000" || path == "tile/entries/000" || path.starts_with("payload/") {
            continue;
        }
        for index in 0..bytes.len() {
            let mut store = original.store().clone();
            store.files.get_mut(path).unwrap()[index] ^= 1;
            let before = store.clone();
            let Ok(mut log) = Log::open(store, signer().verifier_key()) else { continue };
            let verdict = log.append(&signer(), &records(0..1));
            assert!(matches!(verdict, Err(LedgerError::Tampered(_))), "{path} byte {index}");
            assert_eq!(log.store(), &before, "{path} byte {index}");
        }
    }
}

#[test]
fn an_existing_payload_that_was_changed_is_not_written_over() {
    let mut log = full_ledger();
    let large = Record::new(b"a large record ".repeat(5_000)).unwrap();
    log.append(&signer(), std::slice::from_ref(&large)).unwrap();
    let mut store = log.store().clone();
    let path = store.files.keys().find(|it| it.starts_with("payload/")).unwrap().clone();
    store.files.get_mut(&path).unwrap()[0] ^= 1;
    let mut log = Log::open(store, signer().verifier_key()).unwrap();
    assert!(matches!(log.append(&signer(), &[large]), Err(LedgerError::Tampered(_))));
}

#[test]
fn reading_and_proving_refuse_what_is_not_under_the_root() {
    let original = full_ledger();
    assert_eq!(original.read(0..262).unwrap().len(), 262);
    assert_eq!(original.read(7..9).unwrap(), records(7..9));
    assert!(original.read(5..5).unwrap().is_empty());
    assert!(matches!(original.read(5..263), Err(LedgerError::Usage(UsageError::NoSuchRecord { .. }))));
    for path in ["tile/entries/000", "tile/0/000", "tile/0/001.p/6", "tile/entries/001.p/6"] {
        let mut store = original.store().clone();
        store.files.get_mut(path).unwrap()[50] ^= 1;
        let log = Log::open(store, signer().verifier_key()).unwrap();
        let verdict = log.read(0..262);
        assert!(matches!(verdict, Err(LedgerError::Tampered(_))), "{path}: {verdict:?}");
    }
    let mut store = original.store().clone();
    store.files.get_mut("tile/0/000").unwrap()[50] ^= 1;
    let log = Log::open(store, signer().verifier_key()).unwrap();
    assert!(matches!(log.prove(2), Err(LedgerError::Tampered(_))));
}

#[test]
fn what_no_checkpoint_covers_is_listed_and_a_changed_earlier_state_is_found() {
    let log = ledger(&[5, 3]);
    let mut store = log.store().clone();
    let bundle = store.files["tile/entries/000.p/8"].clone();
    store.files.insert("notes.txt".to_owned(), b"hello".to_vec());
    store.files.insert("tile/entries/000.p/9".to_owned(), b"torn".to_vec());
    assert_eq!(outcome(&store, None), "sound: 8 records, [\"notes.txt\", \"tile/entries/000.p/9\"]");
    // The bundle as it was at five records: each is `00 ‖ record n` behind two bytes of length.
    store.files.insert("tile/entries/000.p/5".to_owned(), bundle[..55].to_vec());
    assert_eq!(outcome(&store, None), "sound: 8 records, [\"notes.txt\", \"tile/entries/000.p/9\"]");
    store.files.get_mut("tile/entries/000.p/5").unwrap()[12] ^= 1;
    assert!(outcome(&store, None).starts_with("ledger was tampered with: `tile/entries/000.p/5`"));
}

#[test]
fn a_place_that_is_not_empty_gets_no_new_ledger() {
    let store = ledger(&[1]).store().clone();
    let verdict = Log::create(store, &signer());
    assert!(matches!(verdict, Err(LedgerError::Usage(UsageError::NotEmpty(_)))), "{verdict:?}");
    let mut log = ledger(&[]);
    assert_eq!(outcome(log.store(), None), "sound: 0 records, []");
    assert!(matches!(log.append(&signer(), &[]), Err(LedgerError::Usage(UsageError::Batch { .. }))));
}
