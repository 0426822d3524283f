//! A small `/etc`: what programs need to run, and nothing that tells of the host's users or keys.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::plan::HOME;

/// What is shown of the host's `/etc`, read-only, where it exists. No directory that also holds private keys
/// is shown whole.
pub(crate) const SHOWN: [&str; 20] = [
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "ssl/certs",
    "ssl/openssl.cnf",
    "ca-certificates",
    "ca-certificates.conf",
    "pki/tls/certs",
    "pki/tls/cert.pem",
    "pki/tls/openssl.cnf",
    "pki/ca-trust/extracted",
    "crypto-policies",
    "fonts",
    "mime.types",
    "protocols",
    "services",
    "magic",
    "localtime",
    "os-release",
];

/// Writes the files that are made up, into the directory `etc`.
pub(crate) fn write(etc: &Path, uid: u32, gid: u32, hostname: &str) -> io::Result<()> {
    let home = |owner| if uid == owner { HOME } else { "/nonexistent" };
    let named = |id| id != 0 && id != NOBODY;
    let job = if named(uid) { format!("job:x:{uid}:{gid}:job:{HOME}:/bin/sh\n") } else { String::new() };
    let users = format!(
        "root:x:0:0:root:{}:/bin/sh\n{job}nobody:x:{NOBODY}:{NOBODY}:nobody:{}:/bin/sh\n",
        home(0),
        home(NOBODY)
    );
    let job = if named(gid) { format!("job:x:{gid}:\n") } else { String::new() };
    let groups = format!("root:x:0:\n{job}nogroup:x:{NOBODY}:\n");
    let hosts = format!("127.0.0.1\tlocalhost {hostname}\n::1\tlocalhost ip6-localhost\n");
    for (name, text) in [
        ("passwd", users.as_str()),
        ("group", groups.as_str()),
        ("hosts", hosts.as_str()),
        ("hostname", &format!("{hostname}\n")),
        ("resolv.conf", ""),
        ("nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"),
        ("shells", "/bin/sh\n/bin/bash\n"),
    ] {
        fs::write(etc.join(name), text)?;
    }
    symlink("/proc/self/mounts", etc.join("mtab"))
}

/// The user and group that own what nobody owns.
const NOBODY: u32 = 65534;
