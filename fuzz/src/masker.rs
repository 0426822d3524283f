//! The target of the streaming masker.

use brattice_redact::Secret;
use brattice_secret::{MaskCounts, MaskSet};

/// Pieces of the secrets in the seeds, in the forms that are masked.
pub(crate) const WORDS: &[&str] = &[
    "hunter2-horse",
    "hunter2-",
    "horse",
    "aHVudGVyMi1ob3JzZQ==",
    "h1bnRlcjItaG9yc2",
    "68756e746572322d686f727365",
    "abab",
    "ababab",
    "YWJhYg==",
    "\n",
    "\r\n",
    "\n\n\n",
    "=",
    "-",
    "_",
    "\0",
];

/// Masks a stream: the first line lists the secrets, separated by commas, and the rest is the stream.
///
/// # Panics
/// If the output depends on the chunks, holds a secret, or disagrees with the counts.
pub(crate) fn mask(bytes: &[u8]) {
    let end = bytes.iter().position(|it| *it == b'\n').unwrap_or(bytes.len());
    let (line, stream) = bytes.split_at(end);
    let values: Vec<&[u8]> = line.split(|it| *it == b',').take(8).collect();
    let secrets: Vec<(String, Secret)> = values
        .iter()
        .enumerate()
        .map(|(index, value)| (format!("S{index}"), Secret::new(value.to_vec())))
        .collect();
    let set = MaskSet::new(&secrets);
    let whole = in_chunks(&set, stream, |_| usize::MAX);
    assert_eq!(in_chunks(&set, stream, |_| 1), whole, "byte by byte");
    assert_eq!(in_chunks(&set, stream, |byte| 1 + usize::from(byte % 11)), whole, "in odd chunks");
    let (out, counts) = whole;
    assert_eq!((counts.bytes_in, counts.bytes_out), (stream.len() as u64, out.len() as u64));
    assert_eq!(set.occurs_in(stream), counts.masked > 0);
    if counts.masked == 0 {
        assert_eq!(out, stream, "text without secrets passes byte for byte");
    }
    for (name, secret) in &secrets {
        let value = secret.expose().trim_ascii();
        let rejected = set.rejected().iter().any(|it| it.name == *name);
        // A value with the mask's own character could be put together from a mask and its neighbours.
        if !rejected && !value.contains(&b'*') {
            assert!(!out.windows(value.len()).any(|it| it == value), "a value is left");
        }
    }
}

fn in_chunks(set: &MaskSet, stream: &[u8], size: impl Fn(u8) -> usize) -> (Vec<u8>, MaskCounts) {
    let (mut masker, mut out, mut rest) = (set.masker(), Vec::new(), stream);
    while let Some(first) = rest.first() {
        let (chunk, behind) = rest.split_at(size(*first).min(rest.len()));
        masker.push(chunk, &mut out);
        rest = behind;
    }
    let counts = masker.finish(&mut out);
    (out, counts)
}
