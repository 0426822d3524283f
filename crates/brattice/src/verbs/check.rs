//! `check` and `fix`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use brattice_attest::key::SigningKey;
use brattice_attest::statement::{
    DigestRef, ResourceDescriptor, SCAN_FORMAT, Scan, ScanConfig, ScanCounts, ScanCoverage, ScanOrigin,
    ScanScope, ScanSuppression, ScanThreshold, ScanVerdict, Scanner, Statement,
};
use brattice_attest::{Node, NodeKind};
use brattice_digest::Sha256;
use brattice_finding::{Area, Origin, RelativePath};
use brattice_report::{Colour, Format, Report, write_report};
use brattice_rules::{Baseline, Registry, Settings, Sourced, plural};
use brattice_scan::{
    ScanRequest, ScanResult, ScanStatementData, Target, plan_fixes, scan, scan_statement_predicate,
};
use brattice_store::{Root, Snapshot, WorkspaceIdentity, write_atomic};
use similar::TextDiff;

use crate::cli::{CheckArgs, FixArgs, ReportFormat};
use crate::context::{Context, short};
use crate::evidence::{git, make_parent, signing_key, write_bundle};
use crate::exit::{Failure, INCOMPLETE, NOTHING, YES, chain};
use crate::ledger::Draft;
use crate::terminal::harmless;
use crate::verbs::Done;

/// The largest input that is read from standard input: the scanner's own limit for a file.
const STDIN_BYTES_MAX: u64 = 16 << 20;

/// The areas that this version can examine.
const AREAS: &[Area] = &[Area::Pipeline];

/// Runs `check`.
pub(crate) fn check(context: &Context<'_>, arguments: &CheckArgs) -> Result<Done, Failure> {
    let registry = crate::rules::registry();
    let areas = areas(arguments)?;
    require_rules(&registry, arguments.select.iter().chain(&arguments.ignore))?;
    let settings = context.user_settings(&registry)?.overlaid_with(flags(arguments));
    let key = arguments.key.as_deref().map(|path| signing_key(context, path)).transpose()?;
    let paths = paths(context, &arguments.paths);
    let judged = key.as_ref().map(|_| Judged::take(context, &paths)).transpose()?;
    let stdin = read_stdin(&arguments.paths)?;
    let git = git(context);
    let baseline = arguments.baseline.as_deref().map(|it| context.path(it));
    let result = scan(&ScanRequest {
        target: match &stdin {
            Some(bytes) => Target::Bytes { name: "<stdin>", bytes },
            None => Target::Paths(&paths),
        },
        areas: &areas,
        registry: &registry,
        own_settings: &settings,
        // A statement never rests on what the tree says about itself.
        repository_settings: !context.global.no_config && judged.is_none(),
        inline_ignores: judged.is_none(),
        baseline: baseline.as_deref(),
        since: arguments.since.as_deref(),
        git: git.as_ref(),
        today: today(context),
    })
    .map_err(|error| Failure::new(error.exit(), chain(&error)))?;
    if let Some(path) = &arguments.write_baseline {
        return write_baseline(context, path, &result);
    }
    let reports = Reports { context, registry: &registry, result: &result };
    reports.write(arguments)?;
    let code = result.verdict.exit;
    let mut draft = Draft::new(outcome(code));
    if let (Some(key), Some(judged), Some(path)) = (&key, &judged, &arguments.attest) {
        judged.require_unchanged()?;
        for area in &areas {
            let bytes = judged.statement(context, &reports, *area, key)?;
            let (path, evidence) = write_bundle(context, Some(path), &bytes)?;
            context.terminal.success(&format!(
                "stated the `{area}` scan of {} {}: {}",
                judged.node.kind,
                short(&judged.node.sha256),
                path.display()
            ));
            draft = draft.with(evidence);
        }
        draft = draft.by(&key.public().key_id()).about(judged.node.sha256);
    }
    Ok(Done { code, draft: Some(draft) })
}

fn outcome(code: u8) -> &'static str {
    match code {
        0 => "clean",
        1 => "findings",
        3 => "nothing",
        _ => "incomplete",
    }
}

/// The areas that were named, checked against those that exist.
fn areas(arguments: &CheckArgs) -> Result<Vec<Area>, Failure> {
    for area in arguments.only.iter().chain(&arguments.skip) {
        if !AREAS.contains(area) {
            return Err(Failure::usage(format!("the area `{area}` is not examined by this version"))
                .hint("this version examines: pipeline"));
        }
    }
    let kept: Vec<Area> = AREAS
        .iter()
        .copied()
        .filter(|area| arguments.only.is_empty() || arguments.only.contains(area))
        .filter(|area| !arguments.skip.contains(area))
        .collect();
    if kept.is_empty() {
        return Err(Failure::usage("every area is skipped"));
    }
    Ok(kept)
}

fn require_rules<'a>(registry: &Registry, mut ids: impl Iterator<Item = &'a String>) -> Result<(), Failure> {
    match ids.find(|id| registry.get(id).is_none()) {
        None => Ok(()),
        Some(unknown) => {
            let failure = Failure::usage(format!("there is no rule `{unknown}`"));
            Err(match registry.nearest(unknown) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`brattice explain` lists the rules"),
            })
        }
    }
}

/// The command line as settings, over everything else.
fn flags(arguments: &CheckArgs) -> Settings {
    let mut settings = Settings::default();
    let check = &mut settings.check;
    check.fail_on = arguments.fail_on.map(|it| Sourced::new(it, Origin::Explicit));
    check.fail_hardening = arguments.fail_hardening.map(|it| Sourced::new(it.0, Origin::Explicit));
    if !arguments.select.is_empty() {
        check.select = Some(Sourced::new(arguments.select.clone(), Origin::Explicit));
    }
    check.ignore = arguments.ignore.iter().map(|it| Sourced::new(it.clone(), Origin::Explicit)).collect();
    settings
}

fn paths(context: &Context<'_>, named: &[PathBuf]) -> Vec<PathBuf> {
    if named.is_empty() {
        vec![context.environment.directory.clone()]
    } else {
        named.iter().map(|it| context.path(it)).collect()
    }
}

/// Reads standard input if `-` is named. It never falls back to the current directory.
fn read_stdin(named: &[PathBuf]) -> Result<Option<Vec<u8>>, Failure> {
    if !named.iter().any(|it| it == Path::new("-")) {
        return Ok(None);
    }
    if named.len() > 1 {
        return Err(Failure::usage("`-` cannot be combined with paths"));
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(STDIN_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::incomplete(format!("failed to read standard input: {error}")))?;
    if bytes.len() as u64 > STDIN_BYTES_MAX {
        return Err(Failure::incomplete(format!("standard input has more than {STDIN_BYTES_MAX} bytes")));
    }
    Ok(Some(bytes))
}

fn today(context: &Context<'_>) -> jiff::civil::Date {
    context.now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn write_baseline(context: &Context<'_>, path: &Path, result: &ScanResult) -> Result<Done, Failure> {
    let baseline = Baseline::of(&result.findings);
    let bytes = baseline.write().map_err(|error| Failure::incomplete(chain(&error)))?;
    let path = context.path(path);
    make_parent(&path)?;
    write_atomic(&path, &bytes, 0o644).map_err(|error| Failure::incomplete(chain(&error)))?;
    let kinds = plural(baseline.entries().len(), "finding");
    context.terminal.success(&format!("wrote {kinds} to {}", path.display()));
    Ok(Done { code: if result.verdict.incomplete { INCOMPLETE } else { YES }, draft: None })
}

/// Writes one result in every form that was asked for.
struct Reports<'a> {
    context: &'a Context<'a>,
    registry: &'a Registry,
    result: &'a ScanResult,
}

impl Reports<'_> {
    fn write(&self, arguments: &CheckArgs) -> Result<(), Failure> {
        let color = if self.context.terminal.color_stdout() { Colour::On } else { Colour::Off };
        self.context.terminal.data(&self.render(arguments.format, color)?)?;
        for (format, path) in &arguments.output {
            let path = self.context.path(path);
            make_parent(&path)?;
            write_atomic(&path, &self.render(*format, Colour::Off)?, 0o644)
                .map_err(|error| Failure::incomplete(chain(&error)))?;
        }
        Ok(())
    }

    fn render(&self, format: ReportFormat, color: Colour) -> Result<Vec<u8>, Failure> {
        let notes = self.result.notes();
        let report = Report {
            version: env!("CARGO_PKG_VERSION"),
            catalogue: self.registry.catalogue(),
            verdict: &self.result.verdict,
            thresholds: self.result.thresholds,
            findings: &self.result.findings,
            inputs: &self.result.inputs,
            sources: &self.result.sources,
            notes: &notes,
            unfold_hardening: self.context.global.verbose > 0,
        };
        let format = match format {
            ReportFormat::Full => Format::Full,
            ReportFormat::Concise => Format::Concise,
            ReportFormat::Json => Format::Json,
            ReportFormat::Sarif => Format::Sarif,
            ReportFormat::Github => Format::Github,
        };
        let mut bytes = Vec::new();
        write_report(&report, format, color, &mut bytes)
            .map_err(|error| Failure::incomplete(format!("failed to write the report: {error}")))?;
        Ok(bytes)
    }
}

/// The tree that a statement is about, hashed before the scan and compared after it.
struct Judged {
    node: Node,
    git_commit: Option<String>,
    snapshot: Snapshot,
}

impl Judged {
    fn take(context: &Context<'_>, paths: &[PathBuf]) -> Result<Self, Failure> {
        let [path] = paths else {
            return Err(Failure::usage("`--attest` is about one whole tree; name its root"));
        };
        let git = git(context);
        let root = Root::open(path).map_err(|error| crate::context::read_failure(&error))?;
        let snapshot =
            Snapshot::take(root, git.as_ref()).map_err(|error| Failure::incomplete(chain(&error)))?;
        let (kind, git_commit) = match snapshot.identity() {
            WorkspaceIdentity::GitTree { commit, .. } => (NodeKind::GitTree, Some(commit.to_string())),
            WorkspaceIdentity::Directory { .. } => (NodeKind::Directory, None),
        };
        if kind == NodeKind::Directory {
            context.terminal.warning(
                "the tree is not exactly a commit (something is modified, untracked or ignored): the statement \
                 is about a `directory`, and no policy about a `git-tree` is met by it",
            );
        }
        Ok(Self { node: Node { kind, sha256: snapshot.identity().sha256() }, git_commit, snapshot })
    }

    fn require_unchanged(&self) -> Result<(), Failure> {
        let changes = self.snapshot.changes().map_err(|error| Failure::incomplete(chain(&error)))?;
        match changes.first() {
            None => Ok(()),
            Some(change) => {
                let path = RelativePath::new(change.path.clone()).display();
                Err(Failure::incomplete(format!("the tree changed while it was examined: {path}"))
                    .hint("run again with nobody writing to it"))
            }
        }
    }

    fn statement(
        &self,
        context: &Context<'_>,
        reports: &Reports<'_>,
        area: Area,
        key: &SigningKey,
    ) -> Result<Vec<u8>, Failure> {
        let data = scan_statement_predicate(reports.result, area, reports.registry.catalogue());
        let report = Sha256::of(&reports.render(ReportFormat::Json, Colour::Off)?);
        let mut subject = ResourceDescriptor::subject("tree", self.node);
        subject.digest.git_commit.clone_from(&self.git_commit);
        Statement::new(vec![subject], predicate(data, report, context.now()))
            .sign(key)
            .map_err(|error| Failure::incomplete(chain(&error)))
    }
}

fn predicate(data: ScanStatementData, report: Sha256, finished: jiff::Timestamp) -> Scan {
    let counts = |map: BTreeMap<&'static str, u64>| {
        map.into_iter().map(|(word, count)| (word.to_owned(), count)).collect()
    };
    Scan {
        format: SCAN_FORMAT.to_owned(),
        area: data.area.as_str().to_owned(),
        scanner: Scanner { version: env!("CARGO_PKG_VERSION").to_owned(), catalogue: data.catalogue },
        config: ScanConfig { sha256: data.settings_sha256, origin: origin(data.settings_origin) },
        threshold: ScanThreshold {
            fail_on: data.fail_on.to_owned(),
            fail_hardening: data.fail_hardening.to_owned(),
        },
        scope: ScanScope {
            since: data.since,
            baseline: data.baseline,
            select: data.select,
            ignore: data.ignore,
        },
        coverage: ScanCoverage {
            inputs: data.inputs,
            bytes: data.bytes,
            understood: data.understood,
            complete: data.complete,
        },
        counts: ScanCounts { exploit: counts(data.counts.exploit), hardening: counts(data.counts.hardening) },
        suppressions: data
            .suppressions
            .into_iter()
            .map(|it| ScanSuppression {
                rule: it.rule.to_owned(),
                fingerprint: it.fingerprint,
                origin: origin(it.origin),
            })
            .collect(),
        verdict: ScanVerdict { exit: data.exit },
        report: DigestRef { sha256: report },
        finished,
    }
}

fn origin(origin: Origin) -> ScanOrigin {
    match origin {
        Origin::Default => ScanOrigin::Default,
        Origin::Explicit => ScanOrigin::Explicit,
        Origin::Base => ScanOrigin::Base,
        Origin::Tree => ScanOrigin::Tree,
    }
}

/// Runs `fix`.
pub(crate) fn fix(context: &Context<'_>, arguments: &FixArgs) -> Result<Done, Failure> {
    let registry = crate::rules::registry();
    let settings = context.user_settings(&registry)?;
    let paths = paths(context, &arguments.paths);
    let result = scan(&ScanRequest {
        target: Target::Paths(&paths),
        areas: AREAS,
        registry: &registry,
        own_settings: &settings,
        repository_settings: !context.global.no_config,
        inline_ignores: true,
        baseline: None,
        since: None,
        git: None,
        today: today(context),
    })
    .map_err(|error| Failure::new(error.exit(), chain(&error)))?;
    let plan = plan_fixes(&result, arguments.r#unsafe);
    let root = result.root.clone().unwrap_or_else(|| context.environment.directory.clone());
    for (path, text) in &plan.texts {
        let before = result.sources.get(path).map_or("", String::as_str);
        if arguments.dry_run {
            let name = path.display();
            let diff = TextDiff::from_lines(before, text);
            let diff = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
            context.terminal.data(harmless(&diff).as_bytes())?;
        } else {
            write_fixed(&root, path, before, text)?;
        }
    }
    let verb = if arguments.dry_run { "would apply" } else { "applied" };
    let files = plural(plan.texts.len(), "file");
    let repairs = plural(plan.applied, "repair");
    context.terminal.success(&format!("{verb} {repairs} in {files}"));
    if plan.unsafe_left > 0 {
        context.terminal.note(&format!("{} more with `--unsafe`; look at each", plan.unsafe_left));
    }
    let code = match (result.verdict.incomplete, result.inputs.is_empty()) {
        (true, _) => INCOMPLETE,
        (false, true) => NOTHING,
        (false, false) => YES,
    };
    Ok(Done { code, draft: None })
}

/// Writes a repaired file, if it is still the one that was examined.
fn write_fixed(root: &Path, path: &RelativePath, before: &str, text: &str) -> Result<(), Failure> {
    let shown = path.display();
    let opened = Root::open(root).map_err(|error| crate::context::read_failure(&error))?;
    let now = opened
        .read(path.as_bytes(), STDIN_BYTES_MAX)
        .map_err(|error| crate::context::read_failure(&error))?;
    if now != before.as_bytes() {
        return Err(Failure::incomplete(format!("{shown} changed while it was examined")).hint("run again"));
    }
    let mode = opened.state(path.as_bytes()).map_err(|error| crate::context::read_failure(&error))?.mode;
    let file = root.join(OsStr::from_bytes(path.as_bytes()));
    write_atomic(&file, text.as_bytes(), mode & 0o777).map_err(|error| Failure::incomplete(chain(&error)))
}
