//! Cuts the lines that a finding points to out of their files.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Snippet};
use brattice_finding::{Finding, Location, RelativePath, SpanLocation};

use crate::Sources;
use crate::place::{shown_path, shown_place};
use crate::text::{shown, shown_source};

/// The most bytes between the first and the last place of one snippet. Beyond it only the primary place is
/// shown; the renderer looks at every line of what it is given.
const WINDOW_BYTES_MAX: usize = 256 << 10;

/// A place to underline.
struct Mark<'a> {
    place: &'a SpanLocation,
    primary: bool,
    label: Option<String>,
}

/// Returns the elements that show a finding: its own file first, then the other files of its path.
pub(crate) fn elements(finding: &Finding, sources: &Sources) -> Vec<Element<'static>> {
    let mut files: Vec<(&RelativePath, Vec<Mark<'_>>)> = Vec::new();
    let mut loose: Vec<Element<'static>> = Vec::new();
    let own = finding.path.iter().find(|step| step.location == finding.location);
    let own = own.map(|step| format!("{}: {}", step.role.as_str(), shown(&step.text)));
    let steps = finding.path.iter().filter(|step| step.location != finding.location);
    let steps = steps
        .map(|step| (&step.location, false, Some(format!("{}: {}", step.role.as_str(), shown(&step.text)))));
    for (location, primary, label) in std::iter::once((&finding.location, true, own)).chain(steps) {
        if let Some(place) = location.as_span().filter(|it| sources.contains_key(&it.path)) {
            let mark = Mark { place, primary, label };
            match files.iter_mut().find(|(path, _)| *path == &place.path) {
                Some((_, marks)) => marks.push(mark),
                None => files.push((&place.path, vec![mark])),
            }
        } else {
            loose.push(Element::Origin(Origin::path(shown_place(location))));
            loose.extend(label.map(|label| Element::Message(Level::NOTE.message(label))));
        }
    }
    let mut elements = Vec::new();
    for (path, marks) in files {
        let text = sources.get(path).map_or("", String::as_str);
        let first = marks.get(..1).unwrap_or_default();
        if let Some(snippet) = window(path, text, &marks).or_else(|| window(path, text, first)) {
            elements.push(Element::Cause(snippet));
        } else if let Some(mark) = first.first() {
            let place = shown_place(&Location::Span(mark.place.clone()));
            elements.push(Element::Origin(Origin::path(place)));
        }
    }
    elements.append(&mut loose);
    elements
}

/// Makes a snippet of the whole lines from the first to the last mark, or nothing if that is too much or the
/// marks do not lie in the text.
fn window(
    path: &RelativePath,
    text: &str,
    marks: &[Mark<'_>],
) -> Option<Snippet<'static, annotate_snippets::Annotation<'static>>> {
    let first = marks.iter().min_by_key(|mark| mark.place.span.start)?;
    let last = marks.iter().map(|mark| mark.place.span.end as usize).max()?;
    let before = text.get(..first.place.span.start as usize)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = last + text.get(last..)?.find('\n').unwrap_or(text.len() - last);
    let lines = text.get(start..end).filter(|it| it.len() <= WINDOW_BYTES_MAX)?;
    let mut snippet = Snippet::source(shown_source(lines))
        .line_start(usize::try_from(first.place.line).unwrap_or(1))
        .path(shown_path(path));
    for mark in marks {
        let span = mark.place.span.range();
        // Replaced characters differ in length, so that offsets count in what is shown.
        let at = |offset: usize| Some(shown_source(text.get(start..offset)?).len());
        let (from, to) = (at(span.start)?, at(span.end)?);
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        snippet = snippet.annotation(kind.span(from..to).label(mark.label.clone()));
    }
    Some(snippet)
}
