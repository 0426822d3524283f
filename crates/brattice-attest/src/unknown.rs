//! Counting the fields that a machine wrote and this version does not know.

use serde_json::Value;

/// Counts the fields of `found` that have no counterpart in `known`, which is the same document after a
/// round trip through the typed form. A null where the typed form writes nothing is not a field.
pub(crate) fn count_unknown(found: &Value, known: &Value) -> usize {
    match (found, known) {
        (Value::Object(found), Value::Object(known)) => found
            .iter()
            .map(|(name, value)| match known.get(name) {
                Some(counterpart) => count_unknown(value, counterpart),
                None => usize::from(!value.is_null()),
            })
            .sum(),
        (Value::Array(found), Value::Array(known)) => {
            found.iter().zip(known).map(|(found, known)| count_unknown(found, known)).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::count_unknown;

    #[test]
    fn unknown_fields_are_counted_at_every_depth_and_null_is_none() {
        let found = json!({"a": 1, "b": [{"c": 1, "d": 2}], "e": null, "f": {"g": 1}});
        assert_eq!(count_unknown(&found, &json!({"a": 1, "b": [{"c": 1}]})), 2);
        assert_eq!(count_unknown(&found, &found), 0);
    }
}
