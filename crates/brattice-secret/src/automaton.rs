//! An Aho–Corasick automaton that can stop at any byte and say how much of the past it still needs.
//!
//! The libraries at hand find matches, but none tells the depth of its state across chunks, which is what
//! decides how many bytes must be held back. This one keeps only that, the longest match and its owners.

use std::collections::VecDeque;

/// The state before any byte, and after a byte that continues no needle.
pub(crate) const ROOT: u32 = 0;

const NONE: u32 = u32::MAX;

/// One trie node. Edges lie in one array, sorted by byte within a node.
#[derive(Debug, Clone)]
struct Node {
    edges: (u32, u32),
    fail: u32,
    depth: u32,
    /// The needle that ends exactly here.
    needle: u32,
    /// The nearest node on the chain of failure links at which a needle ends, this one included.
    output: u32,
}

/// A set of needles, ready to be searched for all at once.
#[derive(Debug)]
pub(crate) struct Automaton {
    nodes: Vec<Node>,
    edges: Vec<(u8, u32)>,
    /// The root's edges as a table: most bytes of a log are decided here.
    start: Box<[u32; 256]>,
    /// The owners of each needle: one value can be registered under two names.
    owners: Vec<Vec<u32>>,
}

impl Automaton {
    /// Builds the automaton. Each needle comes with the number of its owner; empty needles are passed over.
    pub(crate) fn new(needles: &[(Vec<u8>, u32)]) -> Self {
        let mut children: Vec<Vec<(u8, u32)>> = vec![Vec::new()];
        let mut ends: Vec<u32> = vec![NONE];
        let mut owners: Vec<Vec<u32>> = Vec::new();
        for (needle, owner) in needles.iter().filter(|(needle, _)| !needle.is_empty()) {
            let end = insert(&mut children, &mut ends, needle);
            if ends[end] == NONE {
                ends[end] = index(owners.len());
                owners.push(Vec::new());
            }
            let of_needle = &mut owners[ends[end] as usize];
            if !of_needle.contains(owner) {
                of_needle.push(*owner);
            }
        }
        Self::link(children, &ends, owners)
    }

    /// Lays the trie out flat and adds the failure and output links, breadth first.
    fn link(mut children: Vec<Vec<(u8, u32)>>, ends: &[u32], owners: Vec<Vec<u32>>) -> Self {
        let mut edges = Vec::new();
        let mut nodes: Vec<Node> = Vec::with_capacity(children.len());
        for (of_node, needle) in children.iter_mut().zip(ends) {
            of_node.sort_unstable();
            let first = index(edges.len());
            edges.append(of_node);
            let range = (first, index(edges.len()));
            nodes.push(Node { edges: range, fail: ROOT, depth: 0, needle: *needle, output: NONE });
        }
        let mut start = Box::new([ROOT; 256]);
        for (byte, child) in &edges[range_of(&nodes[0])] {
            start[usize::from(*byte)] = *child;
        }
        let mut automaton = Self { nodes, edges, start, owners };
        let mut queue = VecDeque::from([ROOT]);
        while let Some(state) = queue.pop_front() {
            let parent = automaton.nodes[state as usize].clone();
            for edge in range_of(&parent) {
                let (byte, child) = automaton.edges[edge];
                let fail = if state == ROOT { ROOT } else { automaton.next(parent.fail, byte) };
                let inherited = automaton.nodes[fail as usize].output;
                let node = &mut automaton.nodes[child as usize];
                node.fail = fail;
                node.depth = parent.depth + 1;
                node.output = if node.needle == NONE { inherited } else { child };
                queue.push_back(child);
            }
        }
        automaton
    }

    /// Returns the state after one more byte.
    #[inline]
    pub(crate) fn next(&self, mut state: u32, byte: u8) -> u32 {
        while state != ROOT {
            let node = &self.nodes[state as usize];
            let edges = &self.edges[range_of(node)];
            // Nearly every node of a trie of secrets has one edge.
            let found = match edges {
                [(only, child)] => (*only == byte).then_some(*child),
                _ => edges.binary_search_by_key(&byte, |edge| edge.0).ok().map(|at| edges[at].1),
            };
            match found {
                Some(child) => return child,
                None => state = node.fail,
            }
        }
        self.start[usize::from(byte)]
    }

    /// Returns how many of the last bytes could still become a match.
    pub(crate) fn depth(&self, state: u32) -> usize {
        self.nodes[state as usize].depth as usize
    }

    /// Returns the length of the longest needle that ends at this state, or 0. It covers every shorter one.
    #[inline]
    pub(crate) fn longest_match(&self, state: u32) -> usize {
        match self.nodes[state as usize].output {
            NONE => 0,
            output => self.depth(output),
        }
    }

    /// Calls `take` with the owner of every needle that ends at this state.
    pub(crate) fn owners(&self, state: u32, take: &mut dyn FnMut(u32)) {
        let mut output = self.nodes[state as usize].output;
        while output != NONE {
            let node = &self.nodes[output as usize];
            self.owners[node.needle as usize].iter().for_each(|owner| take(*owner));
            output = self.nodes[node.fail as usize].output;
        }
    }
}

/// Adds a needle to the trie and returns its last node.
fn insert(children: &mut Vec<Vec<(u8, u32)>>, ends: &mut Vec<u32>, needle: &[u8]) -> usize {
    let mut node = 0;
    for byte in needle {
        let existing = children[node].iter().find(|edge| edge.0 == *byte).map(|edge| edge.1);
        node = if let Some(child) = existing {
            child as usize
        } else {
            let child = children.len();
            children[node].push((*byte, index(child)));
            children.push(Vec::new());
            ends.push(NONE);
            child
        };
    }
    node
}

fn range_of(node: &Node) -> std::ops::Range<usize> {
    node.edges.0 as usize..node.edges.1 as usize
}

fn index(value: usize) -> u32 {
    u32::try_from(value).expect("secrets are limited far below 4 GiB of needles")
}
