//! A simple HTTP client: a response is read to its end, a live stream as it arrives.
//!
//! **Invariant:** the stream is parsed strictly by the WHATWG standard (HTML, "Interpreting an event stream"): CR, LF and CRLF all end a line,
//! so data that would forge an event in a browser forges one here too.

#![allow(dead_code, reason = "each test binary uses its own part of this file")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::app::{Creel, Minted, PATIENCE};

/// An HTTP response.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Reads a response from a connection that is closed after it.
    pub(crate) fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is reset after the response has still delivered it.
        let _ = stream.read_to_end(&mut bytes);
        let split = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or(0);
        let body = bytes.get(split + 4..).unwrap_or_default().to_vec();
        let chunked = head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked");
        Self {
            status,
            head,
            body: if chunked { unchunk(&body) } else { body },
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {} {}", self.head, self.text()))
    }

    /// Value of a header line.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap_or("0"), 16)
            .unwrap_or(0);
        let Some(chunk) = bytes
            .get(end + 2..end + 2 + size)
            .filter(|chunk| !chunk.is_empty())
        else {
            break;
        };
        whole.extend_from_slice(chunk);
        bytes = bytes.get(end + 4 + size..).unwrap_or_default();
    }
    whole
}

/// The next item of a live stream.
#[derive(Debug)]
pub(crate) enum News {
    Event(Event),
    Comment,
    /// The end; `whole` if the server ended it, and did not only cut the connection.
    End {
        whole: bool,
    },
}

/// An event of a live stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The last event id, as a browser would send it back.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.data))
    }
}

/// A subscriber of an endpoint's live stream.
pub(crate) struct Follower {
    bytes: BufReader<TcpStream>,
    pub(crate) head: String,
    /// The rest of the current chunk.
    chunk: usize,
    ended: Option<bool>,
    after_cr: bool,
    id: String,
    /// Lines that name no field of an event stream: creel sends none.
    pub(crate) strange: Vec<String>,
    pub(crate) comments: usize,
    name: String,
    data: Option<String>,
}

impl Follower {
    /// Subscribes with a read key and waits for the response, so that later deliveries are received. `query` starts with `?`, if there is one; `headers` are additional header lines.
    pub(crate) fn new(
        creel: &Creel,
        endpoint: &Minted,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Self {
        let bearer = format!("Bearer {}", endpoint.read_key);
        let headers = [&[("Authorization", bearer.as_str())], headers].concat();
        Self::with(creel, endpoint, query, &headers)
    }

    /// As [`Self::new`], through a proxy, which gets this head.
    pub(crate) fn through(mut proxy: TcpStream, head: &str) -> Self {
        proxy.write_all(head.as_bytes()).expect("it reads the head");
        Self::read(proxy)
    }

    /// As [`Self::new`], with only the credentials in `headers`.
    pub(crate) fn with(
        creel: &Creel,
        endpoint: &Minted,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Self {
        let mut stream = creel.connect();
        let (id, addr) = (&endpoint.id, &creel.addr);
        let mut head =
            format!("GET /api/v1/endpoints/{id}/events{query} HTTP/1.1\r\nHost: {addr}\r\n");
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head += "\r\n";
        stream
            .write_all(head.as_bytes())
            .expect("creel reads what is sent");
        Self::read(stream)
    }

    fn read(stream: TcpStream) -> Self {
        let mut bytes = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = bytes.read_line(&mut head).expect("the head of a response");
            assert_ne!(read, 0, "the head of a response ends early: {head}");
        }
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        Self {
            bytes,
            head,
            chunk: 0,
            ended: None,
            after_cr: false,
            id: String::new(),
            strange: Vec::new(),
            comments: 0,
            name: String::new(),
            data: None,
        }
    }

    /// The next event; comments are skipped.
    pub(crate) fn event(&mut self) -> Event {
        loop {
            match self.news() {
                News::Event(event) => return event,
                News::Comment => {}
                News::End { whole } => panic!("the stream is over (whole: {whole})"),
            }
        }
    }

    /// The next events.
    pub(crate) fn events(&mut self, count: usize) -> Vec<Event> {
        (0..count).map(|_| self.event()).collect()
    }

    /// Reads to the end of the stream; returns whether the server ended it.
    pub(crate) fn end(&mut self) -> bool {
        loop {
            if let News::End { whole } = self.news() {
                return whole;
            }
        }
    }

    /// The next item.
    pub(crate) fn news(&mut self) -> News {
        loop {
            let line = match self.line() {
                Ok(line) => line,
                Err(whole) => return News::End { whole },
            };
            if line.is_empty() {
                let name = std::mem::take(&mut self.name);
                // Without data there is no event.
                if let Some(data) = self.data.take() {
                    let id = self.id.clone();
                    return News::Event(Event { id, name, data });
                }
            } else if line.starts_with(':') {
                self.comments += 1;
                return News::Comment;
            } else {
                self.field(&line);
            }
        }
    }

    fn field(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => data.extend(["\n", value]),
                data => *data = Some(value.to_owned()),
            },
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" => {}
            _ => self.strange.push(line.to_owned()),
        }
    }

    /// A line without its end; an error after the last line. Text after the last line end is not a line.
    fn line(&mut self) -> Result<String, bool> {
        let mut line = Vec::new();
        loop {
            let byte = self.byte()?;
            let behind_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                b'\n' if behind_cr => {}
                b'\n' | b'\r' => return Ok(String::from_utf8_lossy(&line).into_owned()),
                byte => line.push(byte),
            }
        }
    }

    /// The next byte of the chunked body.
    fn byte(&mut self) -> Result<u8, bool> {
        if let Some(whole) = self.ended {
            return Err(whole);
        }
        let end = |error: io::Error| {
            let patience_is_over = matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
            );
            assert!(!patience_is_over, "nothing came within {PATIENCE:?}");
            false
        };
        if self.chunk == 0 {
            let mut size = String::new();
            self.bytes.read_line(&mut size).map_err(end)?;
            if size == "\r\n" {
                size.clear();
                self.bytes.read_line(&mut size).map_err(end)?;
            }
            self.chunk = usize::from_str_radix(size.trim_end(), 16).unwrap_or(0);
            if self.chunk == 0 {
                self.ended = Some(size == "0\r\n");
                return Err(size == "0\r\n");
            }
        }
        let mut byte = [0];
        self.bytes.read_exact(&mut byte).map_err(end)?;
        self.chunk -= 1;
        Ok(byte[0])
    }
}
