//! Scalars of a definition: decoded text, source bytes, and the expressions in it.

use std::ops::Range;

use brattice_finding::Span;
use brattice_tree::{Node, Scalar, ScalarStyle};

use crate::expression::{self, Expr, ExpressionError};

/// A value and the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its source bytes.
    pub span: Span,
}

/// An expression in a scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Bytes of the decoded text, from `${{` to behind `}}` (all of it where none are written).
    pub range: Range<usize>,
    /// Bytes of the file.
    pub span: Span,
    /// The expression, or why it is none. Its own spans count bytes of the decoded text.
    pub expr: Result<Expr, ExpressionError>,
}

/// A scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The decoded text.
    pub value: String,
    /// The source bytes, quotes included.
    pub span: Span,
    /// How it is written.
    pub style: ScalarStyle,
    /// The expressions in it.
    pub expressions: Vec<Placed>,
}

impl Text {
    /// Reads a scalar node; `None` for a collection or an empty value.
    pub fn of(node: Node<'_>) -> Option<Self> {
        let scalar = node.scalar()?;
        let expressions = if scalar.value().contains("${{") { placed(scalar) } else { Vec::new() };
        Some(Self {
            value: scalar.value().to_owned(),
            span: node.target().span(),
            style: scalar.style(),
            expressions,
        })
    }

    /// Reads a scalar that is one expression whether or not `${{` is written, as `if:` is.
    pub fn of_condition(node: Node<'_>) -> Option<Self> {
        let mut text = Self::of(node)?;
        if text.expressions.is_empty() {
            let expr = expression::parse(&text.value, 0);
            text.expressions.push(Placed { range: 0..text.value.len(), span: text.span, expr });
        }
        Some(text)
    }

    /// Returns the text if no expression is in it.
    pub fn literal(&self) -> Option<&str> {
        self.expressions.is_empty().then_some(self.value.as_str())
    }

    /// Returns whether some of it is known only when the pipeline runs.
    pub fn is_computed(&self) -> bool {
        !self.expressions.is_empty()
    }
}

fn placed(scalar: Scalar<'_>) -> Vec<Placed> {
    let place = |it: expression::Interpolation| {
        let range = it.span.range();
        Placed { span: scalar.source_span(range.clone()), range, expr: it.expr }
    };
    expression::interpolations(scalar.value()).into_iter().map(place).collect()
}
