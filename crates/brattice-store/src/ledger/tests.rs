//! The ledger on a real file system: keys, links, crashes by `kill -9`, appenders side by side.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use brattice_ledger::{
    FaultKind, LedgerError, Log, Record, Signer, Store as _, StoreErrorKind, Stored, UsageError, VerifierKey,
};
use tempfile::TempDir;

use super::files::kind_of;
use super::{
    FileStore, InitError, KeyFileError, Remembered, append, init, open, public_key_path, read_signer,
    read_verifier_key, verify,
};
use crate::write::WriteError;

const ORIGIN: &str = "digits.test/log";

/// How often the appender is killed.
const KILLS: u32 = 50;

/// Where the child of the kill test finds its folder.
const CHILD: &str = "BRATTICE_TEST_LEDGER_APPENDER";

struct Place {
    folder: TempDir,
}

impl Place {
    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn new() -> Self {
        let place = Self::empty();
        init(&place.ledger(), ORIGIN, &place.key()).unwrap();
        place
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn remembered(&self) -> Remembered {
        Remembered::new(&self.folder.path().join("state/ledgers"))
    }

    fn signer(&self) -> Signer {
        read_signer(&self.ledger(), &self.key()).unwrap()
    }

    fn verifier_key(&self) -> VerifierKey {
        read_verifier_key(&public_key_path(&self.key())).unwrap()
    }

    fn append(&self, text: &str) -> Result<u64, LedgerError> {
        let record = Record::new(text.as_bytes().to_vec()).unwrap();
        append(&self.ledger(), &self.signer(), &self.remembered(), &[record]).map(|it| it.indexes.start)
    }

    fn verify(&self) -> String {
        match verify(&self.ledger(), &self.verifier_key(), &self.remembered()) {
            Ok(report) => format!("sound: {} records, {:?}", report.records, report.leftovers),
            Err(error) => error.to_string(),
        }
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn a_new_ledger_has_no_record_and_its_private_key_is_its_owners() {
    let place = Place::new();
    assert_eq!(place.verify(), "sound: 0 records, []");
    assert_eq!(fs::metadata(place.key()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(&place.verifier_key(), place.signer().verifier_key());
    assert_eq!(place.verifier_key().name(), ORIGIN);
    let files = FileStore::open_shared(&place.ledger()).unwrap().list("").unwrap();
    assert_eq!(files, ["checkpoint"]);
    assert_eq!(place.append("first").unwrap(), 0);
    assert_eq!(place.append("second").unwrap(), 1);
    assert_eq!(place.verify(), "sound: 2 records, []");
    let log = open(&place.ledger(), &place.verifier_key()).unwrap();
    assert_eq!(log.read(1..2).unwrap()[0].as_bytes(), b"second");
    let two = Place::new();
    assert_ne!(place.verifier_key(), two.verifier_key());
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_behind() {
    let place = Place::new();
    let before = fs::metadata(place.key()).unwrap().modified().unwrap();
    let other_key = place.folder.path().join("other.pem");
    let verdict = init(&place.ledger(), ORIGIN, &other_key);
    assert!(
        matches!(verdict, Err(InitError::Ledger(LedgerError::Usage(UsageError::NotEmpty(_))))),
        "{verdict:?}"
    );
    let other_ledger = place.folder.path().join("other");
    for key in [place.key(), place.folder.path().join("half")] {
        fs::write(place.folder.path().join("half.pub"), "mine").unwrap();
        let verdict = init(&other_ledger, ORIGIN, &key);
        assert!(matches!(verdict, Err(InitError::Write(WriteError::Exists { .. }))), "{verdict:?}");
    }
    assert_eq!(fs::metadata(place.key()).unwrap().modified().unwrap(), before);
    let expected = ["half.pub", "key.pem", "key.pem.pub", "ledger"].map(str::to_owned);
    assert_eq!(place.names(), BTreeSet::from(expected));
}

#[test]
fn a_key_inside_the_ledger_and_a_name_that_is_none_are_refused() {
    let place = Place::empty();
    symlink(place.ledger(), place.folder.path().join("link")).unwrap();
    for key in ["ledger/key.pem", "link/key.pem", "ledger/../ledger/key.pem"] {
        let verdict = init(&place.ledger(), ORIGIN, &place.folder.path().join(key));
        assert!(matches!(verdict, Err(InitError::KeyInside(_))), "{key}: {verdict:?}");
    }
    for origin in ["", "a b", "a+b", "a\nb"] {
        assert!(matches!(init(&place.ledger(), origin, &place.key()), Err(InitError::Key(_))), "{origin:?}");
    }
    let lost = place.folder.path().join("missing/key.pem");
    assert!(matches!(init(&place.ledger(), ORIGIN, &lost), Err(InitError::Io { .. })));
    assert_eq!(place.names(), BTreeSet::from(["link".to_owned()]));
}

#[test]
fn a_ledger_that_was_put_back_or_taken_away_is_refused_by_check_and_append() {
    let place = Place::new();
    place.append("0").unwrap();
    let backup = place.folder.path().join("backup");
    copy(&place.ledger(), &backup);
    place.append("1").unwrap();
    fs::remove_dir_all(place.ledger()).unwrap();
    copy(&backup, &place.ledger());
    let expected = "ledger was tampered with: `checkpoint`: ledger ends at 1 records, but 2 were seen before";
    assert_eq!(place.verify(), expected);
    assert_eq!(place.append("other").unwrap_err().to_string(), expected);
    // A fork: the same history, continued in another way, by whoever has the key.
    let elsewhere = Remembered::new(&place.folder.path().join("elsewhere"));
    let record = |it: &str| Record::new(it.as_bytes().to_vec()).unwrap();
    append(&place.ledger(), &place.signer(), &elsewhere, &[record("other"), record("more")]).unwrap();
    assert!(place.verify().contains("the first 2 records have another root than the"), "{}", place.verify());
    let signer = place.signer();
    fs::remove_dir_all(place.ledger()).unwrap();
    let gone = "ledger was tampered with: `checkpoint`: file is missing";
    assert_eq!(place.verify(), gone);
    let verdict = append(&place.ledger(), &signer, &place.remembered(), &[record("x")]);
    assert_eq!(verdict.unwrap_err().to_string(), gone);
    fs::create_dir(place.ledger()).unwrap();
    assert_eq!(place.verify(), gone);
    let fresh = Place::empty();
    let verdict = verify(&fresh.ledger(), signer.verifier_key(), &fresh.remembered());
    assert!(matches!(verdict, Err(LedgerError::Usage(UsageError::NoLedger))), "{verdict:?}");
}

#[test]
fn what_was_remembered_is_only_replaced_by_what_extends_it() {
    let place = Place::new();
    let remembered = place.remembered();
    place.append("0").unwrap();
    let older = open(&place.ledger(), &place.verifier_key()).unwrap();
    let (size, note) = (older.checkpoint().checkpoint().size, older.checkpoint().to_string());
    assert_eq!((size, remembered.load(&place.verifier_key()).unwrap().unwrap().to_string()), (1, note));
    drop(older);
    let state = place.folder.path().join("state/ledgers");
    let file = fs::read_dir(&state).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let mut text = crate::read_bounded(&file, 1 << 20).unwrap();
    text[ORIGIN.len() + 1] = b'0';
    fs::write(&file, text).unwrap();
    let verdict = remembered.load(&place.verifier_key());
    assert!(
        matches!(&verdict, Err(LedgerError::Tampered(fault)) if matches!(fault.kind, FaultKind::Checkpoint(_))),
        "{verdict:?}"
    );
    assert!(place.append("1").is_err());
}

#[test]
fn links_and_pipes_in_the_place_of_files_are_tampering_and_never_followed() {
    let place = Place::new();
    place.append("0").unwrap();
    let bundle = place.ledger().join("tile/entries/000.p/1");
    let outside = place.folder.path().join("outside");
    fs::rename(&bundle, &outside).unwrap();
    symlink(&outside, &bundle).unwrap();
    let expected = "ledger was tampered with: `tile/entries/000.p/1`: not a regular file";
    assert_eq!(place.verify(), expected);
    fs::remove_file(&bundle).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &bundle, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert_eq!(place.verify(), expected);
    fs::remove_file(&bundle).unwrap();
    fs::create_dir(&bundle).unwrap();
    assert_eq!(place.verify(), expected);
    fs::remove_dir(&bundle).unwrap();
    fs::rename(&outside, &bundle).unwrap();
    // A folder that is a link to the very same files.
    fs::rename(place.ledger().join("tile"), &outside).unwrap();
    symlink(&outside, place.ledger().join("tile")).unwrap();
    assert!(place.verify().ends_with("not a regular file"), "{}", place.verify());
    assert!(place.append("1").is_err());
    assert_eq!(fs::read_dir(outside.join("entries/000.p")).unwrap().count(), 1);
}

#[test]
fn unreadable_and_full_are_not_tampering() {
    let no_space = std::io::Error::from(rustix::io::Errno::NOSPC);
    assert_eq!(kind_of(&no_space), StoreErrorKind::NoSpace);
    assert_eq!(kind_of(&rustix::io::Errno::DQUOT.into()), StoreErrorKind::NoSpace);
    assert_eq!(kind_of(&rustix::io::Errno::ROFS.into()), StoreErrorKind::Denied);
    let place = Place::new();
    let store = FileStore::open_shared(&place.ledger()).unwrap();
    assert!(store.read("../key.pem", 1000).is_err());
    assert_eq!(store.read("tile/../checkpoint", 1000).unwrap(), Stored::Missing);
    assert_eq!(store.read("checkpoint", 10).unwrap(), Stored::TooLong);
    assert_eq!(store.read("checkpoint/x", 10).unwrap(), Stored::NotAFile);
    let verdict = read_signer(&place.ledger(), &public_key_path(&place.key()));
    assert!(matches!(verdict, Err(KeyFileError::Key(_))), "{verdict:?}");
    assert!(matches!(read_verifier_key(&place.key()), Err(KeyFileError::Key(_))));
}

#[test]
fn superseded_files_are_removed_with_their_folders() {
    let place = Place::new();
    let mut log =
        Log::open(FileStore::open_exclusive(&place.ledger()).unwrap(), &place.verifier_key()).unwrap();
    let large = Record::new(vec![7; 70_000]).unwrap();
    let small = |it: u32| Record::new(it.to_be_bytes().to_vec()).unwrap();
    let records: Vec<_> = (0..255).map(small).collect();
    log.append(&place.signer_of(&log), &records).unwrap();
    log.append(&place.signer_of(&log), &[large]).unwrap();
    let files = log.store().list("").unwrap();
    drop(log);
    let payload = files.iter().find(|it| it.starts_with("payload/sha256/")).unwrap();
    let expected = ["checkpoint", payload, "tile/0/000", "tile/1/000.p/1", "tile/entries/000"];
    assert_eq!(files, expected);
    assert!(!place.ledger().join("tile/entries/000.p").exists());
    assert_eq!(place.verify(), "sound: 256 records, []");
    assert_eq!(place.append("next").unwrap(), 256);
    assert_eq!(place.verify(), "sound: 257 records, []");
}

impl Place {
    /// Reads the key without waiting for the lock that `log` holds.
    fn signer_of(&self, log: &Log<FileStore>) -> Signer {
        let pem = crate::read_bounded(&self.key(), 4096).unwrap();
        Signer::from_pkcs8_pem(log.verifier_key().name(), str::from_utf8(&pem).unwrap()).unwrap()
    }
}

#[test]
fn appenders_side_by_side_take_turns() {
    let place = Place::new();
    let indexes: Vec<u64> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let place = &place;
                scope.spawn(move || {
                    (0..10).map(|it| place.append(&format!("{worker}-{it}")).unwrap()).collect()
                })
            })
            .collect();
        workers.into_iter().flat_map(|it| -> Vec<u64> { it.join().unwrap() }).collect()
    });
    assert_eq!(indexes.iter().copied().collect::<BTreeSet<_>>(), (0..40).collect());
    assert_eq!(place.verify(), "sound: 40 records, []");
    let log = open(&place.ledger(), &place.verifier_key()).unwrap();
    let texts: BTreeSet<Vec<u8>> = log.read(0..40).unwrap().into_iter().map(Record::into_bytes).collect();
    assert_eq!(texts.len(), 40);
}

/// The child of the next test: appends until it is killed, and says each index when it is acknowledged.
#[test]
fn appender_until_killed() {
    #[expect(clippy::disallowed_methods, reason = "how a test tells its own child where to work")]
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let folder = PathBuf::from(folder);
    let (ledger, key) = (folder.join("ledger"), folder.join("key.pem"));
    let remembered = Remembered::new(&folder.join("state/ledgers"));
    let signer = read_signer(&ledger, &key).unwrap();
    for batch in 0_usize.. {
        // Single records and batches that cross the border of a bundle, in turn.
        let count = if batch % 5 == 4 { 90 } else { 1 };
        let records: Vec<_> = (0..count).map(|_| Record::new(b"some record".to_vec()).unwrap()).collect();
        let result = append(&ledger, &signer, &remembered, &records).unwrap();
        println!("acknowledged {}", result.indexes.end);
    }
}

#[test]
fn an_appender_that_is_killed_at_any_time_loses_nothing_acknowledged() {
    let place = Place::new();
    let mut acknowledged = 0;
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["ledger::tests::appender_until_killed", "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD, place.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reader = thread::spawn(move || {
            let mut last = 0;
            for line in lines.map_while(Result::ok) {
                if let Some((_, size)) = line.split_once("acknowledged ") {
                    last = size.parse().unwrap_or(last);
                }
            }
            last
        });
        thread::sleep(Duration::from_millis(u64::from(20 + round * 7 % 60)));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = acknowledged.max(reader.join().unwrap());
        let report = verify(&place.ledger(), &place.verifier_key(), &place.remembered()).unwrap();
        assert!(report.records >= acknowledged, "{round}: {} < {acknowledged}", report.records);
        acknowledged = report.records;
    }
    assert!(acknowledged > 0, "no child ever came to an append");
    let next = place.append("after all").unwrap();
    assert_eq!((next, place.verify()), (acknowledged, format!("sound: {} records, []", acknowledged + 1)));
}
