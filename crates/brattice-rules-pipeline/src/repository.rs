//! All definitions of one repository, and what they know of each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use brattice_finding::Span;
use brattice_pipeline::ir::Target;

use crate::File;

/// A place that calls a local action or workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The index of the calling file.
    pub file_index: usize,
    /// The `uses:` that calls.
    pub span: Span,
}

/// An event that starts a file, directly or through files that call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The index of the file that the event starts.
    pub file_index: usize,
    /// The index of the trigger in that file.
    pub trigger_index: usize,
    /// The calls from there to the file in question, outermost first.
    pub calls: Vec<Caller>,
}

/// A use of an action by a whole commit hash, with the version that its comment claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The commit's 40 hexadecimal digits.
    pub commit: String,
    /// The version that the comment beside it claims.
    pub version: String,
}

/// The definitions of one repository.
#[derive(Debug)]
pub struct Repository<'t> {
    files: Vec<File<'t>>,
    callers: HashMap<String, Vec<Caller>>,
    pins: BTreeMap<String, Vec<Pin>>,
}

impl<'t> Repository<'t> {
    /// Takes the files of a repository, in any order.
    pub fn new(files: Vec<File<'t>>) -> Self {
        let mut callers: HashMap<String, Vec<Caller>> = HashMap::new();
        let mut pins: BTreeMap<String, Vec<Pin>> = BTreeMap::new();
        for (file_index, file) in files.iter().enumerate() {
            for (_, _, call) in file.pipeline.calls() {
                if let Target::Local(path) = &call.target {
                    let caller = Caller { file_index, span: call.uses.span };
                    callers.entry(normal(path)).or_default().push(caller);
                }
                if let Some((name, pin)) = pin(file, &call.target, call.uses.span) {
                    let known = pins.entry(name).or_default();
                    if !known.contains(&pin) {
                        known.push(pin);
                    }
                }
            }
        }
        Self { files, callers, pins }
    }

    /// Returns the files.
    pub fn files(&self) -> &[File<'t>] {
        &self.files
    }

    /// Returns the pins of an action that other uses in this repository show. `name` as
    /// [`Target::action_name`] gives it.
    pub fn pins(&self, name: &str) -> &[Pin] {
        self.pins.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the places that call a file of this repository.
    pub fn callers(&self, file: &File<'_>) -> &[Caller] {
        let Some(path) = file.path.as_str() else { return &[] };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // A workflow is called by its file, an action by its folder.
        let name = match file.kind {
            crate::FileKind::Workflow => path,
            crate::FileKind::Action => folder,
        };
        self.callers.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns every event that starts a file, through calls as well: one start for each way through the
    /// calls, because one way may be guarded and another not. No way passes a call twice, so that this ends.
    pub fn starts(&self, file: &File<'_>) -> Vec<Start> {
        let mut starts = Vec::new();
        let index = self.files.iter().position(|it| it.path == file.path);
        let mut open: Vec<(usize, Vec<Caller>)> = index.map(|it| (it, Vec::new())).into_iter().collect();
        let mut seen = HashSet::new();
        let mut ways = 0;
        while let Some((file_index, calls)) = open.pop() {
            let Some(current) = self.files.get(file_index) else { continue };
            ways += 1;
            for trigger_index in 0..current.pipeline.triggers.len() {
                starts.push(Start { file_index, trigger_index, calls: calls.clone() });
            }
            for caller in self.callers(current) {
                let is_new = seen.insert(caller.file_index);
                if calls.contains(caller) || (ways + open.len() > WAYS_MAX && !is_new) {
                    continue;
                }
                let calls = std::iter::once(*caller).chain(calls.iter().copied()).collect();
                open.push((caller.file_index, calls));
            }
        }
        starts
    }
}

/// Ways through calls can be exponentially many, and each interpolation is judged under each of them. Beyond
/// this many, a way is only added for a file that was not passed before; repositories have a few dozen.
const WAYS_MAX: usize = 100;

/// Brings a local path into the form that file paths have.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Reads a pin and the version comment behind it, as in `uses: a/b@HASH # v1.2.3`.
fn pin(file: &File<'_>, target: &Target, uses: Span) -> Option<(String, Pin)> {
    let Target::Repository { reference: Some(commit), .. } = target else { return None };
    if !is_commit(commit) {
        return None;
    }
    let rest = file.text.get(uses.end as usize..)?.split('\n').next()?;
    let comment = rest.trim().strip_prefix('#')?;
    let version =
        comment.split_whitespace().map(|it| it.trim_start_matches("tag=")).find(|it| is_version(it))?;
    Some((target.action_name()?, Pin { commit: commit.clone(), version: version.to_owned() }))
}

/// Returns whether a reference is a whole commit hash, of SHA-1 or SHA-256.
pub(crate) fn is_commit(reference: &str) -> bool {
    matches!(reference.len(), 40 | 64) && reference.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Returns whether a word is a version: `v4`, `4.1.2`, `v1.2.3-rc.1`.
pub(crate) fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix('v').unwrap_or(word);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'_'))
}
