//! Puts load on a ledger, for measuring from outside with `time` or `perf`.
//!
//! `ledger_load DIRECTORY init`, then `append COUNT BATCH` and `verify TIMES`. Records have 300 bytes. Each
//! batch is one durable append with everything that a command does for it: open, lock, check, sign, remember.

use std::path::Path;
use std::process::ExitCode;

use brattice_ledger::{Record, VerifyOptions};
use brattice_store::ledger::{
    FileStore, Remembered, append, init, public_key_path, read_signer, read_verifier_key,
};

/// As long as an event with a handful of digests.
const RECORD_BYTES: usize = 300;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [directory, "init"] => start(Path::new(directory)),
        [directory, "append", count, batch] => grow(Path::new(directory), count, batch),
        [directory, "verify", times] => check(Path::new(directory), times),
        _ => Err("usage: ledger_load DIRECTORY init | append COUNT BATCH | verify TIMES".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{error}\n"));
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn start(directory: &Path) -> Outcome {
    std::fs::create_dir_all(directory)?;
    init(&directory.join("ledger"), "load.test/log", &directory.join("key.pem"))?;
    Ok(())
}

fn grow(directory: &Path, count: &str, batch: &str) -> Outcome {
    let ledger = directory.join("ledger");
    let signer = read_signer(&ledger, &directory.join("key.pem"))?;
    let remembered = Remembered::new(&directory.join("state"));
    let records: Option<Vec<Record>> =
        (0..batch.parse()?).map(|it: usize| Record::new(vec![it.to_le_bytes()[0]; RECORD_BYTES])).collect();
    let records = records.ok_or("record is too large")?;
    for _ in 0..count.parse::<usize>()?.div_ceil(records.len().max(1)) {
        append(&ledger, &signer, &remembered, &records)?;
    }
    Ok(())
}

fn check(directory: &Path, times: &str) -> Outcome {
    let key = read_verifier_key(&public_key_path(&directory.join("key.pem")))?;
    let store = FileStore::open_shared(&directory.join("ledger"))?;
    for _ in 0..times.parse::<usize>()? {
        brattice_ledger::verify(&store, &VerifyOptions { key: &key, since: None })?;
    }
    Ok(())
}
