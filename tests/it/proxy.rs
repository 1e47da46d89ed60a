//! A real nginx in front of a creel, with the configuration of `/docs/proxies`. It ends with the test, by its process id.
//!
//! **Invariant:** only what differs between this machine and a real host is changed in the configuration: addresses and TLS.

#![allow(dead_code, reason = "each test binary uses its own part of this file")]

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::app::{Creel, PATIENCE, eventually};

/// How often a port may be taken by another process before nginx uses it.
const STARTS_MAX: usize = 5;

/// A running nginx.
pub(crate) struct Nginx {
    process: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) addr: String,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it in front of a creel that serves `/creel`; `change` may change the configuration.
    pub(crate) fn start(creel: &Creel, change: impl Fn(String) -> String) -> Self {
        let server = change(documented(creel, "nginx"));
        let started = (0..STARTS_MAX).find_map(|_| Self::try_start(creel, &server));
        started.expect("nginx starts; tests/run installs it")
    }

    fn try_start(creel: &Creel, server: &str) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("nginx.conf");
        let server = replaced(server, "listen 443 ssl;", &format!("listen {addr};"));
        let server = replaced(
            &server,
            "server 127.0.0.1:8080;",
            &format!("server {};", creel.addr),
        );
        let is_tls = |line: &&str| line.trim_start().starts_with("ssl_certificate");
        let server: String = server
            .split_inclusive('\n')
            .filter(|line| !is_tls(line))
            .collect();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| {
            let folder = at(name);
            format!("{name}_temp_path {folder};\n")
        });
        let around = format!(
            "daemon off;\nmaster_process off;\npid {};\nevents {{}}\nhttp {{\naccess_log off;\n{}{server}}}\n",
            at("nginx.pid"),
            temporary.concat()
        );
        std::fs::write(&file, around).expect("it is written");
        let mut process = Command::new(program())
            .arg("-p")
            .arg(folder.path())
            .arg("-e")
            .arg(at("error.log"))
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx is installed: tests/run does it");
        let is_up = eventually("nginx listens or ends", || {
            let ended = process.try_wait().expect("a child of ours").is_some();
            let accepts = TcpStream::connect(&addr).is_ok();
            (ended || accepts).then_some(!ended)
        });
        if !is_up {
            let log = std::fs::read_to_string(at("error.log")).unwrap_or_default();
            assert!(log.contains("Address already in use"), "nginx: {log}");
            return None;
        }
        Some(Self {
            process,
            addr,
            _folder: folder,
        })
    }

    pub(crate) fn port(&self) -> &str {
        self.addr.rsplit(':').next().unwrap_or_default()
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.addr).expect("nginx accepts connections");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> &'static str {
    let of_debian = "/usr/sbin/nginx";
    if Path::new(of_debian).exists() {
        of_debian
    } else {
        "nginx"
    }
}

/// The text with one part replaced, which it has.
fn replaced(text: &str, part: &str, by: &str) -> String {
    assert!(text.contains(part), "{part}: {text}");
    text.replace(part, by)
}

/// A configuration as the documentation shows it.
pub(crate) fn documented(creel: &Creel, id: &str) -> String {
    let page = creel.http("GET", "/docs/proxies", &[], b"").text();
    let start = format!("<pre id=\"{id}\" tabindex=\"0\">");
    let (_, text) = page.split_once(&start).expect("it is on the page");
    let (text, _) = text.split_once("</pre>").expect("it ends");
    let entities = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    entities
        .iter()
        .fold(text.to_owned(), |text, (entity, letter)| {
            text.replace(entity, letter)
        })
}
