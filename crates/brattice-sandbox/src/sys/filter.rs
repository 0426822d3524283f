//! A small filter of system calls: what would lead around the namespaces.
//!
//! What it is for: VM sockets belong to no network namespace, keyrings to no mount, and `io_uring` opens
//! sockets without `socket`. Without this, "network" and "credentials" would be half true.
//!
//! What it is not: a reduction of the kernel's attack surface in general; it allows what it does not name.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the constants of the kernel's interface fit the fields that they are made for"
)]

use std::io;
use std::mem::offset_of;

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const JUMP_NOT_BELOW: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

/// `AUDIT_ARCH_*` of the kernel's audit.h for the architecture that this is built for.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

/// Numbers from here on belong to x86-64's x32 interface, a second spelling of every call; no other
/// architecture has numbers this high.
const SECOND_INTERFACE: u32 = 0x4000_0000;

/// The calls that are refused, with the error that lets programs fall back best.
const REFUSED: [(libc::c_long, i32); 9] = [
    (libc::SYS_keyctl, libc::EPERM),
    (libc::SYS_add_key, libc::EPERM),
    (libc::SYS_request_key, libc::EPERM),
    (libc::SYS_io_uring_setup, libc::ENOSYS),
    (libc::SYS_bpf, libc::EPERM),
    (libc::SYS_perf_event_open, libc::EPERM),
    (libc::SYS_userfaultfd, libc::EPERM),
    (libc::SYS_setns, libc::EPERM),
    // The kernel's log tells of the whole machine.
    (libc::SYS_syslog, libc::EPERM),
];

/// The socket families that network and IPC namespaces cover.
const FAMILIES: [i32; 3] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];

/// Installs the filter for this process and what it executes. Wants `no_new_privs` set.
pub(crate) fn install_filter() -> io::Result<()> {
    let mut program = program();
    let length =
        libc::c_ushort::try_from(program.len()).map_err(|_| io::Error::from_raw_os_error(libc::E2BIG))?;
    let description = libc::sock_fprog { len: length, filter: program.as_mut_ptr() };
    // SAFETY: the description points to `length` instructions that live across the call; the kernel copies
    // and checks them.
    let answer = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, std::ptr::from_ref(&description))
    };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn program() -> Vec<libc::sock_filter> {
    let mut code = vec![
        load(offset_of!(libc::seccomp_data, arch)),
        jump(JUMP_EQUAL, ARCHITECTURE, 1, 0),
        refuse(libc::ENOSYS),
        load(offset_of!(libc::seccomp_data, nr)),
        jump(JUMP_NOT_BELOW, SECOND_INTERFACE, 0, 1),
        refuse(libc::ENOSYS),
    ];
    for (number, error) in REFUSED {
        code.push(jump(JUMP_EQUAL, number as u32, 0, 1));
        code.push(refuse(error));
    }
    code.push(jump(JUMP_EQUAL, libc::SYS_socket as u32, 1, 0));
    code.push(allow());
    // Of each argument the lower half counts: `socket` takes 32-bit integers.
    let argument = offset_of!(libc::seccomp_data, args);
    code.push(load(argument));
    for family in FAMILIES {
        code.push(jump(JUMP_EQUAL, family as u32, 0, 1));
        code.push(allow());
    }
    // Of netlink only the routing protocol, which lists interfaces; the rest is kernel surface.
    code.push(jump(JUMP_EQUAL, libc::AF_NETLINK as u32, 1, 0));
    code.push(refuse(libc::EAFNOSUPPORT));
    code.push(load(argument + 2 * size_of::<u64>()));
    code.push(jump(JUMP_EQUAL, libc::NETLINK_ROUTE as u32, 1, 0));
    code.push(refuse(libc::EPROTONOSUPPORT));
    code.push(allow());
    code
}

fn load(offset: usize) -> libc::sock_filter {
    libc::sock_filter { code: LOAD, jt: 0, jf: 0, k: offset as u32 }
}

fn jump(code: u16, value: u32, then: u8, otherwise: u8) -> libc::sock_filter {
    libc::sock_filter { code, jt: then, jf: otherwise, k: value }
}

fn refuse(error: i32) -> libc::sock_filter {
    libc::sock_filter { code: RETURN, jt: 0, jf: 0, k: libc::SECCOMP_RET_ERRNO | error as u32 }
}

fn allow() -> libc::sock_filter {
    libc::sock_filter { code: RETURN, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW }
}
