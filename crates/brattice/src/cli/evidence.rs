//! `sign`, `verify`, `attest`, `approve` and `keys`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Sign a model file, a model directory or any file
///
/// Writes an OpenSSF Model Signing v1.0 bundle.
///
/// Examples:
///   brattice sign model/ --key builder.key
///   brattice sign model.safetensors --key builder.key --bundle model.sig.sigstore.json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct SignArgs {
    /// The file or directory
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: PathBuf,
    /// The private key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Where to write the bundle [default: SUBJECT.sigstore.json]
    #[arg(long, value_name = "OUT")]
    pub(crate) bundle: Option<PathBuf>,
    /// Leave out what the standard leaves out (`.git*` paths) instead of refusing nothing
    #[arg(long)]
    pub(crate) compat: bool,
}

/// Verify a signature and every file it covers
///
/// Examples:
///   brattice verify model/ --bundle model.sigstore.json --pub builder.pub
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct VerifyArgs {
    /// The file or directory
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: PathBuf,
    /// The bundle [default: SUBJECT.sigstore.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// The public key that must have signed
    #[arg(long = "pub", value_name = "FILE")]
    pub(crate) public_key: PathBuf,
    /// Follow the standard's rules on ignored paths instead of the strict ones
    #[arg(long)]
    pub(crate) compat: bool,
    /// Run this on a private copy of exactly the verified bytes (`$BRATTICE_SUBJECT`)
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// Write a signed statement about an artifact
///
/// Examples:
///   brattice attest model/ --type provenance --record run.json --key builder.key --out provenance.sigstore.json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct AttestArgs {
    /// The file or directory that the statement is about
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: PathBuf,
    /// The kind of statement
    #[arg(long = "type", value_name = "TYPE", value_enum)]
    pub(crate) kind: AttestType,
    /// The run record to make provenance from
    #[arg(long, value_name = "FILE")]
    pub(crate) record: PathBuf,
    /// The private key of the builder
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The builder's service id [default: the key id]
    #[arg(long, value_name = "ID")]
    pub(crate) builder: Option<String>,
    /// Where to write the bundle [default: .brattice/evidence/SHA256.sigstore.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The statements that `attest` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AttestType {
    /// SLSA provenance v1 from a run record
    Provenance,
}

/// Request, grant, deny and revoke approvals
#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    #[command(subcommand)]
    pub(crate) command: ApproveCommand,
}

/// The verbs of `approve`.
#[derive(Debug, Subcommand)]
pub(crate) enum ApproveCommand {
    /// Ask for an approval of this artifact for an environment
    Request(RequestArgs),
    /// Say yes to a request, with your own key
    Grant(DecideArgs),
    /// Say no to a request, with your own key
    Deny(DecideArgs),
    /// Take your own grant or denial back
    Revoke(RevokeArgs),
    /// Show what a request or decision says
    Show {
        /// The bundle
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// List the requests and decisions under a directory
    List {
        /// Where the evidence lies [default: .brattice/evidence]
        #[arg(long, value_name = "PATH")]
        evidence: Vec<PathBuf>,
    },
}

/// The arguments of `approve request`.
#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// The file or directory to be approved
    #[arg(value_name = "SUBJECT")]
    pub(crate) subject: PathBuf,
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub(crate) to: String,
    /// The policy in force
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The trust root in force
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// The provenance bundle of the artifact
    #[arg(long, value_name = "FILE")]
    pub(crate) provenance: PathBuf,
    /// Your private key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// How long an approval of it holds, such as 8h or 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = brattice_policy::parse_duration)]
    pub(crate) expires: std::time::Duration,
    /// Where to write the request
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// The arguments of `approve grant` and `approve deny`.
#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// The request
    #[arg(value_name = "REQUEST")]
    pub(crate) request: PathBuf,
    /// Your private key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Where to write the decision
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// The arguments of `approve revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// The grant or denial to take back
    #[arg(value_name = "GRANT")]
    pub(crate) grant: PathBuf,
    /// The private key that signed it
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Where to write the revocation
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Make and list keys, and write their lines for trust.toml
#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

/// The verbs of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key pair: FILE (private, mode 0600) and FILE.pub
    New {
        /// Where to write the private key
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The algorithm
        #[arg(long, value_enum, default_value_t = KeyAlgorithm::EcdsaP256)]
        algorithm: KeyAlgorithm,
    },
    /// List the keys in a directory with their ids
    List {
        /// The directory
        #[arg(value_name = "DIR", default_value = ".")]
        directory: PathBuf,
    },
    /// Print the `key` line of a public key for trust.toml
    Trust(TrustSnippetArgs),
}

/// The arguments of `keys trust`.
#[derive(Debug, Args)]
pub(crate) struct TrustSnippetArgs {
    /// The public key files
    #[arg(value_name = "PUB", required = true)]
    pub(crate) public_keys: Vec<PathBuf>,
}

/// The algorithms of `keys new`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyAlgorithm {
    /// ECDSA on NIST P-256 with SHA-256
    EcdsaP256,
    /// Ed25519
    Ed25519,
}
