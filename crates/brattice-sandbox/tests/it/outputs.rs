//! What leaves a sandbox, and what must not.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use crate::support::{Place, for_each_user, text_of};

/// A place whose job's outputs `paths` go to `destination`.
fn place_with(place: Place, paths: &[&str]) -> Place {
    assert_eq!(place.control("mkdir ../destination", "").code, 0);
    let destination = place.home().join("destination").display().to_string();
    let mut options = vec!["--to", &destination, "--out-directory-to", &destination];
    for path in paths {
        options.extend(["--out", path]);
    }
    place.with(&options)
}

fn listed(place: &Place) -> String {
    place.control("cd ../destination && find . -mindepth 1 | sort | tr '\\n' ' '", "").stdout
}

#[test]
fn declared_files_and_directories_come_out_with_digest_and_plain_modes() {
    for_each_user(|place| {
        place.write("workspace/unchanged", "old");
        let place = place_with(place, &["model", "unchanged", "./one//file", "absent"]);
        let ran = place.run(
            "mkdir -p model/deep one; printf abc > model/deep/weights; printf x > one/file; printf y > one/other; \
             cp /usr/bin/id model/tool; chmod 4777 model/tool; printf z > \"$BRATTICE_OUT/report\"",
        );
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(ran.reports(&format!("copied model/deep/weights 3 644 {digest}")), "{ran:?}");
        assert!(ran.reports("missing absent") && ran.reports("copied unchanged 3 644"), "{ran:?}");
        let expected =
            "./model ./model/deep ./model/deep/weights ./model/tool ./one ./one/file ./report ./unchanged ";
        assert_eq!(listed(&place), expected);
        let tool = fs::metadata(place.home().join("destination/model/tool")).unwrap();
        assert_eq!(tool.permissions().mode() & 0o7777, 0o755);
        place.assert_clean();
    });
}

#[test]
fn links_pipes_and_sockets_are_refused_by_name_and_nothing_is_written() {
    for_each_user(|place| {
        let outside = place.write("outside", "host secret");
        let place = place_with(place, &["a", "out"]);
        let prepare = "printf 1 > a; mkdir out;";
        let link = format!("ln -s '{}' out/bad", outside.display());
        for (script, kind) in [
            (link.as_str(), "out/bad`: it is a symbolic link"),
            ("ln -s /etc out/bad", "out/bad`: it is a symbolic link"),
            ("mkfifo out/bad", "out/bad`: it is a named pipe"),
            ("rmdir out; ln -s /etc out", "out`: it is a symbolic link"),
            ("rmdir out; mkfifo out", "out`: it is a named pipe"),
        ] {
            let ran = place.run(&format!("{prepare} {script}"));
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(ran.reports("error ") && ran.report.contains(kind), "{script}: {ran:?}");
            assert_eq!(listed(&place), "", "{script}");
        }
    });
}

#[test]
fn an_output_behind_a_link_of_the_job_is_refused() {
    for_each_user(|place| {
        let place = place_with(place, &["directory/file"]);
        let ran = place.run("ln -s /etc directory; ls directory/passwd");
        assert!(
            ran.reports("error copy out `directory/file`: it is reached through a symbolic link"),
            "{ran:?}"
        );
        assert_eq!(listed(&place), "");
    });
}

#[test]
fn a_hard_link_leaves_as_a_copy() {
    for_each_user(|place| {
        let original = place.write("workspace/original", "1");
        let place = place_with(place, &["linked"]);
        let ran = place.run("ln original linked && printf 2 > linked");
        assert!(ran.reports("copied linked 1 644"), "{ran:?}");
        let copy = place.home().join("destination/linked");
        assert_eq!(text_of(&copy), "2");
        assert_eq!(text_of(&original), "1");
        assert_eq!(fs::metadata(copy).unwrap().nlink(), 1);
    });
}

#[test]
fn what_runs_code_later_is_withheld() {
    for_each_user(|place| {
        let place = place_with(place, &["tree"]);
        let ran = place.run(
            "mkdir -p tree/.git/hooks tree/sub; printf x > tree/.git/hooks/post-checkout; printf x > tree/sub/.BASHRC; \
             printf x > tree/.envrc; printf x > tree/fine; mkdir -p $BRATTICE_OUT/.husky; printf x > $BRATTICE_OUT/.husky/h",
        );
        for name in ["tree/.git", "tree/.envrc", "tree/sub/.BASHRC", ".husky"] {
            assert!(ran.reports(&format!("withheld {name}")), "{name}: {ran:?}");
        }
        assert_eq!(listed(&place), "./tree ./tree/fine ");
        let refused = place.with(&["--out", ".git/hooks"]).run(":");
        assert_eq!(refused.code, 125);
        assert!(refused.reports("refused use `.git/hooks` as output"), "{refused:?}");
    });
}

#[test]
fn a_directory_that_git_would_take_for_a_repository_is_withheld() {
    for_each_user(|place| {
        let place = place_with(place, &["tree", "split/HEAD", "split/objects", "split/refs"]);
        let ran = place.run(
            "mkdir -p tree/bare/objects tree/bare/refs split/objects split/refs tree/sub/.config/git; \
             for d in tree/bare split; do echo 'ref: refs/heads/x' > $d/HEAD; printf x > $d/objects/o; printf x > $d/refs/r; done; \
             printf x > tree/bare/config; printf x > tree/bare-not; printf x > tree/.gitattributes; \
             printf x > tree/sub/.config/git/config; printf x > tree/sub/.config/fine; \
             mkdir $BRATTICE_OUT/x; printf x > $BRATTICE_OUT/HEAD; printf ./x > $BRATTICE_OUT/commondir",
        );
        for name in ["tree/bare", "split", "tree/.gitattributes", "tree/sub/.config/git", "."] {
            assert!(ran.reports(&format!("withheld {name}")), "{name}: {ran:?}");
        }
        assert_eq!(
            listed(&place),
            "./tree ./tree/bare-not ./tree/sub ./tree/sub/.config ./tree/sub/.config/fine "
        );
    });
}

#[test]
fn a_repository_is_not_made_in_two_runs_either() {
    for_each_user(|place| {
        let place = place_with(place, &["tree"]);
        let ran =
            place.run("mkdir -p tree/objects tree/refs; printf x > tree/objects/o; printf x > tree/refs/r");
        assert!(ran.reports("copied tree/refs/r 1"), "{ran:?}");
        let ran =
            place.run("mkdir -p tree/sub; printf 'ref: refs/heads/x' > tree/HEAD; printf x > tree/config");
        assert!(ran.reports("withheld tree"), "{ran:?}");
        assert_eq!(listed(&place), "./tree ./tree/objects ./tree/objects/o ./tree/refs ./tree/refs/r ");
    });
}

#[test]
fn a_link_at_the_destination_is_not_followed() {
    for_each_user(|place| {
        let place = place_with(place, &["directory/file", "name"]);
        let victim = place.write("victim/file", "kept");
        symlink(victim.parent().unwrap(), place.home().join("destination/directory")).unwrap();
        let ran = place.run("mkdir directory; printf evil > directory/file");
        assert!(ran.reports("error write output `directory/file`"), "{ran:?}");
        assert_eq!(text_of(&victim), "kept");
        // A link in the place of the file itself is replaced, not written through.
        fs::remove_file(place.home().join("destination/directory")).unwrap();
        symlink(&victim, place.home().join("destination/name")).unwrap();
        let ran = place.run("printf new > name");
        assert!(ran.reports("copied name 3"), "{ran:?}");
        assert_eq!(text_of(&victim), "kept");
        assert_eq!(text_of(&place.home().join("destination/name")), "new");
    });
}

#[test]
fn outputs_go_back_into_the_workspace_whole() {
    for_each_user(|place| {
        place.write("workspace/result", "old");
        let workspace = place.workspace().display().to_string();
        let place = place.with(&["--to", &workspace, "--out", "result", "--out", "new/file"]);
        let ran = place.run("printf new > result; mkdir new; printf 1 > new/file; printf x > undeclared");
        assert!(ran.reports("copied result 3"), "{ran:?}");
        let listed = place.control("find . -type f | sort | tr '\\n' ' '; cat result", "");
        assert_eq!(listed.stdout, "./new/file ./result new");
    });
}

#[test]
fn limits_hold_for_sparse_files_and_for_many_and_deep_ones() {
    for_each_user(|place| {
        let place =
            place_with(place, &["out"]).with(&["--output-bytes", "1000000", "--output-entries", "50"]);
        let ran = place.run("mkdir out; truncate -s 1T out/sparse || truncate -s 1G out/sparse");
        assert!(ran.report.contains("the outputs exceed 1000000 bytes"), "{ran:?}");
        let ran = place.run("mkdir out; for i in $(seq 60); do : > out/$i; done");
        assert!(ran.report.contains("the outputs exceed 50 files and directories"), "{ran:?}");
        let ran = place.run("mkdir out; cd out; for i in $(seq 60); do mkdir d; cd d; done; : > file");
        assert!(ran.report.contains("the outputs exceed 50 files and directories"), "{ran:?}");
        assert_eq!(listed(&place), "");
        place.assert_clean();
    });
}

#[test]
fn a_job_that_failed_still_hands_out_its_outputs() {
    for_each_user(|place| {
        let place = place_with(place, &["log"]);
        let ran = place.run("printf 1 > log; exit 9");
        assert_eq!(ran.code, 9);
        assert!(ran.reports("copied log 1"), "{ran:?}");
    });
}
