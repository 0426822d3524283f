//! How a job ends, and what ends it.

use std::fs;

use crate::support::{Place, eventually, for_each_user, has, host_runs};

#[test]
fn exit_codes_tell_how_the_job_ended() {
    for_each_user(|place| {
        place.write("workspace/plain", "echo ran");
        place.write("workspace/lost", "#!/no/such/interpreter\n");
        assert_eq!(place.control("chmod 755 lost", "").code, 0);
        for (script, code) in [
            ("exit 0", 0),
            ("exit 3", 3),
            ("exit 255", 255),
            ("kill -KILL $$", 137),
            ("kill -TERM $$", 143),
            ("sh -c 'kill -SEGV $$'", 139),
        ] {
            assert_eq!(place.run(script).code, code, "{script}");
        }
        for (program, code) in
            [("no-such-program", 127), ("./missing", 127), ("./plain", 126), ("./lost", 126), ("/usr", 126)]
        {
            let ran = place.run_command(&[program]);
            assert_eq!(ran.code, code, "{program}: {ran:?}");
        }
        assert_eq!(place.control("chmod 755 plain", "").code, 0);
        assert_eq!(place.run_command(&["./plain"]).stdout, "ran\n");
        place.assert_clean();
    });
}

#[test]
fn every_guarantee_is_reported_as_it_was_seen() {
    for_each_user(|place| {
        let ran = place.run(":");
        let guarantees: Vec<&str> = ran.report.lines().filter(|it| it.starts_with("guarantee")).collect();
        assert_eq!(guarantees.len(), 9, "{ran:?}");
        assert!(guarantees.iter().all(|it| it.ends_with(" held")), "{ran:?}");
    });
}

#[test]
fn a_job_that_outlives_its_time_is_ended_whatever_it_does() {
    for_each_user(|place| {
        // Long enough for a shell to have set its trap on a busy machine.
        let place = place.with(&["--timeout", "2000", "--grace", "5000"]);
        let ran = place.run("trap 'echo told; exit 0' TERM; sleep 1000 & wait");
        assert_eq!((ran.code, ran.stdout.as_str()), (124, "told\n"), "{ran:?}");
        assert!(ran.reports("exit Timeout"), "{ran:?}");
        let place = place.with(&["--grace", "200"]);
        let ran = place.run("trap '' TERM; setsid sleep 1000 & while :; do sleep 100; done");
        assert_eq!(ran.code, 124, "{ran:?}");
        assert_eq!(place.run("exit 3").code, 3);
    });
}

#[test]
fn a_signal_that_the_launcher_passes_on_reaches_the_job() {
    for_each_user(|place| {
        let place = place.with(&["--terminate-after", "2000"]);
        let ran = place.run("trap 'exit 7' TERM; sleep 1000 & wait");
        assert_eq!(ran.code, 7, "{ran:?}");
    });
}

#[test]
fn a_job_cannot_signal_the_first_process() {
    for_each_user(|place| {
        let ran = place.run("kill -KILL 1; kill -TERM 1; kill -USR1 1; sleep 0.1; exit 5");
        assert_eq!(ran.code, 5, "{ran:?}");
    });
}

#[test]
fn a_killed_launcher_takes_the_job_with_it_and_the_next_start_sweeps() {
    for_each_user(|place| {
        let marker = format!("9{}.25", std::process::id());
        let script = format!("mkdir -p a/b; chmod 000 a; sleep {marker}");
        let mut launcher = place.launch(&["/bin/sh", "-c", &script]).spawn().unwrap();
        eventually("the job runs", || host_runs(&format!("sleep\0{marker}")));
        launcher.kill().unwrap();
        launcher.wait().unwrap();
        eventually("the job is gone", || !host_runs(&marker));
        assert_eq!(fs::read_dir(place.state()).unwrap().count(), 2, "the leftover and the lock");
        sweep(&place);
    });
}

/// Starts jobs until the leftover of a killed launcher is gone.
fn sweep(place: &Place) {
    eventually("the leftover is swept", || {
        assert_eq!(place.run("exit 4").code, 4);
        fs::read_dir(place.state()).is_ok_and(|it| it.count() == 1)
    });
}

#[test]
fn jobs_side_by_side_do_not_see_each_other() {
    for_each_user(|place| {
        let mut other = place.launch(&["/bin/sh", "-c", "echo 1 > shared; sleep 1000"]);
        let mut other = other.spawn().unwrap();
        eventually("the other job's directory is there", || {
            fs::read_dir(place.state()).is_ok_and(|it| it.count() == 2)
        });
        let ran = place.run("ls; ls /proc | grep -c '^[0-9]'");
        assert!(!ran.stdout.contains("shared"), "{ran:?}");
        assert_eq!(ran.code, 0, "{ran:?}");
        other.kill().unwrap();
        other.wait().unwrap();
        sweep(&place);
    });
}

#[test]
fn a_process_with_threads_is_refused() {
    for_each_user(|place| {
        let place = place.with(&["--thread"]);
        let ran = place.run(":");
        assert_eq!(ran.code, 125);
        assert!(ran.reports("refused launch from a process with 2 threads"), "{ran:?}");
    });
}

#[test]
fn a_missing_working_directory_is_a_refusal_that_names_it() {
    for_each_user(|place| {
        place.write("workspace/sub/file", "1");
        let place = place.with(&["--directory", "sub"]);
        assert_eq!(place.run("cat file").stdout, "1");
        let place = place.with(&["--directory", "missing"]);
        let ran = place.run(":");
        assert_eq!(ran.code, 125);
        assert!(
            ran.report.contains("change to the working directory") && ran.report.contains("missing"),
            "{ran:?}"
        );
        place.assert_clean();
    });
}

#[test]
fn standard_input_is_empty_unless_it_is_given() {
    for_each_user(|place| {
        let path = place.write("input", "given");
        let with_input = |place: &Place| {
            let mut command = place.launch(&["/bin/cat"]);
            command.stdin(fs::File::open(&path).unwrap());
            place.finish(&mut command)
        };
        assert_eq!(with_input(&place).stdout, "");
        let place = place.with(&["--inherit-stdin"]);
        assert_eq!(with_input(&place).stdout, "given");
    });
}

#[test]
fn where_no_namespace_can_be_made_nothing_runs() {
    if !has("unshare") {
        return;
    }
    for_each_user(|place| {
        let mut command = place.command("/usr/bin/unshare".as_ref());
        let wrap = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"";
        command.args(["-Ur", "sh", "-c", wrap, "sh"]).arg(place.home().join("launch"));
        command.args(place.arguments(&["/bin/sh", "-c", "echo ran"]));
        let ran = place.finish(&mut command);
        assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{ran:?}");
        assert!(ran.reports("refused create the namespaces: allow unprivileged user namespaces"), "{ran:?}");
        place.assert_clean();
    });
}

#[test]
fn the_probe_finds_what_the_other_tests_found() {
    for_each_user(|place| {
        fs::create_dir(place.state()).unwrap();
        std::os::unix::fs::chown(place.state(), place.uid(), None).unwrap();
        let place = place.with(&["--probe"]);
        let ran = place.run(":");
        assert!(ran.reports("sandbox true"), "{ran:?}");
        assert!(fs::read_dir(place.state()).unwrap().next().is_none(), "{ran:?}");
    });
}
