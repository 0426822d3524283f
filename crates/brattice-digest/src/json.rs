//! Canonical JSON for what is hashed or signed, and a strict reader for what comes from outside.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The largest JSON document that [`strict_json`] reads, in bytes: a manifest of 200,000 files fits.
pub const JSON_BYTES_MAX: usize = 64 << 20;

/// The deepest nesting that [`strict_json`] reads. No format of ours nests deeper than a dozen levels.
pub const JSON_DEPTH_MAX: usize = 64;

/// Why a document is not strict JSON, or cannot be made canonical.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The document is larger than [`JSON_BYTES_MAX`].
    #[error("document has {0} bytes, more than {JSON_BYTES_MAX}")]
    TooLarge(usize),
    /// Not JSON, a duplicate key, nesting that is too deep, or trailing bytes; the text says which and where.
    #[error("{0}")]
    Invalid(String),
}

/// Writes a value as RFC 8785 (JSON Canonicalization Scheme) bytes.
pub fn canonical_json<T: Serialize>(value: &T) -> Result<Vec<u8>, JsonError> {
    serde_json_canonicalizer::to_vec(value).map_err(|error| JsonError::Invalid(error.to_string()))
}

/// Reads one JSON document and refuses what two readers could understand differently: duplicate keys,
/// trailing bytes, a byte-order mark, invalid UTF-8, nesting beyond [`JSON_DEPTH_MAX`].
pub fn strict_json(bytes: &[u8]) -> Result<Value, JsonError> {
    if bytes.len() > JSON_BYTES_MAX {
        return Err(JsonError::TooLarge(bytes.len()));
    }
    let depth = Cell::new(0);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = StrictValue { depth: &depth }
        .deserialize(&mut deserializer)
        .map_err(|error| JsonError::Invalid(error.to_string()))?;
    deserializer.end().map_err(|error| JsonError::Invalid(error.to_string()))?;
    Ok(value)
}

/// Builds a [`Value`] while counting depth and refusing duplicate keys, which `serde_json` itself takes the
/// last of: an attacker's way to show one reader a pass and another a fail.
#[derive(Clone, Copy)]
struct StrictValue<'a> {
    depth: &'a Cell<usize>,
}

impl StrictValue<'_> {
    fn nested<E: de::Error, T>(self, read: impl FnOnce(Self) -> Result<T, E>) -> Result<T, E> {
        if self.depth.get() >= JSON_DEPTH_MAX {
            return Err(E::custom(format_args!("nested deeper than {JSON_DEPTH_MAX} levels")));
        }
        self.depth.set(self.depth.get() + 1);
        let result = read(self);
        self.depth.set(self.depth.get() - 1);
        result
    }
}

impl<'de> DeserializeSeed<'de> for StrictValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.nested(|seed| {
            let mut list = Vec::new();
            while let Some(item) = items.next_element_seed(seed)? {
                list.push(item);
            }
            Ok(Value::Array(list))
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.nested(|seed| {
            let mut map = Map::new();
            while let Some(key) = entries.next_key::<String>()? {
                if map.contains_key(&key) {
                    return Err(de::Error::custom(format_args!("duplicate key `{key}`")));
                }
                let value = entries.next_value_seed(seed)?;
                map.insert(key, value);
            }
            Ok(Value::Object(map))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_oneof, proptest};
    use serde_json::{Value, json};

    use super::{JSON_DEPTH_MAX, canonical_json, strict_json};

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            proptest::strategy::Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map("\\PC{0,8}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn canonical_bytes_read_back_to_the_value_and_are_a_fixed_point(value in values()) {
            let bytes = canonical_json(&value).unwrap();
            let again = strict_json(&bytes).unwrap();
            assert_eq!(again, value);
            assert_eq!(canonical_json(&again).unwrap(), bytes);
        }

        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = strict_json(&bytes);
        }
    }

    #[test]
    fn keys_are_sorted_and_white_space_is_gone() {
        let bytes = canonical_json(&json!({"b": 1, "a": [true, null]})).unwrap();
        assert_eq!(bytes, br#"{"a":[true,null],"b":1}"#);
    }

    #[test]
    fn ambiguous_documents_are_refused() {
        let deep = format!("{}{}", "[".repeat(JSON_DEPTH_MAX + 1), "]".repeat(JSON_DEPTH_MAX + 1));
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            r#"{"a":1}{"#,
            r#"{"a":1} x"#,
            "\u{feff}{}",
            r#"{"a":1,"\u0061":2}"#,
            "{'a':1}",
            "[1,]",
            "1e999",
            &deep,
        ] {
            assert!(strict_json(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(strict_json(b"\"\xff\"").is_err());
    }
}
