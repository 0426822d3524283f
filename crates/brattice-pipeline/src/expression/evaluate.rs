//! The one evaluator, generic over what a value is.

use super::constant::Constant;
use super::parser::{BinaryOperator, Expr, ExprKind};

/// A domain of values that expressions can be evaluated over.
pub trait Domain {
    /// A value of the domain.
    type Value: Clone;

    /// Returns the value of a literal.
    fn constant(&self, constant: &Constant) -> Self::Value;
    /// Returns the value of a context; names are compared without regard to case.
    fn context(&self, name: &str, expr: &Expr) -> Self::Value;
    /// Returns a property of an object.
    fn property(&self, object: Self::Value, name: &str, expr: &Expr) -> Self::Value;
    /// Returns an element of an object or list by a computed index.
    fn index(&self, object: Self::Value, index: Self::Value, expr: &Expr) -> Self::Value;
    /// Returns the list of all elements.
    fn star(&self, object: Self::Value, expr: &Expr) -> Self::Value;
    /// Returns the result of a function.
    fn call(&self, name: &str, arguments: Vec<Self::Value>, expr: &Expr) -> Self::Value;
    /// Returns the result of a comparison.
    fn compare(&self, operator: BinaryOperator, left: &Self::Value, right: &Self::Value) -> Self::Value;
    /// Returns whether the value counts as true, if that is known.
    fn truth(&self, value: &Self::Value) -> Option<bool>;
    /// Returns the value given that it turned out true or false.
    fn assume(&self, value: Self::Value, truth: bool) -> Self::Value;
    /// Returns a value that may be either of two.
    fn either(&self, left: Self::Value, right: Self::Value) -> Self::Value;
}

/// Evaluates an expression. Recursion is bounded by the limits of the parser.
pub fn evaluate<D: Domain>(expr: &Expr, domain: &D) -> D::Value {
    match &expr.kind {
        ExprKind::Literal(constant) => domain.constant(constant),
        ExprKind::Context(name) => domain.context(name, expr),
        ExprKind::Property(object, name) => domain.property(evaluate(object, domain), name, expr),
        ExprKind::Index(object, index) => {
            domain.index(evaluate(object, domain), evaluate(index, domain), expr)
        }
        ExprKind::Star(object) => domain.star(evaluate(object, domain), expr),
        ExprKind::Call(name, arguments) => {
            let arguments = arguments.iter().map(|it| evaluate(it, domain)).collect();
            domain.call(name, arguments, expr)
        }
        ExprKind::Not(operand) => {
            let value = evaluate(operand, domain);
            match domain.truth(&value) {
                Some(truth) => domain.constant(&Constant::Boolean(!truth)),
                None => domain.either(
                    domain.constant(&Constant::Boolean(true)),
                    domain.constant(&Constant::Boolean(false)),
                ),
            }
        }
        ExprKind::Binary(operator, left, right) => {
            domain.compare(*operator, &evaluate(left, domain), &evaluate(right, domain))
        }
        ExprKind::And(operands) => short_circuit(operands, false, domain),
        ExprKind::Or(operands) => short_circuit(operands, true, domain),
    }
}

/// Evaluates `&&` (stops at the first false operand) or `||` (at the first true one).
fn short_circuit<D: Domain>(operands: &[Expr], stop: bool, domain: &D) -> D::Value {
    let Some((last, before)) = operands.split_last() else { return domain.constant(&Constant::Null) };
    let mut possible: Option<D::Value> = None;
    let join = |possible: Option<D::Value>, value: D::Value| match possible {
        Some(earlier) => domain.either(earlier, value),
        None => value,
    };
    for operand in before {
        let value = evaluate(operand, domain);
        match domain.truth(&value) {
            Some(truth) if truth == stop => return join(possible, value),
            Some(_) => {}
            None => possible = Some(join(possible, domain.assume(value, stop))),
        }
    }
    join(possible, evaluate(last, domain))
}
