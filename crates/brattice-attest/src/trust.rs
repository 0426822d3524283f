//! The trust file: whose key is whose, and who has which role. Written by people, so every mistake is an
//! error with a place.
//!
//! It stands outside the tree under judgement. People are counted, not keys, so a key has exactly one owner.
//!
//! What it is not: it does not say where the file is, nor whether it is the one in force.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use brattice_digest::Sha256;
use jiff::Timestamp;

use crate::bundle::Hint;
use crate::key::{KeyId, PublicKey};

/// The largest trust file that is read, in bytes: thousands of people fit.
pub const TRUST_BYTES_MAX: usize = 1 << 20;

/// The `format` of a trust file.
pub const TRUST_FORMAT: &str = "brattice.trust/1";

/// The role whose provenance makes edges of the evidence graph.
pub const BUILDER_ROLE: &str = "builder";

/// A mistake in a trust file: exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TrustError {
    /// What is wrong, and what was expected.
    pub message: String,
    /// The bytes of the file that are wrong, if one place is.
    pub span: Option<Range<usize>>,
}

/// A key with the times that bound it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub public: PublicKey,
    /// After this instant the key is refused.
    pub not_after: Option<Timestamp>,
    /// From this instant on the key is refused, whatever it signed and whenever it says it did: without a
    /// trusted time, an old signature and a forged old one look the same.
    pub revoked_at: Option<Timestamp>,
}

/// What kind of owner holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerKind {
    /// A human being: can initiate, request and approve.
    Person,
    /// A machine: can build and scan, never approve.
    Service,
}

/// Who holds keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Person or service.
    pub kind: OwnerKind,
    /// The unique id.
    pub id: String,
    /// The roles.
    pub roles: BTreeSet<String>,
    /// The keys.
    pub keys: Vec<KeyId>,
}

impl Owner {
    /// Returns whether the owner has the role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }

    /// Returns whether the owner has one of the roles.
    pub fn has_any_role(&self, roles: &[String]) -> bool {
        roles.iter().any(|role| self.has_role(role))
    }
}

/// A transparency log that is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedLog {
    /// The origin line of its checkpoints.
    pub origin: String,
    /// The verifier key of its notes, as written.
    pub key: String,
}

/// Who may change the trust file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRule {
    /// How many people.
    pub count: u32,
    /// With one of these roles.
    pub roles: Vec<String>,
}

/// A trust file, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    digest: Sha256,
    keys: BTreeMap<KeyId, TrustedKey>,
    hints: BTreeMap<Hint, KeyId>,
    owners: Vec<Owner>,
    owner_of: BTreeMap<KeyId, usize>,
    logs: Vec<TrustedLog>,
    change: Option<ChangeRule>,
}

impl Trust {
    /// Reads a trust file.
    pub fn parse(bytes: &[u8]) -> Result<Self, TrustError> {
        read::parse(bytes)
    }

    /// Returns SHA-256 of the file, by which requests and approvals name it.
    pub const fn digest(&self) -> Sha256 {
        self.digest
    }

    /// Returns the key with this id.
    pub fn key(&self, id: &KeyId) -> Option<&TrustedKey> {
        self.keys.get(id)
    }

    /// Returns the key that a bundle's hint names, in either spelling.
    pub fn key_for_hint(&self, hint: &Hint) -> Option<&TrustedKey> {
        self.hints.get(hint).and_then(|id| self.keys.get(id))
    }

    /// Returns who holds the key.
    pub fn owner(&self, id: &KeyId) -> Option<&Owner> {
        self.owner_of.get(id).and_then(|index| self.owners.get(*index))
    }

    /// Returns every owner: people, then services, in the order of the file.
    pub fn owners(&self) -> &[Owner] {
        &self.owners
    }

    /// Returns the trusted logs.
    pub fn logs(&self) -> &[TrustedLog] {
        &self.logs
    }

    /// Returns the log with this origin.
    pub fn log(&self, origin: &str) -> Option<&TrustedLog> {
        self.logs.iter().find(|log| log.origin == origin)
    }

    /// Returns who may change the file.
    pub const fn change(&self) -> Option<&ChangeRule> {
        self.change.as_ref()
    }
}
