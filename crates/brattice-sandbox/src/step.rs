//! The parts of a start that the kernel may refuse, with what to do about each.

use std::fmt;

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal, $help:literal;)*) => {
        /// A part of the start of a sandbox.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Step {
            $($(#[$doc])* $name,)*
        }

        impl Step {
            /// Returns what to do if this part is refused.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }

            pub(crate) const fn number(self) -> u8 {
                match self { $(Self::$name => $number,)* }
            }

            pub(crate) const fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$name),)* _ => None }
            }
        }

        impl fmt::Display for Step {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

steps! {
    /// Cloning into new namespaces.
    Namespaces = 1, "create the namespaces",
        "allow unprivileged user namespaces (`user.max_user_namespaces` above 0, \
         `kernel.apparmor_restrict_unprivileged_userns` 0, and a container must not filter `clone3`)";
    /// Mapping the caller's user and group.
    IdentityMap = 2, "map the user into the namespace",
        "allow unprivileged user namespaces, and let `/proc` be writable";
    /// Tying the sandbox's life to the launcher's.
    Lifeline = 3, "tie the sandbox to its launcher", "use a kernel from 5.13 on";
    /// Mounting the new root and what belongs in it.
    Mount = 4, "mount", "use a kernel from 5.13 on, and a container must allow mounts in a user namespace";
    /// Mounting the overlay of the workspace.
    Overlay = 5, "put an overlay over the workspace",
        "put the state directory on a local file system such as ext4, xfs, btrfs or tmpfs";
    /// Mounting a fresh `/proc`.
    Proc = 6, "mount a fresh `/proc`",
        "a container hides parts of `/proc`: start it with an unmasked one, or run outside of it";
    /// Filling the new root.
    Populate = 7, "fill the new root", "see that the state directory's file system is not full";
    /// Leaving the old root.
    Pivot = 8, "leave the old root", "use a kernel from 5.13 on, not started from an initial ramdisk";
    /// Bringing the loopback device up.
    Loopback = 9, "bring up the loopback device", "use a kernel with IPv4";
    /// Naming the host.
    HostName = 10, "set the host name", "use a name of at most 64 bytes";
    /// Forbidding nested user namespaces.
    NestedNamespaces = 11, "forbid nested user namespaces", "use a kernel from 5.13 on";
    /// Hiding the init process's memory and environment.
    Hide = 12, "hide the launcher's environment", "use a kernel from 5.13 on, with `/proc` mounted";
    /// Making the job's process.
    Fork = 13, "start the job's process", "raise the limit on processes (`ulimit -u`)";
    /// Making the job's session.
    Session = 14, "give the job a session of its own", "use a kernel from 5.13 on";
    /// Making the session keyring.
    Keyring = 15, "give the job a session keyring of its own", "raise `kernel.keys.maxkeys`";
    /// Changing to the working directory.
    WorkingDirectory = 16, "change to the working directory", "name a directory that exists beneath the workspace";
    /// Setting resource limits.
    ResourceLimits = 17, "set the job's resource limits", "use a kernel from 5.13 on";
    /// Dropping capabilities.
    Capabilities = 18, "drop every capability", "use a kernel from 5.13 on";
    /// Closing the ways around the namespaces.
    Filter = 19, "install the filter of system calls", "use a kernel with seccomp filters";
    /// Closing descriptors.
    Descriptors = 20, "close inherited descriptors", "use a kernel from 5.11 on";
    /// Checking what was set up.
    Verify = 21, "verify the sandbox from within", "report this as a bug, with `brattice doctor`'s output";
    /// Making pipes and sockets.
    Channels = 22, "make the pipes to the job", "raise the limit on open files (`ulimit -n`)";
}

/// A part of a start that failed, on its way to the launcher.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) step: Step,
    pub(crate) errno: i32,
    pub(crate) detail: String,
}

/// Names the part that an operation belongs to.
pub(crate) trait InStep<T> {
    /// Turns an error into a failure of `step`.
    fn step(self, step: Step) -> Result<T, Failure>;
    /// Turns an error into a failure of `step` about `detail`.
    fn step_about(self, step: Step, detail: &std::path::Path) -> Result<T, Failure>;
}

impl<T, E: Into<std::io::Error>> InStep<T> for Result<T, E> {
    fn step(self, step: Step) -> Result<T, Failure> {
        self.map_err(|error| Failure { step, errno: errno_of(&error.into()), detail: String::new() })
    }

    fn step_about(self, step: Step, detail: &std::path::Path) -> Result<T, Failure> {
        self.step(step).map_err(|it| Failure { detail: detail.display().to_string(), ..it })
    }
}

/// Returns the error number; an error without one is none of the kernel's and becomes `EIO`.
pub(crate) fn errno_of(error: &std::io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}
