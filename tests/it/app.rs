//! A real creel for a test: the binary, on free ports of loopback, with a data folder of its own. It ends with the test, by its own id.
//!
//! **Invariant:** nothing here waits for a time, only for conditions, and every wait has a deadline after which the test fails.
#![allow(dead_code, reason = "each test binary uses its own part of this file")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long a condition may take to come true.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running creel.
pub(crate) struct Creel {
    child: Child,
    /// `127.0.0.1:PORT` of pages and API.
    pub(crate) addr: String,
    /// All lines of stdout up to the operator's sign-in URL.
    pub(crate) greeting: Vec<String>,
    data: Option<TempDir>,
    args: Vec<String>,
}

impl Creel {
    /// Starts one with a new data folder.
    pub(crate) fn start(args: &[&str]) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut creel = Self::spawn(data.path(), &args, "127.0.0.1:0");
        creel.data = Some(data);
        creel
    }

    fn spawn(data: &Path, args: &[String], bind: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
        command
            .args(["serve", "--bind", bind, "--data-dir"])
            .arg(data)
            .args(args);
        Self::run(command, args)
    }

    /// Starts a command that becomes `creel serve`, and waits until it serves.
    pub(crate) fn run(mut command: Command, args: &[String]) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("creel starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let mut greeting = Vec::new();
        while let Some(Ok(line)) = lines.next() {
            let last = line.starts_with("operator: ");
            greeting.push(line);
            if last {
                break;
            }
        }
        let addr = greeting
            .first()
            .and_then(|line| line.strip_prefix("listening on http://"));
        let addr = addr.expect("creel says where it listens").to_owned();
        Self {
            child,
            addr,
            greeting,
            data: None,
            args: args.to_vec(),
        }
    }

    /// Process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data
            .as_ref()
            .expect("a creel with a data folder of its own")
            .path()
    }

    /// Sends it a signal by name and waits for its end.
    pub(crate) fn end(&mut self, signal: &str) -> std::process::ExitStatus {
        self.signal(signal);
        self.child.wait().expect("creel ends")
    }

    /// Sends it a signal by name.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([format!("-{signal}"), self.pid().to_string()])
            .status();
        assert!(
            sent.expect("kill runs").success(),
            "the signal reaches creel"
        );
    }

    /// Kills it (SIGKILL).
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Kills it and starts it again on the same data and the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let mut next = Self::spawn(self.data_dir(), &self.args, &self.addr);
        std::mem::swap(self, &mut next);
        self.data = next.data.take();
    }

    /// Mints an endpoint with these settings (JSON).
    pub(crate) fn mint(&self, settings: &str) -> Minted {
        let answer = self.http("POST", "/api/v1/endpoints", &[], settings.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.text());
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let capture_url = text("capture_url");
        let target = capture_url
            .splitn(4, '/')
            .nth(3)
            .map(|rest| format!("/{rest}"))
            .expect("a URL has a path");
        Minted {
            id: text("id"),
            read_key: text("read_key"),
            token: text("token"),
            inspect_url: text("inspect_url"),
            capture_url,
            target,
        }
    }

    /// One request over a connection of its own; header names and order go out as given.
    pub(crate) fn http(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.addr
        );
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        let mut raw = format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        raw.extend_from_slice(body);
        self.raw(&raw)
    }

    /// Sends exactly these bytes and reads all that comes back until the connection is closed.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("creel reads what is sent");
        Answer::read(&mut stream)
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.addr).expect("creel accepts connections");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout can be set");
        stream
    }

    /// GET of the API with a read key.
    pub(crate) fn api(&self, endpoint: &Minted, below: &str) -> Answer {
        let bearer = format!("Bearer {}", endpoint.read_key);
        self.http(
            "GET",
            &format!("/api/v1/endpoints/{}{below}", endpoint.id),
            &[("Authorization", &bearer)],
            b"",
        )
    }

    /// All deliveries of an endpoint, oldest first.
    pub(crate) fn deliveries(&self, endpoint: &Minted) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all
                .last()
                .map_or(0, |last| last["seq"].as_u64().unwrap_or_default());
            let page = self
                .api(
                    endpoint,
                    &format!("/deliveries?order=asc&limit=500&after={after}"),
                )
                .json();
            let items = page["items"].as_array().expect("a page has items");
            all.extend(items.iter().cloned());
            if page["next"].is_null() {
                return all;
            }
        }
    }

    /// Waits until an endpoint holds `count` deliveries, and gives them back.
    pub(crate) fn wait_for(&self, endpoint: &Minted, count: usize) -> Vec<Value> {
        let what = format!("{count} deliveries");
        eventually(&what, || {
            Some(self.deliveries(endpoint)).filter(|found| found.len() >= count)
        })
    }
}

impl Drop for Creel {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A minted endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Minted {
    pub(crate) id: String,
    pub(crate) read_key: String,
    pub(crate) token: String,
    pub(crate) capture_url: String,
    pub(crate) inspect_url: String,
    /// Request target of the capture URL, token included.
    pub(crate) target: String,
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads an answer from a connection that is closed after it.
    pub(crate) fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that was reset behind the answer has still given the answer.
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

/// Waits until `look` finds something.
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A recorded delivery: see `tests/it/fixtures`.
pub(crate) fn fixture(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/fixtures/{name}.json"));
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&text).expect("a recording is JSON")
}
