//! A keep-alive HTTP/1.1 connection that costs next to nothing: a request is bytes that the caller prepared.
//!
//! **Invariant:** an answer is given back only when all of it has arrived; whatever this page cannot read is an error.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

/// Longest wait for an answer of the API.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// A connection to a server of this machine.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(4096),
        })
    }

    /// Sends a request and waits for all of its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        self.send(request).await?;
        loop {
            if let Some((answer, length)) = parse(&self.received)? {
                self.received.drain(..length);
                return Ok(answer);
            }
            self.receive().await?;
        }
    }

    async fn send(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    self.stream.writable().await?;
                }
                Err(error) => return Err(error).context("sending"),
            }
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<()> {
        loop {
            self.stream.readable().await?;
            let mut chunk = [0; 4096];
            match self.stream.try_read(&mut chunk) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(read) => {
                    self.received.extend_from_slice(&chunk[..read]);
                    return Ok(());
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error).context("receiving"),
            }
        }
    }
}

/// The bytes of a request with the headers that LangGraph's Python server sends.
pub(crate) fn post(addr: SocketAddr, target: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: {addr}\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, zstd\r\n\
         Connection: keep-alive\r\nUser-Agent: python-httpx/0.28.1\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The bytes of a request for JSON.
pub(crate) fn get(addr: SocketAddr, target: &str, key: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: {addr}\r\nAuthorization: Bearer {key}\r\n\r\n")
        .into_bytes()
}

/// What the API answers, if it does so with this status and in time.
pub(crate) async fn ask<T: DeserializeOwned>(
    addr: SocketAddr,
    request: &[u8],
    status: u16,
) -> Result<T> {
    let asking = async { Connection::open(addr).await?.exchange(request).await };
    let answer = tokio::time::timeout(ANSWER_MAX, asking).await??;
    let text = String::from_utf8_lossy(&answer.body);
    ensure!(
        answer.status == status,
        "answered {}: {text}",
        answer.status
    );
    serde_json::from_str(&text).with_context(|| format!("answered {text}"))
}

/// The answer at the front of what was received and the length of it; `None` while some of it is missing.
fn parse(received: &[u8]) -> Result<Option<(Answer, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_length) = head.parse(received)? else {
        return Ok(None);
    };
    // RFC 9110, section 15.3.5: such an answer has no content, nor a length of it.
    let mut body_length = (head.code == Some(204)).then_some(0);
    for header in head.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            body_length = Some(std::str::from_utf8(header.value)?.parse::<usize>()?);
        }
    }
    let body_length = body_length.context("an answer without a Content-Length")?;
    let Some(body) = received.get(head_length..head_length + body_length) else {
        return Ok(None);
    };
    let status = head.code.context("a whole head has a status")?;
    let body = body.to_vec();
    Ok(Some((Answer { status, body }, head_length + body_length)))
}
