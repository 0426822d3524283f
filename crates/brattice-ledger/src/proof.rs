//! C2SP tlog-proof: one text that shows, without the ledger, that a record is in it.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brattice_digest::Sha256;

use crate::checkpoint::{CheckpointError, SignedCheckpoint, parse_decimal, parse_hash};
use crate::merkle::{ProofError, leaf_hash, verify_inclusion};
use crate::note::{NOTE_BYTES_MAX, Note, NoteError, VerifierKey};
use crate::record::leaf_of;

/// The first line of the format.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes in a proof: one for every bit of the index.
const HASHES_MAX: usize = 64;

/// The largest extra data in base64 characters. This ledger writes none; others may keep a small file there.
const EXTRA_MAX: usize = 1 << 20;

/// The largest proof in bytes: all parts at their own limits.
const PROOF_BYTES_MAX: usize = EXTRA_MAX + HASHES_MAX * 45 + NOTE_BYTES_MAX + 128;

/// That a record is in a ledger: its index, the hashes up to the root, the checkpoint with that root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Data of the application; nothing authenticates it.
    pub extra: Option<Vec<u8>>,
    /// The index of the record.
    pub index: u64,
    /// The hashes from the leaf's sibling to the root's child.
    pub hashes: Vec<Sha256>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// Why a text is not a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofTextError {
    /// Larger than any proof.
    #[error("proof is larger than {PROOF_BYTES_MAX} bytes")]
    TooLarge,
    /// The text is not that of a proof.
    #[error("proof text is malformed: {0}")]
    Text(&'static str),
    /// The checkpoint in it is not a note.
    #[error("{0}")]
    Note(#[from] NoteError),
}

/// Why a proof does not show that a record is in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyProofError {
    /// The checkpoint in the proof does not hold.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from this record to the signed root.
    #[error("{0}")]
    Inclusion(#[from] ProofError),
}

/// Checks that a record is in the ledger of this key, and returns the checkpoint that says so.
pub fn verify_proof(
    proof: &Proof,
    key: &VerifierKey,
    record: &[u8],
) -> Result<SignedCheckpoint, VerifyProofError> {
    let signed = SignedCheckpoint::verify(proof.checkpoint.to_string().as_bytes(), key)?;
    let checkpoint = signed.checkpoint();
    let leaf = leaf_hash(&leaf_of(record));
    verify_inclusion(leaf, proof.index, checkpoint.size, &proof.hashes, checkpoint.root)?;
    Ok(signed)
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|it| writeln!(f, "{}", STANDARD.encode(it.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Proof {
    type Err = ProofTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > PROOF_BYTES_MAX {
            return Err(ProofTextError::TooLarge);
        }
        // The first blank line ends the proof's own part: none of its lines can be empty.
        let (head, note) = text.split_once("\n\n").ok_or(ProofTextError::Text("no blank line"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofTextError::Text("unknown first line"));
        }
        let extra = match lines.next_if(|it| it.starts_with("extra ")) {
            None => None,
            Some(line) => {
                let bytes = line.strip_prefix("extra ").and_then(|it| STANDARD.decode(it).ok());
                Some(bytes.ok_or(ProofTextError::Text("extra data is not base64"))?)
            }
        };
        let index = lines
            .next()
            .and_then(|it| it.strip_prefix("index "))
            .and_then(parse_decimal)
            .ok_or(ProofTextError::Text("no index"))?;
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == HASHES_MAX {
                return Err(ProofTextError::Text("too many hashes"));
            }
            hashes.push(parse_hash(line).ok_or(ProofTextError::Text("not a SHA-256 in base64"))?);
        }
        Ok(Self { extra, index, hashes, checkpoint: Note::parse(note.as_bytes())? })
    }
}
