//! Launches one job from a process with one thread, as the tests and measurements need it.
//!
//! What it is not: a command for people. Its options mirror the fields of the specification and its report is
//! a list of lines.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use brattice_finding::RelativePath;
use brattice_redact::Secret;
use brattice_sandbox::{
    CollectedOutputs, Finished, JobSignal, JobSpec, LaunchError, OutputError, WorkspaceMode,
};

/// What was asked for beside the specification.
#[derive(Default)]
struct Extra {
    destination: Option<PathBuf>,
    out_destination: Option<PathBuf>,
    report: Option<PathBuf>,
    with_thread: bool,
    terminate_after: Option<Duration>,
    probe: bool,
}

fn main() -> ExitCode {
    let (spec, extra) = parse(std::env::args_os().skip(1));
    if extra.probe {
        let lines: String = brattice_sandbox::probe(&spec.state_dir)
            .into_iter()
            .fold(String::new(), |text, it| text + &format!("{} {} {}\n", it.name, it.available, it.detail));
        write_report(&extra, &lines);
        return ExitCode::SUCCESS;
    }
    let idle = extra.with_thread.then(|| std::thread::spawn(std::thread::park));
    let code = match run(&spec, &extra) {
        Ok(code) => u8::try_from(code).unwrap_or(125),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            write_report(&extra, &format!("refused {error}: {cause}\n"));
            125
        }
    };
    if let Some(idle) = idle {
        idle.thread().unpark();
    }
    ExitCode::from(code)
}

fn run(spec: &JobSpec, extra: &Extra) -> Result<i32, LaunchError> {
    let mut job = brattice_sandbox::launch(spec)?;
    let streams: [(Option<std::fs::File>, Box<dyn io::Write + Send>); 2] =
        [(job.take_stdout(), Box::new(io::stdout())), (job.take_stderr(), Box::new(io::stderr()))];
    let drains = streams
        .map(|(from, mut to)| std::thread::spawn(move || from.map(|mut from| io::copy(&mut from, &mut to))));
    if let Some(delay) = extra.terminate_after {
        let signaller = job.signaller();
        std::thread::spawn(move || {
            std::thread::sleep(delay);
            signaller.signal(JobSignal::Terminate);
        });
    }
    let finished = job.wait();
    for drain in drains {
        let _ = drain.join();
    }
    let code = finished.exit().code();
    let report = report(finished, extra);
    write_report(extra, &report);
    Ok(code)
}

fn report(finished: Finished, extra: &Extra) -> String {
    let mut text = format!("exit {:?}\n", finished.exit());
    if let Some(destination) = &extra.destination {
        tell_outputs(&mut text, finished.collect_outputs(destination));
    }
    if let Some(destination) = &extra.out_destination {
        tell_outputs(&mut text, finished.collect_out_directory(destination));
    }
    match finished.destroy() {
        Ok(guarantees) => {
            for (guarantee, state) in guarantees {
                let _ = writeln!(text, "guarantee {guarantee} {}", state.as_str());
            }
        }
        Err(error) => {
            let _ = writeln!(text, "left {error}: {}", error.source);
        }
    }
    text
}

fn tell_outputs(text: &mut String, outputs: Result<CollectedOutputs, OutputError>) {
    match outputs {
        Ok(outputs) => {
            for it in outputs.copied {
                let _ =
                    writeln!(text, "copied {} {} {:o} {}", it.path.display(), it.bytes, it.mode, it.sha256);
            }
            for it in outputs.missing {
                let _ = writeln!(text, "missing {}", it.display());
            }
            for it in outputs.withheld {
                let _ = writeln!(text, "withheld {}", it.display());
            }
        }
        Err(error) => {
            let _ = writeln!(text, "error {error}");
        }
    }
}

fn write_report(extra: &Extra, text: &str) {
    let path = extra.report.as_deref().unwrap_or(Path::new("/dev/stderr"));
    std::fs::write(path, text).expect("the report can be written");
}

fn parse(mut words: impl Iterator<Item = OsString>) -> (JobSpec, Extra) {
    let mut spec = JobSpec::new(Vec::new(), PathBuf::new(), PathBuf::new());
    let mut extra = Extra::default();
    while let Some(word) = words.next() {
        let flag = word.to_string_lossy().into_owned();
        match flag.as_str() {
            "--" => break,
            "--thread" => extra.with_thread = true,
            "--probe" => extra.probe = true,
            "--read-only-workspace" => spec.workspace_mode = WorkspaceMode::ReadOnly,
            "--inherit-stdin" => {
                let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
                spec.stdin = Some(stdin.expect("standard input is open"));
            }
            _ => set(&mut spec, &mut extra, &flag, words.next().expect("every other flag has a value")),
        }
    }
    spec.command = words.collect();
    (spec, extra)
}

fn set(spec: &mut JobSpec, extra: &mut Extra, flag: &str, value: OsString) {
    let text = value.to_string_lossy().into_owned();
    let milliseconds = || Duration::from_millis(text.parse().expect("a number"));
    let pair = || text.split_once('=').expect("NAME=VALUE");
    match flag {
        "--workspace" => spec.workspace = value.into(),
        "--state" => spec.state_dir = value.into(),
        "--directory" => spec.working_directory = Some(RelativePath::from(text.as_str())),
        "--out" => spec.outputs.push(RelativePath::from(text.as_str())),
        "--ro" => spec.read_only.push(value.into()),
        "--env" => spec.env.push((pair().0.into(), pair().1.into())),
        "--secret" => spec.secrets.push((pair().0.to_owned(), Secret::from(pair().1.to_owned()))),
        "--path" => spec.search_path = std::env::split_paths(&value).collect(),
        "--toolchain" => spec.toolchain.push(value.into()),
        "--timeout" => spec.timeout = Some(milliseconds()),
        "--grace" => spec.grace = milliseconds(),
        "--scratch-bytes" => spec.scratch.bytes_max = text.parse().expect("a number"),
        "--output-bytes" => spec.output_limits.bytes_max = text.parse().expect("a number"),
        "--output-entries" => spec.output_limits.entries_max = text.parse().expect("a number"),
        "--to" => extra.destination = Some(value.into()),
        "--out-directory-to" => extra.out_destination = Some(value.into()),
        "--report" => extra.report = Some(value.into()),
        "--terminate-after" => extra.terminate_after = Some(milliseconds()),
        _ => panic!("no such flag: {flag}"),
    }
}
