//! Records, and the leaves that stand for them in the tree.
//!
//! A leaf is `00 ‖ record` where that fits an entry of 16-bit length, else `01 ‖ SHA-256 ‖ length`, with the
//! record's bytes in a payload file named by their digest.

use brattice_digest::Sha256;

/// The largest record that lies in the leaf itself: an entry has at most 65,535 bytes, one of them the tag.
pub const INLINE_BYTES_MAX: usize = 65_534;

/// The largest record in bytes: as much as the strict JSON reader takes, so that every record can be read back.
pub const RECORD_BYTES_MAX: usize = 64 << 20;

const TAG_INLINE: u8 = 0;
const TAG_DETACHED: u8 = 1;

/// One record: any bytes, up to [`RECORD_BYTES_MAX`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record(Vec<u8>);

impl Record {
    /// Takes the bytes of a record; nothing if there are more than [`RECORD_BYTES_MAX`].
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() <= RECORD_BYTES_MAX).then_some(Self(bytes))
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes the bytes out.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Returns the leaf that stands for a record.
pub(crate) fn leaf_of(record: &[u8]) -> Vec<u8> {
    if record.len() <= INLINE_BYTES_MAX {
        let mut leaf = Vec::with_capacity(record.len() + 1);
        leaf.push(TAG_INLINE);
        leaf.extend_from_slice(record);
        return leaf;
    }
    let mut leaf = Vec::with_capacity(41);
    leaf.push(TAG_DETACHED);
    leaf.extend_from_slice(Sha256::of(record).as_bytes());
    leaf.extend_from_slice(&(record.len() as u64).to_be_bytes());
    leaf
}

/// What a leaf says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf<'a> {
    /// The record itself.
    Inline(&'a [u8]),
    /// The record lies in a payload file.
    Detached {
        /// Its digest.
        sha256: Sha256,
        /// Its length in bytes.
        length: usize,
    },
}

/// Reads a leaf; nothing if it is not the one spelling of a record.
pub(crate) fn read_leaf(leaf: &[u8]) -> Option<Leaf<'_>> {
    let (tag, rest) = leaf.split_first()?;
    match *tag {
        TAG_INLINE => Some(Leaf::Inline(rest)),
        TAG_DETACHED => {
            let (digest, length) = rest.split_first_chunk::<32>()?;
            let length = u64::from_be_bytes(length.try_into().ok()?);
            let length = usize::try_from(length).ok()?;
            (INLINE_BYTES_MAX + 1..=RECORD_BYTES_MAX)
                .contains(&length)
                .then(|| Leaf::Detached { sha256: Sha256::from_bytes(*digest), length })
        }
        _ => None,
    }
}

/// Returns where the bytes of a detached record lie.
pub(crate) fn payload_path(sha256: &Sha256) -> String {
    let hex = sha256.to_hex();
    let folder = hex.get(..2).unwrap_or_default();
    format!("payload/sha256/{folder}/{hex}")
}
