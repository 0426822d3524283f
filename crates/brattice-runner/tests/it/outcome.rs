//! Exit codes, outputs, and what is left.

use std::os::unix::fs::PermissionsExt as _;

use brattice_runner::{ExitReason, Hold, Tier};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Scene, finish, wait_for_line};

#[test]
fn the_code_of_the_whole_is_the_code_of_the_job() {
    for (script, code, reason) in [
        ("exit 0", 0, ExitReason::Exited),
        ("exit 7", 7, ExitReason::Exited),
        ("kill -9 $$", 137, ExitReason::Signal),
    ] {
        let Some(mut scene) = Scene::new() else { return };
        let ran = scene.sh(script);
        let exit = scene.record().exit;
        assert_eq!((ran.code, exit.code, exit.reason), (code, code, reason), "{script}: {ran:?}");
    }
}

#[test]
fn a_program_that_is_absent_or_cannot_run_has_a_code_of_its_own() {
    let Some(mut scene) = Scene::new() else { return };
    assert_eq!(scene.run(&["no-such-program-anywhere"]).code, 127);
    assert_eq!(scene.record().exit.reason, ExitReason::NotFound);
    scene.put("workspace/plain", "not a program");
    assert_eq!(scene.run(&["./plain"]).code, 126);
    assert_eq!(scene.record().exit.reason, ExitReason::CannotExecute);
}

#[test]
fn a_mistake_in_the_request_is_told_before_anything_starts() {
    let Some(mut scene) = Scene::new() else { return };
    std::fs::remove_dir(scene.workspace()).unwrap();
    let ran = scene.sh("echo started");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    scene.put("workspace", "a file");
    let ran = scene.sh("echo started");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert!(ran.told.contains("cannot use the workspace"), "{ran:?}");
}

#[test]
fn a_job_that_takes_too_long_is_ended() {
    let Some(mut scene) = Scene::new() else { return };
    scene.with("timeout-ms", "300");
    let ran = scene.sh("echo begun; sleep 600");
    assert_eq!((ran.code, ran.stdout.as_str()), (124, "begun\n"), "{ran:?}");
    let record = scene.record();
    assert_eq!(record.exit.reason, ExitReason::Timeout);
    assert_eq!((record.limits["time"].state, record.limits["time"].limit), (Hold::Held, Some(300)));
}

#[test]
fn a_job_whose_output_nobody_reads_any_more_ends() {
    let Some(mut scene) = Scene::new() else { return };
    let mut child = scene.start(&["yes"]);
    wait_for_line(&mut child);
    drop(child.stdout.take());
    let ran = finish(child, &scene.path("outcome"));
    let exit = scene.record().exit;
    // 128 and SIGPIPE.
    assert_eq!((ran.code, exit.code, exit.reason), (141, 141, ExitReason::Signal), "{ran:?}");
}

#[test]
fn a_signal_ends_the_job_in_order_and_leaves_nothing() {
    let Some(mut scene) = Scene::new() else { return };
    let mut child =
        scene.start(&["sh", "-c", "trap 'echo ended in order; exit 9' TERM; echo ready; sleep 600 & wait"]);
    wait_for_line(&mut child);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let ran = finish(child, &scene.path("outcome"));
    assert_eq!((ran.code, ran.stdout.as_str()), (9, "ended in order\n"), "{ran:?}");
    assert_eq!(scene.record().tier, Tier::A);
}

#[test]
fn a_job_that_ignores_the_first_signal_is_killed_by_the_second() {
    let Some(mut scene) = Scene::new() else { return };
    let mut child = scene.start(&["sh", "-c", "trap '' TERM INT; echo ready; while :; do sleep 1; done"]);
    wait_for_line(&mut child);
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::TERM).unwrap();
    // Two of one kind may be merged into one while neither was taken.
    kill_process(pid, Signal::INT).unwrap();
    let ran = finish(child, &scene.path("outcome"));
    assert_eq!((ran.code, scene.record().exit.reason), (137, ExitReason::Signal), "{ran:?}");
}

#[test]
fn a_job_that_ignores_the_only_signal_or_is_stopped_is_killed_after_a_grace() {
    for script in ["trap '' TERM; echo ready; while :; do sleep 1; done", "echo ready; kill -STOP $$"] {
        let Some(mut scene) = Scene::new() else { return };
        let mut child = scene.start(&["sh", "-c", script]);
        wait_for_line(&mut child);
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let ran = finish(child, &scene.path("outcome"));
        let exit = scene.record().exit;
        assert_eq!((ran.code, exit.code, exit.reason), (137, 137, ExitReason::Signal), "{script}: {ran:?}");
    }
}

#[test]
fn only_declared_outputs_come_out_and_the_record_names_them() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("workspace/in", "input");
    scene.with("output", "model").with("output", "report.txt");
    let ran = scene
        .sh("mkdir model; echo w > model/weights; echo r > report.txt; echo x > other; echo changed > in");
    assert_eq!(ran.code, 0, "{ran:?}");
    let products: Vec<_> = scene.record().products.into_iter().map(|it| (it.path, it.bytes)).collect();
    assert_eq!(products, [("model/weights".to_owned(), 2), ("report.txt".to_owned(), 2)]);
    assert_eq!(scene.read("workspace/model/weights"), "w\n");
    assert_eq!(scene.read("workspace/in"), "input");
    assert!(!scene.path("workspace/other").exists());
}

#[test]
fn outputs_can_go_elsewhere_and_so_can_the_output_directory_of_the_job() {
    let Some(mut scene) = Scene::new() else { return };
    let (outputs, out) = (scene.path("outputs"), scene.path("out"));
    std::fs::create_dir(&outputs).unwrap();
    std::fs::create_dir(&out).unwrap();
    scene.with("output", "a").with("output-directory", outputs.to_str().unwrap());
    scene.with("out-directory", out.to_str().unwrap());
    let ran = scene.sh("echo a > a; echo b > \"$BRATTICE_OUT/b\"");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!((scene.read("outputs/a"), scene.read("out/b")), ("a\n".to_owned(), "b\n".to_owned()));
    assert!(!scene.path("workspace/a").exists());
    let paths: Vec<_> = scene.record().products.into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["a", "$BRATTICE_OUT/b"]);
}

#[test]
fn an_output_that_is_missing_or_no_file_fails_a_job_that_succeeded() {
    for (script, told) in
        [(":", "did not make: model"), ("ln -s /etc/passwd model", "symbolic link"), ("mkfifo model", "pipe")]
    {
        let Some(mut scene) = Scene::new() else { return };
        scene.with("output", "model");
        let ran = scene.sh(script);
        assert_eq!(ran.code, 125, "{script}: {ran:?}");
        assert!(ran.told.contains(told), "{script}: {ran:?}");
        let record = scene.record();
        assert_eq!((record.exit.code, record.products.len()), (0, 0));
    }
    let Some(mut scene) = Scene::new() else { return };
    scene.with("output", "model");
    assert_eq!(scene.sh("exit 3").code, 3, "the job's own failure comes first");
}

#[test]
fn a_workspace_that_somebody_else_changes_meanwhile_is_noticed() {
    let Some(mut scene) = Scene::new() else { return };
    scene.put("workspace/data", "before");
    scene.with("output", "model");
    let mut child = scene.start(&["sh", "-c", "echo ready; sleep 1; echo m > model"]);
    wait_for_line(&mut child);
    scene.put("workspace/data", "after!");
    let ran = finish(child, &scene.path("outcome"));
    assert_eq!(ran.code, 125, "{ran:?}");
    assert!(ran.told.contains("changed while the job ran (data)"), "{ran:?}");
    assert!(!scene.path("workspace/model").exists());
    assert_eq!(scene.record().products, []);
}

#[test]
fn a_workspace_whose_place_somebody_else_took_gets_no_outputs() {
    for link in [true, false] {
        let Some(mut scene) = Scene::new() else { return };
        let victim = scene.path("victim");
        std::fs::create_dir(&victim).unwrap();
        scene.with("output", "model");
        let mut child = scene.start(&["sh", "-c", "echo ready; sleep 1; echo m > model"]);
        wait_for_line(&mut child);
        std::fs::rename(scene.workspace(), scene.path("away")).unwrap();
        if link {
            std::os::unix::fs::symlink(&victim, scene.workspace()).unwrap();
        } else {
            std::fs::create_dir(scene.workspace()).unwrap();
        }
        let ran = finish(child, &scene.path("outcome"));
        assert_eq!(ran.code, 125, "{ran:?}");
        assert!(ran.told.contains("no longer the directory that the job was given"), "{ran:?}");
        for place in ["victim", "away", "workspace"] {
            assert!(!scene.path(place).join("model").exists(), "{place}");
        }
        assert_eq!((scene.record().exit.code, scene.record().products), (0, Vec::new()));
    }
}

#[test]
fn a_socket_in_the_workspace_starts_nothing() {
    let Some(mut scene) = Scene::new() else { return };
    let _socket = std::os::unix::net::UnixListener::bind(scene.path("workspace/agent")).unwrap();
    let ran = scene.sh("echo started");
    assert_eq!((ran.code, ran.stdout.as_str()), (125, ""), "{ran:?}");
    assert!(ran.told.contains("\"agent\" in the workspace is a socket"), "{ran:?}");
}

#[test]
fn a_socket_that_a_job_could_connect_to_starts_nothing() {
    for (place, code) in [("shared/deep/agent", 2), ("workspace/.git/monitor", 125)] {
        let Some(mut scene) = Scene::new() else { return };
        scene.put("shared/data", "content");
        std::fs::create_dir_all(scene.path(place).parent().unwrap()).unwrap();
        let shared = scene.path("shared").display().to_string();
        scene.with("read-only", &shared);
        let socket = std::os::unix::net::UnixListener::bind(scene.path(place)).unwrap();
        let ran = scene.sh("echo started");
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{place}: {ran:?}");
        assert!(ran.told.contains("socket"), "{ran:?}");
        drop(socket);
        std::fs::remove_file(scene.path(place)).unwrap();
        let _ = std::fs::remove_dir(scene.path("workspace/.git"));
        // The control: without the socket the same request runs.
        let ran = scene.sh(&format!("cat {shared}/data"));
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "content"), "{ran:?}");
    }
}

#[test]
fn nothing_of_a_run_is_left_on_disk() {
    let Some(mut scene) = Scene::new() else { return };
    let ran = scene.sh("mkdir -m 000 closed; echo x > y; echo z > /tmp/z");
    assert_eq!(ran.code, 0, "{ran:?}");
    let state = scene.path("state");
    assert_eq!(state.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let left: Vec<_> = std::fs::read_dir(state).unwrap().map(|it| it.unwrap().path()).collect();
    assert!(left.iter().all(|it| it.is_file()), "{left:?}");
}
