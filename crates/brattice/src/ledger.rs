//! The log that verbs append to: where it lies, and what an event of a verb looks like.
//!
//! Where the log lies never comes from the tree under judgement: it is named on the command line or in the
//! user's configuration.

use std::path::PathBuf;

use brattice_attest::key::KeyId;
use brattice_attest::trust::Trust;
use brattice_digest::Sha256;
use brattice_ledger::{Actor, EVENT_FORMAT, Event, LedgerError, Record, Subject, UsageError, VerifierKey};
use brattice_policy::LedgerState;
use brattice_store::ledger::{self, Remembered};

use crate::context::Context;
use crate::exit::{Failure, INCOMPLETE, NO, USAGE, chain};

/// How many records are read at once when a log's events are listed.
const READ_STEP: u64 = 4096;

/// Where the log and its key lie.
pub(crate) struct Place {
    /// The log's directory.
    pub(crate) directory: PathBuf,
    /// The private key, if one is named.
    pub(crate) key: Option<PathBuf>,
}

impl Place {
    /// Finds the log by flags, else by the user's configuration.
    pub(crate) fn find(context: &Context<'_>) -> Result<Option<Self>, Failure> {
        let settings = context.user_settings(&crate::rules::registry())?.ledger;
        let flag_or = |flag: &Option<PathBuf>, setting: Option<String>| {
            flag.clone().or(setting.map(PathBuf::from)).map(|it| context.path(&it))
        };
        let directory = flag_or(&context.global.ledger, settings.dir.map(|it| it.value));
        let key = flag_or(&context.global.ledger_key, settings.key.map(|it| it.value));
        match directory {
            Some(directory) => Ok(Some(Self { directory, key })),
            None if context.global.ledger_key.is_some() => {
                Err(Failure::usage("`--ledger-key` was given without a log")
                    .hint("name the log with `--ledger DIR`"))
            }
            None => Ok(None),
        }
    }

    /// Finds the log or says how to name one.
    pub(crate) fn require(context: &Context<'_>) -> Result<Self, Failure> {
        Self::find(context)?.ok_or_else(|| {
            Failure::usage("no log is named")
                .hint("give `--ledger DIR`, or set `ledger.dir` in your configuration")
        })
    }

    /// Returns the private key's path or says how to name it.
    pub(crate) fn require_key(&self) -> Result<&PathBuf, Failure> {
        self.key.as_ref().ok_or_else(|| {
            Failure::usage("the log's private key is not named")
                .hint("give `--ledger-key FILE`, or set `ledger.key` in your configuration")
        })
    }
}

/// Returns the folder with the newest checkpoints seen.
pub(crate) fn remembered(context: &Context<'_>) -> Result<Remembered, Failure> {
    Ok(Remembered::new(&context.state_directory()?.join("checkpoints")))
}

/// Maps what can be wrong with a log to an exit code: tampered is a no, misuse a mistake, the rest unknown.
pub(crate) fn failure(error: &LedgerError) -> Failure {
    let code = match error {
        LedgerError::Tampered(_) => NO,
        LedgerError::Usage(_) => USAGE,
        LedgerError::Io(_) => INCOMPLETE,
    };
    let failure = Failure::new(code, chain(error));
    match error {
        LedgerError::Usage(UsageError::NoLedger) => failure.hint("make one with `brattice ledger init`"),
        _ => failure,
    }
}

/// What a verb tells the log, apart from its name and exit code.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    outcome: String,
    actor: Option<KeyId>,
    subject: Vec<Sha256>,
    environment: Option<String>,
    evidence: Vec<Sha256>,
    run: String,
}

impl Draft {
    /// Starts an event with how it ended, in a word.
    pub(crate) fn new(outcome: &str) -> Self {
        Self { outcome: outcome.to_owned(), ..Self::default() }
    }

    /// Says whose key did it.
    pub(crate) fn by(mut self, key: &KeyId) -> Self {
        self.actor = Some(*key);
        self
    }

    /// Says what it was done to.
    pub(crate) fn about(mut self, subject: Sha256) -> Self {
        self.subject.push(subject);
        self
    }

    /// Names evidence that was used or made.
    pub(crate) fn with(mut self, evidence: Sha256) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Names the environment.
    pub(crate) fn to(mut self, environment: &str) -> Self {
        self.environment = Some(environment.to_owned());
        self
    }

    /// Names the run.
    pub(crate) fn of_run(mut self, run: &str) -> Self {
        run.clone_into(&mut self.run);
        self
    }
}

/// Appends an event if a log is configured. Durable when it returns.
pub(crate) fn append(context: &Context<'_>, verb: &str, exit: u8, draft: &Draft) -> Result<(), Failure> {
    let Some(place) = Place::find(context)? else { return Ok(()) };
    let event = Event {
        format: EVENT_FORMAT.to_owned(),
        time: context.now().to_string(),
        verb: verb.to_owned(),
        outcome: draft.outcome.clone(),
        exit: i32::from(exit),
        actor: Actor { key: draft.actor.map(|it| it.to_string()).unwrap_or_default() },
        subject: draft.subject.iter().map(|&sha256| Subject { sha256 }).collect(),
        environment: draft.environment.clone(),
        evidence: draft.evidence.clone(),
        run: draft.run.clone(),
    };
    let record = event.to_record().map_err(|error| Failure::incomplete(chain(&error)))?;
    append_record(context, &place, record)
        .map(|index| context.terminal.detail(&format!("log record {index}")))
}

/// Appends one record and returns its index.
pub(crate) fn append_record(context: &Context<'_>, place: &Place, record: Record) -> Result<u64, Failure> {
    let signer = ledger::read_signer(&place.directory, place.require_key()?).map_err(|error| {
        Failure::new(INCOMPLETE, format!("failed to read the log's key: {}", chain(&error)))
    })?;
    let result =
        ledger::append(&place.directory, &signer, &remembered(context)?, &[record]).map_err(|error| {
            let failure = failure(&error);
            Failure { message: format!("failed to append to the log: {}", failure.message), ..failure }
        })?;
    Ok(result.indexes.start)
}

/// The public half beside the private key, or the private key itself.
pub(crate) fn own_key(place: &Place) -> Result<VerifierKey, Failure> {
    let key = place.require_key()?;
    let failed = |error: &dyn std::error::Error| {
        Failure::usage(format!("failed to read the log's key: {}", chain(error)))
    };
    let public = ledger::public_key_path(key);
    if public.exists() {
        return ledger::read_verifier_key(&public).map_err(|error| failed(&error));
    }
    let signer = ledger::read_signer(&place.directory, key).map_err(|error| failed(&error))?;
    Ok(signer.verifier_key().clone())
}

/// Demands that the log knows of a run with this record, if a log is configured. A record is no signed
/// statement: between the run and the builder's signature somebody could write another one.
pub(crate) fn require_run(context: &Context<'_>, record: Sha256) -> Result<(), Failure> {
    let Some(place) = Place::find(context)? else { return Ok(()) };
    let (_, events) =
        read(&place, &own_key(&place)?, &remembered(context)?).map_err(|error| failure(&error))?;
    if events.iter().any(|it| it.verb == "run" && it.evidence.contains(&record)) {
        return Ok(());
    }
    Err(Failure::no("the log knows of no run with this record")
        .hint("attest the record as `brattice run` wrote it, with the same log"))
}

/// Verifies the whole log by the trust root's key for it, and reads its events.
pub(crate) fn state(context: &Context<'_>, trust: &Trust) -> Result<Option<LedgerState>, Failure> {
    let Some(place) = Place::find(context)? else { return Ok(None) };
    let mut state = LedgerState::default();
    let key = match trusted_key(&place, trust) {
        Ok(key) => key,
        Err(problem) => {
            // Whatever name it goes by, it does not verify.
            state.origin = ledger::unverified_origin(&place.directory).unwrap_or_default();
            state.problem = Some(problem);
            return Ok(Some(state));
        }
    };
    key.name().clone_into(&mut state.origin);
    match read(&place, &key, &remembered(context)?) {
        Ok((size, events)) => {
            state.verified = true;
            state.size = size;
            state.events = events;
        }
        Err(error) => state.problem = Some(chain(&error)),
    }
    Ok(Some(state))
}

/// Returns the trust root's key for the log. The log's own word on its origin only chooses which.
fn trusted_key(place: &Place, trust: &Trust) -> Result<VerifierKey, String> {
    let origin = ledger::unverified_origin(&place.directory).map_err(|error| chain(&error))?;
    let log = trust.log(&origin).ok_or_else(|| format!("the trust root lists no log `{origin}`"))?;
    log.key
        .parse()
        .map_err(|error| format!("the trust root's key for `{origin}` is not a verifier key: {error}"))
}

fn read(place: &Place, key: &VerifierKey, remembered: &Remembered) -> Result<(u64, Vec<Event>), LedgerError> {
    let report = ledger::verify(&place.directory, key, remembered)?;
    let log = ledger::open(&place.directory, key)?;
    let mut events = Vec::new();
    let mut start = 0;
    while start < report.records {
        let end = (start + READ_STEP).min(report.records);
        // A record of another format is no event of ours, and says nothing to the gate.
        events.extend(
            log.read(start..end)?.iter().filter_map(|it| Event::read(it.as_bytes()).ok()).map(|it| it.event),
        );
        start = end;
    }
    Ok((report.records, events))
}
