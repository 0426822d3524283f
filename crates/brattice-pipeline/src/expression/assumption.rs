//! The abstract domain under an assumption: one context is known, as the event's name is once a trigger is
//! looked at by itself.

use super::constant::Constant;
use super::domain::{Abstract, AbstractValue};
use super::evaluate::Domain;
use super::parser::{BinaryOperator, Expr};

/// The abstract domain in which one context path has a known text.
#[derive(Debug, Clone, Copy)]
pub struct Assumption<'a> {
    /// The path in lower case, such as `github.event_name`.
    pub path: &'a str,
    /// Its text.
    pub value: &'a str,
}

impl Assumption<'_> {
    fn known(&self, value: AbstractValue) -> AbstractValue {
        match value.reads.as_slice() {
            [read] if value.constant.is_none() && !read.written_out && read.path.to_string() == self.path => {
                Abstract.constant(&Constant::Text(self.value.to_owned()))
            }
            _ => value,
        }
    }
}

impl Domain for Assumption<'_> {
    type Value = AbstractValue;

    fn constant(&self, constant: &Constant) -> AbstractValue {
        Abstract.constant(constant)
    }

    fn context(&self, name: &str, expr: &Expr) -> AbstractValue {
        self.known(Abstract.context(name, expr))
    }

    fn property(&self, object: AbstractValue, name: &str, expr: &Expr) -> AbstractValue {
        self.known(Abstract.property(object, name, expr))
    }

    fn index(&self, object: AbstractValue, index: AbstractValue, expr: &Expr) -> AbstractValue {
        self.known(Abstract.index(object, index, expr))
    }

    fn star(&self, object: AbstractValue, expr: &Expr) -> AbstractValue {
        Abstract.star(object, expr)
    }

    fn call(&self, name: &str, arguments: Vec<AbstractValue>, expr: &Expr) -> AbstractValue {
        Abstract.call(name, arguments, expr)
    }

    fn compare(
        &self,
        operator: BinaryOperator,
        left: &AbstractValue,
        right: &AbstractValue,
    ) -> AbstractValue {
        Abstract.compare(operator, left, right)
    }

    fn truth(&self, value: &AbstractValue) -> Option<bool> {
        Abstract.truth(value)
    }

    fn assume(&self, value: AbstractValue, truth: bool) -> AbstractValue {
        Abstract.assume(value, truth)
    }

    fn either(&self, left: AbstractValue, right: AbstractValue) -> AbstractValue {
        Abstract.either(left, right)
    }
}
