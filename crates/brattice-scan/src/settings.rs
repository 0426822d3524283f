//! Which settings and which baseline hold, and where they came from.

use std::path::Path;

use brattice_digest::Sha256;
use brattice_finding::{Location, Origin, RelativePath};
use brattice_rules::{BASELINE_BYTES_MAX, Baseline, CONFIG_BYTES_MAX, CheckSettings, Registry, Settings};
use brattice_store::{Root, read_bounded};

use crate::base::Base;
use crate::origin::{Place, relative};
use crate::{AddedSuppression, ScanError, ScanRequest};

/// Where a repository may keep its settings. There is one file.
const NAMES: [&str; 3] = ["brattice.toml", ".config/brattice.toml", ".github/brattice.toml"];

/// What holds for one scan.
pub(crate) struct Held {
    pub(crate) settings: Settings,
    pub(crate) origin: Origin,
    pub(crate) baseline: Option<(Baseline, Origin, Sha256)>,
    pub(crate) added: Vec<AddedSuppression>,
}

/// Finds the settings and the baseline of a request.
pub(crate) fn held(
    request: &ScanRequest<'_>,
    place: Option<&Place>,
    mut base: Option<&mut Base>,
) -> Result<Held, ScanError> {
    let own = request.own_settings.clone();
    let mut origin = if own.check == CheckSettings::default() { Origin::Default } else { Origin::Explicit };
    let mut settings = own;
    let mut added = Vec::new();
    if let Some(place) = place.filter(|_| request.repository_settings) {
        let root = Root::open(&place.root)?;
        let from = if base.is_some() { Origin::Base } else { Origin::Tree };
        let found = match &mut base {
            Some(base) => base_settings(base, request.registry)?,
            None => tree_settings(&root, request.registry)?,
        };
        if base.is_some() {
            added = added_by_settings(&root, found.as_ref(), request.registry);
        }
        if let Some(found) = found {
            settings = found.overlaid_with(settings);
            origin = from;
        }
    }
    let baseline = match request.baseline {
        Some(path) => read_baseline(path, place, base)?,
        None => None,
    };
    Ok(Held { settings, origin, baseline, added })
}

fn tree_settings(root: &Root, registry: &Registry) -> Result<Option<Settings>, ScanError> {
    let mut files = Vec::new();
    for name in NAMES {
        match root.read(name.as_bytes(), CONFIG_BYTES_MAX as u64) {
            Ok(bytes) => files.push((name, bytes)),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error.into()),
        }
    }
    one_of(files, Origin::Tree, registry)
}

fn base_settings(base: &mut Base, registry: &Registry) -> Result<Option<Settings>, ScanError> {
    let mut files = Vec::new();
    for name in NAMES {
        if let Some(bytes) = base.file(name.as_bytes(), CONFIG_BYTES_MAX as u64)? {
            files.push((name, bytes));
        }
    }
    one_of(files, Origin::Base, registry)
}

fn one_of(
    mut files: Vec<(&'static str, Vec<u8>)>,
    origin: Origin,
    registry: &Registry,
) -> Result<Option<Settings>, ScanError> {
    if files.len() > 1 {
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        return Err(ScanError::SeveralSettings(names.join(", ")));
    }
    let Some((name, bytes)) = files.pop() else { return Ok(None) };
    let text = String::from_utf8(bytes).map_err(|_| ScanError::SettingsNotText(name.to_owned()))?;
    let settings = Settings::read(&RelativePath::from(name), &text, origin, registry);
    settings.map(Some).map_err(ScanError::Settings)
}

/// Lists the ignores that the settings of the tree have and those of the base have not. Settings of the tree
/// that cannot be read silence nothing, so that they are no error here.
fn added_by_settings(root: &Root, base: Option<&Settings>, registry: &Registry) -> Vec<AddedSuppression> {
    let Ok(Some(tree)) = tree_settings(root, registry) else { return Vec::new() };
    let name = NAMES.iter().find(|name| root.state(name.as_bytes()).is_ok()).copied().unwrap_or(NAMES[0]);
    let whole_file = Location::file(&RelativePath::from(name));
    let known = base.map(|it| it.check.clone()).unwrap_or_default();
    let mut added = Vec::new();
    for rule in &tree.check.ignore {
        if !known.ignore.iter().any(|it| it.value == rule.value) {
            let (location, rules) = (whole_file.clone(), vec![rule.value.clone()]);
            added.push(AddedSuppression { by: "config", location, rules, reason: None });
        }
    }
    for entry in &tree.check.ignore_paths {
        let same = known
            .ignore_paths
            .iter()
            .any(|it| it.path == entry.path && it.rules == entry.rules && it.until == entry.until);
        if !same {
            let (location, rules) = (entry.location.clone(), entry.rules.clone());
            added.push(AddedSuppression { by: "config", location, rules, reason: entry.reason.clone() });
        }
    }
    added
}

/// Reads a baseline. One that lies in the repository is the tree's; with a base it is read from there, and a
/// base without it has none.
fn read_baseline(
    path: &Path,
    place: Option<&Place>,
    base: Option<&mut Base>,
) -> Result<Option<(Baseline, Origin, Sha256)>, ScanError> {
    let inside = place.and_then(|place| {
        let absolute = std::path::absolute(path).ok()?;
        let directory = absolute.parent()?.canonicalize().ok()?;
        let real = directory.join(absolute.file_name()?);
        real.starts_with(&place.root).then(|| relative(&place.root, &real))
    });
    let (bytes, origin) = match (inside, base) {
        (Some(inside), Some(base)) => match base.file(inside.as_bytes(), BASELINE_BYTES_MAX as u64)? {
            Some(bytes) => (bytes, Origin::Base),
            None => return Ok(None),
        },
        (inside, _) => {
            let bytes = read_bounded(path, BASELINE_BYTES_MAX as u64).map_err(|error| {
                if error.is_not_found() { ScanError::MissingPath(path.to_path_buf()) } else { error.into() }
            })?;
            (bytes, if inside.is_some() { Origin::Tree } else { Origin::Explicit })
        }
    };
    let baseline =
        Baseline::read(&bytes).map_err(|source| ScanError::Baseline { path: path.to_path_buf(), source })?;
    Ok(Some((baseline, origin, Sha256::of(&bytes))))
}
