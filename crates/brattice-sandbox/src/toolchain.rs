//! Finds the interpreters that the caller's `PATH` leads to outside of the system directories.
//!
//! What it is for: `python` from pyenv, conda, uv or a virtual environment lies under a home that must not
//! be visible inside. This finds the smallest directories that make it work, and the `PATH` that names them.
//!
//! What it is not: it runs no tool. Shims are resolved by reading the files that their tools document.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Entries of a search path that are looked at; more is not a path that a person wrote.
const ENTRIES_MAX: usize = 256;

/// Files in one directory of programs whose links are followed.
const LINKS_MAX: usize = 4096;

/// Bytes of a version file or of `pyvenv.cfg`.
const FILE_BYTES_MAX: u64 = 16 << 10;

/// The directories that every sandbox has, read-only.
pub(crate) const SYSTEM: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/// What must be visible for the caller's tools to work.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Toolchain {
    /// Directories to mount read-only, at their own paths.
    pub(crate) prefixes: BTreeSet<PathBuf>,
    /// The search path inside.
    pub(crate) search_path: Vec<PathBuf>,
    /// Variables that a tool needs to find itself.
    pub(crate) variables: Vec<(&'static str, PathBuf)>,
}

/// What the search is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search<'a> {
    /// The caller's `PATH`.
    pub(crate) callers: &'a [PathBuf],
    /// Prefixes that the caller named.
    pub(crate) extra: &'a [PathBuf],
    /// The canonical workspace.
    pub(crate) workspace: &'a Path,
    /// The program, if it was named by an absolute path.
    pub(crate) program: Option<&'a Path>,
    /// The value of `PYENV_VERSION` in the job's environment.
    pub(crate) pyenv_version: Option<&'a str>,
}

/// Finds prefixes and search path.
pub(crate) fn discover(search: Search<'_>) -> Toolchain {
    let mut found = Toolchain::default();
    for prefix in search.extra.iter().filter_map(|it| fs::canonicalize(it).ok()) {
        found.push_path(prefix.join("bin"));
        found.prefixes.insert(prefix);
    }
    for entry in search.callers.iter().take(ENTRIES_MAX) {
        if entry.is_absolute() {
            found.add_entry(entry, search);
        }
    }
    for entry in ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"] {
        found.push_path(PathBuf::from(entry));
    }
    if let Some(directory) = search.program.and_then(Path::parent)
        && !is_system(directory)
        && let Some(prefix) = prefix_of(directory)
    {
        found.add_prefix(&prefix, search.workspace);
    }
    // What lies beneath another prefix comes with it.
    let all = found.prefixes.clone();
    found.prefixes.retain(|it| !it.ancestors().skip(1).any(|above| all.contains(above)));
    found
}

impl Toolchain {
    fn push_path(&mut self, path: PathBuf) {
        if !self.search_path.contains(&path) {
            self.search_path.push(path);
        }
    }

    fn add_entry(&mut self, entry: &Path, search: Search<'_>) {
        if is_system(entry) {
            self.push_path(entry.to_owned());
            return;
        }
        if entry.file_name() == Some(OsStr::new("shims")) {
            self.add_shims(entry, search);
            return;
        }
        let Ok(directory) = fs::canonicalize(entry) else { return };
        if let Some(prefix) = prefix_of(&directory) {
            self.push_path(directory.clone());
            self.add_prefix(&prefix, search.workspace);
        } else if is_narrow(&directory, search.workspace) {
            self.push_path(directory.clone());
            if !directory.starts_with(search.workspace) {
                self.prefixes.insert(directory.clone());
            }
            self.add_rustup(&directory);
        } else {
            return;
        }
        self.add_link_targets(&directory, search.workspace);
    }

    /// Adds the versions of pyenv that its shims would choose: the environment, the workspace's
    /// `.python-version` or one above it, or the global choice.
    fn add_shims(&mut self, shims: &Path, search: Search<'_>) {
        let Some(root) = shims.parent() else { return };
        if !root.join("versions").is_dir() {
            return;
        }
        let chosen = search
            .pyenv_version
            .map(|it| it.replace(':', "\n"))
            .or_else(|| {
                let mut above = search.workspace.ancestors();
                above.find_map(|it| read_small(&it.join(".python-version")))
            })
            .or_else(|| read_small(&root.join("version")));
        for version in chosen.unwrap_or_default().split_whitespace() {
            if version.contains('/') || version.starts_with('.') {
                continue;
            }
            let Some(prefix) = pyenv_version_directory(root, version) else { continue };
            self.push_path(prefix.join("bin"));
            self.add_prefix(&prefix, search.workspace);
        }
    }

    /// Adds a prefix, and for a virtual environment the installation beneath it.
    fn add_prefix(&mut self, prefix: &Path, workspace: &Path) {
        let mut next = Some(prefix.to_owned());
        // Environments on environments: a handful, and a cycle ends.
        for _ in 0..4 {
            let Some(prefix) = next.take() else { return };
            if !prefix.starts_with(workspace) && is_narrow(&prefix, workspace) && !is_system(&prefix) {
                self.prefixes.insert(prefix.clone());
            }
            self.add_link_targets(&prefix.join("bin"), workspace);
            let configuration = read_small(&prefix.join("pyvenv.cfg")).unwrap_or_default();
            next = configuration.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                let home = fs::canonicalize(value.trim()).ok()?;
                (key.trim() == "home" && !is_system(&home)).then(|| prefix_of(&home)).flatten()
            });
        }
    }

    /// Adds the prefixes that interpreters in `directory` are links into, as uv and others lay them out.
    fn add_link_targets(&mut self, directory: &Path, workspace: &Path) {
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries.take(LINKS_MAX).filter_map(Result::ok) {
            let is_link = entry.file_type().is_ok_and(|it| it.is_symlink());
            let name = entry.file_name();
            let interpreter =
                ["python", "pypy", "node", "ruby", "uv"].iter().any(|it| starts_with(&name, it));
            if !is_link || !interpreter {
                continue;
            }
            let Ok(target) = fs::canonicalize(entry.path()) else { continue };
            if let Some(prefix) = target.parent().filter(|it| !is_system(it)).and_then(prefix_of)
                && !prefix.starts_with(workspace)
                && is_narrow(&prefix, workspace)
            {
                self.prefixes.insert(prefix);
            }
        }
    }

    /// Rust's proxies look for their toolchains beside the directory of programs.
    fn add_rustup(&mut self, directory: &Path) {
        let home = directory.ancestors().nth(2).map(|it| it.join(".rustup"));
        if let Some(home) = home.filter(|it| it.is_dir() && directory.join("rustup").exists()) {
            self.prefixes.insert(home.clone());
            self.variables.push(("RUSTUP_HOME", home));
        }
    }
}

/// Returns whether a path lies in a directory that every sandbox has.
pub(crate) fn is_system(path: &Path) -> bool {
    SYSTEM.iter().any(|it| path.starts_with(it))
}

/// Returns the prefix that a directory of programs belongs to, if it looks like an installation of its own:
/// never a home directory that merely has a `bin`.
fn prefix_of(directory: &Path) -> Option<PathBuf> {
    if directory.file_name() != Some(OsStr::new("bin")) {
        return None;
    }
    let prefix = directory.parent()?;
    if prefix.join("pyvenv.cfg").is_file() || prefix.join("conda-meta").is_dir() {
        return Some(prefix.to_owned());
    }
    // `~/.local` has libraries too, but with the user's data (keyrings, histories) beside them.
    if prefix.join("share/keyrings").exists() || prefix.file_name() == Some(OsStr::new(".local")) {
        return None;
    }
    let mut libraries = fs::read_dir(prefix.join("lib")).ok()?.take(LINKS_MAX).filter_map(Result::ok);
    libraries
        .any(|it| {
            let name = it.file_name();
            starts_with(&name, "python") || starts_with(&name, "pypy") || starts_with(&name, "node_modules")
        })
        .then(|| prefix.to_owned())
}

/// Returns whether mounting a directory would show little more than itself: not a root, not a home, not
/// anything that the workspace lies in.
fn is_narrow(directory: &Path, workspace: &Path) -> bool {
    let depth = directory.components().count();
    let is_home = directory.parent() == Some(Path::new("/home")) || directory == Path::new("/root");
    depth >= 3 && !is_home && !workspace.starts_with(directory) && !crate::plan::is_reserved(directory)
}

fn pyenv_version_directory(root: &Path, version: &str) -> Option<PathBuf> {
    let versions = root.join("versions");
    if let Ok(exact) = fs::canonicalize(versions.join(version)) {
        return Some(exact);
    }
    // A version without its last part means the newest of that series.
    let newest = fs::read_dir(&versions)
        .ok()?
        .take(LINKS_MAX)
        .filter_map(|it| it.ok()?.file_name().into_string().ok())
        .filter(|it| it.strip_prefix(version).is_some_and(|rest| rest.starts_with('.')))
        .max_by_key(|it| it.split('.').map(|part| part.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>())?;
    fs::canonicalize(versions.join(newest)).ok()
}

fn read_small(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = fs::File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}

fn starts_with(name: &OsStr, prefix: &str) -> bool {
    name.as_encoded_bytes().starts_with(prefix.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    use super::{Search, Toolchain, discover};

    fn find(search_path: &[PathBuf], workspace: &Path) -> Toolchain {
        discover(Search { callers: search_path, extra: &[], workspace, program: None, pyenv_version: None })
    }

    #[test]
    fn pyenv_shims_become_the_version_that_the_workspace_names() {
        let home = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(home.path()).unwrap();
        let pyenv = root.join("u/.pyenv");
        for version in ["3.9.1", "3.11.2", "3.11.10"] {
            fs::create_dir_all(pyenv.join("versions").join(version).join("bin")).unwrap();
        }
        fs::create_dir_all(pyenv.join("shims")).unwrap();
        fs::write(pyenv.join("version"), "3.9.1\n").unwrap();
        let workspace = root.join("u/project");
        fs::create_dir_all(&workspace).unwrap();
        let path = [pyenv.join("shims"), PathBuf::from("/usr/bin")];

        let found = find(&path, &workspace);
        assert_eq!(found.prefixes, [pyenv.join("versions/3.9.1")].into());
        assert_eq!(found.search_path[0], pyenv.join("versions/3.9.1/bin"));

        fs::write(workspace.join(".python-version"), "3.11\n../../..\n").unwrap();
        let found = find(&path, &workspace);
        assert_eq!(found.prefixes, [pyenv.join("versions/3.11.10")].into());
    }

    #[test]
    fn a_virtual_environment_brings_the_installation_beneath_it() {
        let home = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(home.path()).unwrap();
        let base = root.join("u/opt/python");
        fs::create_dir_all(base.join("bin")).unwrap();
        fs::create_dir_all(base.join("lib/python3.12")).unwrap();
        let workspace = root.join("u/project");
        let venv = workspace.join(".venv");
        fs::create_dir_all(venv.join("bin")).unwrap();
        fs::write(venv.join("pyvenv.cfg"), format!("home = {}/bin\n", base.display())).unwrap();

        let found = find(&[venv.join("bin")], &workspace);
        assert_eq!(found.prefixes, [base].into());
        assert_eq!(found.search_path[0], venv.join("bin"));
    }

    #[test]
    fn a_link_in_a_users_bin_brings_its_interpreter_and_not_the_home() {
        let home = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(home.path()).unwrap();
        let local = root.join("u/.local");
        let python = local.join("share/uv/python/cpython-3.13");
        fs::create_dir_all(python.join("bin")).unwrap();
        fs::create_dir_all(python.join("lib/python3.13")).unwrap();
        fs::write(python.join("bin/python3.13"), "").unwrap();
        fs::create_dir_all(local.join("bin")).unwrap();
        fs::create_dir_all(local.join("lib/python3.13")).unwrap();
        symlink(python.join("bin/python3.13"), local.join("bin/python3.13")).unwrap();
        let workspace = root.join("u/project");
        fs::create_dir_all(&workspace).unwrap();

        let found = find(&[local.join("bin")], &workspace);
        assert_eq!(found.prefixes, [local.join("bin"), python].into());
    }

    #[test]
    fn homes_roots_and_what_holds_the_workspace_are_never_mounted() {
        let home = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(home.path()).unwrap();
        let workspace = root.join("u/project");
        fs::create_dir_all(&workspace).unwrap();
        let path = ["/", "/root", "/home", "/etc", "/proc/self", "relative"].map(PathBuf::from);
        let mut path = path.to_vec();
        path.push(root.join("u"));
        path.push(root.join("missing"));
        assert_eq!(find(&path, &workspace).prefixes, [].into());
    }
}
