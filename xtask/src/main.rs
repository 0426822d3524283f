//! `cargo xtask NAME`; see the library for what each does.

use std::process::ExitCode;

use anyhow::bail;

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["layers"] => Ok(report(&xtask::layers::violations()?)),
        ["tidy"] => Ok(report(&xtask::tidy::violations()?)),
        ["codegen"] => {
            let count = xtask::codegen::write(&xtask::build_brattice(false)?)?;
            say(&format!("wrote {count} files under docs/reference"));
            Ok(ExitCode::SUCCESS)
        }
        ["digits"] => digits(None),
        ["digits", "--attack", attack] => digits(Some(xtask::digits::parse_attack(attack)?)),
        _ => bail!("usage: cargo xtask digits [--attack KIND] | layers | tidy | codegen"),
    }
}

fn digits(attack: Option<xtask::digits::Attack>) -> anyhow::Result<ExitCode> {
    let work = xtask::root().join("target/digits");
    say("building  brattice");
    xtask::digits::run(&xtask::build_brattice(false)?, &work, attack, &mut |line| say(line))?;
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, reason = "the automation's own output")]
fn say(line: &str) {
    println!("{line}");
}

fn report(problems: &[String]) -> ExitCode {
    for problem in problems {
        say(problem);
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
