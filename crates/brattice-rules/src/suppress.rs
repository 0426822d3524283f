//! What silences a finding, and the findings about ignores that follow.

use std::cmp::Ordering;
use std::collections::HashMap;

use brattice_finding::{
    Finding, Findings, FingerprintInput, LineIndex, Location, Origin, RelativePath, Rule, Span, Suppressed,
};
use jiff::civil::Date;

use crate::{
    Allowances, Baseline, CheckSettings, EXPIRED_IGNORE, InlineIgnore, InlineIgnores, MALFORMED_IGNORE,
    Registry, UNEXPLAINED_IGNORE, UNUSED_IGNORE, assign_ordinals,
};

/// The ignore comments of one file beside its text.
#[derive(Debug, Clone)]
pub struct FileIgnores<'a> {
    /// The file.
    pub path: &'a RelativePath,
    /// Its text.
    pub text: &'a str,
    /// Its lines.
    pub lines: &'a LineIndex,
    /// The comments that count.
    pub ignores: InlineIgnores,
    /// Comments that the change under judgement adds: they silence nothing.
    pub added: Vec<InlineIgnore>,
}

impl<'a> FileIgnores<'a> {
    /// Reads the ignore comments of a file.
    pub fn read(path: &'a RelativePath, text: &'a str, lines: &'a LineIndex) -> Self {
        Self { path, text, lines, ignores: InlineIgnores::read(text, lines), added: Vec::new() }
    }

    /// Withholds every comment that the same file does not have at the base of the change, for the same
    /// rules, day and line text. One that is copied to a second line is withheld there.
    #[must_use]
    pub fn without_those_added_since(mut self, base: Option<&InlineIgnores>) -> Self {
        let mut known: Vec<&InlineIgnore> = base.map(|it| it.ignores.iter().collect()).unwrap_or_default();
        let (mut kept, mut added) = (Vec::new(), Vec::new());
        for ignore in std::mem::take(&mut self.ignores.ignores) {
            let same = known.iter().position(|it| {
                it.rules == ignore.rules && it.until == ignore.until && it.target == ignore.target
            });
            if let Some(index) = same {
                known.swap_remove(index);
                kept.push(ignore);
            } else {
                added.push(ignore);
            }
        }
        self.ignores.ignores = kept;
        self.added = added;
        self
    }

    /// Returns the place of a comment of this file.
    pub fn place(&self, span: Span) -> Location {
        Location::span(self.path, self.text, self.lines, span, None)
    }
}

/// Everything that can silence a finding of one scan.
pub struct Suppressions<'a> {
    /// The ignore comments of every file read.
    pub files: &'a [FileIgnores<'a>],
    /// Where the comments come from: the tree, or the base of the change.
    pub inline_origin: Origin,
    /// The settings with their ignores.
    pub check: &'a CheckSettings,
    /// The baseline and where it came from.
    pub baseline: Option<(&'a Baseline, Origin)>,
    /// Every rule that exists.
    pub registry: &'a Registry,
    /// Today, for ignores that expire.
    pub today: Date,
}

impl Suppressions<'_> {
    /// Numbers the findings, takes out those that an ignore or the baseline silences, and adds the findings
    /// about the ignores themselves. An inline ignore goes before the settings, these before the baseline.
    pub fn apply(&self, mut findings: Vec<Finding>) -> Findings {
        assign_ordinals(&mut findings);
        let files: HashMap<&RelativePath, &FileIgnores<'_>> =
            self.files.iter().map(|file| (file.path, file)).collect();
        let mut used: HashMap<(&RelativePath, u32), Vec<&'static str>> = HashMap::new();
        let mut result = Findings::default();
        let mut standing = Vec::new();
        for finding in findings {
            let file = files.get(finding.location.path()).copied();
            let ignore = file.and_then(|file| self.inline_ignore(file, &finding).map(|it| (file, it)));
            if let Some((file, ignore)) = ignore {
                used.entry((file.path, ignore.line)).or_default().push(finding.rule.id);
                let (origin, reason) = (self.inline_origin, ignore.reason.clone());
                result.suppressed.push(Suppressed { finding, by: "inline", origin, reason });
            } else {
                standing.push(finding);
            }
        }
        let mut about_ignores = self.about_inline(&used);
        about_ignores.extend(self.about_settings());
        about_ignores.retain(|it| self.check.selects(it.rule.id));
        assign_ordinals(&mut about_ignores);
        standing.extend(about_ignores);
        let mut open = Vec::new();
        for finding in standing {
            match self.check.ignore_of(finding.rule.id, finding.location.path(), self.today) {
                Some((origin, reason)) => {
                    result.suppressed.push(Suppressed { finding, by: "config", origin, reason });
                }
                None => open.push(finding),
            }
        }
        open.sort_by(place_order);
        if let Some((baseline, origin)) = self.baseline {
            let (new_ones, known) = Allowances::of_baseline(baseline).split(open);
            open = new_ones;
            let known = known.into_iter();
            result.suppressed.extend(known.map(|finding| Suppressed {
                finding,
                by: "baseline",
                origin,
                reason: None,
            }));
        }
        result.findings = open;
        result.suppressed.sort_by(|a, b| place_order(&a.finding, &b.finding));
        result
    }

    fn inline_ignore<'f>(&self, file: &'f FileIgnores<'_>, finding: &Finding) -> Option<&'f InlineIgnore> {
        let place = finding.location.as_span()?;
        file.ignores.ignores.iter().find(|ignore| {
            (ignore.target_line == place.line || ignore.target_line == place.end_line)
                && ignore.until.is_none_or(|until| self.today <= until)
                && ignore.rules.iter().any(|rule| rule == finding.rule.id)
        })
    }

    fn about_inline(&self, used: &HashMap<(&RelativePath, u32), Vec<&'static str>>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for file in self.files {
            for bad in &file.ignores.malformed {
                let message = format!("ignore comment is not understood: {}", bad.problem);
                findings.push(about(&MALFORMED_IGNORE, message, file, bad.span));
            }
            for ignore in &file.ignores.ignores {
                let used = used.get(&(file.path, ignore.line)).map_or(&[][..], Vec::as_slice);
                self.about_one(file, ignore, used, &mut findings);
            }
        }
        findings
    }

    fn about_one(
        &self,
        file: &FileIgnores<'_>,
        ignore: &InlineIgnore,
        used: &[&str],
        findings: &mut Vec<Finding>,
    ) {
        if let Some(until) = ignore.until.filter(|until| *until < self.today) {
            let message = format!("this ignore held until {until} and silences nothing any more");
            findings.push(about(&EXPIRED_IGNORE, message, file, ignore.span));
            return;
        }
        for name in &ignore.rules {
            if self.registry.get(name).is_none() {
                let mut finding = about(
                    &MALFORMED_IGNORE,
                    format!("there is no rule `{name}` to ignore"),
                    file,
                    ignore.span,
                );
                finding
                    .help
                    .extend(self.registry.nearest(name).map(|near| format!("did you mean `{near}`?")));
                findings.push(finding);
            } else if !used.contains(&name.as_str()) && self.check.selects(name) {
                let message = format!("this ignore of `{name}` silences nothing");
                let mut finding = about(&UNUSED_IGNORE, message, file, ignore.span);
                finding.help.push(format!("remove `{name}` from the comment"));
                findings.push(finding);
            }
        }
        if ignore.reason.is_none() && !used.is_empty() {
            findings.push(about(
                &UNEXPLAINED_IGNORE,
                "this ignore gives no reason".to_owned(),
                file,
                ignore.span,
            ));
        }
    }

    fn about_settings(&self) -> impl Iterator<Item = Finding> + '_ {
        self.check.ignore_paths.iter().filter_map(|entry| {
            let until = entry.until.filter(|until| *until < self.today)?;
            let message = format!(
                "the ignore of `{}` held until {until} and silences nothing any more",
                entry.path.as_str()
            );
            let identity = FingerprintInput::new("check.ignore-path", entry.path.as_str());
            Some(Finding::new(&EXPIRED_IGNORE, message, entry.location.clone(), identity))
        })
    }
}

fn about(rule: &'static Rule, message: String, file: &FileIgnores<'_>, span: Span) -> Finding {
    let identity = FingerprintInput::new("ignore", &format!("{message} {}", span.slice(file.text)));
    Finding::new(rule, message, file.place(span), identity)
}

/// Orders findings by file, place, rule and message.
pub fn place_order(a: &Finding, b: &Finding) -> Ordering {
    let key = |it: &Finding| match &it.location {
        Location::Span(span) => (u64::from(span.span.start), u64::from(span.span.end)),
        Location::Bytes { offset, length, .. } => (*offset, offset.saturating_add(*length)),
        Location::Member { offset, .. } => (*offset, *offset),
        Location::Commit { line, .. } => (u64::from(*line), 0),
        Location::Layer { .. } | Location::Package { .. } => (0, 0),
    };
    (a.location.path(), key(a), a.rule.id, &a.message).cmp(&(
        b.location.path(),
        key(b),
        b.rule.id,
        &b.message,
    ))
}
