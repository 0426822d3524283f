//! What a `uses:` names.

use crate::text::Text;

/// The name of a container image, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// Registry and repository.
    pub repository: String,
    /// The tag, if one is written.
    pub tag: Option<String>,
    /// The digest, if one is written: `sha256:…`.
    pub digest: Option<String>,
}

impl ImageReference {
    /// Takes an image's name apart.
    pub fn parse(name: &str) -> Self {
        let (name, digest) = match name.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (name, None),
        };
        // A colon before the last slash is a registry's port.
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag.to_owned())),
            _ => (name, None),
        };
        Self { repository: repository.to_owned(), tag, digest }
    }

    /// Returns whether the name fixes the bytes: a whole SHA-256 or SHA-512 digest.
    pub fn is_pinned(&self) -> bool {
        let Some((algorithm, digits)) = self.digest.as_deref().and_then(|it| it.split_once(':')) else {
            return false;
        };
        let length = match algorithm {
            "sha256" => 64,
            "sha512" => 128,
            _ => return false,
        };
        digits.len() == length && digits.bytes().all(|it| it.is_ascii_hexdigit())
    }
}

/// What a call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A directory or file of this repository, `./…`, without the `./`.
    Local(String),
    /// An action or workflow of a repository.
    Repository {
        /// The owner.
        owner: String,
        /// The repository.
        repository: String,
        /// The path in it; empty for its root.
        path: String,
        /// The branch, tag or commit; `None` where it is missing.
        reference: Option<String>,
    },
    /// A container image.
    Image(ImageReference),
    /// Computed when the pipeline runs, or not understood.
    Unknown,
}

impl Target {
    /// Parses the text of a `uses:`.
    pub fn of(uses: &Text) -> Self {
        let Some(text) = uses.literal().map(str::trim) else { return Self::Unknown };
        if let Some(image) = text.strip_prefix("docker://") {
            return Self::Image(ImageReference::parse(image));
        }
        // `$/` names the repository of the definition itself.
        if let Some(path) = text.strip_prefix("./").or_else(|| text.strip_prefix("$/")) {
            return Self::Local(path.trim_end_matches('/').to_owned());
        }
        if text == "." {
            return Self::Local(String::new());
        }
        let (name, reference) = match text.split_once('@') {
            Some((name, reference)) => (name, Some(reference.to_owned())),
            None => (text, None),
        };
        let mut parts = name.splitn(3, '/');
        match (parts.next(), parts.next()) {
            (Some(owner), Some(repository)) if !owner.is_empty() && !repository.is_empty() => {
                Self::Repository {
                    owner: owner.to_owned(),
                    repository: repository.to_owned(),
                    path: parts.next().unwrap_or("").to_owned(),
                    reference,
                }
            }
            _ => Self::Unknown,
        }
    }

    /// Returns `owner/repository` or `owner/repository/path` in lower case, if this names a repository.
    pub fn action_name(&self) -> Option<String> {
        let Self::Repository { owner, repository, path, .. } = self else { return None };
        let slash = if path.is_empty() { "" } else { "/" };
        Some(format!("{owner}/{repository}{slash}{path}").to_ascii_lowercase())
    }
}
