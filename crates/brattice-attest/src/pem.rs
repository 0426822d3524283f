//! One PEM block (RFC 7468), read strictly: one block, nothing around it, 64 columns or fewer, strict base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// The longest text that is looked at: a P-256 key in PKCS#8 takes 250 bytes.
const PEM_BYTES_MAX: usize = 8 << 10;

/// The line width that RFC 7468 asks writers for.
const LINE_LENGTH: usize = 64;

/// Decodes one block with this label, or returns nothing.
pub(crate) fn decode(text: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.len() > PEM_BYTES_MAX {
        return None;
    }
    let text = text.trim_ascii();
    let body = text.strip_prefix(&format!("-----BEGIN {label}-----"))?;
    let body = body.strip_suffix(&format!("-----END {label}-----"))?;
    let mut joined = Zeroizing::new(String::with_capacity(body.len()));
    for line in body.lines() {
        joined.push_str(line.trim_ascii_end());
    }
    STANDARD.decode(joined.as_bytes()).ok().map(Zeroizing::new)
}

/// Encodes one block.
pub(crate) fn encode(der: &[u8], label: &str) -> Zeroizing<String> {
    let encoded = Zeroizing::new(STANDARD.encode(der));
    let mut text = Zeroizing::new(String::with_capacity(encoded.len() + 2 * label.len() + 64));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        // Base64 is ASCII: every index is a boundary.
        let (line, tail) = rest.split_at(rest.len().min(LINE_LENGTH));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}
