//! `run -- CMD`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use brattice_finding::RelativePath;
use brattice_redact::Secret;
use brattice_runner::{
    ExitReason, InvocationKey, RunOutcome, RunRequest, Tier, WorkspaceKind, run as run_job,
};

use crate::cli::{RunArgs, TierArg};
use crate::context::{Context, read_named};
use crate::evidence::{BUNDLE_SUFFIX, git, make_parent, signing_key};
use crate::exit::{Failure, RUN_FAILED, USAGE, chain};
use crate::ledger::Draft;
use crate::verbs::Done;

/// The largest secret that is read from a file, in bytes: a service account key with its chain fits.
const SECRET_BYTES_MAX: u64 = 1 << 20;

/// Runs `run -- CMD`.
pub(crate) fn run(context: &Context<'_>, arguments: &RunArgs) -> Result<Done, Failure> {
    // The other codes are the job's: what fails here is a mistake of the user's or stands out as ours.
    start(context, arguments).map_err(|failure| match failure.code {
        USAGE => failure,
        _ => Failure { code: RUN_FAILED, ..failure },
    })
}

fn start(context: &Context<'_>, arguments: &RunArgs) -> Result<Done, Failure> {
    let request = request(context, arguments)?;
    let record = request.record.clone();
    if let Some(record) = &record {
        // Now, not after an hour of training.
        make_parent(record)?;
    }
    let workspace = request.workspace.clone();
    let outcome = run_job(&request, &mut std::io::stdout(), &mut std::io::stderr())
        .map_err(|error| Failure::new(error.exit_code(), chain(&error)))?;
    for warning in &outcome.warnings {
        context.terminal.warning(warning);
    }
    let mut draft = Draft::new(if outcome.record.exit.code == 0 { "succeeded" } else { "failed" })
        .about(outcome.record.workspace.sha256);
    if record.is_some() {
        draft = draft.with(brattice_digest::Sha256::of(&outcome.record_bytes));
    }
    for product in &outcome.record.products {
        draft = draft.about(product.sha256);
    }
    if let (Some(bundle), Some(record)) = (&outcome.invocation, &record) {
        let path = invocation_path(record);
        brattice_store::write_atomic(&path, bundle, 0o644)
            .map_err(|error| Failure::new(RUN_FAILED, chain(&error)))?;
        context.terminal.detail(&format!("the signed invocation is {}", path.display()));
        draft = draft.with(brattice_digest::Sha256::of(bundle));
    }
    if let Some(invoker) = &outcome.record.invoker {
        draft = draft.of_run(&invoker.invocation.sha256.to_hex());
        if let Ok(key) = invoker.key.parse() {
            draft = draft.by(&key);
        }
    }
    tell(context, &outcome, &workspace, arguments);
    if record.is_some()
        && outcome.record.workspace.kind == WorkspaceKind::Directory
        && workspace.join(".git").exists()
    {
        context.terminal.warning(
            "the workspace is not exactly a commit (something is modified, untracked or ignored): the run is of a \
             `directory`, and no policy about a `git-tree` is met by what it made",
        );
    }
    if let Some(problem) = &outcome.problem {
        context.terminal.failure(&Failure::new(RUN_FAILED, chain(problem)));
    }
    Ok(Done { code: outcome.exit_code, draft: Some(draft) })
}

fn tell(context: &Context<'_>, outcome: &RunOutcome, workspace: &Path, arguments: &RunArgs) {
    let record = &outcome.record;
    let program = arguments.command.first().map(|it| it.to_string_lossy()).unwrap_or_default();
    // A bare code is not enough where the job could say nothing for itself.
    match record.exit.reason {
        ExitReason::NotFound => context.terminal.warning(&format!("there is no `{program}` in the sandbox")),
        ExitReason::CannotExecute => context.terminal.warning(&format!("`{program}` cannot be executed")),
        ExitReason::Timeout => context.terminal.warning("the job outlived its time limit and was ended"),
        ExitReason::Exited | ExitReason::Signal | ExitReason::Lost => {}
    }
    context.terminal.detail(&format!(
        "tier {}, exit {}, {} products of {}",
        record.tier.as_str(),
        record.exit.code,
        record.products.len(),
        workspace.display()
    ));
}

/// Returns `RECORD.invocation.sigstore.json`, without the record's own `.json`.
fn invocation_path(record: &Path) -> PathBuf {
    let mut name = record.with_extension("").into_os_string();
    name.push(".invocation");
    name.push(BUNDLE_SUFFIX);
    PathBuf::from(name)
}

fn request(context: &Context<'_>, arguments: &RunArgs) -> Result<RunRequest, Failure> {
    let named = arguments.workspace.as_deref().unwrap_or(Path::new("."));
    let state_dir = context.state_directory()?.join("runs");
    make_parent(&state_dir)?;
    let workspace = context
        .path(named)
        .canonicalize()
        .map_err(|error| Failure::usage(format!("cannot use the workspace {}: {error}", named.display())))?;
    let key = arguments.key.as_deref().map(|path| signing_key(context, path)).transpose()?;
    let outputs = arguments.out.iter().map(|it| output(it, &workspace)).collect::<Result<_, _>>()?;
    let mut read_only = Vec::new();
    for path in &arguments.ro {
        let path = context.path(path);
        if !path.exists() {
            return Err(Failure::usage(format!("{} does not exist", path.display())));
        }
        read_only.push(path);
    }
    Ok(RunRequest {
        command: arguments.command.clone(),
        workspace,
        working_directory: None,
        outputs,
        output_directory: None,
        out_directory: None,
        read_only,
        env: arguments.env.iter().map(|it| variable(context, it)).collect::<Result<_, _>>()?,
        secrets: arguments.secret.iter().map(|it| secret(context, it)).collect::<Result<_, _>>()?,
        timeout: arguments.timeout,
        search_path: context.environment.search_path(),
        stdin: None,
        state_dir,
        git: git(context),
        record: arguments.record.as_deref().map(|it| context.path(it)),
        invocation: key.map(InvocationKey),
        tier: match arguments.tier {
            TierArg::A => Tier::A,
        },
    })
}

/// An output lies beneath the workspace, however it is spelt.
fn output(path: &Path, workspace: &Path) -> Result<RelativePath, Failure> {
    let relative =
        if path.is_absolute() { path.strip_prefix(workspace).map_err(|_| outside(path))? } else { path };
    let parts: Vec<&OsStr> =
        relative.components().map(std::path::Component::as_os_str).filter(|it| *it != ".").collect();
    if parts.is_empty() || parts.iter().any(|it| *it == "..") {
        return Err(outside(path));
    }
    let joined = parts.iter().map(|it| it.as_bytes()).collect::<Vec<_>>().join(&b'/');
    Ok(RelativePath::new(joined))
}

fn outside(path: &Path) -> Failure {
    Failure::usage(format!("`--out {}` does not lie beneath the workspace", path.display()))
        .hint("name a file or directory that the job makes in its workspace")
}

/// Reads `K=V`, or `K` for the caller's own value.
fn variable(context: &Context<'_>, word: &OsString) -> Result<(OsString, OsString), Failure> {
    let bytes = word.as_bytes();
    if let Some(at) = bytes.iter().position(|it| *it == b'=') {
        let (name, value) = bytes.split_at(at);
        let value = value.get(1..).unwrap_or_default();
        Ok((OsString::from_vec(name.to_vec()), OsString::from_vec(value.to_vec())))
    } else {
        let name = word.to_string_lossy();
        match context.environment.get(&name) {
            Some(value) => Ok((word.clone(), value.to_owned())),
            None => Err(Failure::usage(format!("`--env {name}` names a variable that is not set"))
                .hint(format!("write `--env {name}=VALUE`"))),
        }
    }
}

/// Reads `NAME` from the environment or `NAME=file:PATH` from a file; never a value from the command line.
fn secret(context: &Context<'_>, word: &str) -> Result<(String, Secret), Failure> {
    let Some((name, source)) = word.split_once('=') else {
        let value = context.environment.get(word).ok_or_else(|| {
            Failure::usage(format!("`--secret {word}` names a variable that is not set"))
                .hint(format!("write `--secret {word}=file:PATH`"))
        })?;
        return Ok((word.to_owned(), Secret::new(value.as_bytes().to_vec())));
    };
    let Some(path) = source.strip_prefix("file:") else {
        return Err(Failure::usage(format!("`--secret {name}=…` must name a file"))
            .hint("a value on the command line is readable by every process: use `--secret NAME` or `--secret NAME=file:PATH`"));
    };
    let mut value = read_named(&context.path(Path::new(path)), SECRET_BYTES_MAX)?;
    // An editor's line end is not part of the secret.
    if value.ends_with(b"\n") {
        value.pop();
    }
    Ok((name.to_owned(), Secret::new(value)))
}
