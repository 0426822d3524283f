//! Values as text.

use std::fmt::Write as _;

use crate::ScalarStyle;
use crate::patch::NewValue;

/// What the file around the edit looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) line_break: &'static str,
    /// Columns that a nested block is indented by.
    pub(super) step: usize,
    pub(super) json: bool,
}

/// Returns whether a plain scalar of this text is text for every reader: no null, truth value or number in
/// YAML 1.2 or 1.1.
pub(super) fn reads_as_text(text: &str) -> bool {
    const WORDS: [&str; 12] = ["null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    let is_word = WORDS.iter().any(|it| text.eq_ignore_ascii_case(it));
    let bare = text.trim_start_matches(['+', '-', '.']);
    let numeric = bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.bytes().all(|byte| {
            byte.is_ascii_hexdigit()
                || matches!(byte, b'_' | b'.' | b':' | b'+' | b'-' | b'x' | b'o' | b'T' | b'Z' | b' ')
        });
    let special = bare.len() < text.len() && matches!(bare.to_ascii_lowercase().as_str(), "inf" | "nan" | "");
    !(text.is_empty() || is_word || numeric || special)
}

/// Returns whether a text may stand as a plain scalar on one line. Stricter than the grammar.
fn fits_plain(text: &str, flow: bool) -> bool {
    let starts = text.starts_with([
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', ' ',
        '.',
    ]);
    !text.is_empty()
        && !starts
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(is_special)
        && !(flow && text.contains([',', '[', ']', '{', '}', ':']))
}

/// Returns whether a character must be escaped to survive.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Returns whether a text reads back from a literal block scalar line by line.
pub(super) fn fits_literal(text: &str) -> bool {
    !text.starts_with([' ', '\n'])
        && !text.is_empty()
        && text.chars().all(|c| c == '\n' || c == '\t' || !is_special(c))
        && text.split('\n').all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
}

pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // Every special character lies in the basic plane; writing into a string cannot fail.
            c if is_special(c) => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Writes text on one line in the wanted style, or in the next stricter one that can hold it.
pub(super) fn text_inline(text: &str, style: ScalarStyle, flow: bool, layout: Layout) -> String {
    if layout.json || style == ScalarStyle::DoubleQuoted || text.contains(is_special) {
        return double_quoted(text);
    }
    if style == ScalarStyle::Plain && fits_plain(text, flow) && reads_as_text(text) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "''"))
}

/// Writes a value on one line.
pub(super) fn inline(value: &NewValue, flow: bool, layout: Layout) -> String {
    match value {
        NewValue::Null => "null".to_owned(),
        NewValue::Plain(text) => text.clone(),
        NewValue::Text(text) => text_inline(text, ScalarStyle::Plain, flow, layout),
        NewValue::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|it| inline(it, true, layout)).collect();
            format!("[{}]", items.join(", "))
        }
        NewValue::Mapping(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| entry_inline(key, value, layout)).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Writes an entry between braces.
pub(super) fn entry_inline(key: &str, value: &NewValue, layout: Layout) -> String {
    format!("{}: {}", text_inline(key, ScalarStyle::Plain, true, layout), inline(value, true, layout))
}

/// Writes an entry of a block mapping at a column, without indentation before it and line break behind it.
pub(super) fn entry_block(key: &str, value: &NewValue, column: usize, layout: Layout) -> String {
    let mut out = text_inline(key, ScalarStyle::Plain, false, layout);
    out.push(':');
    let written = value_block(value, column, layout);
    if !(written.is_empty() || written.starts_with(layout.line_break)) {
        out.push(' ');
    }
    out + &written
}

/// Writes a value behind a key or dash that stands at a column; a collection starts with a line break.
pub(super) fn value_block(value: &NewValue, column: usize, layout: Layout) -> String {
    let column = column + layout.step;
    match value {
        NewValue::Null => String::new(),
        NewValue::Text(text) if text.contains('\n') && fits_literal(text) => {
            let block = literal(text, column, "", layout);
            block.strip_suffix(layout.line_break).unwrap_or(&block).to_owned()
        }
        NewValue::Mapping(entries) if !entries.is_empty() => {
            let mut out = String::new();
            for (key, value) in entries {
                out.push_str(layout.line_break);
                out.push_str(&" ".repeat(column));
                out.push_str(&entry_block(key, value, column, layout));
            }
            out
        }
        NewValue::Sequence(items) if !items.is_empty() => {
            let mut out = String::new();
            for item in items {
                out.push_str(layout.line_break);
                out.push_str(&" ".repeat(column));
                out.push_str(&item_block(item, column, layout));
            }
            out
        }
        value => inline(value, false, layout),
    }
}

/// Writes a dash and its value, the dash at a column.
pub(super) fn item_block(value: &NewValue, column: usize, layout: Layout) -> String {
    match value {
        NewValue::Null => "-".to_owned(),
        NewValue::Mapping(entries) if !entries.is_empty() => {
            let column = column + 2;
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| entry_block(key, value, column, layout)).collect();
            format!("- {}", entries.join(&format!("{}{}", layout.line_break, " ".repeat(column))))
        }
        NewValue::Sequence(items) if !items.is_empty() => {
            let column = column + 2;
            let items: Vec<String> = items.iter().map(|it| item_block(it, column, layout)).collect();
            format!("- {}", items.join(&format!("{}{}", layout.line_break, " ".repeat(column))))
        }
        value => format!("- {}", value_block(value, column, layout)),
    }
}

/// Writes a literal block scalar from its indicator to the last line break.
pub(super) fn literal(text: &str, column: usize, comment: &str, layout: Layout) -> String {
    let body = text.trim_end_matches('\n');
    let chomp = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let mut out = format!("|{chomp}{comment}{}", layout.line_break);
    for line in body.split('\n') {
        if !line.is_empty() {
            out.push_str(&" ".repeat(column));
            out.push_str(line);
        }
        out.push_str(layout.line_break);
    }
    for _ in 1..(text.len() - body.len()).max(1) {
        out.push_str(layout.line_break);
    }
    out
}
