//! Which files an area examines, and their texts.

use brattice_finding::{Area, Coverage, Input, InputStatus, Problem, ProblemCode, RelativePath};
use brattice_store::{FileKind, ReadError, Root, WalkLimits, WalkProblemKind, walk};

use crate::ScanError;
use crate::origin::{Place, lies_beneath};

/// The largest file that is read, in bytes. GitHub takes workflows up to half a mebibyte; generated ones
/// elsewhere reach a few.
pub const FILE_BYTES_MAX: u64 = 16 << 20;

/// The most files of one scan: more pipeline definitions than the largest monorepos hold.
pub const INPUTS_MAX: usize = 50_000;

/// The most bytes of one scan, all of which are held in memory for the report.
pub const TOTAL_BYTES_MAX: u64 = 512 << 20;

/// What a file is, as its path tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Workflow,
    Action,
    /// Named by the user: its content decides.
    Sniffed,
}

/// A file with its text.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: RelativePath,
    pub(crate) role: Role,
    pub(crate) text: String,
    /// Whether it was asked for, or is context: who calls an action decides what a finding in it means.
    pub(crate) asked: bool,
}

/// A file that will be read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: RelativePath,
    pub(crate) asked: bool,
    pub(crate) role: Role,
    pub(crate) kind: FileKind,
}

/// What was collected: texts, and inputs that never became one.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) sources: Vec<Source>,
    pub(crate) unread: Vec<Input>,
    bytes: u64,
}

impl Collected {
    /// Reads everything that a request names beneath its root, and in a repository the rest as context.
    pub(crate) fn of_place(place: &Place) -> Result<Self, ScanError> {
        let root = Root::open(&place.root)?;
        let mut collected = Self::default();
        let mut found: Vec<Found> = Vec::new();
        for path in &place.files {
            let role = role_of(path.as_bytes(), place).unwrap_or(Role::Sniffed);
            let kind = root.state(path.as_bytes()).map_or(FileKind::Regular, |state| state.kind);
            found.push(Found { path: path.clone(), asked: true, role, kind });
        }
        if place.is_repository || !place.directories.is_empty() {
            collected.walk(&root, place, &mut found);
        }
        // Of two mentions of one file the asked one stays.
        found.sort_by(|a, b| (&a.path, !a.asked).cmp(&(&b.path, !b.asked)));
        found.dedup_by(|a, b| a.path == b.path);
        for it in found {
            collected.read(&root, it);
        }
        Ok(collected)
    }

    /// Takes bytes that came in under a name. No bytes, no input.
    pub(crate) fn of_bytes(name: &str, bytes: &[u8]) -> Self {
        let mut collected = Self::default();
        if !bytes.trim_ascii().is_empty() {
            let path = RelativePath::from(name);
            collected.take(
                Found { path, asked: true, role: Role::Sniffed, kind: FileKind::Regular },
                bytes.to_vec(),
            );
        }
        collected
    }

    fn walk(&mut self, root: &Root, place: &Place, found: &mut Vec<Found>) {
        let asked = |path: &[u8]| place.directories.iter().any(|it| lies_beneath(path, it.as_bytes()));
        let leads_to = |path: &[u8]| place.directories.iter().any(|it| lies_beneath(it.as_bytes(), path));
        let walked = walk(root, &WalkLimits::USUAL, |path| {
            // What git keeps for itself is not part of the tree. Ignore files are not asked: an ignored
            // but committed file would be a way round the scan.
            let is_git = path == b".git" || path.ends_with(b"/.git");
            // What is not asked for is context, and callers mostly live there. A home directory may be a
            // repository too, so no more than that is walked for the sake of one file.
            let is_context = place.is_repository && lies_beneath(path, b".github");
            !is_git && (is_context || asked(path) || leads_to(path))
        });
        for problem in walked.problems {
            let (code, message): (ProblemCode, String) = match problem.kind {
                WalkProblemKind::Unreadable(error) => ("unreadable", reason(&error)),
                WalkProblemKind::TooDeep => ("too-deep", "directory lies too deep to be walked".to_owned()),
                WalkProblemKind::PathTooLong => ("path-too-long", "path is too long to be walked".to_owned()),
                WalkProblemKind::TooManyEntries => ("too-many-files", "the walk ended here".to_owned()),
            };
            if asked(&problem.path) || code == "too-many-files" {
                self.unread(RelativePath::new(problem.path), code, message);
            }
        }
        for entry in walked.entries {
            let asked = asked(&entry.path);
            let kind = entry.state.kind;
            if asked && kind == FileKind::Symlink && is_workflow_directory(&entry.path) {
                let message = "is a link, so no workflow beneath it was examined".to_owned();
                self.unread(RelativePath::new(entry.path), "linked-directory", message);
                continue;
            }
            let role = role_of(&entry.path, place).filter(|_| kind != FileKind::Directory);
            if let Some(role) = role.filter(|_| asked || place.is_repository) {
                found.push(Found { path: RelativePath::new(entry.path), asked, role, kind });
            }
        }
    }

    fn read(&mut self, root: &Root, found: Found) {
        if self.sources.len() >= INPUTS_MAX || self.bytes >= TOTAL_BYTES_MAX {
            // Once is enough: one incomplete input makes the scan incomplete.
            if self.unread.last().is_none_or(|it| it.problems.iter().all(|it| it.code != "too-many-inputs")) {
                let message = format!("more than {INPUTS_MAX} files or {TOTAL_BYTES_MAX} bytes to examine");
                self.unread(found.path, "too-many-inputs", message);
            }
            return;
        }
        let path = found.path.as_bytes();
        let is_link = found.kind == FileKind::Symlink;
        let target = if is_link { link_target(root, path) } else { Some(path.to_vec()) };
        let read = target.map(|target| root.read(&target, FILE_BYTES_MAX));
        match read {
            Some(Ok(bytes)) => self.take(found, bytes),
            _ if !found.asked => {}
            None => self.unread(found.path, "link-leaves-root", "is a link that leaves the root".to_owned()),
            Some(Err(error)) => {
                let code = match error {
                    ReadError::TooLarge { .. } => "too-large",
                    ReadError::NotRegular { .. } => "not-a-file",
                    _ => "unreadable",
                };
                self.unread(found.path, code, reason(&error));
            }
        }
    }

    /// Takes the bytes of a file.
    pub(crate) fn take(&mut self, found: Found, bytes: Vec<u8>) {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        let Found { path, asked, role, .. } = found;
        match String::from_utf8(bytes) {
            Ok(text) => self.sources.push(Source { path, role, text, asked }),
            Err(error) if asked => {
                let at = error.utf8_error().valid_up_to();
                self.unread(path, "not-utf8", format!("is not UTF-8 at byte {at}"));
            }
            Err(_) => {}
        }
    }

    /// Notes a file that never became a text.
    pub(crate) fn unread(&mut self, path: RelativePath, code: ProblemCode, message: String) {
        let problem = Problem { code, message, location: None, incomplete: true };
        self.unread.push(Input {
            path,
            area: Area::Pipeline,
            kind: "unread",
            status: InputStatus::Incomplete,
            problems: vec![problem],
            coverage: Coverage::default(),
        });
    }
}

/// Says why a file could not be read, without its path, which stands beside.
fn reason(error: &ReadError) -> String {
    match error {
        ReadError::TooLarge { bytes_max, .. } => format!("has more than {bytes_max} bytes"),
        ReadError::NotRegular { .. } => "is not a regular file".to_owned(),
        ReadError::Changed { .. } => "changed while it was read".to_owned(),
        ReadError::NotFound { .. } => "does not exist".to_owned(),
        ReadError::Escapes { .. } => "does not stay beneath the root".to_owned(),
        ReadError::Io { source, .. } => format!("cannot be read: {}", source.kind()),
    }
}

/// Returns what a path says about a file. In a git work tree only the workflows of its own root run, but a
/// directory that the user named is taken for the root of what lies in it; beneath a plain directory there may
/// be several repositories.
pub(crate) fn role_of(path: &[u8], place: &Place) -> Option<Role> {
    let (directory, name) = match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (path.get(..at)?, path.get(at + 1..)?),
        None => (&b""[..], path),
    };
    let is_yaml = name.ends_with(b".yml") || name.ends_with(b".yaml");
    let nested = directory.strip_suffix(WORKFLOWS).and_then(|it| it.strip_suffix(b"/"));
    let named = |it: &[u8]| place.directories.iter().any(|directory| directory.as_bytes() == it);
    let holds = directory == WORKFLOWS || nested.is_some_and(|it| !place.is_repository || named(it));
    if is_yaml && holds {
        // Even one named `action.yml`: what lies there is started as a workflow.
        return Some(Role::Workflow);
    }
    matches!(name, b"action.yml" | b"action.yaml").then_some(Role::Action)
}

const WORKFLOWS: &[u8] = b".github/workflows";

fn is_workflow_directory(path: &[u8]) -> bool {
    path == b".github" || path == WORKFLOWS
}

/// Returns where a link points to, relative to the root, if that is beneath it as far as names tell; the
/// reader refuses a second link.
fn link_target(root: &Root, path: &[u8]) -> Option<Vec<u8>> {
    let target = root.read_link(path).ok()?;
    if target.starts_with(b"/") {
        return None;
    }
    let mut names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    names.pop();
    for name in target.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => {
                names.pop()?;
            }
            _ => names.push(name),
        }
    }
    Some(names.join(&b'/'))
}
