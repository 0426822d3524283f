//! Keys and raw signatures: one encoding each, and every neighbour of it refused.

use brattice_attest::key::{Algorithm, KeyError, PublicKey, SigningKey};
use brattice_digest::Sha256;

use crate::support::key;

/// The order of P-256 (SEC 2, section 2.4.2), big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of the Ed25519 group (RFC 8032, section 5.1), little-endian.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

const MESSAGE: &[u8] = b"a model";

/// An unsigned big-endian number as a minimal DER INTEGER.
fn integer(number: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = number.iter().copied().skip_while(|it| *it == 0).collect();
    if digits.first().is_none_or(|it| *it >= 0x80) {
        digits.insert(0, 0);
    }
    tagged(2, &digits)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a signature is short");
    [&[tag, length], content].concat()
}

fn sequence(r: &[u8], s: &[u8]) -> Vec<u8> {
    tagged(0x30, &[r, s].concat())
}

/// The raw numbers of a DER signature that we made.
fn numbers(signature: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let r_length = usize::from(signature[3]);
    (signature[4..4 + r_length].to_vec(), signature[6 + r_length..].to_vec())
}

/// Adds two big-endian numbers into 33 bytes.
fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let digit = |number: &[u8], index: usize| number.len().checked_sub(index + 1).map_or(0, |it| number[it]);
    let mut carry = 0;
    let mut out: Vec<u8> = (0..33)
        .map(|index| {
            let total = u16::from(digit(a, index)) + u16::from(digit(b, index)) + carry;
            carry = total >> 8;
            total.to_le_bytes()[0]
        })
        .collect();
    out.reverse();
    out
}

/// The same signature with the other s: made without the key, and it verifies.
pub(crate) fn with_upper_s(signature: &[u8]) -> Vec<u8> {
    let (r, s) = numbers(signature);
    sequence(&integer(&r), &integer(&negated(&s)))
}

/// Returns the order minus a number below it.
fn negated(number: &[u8]) -> Vec<u8> {
    // Two's complement: n − s = n + ¬s + 1, modulo 2²⁵⁶.
    let padded =
        [vec![0; 32 - number.len().min(32)], number[number.len().saturating_sub(32)..].to_vec()].concat();
    let inverted: Vec<u8> = padded.iter().map(|it| !it).collect();
    sum(&sum(&ORDER, &inverted)[1..], &[1])[1..].to_vec()
}

/// The bytes of a hexadecimal number from a standard.
fn unhex(digits: &str) -> [u8; 32] {
    *digits.parse::<Sha256>().expect("64 digits are 32 bytes, of a digest or not").as_bytes()
}

#[test]
fn a_p256_signature_is_rfc_6979_with_the_lower_s() {
    // RFC 6979, appendix A.2.5, SHA-256, message "sample": s is above half the order there.
    let pkcs8 = SigningKey::from_seed(
        Algorithm::EcdsaP256,
        &[
            0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6, 0x93,
            0x4e, 0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f, 0x67, 0x21,
        ],
    )
    .unwrap();
    let signature = pkcs8.sign(b"sample");
    let (r, s) = numbers(&signature);
    assert_eq!(r[r.len() - 32..], unhex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"));
    assert_eq!(negated(&s), unhex("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
    assert!(pkcs8.public().is_unique_form(&signature));
    // The upper s verifies, because OpenSSL emits it, and is known for what it is.
    let upper = with_upper_s(&signature);
    assert_eq!(pkcs8.public().verify(b"sample", &upper), Ok(()));
    assert!(!pkcs8.public().is_unique_form(&upper));
}

#[test]
fn forged_and_misspelt_p256_signatures_are_refused() {
    let key = key(1);
    let good = key.sign(MESSAGE);
    let (r, s) = numbers(&good);
    assert_eq!(sequence(&integer(&r), &integer(&s)), good, "the test spells as we do");
    assert_eq!(key.public().verify(MESSAGE, &good), Ok(()));
    let (r_der, s_der) = (integer(&r), integer(&s));
    let padded = |number: &[u8]| tagged(2, &[&[0, 0], number].concat());
    let content = [r_der.clone(), s_der.clone()].concat();
    let content_length = u8::try_from(content.len()).unwrap();
    let without_sign_byte = {
        let high = negated(&s);
        let high = if high[0] >= 0x80 { high } else { ORDER.to_vec() };
        sequence(&r_der, &tagged(2, &high))
    };
    let forgeries = [
        ("r = 0", sequence(&integer(&[0]), &s_der)),
        ("s = 0", sequence(&r_der, &integer(&[0]))),
        ("both 0", sequence(&integer(&[0]), &integer(&[0]))),
        ("both 1", sequence(&integer(&[1]), &integer(&[1]))),
        ("r = n", sequence(&integer(&ORDER), &s_der)),
        ("s = n", sequence(&r_der, &integer(&ORDER))),
        ("s + n", sequence(&r_der, &integer(&sum(&s, &ORDER)))),
        ("r + n", sequence(&integer(&sum(&r, &ORDER)), &s_der)),
        ("n − r", sequence(&integer(&negated(&r)), &s_der)),
        ("swapped", sequence(&s_der, &r_der)),
        ("trailing byte", [good.clone(), vec![0]].concat()),
        ("trailing byte inside", tagged(0x30, &[content.clone(), vec![0]].concat())),
        ("third number", tagged(0x30, &[content.clone(), integer(&[1])].concat())),
        ("padded r", sequence(&padded(&r), &s_der)),
        ("padded s", sequence(&r_der, &padded(&s))),
        ("negative s", without_sign_byte),
        ("BER long length", [vec![0x30, 0x81, content_length], content.clone()].concat()),
        ("BER longer length", [vec![0x30, 0x82, 0, content_length], content.clone()].concat()),
        ("BER indefinite length", [vec![0x30, 0x80], content.clone(), vec![0, 0]].concat()),
        ("BER long integer", sequence(&[vec![2, 0x81, r_der[1]], r_der[2..].to_vec()].concat(), &s_der)),
        ("a set", tagged(0x31, &content)),
        ("octet strings", sequence(&tagged(4, &r), &tagged(4, &s))),
        ("an empty number", sequence(&r_der, &tagged(2, &[]))),
        (
            "raw r and s",
            [r[r.len() - 32..].to_vec(), [vec![0; 33 - s.len().min(33)], s.clone()].concat()].concat(),
        ),
        ("cut off", good[..good.len() - 1].to_vec()),
        ("empty", Vec::new()),
    ];
    for (name, forgery) in forgeries {
        assert!(key.public().verify(MESSAGE, &forgery).is_err(), "{name}");
    }
    assert!(key.public().verify(b"another model", &good).is_err());
    assert!(crate::support::key(2).public().verify(MESSAGE, &good).is_err());
}

#[test]
fn every_changed_bit_of_a_signature_is_refused() {
    for number in [1, 101] {
        let key = key(number);
        let good = key.sign(MESSAGE);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(key.public().verify(MESSAGE, &bad).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn non_canonical_ed25519_is_refused() {
    let key = key(101);
    let good = key.sign(MESSAGE);
    let mut carry = 0;
    let beyond: Vec<u8> = good[32..]
        .iter()
        .zip(ED25519_ORDER)
        .map(|(a, b)| {
            let total = u16::from(*a) + u16::from(b) + carry;
            carry = total >> 8;
            total.to_le_bytes()[0]
        })
        .collect();
    let identity = [vec![1], vec![0; 31]].concat();
    for (name, forgery) in [
        ("s + l", [good[..32].to_vec(), beyond].concat()),
        ("R of small order", [identity.clone(), good[32..].to_vec()].concat()),
        // s = k·a for this R, key and message: it fits a lenient verifier's equation.
        ("R of small order, s computed for it", {
            let s = "a56ae0a8fc8dab288f361f6d2cb81b0489506bd5edc30a16ca94cd73b1fb3300";
            [identity.clone(), unhex(s).to_vec()].concat()
        }),
        ("R and s zero", vec![0; 64]),
        ("one byte short", good[..63].to_vec()),
        ("one byte long", [good.clone(), vec![0]].concat()),
    ] {
        assert!(key.public().verify(MESSAGE, &forgery).is_err(), "{name}");
    }
    // Under the identity as a key, R = identity and s = 0 would fit every message.
    let prefix = &key.public().to_spki_der()[..12];
    let field = |first: u8, last: u8| [vec![first], vec![0xff; 30], vec![last]].concat();
    for (name, point) in [
        ("identity", identity),
        ("order 2", field(0xec, 0x7f)),
        ("order 4", vec![0; 32]),
        ("y = p, another spelling of 0", field(0xed, 0x7f)),
        ("y = p + 1, another spelling of the identity", field(0xee, 0x7f)),
        ("y = p + 3, another spelling of 3", field(0xf0, 0x7f)),
        ("not on the curve", [vec![2], vec![0; 31]].concat()),
    ] {
        let spki = [prefix, &point].concat();
        assert_eq!(PublicKey::from_spki_der(&spki), Err(KeyError::Point), "{name}");
    }
}

#[test]
fn a_public_key_has_one_encoding() {
    for number in [1, 101] {
        let key = key(number);
        let (der, pem) = (key.public().to_spki_der(), key.public().to_spki_pem());
        assert_eq!(PublicKey::from_spki_der(der).as_ref(), Ok(key.public()));
        assert_eq!(PublicKey::from_spki_pem(&pem).as_ref(), Ok(key.public()));
        assert_eq!(PublicKey::from_spki_pem(&pem.replace('\n', "\r\n")).as_ref(), Ok(key.public()));
        let mut off_curve = der.to_vec();
        off_curve[40] ^= 1;
        let compressed = [&der[..26], &[2], der.get(27..59).unwrap_or_default()].concat();
        for bad in [[der, &[0]].concat(), der[..der.len() - 1].to_vec(), compressed, Vec::new()] {
            assert_eq!(PublicKey::from_spki_der(&bad), Err(KeyError::PublicEncoding));
        }
        assert!(PublicKey::from_spki_der(&off_curve).is_err() || number == 101);
        for bad in [
            format!("{pem}{pem}"),
            format!("text before\n{pem}"),
            format!("{pem}text after"),
            pem.replace("PUBLIC", "PRIVATE"),
            pem.replace("PUBLIC KEY", "CERTIFICATE"),
            pem.replace("=\n", "\n"),
            pem.replace("MC", "M C").replace("MF", "M F"),
        ] {
            assert!(PublicKey::from_spki_pem(&bad).is_err(), "{bad}");
        }
    }
}

#[test]
fn a_private_key_survives_pkcs8_and_never_shows() {
    for number in [1, 101] {
        let key = key(number);
        let pem = String::from_utf8(key.to_pkcs8_pem().unwrap().expose().to_vec()).unwrap();
        let again = SigningKey::from_pkcs8_pem(&pem).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(again.sign(MESSAGE), key.sign(MESSAGE));
        let shown = format!("{again:?}");
        assert!(shown.contains("***") && shown.len() < 120, "{shown}");
        assert!(SigningKey::from_pkcs8_pem(&format!("{pem}{pem}")).is_err());
        assert!(SigningKey::from_pkcs8_pem(&key.public().to_spki_pem()).is_err());
    }
    assert!(SigningKey::from_seed(Algorithm::EcdsaP256, &[0; 32]).is_err());
    assert!(SigningKey::from_seed(Algorithm::EcdsaP256, &ORDER).is_err());
    assert!(SigningKey::from_pkcs8_der(b"").is_err());
}
