//! What a reader could not take at face value.

use brattice_finding::{ProblemCode, Span};

/// More problems than this tell a reader nothing new; a hostile file must not grow the list without end.
pub const PROBLEM_LIMIT: usize = 1_000;

/// Something odd in the text. The tree around it still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeProblem {
    /// A stable code in kebab-case, such as `unclosed-quote`.
    pub code: ProblemCode,
    /// One sentence fragment for people.
    pub message: &'static str,
    /// Where.
    pub span: Span,
    /// Whether part of the text may not stand in the tree as its author meant it. A tolerated oddity, which
    /// every reader takes in the same way, is `false`.
    pub incomplete: bool,
}

/// The kinds of problem: code, message and weight in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProblemKind {
    code: ProblemCode,
    message: &'static str,
    incomplete: bool,
}

impl ProblemKind {
    const fn broken(code: ProblemCode, message: &'static str) -> Self {
        Self { code, message, incomplete: true }
    }

    const fn odd(code: ProblemCode, message: &'static str) -> Self {
        Self { code, message, incomplete: false }
    }

    pub(crate) const fn at(self, span: Span) -> TreeProblem {
        TreeProblem { code: self.code, message: self.message, span, incomplete: self.incomplete }
    }
}

pub(crate) const TOO_LARGE: ProblemKind =
    ProblemKind::broken("too-large", "the text is larger than the limit; only its beginning was read");
pub(crate) const TOO_DEEP: ProblemKind =
    ProblemKind::broken("too-deep", "the nesting is deeper than the limit; this value was not read");
pub(crate) const TOO_MANY_NODES: ProblemKind =
    ProblemKind::broken("too-many-nodes", "the text has more values than the limit; the rest was not read");
pub(crate) const ALIAS_LIMIT: ProblemKind = ProblemKind::broken(
    "alias-limit",
    "this alias would make the tree too large or too deep; it stays unresolved",
);
pub(crate) const CYCLIC_ALIAS: ProblemKind = ProblemKind::broken(
    "cyclic-alias",
    "this alias stands inside the value that it names; it stays unresolved",
);
pub(crate) const UNDEFINED_ALIAS: ProblemKind =
    ProblemKind::broken("undefined-alias", "no anchor before this alias has its name");
pub(crate) const BAD_INDENTATION: ProblemKind =
    ProblemKind::broken("bad-indentation", "the indentation fits no open block");
pub(crate) const TAB_INDENTATION: ProblemKind =
    ProblemKind::broken("tab-indentation", "a tab stands where only spaces may indent");
pub(crate) const UNCLOSED_QUOTE: ProblemKind =
    ProblemKind::broken("unclosed-quote", "the quote is never closed");
pub(crate) const UNCLOSED_FLOW: ProblemKind =
    ProblemKind::broken("unclosed-flow", "the bracket is never closed");
pub(crate) const UNEXPECTED: ProblemKind =
    ProblemKind::broken("unexpected-content", "this text does not belong to the value before it");
pub(crate) const MISSING_COLON: ProblemKind =
    ProblemKind::broken("missing-colon", "a `key: value` was expected here");
pub(crate) const MISSING_COMMA: ProblemKind =
    ProblemKind::broken("missing-comma", "a comma was expected before this value");
pub(crate) const NESTED_INLINE: ProblemKind =
    ProblemKind::broken("nested-inline", "a block collection cannot start in the middle of this line");
pub(crate) const BAD_BLOCK_HEADER: ProblemKind =
    ProblemKind::broken("bad-block-header", "the block scalar's header has an unknown character");
pub(crate) const BAD_DIRECTIVE: ProblemKind =
    ProblemKind::odd("bad-directive", "this directive is not known or not followed by a document");
pub(crate) const BAD_PROPERTY: ProblemKind =
    ProblemKind::odd("bad-property", "this anchor or tag is empty, repeated or belongs to nothing");
pub(crate) const RESERVED: ProblemKind =
    ProblemKind::odd("reserved-indicator", "a plain value cannot start with this character");
pub(crate) const BAD_ESCAPE: ProblemKind =
    ProblemKind::odd("bad-escape", "the escape sequence is not known or names no character");
pub(crate) const CONTROL_CHARACTER: ProblemKind = ProblemKind::odd(
    "control-character",
    "the text holds a control character that the format does not allow",
);
pub(crate) const UNDER_INDENTED: ProblemKind =
    ProblemKind::odd("under-indented", "a continued value should be indented deeper than its key");
pub(crate) const FLOW_INTERPOLATION: ProblemKind =
    ProblemKind::odd("flow-interpolation", "an interpolation inside brackets must be quoted");
pub(crate) const DUPLICATE_KEY: ProblemKind = ProblemKind::odd("duplicate-key", "the key stands here again");
pub(crate) const JSON_EXTENSION: ProblemKind =
    ProblemKind::odd("json-extension", "strict JSON does not allow this");
