//! The abstract domain under an assumption: some contexts are known, as the event's name is once a trigger is
//! looked at by itself, or the author's role once an outsider is.

use super::constant::Constant;
use super::domain::{Abstract, AbstractValue};
use super::evaluate::Domain;
use super::parser::{BinaryOperator, Expr};

/// The abstract domain in which some context paths have a known value.
#[derive(Debug, Clone, Copy)]
pub struct Assumption<'a> {
    /// Paths in lower case, such as `github.event_name`, and their values.
    pub facts: &'a [(String, Constant)],
}

impl Assumption<'_> {
    /// Marks a text that stands for any that no definition spells out: it is equal to none that is without
    /// the mark, and what it contains or how it is ordered is not known.
    pub const MARK: char = '\0';

    fn is_marked(value: &AbstractValue) -> bool {
        matches!(&value.constant, Some(Constant::Text(text)) if text.contains(Self::MARK))
    }

    fn known(&self, value: AbstractValue) -> AbstractValue {
        match value.reads.as_slice() {
            [read] if value.constant.is_none() && !read.written_out => {
                let path = read.path.to_string();
                let fact = self.facts.iter().find(|(known, _)| *known == path);
                fact.map_or(value, |(_, constant)| Abstract.constant(constant))
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
        let searches = ["contains", "startswith", "endswith"];
        if searches.contains(&name.to_ascii_lowercase().as_str()) && arguments.iter().any(Self::is_marked) {
            return AbstractValue::plain();
        }
        Abstract.call(name, arguments, expr)
    }

    fn compare(
        &self,
        operator: BinaryOperator,
        left: &AbstractValue,
        right: &AbstractValue,
    ) -> AbstractValue {
        let orders = !matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
        if orders && (Self::is_marked(left) || Self::is_marked(right)) {
            return AbstractValue::plain();
        }
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
