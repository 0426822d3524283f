//! C2SP tlog-checkpoint: origin, size and root of a ledger, as the text of a signed note.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brattice_digest::Sha256;

use crate::note::{Note, NoteError, Signer, VerifierKey};

/// The largest tree: beyond any real one, and small enough that no shift or sum over sizes overflows.
pub(crate) const SIZE_MAX: u64 = 1 << 62;

/// Why a checkpoint is not one, or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note, or not signed by the ledger's key.
    #[error("{0}")]
    Note(#[from] NoteError),
    /// The text is not that of a checkpoint.
    #[error("checkpoint text is malformed: {0}")]
    Text(&'static str),
    /// The checkpoint names another ledger than the key that signed it.
    #[error("checkpoint has another origin than the key that signed it")]
    Origin,
}

/// The state of a ledger at one time. As such it is a claim: see [`SignedCheckpoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the ledger.
    pub origin: String,
    /// How many records it had.
    pub size: u64,
    /// The root of its tree.
    pub root: Sha256,
    /// Extension lines. This ledger writes none; those of others are kept and mean nothing.
    pub extensions: Vec<String>,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))?;
        self.extensions.iter().try_for_each(|it| writeln!(f, "{it}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Text("no newline at the end"))?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Text("fewer than three lines"));
        };
        if origin.is_empty() {
            return Err(CheckpointError::Text("empty origin"));
        }
        let size = parse_decimal(size)
            .filter(|it| *it <= SIZE_MAX)
            .ok_or(CheckpointError::Text("size is not a decimal number"))?;
        let root = parse_hash(root).ok_or(CheckpointError::Text("root is not a SHA-256 in base64"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Text("empty extension line"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }
}

/// A checkpoint whose signature was verified, together with the note that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a note, verifies that the ledger's key signed it, and reads its text as the checkpoint of the
    /// ledger that the key is named after.
    pub fn verify(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint: Checkpoint = note.verify(key)?.parse()?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::Origin);
        }
        Ok(Self { checkpoint, note })
    }

    pub(crate) fn sign(size: u64, root: Sha256, signer: &Signer) -> Result<Self, CheckpointError> {
        let origin = signer.verifier_key().name().to_owned();
        let checkpoint = Checkpoint { origin, size, root, extensions: Vec::new() };
        let note = signer.sign(&checkpoint.to_string())?;
        Ok(Self { checkpoint, note })
    }

    /// Returns what the checkpoint says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Returns the note that proves it.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

impl fmt::Display for SignedCheckpoint {
    /// Writes the signed note.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

/// Reads a decimal number without sign or leading zeroes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|it| it.to_string() == text)
}

/// Reads a SHA-256 in base64.
pub(crate) fn parse_hash(text: &str) -> Option<Sha256> {
    let bytes = STANDARD.decode(text).ok()?;
    Some(Sha256::from_bytes(bytes.try_into().ok()?))
}
