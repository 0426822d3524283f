//! The `brattice` binary: arguments, exit codes and wiring. Logic lives in the crates below.

mod cli;
mod context;
mod environment;
mod evidence;
mod exit;
mod ledger;
mod private;
mod rules;
mod schema;
mod terminal;
mod verbs;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::Cli;
use crate::environment::Environment;
use crate::exit::Failure;
use crate::terminal::Terminal;

/// Where the last panic happened. Its message is not kept: it may quote input, and input may be a secret.
static PANICKED_AT: Mutex<Option<String>> = Mutex::new(None);

fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| {
        if let (Some(location), Ok(mut slot)) = (info.location(), PANICKED_AT.lock()) {
            *slot = Some(location.to_string());
        }
    }));
    let code = panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let place = PANICKED_AT.lock().ok().and_then(|it| it.clone()).unwrap_or_else(|| "unknown".to_owned());
        let failure = Failure::new(exit::INTERNAL, format!("internal error at {place}"))
            .hint(format!(
                "this is a bug of brattice {}: report it with the place above, the command line and, if you may share it, the input",
                env!("CARGO_PKG_VERSION")
            ))
            .hint("nothing was decided; treat the result as unknown");
        Terminal::plain().failure(&failure);
        exit::INTERNAL
    });
    ExitCode::from(code)
}

/// Parses the command line, runs the verb, reports a failure. The one exit path.
fn run() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let environment = match Environment::read() {
        Ok(environment) => environment,
        Err(error) => {
            let failure = Failure::usage(format!("failed to read the current directory: {error}"));
            Terminal::plain().failure(&failure);
            return failure.code;
        }
    };
    let terminal = Terminal::new(&cli.global, &environment);
    match verbs::run(&cli, &environment, &terminal) {
        Ok(code) => code,
        Err(failure) => {
            terminal.failure(&failure);
            failure.code
        }
    }
}

/// Prints help, version or a usage error.
fn usage(error: &clap::Error) -> u8 {
    let code = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => exit::YES,
        _ => exit::USAGE,
    };
    // clap decides on colour by the same conventions; a reader that went away is no error.
    let _ = error.print();
    code
}
