//! The bundle file: what is well formed, and what is not even looked at.

use brattice_attest::bundle::{Bundle, BundleError};
use proptest::prelude::{any, proptest};
use serde_json::{Value, json};

use crate::support::{ALICE, read, scan, signed, subject, tree};

fn good() -> Vec<u8> {
    signed(subject(tree()), scan(), ALICE)
}

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&good()).expect("a bundle is JSON");
    change(&mut value);
    value.to_string().into_bytes()
}

fn refusal(bytes: &[u8]) -> String {
    Bundle::read(bytes).expect_err("must be refused").to_string()
}

#[test]
fn exactly_one_signature_is_read() {
    let two = changed(|it| {
        let first = it["dsseEnvelope"]["signatures"][0].clone();
        it["dsseEnvelope"]["signatures"] = json!([first, first]);
    });
    let none = changed(|it| it["dsseEnvelope"]["signatures"] = json!([]));
    assert_eq!(Bundle::read(&two), Err(BundleError::SignatureCount(2)));
    assert_eq!(Bundle::read(&none), Err(BundleError::SignatureCount(0)));
}

#[test]
fn base64_has_one_spelling_in_payload_and_signature() {
    for (field, path) in [("payload", "/dsseEnvelope/payload"), ("sig", "/dsseEnvelope/signatures/0/sig")] {
        let spellings: [fn(&str) -> String; 7] = [
            |it| format!("{it}\n"),
            |it| format!(" {it}"),
            |it| format!("{}\n{}", &it[..4], &it[4..]),
            |it| format!("{it}===="),
            |it| format!("{}-_{}", &it[..4], &it[6..]),
            |it| it[..it.len() - 1].to_owned(),
            |it| format!("{it}!"),
        ];
        for spell in spellings {
            let bytes = changed(|it| {
                let value = it.pointer_mut(path).expect("the field is there");
                *value = json!(spell(value.as_str().expect("the field is text")));
            });
            assert_eq!(Bundle::read(&bytes), Err(BundleError::Base64(field)));
        }
    }
}

#[test]
fn duplicate_keys_trailing_bytes_and_other_types_are_refused() {
    let text = String::from_utf8(good()).unwrap();
    for bad in [
        text.replacen("{\"dsseEnvelope\"", "{\"mediaType\":\"x\",\"dsseEnvelope\"", 1),
        text.replacen("\"payload\":", "\"payload\":\"\",\"payload\":", 1),
        text.replacen("\"payload\":", "\"payload\":\"\",\"p\\u0061yload\":", 1),
        format!("{text}{text}"),
        format!("\u{feff}{text}"),
        String::new(),
        "[]".to_owned(),
    ] {
        assert!(Bundle::read(bad.as_bytes()).is_err(), "{bad}");
    }
    let other = changed(|it| it["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.2"));
    assert!(refusal(&other).contains("media type"));
}

#[test]
fn material_that_is_not_verified_here_is_refused_and_empty_forms_are_not() {
    for (field, value) in [
        ("tlogEntries", json!([{"logIndex": "1"}])),
        ("certificate", json!({"rawBytes": "AA=="})),
        ("x509CertificateChain", json!({"certificates": [{"rawBytes": "AA=="}]})),
        ("timestampVerificationData", json!({"rfc3161Timestamps": [{"signedTimestamp": "AA=="}]})),
    ] {
        let bytes = changed(|it| it["verificationMaterial"][field] = value);
        assert!(refusal(&bytes).contains(field));
    }
    let bytes = changed(|it| {
        it["verificationMaterial"]["timestampVerificationData"] = json!({"rfc3161Timestamps": []});
        it["verificationMaterial"]["certificate"] = Value::Null;
    });
    assert!(Bundle::read(&bytes).is_ok());
    let no_key = changed(|it| it["verificationMaterial"] = json!({"tlogEntries": []}));
    assert!(refusal(&no_key).contains("public key hint"));
}

#[test]
fn unknown_fields_are_counted() {
    assert_eq!(read(&good()).unknown_fields(), 0);
    let bytes = changed(|it| {
        it["later"] = json!(1);
        it["verificationMaterial"]["publicKey"]["later"] = json!({"x": 1});
        it["dsseEnvelope"]["signatures"][0]["later"] = json!([]);
    });
    assert_eq!(read(&bytes).unknown_fields(), 3);
}

#[test]
fn our_own_file_is_stable() {
    let text = String::from_utf8(good()).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let payload = value["dsseEnvelope"]["payload"].as_str().unwrap();
    insta::assert_snapshot!(text.replace(payload, "PAYLOAD"), @r#"{"dsseEnvelope":{"payload":"PAYLOAD","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"","sig":"MEQCIFPjwwRqQTiZSaHPIH1vCpiZL0VcU5krzVGLE0FQkNBCAiB0ogPwqmsCbcjmlPIJFEA+79se+ou9adOgs/JzKQs/bw=="}]},"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"sha256:f857ae4ed6e34e33761aea25caaee3fe54a15960fb92dcd63a375ab121deb2a9"},"tlogEntries":[]}}"#);
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        assert!(Bundle::read(&bytes).is_err());
    }

    #[test]
    fn a_changed_byte_is_refused_or_reads_the_same_payload(index in 0_usize..400, byte in any::<u8>()) {
        let mut bytes = good();
        let index = index % bytes.len();
        bytes[index] = byte;
        let _ = Bundle::read(&bytes);
    }
}
