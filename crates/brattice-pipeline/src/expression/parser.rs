//! The syntax tree of an expression.

use brattice_finding::Span;

use super::constant::Constant;
use super::lexer::{Token, TokenKind, tokens};

/// The platform's own limit on nesting; it also bounds the recursion of every walk.
pub const EXPRESSION_DEPTH_MAX: u32 = 50;

/// More nodes than any expression within the length limit needs; bounds left-leaning chains.
pub const EXPRESSION_NODES_MAX: u32 = 2_000;

/// Why a text is not an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// What is wrong.
    pub message: &'static str,
    /// Where, in the same offsets as the tree's.
    pub span: Span,
}

impl ExpressionError {
    pub(super) fn new(message: &'static str, span: Span) -> Self {
        Self { message, span }
    }
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A node of an expression and the bytes that it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What a node of an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A literal.
    Literal(Constant),
    /// A context by its name, as written.
    Context(String),
    /// `object.name`
    Property(Box<Expr>, String),
    /// `object[index]`
    Index(Box<Expr>, Box<Expr>),
    /// `object.*` or `object[*]`
    Star(Box<Expr>),
    /// A function by its name, as written, and its arguments.
    Call(String, Vec<Expr>),
    /// `!operand`
    Not(Box<Expr>),
    /// A comparison.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `a && b && …`: the first operand that is false, else the last.
    And(Vec<Expr>),
    /// `a || b || …`: the first operand that is true, else the last.
    Or(Vec<Expr>),
}

/// Parses one expression, without the `${{` and `}}`. `base` is added to every offset.
pub fn parse(text: &str, base: u32) -> Result<Expr, ExpressionError> {
    let tokens = tokens(text, base)?;
    let end = Span::at(base + u32::try_from(text.len()).unwrap_or(0));
    let mut parser = Parser { tokens, at: 0, end, depth: 0, nodes: 0 };
    let expr = parser.or()?;
    match parser.tokens.get(parser.at) {
        None => Ok(expr),
        Some(token) => Err(ExpressionError::new("unexpected token after the expression", token.span)),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: Span,
    depth: u32,
    nodes: u32,
}

type Parsed = Result<Expr, ExpressionError>;

impl Parser {
    fn or(&mut self) -> Parsed {
        self.chain("||", Self::and, ExprKind::Or)
    }

    fn and(&mut self) -> Parsed {
        self.chain("&&", Self::equality, ExprKind::And)
    }

    fn chain(
        &mut self,
        mark: &str,
        next: fn(&mut Self) -> Parsed,
        make: fn(Vec<Expr>) -> ExprKind,
    ) -> Parsed {
        let first = next(self)?;
        if !self.peeks(mark) {
            return Ok(first);
        }
        let mut span = first.span;
        let mut operands = vec![first];
        while self.eats(mark) {
            let operand = next(self)?;
            span = span.cover(operand.span);
            operands.push(operand);
        }
        self.node(make(operands), span)
    }

    fn equality(&mut self) -> Parsed {
        let operators = [("==", BinaryOperator::Equal), ("!=", BinaryOperator::NotEqual)];
        self.binary(&operators, Self::relation)
    }

    fn relation(&mut self) -> Parsed {
        let operators = [
            ("<=", BinaryOperator::LessOrEqual),
            (">=", BinaryOperator::GreaterOrEqual),
            ("<", BinaryOperator::Less),
            (">", BinaryOperator::Greater),
        ];
        self.binary(&operators, Self::unary)
    }

    fn binary(&mut self, operators: &[(&str, BinaryOperator)], next: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = next(self)?;
        while let Some((_, operator)) = operators.iter().find(|(mark, _)| self.eats(mark)) {
            let right = next(self)?;
            let span = left.span.cover(right.span);
            left = self.node(ExprKind::Binary(*operator, Box::new(left), Box::new(right)), span)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.span();
        if !self.eats("!") {
            return self.postfix();
        }
        let operand = self.nested(Self::unary)?;
        let span = start.cover(operand.span);
        self.node(ExprKind::Not(Box::new(operand)), span)
    }

    fn postfix(&mut self) -> Parsed {
        let mut object = self.primary()?;
        loop {
            let start = object.span;
            let boxed =
                if self.peeks(".") || self.peeks("[") { Box::new(object) } else { return Ok(object) };
            let kind = if self.eats(".") {
                let last = self.previous_span();
                match self.next_kind() {
                    Some(TokenKind::Name(name)) => ExprKind::Property(boxed, name),
                    Some(TokenKind::Mark("*")) => ExprKind::Star(boxed),
                    _ => return Err(ExpressionError::new("expected a name or `*` after the dot", last)),
                }
            } else {
                self.expect("[", "expected `[`")?;
                let kind = if self.eats("*") {
                    ExprKind::Star(boxed)
                } else {
                    ExprKind::Index(boxed, Box::new(self.nested(Self::or)?))
                };
                self.expect("]", "expected `]`")?;
                kind
            };
            object = self.node(kind, start.cover(self.previous_span()))?;
        }
    }

    fn primary(&mut self) -> Parsed {
        let span = self.span();
        match self.next_kind() {
            Some(TokenKind::Text(text)) => self.node(ExprKind::Literal(Constant::Text(text)), span),
            Some(TokenKind::Number(number)) => self.node(ExprKind::Literal(Constant::Number(number)), span),
            Some(TokenKind::Name(name)) if self.eats("(") => self.call(name, span),
            Some(TokenKind::Name(name)) => {
                let kind = match name.as_str() {
                    "true" => ExprKind::Literal(Constant::Boolean(true)),
                    "false" => ExprKind::Literal(Constant::Boolean(false)),
                    "null" => ExprKind::Literal(Constant::Null),
                    "NaN" => ExprKind::Literal(Constant::Number(f64::NAN)),
                    "Infinity" => ExprKind::Literal(Constant::Number(f64::INFINITY)),
                    _ => ExprKind::Context(name),
                };
                self.node(kind, span)
            }
            Some(TokenKind::Mark("(")) => {
                let inner = self.nested(Self::or)?;
                self.expect(")", "expected `)`")?;
                Ok(Expr { kind: inner.kind, span: span.cover(self.previous_span()) })
            }
            _ => Err(ExpressionError::new("expected a value", span)),
        }
    }

    fn call(&mut self, name: String, start: Span) -> Parsed {
        let mut arguments = Vec::new();
        if !self.eats(")") {
            loop {
                arguments.push(self.nested(Self::or)?);
                if !self.eats(",") {
                    break;
                }
            }
            self.expect(")", "expected `,` or `)`")?;
        }
        let span = start.cover(self.previous_span());
        self.node(ExprKind::Call(name, arguments), span)
    }

    fn nested(&mut self, next: fn(&mut Self) -> Parsed) -> Parsed {
        self.depth += 1;
        if self.depth > EXPRESSION_DEPTH_MAX {
            return Err(ExpressionError::new("the expression is nested too deeply", self.span()));
        }
        let parsed = next(self);
        self.depth -= 1;
        parsed
    }

    fn node(&mut self, kind: ExprKind, span: Span) -> Parsed {
        self.nodes += 1;
        if self.nodes > EXPRESSION_NODES_MAX {
            return Err(ExpressionError::new("the expression has too many parts", span));
        }
        Ok(Expr { kind, span })
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |it| it.span)
    }

    fn previous_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|it| self.tokens.get(it)).map_or(self.end, |it| it.span)
    }

    fn next_kind(&mut self) -> Option<TokenKind> {
        let kind = self.tokens.get(self.at)?.kind.clone();
        self.at += 1;
        Some(kind)
    }

    fn peeks(&self, mark: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token { kind: TokenKind::Mark(it), .. }) if *it == mark)
    }

    fn eats(&mut self, mark: &str) -> bool {
        let found = self.peeks(mark);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: &str, message: &'static str) -> Result<(), ExpressionError> {
        if self.eats(mark) { Ok(()) } else { Err(ExpressionError::new(message, self.span())) }
    }
}
