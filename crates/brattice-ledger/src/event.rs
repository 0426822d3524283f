//! The record that Brattice's own verbs write: the wire format `brattice.event/1`.
//!
//! An event is small: who did what to which digest, and how it ended. Everything larger is named by its
//! digest. Times come in by the caller; secrets never do.

use brattice_digest::{JsonError, Sha256, canonical_json, strict_json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::Record;

/// The name of the format.
pub const EVENT_FORMAT: &str = "brattice.event/1";

/// An event in the life of a pipeline, as it is written to the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The name of the format: `brattice.event/1`.
    pub format: String,
    /// When it happened, by the clock of whoever wrote it (RFC 3339, UTC).
    pub time: String,
    /// The verb: `run`, `check`, `sign`, `approve`, `gate`, …
    pub verb: String,
    /// How it ended, in a word: `allow`, `deny`, `failed`, …
    pub outcome: String,
    /// The exit code.
    pub exit: i32,
    /// Who did it.
    pub actor: Actor,
    /// What it was done to.
    pub subject: Vec<Subject>,
    /// The environment that it was about, if any.
    pub environment: Option<String>,
    /// The evidence that was used or made.
    pub evidence: Vec<Sha256>,
    /// The run that it belongs to.
    pub run: String,
}

/// Who did something: the key is the identity, never a name in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// The id of the actor's key.
    pub key: String,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// Its digest.
    pub sha256: Sha256,
}

/// Why a record is not an event, or an event not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Not strict JSON.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// Another format than `brattice.event/1`.
    #[error("record is not of the format `{EVENT_FORMAT}`")]
    Format,
    /// A field is missing or has another type; the text says which.
    #[error("event does not have its fields: {0}")]
    Fields(String),
    /// The event has more bytes than a record can.
    #[error("event is larger than a record")]
    TooLarge,
}

/// An event that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEvent {
    /// The event.
    pub event: Event,
    /// How many fields this version does not know and left out.
    pub ignored: usize,
}

impl Event {
    /// Returns the record of this event: canonical JSON.
    pub fn to_record(&self) -> Result<Record, EventError> {
        if self.format != EVENT_FORMAT {
            return Err(EventError::Format);
        }
        Record::new(canonical_json(self)?).ok_or(EventError::TooLarge)
    }

    /// Reads an event from the bytes of a record.
    pub fn read(record: &[u8]) -> Result<ReadEvent, EventError> {
        let value = strict_json(record)?;
        if value.get("format").and_then(Value::as_str) != Some(EVENT_FORMAT) {
            return Err(EventError::Format);
        }
        let event: Self =
            serde_json::from_value(value.clone()).map_err(|error| EventError::Fields(error.to_string()))?;
        let known = serde_json::to_value(&event).map_err(|error| EventError::Fields(error.to_string()))?;
        Ok(ReadEvent { event, ignored: unknown_fields(&value, &known) })
    }
}

/// Counts the fields of `value` that `known`, the same document without unknown fields, does not have.
fn unknown_fields(value: &Value, known: &Value) -> usize {
    match (value, known) {
        (Value::Object(value), Value::Object(known)) => value
            .iter()
            .map(|(key, value)| known.get(key).map_or(1, |known| unknown_fields(value, known)))
            .sum(),
        (Value::Array(value), Value::Array(known)) => {
            value.iter().zip(known).map(|(value, known)| unknown_fields(value, known)).sum()
        }
        _ => 0,
    }
}
