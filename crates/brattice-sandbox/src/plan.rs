//! Checks a specification and works out everything that can be known before the clone.

use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::io::{IsTerminal, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

use brattice_finding::RelativePath;

use crate::protected::is_protected;
use crate::toolchain::{Search, discover};
use crate::{JobSpec, LaunchError, WorkspaceMode};

/// Where the job finds the directory whose whole content counts as output.
pub(crate) const OUT_DIRECTORY: &str = "/brattice-out";

/// The job's home.
pub(crate) const HOME: &str = "/home/job";

/// Outputs, read-only paths and secrets that one job may name: far above any real job, far below what makes
/// a start slow.
const NAMES_MAX: usize = 1024;

/// Bytes of `/proc/self/mountinfo` that are read: tens of thousands of mounts.
const MOUNT_TABLE_BYTES_MAX: u64 = 8 << 20;

/// Namespaces whose identity is compared before and after the clone.
pub(crate) const NAMESPACE_NAMES: [&str; 7] = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"];

/// Directories that the sandbox makes itself; neither they nor what holds them can be mounted over.
const RESERVED: [&str; 15] = [
    "/",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/home",
    "/tmp",
    "/var",
    "/var/tmp",
    "/run",
    "/dev/shm",
    OUT_DIRECTORY,
];

/// Trees in which nothing of the host can be shown.
const CLOSED: [&str; 4] = ["/proc", "/sys", "/dev", "/etc"];

/// What a start needs to know.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) workspace: PathBuf,
    pub(crate) working_directory: PathBuf,
    /// Directories and files shown read-only, at their own paths.
    pub(crate) read_only: Vec<PathBuf>,
    pub(crate) search_path: Vec<PathBuf>,
    pub(crate) command: Vec<CString>,
    /// `NAME=value`, without secrets.
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// The launcher's namespaces, in the order of [`NAMESPACE_NAMES`].
    pub(crate) namespaces: Vec<PathBuf>,
}

impl Plan {
    /// Checks a specification.
    pub(crate) fn new(spec: &JobSpec) -> Result<Self, LaunchError> {
        let command = command(&spec.command)?;
        check_variables(spec)?;
        check_limits(spec)?;
        if spec.stdin.as_ref().is_some_and(IsTerminal::is_terminal) {
            return Err(LaunchError::Terminal);
        }
        let workspace = canonical("workspace", &spec.workspace)?;
        if !workspace.is_dir() {
            return Err(refuse("workspace", &workspace, "it is not a directory"));
        }
        check_visible("workspace", &workspace)?;
        check_state_dir(&spec.state_dir, &workspace)?;
        if spec.workspace_mode == WorkspaceMode::Discard
            && let Some(path) = submount(&workspace)
        {
            let problem = "another file system is mounted there, which the kernel lets no overlay of a user \
                           namespace cover; unmount it or make the workspace read-only";
            return Err(refuse("part of the workspace", &path, problem));
        }
        for output in &spec.outputs {
            check_output(output)?;
        }
        let program = spec.command.first().map(Path::new).filter(|it| it.is_absolute());
        let pyenv_version = spec.env.iter().find(|it| it.0 == "PYENV_VERSION").and_then(|it| it.1.to_str());
        let toolchain = discover(Search {
            callers: &spec.search_path,
            extra: &spec.toolchain,
            workspace: &workspace,
            program,
            pyenv_version,
        });
        let mut read_only: Vec<PathBuf> = toolchain.prefixes.into_iter().collect();
        for path in &spec.read_only {
            let path = canonical("read-only path", path)?;
            if !path.is_file() && !path.is_dir() {
                return Err(refuse("read-only path", &path, "it is neither a file nor a directory"));
            }
            read_only.push(path);
        }
        for path in &read_only {
            check_visible("read-only path", path)?;
        }
        let mut environment = base_environment(&toolchain.search_path);
        environment.extend(toolchain.variables.into_iter().map(|(name, path)| (name.into(), path.into())));
        for (name, value) in &spec.env {
            environment.retain(|it| it.0 != *name);
            environment.push((name.clone(), value.clone()));
        }
        let working_directory = match &spec.working_directory {
            None => workspace.clone(),
            Some(path) => workspace.join(OsStr::from_bytes(path.as_bytes())),
        };
        Ok(Self {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            search_path: job_search_path(&environment),
            workspace,
            working_directory,
            read_only,
            command,
            environment,
            namespaces: namespaces(),
        })
    }
}

/// Returns the identities of this process's namespaces; empty paths where `/proc` does not tell.
pub(crate) fn namespaces() -> Vec<PathBuf> {
    NAMESPACE_NAMES
        .iter()
        .map(|it| fs::read_link(format!("/proc/self/ns/{it}")).unwrap_or_default())
        .collect()
}

/// Returns whether mounting at a path would cover or open what the sandbox makes itself.
pub(crate) fn is_reserved(path: &Path) -> bool {
    let closed = CLOSED.iter().any(|it| path.starts_with(it)) && !path.starts_with("/dev/shm");
    closed || RESERVED.iter().any(|it| path == Path::new(it))
}

fn base_environment(search_path: &[PathBuf]) -> Vec<(OsString, OsString)> {
    let joined: Vec<&OsStr> =
        search_path.iter().map(|it| it.as_os_str()).filter(|it| !it.as_bytes().contains(&b':')).collect();
    vec![
        ("PATH".into(), joined.join(OsStr::new(":"))),
        ("HOME".into(), HOME.into()),
        ("LANG".into(), "C.UTF-8".into()),
        ("TMPDIR".into(), "/tmp".into()),
        ("BRATTICE_OUT".into(), OUT_DIRECTORY.into()),
    ]
}

/// The program is looked up where the job itself would look.
fn job_search_path(environment: &[(OsString, OsString)]) -> Vec<PathBuf> {
    let path = environment.iter().find(|it| it.0 == "PATH");
    path.map(|it| std::env::split_paths(&it.1).collect()).unwrap_or_default()
}

fn command(words: &[OsString]) -> Result<Vec<CString>, LaunchError> {
    if words.first().is_none_or(|it| it.is_empty()) {
        return Err(LaunchError::Command { problem: "it is empty" });
    }
    words
        .iter()
        .map(|it| {
            CString::new(it.as_bytes()).map_err(|_| LaunchError::Command { problem: "it holds a NUL byte" })
        })
        .collect()
}

fn check_variables(spec: &JobSpec) -> Result<(), LaunchError> {
    let refuse = |name: &OsStr, problem| {
        Err(LaunchError::Variable { name: name.to_string_lossy().into_owned(), problem })
    };
    if spec.secrets.len() > NAMES_MAX || spec.outputs.len() > NAMES_MAX || spec.read_only.len() > NAMES_MAX {
        return Err(LaunchError::Limit {
            name: "names",
            problem: "more than 1024 secrets, outputs or paths",
        });
    }
    for (name, value) in &spec.env {
        if name.is_empty() || name.as_bytes().contains(&b'=') || name.as_bytes().contains(&0) {
            return refuse(name, "a variable's name is not empty and holds no `=` and no NUL byte");
        }
        if value.as_bytes().contains(&0) {
            return refuse(name, "its value holds a NUL byte");
        }
    }
    for (index, (name, secret)) in spec.secrets.iter().enumerate() {
        if !is_identifier(name) {
            return refuse(OsStr::new(name), "a secret's name consists of letters, digits and `_`");
        }
        if secret.expose().contains(&0) {
            return refuse(OsStr::new(name), "its value holds a NUL byte");
        }
        let taken = spec.env.iter().any(|it| it.0 == name.as_str())
            || spec.secrets.iter().take(index).any(|it| it.0 == *name);
        if taken {
            return refuse(OsStr::new(name), "the name is given twice");
        }
    }
    Ok(())
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && name.len() <= 255
}

fn check_limits(spec: &JobSpec) -> Result<(), LaunchError> {
    // To tmpfs, zero means "no limit".
    if spec.scratch.bytes_max == 0 || spec.scratch.entries_max == 0 {
        return Err(LaunchError::Limit { name: "scratch", problem: "it must be above zero" });
    }
    if spec.hostname.is_empty() || spec.hostname.len() > 64 || !spec.hostname.bytes().all(is_host_byte) {
        return Err(LaunchError::Limit { name: "hostname", problem: "1 to 64 letters, digits, `-` and `.`" });
    }
    if let Some(path) = &spec.working_directory
        && !is_inner(path)
    {
        let path = PathBuf::from(OsString::from_vec(path.as_bytes().to_vec()));
        return Err(refuse("working directory", &path, "it does not lie beneath the workspace"));
    }
    Ok(())
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'
}

fn check_output(output: &RelativePath) -> Result<(), LaunchError> {
    let path = PathBuf::from(OsString::from_vec(output.as_bytes().to_vec()));
    if !is_inner(output) {
        return Err(refuse("output", &path, "it is not a relative path without `..` beneath the workspace"));
    }
    let mut parent: &[u8] = b"";
    let protected = path.components().map(|it| it.as_os_str().as_bytes()).any(|name| {
        let parent = std::mem::replace(&mut parent, name);
        is_protected(parent, name)
    });
    if protected {
        return Err(refuse(
            "output",
            &path,
            "what runs code later (version control, hooks, shell start-up files) never leaves the sandbox",
        ));
    }
    Ok(())
}

fn is_inner(path: &RelativePath) -> bool {
    let path = Path::new(OsStr::from_bytes(path.as_bytes()));
    !path.as_os_str().is_empty()
        && !path.as_os_str().as_bytes().contains(&0)
        && path.components().all(|it| matches!(it, Component::Normal(_) | Component::CurDir))
}

fn canonical(role: &'static str, path: &Path) -> Result<PathBuf, LaunchError> {
    if !path.is_absolute() {
        return Err(refuse(role, path, "it is not absolute"));
    }
    fs::canonicalize(path).map_err(|error| refuse(role, path, &error.to_string()))
}

fn check_visible(role: &'static str, path: &Path) -> Result<(), LaunchError> {
    if is_reserved(path) {
        return Err(refuse(role, path, "the sandbox makes that place itself; name a directory below it"));
    }
    Ok(())
}

fn check_state_dir(state_dir: &Path, workspace: &Path) -> Result<(), LaunchError> {
    if !state_dir.is_absolute() {
        return Err(refuse("state directory", state_dir, "it is not absolute"));
    }
    // It may not exist yet; then its parent does.
    let known = fs::canonicalize(state_dir).ok().or_else(|| fs::canonicalize(state_dir.parent()?).ok());
    let Some(known) = known else {
        return Err(refuse("state directory", state_dir, "neither it nor its parent exists"));
    };
    if known.starts_with(workspace) {
        return Err(refuse("state directory", state_dir, "it lies beneath the workspace"));
    }
    Ok(())
}

fn refuse(role: &'static str, path: &Path, problem: &str) -> LaunchError {
    LaunchError::Path { role, path: path.to_owned(), problem: problem.to_owned() }
}

/// Returns a mount point beneath a directory, if there is one.
fn submount(workspace: &Path) -> Option<PathBuf> {
    let mut table = Vec::new();
    fs::File::open("/proc/self/mountinfo").ok()?.take(MOUNT_TABLE_BYTES_MAX).read_to_end(&mut table).ok()?;
    table
        .split(|it| *it == b'\n')
        .filter_map(|line| line.split(|it| *it == b' ').nth(4))
        .map(|field| PathBuf::from(OsString::from_vec(unescape(field))))
        .find(|it| it.starts_with(workspace) && it != workspace)
}

/// Undoes the octal escapes of the mount table.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        if let [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] = rest {
            plain.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
            rest = rest.get(4..).unwrap_or_default();
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use brattice_finding::RelativePath;
    use brattice_redact::Secret;
    use proptest::prelude::{any, proptest};

    use super::{Plan, is_reserved, unescape};
    use crate::{JobSpec, LaunchError};

    fn spec() -> (tempfile::TempDir, JobSpec) {
        let home = tempfile::tempdir().unwrap();
        let workspace = home.path().join("workspace");
        std::fs::create_dir(&workspace).unwrap();
        let spec = JobSpec::new(vec!["true".into()], workspace, home.path().join("state"));
        (home, spec)
    }

    fn refused(change: impl FnOnce(&mut JobSpec)) -> String {
        let (_home, mut spec) = spec();
        change(&mut spec);
        match Plan::new(&spec) {
            Ok(_) => panic!("accepted: {spec:?}"),
            Err(LaunchError::Path { role, problem, .. }) => format!("{role}: {problem}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_plain_specification_is_accepted() {
        let (_home, spec) = spec();
        let plan = Plan::new(&spec).unwrap();
        assert_eq!(plan.working_directory, plan.workspace);
        assert_eq!(plan.search_path.last(), Some(&PathBuf::from("/bin")));
    }

    #[test]
    fn outputs_that_escape_or_run_code_later_are_refused() {
        for bad in ["", "/etc/passwd", "../x", "a/../../x", "a\0b"] {
            assert!(refused(|it| it.outputs = vec![bad.into()]).contains("beneath"), "{bad}");
        }
        for bad in [
            "x/.config/git/config",
            ".config/./git",
            "a/.gitattributes",
            ".git",
            "a/.git/hooks",
            ".GIT/config",
            ".hg",
            ".bashrc",
            "x/.envrc",
            ".husky/pre-commit",
        ] {
            assert!(refused(|it| it.outputs = vec![bad.into()]).contains("never leaves"), "{bad}");
        }
    }

    #[test]
    fn paths_that_would_show_the_host_are_refused() {
        for bad in ["/", "/proc", "/proc/1", "/sys/kernel", "/dev", "/etc", "/home", "/usr"] {
            assert!(is_reserved(Path::new(bad)), "{bad}");
            if Path::new(bad).exists() {
                assert!(refused(|it| it.workspace = bad.into()).contains("makes that place itself"), "{bad}");
                assert!(refused(|it| it.read_only = vec![bad.into()]).contains("makes that"), "{bad}");
            }
        }
        refused(|it| it.workspace = "relative".into());
        refused(|it| it.read_only = vec!["/does/not/exist".into()]);
        assert!(refused(|it| it.read_only = vec!["/dev/null".into()]).contains("neither a file"));
        refused(|it| it.state_dir = it.workspace.join("state"));
        refused(|it| it.working_directory = Some(RelativePath::from("../x")));
    }

    #[test]
    fn names_and_values_that_a_program_would_misread_are_refused() {
        refused(|it| it.command = Vec::new());
        refused(|it| it.command = vec!["a\0b".into()]);
        refused(|it| it.env = vec![("A=B".into(), "1".into())]);
        refused(|it| it.env = vec![("".into(), "1".into())]);
        refused(|it| it.hostname = "a b".to_owned());
        refused(|it| it.scratch.bytes_max = 0);
        let secret = || Secret::from("value-of-it".to_owned());
        for bad in ["", "../x", "A B", "1A", "A/B"] {
            refused(|it| it.secrets = vec![(bad.to_owned(), secret())]);
        }
        refused(|it| it.secrets = vec![("A".to_owned(), secret()), ("A".to_owned(), secret())]);
        let told = refused(|it| it.secrets = vec![("A".to_owned(), Secret::from("value\0x".to_owned()))]);
        assert!(!told.contains("value\0x"), "{told}");
    }

    #[test]
    fn a_terminal_is_refused_as_standard_input() {
        // Opening the multiplexer makes a new terminal.
        let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/ptmx").unwrap();
        assert!(refused(|it| it.stdin = Some(terminal.into())).contains("terminal"));
        let (_home, mut spec) = spec();
        spec.stdin = Some(std::fs::File::open("/dev/null").unwrap().into());
        Plan::new(&spec).unwrap();
    }

    proptest! {
        #[test]
        fn the_mount_table_is_unescaped(path in proptest::collection::vec(any::<u8>(), 0..40)) {
            // As the kernel writes it: white space and the backslash in octal.
            let escaped: Vec<u8> = path
                .iter()
                .flat_map(|it| match it {
                    b' ' | b'\t' | b'\n' | b'\\' => format!("\\{it:03o}").into_bytes(),
                    other => vec![*other],
                })
                .collect();
            assert_eq!(unescape(&escaped), path);
            let _ = unescape(&path);
        }
    }
}
