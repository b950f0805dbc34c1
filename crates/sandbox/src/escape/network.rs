//! Reaching for others: the network, local sockets, and channels of the kernel.

use super::{Attempt, ask, call, needs_more, path, works};
use std::ffi::c_long;
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};

/// Sockets and channels.
pub const CONNECT: &[Attempt] = &[
    works("ask the kernel's route table", "the machine's addresses", |_| {
        socket(libc::AF_NETLINK, libc::SOCK_RAW)
    }),
    needs_more("ask the system's bus", "services of the machine", |_| {
        UnixStream::connect("/run/dbus/system_bus_socket").map(drop)
    }),
    works("bind an abstract address", "a meeting place", |_| {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("amparo-escape-{}", std::process::id());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        UnixDatagram::bind_addr(&address).map(drop)
    }),
    needs_more("connect over TCP", "evidence leaves the machine", |_| {
        call(libc::SYS_connect, [0; 4])
    }),
    needs_more("listen to all packets", "the unit's traffic", |_| {
        socket(libc::AF_PACKET, libc::SOCK_RAW)
    }),
    needs_more("make a Bluetooth socket", "devices nearby", |_| {
        socket(libc::AF_BLUETOOTH, libc::SOCK_RAW)
    }),
    works("make a local socket", "other programs of the machine", |_| {
        UnixDatagram::unbound().map(drop)
    }),
    works("make a message queue", "a channel to others", |_| {
        let queue = ask(libc::SYS_msgget, [0, 0o600, 0, 0])?;
        // It would outlive the process.
        call(libc::SYS_msgctl, [queue, c_long::from(libc::IPC_RMID), 0, 0])
    }),
    works("make a pipe", "a channel", |_| io::pipe().map(drop)),
    needs_more("make a raw socket", "forged packets", |_| socket(libc::AF_INET, libc::SOCK_RAW)),
    works("make a socket pair", "a way to pass descriptors", |_| UnixStream::pair().map(drop)),
    needs_more("make a virtual machine socket", "the machine around this one", |_| {
        socket(libc::AF_VSOCK, libc::SOCK_STREAM)
    }),
    works("offer a service over TCP", "a way in", |_| TcpListener::bind("127.0.0.1:0").map(drop)),
    needs_more("open a named message queue", "a channel to others", |_| {
        let flags = c_long::from(libc::O_RDWR | libc::O_CREAT);
        call(libc::SYS_mq_open, [path(c"amparo-escape"), flags, 0o600, 0])
    }),
    works("reach out over IPv4", "evidence leaves the machine", |_| {
        UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.connect("127.0.0.1:9"))
    }),
    needs_more("reach out over IPv6", "evidence leaves the machine", |_| {
        UdpSocket::bind("[::1]:0").and_then(|socket| socket.connect("[::1]:9"))
    }),
    needs_more("receive a message", "descriptors from others", |_| call(libc::SYS_recvmsg, [0; 4])),
    needs_more("send a message", "descriptors for others", |_| call(libc::SYS_sendmsg, [0; 4])),
    works("share memory", "a channel to others", |_| {
        let made = ask(libc::SYS_shmget, [libc::IPC_PRIVATE.into(), 4096, 0o600, 0])?;
        call(libc::SYS_shmctl, [made, libc::IPC_RMID.into(), 0, 0])
    }),
    works("share semaphores", "a channel to others", |_| {
        let made = ask(libc::SYS_semget, [libc::IPC_PRIVATE.into(), 1, 0o600, 0])?;
        call(libc::SYS_semctl, [made, 0, libc::IPC_RMID.into(), 0])
    }),
];

fn socket(family: i32, kind: i32) -> io::Result<()> {
    call(libc::SYS_socket, [family.into(), kind.into(), 0, 0])
}
