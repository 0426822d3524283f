//! Capabilities, and the ways to regain them.

use crate::support::{for_each_user, has, skip};

#[test]
fn there_is_no_capability_and_no_way_to_gain_one() {
    for_each_user(|place| {
        let ran = place.run("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'");
        let expected = "CapInh:0000000000000000\nCapPrm:0000000000000000\nCapEff:0000000000000000\n\
                        CapBnd:0000000000000000\nCapAmb:0000000000000000\nNoNewPrivs:1\nSeccomp:2\n";
        assert_eq!(ran.stdout, expected, "{ran:?}");
        let ran = place.run("mount -t tmpfs x /tmp; hostname other; echo 0 > /proc/self/uid_map; ulimit -c");
        assert_eq!(ran.stdout, "0\n", "no core file: {ran:?}");
        assert!(ran.stderr.lines().count() >= 3, "each attempt failed: {ran:?}");
    });
}

#[test]
fn a_nested_user_namespace_is_refused() {
    if !has("unshare") {
        return;
    }
    for_each_user(|place| {
        if place.control("unshare -Ur true", "").code != 0 {
            return skip("user namespaces do not nest here");
        }
        assert_ne!(place.run("unshare -Ur true").code, 0);
        assert_ne!(place.run("unshare -U true").code, 0);
        assert_ne!(place.run("echo 9 > /proc/sys/user/max_user_namespaces").code, 0);
    });
}

#[test]
fn a_setuid_program_gains_nothing() {
    if !has("su") {
        return;
    }
    for_each_user(|place| {
        let ran = place
            .run("cp /usr/bin/id mine && chmod 4755 mine && ./mine -u; id -u; su -c id 2>&1 < /dev/null");
        let mut lines = ran.stdout.lines();
        assert_eq!(lines.next(), lines.next(), "{ran:?}");
        assert!(place.is_root() || !ran.stdout.contains("uid=0"), "{ran:?}");
    });
}

#[test]
fn devices_are_those_without_state() {
    for_each_user(|place| {
        let ran = place
            .run("ls /dev | tr '\\n' ' '; mknod d b 8 0; mknod c c 1 1; head -c 4 /dev/zero | od -An -tx1");
        let devices = "fd full null ptmx pts random shm stderr stdin stdout urandom zero ";
        assert!(ran.stdout.starts_with(devices), "{ran:?}");
        assert!(ran.stdout.contains("00 00 00 00"), "{ran:?}");
        assert_eq!(ran.stderr.matches("Operation not permitted").count(), 2, "{ran:?}");
    });
}
