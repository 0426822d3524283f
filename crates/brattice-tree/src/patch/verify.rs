//! The proof that an edit does what it says: apply, read again, compare.

use brattice_finding::{Edit, RelativePath, apply_edits};

use crate::patch::{Change, NewValue, PatchError, Piece, Position, write};
use crate::{Entry, Node, NodeKind, ScalarStyle, Tree};

/// Applies the pieces, reads the result again, and returns it if its tree is the old one with exactly these
/// changes: same documents, entries, scalars with their styles, anchors, tags and aliases, and no part that
/// reads worse than before.
pub fn verify(tree: &Tree<'_>, pieces: &[Piece], changes: &[Change]) -> Result<String, PatchError> {
    let path = RelativePath::from("");
    let edits: Vec<Edit> = pieces
        .iter()
        .map(|(span, text)| Edit { path: path.clone(), span: *span, text: text.clone() })
        .collect();
    let edits: Vec<&Edit> = edits.iter().collect();
    let text = apply_edits(tree.text(), &edits).map_err(|_| PatchError::Overlap)?;
    let edited = if tree.is_json() { Tree::json(&text) } else { Tree::yaml(&text) };
    let broken = |it: &Tree<'_>| it.problems().iter().filter(|it| it.incomplete).count();
    let comparison = Comparison { changes };
    let same = tree.documents().len() == edited.documents().len()
        && broken(&edited) <= broken(tree)
        && tree.documents().zip(edited.documents()).all(|(old, new)| comparison.matches(old, new));
    if same { Ok(text) } else { Err(PatchError::NotAsIntended) }
}

struct Comparison<'c> {
    changes: &'c [Change],
}

impl<'c> Comparison<'c> {
    fn matches(&self, old: Node<'_>, new: Node<'_>) -> bool {
        if old.tag() != new.tag() || old.anchor() != new.anchor() {
            return false;
        }
        if let Some(value) = self.replacement(old) {
            return is_value(new, value);
        }
        if old.alias_name() != new.alias_name() || old.kind() != new.kind() {
            return false;
        }
        if old.alias_name().is_some() {
            // What it names is compared where it stands.
            return true;
        }
        match old.kind() {
            NodeKind::Null | NodeKind::UnresolvedAlias => true,
            NodeKind::Scalar => {
                old.as_str() == new.as_str()
                    && old.scalar().map(crate::Scalar::style) == new.scalar().map(crate::Scalar::style)
            }
            NodeKind::Sequence => self.matches_sequence(old, new),
            NodeKind::Mapping => self.matches_mapping(old, new),
        }
    }

    fn replacement(&self, old: Node<'_>) -> Option<&'c NewValue> {
        self.changes.iter().find_map(|change| match change {
            Change::ReplaceScalar { scalar, value } if *scalar == old.id() => Some(value),
            _ => None,
        })
    }

    fn matches_sequence(&self, old: Node<'_>, new: Node<'_>) -> bool {
        let appended: Vec<&NewValue> = self
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::AppendItem { sequence, value } if *sequence == old.id() => Some(value),
                _ => None,
            })
            .collect();
        let count = old.items().len();
        new.items().len() == count + appended.len()
            && old.items().zip(new.items()).all(|(old, new)| self.matches(old, new))
            && new.items().skip(count).zip(appended).all(|(new, value)| is_value(new, value))
    }

    fn matches_mapping(&self, old: Node<'_>, new: Node<'_>) -> bool {
        let mut entries = new.entries();
        let count = old.entries().len();
        for (index, entry) in old.entries().enumerate() {
            let before = |position| position == Position::Before(index);
            let after = |position| {
                position == Position::After(index) || (position == Position::End && index + 1 == count)
            };
            let fits = self.takes_inserted(old, &mut entries, before)
                && entries
                    .next()
                    .is_some_and(|it| self.matches(entry.key, it.key) && self.matches(entry.value, it.value))
                && self.takes_inserted(old, &mut entries, after);
            if !fits {
                return false;
            }
        }
        (count > 0 || self.takes_inserted(old, &mut entries, |position| position == Position::End))
            && entries.next().is_none()
    }

    /// Takes the entries that the changes put at one place of the mapping.
    fn takes_inserted<'n>(
        &self,
        mapping: Node<'_>,
        entries: &mut impl Iterator<Item = Entry<'n>>,
        here: impl Fn(Position) -> bool,
    ) -> bool {
        self.changes.iter().all(|change| match change {
            Change::InsertEntry { mapping: id, position, key, value }
                if *id == mapping.id() && here(*position) =>
            {
                entries
                    .next()
                    .is_some_and(|it| it.key.as_str() == Some(key.as_str()) && is_value(it.value, value))
            }
            _ => true,
        })
    }
}

/// Returns whether a node is what was to be written, as the core schema and a YAML 1.1 reader see it.
fn is_value(node: Node<'_>, value: &NewValue) -> bool {
    if node.alias_name().is_some() {
        return false;
    }
    match value {
        NewValue::Null => node.is_null(),
        NewValue::Plain(text) => {
            node.scalar().is_some_and(|it| it.style() == ScalarStyle::Plain && it.value() == text.as_str())
        }
        NewValue::Text(text) => node.scalar().is_some_and(|it| {
            it.value() == text.as_str() && (it.style() != ScalarStyle::Plain || write::reads_as_text(text))
        }),
        NewValue::Sequence(items) => {
            node.kind() == NodeKind::Sequence
                && node.items().len() == items.len()
                && node.items().zip(items).all(|(node, value)| is_value(node, value))
        }
        NewValue::Mapping(entries) => {
            node.kind() == NodeKind::Mapping
                && node.entries().len() == entries.len()
                && node.entries().zip(entries).all(|(entry, (key, value))| {
                    entry.key.as_str() == Some(key.as_str()) && is_value(entry.value, value)
                })
        }
    }
}
