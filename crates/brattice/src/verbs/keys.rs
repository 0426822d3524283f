//! `keys new`, `keys list`, `keys trust`.

use std::path::Path;

use brattice_attest::key::Algorithm;
use brattice_keys::{CreateError, KeyCreation, create, list, trust_snippet};
use brattice_store::WriteError;
use brattice_store::ledger::read_verifier_key;

use crate::cli::{KeyAlgorithm, KeysArgs, KeysCommand};
use crate::context::Context;
use crate::evidence::{make_parent, public_key};
use crate::exit::{Failure, INCOMPLETE, NOTHING, YES, chain};

/// Runs `keys`.
pub(crate) fn keys(context: &Context<'_>, arguments: &KeysArgs) -> Result<u8, Failure> {
    match &arguments.command {
        KeysCommand::New { file, algorithm } => new(context, file, *algorithm),
        KeysCommand::List { directory } => listing(context, directory),
        KeysCommand::Trust(arguments) => {
            for path in &arguments.public_keys {
                context.terminal.line(&format!("{},", trust_snippet(&public_key(context, path)?)))?;
            }
            Ok(YES)
        }
    }
}

fn new(context: &Context<'_>, file: &Path, algorithm: KeyAlgorithm) -> Result<u8, Failure> {
    let algorithm = match algorithm {
        KeyAlgorithm::EcdsaP256 => Algorithm::EcdsaP256,
        KeyAlgorithm::Ed25519 => Algorithm::Ed25519,
    };
    let private = context.path(file);
    make_parent(&private)?;
    let key = create(&KeyCreation { private: &private, algorithm }).map_err(|error| {
        let failure = Failure::usage(chain(&error));
        match error {
            CreateError::Write(WriteError::Exists { .. }) => {
                failure.hint("keys are never overwritten: choose another name")
            }
            _ => failure,
        }
    })?;
    context.terminal.line(&key.key_id.to_string())?;
    context.terminal.success(&format!(
        "wrote {} (keep it private) and {}",
        key.private.display(),
        key.public.display()
    ));
    Ok(YES)
}

fn listing(context: &Context<'_>, directory: &Path) -> Result<u8, Failure> {
    let path = context.path(directory);
    if !path.is_dir() {
        return Err(Failure::usage(format!("{} is not a directory", directory.display())));
    }
    let found = list(&path).map_err(|error| Failure::incomplete(chain(&error)))?;
    for key in &found.keys {
        let half = if key.private.is_some() { "pair" } else { "public" };
        let name = key.public.file_name().unwrap_or_default().to_string_lossy();
        context.terminal.line(&format!("{}  {:10}  {half:6}  {name}", key.key_id, key.algorithm.as_str()))?;
    }
    // The public half of a log's key lies among the others in another form.
    let (logs, unreadable): (Vec<_>, Vec<_>) =
        found.unreadable.iter().partition(|it| read_verifier_key(&it.path).is_ok());
    for log in &logs {
        let name = log.path.file_name().unwrap_or_default().to_string_lossy();
        context.terminal.line(&format!("{:71}  {:10}  {:6}  {name}", "-", "log", "public"))?;
    }
    for unreadable in &unreadable {
        context.terminal.warning(&format!("{} is no public key", unreadable.path.display()));
    }
    Ok(match (found.keys.is_empty() && logs.is_empty(), unreadable.is_empty()) {
        (_, false) => INCOMPLETE,
        (true, true) => NOTHING,
        (false, true) => YES,
    })
}
