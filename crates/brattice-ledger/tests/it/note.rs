//! Notes, keys and checkpoints: what is read elsewhere, and what must be refused.

use brattice_ledger::{
    Checkpoint, CheckpointError, KeyError, Note, NoteError, SignedCheckpoint, Signer, VerifierKey,
};
use proptest::prelude::{any, proptest};
use signed_note::{Note as OtherNote, StandardVerifier, VerifierList};

use crate::support::{ORIGIN, ledger, signer};

/// The example of the signed-note specification.
const SPECIFIED_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPECIFIED_NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

#[test]
fn the_specified_example_verifies_and_writes_back() {
    let key: VerifierKey = SPECIFIED_KEY.parse().unwrap();
    assert_eq!(key.to_string(), SPECIFIED_KEY);
    let note = Note::parse(SPECIFIED_NOTE.as_bytes()).unwrap();
    assert_eq!(note.verify(&key), Ok("This is an example message.\n"));
    assert_eq!(note.to_string(), SPECIFIED_NOTE);
}

#[test]
fn checkpoints_verify_in_the_other_implementation() {
    let log = ledger(&[3]);
    let note = OtherNote::from_bytes(log.checkpoint().to_string().as_bytes()).unwrap();
    let key = StandardVerifier::new(&signer().verifier_key().to_string()).unwrap();
    note.verify(&VerifierList::new(vec![Box::new(key)])).unwrap();
    let other = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((other.origin(), other.size()), (ORIGIN, 3));
    assert_eq!(other.hash().0, *log.checkpoint().checkpoint().root.as_bytes());
}

#[test]
fn every_changed_byte_of_a_signed_note_is_refused() {
    let key: VerifierKey = SPECIFIED_KEY.parse().unwrap();
    for index in 0..SPECIFIED_NOTE.len() {
        for bit in 0..8 {
            let mut bytes = SPECIFIED_NOTE.as_bytes().to_vec();
            bytes[index] ^= 1 << bit;
            let verdict = Note::parse(&bytes).and_then(|it| it.verify(&key).map(str::to_owned));
            assert!(verdict.is_err(), "byte {index}, bit {bit}");
        }
    }
}

#[test]
fn signatures_of_strangers_are_ignored_and_a_forged_one_spoils_the_note() {
    let (ours, stranger) = (signer(), Signer::from_seed("witness.test", &[9; 32]).unwrap());
    let note = ours.sign("text\n").unwrap().to_string();
    let line = |note: String| note.split_once("\n\n").unwrap().1.to_owned();
    let theirs = line(stranger.sign("text\n").unwrap().to_string());
    let both = Note::parse(format!("{note}{theirs}").as_bytes()).unwrap();
    assert_eq!(both.verify(ours.verifier_key()), Ok("text\n"));
    assert_eq!(both.verify(stranger.verifier_key()), Ok("text\n"));
    let only_theirs = Note::parse(format!("text\n\n{theirs}").as_bytes()).unwrap();
    assert_eq!(only_theirs.verify(ours.verifier_key()), Err(NoteError::Stranger));
    let forged = line(ours.sign("another text\n").unwrap().to_string());
    let spoiled = Note::parse(format!("{note}{forged}").as_bytes()).unwrap();
    assert_eq!(spoiled.verify(ours.verifier_key()), Err(NoteError::Forged));
    // The same key under another name is another key.
    let renamed = Signer::from_seed("other.test", &[7; 32]).unwrap();
    assert_eq!(both.verify(renamed.verifier_key()), Err(NoteError::Stranger));
}

#[test]
fn malformed_notes_are_refused() {
    let sixteen = (0..65).map(|_| "\u{2014} a AAAAAAA=\n").collect::<String>();
    for (bad, expected) in [
        ("", NoteError::Unsigned),
        ("text\n", NoteError::Unsigned),
        ("text\n\n", NoteError::Unsigned),
        ("text\n\n\n", NoteError::Unsigned),
        ("text\n\n\u{2014} a AAAAAAA=", NoteError::Unsigned),
        ("text\n\n- a AAAAAAA=\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014}  AAAAAAA=\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a AAAA\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a AAAAAAA\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a AAAAAAB=\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a+b AAAAAAA=\n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a AAAAAAA= \n", NoteError::SignatureLine(1)),
        ("text\n\n\u{2014} a AAAAAAA=\r\n", NoteError::Text),
        ("te\txt\n\n\u{2014} a AAAAAAA=\n", NoteError::Text),
        (&format!("text\n\n{sixteen}"), NoteError::SignatureLine(65)),
        (&format!("{}\n\n", "x".repeat(300 << 10)), NoteError::TooLarge),
    ] {
        assert_eq!(Note::parse(bad.as_bytes()).unwrap_err(), expected, "{bad:?}");
    }
    assert_eq!(Note::parse(b"\xff\n\n").unwrap_err(), NoteError::Text);
    assert!(signer().sign("no newline").is_err());
}

#[test]
fn malformed_and_unsafe_keys_are_refused() {
    let good = SPECIFIED_KEY;
    for (bad, expected) in [
        ("example.com/foo", KeyError::Form),
        (&good.replace("530d", "530D"), KeyError::Id),
        (&good.replace("530d", "530e"), KeyError::Id),
        (&good.replace("/foo", "/fop"), KeyError::Id),
        (&good.replace("/foo", "/f o"), KeyError::Name),
        (&good.replace("+Ae", "+Be"), KeyError::Type(5)),
        (&good[..good.len() - 4], KeyError::Form),
        (&format!("{good}\n"), KeyError::Form),
        (&good.replace("example.com/foo", ""), KeyError::Name),
    ] {
        assert_eq!(bad.parse::<VerifierKey>().unwrap_err(), expected, "{bad:?}");
    }
    // The neutral element, under which one signature verifies for every text.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(VerifierKey::new("a", &neutral), Err(KeyError::Point));
    assert!(
        Signer::from_pkcs8_pem("a", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
            .is_err()
    );
}

#[test]
fn a_private_key_reads_back_and_never_prints() {
    let signer = signer();
    let pem = signer.to_pkcs8_pem().unwrap();
    let again = Signer::from_pkcs8_pem(ORIGIN, &pem).unwrap();
    assert_eq!(again.verifier_key(), signer.verifier_key());
    assert!(format!("{signer:?}").starts_with("Signer(digits.test/log+"));
}

#[test]
fn malformed_checkpoints_are_refused_even_when_signed() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let verdict = |text: &str| {
        let note = signer().sign(text).unwrap().to_string();
        SignedCheckpoint::verify(note.as_bytes(), signer().verifier_key())
    };
    assert_eq!(verdict(&format!("{ORIGIN}\n0\n{root}\n")).unwrap().checkpoint().size, 0);
    let extended = verdict(&format!("{ORIGIN}\n0\n{root}\nmore\nlines\n")).unwrap();
    assert_eq!(extended.checkpoint().extensions, ["more", "lines"]);
    for bad in [
        format!("{ORIGIN}\n00\n{root}\n"),
        format!("{ORIGIN}\n+1\n{root}\n"),
        format!("{ORIGIN}\n-1\n{root}\n"),
        format!("{ORIGIN}\n9223372036854775808\n{root}\n"),
        format!("{ORIGIN}\n18446744073709551616\n{root}\n"),
        format!("{ORIGIN}\n0\n{}\n", &root[4..]),
        format!("{ORIGIN}\n0\n{root} \n"),
        format!("{ORIGIN}\n0\n"),
        format!("{ORIGIN}\n0\n{root}\n\nmore\n"),
        format!("\n0\n{root}\n"),
    ] {
        assert!(matches!(verdict(&bad), Err(CheckpointError::Text(_))), "{bad:?}");
    }
    let other = format!("other.test/log\n0\n{root}\n");
    assert_eq!(verdict(&other).unwrap_err(), CheckpointError::Origin);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics_and_what_is_read_writes_back(
        text in "[a-z \u{2014}\n+/=0-9]{0,80}(\n\n\u{2014} [a-z]{1,4} [A-Za-z0-9+/]{8,12}\n)?",
    ) {
        if let Ok(note) = Note::parse(text.as_bytes()) {
            assert_eq!(note.to_string(), text);
        }
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            assert_eq!(checkpoint.to_string(), text);
        }
        let _ = text.parse::<VerifierKey>();
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Note::parse(&bytes);
        let _ = brattice_ledger::decode_bundle(&bytes, 5);
        let _ = brattice_ledger::Event::read(&bytes);
    }
}
