//! A delivery as text to paste. The curl command is executed by a real shell with the real curl, and sends the same request again.

use std::process::Command;

use tempfile::TempDir;

use super::Visitor;
use crate::app::{Creel, Minted, Response, fixture};

/// Header lines that belong to the connection, or follow from URL and body.
const OF_CONNECTION: [&str; 5] = [
    "host:",
    "content-length:",
    "transfer-encoding:",
    "connection:",
    "expect:",
];

/// A delivery as a text.
fn copied(creel: &Creel, endpoint: &Minted, seq: usize, form: &str) -> Response {
    let copied = creel.inspect(endpoint, &format!("/{seq}/copy/{form}"));
    assert_eq!(copied.status, 200, "{form}");
    copied
}

pub(crate) fn body(creel: &Creel, endpoint: &Minted, seq: usize) -> Vec<u8> {
    creel.api(endpoint, &format!("/deliveries/{seq}/body")).body
}

/// Method, target, and the header lines that do not belong to the connection.
pub(crate) fn lines(creel: &Creel, endpoint: &Minted, seq: usize) -> Vec<Vec<u8>> {
    let head = copied(creel, endpoint, seq, "head").body;
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().expect("a request line");
    let version = first.iter().rposition(|byte| *byte == b' ').expect("words");
    let rest = lines.filter(|line| {
        let line = line.to_ascii_lowercase();
        !line.is_empty()
            && !OF_CONNECTION
                .iter()
                .any(|name| line.starts_with(name.as_bytes()))
    });
    // Whitespace around a value is not part of it.
    let rest = rest.map(|line| {
        let colon = line.iter().position(|byte| *byte == b':').expect("a name");
        [&line[..=colon], line[colon + 1..].trim_ascii()].concat()
    });
    [first[..version].to_vec()]
        .into_iter()
        .chain(rest)
        .collect()
}

/// Executes the curl command of a delivery, next to its downloaded body.
fn execute(creel: &Creel, endpoint: &Minted, seq: usize) {
    let command = copied(creel, endpoint, seq, "curl").text();
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join(format!("body-{seq}.bin"));
    std::fs::write(file, body(creel, endpoint, seq)).expect("it is written");
    let mut shell = Command::new("timeout");
    shell
        .args(["30", "sh", "-c", &command])
        .current_dir(folder.path());
    // No settings of the user who runs the tests.
    shell
        .env("CURL_HOME", folder.path())
        .env("HOME", folder.path());
    let ran = shell.output().expect("sh and curl are installed");
    assert!(ran.status.success(), "{command}\n{ran:?}");
    assert_eq!(
        ran.stdout.windows(6).filter(|w| w == b"pwned!").count(),
        0,
        "{command}"
    );
}

/// Sends this request: what stands before and after the target, and the body.
pub(crate) fn send(creel: &Creel, target: &str, method: &str, head: &[u8], body: &[u8]) {
    let mut raw = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    raw.extend_from_slice(head);
    raw.extend_from_slice(format!("Host: {}\r\nConnection: close\r\n", creel.addr).as_bytes());
    if !body.is_empty() {
        raw.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    raw.extend_from_slice(b"\r\n");
    raw.extend_from_slice(body);
    assert_eq!(creel.raw(&raw).status, 200, "{method} {target}");
}

#[test]
fn the_curl_command_sends_the_same_request_again() {
    let creel = Creel::start(&[]);
    let run = fixture("threads-runs-create")["body"]
        .as_str()
        .expect("a body")
        .to_owned();
    let long = vec![b'x'; 100 * 1024];
    let json = &b"Content-Type: application/json\r\n"[..];
    let form = &b"Content-Type: application/x-www-form-urlencoded\r\n"[..];
    let cases: &[(&str, &str, &[u8], &[u8])] = &[
        ("POST", "", b"User-Agent: python-httpx/0.28.1\r\naccept: */*\r\nContent-Type: application/json\r\n", run.as_bytes()),
        ("POST", "", form, b"a=1&b=%20c+d&e"),
        ("POST", "", b"", b""),
        ("POST", "", json, b""),
        ("POST", "", b"", b"no type"),
        ("GET", "/below?x=1&x=2&y=%26a+b&z", b"Accept: text/html\r\n", b""),
        ("GET", "/q?list=[1-3]&set={a,b}&/../up='$(echo${IFS}pwned!)'", b"", b""),
        ("GET", "/a/../b/./c//d?e=%00", b"", b""),
        ("GET", "", b"", b"a GET with a body"),
        ("POST", "", b"X-Empty:\r\nX-Spaces:   a  b   \r\nx-Twice: 1\r\nX-TWICE: 2\r\nX-Empty:\r\nUser-Agent:\r\n", b"x"),
        ("POST", "", b"X-Quotes: it's \"$(echo pwned!)\" `echo pwned!` \\ ; @file <x> %41\r\n", b"x"),
        ("POST", "", b"X-Utf8: \xc3\xa9\xe2\x98\x83\r\n", b"x"),
        ("POST", "", b"X-Latin: caf\xe9 '\xff\\n'\r\n", b"x"),
        ("POST", "", b"Content-Type: text/plain\r\n", b"it's \"quoted\"\n$(echo pwned!)\r\n`echo pwned!`\\n $HOME !! \t end\n"),
        ("POST", "", b"", b"\n\n\n"),
        ("POST", "", b"", b"@/etc/passwd"),
        ("POST", "", b"", b"-o /dev/null"),
        ("POST", "", b"Content-Type: application/octet-stream\r\n", b"\xff\xfe\0binary\r\n\x80"),
        ("POST", "", b"", b"a\0b"),
        ("POST", "", b"", &long),
        ("PUT", "", json, b"{}"),
        ("PATCH", "", json, b"{}"),
        ("DELETE", "", b"", b""),
        ("OPTIONS", "", b"", b""),
        ("PROPFIND", "", b"Depth: 1\r\n", b"<x/>"),
        ("x-odd`id`|!", "", b"", b"odd"),
        ("HEAD", "/h?x=1", b"Accept: */*\r\n", b""),
        ("HEAD", "", b"", b"a HEAD with a body"),
    ];
    let mut wrong = Vec::new();
    for (method, below, head, sent) in cases {
        let endpoint = creel.mint(r#"{"token": "none"}"#);
        let target = format!("{}{below}", endpoint.target);
        send(&creel, &target, method, head, sent);
        execute(&creel, &endpoint, 1);
        let kept = creel.wait_for(&endpoint, 2);
        assert_eq!(kept.len(), 2, "{method} {below}");
        let before = (lines(&creel, &endpoint, 1), body(&creel, &endpoint, 1));
        let after = (lines(&creel, &endpoint, 2), body(&creel, &endpoint, 2));
        if before != after {
            let text = |(lines, body): &(Vec<Vec<u8>>, Vec<u8>)| {
                let lines: Vec<_> = lines
                    .iter()
                    .map(|line| String::from_utf8_lossy(line))
                    .collect();
                format!("{lines:?} {:.200}", String::from_utf8_lossy(body))
            };
            wrong.push(format!("{}\n  {}", text(&before), text(&after)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_target_with_a_host_is_sent_to_creel_and_not_to_that_host() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "none"}"#);
    let absolute = format!("http://{}{}?x=1", creel.addr, endpoint.target);
    send(&creel, &absolute, "POST", b"", b"x");
    execute(&creel, &endpoint, 1);
    let kept = creel.wait_for(&endpoint, 2);
    assert_eq!(
        kept[1]["request"]["target"]
            .as_str()
            .or(kept[1]["target"].as_str()),
        Some(&*format!("{}?x=1", endpoint.target))
    );
}

#[test]
fn head_and_raw_request_are_the_received_bytes() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"token": "none"}"#);
    let head = format!(
        "POST {}?a=[1]&b=%zz HTTP/1.1\r\nhOst: h\r\nX-A:  1 \r\nX-a:2\r\nX-Empty:\r\nconnection: close\r\ncontent-length: 6\r\n",
        endpoint.target
    );
    let head = [head.as_bytes(), b"X-Latin: \xe9\r\n\r\n"].concat();
    let sent = [&head[..], b"\xff\0\r\n'$"].concat();
    assert_eq!(creel.raw(&sent).status, 200);
    assert_eq!(copied(&creel, &endpoint, 1, "head").body, head);
    let http = copied(&creel, &endpoint, 1, "http");
    assert_eq!(http.body, sent);
    for (form, name) in [
        ("curl", "delivery-1.curl"),
        ("head", "delivery-1.head"),
        ("http", "delivery-1.http"),
    ] {
        let copied = copied(&creel, &endpoint, 1, form);
        assert_eq!(
            copied.header("content-type"),
            Some("application/octet-stream")
        );
        assert_eq!(copied.header("x-content-type-options"), Some("nosniff"));
        let disposition = format!("attachment; filename=\"{name}\"");
        assert_eq!(
            copied.header("content-disposition"),
            Some(disposition.as_str())
        );
    }
}

#[test]
fn only_readers_copy_and_only_known_forms() {
    let creel = Creel::start(&[]);
    let endpoint = crate::access::caught(&creel);
    let mut stranger = Visitor::new(&creel);
    stranger.mints();
    for form in ["curl", "head", "http"] {
        let target = format!("/inspect/{}/1/copy/{form}", endpoint.id);
        let refused = stranger.asks("GET", &target);
        assert_eq!(refused.status, 404, "{form}");
        assert!(!refused.text().contains("caught"));
        let nobody = format!("/inspect/{}/1/copy/{form}", crate::access::NOBODY);
        let unknown = stranger.asks("GET", &nobody);
        assert_eq!(
            crate::access::whole(&refused),
            crate::access::whole(&unknown)
        );
        let head = stranger.asks("HEAD", &target);
        assert_eq!(head.status, 404, "{form}");
    }
    for missing in [
        "/1/copy/har",
        "/1/copy/",
        "/1/copy",
        "/2/copy/curl",
        "/x/copy/curl",
    ] {
        assert_eq!(creel.inspect(&endpoint, missing).status, 404, "{missing}");
    }
}
