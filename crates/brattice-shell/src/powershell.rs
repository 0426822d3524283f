//! A light reader of PowerShell's quotes: enough to say in which kind of string a hole stands.

use std::ops::Range;

use crate::{Context, Landing};

pub(crate) fn landings(script: &str, holes: &[Range<usize>]) -> Vec<Landing> {
    let bytes = script.as_bytes();
    let mut landings = Vec::with_capacity(holes.len());
    let mut context = Context::Unquoted;
    let mut at = 0;
    while let Some(hole) = holes.get(landings.len()) {
        if hole.start < at || hole.end < hole.start || hole.end > bytes.len() {
            landings.push(Landing::unknown());
        } else if hole.start == at {
            landings.push(Landing::of(context));
            at = hole.end;
        } else {
            let rest = bytes.get(at..).unwrap_or(&[]);
            let starts_word =
                at.checked_sub(1).and_then(|it| bytes.get(it)).is_none_or(|it| b" \t\n;(){}".contains(it));
            let (next, length) = step(context, rest, starts_word);
            context = next;
            // No mark may swallow the start of a hole.
            at = (at + length).min(hole.start.max(at + 1));
        }
    }
    landings
}

/// Reads one mark or byte: the context behind it, and its length.
fn step(context: Context, rest: &[u8], starts_word: bool) -> (Context, usize) {
    let opens = |mark: &[u8]| rest.starts_with(mark);
    match context {
        Context::Unquoted if opens(b"@\"") => (Context::HeredocExpanding, 2),
        Context::Unquoted if opens(b"@'") => (Context::HeredocLiteral, 2),
        Context::Unquoted if opens(b"\"") => (Context::DoubleQuoted, 1),
        Context::Unquoted if opens(b"'") => (Context::SingleQuoted, 1),
        Context::Unquoted if opens(b"#") && starts_word => (Context::Comment, 1),
        Context::Unquoted | Context::DoubleQuoted if opens(b"`") => (context, 2),
        Context::DoubleQuoted if opens(b"\"") => (Context::Unquoted, 1),
        Context::SingleQuoted if opens(b"'") => (Context::Unquoted, 1),
        Context::HeredocExpanding if opens(b"\n\"@") => (Context::Unquoted, 3),
        Context::HeredocLiteral if opens(b"\n'@") => (Context::Unquoted, 3),
        Context::Comment if opens(b"\n") => (Context::Unquoted, 1),
        _ => (context, 1),
    }
}
