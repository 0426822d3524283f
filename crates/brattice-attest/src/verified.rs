//! The one type that says: every binding of this statement was checked.
//!
//! The known failures of verifiers are missing bindings between two things that were each verified: an
//! entry not bound to the signature (CVE-2022-36056), not compared with the artifact (CVE-2026-22703), a
//! payload accepted with another predicate type (CVE-2026-39395). Hence one constructor that checks them
//! all, in one place, and no other way to make a [`Verified`].

use brattice_digest::{JsonError, Sha256, strict_json};
use jiff::{SignedDuration, Timestamp};

use crate::bundle::{Bundle, write_bundle};
use crate::dsse::IN_TOTO_PAYLOAD_TYPE;
use crate::key::{KeyId, PublicKey, SignatureError};
use crate::node::Node;
use crate::statement::{Predicate, ResourceDescriptor, STATEMENT_TYPE, Statement, StatementError};
use crate::trust::{Owner, OwnerKind, Trust};
use crate::unknown::count_unknown;

/// How far ahead of our clock a statement's own time may be: two machines' clocks differ.
pub const CLOCK_SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Whom to believe.
#[derive(Debug, Clone, Copy)]
pub enum Authority<'a> {
    /// The owners of a trust file, if they have the role; with none, whoever the file lists.
    Trust {
        /// The trust file.
        trust: &'a Trust,
        /// The role that the signer must have.
        role: Option<&'a str>,
    },
    /// The holder of this key. Nothing is known about who that is, nor whether the key still holds.
    Key(&'a PublicKey),
}

/// What the caller knows and the statement must meet.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The artifact, as the caller computed it; never taken from the statement itself.
    pub node: Node,
    /// Whom to believe.
    pub authority: Authority<'a>,
    /// The time of the verdict. There is no other trusted time: a signer's own is not one.
    pub now: Timestamp,
}

/// Why a statement is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The bundle does not say which key signed it.
    #[error("bundle names no key")]
    HintMissing,
    /// The key is in nobody's list.
    #[error("key `{0}` belongs to nobody in the trust file")]
    KeyUnknown(String),
    /// The bundle names another key than the one given.
    #[error("bundle names another key than `{0}`")]
    HintMismatch(KeyId),
    /// The key's time is over.
    #[error("key `{key}` expired at {not_after}")]
    KeyExpired {
        /// The key.
        key: KeyId,
        /// Its end.
        not_after: Timestamp,
    },
    /// The key was revoked.
    #[error("key `{key}` was revoked at {revoked_at}")]
    KeyRevoked {
        /// The key.
        key: KeyId,
        /// When.
        revoked_at: Timestamp,
    },
    /// The signer does not have the role.
    #[error("`{owner}` does not have the role `{role}`")]
    Role {
        /// The signer.
        owner: String,
        /// The role that was required.
        role: String,
    },
    /// The signature does not belong to this payload type, payload and key.
    #[error("signature does not verify with key `{0}`")]
    Signature(KeyId),
    /// The signature is good, and the file could be another one with the same signed statement.
    #[error("bundle file is not in canonical form: its digest would not be the statement's one name")]
    NotCanonical,
    /// The signature is good, over something that is not an in-toto statement.
    #[error("payload type is `{0}`, expected `{IN_TOTO_PAYLOAD_TYPE}`")]
    PayloadType(String),
    /// The payload is not strict JSON.
    #[error("payload is not strict JSON: {0}")]
    Json(#[from] JsonError),
    /// The payload has another shape than the statement.
    #[error("payload has the wrong shape: {0}")]
    Shape(String),
    /// Another statement type.
    #[error("statement type is `{0}`, expected `{STATEMENT_TYPE}`")]
    StatementType(String),
    /// Another predicate type.
    #[error("predicate type is `{found}`, expected `{expected}`")]
    PredicateType {
        /// What the statement is.
        found: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// The inside of the statement does not hold together.
    #[error("statement is not valid: {0}")]
    Statement(#[from] StatementError),
    /// The statement is about something else.
    #[error("statement is not about {0}")]
    Subject(Node),
    /// The statement says that it was made in the future.
    #[error("statement is from the future: {0}")]
    Future(Timestamp),
    /// The statement says that it was made when its key's time was over.
    #[error("statement of {time} is later than its key `{key}` allows")]
    AfterKey {
        /// The statement's time.
        time: Timestamp,
        /// The key.
        key: KeyId,
    },
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub key: KeyId,
    /// Its owner; nobody when the statement was verified with a bare key.
    pub owner: Option<Owner>,
}

impl Signer {
    /// Returns the person's id, if a person signed.
    pub fn person(&self) -> Option<&str> {
        self.owner.as_ref().filter(|it| it.kind == OwnerKind::Person).map(|it| it.id.as_str())
    }

    /// Returns whether the signer is known to have the role.
    pub fn has_role(&self, role: &str) -> bool {
        self.owner.as_ref().is_some_and(|it| it.has_role(role))
    }

    /// Returns the owner's id, or the key id of a bare key: what "per signer" means.
    pub fn id(&self) -> String {
        self.owner.as_ref().map_or_else(|| self.key.to_string(), |it| it.id.clone())
    }
}

/// A statement of which every binding was checked: signature, payload type, payload, statement type,
/// predicate type, inner consistency, subject, key, owner, role, and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<P> {
    statement: Statement<P>,
    node: Node,
    nodes: Vec<Node>,
    signer: Signer,
    file: Sha256,
    payload: Sha256,
    unknown_fields: usize,
}

impl<P: Predicate> Verified<P> {
    /// Checks every binding between a bundle and what the caller expects. The only constructor.
    pub fn new(bundle: &Bundle, expectation: &Expectation<'_>) -> Result<Self, VerifyError> {
        let key = find_key(bundle, expectation.authority)?;
        let signer = check_signer(&key, expectation)?;
        let envelope = bundle.envelope();
        envelope.verify(key.public).map_err(|SignatureError| VerifyError::Signature(signer.key))?;
        // Only now: the type that was signed is the type that is required.
        if envelope.payload_type != IN_TOTO_PAYLOAD_TYPE {
            return Err(VerifyError::PayloadType(envelope.payload_type.clone()));
        }
        let (statement, unknown_fields) = read_statement::<P>(&envelope.payload)?;
        if P::FILE_IS_IDENTITY && !is_canonical::<P>(bundle, key.public) {
            return Err(VerifyError::NotCanonical);
        }
        let nodes = statement.predicate.check(&statement.subject)?;
        if !nodes.contains(&expectation.node) {
            return Err(VerifyError::Subject(expectation.node));
        }
        check_time(statement.predicate.time(), &key, &signer, expectation.now)?;
        Ok(Self {
            statement,
            node: expectation.node,
            nodes,
            signer,
            file: bundle.file(),
            payload: Sha256::of(&envelope.payload),
            unknown_fields: unknown_fields + bundle.unknown_fields(),
        })
    }

    /// Returns what the statement says.
    pub const fn predicate(&self) -> &P {
        &self.statement.predicate
    }

    /// Returns the node that the statement was verified for.
    pub const fn node(&self) -> Node {
        self.node
    }

    /// Returns every node that the statement is about.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns whether the statement is about the node.
    pub fn is_about(&self, node: &Node) -> bool {
        self.nodes.contains(node)
    }

    /// Returns the digest that binds the names of a subject's files, if the statement carries one.
    pub fn subject_names(&self, node: &Node) -> Option<Sha256> {
        let of_node = |it: &&ResourceDescriptor| it.to_node().is_ok_and(|found| found == *node);
        self.statement.subject.iter().find(of_node)?.annotations.as_ref()?.names
    }

    /// Returns who signed.
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Returns SHA-256 of the bundle file: how other statements and verdicts name this one.
    pub const fn file(&self) -> Sha256 {
        self.file
    }

    /// Returns SHA-256 of the signed payload: what cannot change without the key, unlike the file.
    pub const fn payload(&self) -> Sha256 {
        self.payload
    }

    /// Returns when the statement says that it was made.
    pub fn time(&self) -> Option<Timestamp> {
        self.statement.predicate.time()
    }

    /// Returns how many fields were ignored because this version does not know them.
    pub const fn unknown_fields(&self) -> usize {
        self.unknown_fields
    }
}

/// The key to check with, and until when it may be used.
struct FoundKey<'a> {
    public: &'a PublicKey,
    not_after: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

fn find_key<'a>(bundle: &Bundle, authority: Authority<'a>) -> Result<FoundKey<'a>, VerifyError> {
    let hint = bundle.hint();
    match authority {
        Authority::Key(public) => {
            if hint.as_str().is_some() && !hint.names(public) {
                return Err(VerifyError::HintMismatch(public.key_id()));
            }
            Ok(FoundKey { public, not_after: None, revoked_at: None })
        }
        Authority::Trust { trust, .. } => {
            let text = hint.as_str().ok_or(VerifyError::HintMissing)?;
            let key = trust
                .key_for_hint(hint)
                .ok_or_else(|| VerifyError::KeyUnknown(text.chars().take(128).collect()))?;
            Ok(FoundKey { public: &key.public, not_after: key.not_after, revoked_at: key.revoked_at })
        }
    }
}

fn check_signer(key: &FoundKey<'_>, expectation: &Expectation<'_>) -> Result<Signer, VerifyError> {
    let id = key.public.key_id();
    if let Some(revoked_at) = key.revoked_at.filter(|it| expectation.now >= *it) {
        return Err(VerifyError::KeyRevoked { key: id, revoked_at });
    }
    if let Some(not_after) = key.not_after.filter(|it| expectation.now > *it) {
        return Err(VerifyError::KeyExpired { key: id, not_after });
    }
    let Authority::Trust { trust, role } = expectation.authority else {
        return Ok(Signer { key: id, owner: None });
    };
    let owner = trust.owner(&id).ok_or_else(|| VerifyError::KeyUnknown(id.to_string()))?;
    if let Some(role) = role.filter(|role| !owner.has_role(role)) {
        return Err(VerifyError::Role { owner: owner.id.clone(), role: role.to_owned() });
    }
    Ok(Signer { key: id, owner: Some(owner.clone()) })
}

fn read_statement<P: Predicate>(payload: &[u8]) -> Result<(Statement<P>, usize), VerifyError> {
    let value = strict_json(payload)?;
    let text = |field: &str| value.get(field).and_then(|it| it.as_str()).unwrap_or_default();
    // The types are compared before the shape, so that the reason names the real difference.
    if text("_type") != STATEMENT_TYPE {
        return Err(VerifyError::StatementType(text("_type").chars().take(128).collect()));
    }
    if text("predicateType") != P::TYPE {
        let found = text("predicateType").chars().take(128).collect();
        return Err(VerifyError::PredicateType { found, expected: P::TYPE });
    }
    let statement: Statement<P> =
        serde_json::from_value(value.clone()).map_err(|error| VerifyError::Shape(error.to_string()))?;
    let unknown = serde_json::to_value(&statement).map_or(0, |known| count_unknown(&value, &known));
    Ok((statement, unknown))
}

fn is_canonical<P: Predicate>(bundle: &Bundle, key: &PublicKey) -> bool {
    let envelope = bundle.envelope();
    key.is_unique_form(&envelope.signature)
        && write_bundle(envelope, &P::hint(key)).is_ok_and(|bytes| Sha256::of(&bytes) == bundle.file())
}

/// Returns the first node that an unverified bundle claims to be about, so that the graph can ask whether
/// the claim is true.
pub fn claimed_node<P: Predicate>(bundle: &Bundle) -> Result<Node, VerifyError> {
    let (statement, _) = read_statement::<P>(&bundle.envelope().payload)?;
    let nodes = statement.predicate.check(&statement.subject)?;
    nodes.first().copied().ok_or(VerifyError::Statement(StatementError::SubjectCount(0)))
}

fn check_time(
    time: Option<Timestamp>,
    key: &FoundKey<'_>,
    signer: &Signer,
    now: Timestamp,
) -> Result<(), VerifyError> {
    let Some(time) = time else { return Ok(()) };
    if now.duration_until(time) > CLOCK_SKEW_MAX {
        return Err(VerifyError::Future(time));
    }
    if key.not_after.is_some_and(|not_after| time > not_after) {
        return Err(VerifyError::AfterKey { time, key: signer.key });
    }
    Ok(())
}
