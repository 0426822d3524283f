//! Making hostile text harmless.

/// Returns whether a character could steer a terminal or turn round the text beside it: control characters
/// of both sets, and the marks, embeddings and isolates of bidirectional text (CVE-2021-42574).
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns whether the `[` behind `before` would complete a command of a CI log: GitHub's runner obeys `##[`
/// and Azure's `##vso[` wherever on a line they stand.
fn completes_command(before: &str) -> bool {
    before.ends_with("##") || before.ends_with("##vso")
}

/// Finds the first character that must not be written as it is.
pub(crate) fn first_hostile(text: &str) -> Option<(usize, char)> {
    text.char_indices()
        .find(|&(at, c)| is_hostile(c) || (c == '[' && text.get(..at).is_some_and(completes_command)))
}

/// Writes text on one line with every hostile character escaped; a line end or tab becomes a space.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(' '),
            '\r' => {}
            '[' if completes_command(&shown) => shown.extend(c.escape_unicode()),
            _ if is_hostile(c) => shown.extend(c.escape_unicode()),
            _ => shown.push(c),
        }
    }
    shown
}

/// Writes source text with each hostile character but line ends and tabs replaced by a visible mark.
pub(crate) fn shown_source(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            '\r' => {}
            '[' if completes_command(&shown) => shown.push('\u{fffd}'),
            _ if is_hostile(c) => shown.push('\u{fffd}'),
            _ => shown.push(c),
        }
    }
    shown
}
