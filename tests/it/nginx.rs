//! creel behind the nginx of `/docs/proxies`: pages below a path, captures as they were sent, clients, large bodies, live streams.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use tokio::net::TcpSocket;

use crate::app::{Creel, Minted, PATIENCE, Response};
use crate::http::Follower;
use crate::proxy::{Nginx, documented};

const HOST: &str = "tools.example.com";

/// The creel of the documentation.
fn documented_creel() -> Creel {
    let creel = Creel::start(&[
        "--public-url",
        "https://tools.example.com/creel",
        "--trusted-proxy",
        "127.0.0.1/32",
    ]);
    let command = documented(&creel, "command");
    for option in [
        "--public-url https://tools.example.com/creel",
        "--trusted-proxy 127.0.0.1/32",
    ] {
        assert!(command.contains(option), "{command}");
    }
    creel
}

/// A request through nginx; its connection is closed after it.
fn send(stream: &mut TcpStream, line: &str, headers: &str, body: &[u8]) -> Response {
    let head = format!(
        "{line} HTTP/1.1\r\nHost: {HOST}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream
        .write_all(head.as_bytes())
        .expect("nginx reads the head");
    stream.write_all(body).expect("nginx reads the body");
    Response::read(stream)
}

fn delivery(creel: &Creel, endpoint: &Minted, seq: u64) -> serde_json::Value {
    creel.api(endpoint, &format!("/deliveries/{seq}")).json()
}

#[test]
fn pages_work_whether_nginx_passes_the_path_on_or_removes_it() {
    let creel = documented_creel();
    let passes_on = Nginx::start(&creel, |server| server);
    let removes = Nginx::start(&creel, |server| {
        server.replace("proxy_pass http://creel;", "proxy_pass http://creel/;")
    });
    for nginx in [&passes_on, &removes] {
        let get = |target: &str| send(&mut nginx.connect(), &format!("GET {target}"), "", b"");
        let home = get("/creel/");
        assert_eq!(home.status, 200, "{}", home.head);
        let page = home.text();
        let (_, rest) = page
            .split_once("rel=\"stylesheet\" href=\"")
            .expect("a style sheet");
        let style = rest.split('"').next().expect("its URL");
        assert!(style.starts_with("/creel/static/"), "{style}");
        assert_eq!(get(style).status, 200, "{style}");
        let slash = get("/creel");
        let location = slash.header("location").unwrap_or_default();
        assert!(location.ends_with("/creel/"), "{}", slash.head);
        let form = "Origin: https://tools.example.com\r\nContent-Type: application/x-www-form-urlencoded\r\n";
        let made = send(
            &mut nginx.connect(),
            "POST /creel/endpoints",
            form,
            b"name=x",
        );
        assert_eq!(made.status, 303, "{}", made.text());
        let page = made.header("location").expect("the way on");
        assert!(page.starts_with("/creel/inspect/"), "{page}");
        let cookie = made.header("set-cookie").expect("a cookie");
        let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
        let opened = send(&mut nginx.connect(), &format!("GET {page}"), &cookie, b"");
        assert_eq!(opened.status, 200);
        assert!(
            opened
                .text()
                .contains("https://tools.example.com/creel/hook/")
        );
        let foreign = form.replace("https://tools", "https://evil");
        let refused = send(&mut nginx.connect(), "POST /creel/endpoints", &foreign, b"");
        assert_eq!(refused.status, 403);
    }
}

#[test]
fn a_capture_arrives_as_it_was_sent() {
    let creel = documented_creel();
    let endpoint = creel.mint("{}");
    let nginx = Nginx::start(&creel, |server| server);
    let (path, query) = endpoint.target.split_once('?').unwrap();
    let target = format!("{path}/a//b/%2F%7e;c?{query}&x=%zz&y=a+b");
    let sent = [
        ("X-ZuErst", "1"),
        ("a_b", "2"),
        ("X-Twice", "3"),
        ("accept", "*/*"),
        ("x-twice", "4"),
    ];
    let lines = sent.map(|(name, value)| format!("{name}: {value}\r\n"));
    let lines = lines.concat();
    let answer = send(
        &mut nginx.connect(),
        &format!("PUT {target}"),
        &lines,
        b"{}",
    );
    assert_eq!(answer.status, 200, "{}", answer.head);
    let shown = delivery(&creel, &endpoint, 1);
    assert_eq!(shown["target"], target.as_str());
    assert_eq!(shown["path"], "/a//b/%2F%7e;c");
    assert_eq!(shown["http_version"], "HTTP/1.1");
    let headers = shown["headers"].as_array().unwrap();
    let kept = headers
        .iter()
        .map(|line| [0, 1].map(|at| line[at].as_str().unwrap()));
    let kept: Vec<_> = kept
        .filter(|[name, _]| sent.iter().any(|(sent, _)| sent == name))
        .collect();
    assert_eq!(kept, sent.map(|(name, value)| [name, value]));
}

/// A connection to nginx from another address of loopback.
fn connect_from(from: &str, nginx: &Nginx) -> TcpStream {
    let connect = async {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::new(from.parse().unwrap(), 0))
            .unwrap();
        let stream = socket.connect(nginx.addr.parse().unwrap()).await.unwrap();
        stream.into_std().unwrap()
    };
    let stream = crate::store::run(connect);
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

#[test]
fn the_client_is_whoever_connects_to_nginx_whatever_it_claims() {
    let creel = documented_creel();
    let endpoint = creel.mint("{}");
    let nginx = Nginx::start(&creel, |server| server);
    for (seq, claims) in [
        (1, ""),
        (2, "X-Forwarded-For: 203.0.113.9\r\n"),
        (
            3,
            "Forwarded: for=203.0.113.9\r\nX-Forwarded-For: nonsense\r\n",
        ),
    ] {
        let mut stream = connect_from("127.0.0.2", &nginx);
        let answer = send(
            &mut stream,
            &format!("POST {}", endpoint.target),
            claims,
            b"{}",
        );
        assert_eq!(answer.status, 200);
        let shown = delivery(&creel, &endpoint, seq);
        assert_eq!(shown["client"], "127.0.0.2", "{claims}");
    }
}

#[test]
fn a_large_body_passes() {
    let creel = documented_creel();
    let endpoint = creel.mint("{}");
    let nginx = Nginx::start(&creel, |server| server);
    let body = vec![b'x'; 3_000_000];
    let answer = send(
        &mut nginx.connect(),
        &format!("POST {}", endpoint.target),
        "",
        &body,
    );
    assert_eq!(answer.status, 200);
    assert_eq!(delivery(&creel, &endpoint, 1)["body"]["bytes"], 3_000_000);
}

#[test]
fn a_live_stream_is_not_buffered() {
    let creel = documented_creel();
    let endpoint = creel.mint("{}");
    let nginx = Nginx::start(&creel, |server| server);
    let head = format!(
        "GET /creel/api/v1/endpoints/{}/events?after=0 HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {}\r\n\r\n",
        endpoint.id, endpoint.read_key
    );
    let mut follower = Follower::through(nginx.connect(), &head);
    for seq in 1..4 {
        let answer = send(
            &mut nginx.connect(),
            &format!("POST {}", endpoint.target),
            "",
            b"{}",
        );
        assert_eq!(answer.status, 200);
        assert_eq!(follower.event().json()["seq"], seq);
    }
}
