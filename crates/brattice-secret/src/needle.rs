//! What is searched for: which forms of a value, and which values are no secrets at all.

use std::fmt;

use brattice_redact::Secret;

/// The shortest value that is masked: anything shorter occurs in every log by chance, and masking it would
/// tell more than it hides.
pub const SECRET_BYTES_MIN: usize = 4;

/// The longest value that is masked. Key files and service accounts have a few thousand bytes; the masker
/// holds back as much of a stream as the longest value has.
pub const SECRET_BYTES_MAX: usize = 64 << 10;

/// The shortest line of a value of several lines that is masked by itself.
pub const LINE_BYTES_MIN: usize = 8;

/// Values that configuration is full of. As secrets they would shred a log and be read off its gaps.
const COMMON_WORDS: [&str; 12] =
    ["true", "false", "null", "none", "nil", "yes", "no", "on", "off", "undefined", "enabled", "disabled"];

/// Why a value is not masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectedReason {
    /// It has fewer than [`SECRET_BYTES_MIN`] bytes.
    TooShort,
    /// It has more than [`SECRET_BYTES_MAX`] bytes.
    TooLong,
    /// It is a word such as `true`, or punctuation such as `{}`: text that every log has.
    CommonText,
}

impl fmt::Display for RejectedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => write!(f, "shorter than {SECRET_BYTES_MIN} bytes"),
            Self::TooLong => write!(f, "longer than {SECRET_BYTES_MAX} bytes"),
            Self::CommonText => f.write_str("a common word or punctuation, which every log contains"),
        }
    }
}

/// A value that was refused: it would not be masked. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The name that it was registered under.
    pub name: String,
    /// Why.
    pub reason: RejectedReason,
}

/// The needles of one value, by the view of the stream that they are searched in.
#[derive(Default)]
pub(crate) struct Needles {
    /// In the bytes as they are.
    pub(crate) raw: Vec<Vec<u8>>,
    /// In the bytes without line ends and with one base64 alphabet.
    pub(crate) folded: Vec<Vec<u8>>,
}

/// Returns the needles of a value, or why it has none.
pub(crate) fn needles_of(secret: &Secret) -> Result<Needles, RejectedReason> {
    // White space around a value (the newline at the end of its file) is no part of what must be hidden.
    let value = secret.expose().trim_ascii();
    if value.len() < SECRET_BYTES_MIN {
        return Err(RejectedReason::TooShort);
    }
    if value.len() > SECRET_BYTES_MAX {
        return Err(RejectedReason::TooLong);
    }
    if is_common(value) {
        return Err(RejectedReason::CommonText);
    }
    let mut needles = Needles::default();
    needles.add(value);
    if value.contains(&b'\n') || value.contains(&b'\r') {
        value
            .split(|it| matches!(it, b'\n' | b'\r'))
            .map(<[u8]>::trim_ascii)
            .filter(|line| line.len() >= LINE_BYTES_MIN && !is_armor(line) && !is_common(line))
            .for_each(|line| needles.add(line));
    }
    Ok(needles)
}

impl Needles {
    fn add(&mut self, value: &[u8]) {
        self.raw.push(value.to_vec());
        self.raw.push(value.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        self.raw.push(value.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect());
        for escaped in [percent_encoded(value), json_escaped(value)] {
            if escaped != value {
                self.raw.push(escaped);
            }
        }
        self.folded.extend((0..3).map(|offset| base64_core(value, offset)));
    }
}

/// Returns the base64 characters that depend on `value` alone when `offset` bytes stand before it in its group
/// of three: whatever precedes and follows, these characters occur.
pub(crate) fn base64_core(value: &[u8], offset: usize) -> Vec<u8> {
    let bit = |index: usize| {
        let byte = index.checked_sub(offset * 8).and_then(|it| value.get(it / 8).map(|byte| (byte, it % 8)));
        byte.is_some_and(|(byte, within)| byte >> (7 - within) & 1 == 1)
    };
    let first = (offset * 8).div_ceil(6);
    let end = (offset + value.len()) * 8 / 6;
    (first..end)
        .map(|index| (0..6).fold(0_u8, |digit, it| digit << 1 | u8::from(bit(index * 6 + it))))
        .map(|digit| match digit {
            0..=25 => b'A' + digit,
            26..=51 => b'a' + (digit - 26),
            52..=61 => b'0' + (digit - 52),
            62 => b'+',
            _ => b'/',
        })
        .collect()
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn percent_encoded(value: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(value.len());
    for byte in value {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(*byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}

/// Escapes what a JSON string must (RFC 8259 §7).
fn json_escaped(value: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(value.len());
    for byte in value {
        match byte {
            b'"' | b'\\' => escaped.extend_from_slice(&[b'\\', *byte]),
            b'\n' => escaped.extend_from_slice(b"\\n"),
            b'\r' => escaped.extend_from_slice(b"\\r"),
            b'\t' => escaped.extend_from_slice(b"\\t"),
            0..0x20 => escaped.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => escaped.push(*byte),
        }
    }
    escaped
}

fn is_common(value: &[u8]) -> bool {
    let punctuation = value.iter().all(|byte| byte.is_ascii_punctuation() || byte.is_ascii_whitespace());
    // Long runs of mixed punctuation exist as passwords; `{}`, `----` and `"": ""` are layout.
    let layout = punctuation && value.iter().all(|byte| b"{}[]()<>\"':;,.-=_*#/\\ \t\r\n".contains(byte));
    let word = COMMON_WORDS.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    layout || word
}

/// The frame of a PEM file names its type and is public.
fn is_armor(line: &[u8]) -> bool {
    line.starts_with(b"-----") && line.ends_with(b"-----")
}

/// Gives the URL-safe base64 alphabet (RFC 4648 §5) the standard one's digits.
#[inline]
pub(crate) const fn fold(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        _ => byte,
    }
}

/// Returns whether a byte may stand between the lines of wrapped base64.
#[inline]
pub(crate) const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
