//! `ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Keep and verify the tamper-evident log
///
/// The log lies in the directory that `--ledger` names (or the user configuration).
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct LedgerArgs {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

/// The verbs of `ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Make an empty log and its key pair
    Init {
        /// The log's name, as in `example.org/log`
        #[arg(long, value_name = "NAME")]
        origin: String,
    },
    /// Append a record read from a file, or from standard input with `-`
    Append {
        /// The record
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Print the newest checkpoint
    Checkpoint,
    /// Re-derive the whole log and compare it with what is stored and remembered
    Verify {
        /// The log's verifier key, or a file that holds it [default: from the private key]
        #[arg(long, value_name = "KEY|FILE")]
        verifier: Option<String>,
        /// A checkpoint that the log must extend
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
    /// Write the proof that a record is in the log
    Prove {
        /// The record's index
        #[arg(value_name = "INDEX")]
        index: u64,
        /// Where to write the proof [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Verify a proof offline
    VerifyProof {
        /// The proof
        #[arg(value_name = "PROOF")]
        proof: PathBuf,
        /// The record
        #[arg(value_name = "RECORD")]
        record: PathBuf,
        /// The log's verifier key, or a file that holds it
        #[arg(long, value_name = "KEY|FILE")]
        verifier: String,
    },
    /// Print one record
    Show {
        /// The record's index
        #[arg(value_name = "INDEX")]
        index: u64,
    },
    /// Print size, root and what this machine remembers
    Status,
    /// Print the newest records, a line each
    Tail {
        /// How many
        #[arg(short = 'n', long, default_value_t = 10)]
        lines: u64,
    },
}
