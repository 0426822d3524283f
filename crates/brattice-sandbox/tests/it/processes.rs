//! The host's processes, and what a job can learn of its own launcher.

use std::process::Command;

use crate::support::{for_each_user, host_runs};

/// Prints every command line and environment that can be read.
const SNOOP: &str = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'";

#[test]
fn processes_of_the_host_cannot_be_seen_or_signalled() {
    for_each_user(|place| {
        let mut sleeper = place.command("/bin/sleep".as_ref()).arg("86399").spawn().unwrap();
        let pid = sleeper.id();
        let script = format!("{SNOOP} | grep -c 86399; kill -0 {pid}");
        let outside = place.control(&script, "");
        assert_eq!(outside.code, 0, "{outside:?}");
        assert_ne!(outside.stdout.trim(), "0", "{outside:?}");
        // Without the number in the script itself, which is on a command line too.
        let ran = place.run(&format!("n=8639; {SNOOP} | grep -c \"^${{n}}9$\"; kill -0 {pid}"));
        assert_eq!(ran.stdout.trim(), "0", "{ran:?}");
        assert_ne!(ran.code, 0, "{ran:?}");
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
    });
}

#[test]
fn the_launcher_s_environment_and_command_line_cannot_be_read() {
    for_each_user(|place| {
        let outside = place.control(&format!("echo \"$HOST_MARKER\"; {SNOOP}"), "");
        assert!(outside.stdout.contains("host-marker-value"), "{outside:?}");
        let place = place.with(&["--env", "GIVEN=given-value", "--secret", "TOKEN=secret-value"]);
        let ran = place.run(&format!("echo \"[$HOST_MARKER]\"; {SNOOP}"));
        assert!(ran.stdout.starts_with("[]\n"), "{ran:?}");
        assert!(!ran.stdout.contains("host-marker-value"), "{ran:?}");
        assert!(ran.stdout.contains("given-value"), "the job sees itself: {ran:?}");
        // The launcher's command line is `--secret TOKEN=…`; the job's environment holds it by design.
        assert!(!ran.stdout.contains("--secret"), "{ran:?}");
        let first = place.run("cat /proc/1/environ /proc/1/cmdline /proc/1/mem; ls /proc/1/fd /proc/1/root");
        assert!(!first.stdout.contains("value") && first.code != 0, "{first:?}");
    });
}

#[test]
fn the_environment_holds_only_what_was_named() {
    for_each_user(|place| {
        let place = place.with(&["--env", "B=2", "--env", "LANG=C"]);
        let ran = place.run_command(&["/usr/bin/env"]);
        let mut lines: Vec<&str> = ran.stdout.lines().filter(|it| !it.starts_with("PATH=")).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["B=2", "BRATTICE_OUT=/brattice-out", "HOME=/home/job", "LANG=C", "TMPDIR=/tmp"]);
    });
}

#[test]
fn an_inherited_descriptor_is_closed() {
    for_each_user(|place| {
        let path = place.write("open", "through the descriptor");
        let wrap = format!("exec 7<'{}'; exec \"$@\"", path.display());
        let with_descriptor = |words: Vec<String>| {
            let mut command: Command = place.command("/bin/sh".as_ref());
            command.args(["-c", &wrap, "sh"]).args(words);
            place.finish(&mut command)
        };
        let inner = ["/bin/sh", "-c", "cat <&7"];
        let outside = with_descriptor(inner.iter().map(|it| (*it).to_owned()).collect());
        assert_eq!(outside.stdout, "through the descriptor");
        let mut words = vec![place.home().join("launch").display().to_string()];
        words.extend(place.arguments(&inner));
        let ran = with_descriptor(words);
        assert_ne!(ran.code, 0);
        assert_eq!(ran.stdout, "", "{ran:?}");
        let listed = place.run_command(&["/bin/ls", "/proc/self/fd"]);
        assert_eq!(listed.stdout, "0\n1\n2\n3\n", "the fourth is the listing itself");
    });
}

#[test]
fn the_output_is_a_pipe_that_cannot_be_shortened_and_there_is_no_terminal() {
    for_each_user(|place| {
        let ran = place.run("readlink /proc/self/fd/1; readlink /proc/self/fd/0; tty; : < /dev/tty");
        assert!(ran.stdout.starts_with("pipe:["), "{ran:?}");
        assert!(ran.stdout.contains("/dev/null\nnot a tty"), "{ran:?}");
        assert_ne!(ran.code, 0, "{ran:?}");
    });
}

#[test]
fn orphans_are_reaped_and_background_processes_die_with_the_job() {
    for_each_user(|place| {
        let marker = format!("8{}", std::process::id());
        // An orphan that has ended, and a moment for its reaper.
        let ran = place.run(
            "(sh -c 'sh -c \"exit\" & : > /tmp/ended' &); until [ -e /tmp/ended ]; do sleep 0.02; done; \
             for attempt in $(seq 100); do n=$(cat /proc/[0-9]*/stat 2>&- | grep -c ') Z '); \
             [ \"$n\" = 0 ] && break; sleep 0.1; done; echo $n",
        );
        assert_eq!(ran.stdout.trim(), "0", "{ran:?}");
        let ran = place.run(&format!("setsid nohup sleep {marker}.5 >/dev/null 2>&1 & echo started"));
        assert_eq!(ran.stdout, "started\n");
        assert!(!host_runs(&format!("{marker}.5")), "{ran:?}");
        assert!(ran.reports("guarantee cleanup held"), "{ran:?}");
    });
}
