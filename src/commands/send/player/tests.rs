//! What goes over the wire, and what is printed of it, against receivers of the tests' own.
//!
//! **Invariant:** every test uses free ports of the loopback address, so nothing leaves this machine.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use super::*;
use crate::commands::send::exit_code;
use crate::langgraph::read;

/// A receiver with these responses, one per connection, that returns the received requests.
fn receiver(responses: &'static [&str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/x?token=t", listener.local_addr().unwrap());
    let serve = move || {
        responses
            .iter()
            .map(|response| serve(listener.accept().unwrap().0, response))
            .collect()
    };
    (url, std::thread::spawn(serve))
}

fn serve(mut stream: TcpStream, response: &str) -> String {
    let (mut bytes, mut buffer) = (vec![], [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0) {
                break;
            }
        }
    }
    stream.write_all(response.as_bytes()).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A URL where nothing listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

async fn send(name: &str, url: &str, retries: Retries) -> (u8, String) {
    let mut out = vec![];
    let ended = play(
        Sample::find(name).unwrap(),
        &url.parse().unwrap(),
        retries,
        &mut out,
    )
    .await
    .unwrap();
    (exit_code(&ended), String::from_utf8(out).unwrap())
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
const DOWN: &str =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\n\u{1b}[2J";
const ELSEWHERE: &str =
    "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn the_sent_bytes_are_those_of_the_server() {
    for name in [
        "success",
        "js",
        "headers",
        "headers-twice",
        "redirected-get",
    ] {
        let (url, receiver) = receiver(&[OK]);
        let (code, out) = send(name, &url, Retries::Real).await;
        assert_eq!(code, 0, "{out}");
        let request = receiver.join().unwrap().remove(0);
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let url = Url::parse(&url).unwrap();
        let sample = Sample::find(name).unwrap();
        let sending = sample.sendings(url.as_str(), &url, Time::now()).remove(0);
        let target = &sending.url[url::Position::BeforePath..];
        let mut expected = vec![format!("{} {target} HTTP/1.1", sending.method)];
        // If two lines differ only in case, the client spells the second like the first.
        let spelled =
            |line: &str| line.replace("content-type: application", "Content-Type: application");
        let lines = sending.headers.iter();
        expected.extend(lines.map(|(name, value)| spelled(&format!("{name}: {value}"))));
        assert_eq!(head.split("\r\n").collect::<Vec<_>>(), expected);
        let head = crate::domain::head::Head {
            raw: format!("{head}\r\n\r\n").into(),
            exact: true,
        };
        let run = read(&head, body.as_bytes(), None, Time::now()).1.run;
        assert_eq!(run.is_some(), sending.body.is_some());
        assert!(run.is_none_or(|run| run.sender == sample.sender()));
    }
}

#[tokio::test]
async fn a_sample_stops_when_the_receiver_is_unreachable() {
    let (url, receiver) = receiver(&[OK, DOWN, OK]);
    let (code, out) = send("thread", &url, Retries::None).await;
    assert_eq!(code, 1, "one of them was refused: {out}");
    assert_eq!(receiver.join().unwrap().len(), 3);
    assert!(out.contains("request 2 of 3\nattempt 1 of 3: 503"), "{out}");
    let (code, out) = send("thread", &nobody(), Retries::None).await;
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("request 1 of 3") && !out.contains("request 2 of 3"));
}

#[tokio::test]
async fn attempts_on_demand_are_the_same_bytes_and_the_last_one_may_fail() {
    let (url, receiver) = receiver(&[OK, DOWN, DOWN]);
    let (code, out) = send("redelivered", &url, Retries::Real).await;
    assert_eq!(code, 1, "{out}");
    let requests = receiver.join().unwrap();
    assert!(requests[0] == requests[1] && requests[1] == requests[2]);
    assert!(out.contains("as if the sender had not received the last response\nattempt 3 of 3"));
    assert!(out.contains("this was attempt 3 of 3"), "{out}");
}

#[tokio::test]
async fn retries_have_the_same_bytes() {
    let (url, receiver) = receiver(&[DOWN, OK]);
    let (code, out) = send("error", &url, Retries::Real).await;
    assert_eq!(code, 0, "{out}");
    let requests = receiver.join().unwrap();
    assert_eq!(requests[0], requests[1]);
    assert!(
        out.contains("attempt 1 of 3: 503 Service Unavailable"),
        "{out}"
    );
    assert!(out.contains("attempt 2 of 3 follows in 1 to 2 s"), "{out}");
    assert!(
        out.contains(r"\u{1b}[2J") && !out.contains('\u{1b}'),
        "{out}"
    );
}

#[tokio::test]
async fn without_retries_one_attempt_is_made_and_the_next_predicted() {
    let (url, _) = receiver(&[DOWN]);
    let (code, out) = send("success", &url, Retries::None).await;
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("503: attempt 2 of 3 follows in 1 to 2 s"),
        "{out}"
    );
}

#[tokio::test]
async fn a_redirect_turns_the_delivery_into_a_get_and_fails() {
    let (url, receiver) = receiver(&[ELSEWHERE, OK]);
    let (code, out) = send("success", &url, Retries::Real).await;
    assert_eq!(code, 1, "{out}");
    let requests = receiver.join().unwrap();
    assert!(
        requests[1].starts_with("GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1:"),
        "{}",
        requests[1]
    );
    assert!(
        requests[1].contains("Content-Type: ") && !requests[1].contains("Content-Length"),
        "{}",
        requests[1]
    );
    assert!(out.contains("the receiver got no data"), "{out}");
}

#[tokio::test]
async fn a_connection_closed_without_a_response_is_lost() {
    let (url, _) = receiver(&[""]);
    let (code, out) = send("success", &url, Retries::Real).await;
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("closed without a response is not retried"),
        "{out}"
    );
}

#[tokio::test]
async fn an_unreachable_receiver_is_not_a_refusal() {
    let (code, out) = send("js", &nobody(), Retries::Real).await;
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("no connection: Connection refused"), "{out}");
}
