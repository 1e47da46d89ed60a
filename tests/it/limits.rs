//! How much one client can use, and for how long: each limit takes effect, is logged, and does not affect others.
//!
//! **Invariant:** options make the timeouts short; tests wait for conditions, not for fixed times.

mod connections;
mod flood;
pub(crate) mod http2;
mod memory;
mod times;

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use tempfile::NamedTempFile;
use tokio::net::TcpSocket;

use crate::app::{Creel, PATIENCE};

/// A creel whose log can be read.
pub(crate) struct Logged {
    pub(crate) creel: Creel,
    log: NamedTempFile,
}

impl Logged {
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::start_as(args, |_| ())
    }

    pub(crate) fn start_as(args: &[&str], shape: impl FnOnce(&mut std::process::Command)) -> Self {
        let log = NamedTempFile::new().expect("a temporary file");
        let stderr = File::create(log.path()).expect("it can be written");
        let creel = Creel::start_as(args, |command| {
            shape(command);
            command.stderr(stderr);
        });
        Self { creel, log }
    }

    /// Lines of the log with this text.
    pub(crate) fn lines(&self, text: &str) -> Vec<String> {
        let log = std::fs::read_to_string(self.log.path()).expect("the log is text");
        let found = log.lines().filter(|line| line.contains(text));
        found.map(str::to_owned).collect()
    }

    /// Checks that a limit took effect and was logged once; a test is shorter than the minute between two lines.
    pub(crate) fn assert_reported(&self, option: &str) {
        let lines = self.lines(option);
        assert_eq!(lines.len(), 1, "{option}: {lines:?}");
    }
}

/// A connection from this loopback address, with a small receive buffer so that unread data is noticed soon.
pub(crate) fn connect_from(creel: &Creel, ip: &str) -> TcpStream {
    try_connect_from(creel, ip).expect("creel accepts connections")
}

pub(crate) fn try_connect_from(creel: &Creel, ip: &str) -> std::io::Result<TcpStream> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let (from, to) = (format!("{ip}:0"), creel.addr.parse::<SocketAddr>());
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(8192)?;
        socket.bind(from.parse().expect("an address"))?;
        let stream = socket.connect(to.expect("an address")).await?;
        stream.into_std()
    })?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// The head of a capture that announces a body with this line and does not send it.
pub(crate) fn unfinished(target: &str, announced: &str) -> Vec<u8> {
    format!("POST {target} HTTP/1.1\r\nHost: h\r\n{announced}\r\n\r\n").into_bytes()
}

/// Reads until the connection is closed, by FIN or reset; returns the received bytes.
pub(crate) fn read_to_close(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        let is_open = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(!is_open, "still open after {PATIENCE:?}");
    }
    bytes
}

/// Descriptors that creel has open.
pub(crate) fn descriptors(creel: &Creel) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", creel.pid()));
    open.expect("creel runs").count()
}

/// Sockets among them.
pub(crate) fn sockets(creel: &Creel) -> usize {
    let open = std::fs::read_dir(format!("/proc/{}/fd", creel.pid())).expect("creel runs");
    let links = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    links
        .filter(|link| link.to_string_lossy().starts_with("socket:"))
        .count()
}

/// The result of a read, without waiting.
fn look(stream: &TcpStream) -> std::io::Result<usize> {
    stream.set_nonblocking(true).expect("it can be set");
    let read = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("it can be set");
    read
}

/// Whether a connection has received data.
pub(crate) fn is_answered(stream: &TcpStream) -> bool {
    look(stream).is_ok_and(|bytes| bytes > 0)
}

/// Whether a connection is still open.
pub(crate) fn is_open(stream: &TcpStream) -> bool {
    match look(stream) {
        Ok(bytes) => bytes > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// One request on a connection that stays open; returns the status of the response.
pub(crate) fn ask(stream: &mut TcpStream, request: &[u8]) -> u16 {
    stream.write_all(request).expect("creel reads what is sent");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return 0,
        }
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream
        .read_exact(&mut body)
        .expect("the body of a response");
    head.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

/// A complete capture.
pub(crate) fn capture(target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("POST {target} HTTP/1.1\r\nHost: h\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
