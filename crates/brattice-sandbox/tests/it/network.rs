//! The host's network.

use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use crate::support::{Place, for_each_user, has};

fn python(place: &Place, code: &str) -> (String, String) {
    let inside = place.run_command(&["/usr/bin/python3", "-c", code]);
    let mut command = place.command("/usr/bin/python3".as_ref());
    let outside = place.finish(command.args(["-c", code]));
    (outside.stdout, inside.stdout)
}

/// Wraps code so that its failure is printed.
fn attempt(code: &str) -> String {
    format!(
        "import socket\ntry:\n    {}\n    print('through')\nexcept OSError as error:\n    print(error.strerror)",
        code.replace('\n', "\n    ")
    )
}

#[test]
fn a_server_on_the_host_s_loopback_cannot_be_reached() {
    if !has("python3") {
        return;
    }
    for_each_user(|place| {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        let code = attempt(&format!("socket.create_connection(('127.0.0.1', {port}), 5)"));
        let (outside, inside) = python(&place, &code);
        assert_eq!(outside, "through\n");
        assert_eq!(inside, "Connection refused\n");
    });
}

#[test]
fn an_abstract_socket_of_the_host_cannot_be_reached() {
    if !has("python3") {
        return;
    }
    for_each_user(|place| {
        let name = format!("brattice-test-{}-{}", std::process::id(), place.is_root());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let _server = UnixListener::bind_addr(&address).unwrap();
        let code = attempt(&format!("socket.socket(socket.AF_UNIX).connect('\\0{name}')"));
        let (outside, inside) = python(&place, &code);
        assert_eq!(outside, "through\n");
        assert_eq!(inside, "Connection refused\n");
    });
}

#[test]
fn there_is_no_way_out_but_the_loopback_works() {
    if !has("python3") {
        return;
    }
    for_each_user(|place| {
        let devices = place.run("tail -n +3 /proc/net/dev | cut -d: -f1; tail -n +2 /proc/net/route");
        assert_eq!(devices.stdout.trim(), "lo", "{devices:?}");
        for address in ["192.0.2.1", "169.254.169.254"] {
            let code = attempt(&format!("socket.create_connection(('{address}', 80), 5)"));
            let ran = place.run_command(&["/usr/bin/python3", "-c", &code]);
            assert_eq!(ran.stdout, "Network is unreachable\n", "{address}");
        }
        let code =
            attempt("s = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(s.getsockname())");
        let ran = place.run_command(&["/usr/bin/python3", "-c", &code]);
        assert_eq!(ran.stdout, "through\n", "{ran:?}");
    });
}

#[test]
fn socket_families_outside_of_the_namespaces_are_refused() {
    if !has("python3") {
        return;
    }
    for_each_user(|place| {
        // AF_VSOCK, AF_ALG, AF_PACKET, and netlink to the packet filter.
        for (arguments, answer) in [
            ("40, 1", "Address family not supported by protocol\n"),
            ("38, 5", "Address family not supported by protocol\n"),
            ("17, 3", "Address family not supported by protocol\n"),
            ("16, 3, 12", "Protocol not supported\n"),
        ] {
            let code = attempt(&format!("socket.socket({arguments})"));
            let ran = place.run_command(&["/usr/bin/python3", "-c", &code]);
            assert_eq!(ran.stdout, answer, "{arguments}");
        }
        let code = attempt("socket.socket(16, 3, 0)\nsocket.socketpair()\nsocket.socket(10, 1)");
        let ran = place.run_command(&["/usr/bin/python3", "-c", &code]);
        assert_eq!(ran.stdout, "through\n", "routes, pairs and IPv6 stay: {ran:?}");
    });
}
