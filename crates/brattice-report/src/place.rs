//! A location on one line.

use brattice_finding::{Location, RelativePath};

use crate::text::shown;

/// Writes a file name for people. A line that begins with `::` is a command in a log of GitHub's, and lines
/// begin with file names.
pub(crate) fn shown_path(path: &RelativePath) -> String {
    let name = shown(&path.display());
    if name.trim_start().starts_with("::") { format!("./{name}") } else { name }
}

/// Writes a location as `path:line:column`, or the nearest to that which its kind has.
pub(crate) fn shown_place(location: &Location) -> String {
    let path = shown_path(location.path());
    match location {
        Location::Span(it) => format!("{path}:{}:{}", it.line, it.column),
        Location::Bytes { offset: 0, length: 0, .. } => path,
        Location::Bytes { offset, .. } => format!("{path}@{offset}"),
        Location::Member { members, offset, .. } => {
            let members: Vec<String> = members.iter().map(shown_path).collect();
            format!("{path}!{}@{offset}", members.join("!"))
        }
        Location::Commit { commit, line, .. } => format!("{}:{path}:{line}", shown(commit)),
        Location::Layer { layer, .. } => format!("{}:{path}", shown(layer)),
        Location::Package { purl, .. } => format!("{path} ({})", shown(purl)),
    }
}
