//! Which shell reads a script.

/// The shells that matter for quoting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shell {
    /// `bash`, and what reads the same quotes: `zsh`, `ksh`.
    Bash,
    /// `sh`, `dash`, `ash`.
    Sh,
    /// `pwsh` or `powershell`.
    PowerShell,
    /// `cmd`
    Cmd,
    /// `python`, in any version.
    Python,
    /// Anything else.
    Other,
}

impl Shell {
    /// Reads a pipeline's shell setting: a name, or a command line with `{0}` for the script.
    pub fn from_setting(setting: &str) -> Self {
        let program = setting.split_whitespace().find(|it| !it.ends_with("env") && !it.starts_with('-'));
        let name = program.unwrap_or("").rsplit(['/', '\\']).next().unwrap_or("").to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "bash" | "zsh" | "ksh" => Self::Bash,
            "sh" | "dash" | "ash" => Self::Sh,
            "pwsh" | "powershell" => Self::PowerShell,
            "cmd" => Self::Cmd,
            it if it.starts_with("python") => Self::Python,
            _ => Self::Other,
        }
    }

    /// Returns the shell's usual name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Sh => "sh",
            Self::PowerShell => "PowerShell",
            Self::Cmd => "cmd",
            Self::Python => "Python",
            Self::Other => "another shell",
        }
    }

    /// Returns whether the shell has POSIX quoting.
    pub const fn is_posix(self) -> bool {
        matches!(self, Self::Bash | Self::Sh)
    }
}
