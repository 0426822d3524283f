//! Anchors, tags and aliases, and duplicate keys.

use std::collections::HashSet;

use brattice_finding::Span;

use crate::NodeId;
use crate::arena::{ALIAS_EXPANSION_LIMIT, DEPTH_LIMIT, Payload, Properties, Slice, offset};
use crate::problem;
use crate::yaml::Parser;
use crate::yaml::cursor::{is_blank, is_break, is_flow_indicator};

/// What a name stands for at this place of the text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    /// The value that carries it is still being read.
    Open(u32),
    Done(NodeId),
}

impl Parser<'_> {
    /// Reads the anchors and tags that stand here on one line. At most one of each counts.
    pub(super) fn properties(&mut self) -> Properties {
        let mut properties = Properties::default();
        while let Some(indicator @ (b'&' | b'!')) = self.peek() {
            let start = self.at;
            self.at = self.name_end(start + 1, indicator == b'!');
            let span = Span::new(offset(start), offset(self.at));
            let slot = if indicator == b'&' { &mut properties.anchor } else { &mut properties.tag };
            if slot.is_some() || (indicator == b'&' && span.len() == 1) {
                self.arena.report(problem::BAD_PROPERTY, span);
            }
            if indicator == b'!' || span.len() > 1 {
                *slot = Some(span);
            }
            self.at = self.behind_blanks(self.at);
        }
        if let Some(anchor) = properties.anchor {
            let name = self.anchor_name(anchor);
            self.anchors.insert(name, Anchor::Open(anchor.start));
        }
        properties
    }

    fn name_end(&self, mut at: usize, tag: bool) -> usize {
        let verbatim = tag && self.byte(at) == Some(b'<');
        while let Some(byte) = self.byte(at) {
            if is_blank(byte) || is_break(byte) || (!verbatim && is_flow_indicator(byte)) {
                break;
            }
            at += 1;
            if verbatim && byte == b'>' {
                break;
            }
        }
        at
    }

    /// Binds the anchor to its finished value, unless a later one inside took the name.
    pub(super) fn close_anchor(&mut self, id: NodeId, properties: Properties) {
        let Some(span) = properties.anchor else { return };
        let name = self.anchor_name(span);
        if let Some(anchor) = self.anchors.get_mut(name)
            && matches!(anchor, Anchor::Open(start) if *start == span.start)
        {
            *anchor = Anchor::Done(id);
        }
    }

    /// Takes back that a value is finished, since more is about to join it: an alias to it in there would
    /// make a cycle.
    pub(super) fn reopen_anchor(&mut self, id: NodeId) {
        for anchor in self.anchors.values_mut() {
            if matches!(anchor, Anchor::Done(done) if *done == id) {
                *anchor = Anchor::Open(u32::MAX);
            }
        }
    }

    /// Reads `*name`. Whatever it names is finished by then, so no tree holds a cycle.
    pub(super) fn alias(&mut self) -> NodeId {
        let start = self.at;
        let mut end = self.name_end(start + 1, false);
        // `*name:` is a key for most readers although the colon may belong to a name.
        let name = |end: usize| self.text.get(start + 1..end).unwrap_or("");
        if name(end).ends_with(':') && !self.anchors.contains_key(name(end)) {
            end -= 1;
        }
        let found = self.anchors.get(name(end)).copied();
        self.at = end;
        let target = match found {
            None => {
                self.report(problem::UNDEFINED_ALIAS, start, end);
                None
            }
            Some(Anchor::Open(_)) => {
                self.report(problem::CYCLIC_ALIAS, start, end);
                None
            }
            Some(Anchor::Done(target)) => self.admit_alias(start, end, target),
        };
        self.add(start, end, Payload::Alias { target })
    }

    fn admit_alias(&mut self, start: usize, end: usize, target: NodeId) -> Option<NodeId> {
        let data = self.arena.nodes.get(target.index())?;
        // An anchored alias is not allowed; its target is at hand all the same.
        let target = if let Payload::Alias { target } = data.payload { target? } else { target };
        let weight = *self.weights.get(target.index())?;
        let nodes = self.alias_nodes.saturating_add(weight.nodes);
        // One level more, since this may be the key of a mapping that is not counted yet.
        if nodes > ALIAS_EXPANSION_LIMIT || self.depth + 1 + weight.height as usize > DEPTH_LIMIT {
            self.report(problem::ALIAS_LIMIT, start, end);
            return None;
        }
        self.alias_nodes = nodes;
        Some(target)
    }

    /// Reports each scalar key that stood in the same mapping before.
    pub(super) fn report_duplicates(&mut self, children: Slice) {
        /// Below this, comparing each with each is cheaper than hashing.
        const FEW: usize = 12;
        let keys: Vec<(NodeId, &str)> = self
            .arena
            .children(children)
            .iter()
            .step_by(2)
            .filter_map(|&id| Some((id, self.arena.scalar_text(self.text, id)?)))
            .collect();
        let mut again = Vec::new();
        if keys.len() <= FEW {
            for (index, (id, key)) in keys.iter().enumerate() {
                if keys.iter().take(index).any(|(_, it)| it == key) {
                    again.push(*id);
                }
            }
        } else {
            let mut seen = HashSet::with_capacity(keys.len());
            again.extend(keys.iter().filter(|(_, key)| !seen.insert(*key)).map(|(id, _)| *id));
        }
        for id in again {
            let span = self.arena.span(id);
            self.arena.report(problem::DUPLICATE_KEY, span);
        }
    }
}

impl<'t> Parser<'t> {
    fn anchor_name(&self, anchor: Span) -> &'t str {
        anchor.slice(self.text).get(1..).unwrap_or("")
    }
}
