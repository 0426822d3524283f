//! Secrets that were given, and credentials that were not.

use crate::support::{for_each_user, has};

#[test]
fn a_secret_is_a_variable_and_a_private_file_and_nothing_else() {
    for_each_user(|place| {
        let place = place.with(&["--secret", "TOKEN=secret-value"]);
        let ran =
            place.run("echo $TOKEN; cat /run/secrets/TOKEN; stat -c ' %a' /run/secrets /run/secrets/TOKEN");
        assert_eq!(ran.stdout, "secret-value\nsecret-value 700\n 400\n", "{ran:?}");
        // On no command line, and not in the mount table.
        let ran = place.run(
            "grep -l secret-v[a]lue /proc/[0-9]*/cmdline /proc/[0-9]*/mountinfo /proc/[0-9]*/mounts; \
             cat /proc/1/environ; echo end",
        );
        assert_eq!(ran.stdout, "end\n", "{ran:?}");
    });
}

#[test]
fn a_secret_of_one_job_is_not_there_for_the_next() {
    for_each_user(|place| {
        let ran = place.run("ls /run/secrets; echo \"[$TOKEN]\"");
        assert_eq!(ran.stdout, "[]\n", "{ran:?}");
    });
}

#[test]
fn keyrings_are_out_of_reach() {
    if !has("python3") {
        return;
    }
    for_each_user(|place| {
        // keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, create)
        let script = "import ctypes, os, platform\n\
                      libc = ctypes.CDLL(None, use_errno=True)\n\
                      number = 250 if platform.machine() == 'x86_64' else 219\n\
                      answer = libc.syscall(number, 0, -4, 1)\n\
                      print('reached' if answer > 0 else os.strerror(ctypes.get_errno()))";
        let outside = place.control(&format!("python3 -c \"{script}\""), "");
        if outside.stdout != "reached\n" {
            return crate::support::skip("this kernel has no keyrings");
        }
        let ran = place.run_command(&["/usr/bin/python3", "-c", script]);
        assert_eq!(ran.stdout, "Operation not permitted\n", "{ran:?}");
    });
}
