//! Tokens of an expression.

use brattice_finding::Span;

use super::parser::ExpressionError;

/// The platform refuses longer expressions, so no workflow that runs has one.
pub const EXPRESSION_BYTES_MAX: usize = 21_000;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Name(String),
    Text(String),
    Number(f64),
    /// One of the punctuation marks and operators, spelt as written.
    Mark(&'static str),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// Longest first, so that `<=` is not read as `<`.
const MARKS: [&str; 16] =
    ["&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", ",", ".", "*", "!", "<", ">"];

/// Splits an expression into tokens; `base` is added to every offset.
pub(super) fn tokens(text: &str, base: u32) -> Result<Vec<Token>, ExpressionError> {
    if text.len() > EXPRESSION_BYTES_MAX {
        return Err(ExpressionError::new(
            "the expression is longer than the platform allows",
            Span::at(base),
        ));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|it| it.chars().next()) {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let (kind, length) = token(rest, tokens.last()).ok_or_else(|| {
            let start = base + offset(at);
            ExpressionError::new("unexpected character", Span::new(start, start + offset(first.len_utf8())))
        })?;
        let start = base + offset(at);
        tokens.push(Token { kind, span: Span::new(start, start + offset(length)) });
        at += length;
    }
    Ok(tokens)
}

fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Reads the token that `rest` begins with, and its length.
fn token(rest: &str, previous: Option<&Token>) -> Option<(TokenKind, usize)> {
    let first = rest.chars().next()?;
    if first == '\'' {
        return string(rest);
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let length = rest.find(|c: char| !is_name_character(c)).unwrap_or(rest.len());
        return Some((TokenKind::Name(rest.get(..length)?.to_owned()), length));
    }
    // A dot after a value is an access, anywhere else it starts a number.
    let after_value = previous.is_some_and(|it| match &it.kind {
        TokenKind::Name(_) | TokenKind::Text(_) => true,
        TokenKind::Mark(mark) => matches!(*mark, ")" | "]" | "*"),
        TokenKind::Number(_) => false,
    });
    if first.is_ascii_digit() || matches!(first, '+' | '-') || (first == '.' && !after_value) {
        return number(rest);
    }
    let mark = MARKS.iter().find(|it| rest.starts_with(**it))?;
    Some((TokenKind::Mark(mark), mark.len()))
}

pub(super) fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Reads `'…'` with `''` for one quote.
fn string(rest: &str) -> Option<(TokenKind, usize)> {
    let mut value = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if c != '\'' {
            value.push(c);
        } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
            characters.next();
            value.push('\'');
        } else {
            return Some((TokenKind::Text(value), at + 1));
        }
    }
    None
}

fn number(rest: &str) -> Option<(TokenKind, usize)> {
    let length = rest
        .char_indices()
        .find(|(at, c)| {
            let sign = matches!(c, '+' | '-') && (*at == 0 || rest[..*at].ends_with(['e', 'E']));
            !(c.is_ascii_alphanumeric() || *c == '.' || sign)
        })
        .map_or(rest.len(), |(at, _)| at);
    let text = rest.get(..length)?;
    Some((TokenKind::Number(parse_number(text)?), length))
}

/// Reads a number as the platform does: decimal, `0x`, `0o`, signed infinity.
pub(super) fn parse_number(text: &str) -> Option<f64> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u32::from_str_radix(digits, 8).ok().map(f64::from);
    }
    match text {
        "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        // `f64` would read `inf`, `nan` as well.
        _ if text.contains(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E')) => None,
        _ => text.parse().ok(),
    }
}
