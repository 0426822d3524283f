//! Keeps secrets out of what is written down.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brattice_secret::MaskSet;
use serde_json::Value;

/// Returns bytes as text with every secret masked; what is not UTF-8 is replaced.
pub(crate) fn text(bytes: &[u8], masks: &MaskSet) -> String {
    String::from_utf8_lossy(&masks.mask(bytes)).into_owned()
}

/// Returns a command line as text with every secret masked.
pub(crate) fn command(command: &[OsString], masks: &MaskSet) -> Vec<String> {
    command.iter().map(|argument| text(argument.as_bytes(), masks)).collect()
}

/// Returns a path as text, and its bytes in base64 where the text does not tell them. A path that holds a
/// secret is masked and told no further.
pub(crate) fn path(path: &[u8], masks: &MaskSet) -> (String, Option<String>) {
    let exact = std::str::from_utf8(path).is_ok() || masks.occurs_in(path);
    (text(path, masks), (!exact).then(|| STANDARD.encode(path)))
}

/// Fields whose words are ours or whose form is fixed. A short secret made of hexadecimal digits occurs in a
/// digest by chance, and a digest cannot carry what somebody wrote.
const FIXED_FIELDS: [&str; 13] = [
    "format",
    "exit",
    "started",
    "ended",
    "tier",
    "guarantees",
    "limits",
    "peaks",
    "workspace",
    "log",
    "sha256",
    "key",
    "decision",
];

/// Returns whether a secret stands anywhere in a record's free text.
pub(crate) fn holds_secret(document: &Value, masks: &MaskSet) -> bool {
    match document {
        Value::String(text) => masks.occurs_in(text.as_bytes()),
        Value::Array(items) => items.iter().any(|item| holds_secret(item, masks)),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| !FIXED_FIELDS.contains(&name.as_str()) && holds_secret(value, masks)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use brattice_redact::Secret;
    use serde_json::json;

    use super::{MaskSet, command, holds_secret, path};

    fn masks() -> MaskSet {
        MaskSet::new(&[("T".to_owned(), Secret::from("hunter2-horse".to_owned()))])
    }

    #[test]
    fn a_secret_on_a_command_line_or_in_a_path_is_masked() {
        assert_eq!(command(&["a".into(), "--token=hunter2-horse".into()], &masks()), ["a", "--token=***"]);
        assert_eq!(path(b"d/hunter2-horse.txt", &masks()), ("d/***.txt".to_owned(), None));
        assert_eq!(path(b"\xffhunter2-horse", &masks()), ("\u{fffd}***".to_owned(), None));
        assert_eq!(path(b"\xff", &masks()), ("\u{fffd}".to_owned(), Some("/w==".to_owned())));
    }

    #[test]
    fn a_secret_is_found_however_deep_but_not_in_a_digest() {
        assert!(holds_secret(&json!({"a": [{"b": "x hunter2-horse"}]}), &masks()));
        assert!(holds_secret(&json!({"a": "aHVudGVyMi1ob3JzZQ=="}), &masks()));
        assert!(!holds_secret(&json!({"a": ["hunter2", 1, null]}), &masks()));
        let hexadecimal = MaskSet::new(&[("T".to_owned(), Secret::from("cafe".to_owned()))]);
        assert!(!holds_secret(&json!({"sha256": "00cafe00"}), &hexadecimal));
        let word = MaskSet::new(&[("T".to_owned(), Secret::from("held".to_owned()))]);
        assert!(!holds_secret(&json!({"guarantees": {"network": "held"}}), &word));
        assert!(holds_secret(&json!({"command": ["held"]}), &word));
    }
}
