//! Where the expressions of a scalar are.

use brattice_finding::Span;

use super::parser::{Expr, ExpressionError, parse};

/// More interpolations than any scalar that a person wrote; the rest of the scalar is left unread.
pub const INTERPOLATIONS_MAX: usize = 10_000;

/// One `${{ … }}` of a scalar. All offsets count bytes of the decoded scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Interpolation {
    /// From the dollar sign to behind the last brace.
    pub span: Span,
    /// The expression, or why it is none.
    pub expr: Result<Expr, ExpressionError>,
}

/// Finds every `${{ … }}`. Braces inside a quoted string do not end an expression; one without an end gives
/// an error that reaches to the end of the text.
pub fn interpolations(text: &str) -> Vec<Interpolation> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|it| it.find("${{")).map(|it| it + at) {
        if found.len() == INTERPOLATIONS_MAX {
            break;
        }
        let inner = start + 3;
        let rest = text.get(inner..).unwrap_or("");
        let Some(length) = length_of(rest) else {
            let span = Span::new(offset(start), offset(text.len()));
            let expr = Err(ExpressionError::new("the expression has no end", span));
            found.push(Interpolation { span, expr });
            break;
        };
        let end = inner + length + 2;
        let expr = parse(rest.get(..length).unwrap_or(""), offset(inner));
        found.push(Interpolation { span: Span::new(offset(start), offset(end)), expr });
        at = end;
    }
    found
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Returns the number of bytes before the `}}` that ends the expression.
fn length_of(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut quoted = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // A doubled quote closes and opens again, which comes to the same.
            b'\'' => quoted = !quoted,
            b'}' if !quoted && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}
