//! Public and private keys, their identity, and raw signatures.
//!
//! Two algorithms: ECDSA on P-256 with SHA-256, and Ed25519. A public key has exactly one encoding here: the
//! uncompressed `SubjectPublicKeyInfo` of RFC 5480 and RFC 8410, compared byte by byte, so that a key has
//! one [`KeyId`]. Private keys are PKCS#8 (RFC 5958) without a password.
//!
//! What it is not: no key files (that is the `keys` crate), no certificates, no randomness.

use std::fmt;
use std::str::FromStr;

use brattice_digest::Sha256;
use brattice_redact::{MASK, Secret};
use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::Verifier as _;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};

use crate::pem;

/// Everything before the point in the `SubjectPublicKeyInfo` of a P-256 key (RFC 5480).
const P256_SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Everything before the key bytes in the `SubjectPublicKeyInfo` of an Ed25519 key (RFC 8410).
const ED25519_SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The first byte of an uncompressed point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Labels of the PEM blocks that are read and written.
const PUBLIC_LABEL: &str = "PUBLIC KEY";
const PRIVATE_LABEL: &str = "PRIVATE KEY";

/// Why a key cannot be used. No variant carries key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not one PEM block of the expected kind.
    #[error("not a PEM block `{expected}`{hint}")]
    Pem {
        /// The label that was expected.
        expected: &'static str,
        /// What to do about it, or nothing.
        hint: &'static str,
    },
    /// The DER is not the one encoding of a P-256 or Ed25519 public key.
    #[error("not the canonical SubjectPublicKeyInfo of a P-256 or Ed25519 key")]
    PublicEncoding,
    /// The encoding is right, and the point is not on the curve, not canonical, or of small order.
    #[error("public key is not a valid point")]
    Point,
    /// The DER is not a PKCS#8 private key of a supported algorithm.
    #[error("not a PKCS#8 private key of P-256 or Ed25519")]
    PrivateEncoding,
    /// A seed that is no private key: zero, or not below the order of the curve. Draw another one.
    #[error("seed is not a private key")]
    Seed,
    /// The text is not `sha256:` and 64 lower-case hexadecimal digits.
    #[error("not a key id: expected `sha256:` and 64 lower-case hexadecimal digits")]
    KeyId,
}

/// A signature does not belong to the message and the key, or is not in its one canonical encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("signature does not verify")]
pub struct SignatureError;

/// The signature algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; signatures in DER.
    EcdsaP256,
    /// Ed25519; signatures of 64 bytes.
    Ed25519,
}

impl Algorithm {
    /// Returns the one spelling of this algorithm.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "ecdsa-p256",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// The identity of a key: SHA-256 of its `SubjectPublicKeyInfo`, written `sha256:HEX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(Sha256);

impl KeyId {
    /// Returns the digest behind the id.
    pub const fn sha256(&self) -> &Sha256 {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.0)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix("sha256:").ok_or(KeyError::KeyId)?;
        digits.parse().map(Self).map_err(|_| KeyError::KeyId)
    }
}

#[derive(Clone, PartialEq, Eq)]
enum PublicMaterial {
    EcdsaP256(p256::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

/// A public key in its one encoding.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    material: PublicMaterial,
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo`. Other encodings of the same key, and bytes after it, are refused.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let material = if let Some(point) = der.strip_prefix(&P256_SPKI_PREFIX) {
            if point.len() != 65 || point.first() != Some(&UNCOMPRESSED) {
                return Err(KeyError::PublicEncoding);
            }
            p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(PublicMaterial::EcdsaP256)
                .map_err(|_| KeyError::Point)?
        } else if let Some(bytes) = der.strip_prefix(&ED25519_SPKI_PREFIX) {
            let bytes = <&[u8; 32]>::try_from(bytes).map_err(|_| KeyError::PublicEncoding)?;
            PublicMaterial::Ed25519(ed25519_point(bytes)?)
        } else {
            return Err(KeyError::PublicEncoding);
        };
        Ok(Self { material, spki: der.to_vec() })
    }

    /// Reads one PEM block `PUBLIC KEY`.
    pub fn from_spki_pem(text: &str) -> Result<Self, KeyError> {
        let der = pem::decode(text, PUBLIC_LABEL)
            .ok_or(KeyError::Pem { expected: PUBLIC_LABEL, hint: hint_for(text) })?;
        Self::from_spki_der(&der)
    }

    /// Returns the `SubjectPublicKeyInfo` in DER.
    pub fn to_spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// Returns the `SubjectPublicKeyInfo` as PEM.
    pub fn to_spki_pem(&self) -> String {
        pem::encode(&self.spki, PUBLIC_LABEL).to_string()
    }

    /// Returns the identity of the key.
    pub fn key_id(&self) -> KeyId {
        KeyId(Sha256::of(&self.spki))
    }

    /// Returns the algorithm of the key. The key decides it; no field of a signature does.
    pub const fn algorithm(&self) -> Algorithm {
        match self.material {
            PublicMaterial::EcdsaP256(_) => Algorithm::EcdsaP256,
            PublicMaterial::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Returns whether a signature that verifies is the only one that can be made from it without the key:
    /// of the two values of s in ECDSA the lower, any for Ed25519.
    pub fn is_unique_form(&self, signature: &[u8]) -> bool {
        match self.material {
            PublicMaterial::EcdsaP256(_) => {
                p256::ecdsa::Signature::from_der(signature).is_ok_and(|parsed| parsed.normalize_s() == parsed)
            }
            PublicMaterial::Ed25519(_) => true,
        }
    }

    /// Checks a signature over a message.
    ///
    /// ECDSA signatures are canonical DER: no BER lengths, no padding, no trailing bytes, r and s in
    /// `1..n`. Either of s and n−s is accepted, because the signers that we must verify (OpenSSL behind
    /// `model-signing`) emit both; [`SigningKey::sign`] emits the lower. Whoever takes a file with a
    /// signature for the identity of a statement must also ask [`Self::is_unique_form`]. Ed25519 is checked
    /// strictly: no point of small order, no s beyond the group order.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match &self.material {
            PublicMaterial::EcdsaP256(key) => {
                let parsed = p256::ecdsa::Signature::from_der(signature).map_err(|_| SignatureError)?;
                // The library's reader is strict, too; a laxer one must not make signatures malleable here.
                if parsed.to_der().as_bytes() != signature {
                    return Err(SignatureError);
                }
                key.verify(message, &parsed).map_err(|_| SignatureError)
            }
            PublicMaterial::Ed25519(key) => {
                let parsed = ed25519_dalek::Signature::from_slice(signature).map_err(|_| SignatureError)?;
                key.verify_strict(message, &parsed).map_err(|_| SignatureError)
            }
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", self.algorithm().as_str(), self.key_id())
    }
}

/// Reads an Ed25519 point and refuses what RFC 8032 decoding refuses and the library does not: an encoding
/// that is not the point's own, and points of small order, under which one signature fits many messages.
fn ed25519_point(bytes: &[u8; 32]) -> Result<ed25519_dalek::VerifyingKey, KeyError> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Point)?;
    if key.is_weak() || key.to_edwards().compress().as_bytes() != bytes {
        return Err(KeyError::Point);
    }
    Ok(key)
}

enum PrivateMaterial {
    EcdsaP256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// A private key. Its `Debug` shows the public identity only; the material is zeroed on drop.
pub struct SigningKey {
    material: PrivateMaterial,
    public: PublicKey,
}

impl SigningKey {
    /// Reads a PKCS#8 private key in DER.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_der(der) {
            return Self::from_material(PrivateMaterial::EcdsaP256(key));
        }
        let key = ed25519_dalek::SigningKey::from_pkcs8_der(der).map_err(|_| KeyError::PrivateEncoding)?;
        Self::from_material(PrivateMaterial::Ed25519(key))
    }

    /// Reads one PEM block `PRIVATE KEY`.
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyError> {
        let der = pem::decode(text, PRIVATE_LABEL)
            .ok_or(KeyError::Pem { expected: PRIVATE_LABEL, hint: hint_for(text) })?;
        Self::from_pkcs8_der(&der)
    }

    /// Makes a key from 32 random bytes that the caller drew.
    pub fn from_seed(algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::from_material(match algorithm {
            Algorithm::EcdsaP256 => PrivateMaterial::EcdsaP256(
                p256::ecdsa::SigningKey::from_slice(seed).map_err(|_| KeyError::Seed)?,
            ),
            Algorithm::Ed25519 => PrivateMaterial::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed)),
        })
    }

    fn from_material(material: PrivateMaterial) -> Result<Self, KeyError> {
        let spki = match &material {
            PrivateMaterial::EcdsaP256(key) => {
                [P256_SPKI_PREFIX.as_slice(), key.verifying_key().to_sec1_point(false).as_bytes()].concat()
            }
            PrivateMaterial::Ed25519(key) => {
                [ED25519_SPKI_PREFIX.as_slice(), key.verifying_key().as_bytes()].concat()
            }
        };
        Ok(Self { material, public: PublicKey::from_spki_der(&spki)? })
    }

    /// Writes the key as PKCS#8 PEM. The caller must not log it; [`Secret`] sees to the rest.
    pub fn to_pkcs8_pem(&self) -> Result<Secret, KeyError> {
        let der = match &self.material {
            PrivateMaterial::EcdsaP256(key) => key.to_pkcs8_der(),
            PrivateMaterial::Ed25519(key) => key.to_pkcs8_der(),
        }
        .map_err(|_| KeyError::PrivateEncoding)?;
        Ok(Secret::new(pem::encode(der.as_bytes(), PRIVATE_LABEL).as_bytes().to_vec()))
    }

    /// Returns the public half.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message. Deterministic: RFC 6979 for ECDSA (DER, the lower s), RFC 8032 for Ed25519.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.material {
            PrivateMaterial::EcdsaP256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.normalize_s().to_der().as_bytes().to_vec()
            }
            PrivateMaterial::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {}, {MASK})", self.public.algorithm().as_str(), self.public.key_id())
    }
}

/// Names the way out for the PEM kinds that people try.
fn hint_for(text: &str) -> &'static str {
    if text.contains("BEGIN EC PRIVATE KEY") {
        "; convert with `openssl pkcs8 -topk8 -nocrypt`"
    } else if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
        "; it has a password: decrypt with `openssl pkcs8`"
    } else if text.contains("BEGIN PRIVATE KEY") {
        "; this is a private key"
    } else if text.contains("BEGIN PUBLIC KEY") {
        "; this is a public key"
    } else {
        ""
    }
}
