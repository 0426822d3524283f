//! `ledger init|append|checkpoint|verify|prove|verify-proof|show|status|tail`.

use std::io::{IsTerminal, Read};
use std::path::Path;

use brattice_ledger::{
    Event, Log, Proof, RECORD_BYTES_MAX, Record, SignedCheckpoint, VerifierKey, verify_proof,
};
use brattice_rules::plural;
use brattice_store::ledger::{self, FileStore};

use crate::cli::{LedgerArgs, LedgerCommand};
use crate::context::{Context, read_named, short};
use crate::evidence::make_parent;
use crate::exit::{Failure, NO, NOTHING, YES, chain};
use crate::ledger::{Place, append_record, failure, own_key, remembered};
use crate::terminal::one_line;

/// The largest proof or checkpoint in bytes; a proof of a billion records has under 4 KiB.
const PROOF_BYTES_MAX: u64 = 1 << 20;

/// Runs `ledger`.
pub(crate) fn ledger(context: &Context<'_>, arguments: &LedgerArgs) -> Result<u8, Failure> {
    match &arguments.command {
        LedgerCommand::Init { origin } => init(context, origin),
        LedgerCommand::Append { file } => append(context, file),
        LedgerCommand::Checkpoint => {
            let log = open(context)?;
            context.terminal.data(log.checkpoint().to_string().as_bytes())?;
            Ok(YES)
        }
        LedgerCommand::Verify { verifier, since } => verify(context, verifier.as_deref(), since.as_deref()),
        LedgerCommand::Prove { index, out } => prove(context, *index, out.as_deref()),
        LedgerCommand::VerifyProof { proof, record, verifier } => {
            check_proof(context, proof, record, verifier)
        }
        LedgerCommand::Show { index } => {
            let log = open(context)?;
            for record in log.read(*index..index.saturating_add(1)).map_err(|error| failure(&error))? {
                context.terminal.data(record.as_bytes())?;
                // A file gets the record's very bytes, so that a proof holds for it.
                if std::io::stdout().is_terminal() {
                    context.terminal.data(b"\n")?;
                }
            }
            Ok(YES)
        }
        LedgerCommand::Status => status(context),
        LedgerCommand::Tail { lines } => tail(context, *lines),
    }
}

fn init(context: &Context<'_>, origin: &str) -> Result<u8, Failure> {
    let place = Place::require(context)?;
    let key = place.require_key()?;
    make_parent(&place.directory)?;
    make_parent(key)?;
    let verifier =
        ledger::init(&place.directory, origin, key).map_err(|error| Failure::usage(chain(&error)))?;
    context.terminal.line(&verifier.to_string())?;
    context.terminal.success(&format!("made the log `{origin}` in {}", place.directory.display()));
    Ok(YES)
}

fn append(context: &Context<'_>, file: &Path) -> Result<u8, Failure> {
    let place = Place::require(context)?;
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(RECORD_BYTES_MAX as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::incomplete(format!("failed to read standard input: {error}")))?;
        bytes
    } else {
        read_named(&context.path(file), RECORD_BYTES_MAX as u64)?
    };
    let record = Record::new(bytes)
        .ok_or_else(|| Failure::usage(format!("a record has at most {RECORD_BYTES_MAX} bytes")))?;
    let index = append_record(context, &place, record)?;
    context.terminal.line(&index.to_string())?;
    Ok(YES)
}

fn verify(context: &Context<'_>, verifier: Option<&str>, since: Option<&Path>) -> Result<u8, Failure> {
    let place = Place::require(context)?;
    let key = match verifier {
        Some(word) => verifier_key(context, word)?,
        None => own_key(&place)?,
    };
    let report =
        ledger::verify(&place.directory, &key, &remembered(context)?).map_err(|error| refused(&error))?;
    if let Some(since) = since {
        let note = read_named(&context.path(since), PROOF_BYTES_MAX)?;
        let seen = SignedCheckpoint::verify(&note, &key)
            .map_err(|error| Failure::no(format!("{} does not verify: {error}", since.display())))?;
        let log = ledger::open(&place.directory, &key).map_err(|error| refused(&error))?;
        log.require_extends(seen.checkpoint()).map_err(|error| refused(&error))?;
    }
    let checkpoint = report.checkpoint.checkpoint();
    for leftover in &report.leftovers {
        context
            .terminal
            .note(&format!("`{leftover}` belongs to no record; an interrupted append leaves such files"));
    }
    context.terminal.success(&format!(
        "`{}` verifies: {}, root {}",
        checkpoint.origin,
        plural(usize::try_from(report.records).unwrap_or(usize::MAX), "record"),
        short(&checkpoint.root)
    ));
    Ok(YES)
}

/// A log that is gone or cut is tampered with, not misused.
fn refused(error: &brattice_ledger::LedgerError) -> Failure {
    failure(error)
}

fn prove(context: &Context<'_>, index: u64, out: Option<&Path>) -> Result<u8, Failure> {
    let log = open(context)?;
    let proof = log.prove(index).map_err(|error| failure(&error))?.to_string();
    match out {
        None => context.terminal.data(proof.as_bytes())?,
        Some(out) => {
            let out = context.path(out);
            make_parent(&out)?;
            brattice_store::write_atomic(&out, proof.as_bytes(), 0o644)
                .map_err(|error| Failure::incomplete(chain(&error)))?;
            context.terminal.success(&format!("wrote {}", out.display()));
        }
    }
    Ok(YES)
}

fn check_proof(context: &Context<'_>, proof: &Path, record: &Path, verifier: &str) -> Result<u8, Failure> {
    let key = verifier_key(context, verifier)?;
    let text = read_named(&context.path(proof), PROOF_BYTES_MAX)?;
    let record = Record::new(read_named(&context.path(record), RECORD_BYTES_MAX as u64)?)
        .ok_or_else(|| Failure::usage("the record is too large"))?;
    let refuse = |why: String| Failure::new(NO, format!("the proof does not hold: {why}"));
    let text = String::from_utf8(text).map_err(|_| refuse("it is not text".to_owned()))?;
    let proof: Proof =
        text.parse().map_err(|error: brattice_ledger::ProofTextError| refuse(chain(&error)))?;
    verify_proof(&proof, &key, record.as_bytes()).map_err(|error| refuse(chain(&error)))?;
    context.terminal.success(&format!("the record is number {} of `{}`", proof.index, key.name()));
    Ok(YES)
}

fn status(context: &Context<'_>) -> Result<u8, Failure> {
    let log = open(context)?;
    let checkpoint = log.checkpoint().checkpoint();
    context.terminal.line(&format!("origin      {}", one_line(&checkpoint.origin)))?;
    context.terminal.line(&format!("records     {}", checkpoint.size))?;
    context.terminal.line(&format!("root        {}", checkpoint.root))?;
    let seen = remembered(context)?.load(log.verifier_key()).map_err(|error| failure(&error))?;
    let seen = seen.map_or("nothing".to_owned(), |it| {
        plural(usize::try_from(it.checkpoint().size).unwrap_or(usize::MAX), "record")
    });
    context.terminal.line(&format!("remembered  {seen}"))?;
    Ok(YES)
}

fn tail(context: &Context<'_>, lines: u64) -> Result<u8, Failure> {
    let log = open(context)?;
    let size = log.checkpoint().checkpoint().size;
    let first = size.saturating_sub(lines);
    let records = log.read(first..size).map_err(|error| failure(&error))?;
    for (number, record) in (first..size).zip(&records) {
        let line = match Event::read(record.as_bytes()) {
            Ok(read) => {
                let event = read.event;
                let subject = event.subject.first().map(|it| short(&it.sha256)).unwrap_or_default();
                format!("{number:6}  {}  {:8} {:10} {subject}", event.time, event.verb, event.outcome)
            }
            Err(_) => format!("{number:6}  a record of {}", plural(record.as_bytes().len(), "byte")),
        };
        context.terminal.line(&one_line(&line))?;
    }
    Ok(if records.is_empty() { NOTHING } else { YES })
}

fn open(context: &Context<'_>) -> Result<Log<FileStore>, Failure> {
    let place = Place::require(context)?;
    let key = own_key(&place)?;
    ledger::open(&place.directory, &key).map_err(|error| failure(&error))
}

/// Reads a verifier key from the command line, or from the file that it names.
fn verifier_key(context: &Context<'_>, word: &str) -> Result<VerifierKey, Failure> {
    if let Ok(key) = word.parse() {
        return Ok(key);
    }
    ledger::read_verifier_key(&context.path(Path::new(word))).map_err(|error| {
        Failure::usage(format!("`{word}` is neither a verifier key nor a file with one: {}", chain(&error)))
    })
}
