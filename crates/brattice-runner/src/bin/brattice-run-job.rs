//! Runs one job for the tests of this crate. The sandbox is launched from a process with a single thread, and
//! a test's process has several. Not a tool for people: that is `brattice run`.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(outcome_path) = arguments.next() else { return ExitCode::from(2) };
    if outcome_path == "probe" {
        return probe(arguments.next());
    }
    let Some(request) = request(arguments) else { return ExitCode::from(2) };
    let result = brattice_runner::run(&request, &mut std::io::stdout(), &mut std::io::stderr());
    let (code, text) = match result {
        Ok(outcome) => {
            let mut lines: Vec<String> =
                outcome.warnings.iter().map(|it| format!("warning: {it}\n")).collect();
            lines.extend(outcome.problem.iter().map(|it| format!("problem: {it}\n")));
            let bundle = outcome.invocation.iter().map(|it| String::from_utf8_lossy(it));
            lines.extend(bundle.map(|it| format!("invocation: {it}\n")));
            (outcome.exit_code, lines.concat())
        }
        Err(error) => (error.exit_code(), format!("error: {error}\n")),
    };
    let written =
        std::fs::File::create(outcome_path).and_then(|mut file| file.write_all(text.as_bytes())).is_ok();
    ExitCode::from(if written { code } else { 2 })
}

/// Says what is missing for a sandbox, if anything.
#[cfg(target_os = "linux")]
fn probe(state_dir: Option<OsString>) -> ExitCode {
    let Some(state_dir) = state_dir else { return ExitCode::from(2) };
    let missing = brattice_sandbox::probe(state_dir.as_ref()).into_iter().find(|it| !it.available);
    let Some(missing) = missing else { return ExitCode::SUCCESS };
    // Without a reader the exit code still tells.
    let _ = writeln!(std::io::stdout(), "{}: {}", missing.name, missing.detail);
    ExitCode::FAILURE
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    ExitCode::from(2)
}

/// Reads `WORKSPACE STATE [NAME VALUE]… -- CMD…`.
#[cfg(target_os = "linux")]
fn request(mut arguments: impl Iterator<Item = OsString>) -> Option<brattice_runner::RunRequest> {
    use std::os::unix::ffi::OsStrExt as _;

    #[expect(clippy::disallowed_methods, reason = "a job's tools are found on the tester's PATH")]
    let search_path = std::env::var_os("PATH").unwrap_or_default();
    let mut request = brattice_runner::RunRequest {
        workspace: arguments.next()?.into(),
        state_dir: arguments.next()?.into(),
        command: Vec::new(),
        working_directory: None,
        outputs: Vec::new(),
        output_directory: None,
        out_directory: None,
        read_only: Vec::new(),
        env: Vec::new(),
        secrets: Vec::new(),
        timeout: None,
        search_path: std::env::split_paths(&search_path).filter(|it| it.is_absolute()).collect(),
        stdin: None,
        git: brattice_store::Git::find(&search_path),
        record: None,
        invocation: None,
        tier: brattice_runner::Tier::A,
    };
    while let Some(name) = arguments.next() {
        let name = name.into_string().ok()?;
        if name == "--" {
            request.command = arguments.collect();
            return Some(request);
        }
        let value = arguments.next()?;
        match name.as_str() {
            "output" => request.outputs.push(brattice_finding::RelativePath::new(value.as_bytes())),
            "read-only" => request.read_only.push(value.into()),
            "output-directory" => request.output_directory = Some(value.into()),
            "out-directory" => request.out_directory = Some(value.into()),
            "env" => {
                let (name, value) = value.to_str()?.split_once('=')?;
                request.env.push((name.into(), value.into()));
            }
            "secret" => {
                let (name, path) = value.to_str()?.split_once('=')?;
                let bytes = brattice_store::read_bounded(path.as_ref(), 1 << 20).ok()?;
                request.secrets.push((name.to_owned(), brattice_redact::Secret::new(bytes)));
            }
            "timeout-ms" => {
                let milliseconds = value.to_str()?.parse().ok()?;
                request.timeout = Some(std::time::Duration::from_millis(milliseconds));
            }
            "record" => request.record = Some(value.into()),
            "seed" => {
                let seed = [value.to_str()?.parse().ok()?; 32];
                let key = brattice_attest::key::SigningKey::from_seed(
                    brattice_attest::key::Algorithm::Ed25519,
                    &seed,
                )
                .ok()?;
                request.invocation = Some(brattice_runner::InvocationKey(key));
            }
            _ => return None,
        }
    }
    None
}
