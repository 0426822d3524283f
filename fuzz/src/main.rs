//! The driver: `brattice-fuzz TARGET --seconds N [--seed S] [--corpus DIRECTORY]`.
//!
//! Runs a target on its seeds and then on their mutations until the time is over. An input that makes it panic
//! is written to `crash-TARGET-NUMBER` in the current directory, and the exit code is 1.

use std::io::Write as _;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use brattice_fuzz::mutate::{Random, mutate};
use brattice_fuzz::{TARGETS, Target};

const USAGE: &str = "usage: brattice-fuzz TARGET --seconds N [--seed S] [--corpus DIRECTORY]";

struct Options {
    target: &'static Target,
    seconds: u64,
    seed: u64,
    corpus: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        let names: Vec<&str> = TARGETS.iter().map(|it| it.name).collect();
        say(&format!("{USAGE}\ntargets: {}", names.join(", ")));
        return ExitCode::from(2);
    };
    let mut seeds = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(options.target.name), &mut seeds);
    if let Some(corpus) = &options.corpus {
        collect(corpus, &mut seeds);
    }
    fuzz(&options, &seeds)
}

fn options(arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut arguments = arguments;
    let name = arguments.next()?;
    let target = TARGETS.iter().find(|it| it.name == name)?;
    let mut options = Options { target, seconds: 10, seed: 1, corpus: None };
    while let Some(flag) = arguments.next() {
        let value = arguments.next()?;
        match flag.as_str() {
            "--seconds" => options.seconds = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--corpus" => options.corpus = Some(PathBuf::from(value)),
            _ => return None,
        }
    }
    Some(options)
}

#[expect(clippy::disallowed_methods, reason = "a developer's tool that runs for a given time")]
fn fuzz(options: &Options, seeds: &[Vec<u8>]) -> ExitCode {
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut random = Random::new(options.seed);
    let (mut runs, mut slowest) = (0_usize, Duration::ZERO);
    while runs < seeds.len() || Instant::now() < end {
        let input = match seeds.get(runs) {
            Some(seed) => seed.clone(),
            None => mutate(seeds, options.target.dictionary, &mut random),
        };
        let started = Instant::now();
        if panic::catch_unwind(|| (options.target.run)(&input)).is_err() {
            let path = format!("crash-{}-{runs}", options.target.name);
            let written = std::fs::write(&path, &input);
            say(&format!("panic at run {runs}; input in {path} ({written:?})"));
            return ExitCode::FAILURE;
        }
        slowest = slowest.max(started.elapsed());
        runs += 1;
    }
    say(&format!("{runs} runs of {}, slowest {slowest:?}, no panic", options.target.name));
    ExitCode::SUCCESS
}

#[expect(clippy::disallowed_methods, reason = "seeds are small files that a developer names")]
fn collect(directory: &Path, seeds: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(directory).into_iter().flatten().flatten().map(|it| it.path()).collect();
    // The order of a directory is not fixed; the same seed number must give the same run.
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, seeds);
        } else {
            seeds.extend(std::fs::read(&path));
        }
    }
}

fn say(line: &str) {
    // With nobody to read it, the exit code says enough.
    drop(writeln!(std::io::stderr(), "{line}"));
}
