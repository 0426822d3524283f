//! The OpenSSF Model Signing v1.0 manifest: which files make a model, and its root digest.
//!
//! Files are signed in the standard's order, lexicographic by the whole name's bytes. The reference
//! implementation sorts by path components, which gives another root digest for the same files; a reader
//! must therefore take the order as found. A model's identity in the evidence graph is the root in the
//! standard's order, whichever order was signed.
//!
//! A model that is one file is written as the reference implementation writes it: one resource named `.`.
//! Its identity in the graph is kind `file` and SHA-256 of its bytes.
//!
//! What it is not: it reads no directory. Sharded manifests, BLAKE and the pre-1.0 format are refused.

use std::collections::BTreeSet;

use brattice_digest::{Sha256, Sha256Hasher};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bundle::Hint;
use crate::key::PublicKey;
use crate::node::{Node, NodeKind};
use crate::statement::{DigestSet, Predicate, ResourceDescriptor, Statement, StatementError};

/// The most files of one model: 200,000 names of 200 bytes fit the largest JSON document that is read.
pub const RESOURCES_MAX: usize = 200_000;

/// The longest name, in bytes: the limit of Linux for a path.
pub const NAME_BYTES_MAX: usize = 4096;

/// The most ignored paths: the reference implementation writes five.
pub const IGNORE_PATHS_MAX: usize = 4096;

/// The name of the one resource of a model that is one file.
const SINGLE_FILE: &str = ".";

const METHOD: &str = "files";
const HASH_TYPE: &str = "sha256";

/// Why a manifest is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Nothing is signed: the standard says that an empty model must be refused.
    #[error("model has no files")]
    Empty,
    /// More than [`RESOURCES_MAX`] files or [`IGNORE_PATHS_MAX`] ignored paths.
    #[error("model manifest is too long")]
    TooLong,
    /// A file name is not UTF-8, and the format has no way to write it.
    #[error("file name is not UTF-8: {0}")]
    NotUtf8(String),
    /// A name that could lead out of the model, or that two systems read differently.
    #[error("name {0:?} is not a plain relative path")]
    Name(String),
    /// One name twice.
    #[error("name {0:?} is listed twice")]
    Duplicate(String),
    /// One name is a file, and another treats it as a directory.
    #[error("name {0:?} is a file and a directory at once")]
    FileAndDirectory(String),
    /// An ignored path that could ignore the model itself, or lead out of it.
    #[error("ignored path {0:?} is not a plain relative path")]
    IgnoredPath(String),
    /// A serialization method that is not understood.
    #[error("serialization method `{0}` is not supported, only `files`")]
    Method(String),
    /// A hash algorithm that is not understood.
    #[error("hash algorithm `{0}` is not supported, only `sha256`")]
    Algorithm(String),
    /// The statement is not about one thing.
    #[error("model statement has {0} subjects, expected exactly one")]
    SubjectCount(usize),
    /// The subject's digest is not the root of the manifest.
    #[error("subject digest is not the root digest of the manifest")]
    Root,
}

/// One file of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its path relative to the model, with `/`; `.` for a model that is one file.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
}

/// A checked list of files, in the order in which it was given or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    resources: Vec<Resource>,
}

impl Manifest {
    /// Builds the manifest of a directory, in the standard's order, from paths relative to it.
    pub fn of_directory(files: Vec<(Vec<u8>, Sha256)>) -> Result<Self, ManifestError> {
        let mut resources = Vec::with_capacity(files.len());
        for (path, sha256) in files {
            let name = String::from_utf8(path).map_err(|error| {
                ManifestError::NotUtf8(String::from_utf8_lossy(error.as_bytes()).into_owned())
            })?;
            resources.push(Resource { name, sha256 });
        }
        resources.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        let manifest = Self::checked(resources)?;
        if manifest.single_file().is_some() {
            return Err(ManifestError::Name(SINGLE_FILE.to_owned()));
        }
        Ok(manifest)
    }

    /// Builds the manifest of a model that is one file.
    pub fn of_file(sha256: Sha256) -> Self {
        Self { resources: vec![Resource { name: SINGLE_FILE.to_owned(), sha256 }] }
    }

    fn checked(resources: Vec<Resource>) -> Result<Self, ManifestError> {
        if resources.is_empty() {
            return Err(ManifestError::Empty);
        }
        if resources.len() > RESOURCES_MAX {
            return Err(ManifestError::TooLong);
        }
        if !matches!(resources.as_slice(), [only] if only.name == SINGLE_FILE) {
            check_names(&resources)?;
        }
        Ok(Self { resources })
    }

    /// Returns the files in their order.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// Returns the root digest: SHA-256 over the raw digests, in the manifest's order.
    pub fn root(&self) -> Sha256 {
        root(self.resources.iter())
    }

    /// Returns the identity of what the manifest describes, which does not depend on its order.
    pub fn node(&self) -> Node {
        if let Some(sha256) = self.single_file() {
            return Node { kind: NodeKind::File, sha256 };
        }
        let mut sorted: Vec<&Resource> = self.resources.iter().collect();
        sorted.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        Node { kind: NodeKind::Model, sha256: root(sorted.into_iter()) }
    }

    fn single_file(&self) -> Option<Sha256> {
        match self.resources.as_slice() {
            [only] if only.name == SINGLE_FILE => Some(only.sha256),
            _ => None,
        }
    }

    /// Returns SHA-256 over the lines `NAME NUL SHA256HEX LF`, sorted by name. The standard's root covers the
    /// digests alone: renaming a file within the order leaves it as it is, so that `weights.npz` can become
    /// `weights.pkl`. Our statements carry this digest beside the root.
    pub fn names(&self) -> Sha256 {
        let mut resources: Vec<&Resource> = self.resources.iter().collect();
        resources.sort_by(|a, b| a.name.cmp(&b.name));
        let mut hasher = Sha256Hasher::new();
        for resource in resources {
            hasher.update(resource.name.as_bytes());
            hasher.update(b"\0");
            hasher.update(resource.sha256.to_hex().as_bytes());
            hasher.update(b"\n");
        }
        hasher.finish()
    }

    /// Returns what differs from the files that are there, in the order of names.
    pub fn differences(&self, actual: &Self) -> Vec<Difference> {
        let map = |manifest: &Self| -> std::collections::BTreeMap<String, Sha256> {
            manifest.resources.iter().map(|it| (it.name.clone(), it.sha256)).collect()
        };
        let (signed, actual) = (map(self), map(actual));
        let mut differences: Vec<Difference> = Vec::new();
        for name in signed.keys().chain(actual.keys()).collect::<BTreeSet<_>>() {
            match (signed.get(name), actual.get(name)) {
                (Some(_), None) => differences.push(Difference::Missing(name.clone())),
                (None, Some(_)) => differences.push(Difference::Unsigned(name.clone())),
                (Some(a), Some(b)) if a != b => differences.push(Difference::Changed(name.clone())),
                _ => {}
            }
        }
        differences
    }
}

/// How files differ from a signed manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Signed, and not there.
    Missing(String),
    /// There, and not signed.
    Unsigned(String),
    /// There with other bytes than those that were signed.
    Changed(String),
}

fn root<'a>(resources: impl Iterator<Item = &'a Resource>) -> Sha256 {
    let mut hasher = Sha256Hasher::new();
    for resource in resources {
        hasher.update(resource.sha256.as_bytes());
    }
    hasher.finish()
}

fn check_names(resources: &[Resource]) -> Result<(), ManifestError> {
    let mut names = BTreeSet::new();
    for resource in resources {
        if !is_plain_relative(&resource.name) {
            return Err(ManifestError::Name(shortened(&resource.name)));
        }
        if !names.insert(resource.name.as_str()) {
            return Err(ManifestError::Duplicate(shortened(&resource.name)));
        }
    }
    for name in &names {
        for (index, _) in name.match_indices('/') {
            if let Some(parent) = name.get(..index).filter(|parent| names.contains(parent)) {
                return Err(ManifestError::FileAndDirectory(shortened(parent)));
            }
        }
    }
    Ok(())
}

/// Refuses what leads out of the model (`..`, absolute, a drive), what has a second spelling (empty and `.`
/// components), what another system splits (`\`), and what a terminal or a C library reads differently
/// (control characters).
fn is_plain_relative(name: &str) -> bool {
    name.len() <= NAME_BYTES_MAX
        && name.split('/').all(|component| !matches!(component, "" | "." | ".."))
        && !name.contains('\\')
        && !name.chars().any(char::is_control)
        && !has_drive(name)
}

fn has_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

fn shortened(name: &str) -> String {
    name.chars().take(256).collect()
}

/// The predicate of a model signature, as it stands in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelSignature {
    serialization: Serialization,
    resources: Vec<ResourceWire>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct Serialization {
    method: String,
    hash_type: String,
    allow_symlinks: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignore_paths: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct ResourceWire {
    name: String,
    algorithm: String,
    digest: Sha256,
}

impl ModelSignature {
    /// Puts a manifest in statement form, ready to sign. `name` is informative; `ignore_paths` says what the
    /// signer left out, relative to the model.
    pub fn statement(name: &str, manifest: &Manifest, ignore_paths: Vec<String>) -> Statement<Self> {
        let resource = |it: &Resource| ResourceWire {
            name: it.name.clone(),
            algorithm: HASH_TYPE.to_owned(),
            digest: it.sha256,
        };
        let subject = ResourceDescriptor {
            name: Some(name.to_owned()),
            digest: DigestSet { sha256: Some(manifest.root()), git_commit: None },
            ..ResourceDescriptor::default()
        };
        let serialization = Serialization {
            method: METHOD.to_owned(),
            hash_type: HASH_TYPE.to_owned(),
            allow_symlinks: false,
            ignore_paths,
        };
        let resources = manifest.resources.iter().map(resource).collect();
        Statement::new(vec![subject], Self { serialization, resources })
    }

    /// Returns the manifest, checked, in the order as found.
    pub fn manifest(&self) -> Result<Manifest, ManifestError> {
        if self.serialization.method != METHOD {
            return Err(ManifestError::Method(shortened(&self.serialization.method)));
        }
        if self.serialization.hash_type != HASH_TYPE {
            return Err(ManifestError::Algorithm(shortened(&self.serialization.hash_type)));
        }
        if self.serialization.ignore_paths.len() > IGNORE_PATHS_MAX {
            return Err(ManifestError::TooLong);
        }
        for path in &self.serialization.ignore_paths {
            if !is_plain_relative(path) || path.contains('*') {
                return Err(ManifestError::IgnoredPath(shortened(path)));
            }
        }
        let mut resources = Vec::with_capacity(self.resources.len());
        for wire in &self.resources {
            if wire.algorithm != HASH_TYPE {
                return Err(ManifestError::Algorithm(shortened(&wire.algorithm)));
            }
            resources.push(Resource { name: wire.name.clone(), sha256: wire.digest });
        }
        Manifest::checked(resources)
    }

    /// Returns what the signer left out. A strict verifier ignores nothing; see the manifest instead.
    pub fn ignore_paths(&self) -> &[String] {
        &self.serialization.ignore_paths
    }
}

impl Predicate for ModelSignature {
    const TYPE: &'static str = "https://model_signing/signature/v1.0";

    /// The reference implementation writes other bytes than we do, and nothing names these files.
    const FILE_IS_IDENTITY: bool = false;

    fn time(&self) -> Option<Timestamp> {
        None
    }

    /// The subject carries no annotation, as the standard has none: the kind follows from the manifest.
    fn check(&self, subject: &[ResourceDescriptor]) -> Result<Vec<Node>, StatementError> {
        let [only] = subject else {
            return Err(ManifestError::SubjectCount(subject.len()).into());
        };
        let manifest = self.manifest()?;
        if only.sha256()? != manifest.root() {
            return Err(ManifestError::Root.into());
        }
        Ok(vec![manifest.node()])
    }

    /// `model-signing` refuses a bundle whose hint is not its own spelling.
    fn hint(key: &PublicKey) -> Hint {
        Hint::model_signing(key)
    }
}
