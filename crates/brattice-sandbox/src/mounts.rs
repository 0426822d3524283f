//! Builds the root that a job sees, from within the new namespaces, and moves into it.
//!
//! Everything is made in a tmpfs at `ROOT`, the process's working directory while it is built: relative
//! paths are the job's, absolute ones still the host's.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, StatVfsMountFlags, open, openat, statvfs};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, mount_bind,
    mount_change, move_mount, open_tree, unmount,
};
use rustix::process::{chdir, pivot_root};

use crate::plan::{HOME, OUT_DIRECTORY, Plan};
use crate::step::{Failure, InStep, Step};
use crate::toolchain::SYSTEM;
use crate::{JobSpec, WorkspaceMode, etc, sys};

const READ_ONLY: u64 = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV;
const PLAIN: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// Bytes of the root's own tmpfs, which holds mount points and small files of ours only.
const ROOT_OPTIONS: &str = "mode=0755,size=8m,nr_inodes=8k";

/// The devices that a job may open: those without state.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// What of the host's hardware is told: libraries size their thread pools by it.
const HARDWARE: [&str; 2] = ["/sys/devices/system/cpu", "/sys/devices/system/node"];

/// Files of `/proc` that tell of the whole machine and no job needs. Covering them also keeps a process
/// inside from mounting an uncovered `/proc`.
const COVERED: [&str; 9] = [
    "kcore",
    "kmsg",
    "keys",
    "key-users",
    "timer_list",
    "sched_debug",
    "vmallocinfo",
    "slabinfo",
    "sysrq-trigger",
];

/// What outlives the namespaces: the places from which outputs are copied.
#[derive(Debug)]
pub(crate) struct Places {
    /// The workspace as the job sees it.
    pub(crate) workspace: OwnedFd,
    /// The directory whose whole content counts as output.
    pub(crate) out: OwnedFd,
}

/// Builds the new root and makes it the root.
pub(crate) fn enter(plan: &Plan, spec: &JobSpec, run: &Path) -> Result<Places, Failure> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).step(Step::Mount)?;
    let root = run.join("root");
    mount("brattice", &root, "tmpfs", PLAIN, Some(&*text(ROOT_OPTIONS))).step_about(Step::Mount, &root)?;
    chdir(&root).step_about(Step::Mount, &root)?;
    system_directories()?;
    configuration(plan, spec)?;
    scratch(spec)?;
    devices()?;
    let out = out_directory(run)?;
    let workspace = named_paths(plan, spec, run)?;
    secrets(spec)?;
    unmount("scratch", UnmountFlags::DETACH).step(Step::Mount)?;
    fs::remove_dir("scratch").step(Step::Populate)?;
    process_table()?;
    pivot_root(".", ".").step(Step::Pivot)?;
    // The old root lies on top of the new one now; without it nothing of the host can be named.
    unmount(".", UnmountFlags::DETACH).step(Step::Pivot)?;
    chdir("/").step(Step::Pivot)?;
    seal()?;
    Ok(Places { workspace, out })
}

/// Returns whether the root is ours and cannot be changed.
pub(crate) fn root_is_sealed() -> bool {
    statvfs("/").is_ok_and(|it| it.f_flag.contains(StatVfsMountFlags::RDONLY))
        && !Path::new("/scratch").exists()
        && !Path::new("/etc/shadow").exists()
}

fn system_directories() -> Result<(), Failure> {
    for name in SYSTEM {
        let host = Path::new(name);
        let inner = inner(host);
        match fs::symlink_metadata(host) {
            Err(_) => {}
            Ok(it) if it.is_symlink() => {
                let target = fs::read_link(host).step_about(Step::Populate, host)?;
                symlink(target, inner).step_about(Step::Populate, host)?;
            }
            Ok(_) => show(host, inner)?,
        }
    }
    make_directory(Path::new("sys"))?;
    for path in HARDWARE.map(Path::new).into_iter().filter(|it| it.is_dir()) {
        show(path, inner(path))?;
    }
    Ok(())
}

fn configuration(plan: &Plan, spec: &JobSpec) -> Result<(), Failure> {
    make_directory(Path::new("etc"))?;
    etc::write(Path::new("etc"), plan.uid, plan.gid, &spec.hostname).step(Step::Populate)?;
    for name in etc::SHOWN {
        let host = Path::new("/etc").join(name);
        let target = Path::new("etc").join(name);
        match fs::symlink_metadata(&host) {
            Err(_) => {}
            Ok(it) if it.is_symlink() => {
                let link = fs::read_link(&host).step_about(Step::Populate, &host)?;
                make_directory(target.parent().unwrap_or(Path::new("etc")))?;
                symlink(link, &target).step_about(Step::Populate, &host)?;
            }
            Ok(_) => show(&host, &target)?,
        }
    }
    Ok(())
}

/// Mounts one tmpfs for all temporary places, so that they share one limit.
fn scratch(spec: &JobSpec) -> Result<(), Failure> {
    make_directory(Path::new("scratch"))?;
    let options =
        text(&format!("mode=0755,size={},nr_inodes={}", spec.scratch.bytes_max, spec.scratch.entries_max));
    mount("scratch", "scratch", "tmpfs", PLAIN, Some(&*options)).step(Step::Mount)?;
    for (part, target, mode) in [
        ("tmp", "tmp", 0o1777),
        ("vartmp", "var/tmp", 0o1777),
        ("home", "home", 0o755),
        ("run", "run", 0o755),
        ("shm", "dev/shm", 0o1777),
    ] {
        let part = Path::new("scratch").join(part);
        make_directory(&part)?;
        fs::set_permissions(&part, fs::Permissions::from_mode(mode)).step(Step::Populate)?;
        make_directory(Path::new(target))?;
        mount_bind(&part, target).step_about(Step::Mount, Path::new(target))?;
    }
    let home = inner(Path::new(HOME));
    DirBuilder::new().mode(0o700).create(home).step_about(Step::Populate, home)
}

fn devices() -> Result<(), Failure> {
    for name in DEVICES {
        let host = Path::new("/dev").join(name);
        // Without `nodev` on the mount itself, or it could not be opened.
        attach(
            &host,
            inner(&host),
            libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NOEXEC,
        )?;
    }
    make_directory(Path::new("dev/pts"))?;
    let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
    mount("devpts", "dev/pts", "devpts", flags, Some(&*text("newinstance,ptmxmode=0666,mode=0600")))
        .step_about(Step::Mount, Path::new("/dev/pts"))?;
    for (link, target) in [
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, Path::new("dev").join(link)).step_about(Step::Populate, Path::new(link))?;
    }
    Ok(())
}

fn out_directory(run: &Path) -> Result<OwnedFd, Failure> {
    let target = inner(Path::new(OUT_DIRECTORY));
    let source = run.join("out");
    make_directory(target)?;
    attach(&source, target, libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV)?;
    open_place(target)
}

/// Puts the workspace and the read-only paths in place, what is above before what is below.
fn named_paths(plan: &Plan, spec: &JobSpec, run: &Path) -> Result<OwnedFd, Failure> {
    let mut paths: Vec<&PathBuf> = plan.read_only.iter().chain([&plan.workspace]).collect();
    paths.sort_by_key(|it| it.components().count());
    let target = inner(&plan.workspace);
    let mut place = None;
    for path in paths {
        if *path == plan.workspace {
            workspace(plan, spec, run, target)?;
            place = Some(open_place(target)?);
        } else {
            show(path, inner(path))?;
        }
    }
    place.ok_or(Failure { step: Step::Verify, errno: libc::ENOENT, detail: String::new() })
}

fn workspace(plan: &Plan, spec: &JobSpec, run: &Path, target: &Path) -> Result<(), Failure> {
    if spec.workspace_mode == WorkspaceMode::ReadOnly {
        return show(&plan.workspace, target);
    }
    make_directory(target)?;
    overlay(&plan.workspace, run, target)?;
    // Hooks and configuration of the repository run code on the host later.
    let git = plan.workspace.join(".git");
    if fs::symlink_metadata(&git).is_ok_and(|it| !it.is_symlink()) {
        show(&git, inner(&git))?;
    }
    Ok(())
}

/// Mounts the overlay: its upper layer on disk, or in memory where that file system cannot hold one.
fn overlay(lower: &Path, run: &Path, target: &Path) -> Result<(), Failure> {
    let mode = fs::metadata(lower).step_about(Step::Overlay, lower)?.permissions();
    let on_disk = (run.join("upper"), run.join("work"));
    let in_memory = (PathBuf::from("scratch/upper"), PathBuf::from("scratch/work"));
    let mut last = Errno::INVAL;
    for ((upper, work), volatile) in [(&on_disk, true), (&on_disk, false), (&in_memory, false)] {
        make_directory(upper)?;
        make_directory(work)?;
        fs::set_permissions(upper, mode.clone()).step_about(Step::Overlay, upper)?;
        match mount_overlay(lower, upper, work, target, volatile) {
            Ok(()) => return Ok(()),
            Err(Errno::INVAL | Errno::OPNOTSUPP) => last = Errno::INVAL,
            Err(error) => {
                last = error;
                break;
            }
        }
    }
    Err(last).step_about(Step::Overlay, lower)
}

fn mount_overlay(
    lower: &Path,
    upper: &Path,
    work: &Path,
    target: &Path,
    volatile: bool,
) -> Result<(), Errno> {
    // By descriptor: a path may hold the `:` and `,` that separate options, and the job can read these.
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let [lower, upper, work] = [lower, upper, work].map(|it| open(it, flags, Mode::empty()));
    let (lower, upper, work) = (lower?, upper?, work?);
    let path = |it: &OwnedFd| format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(it));
    let options = format!(
        "lowerdir={},upperdir={},workdir={},userxattr{}",
        path(&lower),
        path(&upper),
        path(&work),
        if volatile { ",volatile" } else { "" }
    );
    mount("workspace", target, "overlay", PLAIN, Some(&*text(&options)))
}

fn secrets(spec: &JobSpec) -> Result<(), Failure> {
    if spec.secrets.is_empty() {
        return Ok(());
    }
    let directory = Path::new("run/secrets");
    DirBuilder::new().mode(0o700).create(directory).step_about(Step::Populate, directory)?;
    for (name, secret) in &spec.secrets {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let path = directory.join(name);
        let file = openat(CWD, &path, flags, Mode::RUSR).step_about(Step::Populate, &path)?;
        let mut file = fs::File::from(file);
        io::Write::write_all(&mut file, secret.expose()).step_about(Step::Populate, &path)?;
    }
    Ok(())
}

fn process_table() -> Result<(), Failure> {
    let target = Path::new("proc");
    make_directory(target)?;
    // Processes of which the reader cannot see the inside are not listed at all; that is our own.
    let flags = PLAIN | MountFlags::NOEXEC;
    mount("proc", target, "proc", flags, Some(&*text("hidepid=ptraceable"))).step(Step::Proc)?;
    // Counted per user namespace: with none allowed in ours, no process inside regains capabilities.
    fs::write("proc/sys/user/max_user_namespaces", "0").step(Step::NestedNamespaces)?;
    for name in COVERED {
        let covered = target.join(name);
        if covered.exists() {
            attach(Path::new("/dev/null"), &covered, libc::MOUNT_ATTR_RDONLY)?;
        }
    }
    Ok(())
}

/// Makes the root and `/proc` read-only. The owner of what `/proc/sys` and others hold is root, who would
/// need no capability to write there.
fn seal() -> Result<(), Failure> {
    for (path, attributes) in [("/proc", READ_ONLY | libc::MOUNT_ATTR_NOEXEC), ("/", READ_ONLY)] {
        let handle = open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).step(Step::Mount)?;
        sys::set_mount_attributes(handle.as_fd(), attributes, false)
            .step_about(Step::Mount, Path::new(path))?;
    }
    Ok(())
}

/// Shows a file or directory of the host read-only, with all that is mounted beneath it.
fn show(host: &Path, target: &Path) -> Result<(), Failure> {
    attach(host, target, READ_ONLY)
}

fn attach(host: &Path, target: &Path, attributes: u64) -> Result<(), Failure> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE
        | OpenTreeFlags::OPEN_TREE_CLOEXEC
        | OpenTreeFlags::AT_RECURSIVE
        | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
    let tree = open_tree(CWD, host, flags).step_about(Step::Mount, host)?;
    sys::set_mount_attributes(tree.as_fd(), attributes, true).step_about(Step::Mount, host)?;
    if host.is_dir() {
        make_directory(target)?;
    } else if !target.exists() {
        make_directory(target.parent().unwrap_or(Path::new(".")))?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC;
        openat(CWD, target, flags, Mode::RUSR).step_about(Step::Populate, target)?;
    }
    move_mount(&tree, "", CWD, target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH).step_about(Step::Mount, host)
}

fn open_place(target: &Path) -> Result<OwnedFd, Failure> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    open(target, flags, Mode::empty()).step_about(Step::Mount, target)
}

fn make_directory(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o755).create(path).step_about(Step::Populate, path)
}

/// Returns where an absolute path lies in the root that is being built.
fn inner(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

/// Mount options have no NUL in them: they are made of our literals and numbers.
fn text(options: &str) -> std::ffi::CString {
    std::ffi::CString::new(Path::new(options).as_os_str().as_bytes()).unwrap_or_default()
}
