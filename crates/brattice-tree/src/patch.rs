//! Edits that keep comments and layout.
//!
//! What it is for: a repair says what should change in the *tree*; [`Patch`] finds the fewest bytes that do it,
//! in the file's own indentation and line ending, applies them, reads the result again, and gives the pieces
//! out only if the new tree is the old one with exactly that change.
//!
//! What it is not: a formatter. What a repair does not name keeps its bytes.

mod edit;
mod verify;
mod write;

use brattice_finding::Span;

use crate::{Node, NodeId, Tree};

pub use verify::verify;

/// A replacement of bytes of the tree's text.
pub type Piece = (Span, String);

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewValue {
    /// Nothing behind the colon.
    Null,
    /// Text: quoted where a plain scalar would not read back as it.
    Text(String),
    /// A plain scalar as it stands: `true`, `10`. Refused where it would not be plain.
    Plain(String),
    /// A list.
    Sequence(Vec<NewValue>),
    /// Keys and values; an empty one is `{}`.
    Mapping(Vec<(String, NewValue)>),
}

/// Where a new entry goes. An index counts the entries of the mapping as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// Before the entry of this index.
    Before(usize),
    /// Behind the entry of this index.
    After(usize),
    /// Behind the last entry.
    End,
}

/// One change of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new entry in a mapping.
    InsertEntry {
        /// The mapping.
        mapping: NodeId,
        /// Where in it.
        position: Position,
        /// The key's text.
        key: String,
        /// The value.
        value: NewValue,
    },
    /// A new value at the end of a sequence.
    AppendItem {
        /// The sequence.
        sequence: NodeId,
        /// The value.
        value: NewValue,
    },
    /// Other text in place of a scalar or of an empty value.
    ReplaceScalar {
        /// The scalar.
        scalar: NodeId,
        /// The new text.
        value: NewValue,
    },
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The node is not of the kind that the change needs, or the position does not exist.
    #[error("the value at this place is of another kind")]
    WrongKind,
    /// The layout at the place leaves no safe way to write the change.
    #[error("the layout at this place cannot take the change")]
    Layout,
    /// The pieces overlap or lie outside the text.
    #[error("the edits overlap or lie outside the text")]
    Overlap,
    /// The edited text does not read as the intended tree.
    #[error("the edited text does not read as the intended tree")]
    NotAsIntended,
}

/// A set of changes to one tree, made together.
#[derive(Debug, Clone)]
pub struct Patch<'t> {
    tree: &'t Tree<'t>,
    changes: Vec<Change>,
}

impl<'t> Patch<'t> {
    /// Starts an empty set.
    pub fn new(tree: &'t Tree<'t>) -> Self {
        Self { tree, changes: Vec::new() }
    }

    /// Adds an entry to a mapping, block or flow.
    #[must_use]
    pub fn insert_entry(mut self, mapping: Node<'t>, position: Position, key: &str, value: NewValue) -> Self {
        let mapping = mapping.target().id();
        self.changes.push(Change::InsertEntry { mapping, position, key: key.to_owned(), value });
        self
    }

    /// Adds a value to the end of a sequence, block or flow.
    #[must_use]
    pub fn append_item(mut self, sequence: Node<'t>, value: NewValue) -> Self {
        self.changes.push(Change::AppendItem { sequence: sequence.target().id(), value });
        self
    }

    /// Replaces the text of a scalar and keeps its style where the new text allows it. Fills an empty value.
    /// An alias is replaced itself, not what it names.
    #[must_use]
    pub fn replace_scalar(mut self, scalar: Node<'t>, value: NewValue) -> Self {
        self.changes.push(Change::ReplaceScalar { scalar: scalar.id(), value });
        self
    }

    /// Returns the pieces, after proof that they do what was asked and nothing else.
    pub fn finish(self) -> Result<Vec<Piece>, PatchError> {
        let mut pieces = Vec::new();
        for change in &self.changes {
            pieces.push(edit::piece(self.tree, change)?);
        }
        verify(self.tree, &pieces, &self.changes)?;
        Ok(pieces)
    }
}
