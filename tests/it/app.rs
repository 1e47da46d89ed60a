//! A real creel for a test: the binary, on free ports of loopback, with its own data folder. It ends with the test, by its process id.
//!
//! **Invariant:** nothing here sleeps for a fixed time; it waits for conditions, with a deadline after which the test fails.
#![allow(dead_code, reason = "each test binary uses its own part of this file")]

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use creel::access::cookies::Cookies;
use creel::store::Instance;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) use crate::http::Response;

/// Deadline for a condition.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

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
        Self::start_as(args, |_| ())
    }

    /// As [`Self::start`]; `shape` changes the command, for example its environment or stderr.
    pub(crate) fn start_as(args: &[&str], shape: impl FnOnce(&mut Command)) -> Self {
        let data = TempDir::new().expect("a temporary folder");
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut command = Self::command(data.path(), &args, "127.0.0.1:0");
        shape(&mut command);
        let mut creel = Self::run(command, &args);
        creel.data = Some(data);
        creel
    }

    /// The command that serves `data`.
    pub(crate) fn command(data: &Path, args: &[String], bind: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
        command
            .args(["serve", "--bind", bind, "--data-dir"])
            .arg(data)
            .args(args);
        command
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

    /// The port of pages and API.
    pub(crate) fn port(&self) -> &str {
        self.addr.rsplit(':').next().unwrap_or_default()
    }

    /// Host and port of its pages.
    pub(crate) fn pages(&self) -> String {
        format!("creel.localhost:{}", self.port())
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
    pub(crate) fn end(&mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        self.ended()
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        eventually("creel ends", || {
            self.child.try_wait().expect("creel is a child of ours")
        })
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
        let next = Self::command(self.data_dir(), &self.args, &self.addr);
        let mut next = Self::run(next, &self.args);
        std::mem::swap(self, &mut next);
        self.data = next.data.take();
    }

    /// As [`Self::restart`], with other options.
    pub(crate) fn restart_with(&mut self, args: &[&str]) {
        self.args = args.iter().map(|arg| (*arg).to_owned()).collect();
        self.restart();
    }

    /// Creates an endpoint with these settings (JSON).
    pub(crate) fn mint(&self, settings: &str) -> Minted {
        self.mint_as(settings, &[])
    }

    /// As [`Self::mint`], with these header lines.
    pub(crate) fn mint_as(&self, settings: &str, headers: &[(&str, &str)]) -> Minted {
        let response = self.http("POST", "/api/v1/endpoints", headers, settings.as_bytes());
        assert_eq!(response.status, 201, "{}", response.text());
        let json = response.json();
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

    /// One request on its own connection; header names and order are sent as given.
    pub(crate) fn http(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
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

    /// Sends a delivery to an endpoint, which accepts it.
    pub(crate) fn deliver(
        &self,
        endpoint: &Minted,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) {
        let response = self.http("POST", &endpoint.target, headers, body.as_ref());
        assert_eq!(response.status, 200, "{}", response.head);
    }

    /// Sends exactly these bytes and reads the response until the connection is closed.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Response {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("creel reads what is sent");
        Response::read(&mut stream)
    }

    /// As [`Self::raw`], to another listener.
    pub(crate) fn raw_to(addr: &str, bytes: &[u8]) -> Response {
        let mut stream = TcpStream::connect(addr).expect("creel accepts connections");
        stream.write_all(bytes).expect("creel reads what is sent");
        Response::read(&mut stream)
    }

    /// Sends a recorded delivery to an endpoint, with the recorded head; `shape` may change the body.
    pub(crate) fn replay(
        &self,
        endpoint: &Minted,
        name: &str,
        shape: impl FnOnce(String) -> String,
    ) {
        let case = fixture(name);
        let body = shape(case["body"].as_str().expect("a body").to_owned());
        let mut head = format!("POST {} HTTP/1.1\r\n", endpoint.target);
        for line in case["headers"].as_array().expect("header lines") {
            let [name, value] = [0, 1].map(|at| line[at].as_str().expect("text"));
            if !name.eq_ignore_ascii_case("content-length") {
                head.extend([name, ": ", value, "\r\n"]);
            }
        }
        let raw = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        let mut stream = self.connect();
        stream.write_all(raw.as_bytes()).expect("it is sent");
        stream.shutdown(Shutdown::Write).expect("it ends");
        assert_eq!(Response::read(&mut stream).status, 200, "{name}");
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.addr).expect("creel accepts connections");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a timeout can be set");
        stream
    }

    /// The cookie with which a browser reads an endpoint, as `NAME=VALUE`.
    pub(crate) fn key_cookie(&self, endpoint: &Minted) -> String {
        let id = endpoint.id.parse().expect("an id");
        let [cookie, _] = self.cookies().key(id, &endpoint.read_key);
        cookie.stripped().to_string()
    }

    /// The cookie of the owner with this secret, as `NAME=VALUE`.
    pub(crate) fn owner_cookie(&self, secret: &str) -> String {
        self.cookies().owner(secret).stripped().to_string()
    }

    /// Signs the operator in; the cookie of the session, as `NAME=VALUE`.
    pub(crate) fn sign_in(&self, token: &str) -> String {
        let form = format!("token={token}");
        let lines = [("Content-Type", "application/x-www-form-urlencoded")];
        let response = self.http("POST", "/operator", &lines, form.as_bytes());
        assert_eq!(response.status, 303, "{}", response.text());
        let cookie = response.header("set-cookie").expect("a cookie");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// Creates and reads its cookies.
    pub(crate) fn cookies(&self) -> Cookies {
        let file = self.data_dir().join("creel.db");
        let database = rusqlite::Connection::open(file).expect("its database");
        let instance = database.query_row("select id, mac_key from instance", [], |row| {
            Ok(Instance {
                id: row.get(0)?,
                mac_key: row.get(1)?,
            })
        });
        let mut args = self.args.iter();
        let _ = args.find(|arg| *arg == "--public-url");
        let public = args.next().map_or("", String::as_str);
        let host_and_path = public.split_once("://").map_or("", |(_, rest)| rest);
        let base = host_and_path
            .find('/')
            .map_or("", |at| &host_and_path[at..]);
        let https = public.starts_with("https:");
        Cookies::new(instance.expect("one row"), https, base.to_owned())
    }

    /// GET of the API with a read key.
    pub(crate) fn api(&self, endpoint: &Minted, below: &str) -> Response {
        let bearer = format!("Bearer {}", endpoint.read_key);
        self.http(
            "GET",
            &format!("/api/v1/endpoints/{}{below}", endpoint.id),
            &[("Authorization", &bearer)],
            b"",
        )
    }

    /// A page of an endpoint, opened with its read key.
    pub(crate) fn inspect(&self, endpoint: &Minted, below: &str) -> Response {
        let target = format!("/inspect/{}{below}", endpoint.id);
        let cookie = self.key_cookie(endpoint);
        self.http("GET", &target, &[("Cookie", &cookie)], b"")
    }

    /// Revokes all read keys of an endpoint, as its owner does on the settings page.
    pub(crate) fn revoke(&self, endpoint: &Minted, owner: &str) {
        let target = format!("/inspect/{}/revoke", endpoint.id);
        let form = [
            ("Cookie", owner),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let response = self.http("POST", &target, &form, b"confirmed=yes");
        assert_eq!(response.status, 303);
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

    /// Waits until an endpoint has `count` deliveries, and returns them.
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

/// A created endpoint.
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

/// Waits until `look` returns a value.
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
