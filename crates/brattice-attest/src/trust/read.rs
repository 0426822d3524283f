//! Reads and checks the trust file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use brattice_digest::Sha256;
use jiff::Timestamp;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{
    ChangeRule, Owner, OwnerKind, TRUST_BYTES_MAX, TRUST_FORMAT, Trust, TrustError, TrustedKey, TrustedLog,
};
use crate::bundle::Hint;
use crate::dsse::strict_base64;
use crate::key::{KeyId, PublicKey};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustToml {
    format: Spanned<String>,
    #[serde(default)]
    key: Vec<KeyToml>,
    #[serde(default)]
    person: Vec<OwnerToml>,
    #[serde(default)]
    service: Vec<OwnerToml>,
    #[serde(default)]
    log: Vec<LogToml>,
    change: Option<ChangeToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyToml {
    id: Spanned<String>,
    #[serde(rename = "pub")]
    public: Spanned<String>,
    not_after: Option<Spanned<Datetime>>,
    revoked_at: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnerToml {
    id: Spanned<String>,
    keys: Vec<Spanned<String>>,
    roles: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogToml {
    origin: Spanned<String>,
    key: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeToml {
    count: Spanned<u32>,
    roles: Vec<Spanned<String>>,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Trust, TrustError> {
    if bytes.len() > TRUST_BYTES_MAX {
        return Err(error(format!("trust file is larger than {TRUST_BYTES_MAX} bytes"), None));
    }
    let text = std::str::from_utf8(bytes).map_err(|it| {
        error("trust file is not UTF-8".to_owned(), Some(it.valid_up_to()..it.valid_up_to()))
    })?;
    let file: TrustToml = toml::from_str(text).map_err(|it| error(it.message().to_owned(), it.span()))?;
    if file.format.get_ref() != TRUST_FORMAT {
        let message = format!("format is `{}`, expected `{TRUST_FORMAT}`", file.format.get_ref());
        return Err(error(message, Some(file.format.span())));
    }
    let keys = read_keys(file.key)?;
    let mut owners = Owners { keys: &keys.0, list: Vec::new(), owner_of: BTreeMap::new() };
    for person in file.person {
        owners.add(OwnerKind::Person, person)?;
    }
    for service in file.service {
        owners.add(OwnerKind::Service, service)?;
    }
    let Owners { list: owners, owner_of, .. } = owners;
    for (id, span) in keys.1 {
        if !owner_of.contains_key(&id) {
            return Err(error(format!("key `{id}` has no owner"), Some(span)));
        }
    }
    let logs = read_logs(file.log)?;
    let change = file.change.map(read_change).transpose()?;
    let spellings = |(id, key): (&KeyId, &TrustedKey)| {
        [(Hint::key_id(&key.public), *id), (Hint::model_signing(&key.public), *id)]
    };
    let hints = keys.0.iter().flat_map(spellings).collect();
    Ok(Trust { digest: Sha256::of(bytes), keys: keys.0, hints, owners, owner_of, logs, change })
}

type Keys = (BTreeMap<KeyId, TrustedKey>, Vec<(KeyId, Range<usize>)>);

fn read_keys(list: Vec<KeyToml>) -> Result<Keys, TrustError> {
    let mut keys = BTreeMap::new();
    let mut spans = Vec::with_capacity(list.len());
    for key in list {
        let id = key_id(&key.id)?;
        let span = key.public.span();
        let public = strict_base64(key.public.get_ref())
            .ok_or_else(|| "`pub` is not base64".to_owned())
            .and_then(|der| PublicKey::from_spki_der(&der).map_err(|it| it.to_string()))
            .map_err(|message| error(message, Some(span.clone())))?;
        if public.key_id() != id {
            let message = format!("`id` is not the SHA-256 of `pub`, which is `{}`", public.key_id());
            return Err(error(message, Some(key.id.span())));
        }
        let not_after = key.not_after.map(instant).transpose()?;
        let revoked_at = key.revoked_at.map(instant).transpose()?;
        if keys.insert(id, TrustedKey { public, not_after, revoked_at }).is_some() {
            return Err(error(format!("key `{id}` is listed twice"), Some(key.id.span())));
        }
        spans.push((id, key.id.span()));
    }
    Ok((keys, spans))
}

struct Owners<'a> {
    keys: &'a BTreeMap<KeyId, TrustedKey>,
    list: Vec<Owner>,
    owner_of: BTreeMap<KeyId, usize>,
}

impl Owners<'_> {
    fn add(&mut self, kind: OwnerKind, owner: OwnerToml) -> Result<(), TrustError> {
        let id = word(&owner.id, "id")?;
        if self.list.iter().any(|it| it.id == id) {
            return Err(error(format!("owner `{id}` is listed twice"), Some(owner.id.span())));
        }
        let mut keys = Vec::with_capacity(owner.keys.len());
        for key in owner.keys {
            let span = Some(key.span());
            let key = key_id(&key)?;
            if !self.keys.contains_key(&key) {
                return Err(error(format!("key `{key}` is not in the list `key`"), span));
            }
            if let Some(other) = self.owner_of.insert(key, self.list.len()) {
                let other = self.list.get(other).map_or(id.as_str(), |it| it.id.as_str());
                return Err(error(format!("key `{key}` already belongs to `{other}`"), span));
            }
            keys.push(key);
        }
        let roles = owner.roles.iter().map(|role| word(role, "role")).collect::<Result<BTreeSet<_>, _>>()?;
        self.list.push(Owner { kind, id, roles, keys });
        Ok(())
    }
}

fn read_logs(list: Vec<LogToml>) -> Result<Vec<TrustedLog>, TrustError> {
    let mut logs: Vec<TrustedLog> = Vec::with_capacity(list.len());
    for log in list {
        let origin = word(&log.origin, "origin")?;
        if logs.iter().any(|it| it.origin == origin) {
            return Err(error(format!("log `{origin}` is listed twice"), Some(log.origin.span())));
        }
        logs.push(TrustedLog { origin, key: word(&log.key, "key")? });
    }
    Ok(logs)
}

fn read_change(change: ChangeToml) -> Result<ChangeRule, TrustError> {
    if *change.count.get_ref() == 0 {
        return Err(error("a change needs at least one person".to_owned(), Some(change.count.span())));
    }
    let roles = change.roles.iter().map(|role| word(role, "role")).collect::<Result<_, _>>()?;
    Ok(ChangeRule { count: change.count.into_inner(), roles })
}

fn key_id(text: &Spanned<String>) -> Result<KeyId, TrustError> {
    text.get_ref().parse().map_err(|it: crate::key::KeyError| error(it.to_string(), Some(text.span())))
}

/// Names end up in reports and in terminals: no white space, no control characters, not empty.
fn word(text: &Spanned<String>, what: &str) -> Result<String, TrustError> {
    let value = text.get_ref();
    if value.is_empty() || value.chars().any(|it| it.is_whitespace() || it.is_control()) {
        return Err(error(format!("{what} must be one word"), Some(text.span())));
    }
    Ok(value.clone())
}

/// A time without an offset would mean another instant on another machine.
fn instant(value: Spanned<Datetime>) -> Result<Timestamp, TrustError> {
    let span = value.span();
    let value = value.into_inner();
    value.to_string().parse().map_err(|_| {
        error(format!("`{value}` is not an instant: expected `2027-12-31T00:00:00Z`"), Some(span))
    })
}

fn error(message: String, span: Option<Range<usize>>) -> TrustError {
    TrustError { message, span }
}
