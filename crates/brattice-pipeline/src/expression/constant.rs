//! Values that are known in full.

use std::fmt::Write as _;

use super::lexer::parse_number;

/// A scalar of the expression language.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A double-precision number.
    Number(f64),
    /// Text.
    Text(String),
}

impl Constant {
    /// Returns whether the value counts as true: everything but null, false, zero, not-a-number, empty text.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Boolean(it) => *it,
            Self::Number(it) => *it != 0.0 && !it.is_nan(),
            Self::Text(it) => !it.is_empty(),
        }
    }

    /// Returns the value as text, as an interpolation writes it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(it) => it.to_string(),
            Self::Number(it) if it.is_infinite() => {
                if *it > 0.0 {
                    "Infinity".to_owned()
                } else {
                    "-Infinity".to_owned()
                }
            }
            // Both zeros are written alike.
            Self::Number(it) if *it == 0.0 => "0".to_owned(),
            Self::Number(it) => it.to_string(),
            Self::Text(it) => it.clone(),
        }
    }

    /// Returns the value as number, as a comparison between different types takes it.
    pub fn to_number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Boolean(it) => f64::from(u8::from(*it)),
            Self::Number(it) => *it,
            Self::Text(it) => match it.trim() {
                "" => 0.0,
                text => parse_number(text).unwrap_or(f64::NAN),
            },
        }
    }

    /// Returns whether two values are equal: text without regard to case, other types as numbers.
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => left.to_lowercase() == right.to_lowercase(),
            // The language compares numbers exactly, and so do we.
            (left, right) => {
                left.to_number().partial_cmp(&right.to_number()) == Some(std::cmp::Ordering::Equal)
            }
        }
    }

    /// Returns the order of two values, if they have one.
    pub fn compare(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => Some(left.to_lowercase().cmp(&right.to_lowercase())),
            (left, right) => left.to_number().partial_cmp(&right.to_number()),
        }
    }

    /// Returns the value in JSON, as `toJSON` writes it.
    pub fn to_json(&self) -> String {
        let Self::Text(text) = self else {
            return match self {
                Self::Null => "null".to_owned(),
                other => other.to_text(),
            };
        };
        let mut json = String::from("\"");
        for c in text.chars() {
            match c {
                '"' => json.push_str("\\\""),
                '\\' => json.push_str("\\\\"),
                '\n' => json.push_str("\\n"),
                '\r' => json.push_str("\\r"),
                '\t' => json.push_str("\\t"),
                c if c.is_control() => {
                    let _ = write!(json, "\\u{:04x}", u32::from(c));
                }
                c => json.push(c),
            }
        }
        json.push('"');
        json
    }
}
