//! Where a text that is pasted into a shell script lands.
//!
//! What it is for: a pipeline pastes values into scripts before any shell sees them. [`landings`] says for
//! each such hole of a script which quoting it stands in, whether it is a command's name, whether it sits in
//! a substitution, and whether another interpreter reads the result once more. That decides both what an
//! attacker needs and which repair keeps the script's meaning.
//!
//! What it is not: a parser of whole scripts, nor a judge of them. The lexer follows the grammar of
//! [POSIX §2](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html) and bash as far as
//! quoting goes, tolerates anything, and knows PowerShell's quotes only.

mod frame;
mod kind;
mod landing;
mod posix;
mod powershell;

use std::ops::Range;

pub use kind::Shell;
pub use landing::{Context, Landing};
pub use posix::NESTING_MAX;

/// Says where each hole of a script lands. Holes are byte ranges in ascending order that do not overlap; one
/// that is not (or lies outside the script) lands in [`Context::Unknown`], as does every hole of a shell
/// whose quoting is not known.
pub fn landings(shell: Shell, script: &str, holes: &[Range<usize>]) -> Vec<Landing> {
    let mut landings = match shell {
        Shell::Bash | Shell::Sh => posix::landings(script, holes),
        Shell::PowerShell => powershell::landings(script, holes),
        Shell::Cmd | Shell::Python | Shell::Other => Vec::new(),
    };
    landings.resize(holes.len(), Landing::unknown());
    landings
}
