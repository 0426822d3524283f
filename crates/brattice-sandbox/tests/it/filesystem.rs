//! The host's files.

use std::fs;

use crate::support::{Place, Ran, for_each_user, has, text_of};

#[test]
fn a_file_beside_the_workspace_does_not_exist_inside() {
    for_each_user(|place| {
        let path = place.write("beside/id_ed25519", "the key");
        let script = format!("cat '{}'", path.display());
        assert_eq!(place.control(&script, "").stdout, "the key");
        let ran = place.run(&script);
        assert_ne!(ran.code, 0);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("No such file"), "{ran:?}");
        // Parents of the workspace are there, with nothing else in them.
        let listed = place.run(&format!("ls -A '{}'", place.home().display()));
        assert_eq!(listed.stdout.trim(), "workspace");
    });
}

#[test]
fn the_host_s_users_keys_and_system_are_absent() {
    for_each_user(|place| {
        for path in
            ["/etc/shadow", "/etc/ssh", "/etc/sudoers", "/boot", "/srv", "/mnt", "/sys/kernel", "/sys/fs"]
        {
            let ran = place.run(&format!("ls -d {path}"));
            assert_ne!(ran.code, 0, "{path}: {ran:?}");
        }
        let shown = place.run("cat /etc/passwd; ls -A /home /root /run /var");
        assert!(shown.stdout.lines().filter(|it| it.contains(":x:")).count() <= 3, "{shown:?}");
        assert!(!shown.stdout.contains(".ssh"), "{shown:?}");
    });
}

#[test]
fn writes_to_the_workspace_stay_inside_and_vanish() {
    for_each_user(|place| {
        place.write("workspace/kept", "1");
        place.write("workspace/directory/removed", "2");
        let script = "echo 9 > kept && rm -r directory && mkdir -p new/deep && echo x > new/deep/file \
                      && chmod 000 new && cat kept && ls";
        let ran = place.run(script);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "9\nkept\nnew\n"), "{ran:?}");
        assert_eq!(text_of(&place.workspace().join("kept")), "1");
        assert_eq!(text_of(&place.workspace().join("directory/removed")), "2");
        assert!(!place.workspace().join("new").exists());
        place.assert_clean();
        assert_eq!(place.run("cat kept; ls").stdout, "1directory\nkept\n");
    });
}

#[test]
fn a_read_only_workspace_refuses_writes() {
    for_each_user(|place| {
        place.write("workspace/kept", "1");
        let place = place.with(&["--read-only-workspace"]);
        let ran = place.run("cat kept; echo 2 > kept");
        assert_ne!(ran.code, 0);
        assert_eq!(ran.stdout, "1");
        assert!(ran.stderr.contains("Read-only"), "{ran:?}");
    });
}

#[test]
fn what_the_sandbox_shows_of_the_host_cannot_be_changed() {
    for_each_user(|place| {
        let shown = place.write("shown/file", "1");
        let neighbour = place.write("neighbour", "1");
        let option = shown.parent().unwrap().display().to_string();
        let place = place.with(&["--ro", &option]);
        for path in ["/x", "/usr/x", "/etc/x", "/etc/passwd", "/dev/x", "/proc/sys/kernel/core_pattern"] {
            let ran = place.run(&format!("echo 1 > {path}"));
            assert!(ran.code != 0 && ran.stderr.contains("cannot create"), "{path}: {ran:?}");
        }
        let file = shown.display();
        let ran = place.run(&format!("cat '{file}'; echo 2 > '{file}'; chmod 777 '{file}'; rm '{file}'"));
        assert_eq!(ran.stdout, "1");
        assert_eq!(ran.stderr.matches("Read-only").count(), 3, "{ran:?}");
        assert_ne!(place.run(&format!("cat '{}'", neighbour.display())).code, 0);
        assert_eq!(text_of(&shown), "1");
    });
}

#[test]
fn the_repository_s_hooks_and_configuration_cannot_be_changed() {
    for_each_user(|place| {
        place.write("workspace/.git/hooks/pre-commit.sample", "1");
        let ran = place.run("ls .git/hooks; echo evil > .git/hooks/pre-commit");
        assert_eq!(ran.stdout.trim(), "pre-commit.sample");
        assert!(ran.stderr.contains("cannot create"), "{ran:?}");
        let ran = place.run("mv .git elsewhere || rm -rf .git");
        assert_ne!(ran.code, 0, "{ran:?}");
        assert!(!place.workspace().join(".git/hooks/pre-commit").exists());
    });
}

#[test]
fn names_that_separate_mount_options_work() {
    for_each_user(|place| {
        place.write("a:b,c=d \\ e/file", "1");
        let workspace = place.home().join("a:b,c=d \\ e");
        let place = place.with(&["--workspace", workspace.to_str().unwrap()]);
        let ran = place.run("cat file; echo 2 > file; pwd");
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.trim_end().ends_with("/a:b,c=d \\ e"), "{ran:?}");
        assert_eq!(text_of(&workspace.join("file")), "1");
    });
}

#[test]
fn temporary_places_are_empty_writable_and_share_one_limit() {
    for_each_user(|place| {
        let place = place.with(&["--scratch-bytes", "4194304"]);
        let ran = place.run(
            "ls -A /tmp /var/tmp /dev/shm \"$HOME\" | grep -v ':$' | grep . ; \
             for d in /tmp /var/tmp /dev/shm \"$HOME\"; do head -c 1000000 /dev/zero > \"$d/x\" || exit 1; done; \
             head -c 1000000 /dev/zero > /tmp/more",
        );
        assert!(ran.stderr.contains("No space left"), "{ran:?}");
        let listed: Vec<&str> = ran.stdout.lines().collect();
        // The workspace of this test lies beneath /tmp, so that its parent's name is there.
        assert!(listed.len() <= 1, "{ran:?}");
    });
}

/// Runs a launch where `prepare` has been run in a mount namespace of its own. Only root can do that.
fn run_prepared(place: &Place, prepare: &str, script: &str) -> Ran {
    let mut command = place.command("/usr/bin/unshare".as_ref());
    let wrap = format!("{prepare} && exec \"$@\"");
    command.args(["-m", "sh", "-c", &wrap, "sh"]).arg(place.home().join("launch"));
    command.args(place.arguments(&["/bin/sh", "-c", script])).current_dir(place.home());
    place.finish(&mut command)
}

#[test]
fn a_mount_beneath_the_workspace_is_refused_by_name_or_shown_read_only() {
    for_each_user(|place| {
        if !place.is_root() || !has("unshare") {
            return;
        }
        fs::create_dir(place.workspace().join("sub")).unwrap();
        let prepare = "mount -t tmpfs x workspace/sub && echo inner > workspace/sub/file";
        let script = "cat sub/file; echo x > sub/file";
        let ran = run_prepared(&place, prepare, script);
        assert!(ran.report.contains("workspace/sub` as part of the workspace"), "{ran:?}");
        let ran = run_prepared(&place.with(&["--read-only-workspace"]), prepare, script);
        assert!(ran.stdout == "inner\n" && ran.stderr.contains("Read-only"), "{ran:?}");
    });
}

#[test]
fn a_state_directory_on_an_overlay_moves_the_workspace_s_writes_to_memory() {
    for_each_user(|place| {
        if !place.is_root() || !has("unshare") {
            return;
        }
        assert_eq!(place.control("mkdir ../l ../u ../w ../state ../to", "").code, 0);
        let prepare = "mount -t overlay x -o lowerdir=l,upperdir=u,workdir=w state";
        let to = place.home().join("to").display().to_string();
        let place = place.with(&["--out", "made", "--to", &to]);
        let ran = run_prepared(&place, prepare, "echo 1 > made; cat made");
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "1\n"), "{ran:?}");
        assert!(ran.reports("copied made 2"), "{ran:?}");
        assert_eq!(text_of(&place.home().join("to/made")), "1\n");
        assert!(!place.workspace().join("made").exists());
    });
}
