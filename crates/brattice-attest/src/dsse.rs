//! The Dead Simple Signing Envelope (DSSE v1), read strictly: exactly one signature, strict base64.
//!
//! The signature covers the envelope's own `payloadType`. A verifier first checks the signature over that
//! type and then requires the type that it wants; signing over a constant instead would let a payload of
//! another type through.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::{PublicKey, SignatureError, SigningKey};

/// The payload type of in-toto statements.
pub const IN_TOTO_PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The longest signature that is looked at, in bytes: P-256 in DER takes 72, Ed25519 takes 64.
pub(crate) const SIGNATURE_BYTES_MAX: usize = 128;

/// The longest payload type that is looked at, in bytes: ours has 28.
pub(crate) const PAYLOAD_TYPE_BYTES_MAX: usize = 256;

/// Returns the pre-authentication encoding: the bytes that are signed for a payload of a type.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// One payload with its type and its one signature. Nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The type that the signer gave the payload.
    pub payload_type: String,
    /// The payload as signed.
    pub payload: Vec<u8>,
    /// The raw signature.
    pub signature: Vec<u8>,
}

impl Envelope {
    /// Signs a payload.
    pub fn sign(payload_type: &str, payload: Vec<u8>, key: &SigningKey) -> Self {
        let signature = key.sign(&pre_authentication_encoding(payload_type, &payload));
        Self { payload_type: payload_type.to_owned(), payload, signature }
    }

    /// Checks the signature over the type and the payload that the envelope holds.
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        key.verify(&pre_authentication_encoding(&self.payload_type, &self.payload), &self.signature)
    }
}

/// Decodes standard base64 with padding, one spelling only: no white space, no URL alphabet, no stray bits.
pub(crate) fn strict_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Encodes standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::{pre_authentication_encoding, strict_base64};

    #[test]
    fn the_encoding_is_that_of_the_protocol() {
        assert_eq!(
            pre_authentication_encoding("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
        assert_eq!(pre_authentication_encoding("é", b""), "DSSEv1 2 é 0 ".as_bytes());
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(strict_base64("+/8="), Some(vec![0xfb, 0xff]));
        for bad in ["-_8=", "+/8", "+/9=", "+/8=\n", " +/8=", "+ /8=", "+/8==", "+/8=!", "+/8=+/8="] {
            assert_eq!(strict_base64(bad), None, "{bad:?}");
        }
    }
}
