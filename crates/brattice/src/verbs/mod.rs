//! One module a verb: from arguments to a call into the crates, to an exit code.

mod approve;
mod attest;
mod check;
mod gate;
mod keys;
mod ledger;
mod meta;
mod run;
mod sign;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::environment::Environment;
use crate::exit::{Failure, INCOMPLETE, YES};
use crate::ledger::{Draft, Place, append};
use crate::terminal::Terminal;

/// What a verb did: its exit code, and what the log is told.
pub(crate) struct Done {
    /// The exit code.
    pub(crate) code: u8,
    /// The event, if the verb has one and has not told it yet.
    pub(crate) draft: Option<Draft>,
}

/// Runs the verb, tells the log, and returns the exit code.
pub(crate) fn run(cli: &Cli, environment: &Environment, terminal: &Terminal) -> Result<u8, Failure> {
    let context = Context { global: &cli.global, environment, terminal };
    if appends(&cli.command)
        && let Some(place) = Place::find(&context)?
    {
        // A log without its key is a mistake to be told before the work, not after it.
        place.require_key()?;
    }
    let (verb, done) = match &cli.command {
        Command::Check(arguments) => ("check", check::check(&context, arguments)?),
        Command::Fix(arguments) => ("fix", check::fix(&context, arguments)?),
        Command::Run(arguments) => ("run", run::run(&context, arguments)?),
        Command::Sign(arguments) => ("sign", sign::sign(&context, arguments)?),
        Command::Verify(arguments) => ("verify", sign::verify(&context, arguments)?),
        Command::Attest(arguments) => ("attest", attest::attest(&context, arguments)?),
        Command::Approve(arguments) => ("approve", approve::approve(&context, arguments)?),
        Command::Gate(arguments) => ("gate", gate::gate(&context, arguments)?),
        Command::Keys(arguments) => return keys::keys(&context, arguments),
        Command::Ledger(arguments) => return ledger::ledger(&context, arguments),
        Command::Explain(arguments) => return meta::explain(&context, arguments),
        Command::Doctor(_) => return meta::doctor(&context),
        Command::Schema(arguments) => return meta::schema(&context, arguments),
        Command::Completions(arguments) => return meta::completions(&context, arguments),
        Command::Man(arguments) => return meta::man(&context, arguments),
    };
    let Some(draft) = done.draft else { return Ok(done.code) };
    match append(&context, verb, done.code, &draft) {
        Ok(()) => Ok(done.code),
        Err(failure) => {
            terminal.failure(&failure);
            // What the verb found stands; that nobody can prove it later must not look like success.
            Ok(if done.code == YES { INCOMPLETE } else { done.code })
        }
    }
}

/// Whether a verb tells the log what it did.
fn appends(command: &Command) -> bool {
    matches!(
        command,
        Command::Check(_)
            | Command::Run(_)
            | Command::Sign(_)
            | Command::Verify(_)
            | Command::Attest(_)
            | Command::Approve(_)
            | Command::Gate(_)
    )
}
