//! Entry bundles of C2SP tlog-tiles: entries, each behind its length as big-endian 16-bit number.

/// Why bytes are not the bundle that they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The bytes end inside an entry.
    #[error("bundle ends inside entry {0}")]
    Truncated(usize),
    /// Bytes follow the last entry.
    #[error("bundle has bytes after its {0} entries")]
    Trailing(usize),
}

/// Reads exactly `count` entries from the bytes of a bundle.
pub fn decode_bundle(bytes: &[u8], count: u16) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::with_capacity(usize::from(count));
    let mut rest = bytes;
    for number in 0..usize::from(count) {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(BundleError::Truncated(number))?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(BundleError::Truncated(number))?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing(entries.len())) }
}

/// Appends an entry to the bytes of a bundle.
pub(crate) fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).expect("a leaf is made to fit 16 bits");
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
}
