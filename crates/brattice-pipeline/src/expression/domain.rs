//! The abstract domain: constants are folded, and of everything else is known which contexts can reach the
//! result as text.

use std::cmp::Ordering;

use brattice_finding::Span;

use super::constant::Constant;
use super::evaluate::Domain;
use super::parser::{BinaryOperator, Expr};

/// A value keeps at most this many reads; an expression within the node limit has no more.
const READS_MAX: usize = 2_000;

/// One step of a path into a context.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// A property, in lower case: names are compared without regard to case.
    Name(String),
    /// Every element of a list, or one by its number.
    Element,
    /// An element whose name is computed at run time.
    Computed,
}

/// A path into a context, such as `github.event.issue.title`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContextPath(pub Vec<Segment>);

impl ContextPath {
    /// Returns the name of the context.
    pub fn root(&self) -> &str {
        match self.0.first() {
            Some(Segment::Name(name)) => name,
            _ => "",
        }
    }

    /// Returns whether the path names a list of elements rather than one value.
    pub fn has_elements(&self) -> bool {
        self.0.contains(&Segment::Element)
    }
}

impl std::fmt::Display for ContextPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            match segment {
                Segment::Name(name) => write!(f, "{dot}{name}")?,
                Segment::Element => write!(f, "{dot}*")?,
                Segment::Computed => write!(f, "{dot}?")?,
            }
        }
        Ok(())
    }
}

/// A context whose text can reach a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What is read.
    pub path: ContextPath,
    /// Where the expression names it.
    pub span: Span,
    /// Whether a function wrote the whole object or list out (`toJSON`, `join`). Without that, an
    /// interpolation writes only `Object` or `Array` for one.
    pub written_out: bool,
    /// Whether the path goes through `*` and so names a list.
    pub list: bool,
}

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub struct AbstractValue {
    /// The value, if it is known in full.
    pub constant: Option<Constant>,
    /// What can reach its text.
    pub reads: Vec<Read>,
    /// Whether it is a path into a context and nothing else.
    is_path: bool,
    /// Whether it can only be a boolean or a number.
    pub is_plain: bool,
    /// Whether it counts as true, where that is known though the value is not.
    known_truth: Option<bool>,
}

impl AbstractValue {
    fn known(constant: Constant) -> Self {
        Self {
            constant: Some(constant),
            reads: Vec::new(),
            is_path: false,
            is_plain: false,
            known_truth: None,
        }
    }

    /// A value of which only the type is known: no text can reach it.
    pub(super) fn plain() -> Self {
        Self { constant: None, reads: Vec::new(), is_path: false, is_plain: true, known_truth: None }
    }

    fn computed(reads: Vec<Read>) -> Self {
        Self { constant: None, reads, is_path: false, is_plain: false, known_truth: None }
    }

    fn extended(mut self, segment: &Segment, expr: &Expr) -> Self {
        self.constant = None;
        self.is_plain = false;
        self.known_truth = None;
        for read in &mut self.reads {
            if self.is_path || !read.written_out {
                read.path.0.push(segment.clone());
                read.span = expr.span;
            }
        }
        self
    }
}

/// The abstract domain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Abstract;

impl Domain for Abstract {
    type Value = AbstractValue;

    fn constant(&self, constant: &Constant) -> AbstractValue {
        AbstractValue::known(constant.clone())
    }

    fn context(&self, name: &str, expr: &Expr) -> AbstractValue {
        let path = ContextPath(vec![Segment::Name(name.to_ascii_lowercase())]);
        let read = Read { path, span: expr.span, written_out: false, list: false };
        AbstractValue { constant: None, reads: vec![read], is_path: true, is_plain: false, known_truth: None }
    }

    fn property(&self, object: AbstractValue, name: &str, expr: &Expr) -> AbstractValue {
        object.extended(&Segment::Name(name.to_ascii_lowercase()), expr)
    }

    fn index(&self, object: AbstractValue, index: AbstractValue, expr: &Expr) -> AbstractValue {
        let segment = match index.constant {
            Some(Constant::Text(name)) => Segment::Name(name.to_ascii_lowercase()),
            Some(Constant::Number(_)) => Segment::Element,
            _ => Segment::Computed,
        };
        object.extended(&segment, expr)
    }

    fn star(&self, object: AbstractValue, expr: &Expr) -> AbstractValue {
        let mut value = object.extended(&Segment::Element, expr);
        for read in &mut value.reads {
            read.list = true;
        }
        value
    }

    fn call(&self, name: &str, arguments: Vec<AbstractValue>, _expr: &Expr) -> AbstractValue {
        match name.to_ascii_lowercase().as_str() {
            "contains" | "startswith" | "endswith" => fold_search(name, &arguments),
            // A file hash is hexadecimal; the status functions are booleans.
            "hashfiles" | "success" | "failure" | "always" | "cancelled" => AbstractValue::plain(),
            "format" => format(&arguments),
            "tojson" => write_out(arguments, Constant::to_json),
            "join" => write_out(arguments.into_iter().take(1).collect(), Constant::to_text),
            // The rest (`fromJSON`, `case`, whatever comes) hands its arguments through.
            _ => AbstractValue::computed(reads_of(arguments)),
        }
    }

    fn compare(
        &self,
        operator: BinaryOperator,
        left: &AbstractValue,
        right: &AbstractValue,
    ) -> AbstractValue {
        let (Some(left), Some(right)) = (&left.constant, &right.constant) else {
            return AbstractValue::plain();
        };
        let order = left.compare(right);
        let truth = match operator {
            BinaryOperator::Equal => left.equals(right),
            BinaryOperator::NotEqual => !left.equals(right),
            BinaryOperator::Less => order == Some(Ordering::Less),
            BinaryOperator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            BinaryOperator::Greater => order == Some(Ordering::Greater),
            BinaryOperator::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        };
        AbstractValue::known(Constant::Boolean(truth))
    }

    fn truth(&self, value: &AbstractValue) -> Option<bool> {
        value.constant.as_ref().map(Constant::is_true).or(value.known_truth)
    }

    fn assume(&self, value: AbstractValue, truth: bool) -> AbstractValue {
        // Every false value is a fixed text (`false`, `0`, empty), so nothing of an outsider's is in it.
        if value.constant.is_some() {
            return value;
        }
        let value = if truth { value } else { AbstractValue::plain() };
        AbstractValue { known_truth: Some(truth), ..value }
    }

    fn either(&self, left: AbstractValue, right: AbstractValue) -> AbstractValue {
        if left == right {
            return left;
        }
        let is_plain = |it: &AbstractValue| {
            it.is_plain || matches!(it.constant, Some(Constant::Boolean(_) | Constant::Number(_)))
        };
        let is_plain = is_plain(&left) && is_plain(&right);
        let known_truth = self.truth(&left).filter(|it| self.truth(&right) == Some(*it));
        AbstractValue { is_plain, known_truth, ..AbstractValue::computed(reads_of(vec![left, right])) }
    }
}

fn reads_of(values: Vec<AbstractValue>) -> Vec<Read> {
    let mut reads: Vec<Read> = Vec::new();
    for read in values.into_iter().flat_map(|it| it.reads) {
        // The place differs more often than the path and costs less to compare.
        let is_known = reads.iter().any(|it| it.span == read.span && *it == read);
        if reads.len() < READS_MAX && !is_known {
            reads.push(read);
        }
    }
    reads
}

fn write_out(arguments: Vec<AbstractValue>, fold: fn(&Constant) -> String) -> AbstractValue {
    if let [AbstractValue { constant: Some(constant), .. }] = arguments.as_slice() {
        return AbstractValue::known(Constant::Text(fold(constant)));
    }
    let mut reads = reads_of(arguments);
    for read in &mut reads {
        read.written_out = true;
    }
    AbstractValue::computed(reads)
}

fn fold_search(name: &str, arguments: &[AbstractValue]) -> AbstractValue {
    let [AbstractValue { constant: Some(text), .. }, AbstractValue { constant: Some(part), .. }] = arguments
    else {
        return AbstractValue::plain();
    };
    let (text, part) = (text.to_text().to_lowercase(), part.to_text().to_lowercase());
    let found = match name.to_ascii_lowercase().as_str() {
        "startswith" => text.starts_with(&part),
        "endswith" => text.ends_with(&part),
        _ => text.contains(&part),
    };
    AbstractValue::known(Constant::Boolean(found))
}

/// Folds `format`; an argument that the pattern does not name cannot reach the result.
fn format(arguments: &[AbstractValue]) -> AbstractValue {
    let Some((pattern, values)) = arguments.split_first() else { return AbstractValue::plain() };
    let Some(Constant::Text(pattern)) = &pattern.constant else {
        return AbstractValue::computed(reads_of(arguments.to_vec()));
    };
    let mut text = Some(String::new());
    let mut reads = Vec::new();
    let mut rest = pattern.as_str();
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        let number =
            after.split_once('}').and_then(|(number, tail)| Some((number.parse::<usize>().ok()?, tail)));
        match (c, number) {
            ('{' | '}', _) if after.starts_with(c) => {
                text = text.map(|it| it + c.encode_utf8(&mut [0; 4]));
                rest = after.get(1..).unwrap_or("");
            }
            ('{', Some((number, tail))) => {
                if let Some(value) = values.get(number) {
                    reads.push(value.clone());
                    text = text.zip(value.constant.as_ref()).map(|(text, it)| text + &it.to_text());
                }
                rest = tail;
            }
            _ => {
                text = text.map(|it| it + c.encode_utf8(&mut [0; 4]));
                rest = after;
            }
        }
    }
    match text {
        Some(text) => AbstractValue::known(Constant::Text(text)),
        None => AbstractValue::computed(reads_of(reads)),
    }
}
