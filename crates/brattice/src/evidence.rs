//! Keys, bundles and subjects: what the verbs about evidence share.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use brattice_attest::graph::{EVIDENCE_FILES_MAX, EvidenceFile, Graph};
use brattice_attest::key::{PublicKey, SigningKey};
use brattice_attest::oms::Manifest;
use brattice_attest::trust::{TRUST_BYTES_MAX, Trust};
use brattice_digest::Sha256;
use brattice_finding::{LineIndex, Origin};
use brattice_keys::{LoadError, load_public_key, load_signing_key};
use brattice_policy::{MAX_POLICY_BYTES, Policy};
use brattice_store::{
    Git, Repository, Subject, SubjectRules, create_new, walk, work_tree_root, write_atomic,
};

use crate::context::{Context, DOCUMENT_BYTES_MAX, read_named};
use crate::exit::{Failure, chain};

/// How the name of a bundle ends.
pub(crate) const BUNDLE_SUFFIX: &str = ".sigstore.json";

/// Loads a private key.
pub(crate) fn signing_key(context: &Context<'_>, path: &Path) -> Result<SigningKey, Failure> {
    load_signing_key(&context.path(path)).map_err(|error| key_failure(&error))
}

/// Loads a public key.
pub(crate) fn public_key(context: &Context<'_>, path: &Path) -> Result<PublicKey, Failure> {
    load_public_key(&context.path(path)).map_err(|error| key_failure(&error))
}

fn key_failure(error: &LoadError) -> Failure {
    Failure::usage(format!("failed to load the key: {}", chain(error)))
}

/// Reads and hashes a subject. `refused` is the exit code for one that breaks the rules: a mistake of the
/// user's who signs, a refusal to the one who verifies.
pub(crate) fn subject(
    context: &Context<'_>,
    path: &Path,
    rules: SubjectRules,
    refused: u8,
) -> Result<(Subject, Manifest), Failure> {
    use brattice_store::SubjectError;
    let subject = Subject::read(&context.path(path), rules).map_err(|error| {
        let code = match &error {
            error if error.is_not_found() => crate::exit::USAGE,
            SubjectError::Incomplete { .. }
            | SubjectError::Write { .. }
            | SubjectError::Read(brattice_store::ReadError::Io { .. }) => crate::exit::INCOMPLETE,
            _ => refused,
        };
        Failure::new(code, format!("failed to read {}: {}", path.display(), chain(&error)))
    })?;
    let manifest = manifest(&subject).map_err(|error| Failure::new(refused, chain(&error)))?;
    Ok((subject, manifest))
}

fn manifest(subject: &Subject) -> Result<Manifest, brattice_attest::oms::ManifestError> {
    match subject.files() {
        [only] if !subject.is_directory() => Ok(Manifest::of_file(only.sha256)),
        files => Manifest::of_directory(files.iter().map(|it| (it.path.clone(), it.sha256)).collect()),
    }
}

/// Writes a bundle to where the user said, else into the evidence folder under its digest.
pub(crate) fn write_bundle(
    context: &Context<'_>,
    path: Option<&Path>,
    bytes: &[u8],
) -> Result<(PathBuf, Sha256), Failure> {
    let digest = Sha256::of(bytes);
    let path = match path {
        Some(path) => context.path(path),
        None => context.default_evidence().join(format!("{digest}{BUNDLE_SUFFIX}")),
    };
    make_parent(&path)?;
    write_atomic(&path, bytes, 0o644).map_err(|error| Failure::incomplete(chain(&error)))?;
    Ok((path, digest))
}

/// Writes a file that must not exist.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    make_parent(path)?;
    create_new(path, bytes, 0o644).map_err(|error| Failure::usage(chain(&error)))
}

/// Makes the directory that a file goes into.
pub(crate) fn make_parent(path: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(parent) => std::fs::create_dir_all(parent)
            .map_err(|error| Failure::incomplete(format!("failed to make {}: {error}", parent.display()))),
        None => Ok(()),
    }
}

/// The evidence files as found, before anything is believed.
pub(crate) struct EvidenceFolder {
    files: Vec<(String, Vec<u8>)>,
}

impl EvidenceFolder {
    /// Reads every bundle under the paths; without one, under the default folder.
    pub(crate) fn read(context: &Context<'_>, paths: &[PathBuf]) -> Result<Self, Failure> {
        let default = [context.default_evidence()];
        let (paths, must_exist) = if paths.is_empty() { (&default[..], false) } else { (paths, true) };
        let mut files = Vec::new();
        for path in paths {
            let path = context.path(path);
            if path.is_dir() {
                read_folder(&path, &mut files)?;
            } else if must_exist || path.exists() {
                files.push((path.display().to_string(), read_named(&path, DOCUMENT_BYTES_MAX)?));
            }
        }
        Ok(Self { files })
    }

    /// Verifies every file against the trust root.
    pub(crate) fn graph(&self, trust: &Trust, now: jiff::Timestamp) -> Graph {
        let files: Vec<EvidenceFile<'_>> =
            self.files.iter().map(|(name, bytes)| EvidenceFile { name, bytes }).collect();
        Graph::build(&files, trust, now)
    }

    /// Returns the digest of every file.
    pub(crate) fn digests(&self) -> BTreeSet<Sha256> {
        self.files.iter().map(|(_, bytes)| Sha256::of(bytes)).collect()
    }

    /// Returns the files by name.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

fn read_folder(path: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), Failure> {
    let root = brattice_store::Root::open(path).map_err(|error| Failure::incomplete(chain(&error)))?;
    let walked = walk(&root, &brattice_store::WalkLimits::USUAL, |_| true);
    if let Some(problem) = walked.problems.first() {
        return Err(Failure::incomplete(format!("failed to list {}: {:?}", path.display(), problem.kind)));
    }
    for entry in walked.entries {
        let name = path.join(entry.os_path());
        if entry.state.kind != brattice_store::FileKind::Regular
            || !name.to_string_lossy().ends_with(BUNDLE_SUFFIX)
        {
            continue;
        }
        // A denial among those that nobody looks at would be no denial.
        if files.len() >= EVIDENCE_FILES_MAX {
            return Err(Failure::no(format!("there are more than {EVIDENCE_FILES_MAX} evidence files"))
                .hint("name the folder with this artifact's evidence alone"));
        }
        let bytes =
            root.read(&entry.path, DOCUMENT_BYTES_MAX).map_err(|error| Failure::incomplete(chain(&error)))?;
        files.push((name.display().to_string(), bytes));
    }
    Ok(())
}

/// A policy or trust file: its bytes and where they came from.
pub(crate) struct Governing {
    bytes: Vec<u8>,
    shown: String,
    origin: Origin,
}

impl Governing {
    /// Reads a file that governs a decision: from the command line, at a base commit, or as the user's
    /// configuration names it. Never from the work tree by itself.
    pub(crate) fn read(
        context: &Context<'_>,
        what: &str,
        flag: Option<&Path>,
        base: Option<&str>,
        configured: Option<&str>,
    ) -> Result<Self, Failure> {
        let path = flag.or(configured.map(Path::new)).ok_or_else(|| {
            Failure::usage(format!("there is no {what}"))
                .hint(format!("name one with `--{what} FILE`, or in your user configuration"))
        })?;
        let shown = path.display().to_string();
        if let Some(base) = base.filter(|_| flag.is_some()) {
            let bytes = read_at_base(context, path, base)?;
            return Ok(Self { bytes, shown: format!("{shown} at {base}"), origin: Origin::Base });
        }
        let bytes = context.read(path)?;
        Ok(Self { bytes, shown, origin: Origin::Explicit })
    }

    /// Returns SHA-256 of the file.
    pub(crate) fn sha256(&self) -> Sha256 {
        Sha256::of(&self.bytes)
    }

    /// Reads it as a trust root.
    pub(crate) fn trust(&self) -> Result<Trust, Failure> {
        if self.bytes.len() > TRUST_BYTES_MAX {
            return Err(Failure::usage(format!("{} has more than {TRUST_BYTES_MAX} bytes", self.shown)));
        }
        Trust::parse(&self.bytes).map_err(|error| {
            let place = error.span.as_ref().zip(std::str::from_utf8(&self.bytes).ok()).map(|(span, text)| {
                let start = u32::try_from(span.start).unwrap_or(u32::MAX);
                let position = LineIndex::new(text).position(text, start);
                format!(":{}:{}", position.line, position.column)
            });
            Failure::usage(format!("{}{}: {}", self.shown, place.unwrap_or_default(), error.message))
        })
    }

    /// Reads it as a policy.
    pub(crate) fn policy(&self) -> Result<Policy, Failure> {
        if self.bytes.len() > MAX_POLICY_BYTES {
            return Err(Failure::usage(format!("{} has more than {MAX_POLICY_BYTES} bytes", self.shown)));
        }
        Policy::parse(&self.bytes, self.origin).map_err(|error| {
            Failure::usage(format!("{}:{}:{}: {}", self.shown, error.line, error.column, error.message))
        })
    }
}

/// Reads a file as it stands in a commit. The path is relative to the current directory.
fn read_at_base(context: &Context<'_>, path: &Path, base: &str) -> Result<Vec<u8>, Failure> {
    let full = context.path(path);
    let (repository, root) = repository(context, &context.environment.directory)?;
    let relative = full.strip_prefix(&root).map_err(|_| {
        Failure::usage(format!("{} does not lie in the repository {}", path.display(), root.display()))
    })?;
    let failed = |error: &brattice_store::GitError| {
        Failure::usage(format!("failed to read `{base}`: {}", chain(error)))
    };
    let commit = repository.resolve(base).map_err(|error| failed(&error))?;
    let tree = repository.tree(&commit).map_err(|error| failed(&error))?;
    let wanted = std::os::unix::ffi::OsStrExt::as_bytes(relative.as_os_str());
    let entry = tree
        .iter()
        .find(|it| it.path == wanted)
        .ok_or_else(|| Failure::usage(format!("{} is not in `{base}`", relative.display())))?;
    let mut bytes = Vec::new();
    let mut objects = repository.objects().map_err(|error| failed(&error))?;
    objects
        .read(&entry.object, DOCUMENT_BYTES_MAX, &mut |chunk| bytes.extend_from_slice(chunk))
        .map_err(|error| failed(&error))?;
    Ok(bytes)
}

/// Opens the git repository that a directory lies in.
pub(crate) fn repository(context: &Context<'_>, directory: &Path) -> Result<(Repository, PathBuf), Failure> {
    let git = git(context).ok_or_else(|| Failure::usage("git is not installed, or not in `PATH`"))?;
    let root = work_tree_root(directory)
        .ok_or_else(|| Failure::usage(format!("{} is in no git repository", directory.display())))?;
    let repository = Repository::open(&git, &root)
        .ok_or_else(|| Failure::usage(format!("{} is no git repository", root.display())))?;
    Ok((repository, root))
}

/// Finds git by the caller's search path.
pub(crate) fn git(context: &Context<'_>) -> Option<Git> {
    context.environment.get("PATH").and_then(Git::find)
}
