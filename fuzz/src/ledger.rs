//! Targets of the ledger's readers: notes, checkpoints, keys, proofs, bundles, events.

use brattice_ledger::{
    Checkpoint, Event, Note, Proof, SignedCheckpoint, Signer, TilePath, VerifierKey, decode_bundle,
    verify_proof,
};

/// The pieces that notes, checkpoints and proofs are made of.
pub(crate) const NOTE_WORDS: &[&str] = &[
    "\n",
    "\n\n",
    "\u{2014} ",
    " ",
    "+",
    "=",
    "==",
    "0",
    "00",
    "18446744073709551616",
    "example.com/foo",
    "index ",
    "extra ",
    "c2sp.org/tlog-proof@v1\n",
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    "tile/",
    "entries/",
    "x001/",
    ".p/",
    "\r",
    "\0",
];

/// The pieces that events are made of.
pub(crate) const EVENT_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "0",
    "-1",
    "1e9",
    "\"format\":",
    "\"brattice.event/1\"",
    "\"exit\":",
    "\"actor\":",
    "\"key\":",
    "\"subject\":",
    "\"sha256\":",
    "\"more\":",
    "\\u0000",
    "\\ud800",
];

/// The lengths that bundles are made of.
pub(crate) const BUNDLE_WORDS: &[&str] = &["\0", "\0\0", "\0\u{1}", "\0\u{4}", "\u{7f}\u{7f}"];

/// Reads a note, a checkpoint, a key and a tile's path.
///
/// # Panics
/// If what was read does not write back to the same text, or a note passes that nobody signed.
pub(crate) fn note(bytes: &[u8]) {
    let signer = Signer::from_seed("example.com/foo", &[7; 32]).expect("a good name");
    assert!(SignedCheckpoint::verify(bytes, signer.verifier_key()).is_err(), "nobody signed with this key");
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes, "a note has one spelling");
        if let Ok(checkpoint) = note.unverified_text().parse::<Checkpoint>() {
            assert_eq!(checkpoint.to_string(), note.unverified_text(), "a checkpoint has one spelling");
        }
    }
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Ok(key) = line.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), line, "a key has one spelling");
        }
        if let Ok(path) = line.parse::<TilePath>() {
            assert_eq!(path.to_string(), line, "a path has one spelling");
        }
    }
}

/// Reads a proof and verifies it.
///
/// # Panics
/// If what was read does not write back to the same text, or verifies though nobody signed it.
pub(crate) fn proof(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(proof) = text.parse::<Proof>() else { return };
    assert_eq!(proof.to_string(), text, "a proof has one spelling");
    let signer = Signer::from_seed("example.com/foo", &[7; 32]).expect("a good name");
    assert!(verify_proof(&proof, signer.verifier_key(), b"record").is_err(), "nobody signed with this key");
}

/// Reads bundles of every width.
///
/// # Panics
/// If the entries do not account for all bytes.
pub(crate) fn bundle(bytes: &[u8]) {
    for count in [0, 1, 2, 3, 7, 255, 256] {
        if let Ok(entries) = decode_bundle(bytes, count) {
            assert_eq!(entries.len(), usize::from(count), "as many entries as asked for");
            let length: usize = entries.iter().map(|it| it.len() + 2).sum();
            assert_eq!(length, bytes.len(), "every byte belongs to an entry");
        }
    }
}

/// Reads an event.
///
/// # Panics
/// If its canonical form reads back to another event.
pub(crate) fn event(bytes: &[u8]) {
    let Ok(read) = Event::read(bytes) else { return };
    let record = read.event.to_record().expect("an event that was read can be written");
    let again = Event::read(record.as_bytes()).expect("a canonical event reads back");
    assert_eq!((again.event, again.ignored), (read.event, 0), "canonical form is a fixed point");
}
