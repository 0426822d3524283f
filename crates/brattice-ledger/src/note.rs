//! C2SP signed notes with Ed25519 keys (signature type `01`), the one type that this ledger writes.
//!
//! Signatures of other keys are carried along and ignored, as the specification demands. A signature that
//! claims to be of the known key and does not verify spoils the whole note.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brattice_digest::Sha256Hasher;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

/// The largest note in bytes: sixteen post-quantum signatures of 5 kB in base64 fit twice.
pub(crate) const NOTE_BYTES_MAX: usize = 256 << 10;

/// The most signatures on a note: four times what every verifier must accept.
const SIGNATURES_MAX: usize = 64;

/// The longest key name in bytes: that of a DNS name and a short path.
const NAME_BYTES_MAX: usize = 512;

/// The signature type identifier of plain Ed25519.
const TYPE_ED25519: u8 = 1;

/// What begins a signature line: em dash, space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a key cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A key's name is empty, too long, or has a space, a control character or a `+`.
    #[error(
        "not a key name: it must have 1 to {NAME_BYTES_MAX} bytes and no space, control character or `+`"
    )]
    Name,
    /// Not `name+id+base64`.
    #[error("not a note verifier key of the form `name+id+base64`")]
    Form,
    /// The key's id does not follow from name and key.
    #[error("the id in the verifier key does not follow from its name and key")]
    Id,
    /// Another signature type than Ed25519.
    #[error("signature type {0:#04x} is not Ed25519")]
    Type(u8),
    /// Not a point of the curve, or one of small order under which anything verifies.
    #[error("not a usable Ed25519 public key")]
    Point,
    /// Not a private key in PKCS#8 PEM.
    #[error("not an Ed25519 private key in PKCS#8 PEM")]
    Private,
}

/// Why a note cannot be read, or is not signed as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More than 256 KiB.
    #[error("note is larger than {NOTE_BYTES_MAX} bytes")]
    TooLarge,
    /// Not UTF-8, or a control character.
    #[error("note is not UTF-8 text without control characters")]
    Text,
    /// No blank line between text and signatures, or no signature.
    #[error("note has no signatures")]
    Unsigned,
    /// A signature line that is not one, or too many.
    #[error("signature line {0} is malformed")]
    SignatureLine(usize),
    /// The key that must have signed did not.
    #[error("note is not signed by the expected key")]
    Stranger,
    /// A signature of the expected key does not verify.
    #[error("signature of the expected key does not verify")]
    Forged,
}

/// A public key that verifies notes: name, and Ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    /// Makes a verifier key from a name and the 32 bytes of an Ed25519 public key.
    pub fn new(name: &str, key: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, key.as_bytes()), key })
    }

    /// Returns the name, which is the origin of the ledger.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the 32 bytes of the Ed25519 public key.
    pub fn public_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![TYPE_ED25519];
        key.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id), STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let key = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
        let (kind, key) = key.split_first().ok_or(KeyError::Form)?;
        if *kind != TYPE_ED25519 {
            return Err(KeyError::Type(*kind));
        }
        let parsed = Self::new(name, key.try_into().map_err(|_| KeyError::Form)?)?;
        if format!("{:08x}", u32::from_be_bytes(parsed.id)) == id { Ok(parsed) } else { Err(KeyError::Id) }
    }
}

/// A private key that signs notes under a name.
pub struct Signer {
    key: SigningKey,
    verifier: VerifierKey,
}

impl Signer {
    /// Makes a signer from a name and the 32 secret bytes of an Ed25519 key.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::from_key(name, SigningKey::from_bytes(seed))
    }

    /// Reads a signer from a private key in PKCS#8 PEM.
    pub fn from_pkcs8_pem(name: &str, pem: &str) -> Result<Self, KeyError> {
        Self::from_key(name, SigningKey::from_pkcs8_pem(pem).map_err(|_| KeyError::Private)?)
    }

    fn from_key(name: &str, key: SigningKey) -> Result<Self, KeyError> {
        let verifier = VerifierKey::new(name, key.verifying_key().as_bytes())?;
        Ok(Self { key, verifier })
    }

    /// Writes the private key as PKCS#8 PEM.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        // Version 1, without the public key: the form that every other tool reads.
        let pair = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        pair.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::Private)
    }

    /// Returns the public half.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a text, which must end in a newline, as a note.
    pub fn sign(&self, text: &str) -> Result<Note, NoteError> {
        if !is_note_text(text) {
            return Err(NoteError::Text);
        }
        let signature = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        let name = self.verifier.name.clone();
        let signatures = vec![NoteSignature { name, id: self.verifier.id, signature }];
        Ok(Note { text: text.to_owned(), signatures })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

/// A signed text. Its text means nothing before [`Note::verify`] has said yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note and checks nothing but its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge);
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        let blank = note.rfind("\n\n").ok_or(NoteError::Unsigned)?;
        let (text, rest) = note.split_at(blank + 1);
        let lines = rest.strip_prefix('\n').unwrap_or(rest);
        if !is_note_text(text) || lines.chars().any(|it| it < ' ' && it != '\n') {
            return Err(NoteError::Text);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Unsigned)?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            let malformed = NoteError::SignatureLine(index + 1);
            if index >= SIGNATURES_MAX {
                return Err(malformed);
            }
            signatures.push(parse_signature(line).ok_or(malformed)?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Checks that the key signed this note, and returns the text.
    pub fn verify(&self, key: &VerifierKey) -> Result<&str, NoteError> {
        let mut signed = false;
        for it in self.signatures.iter().filter(|it| it.name == key.name && it.id == key.id) {
            let signature = Signature::from_slice(&it.signature).map_err(|_| NoteError::Forged)?;
            key.key.verify_strict(self.text.as_bytes(), &signature).map_err(|_| NoteError::Forged)?;
            signed = true;
        }
        if signed { Ok(&self.text) } else { Err(NoteError::Stranger) }
    }

    /// Returns the text, about which nothing is known yet.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for it in &self.signatures {
            let mut bytes = it.id.to_vec();
            bytes.extend_from_slice(&it.signature);
            writeln!(f, "{SIGNATURE_PREFIX}{} {}", it.name, STANDARD.encode(bytes))?;
        }
        Ok(())
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    let well_formed = is_name(name) && !signature.is_empty();
    well_formed.then(|| NoteSignature { name: name.to_owned(), id: *id, signature: signature.to_vec() })
}

fn is_note_text(text: &str) -> bool {
    text.ends_with('\n') && !text.chars().any(|it| it < ' ' && it != '\n')
}

/// Returns whether a text can be a key's name and with that a ledger's origin.
pub(crate) fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.chars().any(|it| it.is_whitespace() || it.is_control() || it == '+')
}

fn key_id(name: &str, key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256Hasher::new();
    hasher.update(name.as_bytes());
    hasher.update(&[b'\n', TYPE_ED25519]);
    hasher.update(key);
    let digest = hasher.finish();
    let [a, b, c, d, ..] = *digest.as_bytes();
    [a, b, c, d]
}
