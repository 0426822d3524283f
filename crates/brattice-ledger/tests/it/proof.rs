//! Proofs as files: made from a ledger, verified without it.

use brattice_ledger::{Proof, Record, Signer, verify_proof};
use proptest::prelude::proptest;

use crate::support::{ORIGIN, ledger, record, signer};

#[test]
fn a_proof_is_a_text_that_verifies_without_the_ledger() {
    let log = ledger(&[1, 4]);
    let text = log.prove(2).unwrap().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 2"]);
    assert_eq!(lines[5..8], ["", ORIGIN, "5"]);
    let proof: Proof = text.parse().unwrap();
    assert_eq!(proof.to_string(), text);
    let signed = verify_proof(&proof, signer().verifier_key(), b"record 2").unwrap();
    assert_eq!(signed.checkpoint().size, 5);
}

#[test]
fn a_proof_holds_for_its_record_index_key_and_origin_only() {
    let log = ledger(&[300]);
    let proof = log.prove(260).unwrap();
    let key = signer().verifier_key().clone();
    verify_proof(&proof, &key, b"record 260").unwrap();
    assert!(verify_proof(&proof, &key, b"record 261").is_err());
    assert!(verify_proof(&Proof { index: 261, ..proof.clone() }, &key, b"record 260").is_err());
    assert!(verify_proof(&Proof { index: 1000, ..proof.clone() }, &key, b"record 260").is_err());
    let (older, other_key) = (ledger(&[299]), Signer::from_seed(ORIGIN, &[8; 32]).unwrap());
    let older = Proof { checkpoint: older.checkpoint().note().clone(), ..proof.clone() };
    assert!(verify_proof(&older, &key, b"record 260").is_err());
    assert!(verify_proof(&proof, other_key.verifier_key(), b"record 260").is_err());
    let renamed = Signer::from_seed("other.test/log", &[7; 32]).unwrap();
    assert!(verify_proof(&proof, renamed.verifier_key(), b"record 260").is_err());
    // Extra data is carried, and changes nothing.
    let extra = Proof { extra: Some(b"hint".to_vec()), ..proof };
    let again: Proof = extra.to_string().parse().unwrap();
    assert_eq!(again, extra);
    verify_proof(&again, &key, b"record 260").unwrap();
}

#[test]
fn a_large_record_is_proved_by_its_own_bytes() {
    let mut log = ledger(&[2]);
    let large: Vec<u8> = b"large ".repeat(20_000);
    log.append(&signer(), &[Record::new(large.clone()).unwrap(), record(3)]).unwrap();
    let proof = log.prove(2).unwrap();
    verify_proof(&proof, signer().verifier_key(), &large).unwrap();
    assert!(verify_proof(&proof, signer().verifier_key(), &large[1..]).is_err());
    assert_eq!(
        log.read(1..4).unwrap().iter().map(|it| it.as_bytes().len()).collect::<Vec<_>>(),
        [8, 120_000, 8]
    );
    assert!(log.prove(4).is_err());
}

#[test]
fn malformed_proofs_are_refused() {
    let text = ledger(&[5]).prove(2).unwrap().to_string();
    let hash = text.lines().nth(2).unwrap();
    for bad in [
        String::new(),
        text.replace("@v1", "@v2"),
        text.replace("index 2", "index 02"),
        text.replace("index 2", "index -2"),
        text.replace("index 2", "extra AA==\nextra AA==\nindex 2"),
        text.replace("index 2", "extra AB==\nindex 2"),
        text.replace("index 2\n", ""),
        text.replace(hash, &hash[1..]),
        text.replace(hash, &[hash; 70].join("\n")),
        text.replace("\n\ndigits", "\ndigits"),
        text.replace('\n', "\r\n"),
        format!(" {text}"),
        text.trim_end().to_owned(),
        "x".repeat(3 << 20),
    ] {
        assert!(bad.parse::<Proof>().is_err(), "{}", &bad[..bad.len().min(200)]);
    }
}

proptest! {
    #[test]
    fn what_reads_as_a_proof_writes_back(
        hashes in 0..4_usize,
        index in "(0|[1-9][0-9]{0,3}|0[0-9])",
        extra in "(extra [A-Za-z0-9+/]{4}\n)?",
        tail in "[a-z\n ]{0,8}",
    ) {
        let note = ledger(&[1]).checkpoint().to_string();
        let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".repeat(hashes);
        let text = format!("c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hash}{tail}\n{note}");
        if let Ok(proof) = text.parse::<Proof>() {
            assert_eq!(proof.to_string(), text);
        }
    }
}
