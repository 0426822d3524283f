//! Expressions between `${{` and `}}`: found, parsed and evaluated.
//!
//! What it is for: [`interpolations`] finds every expression of a scalar, [`parse`] reads one into an
//! [`Expr`] with byte spans, [`evaluate`] walks it over any [`Domain`] of values. The [`Abstract`] domain
//! folds constants and keeps track of which contexts can reach the result as text; a concrete domain is
//! another instance of the same trait, so that checking and running share one semantics.
//!
//! What it is not: it knows no workflow; which context is whose is the business of [`crate::context`].

mod assumption;
mod constant;
mod domain;
mod evaluate;
mod interpolation;
mod lexer;
mod parser;

pub use assumption::Assumption;
pub use constant::Constant;
pub use domain::{Abstract, AbstractValue, ContextPath, Read, Segment};
pub use evaluate::{Domain, evaluate};
pub use interpolation::{INTERPOLATIONS_MAX, Interpolation, interpolations};
pub use lexer::EXPRESSION_BYTES_MAX;
pub use parser::{
    BinaryOperator, EXPRESSION_DEPTH_MAX, EXPRESSION_NODES_MAX, Expr, ExprKind, ExpressionError, parse,
};
