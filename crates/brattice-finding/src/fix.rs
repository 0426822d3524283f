//! Repairs.

use crate::{RelativePath, Span};

/// Whether a repair can be applied without a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FixSafety {
    /// Every benign run behaves as before.
    Safe,
    /// Somebody should look.
    Unsafe,
}

impl FixSafety {
    /// Returns the one spelling of this word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// A replacement of bytes in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub path: RelativePath,
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What to put there.
    pub text: String,
}

/// A repair: a set of edits that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Whether it can be applied without a look.
    pub safety: FixSafety,
    /// The edits, none overlapping another.
    pub edits: Vec<Edit>,
}

/// Two edits touch the same bytes, or one lies outside the text or inside a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverlappingEdits;

/// Applies the edits of one file to its text. Insertions at one place keep their order.
pub fn apply_edits(text: &str, edits: &[&Edit]) -> Result<String, OverlappingEdits> {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in sorted {
        let range = edit.span.range();
        result.push_str(text.get(done..range.start).ok_or(OverlappingEdits)?);
        text.get(range.clone()).ok_or(OverlappingEdits)?;
        result.push_str(&edit.text);
        done = range.end;
    }
    result.push_str(text.get(done..).ok_or(OverlappingEdits)?);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::{Edit, OverlappingEdits, apply_edits};
    use crate::Span;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { path: "f".into(), span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_apply_in_any_order_and_refuse_to_overlap() {
        let (a, b) = (edit(0, 1, "X"), edit(2, 2, "-"));
        assert_eq!(apply_edits("abc", &[&b, &a]), Ok("Xb-c".to_owned()));
        assert_eq!(apply_edits("abc", &[&edit(0, 2, ""), &edit(1, 3, "")]), Err(OverlappingEdits));
        assert_eq!(apply_edits("abc", &[&edit(2, 9, "")]), Err(OverlappingEdits));
        assert_eq!(apply_edits("é", &[&edit(1, 1, "")]), Err(OverlappingEdits));
    }
}
