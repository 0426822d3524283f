//! The Sigstore bundle v0.3: the file that a signed statement is kept in.
//!
//! Signed with a bare key: the verification material is a public-key hint, there is no certificate and no
//! transparency log entry. A bundle that holds either is refused rather than half verified.
//!
//! The hint is not signed. It only helps to find the key; the signature decides.

use brattice_digest::{JsonError, Sha256, canonical_json, strict_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dsse::{Envelope, PAYLOAD_TYPE_BYTES_MAX, SIGNATURE_BYTES_MAX, base64, strict_base64};
use crate::key::PublicKey;
use crate::unknown::count_unknown;

/// The media type of the bundle format that is written and read.
pub const BUNDLE_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Why a file is not a bundle that can be verified here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not strict JSON: the text says why and where.
    #[error("bundle is not strict JSON: {0}")]
    Json(#[from] JsonError),
    /// JSON of another shape.
    #[error("bundle has the wrong shape: {0}")]
    Shape(String),
    /// Another media type.
    #[error("bundle has media type `{0}`, expected `{BUNDLE_MEDIA_TYPE}`")]
    MediaType(String),
    /// Not exactly one signature: with several, "any of them" is an attacker's choice.
    #[error("envelope has {0} signatures, expected exactly one")]
    SignatureCount(usize),
    /// A field is not strict base64.
    #[error("field `{0}` is not strict base64")]
    Base64(&'static str),
    /// The bundle rests on material that is not verified here.
    #[error("bundle carries `{0}`, which a key-signed bundle must not")]
    Unsupported(&'static str),
    /// A field is longer than anything that can be right.
    #[error("field `{0}` is too long")]
    TooLong(&'static str),
}

/// The public-key hint, as found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Hint(Option<String>);

impl Hint {
    /// Returns the hint's text, if there is one.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the hint that our own statements carry: the key id.
    pub fn key_id(key: &PublicKey) -> Self {
        Self(Some(key.key_id().to_string()))
    }

    /// Returns the hint that `model-signing` writes and insists on: bare hexadecimal SHA-256 of the PEM text.
    pub fn model_signing(key: &PublicKey) -> Self {
        Self(Some(Sha256::of(key.to_spki_pem().as_bytes()).to_hex()))
    }

    /// Returns whether the hint names this key in one of the two spellings. An absent hint names no key.
    pub fn names(&self, key: &PublicKey) -> bool {
        self.0.is_some() && (*self == Self::key_id(key) || *self == Self::model_signing(key))
    }
}

/// A bundle as read: well-formed, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    envelope: Envelope,
    hint: Hint,
    file: Sha256,
    unknown_fields: usize,
}

impl Bundle {
    /// Reads a bundle file.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let value = strict_json(bytes)?;
        let wire: BundleWire =
            serde_json::from_value(value.clone()).map_err(|error| BundleError::Shape(error.to_string()))?;
        let unknown_fields = serde_json::to_value(&wire).map_or(0, |known| count_unknown(&value, &known));
        if wire.media_type != BUNDLE_MEDIA_TYPE {
            return Err(BundleError::MediaType(wire.media_type.chars().take(128).collect()));
        }
        let hint = read_material(wire.verification_material)?;
        let envelope = read_envelope(wire.dsse_envelope)?;
        Ok(Self { envelope, hint, file: Sha256::of(bytes), unknown_fields })
    }

    /// Returns the envelope.
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Returns the public-key hint.
    pub const fn hint(&self) -> &Hint {
        &self.hint
    }

    /// Returns SHA-256 of the file's bytes: the name under which other statements speak of this one.
    pub const fn file(&self) -> Sha256 {
        self.file
    }

    /// Returns how many fields were ignored because this version does not know them.
    pub const fn unknown_fields(&self) -> usize {
        self.unknown_fields
    }
}

/// Writes an envelope as the bytes of a bundle file, in RFC 8785 form.
pub fn write_bundle(envelope: &Envelope, hint: &Hint) -> Result<Vec<u8>, BundleError> {
    let wire = BundleWire {
        media_type: BUNDLE_MEDIA_TYPE.to_owned(),
        verification_material: MaterialWire {
            public_key: Some(PublicKeyWire { hint: hint.0.clone() }),
            tlog_entries: Some(Vec::new()),
            ..MaterialWire::default()
        },
        dsse_envelope: EnvelopeWire {
            payload: base64(&envelope.payload),
            payload_type: envelope.payload_type.clone(),
            signatures: vec![SignatureWire { sig: base64(&envelope.signature), keyid: Some(String::new()) }],
        },
    };
    Ok(canonical_json(&wire)?)
}

fn read_material(material: MaterialWire) -> Result<Hint, BundleError> {
    let present = |value: &Option<Value>| value.as_ref().is_some_and(|it| !is_empty(it));
    if material.tlog_entries.is_some_and(|entries| !entries.is_empty()) {
        return Err(BundleError::Unsupported("tlogEntries"));
    }
    if present(&material.certificate) {
        return Err(BundleError::Unsupported("certificate"));
    }
    if present(&material.x509_certificate_chain) {
        return Err(BundleError::Unsupported("x509CertificateChain"));
    }
    if present(&material.timestamp_verification_data) {
        return Err(BundleError::Unsupported("timestampVerificationData"));
    }
    let key = material.public_key.ok_or_else(|| BundleError::Shape("no public key hint".to_owned()))?;
    Ok(Hint(key.hint.filter(|hint| !hint.is_empty())))
}

/// Protobuf writers spell "nothing" in several ways.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
        _ => false,
    }
}

fn read_envelope(wire: EnvelopeWire) -> Result<Envelope, BundleError> {
    let [signature] = wire.signatures.as_slice() else {
        return Err(BundleError::SignatureCount(wire.signatures.len()));
    };
    if wire.payload_type.len() > PAYLOAD_TYPE_BYTES_MAX {
        return Err(BundleError::TooLong("payloadType"));
    }
    let signature = strict_base64(&signature.sig).ok_or(BundleError::Base64("sig"))?;
    if signature.len() > SIGNATURE_BYTES_MAX {
        return Err(BundleError::TooLong("sig"));
    }
    let payload = strict_base64(&wire.payload).ok_or(BundleError::Base64("payload"))?;
    Ok(Envelope { payload_type: wire.payload_type, payload, signature })
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BundleWire {
    media_type: String,
    verification_material: MaterialWire,
    dsse_envelope: EnvelopeWire,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MaterialWire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<PublicKeyWire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<Value>,
    #[serde(default, rename = "x509CertificateChain", skip_serializing_if = "Option::is_none")]
    x509_certificate_chain: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tlog_entries: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timestamp_verification_data: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct PublicKeyWire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvelopeWire {
    payload: String,
    payload_type: String,
    signatures: Vec<SignatureWire>,
}

#[derive(Serialize, Deserialize)]
struct SignatureWire {
    sig: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
}
