//! One delivery, attempt after attempt, until the server that is played would stop.

use std::io::Write;
use std::time::Instant;

use anyhow::Context as _;
use reqwest::{Method, StatusCode};
use url::Url;

use crate::cli::{Retries, Webhook};
use crate::client::{Answer, Call, Client, Failure};
use crate::domain::run::{Sender, SenderKind};
use crate::domain::time::Time;
use crate::langgraph::samples::{Sample, Sending, host};
use crate::langgraph::sender::{self, Heard, Next};

/// Sends a sample as its server would, and tells each attempt.
pub(super) async fn play(
    sample: &Sample,
    to: &Webhook,
    retries: Retries,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let sender = sample.sender();
    let mut player = Player {
        client: Client::of_sender(sender.kind).context("cannot set up TLS")?,
        sending: sample.sending(&to.text, &to.url, Time::now()),
        sender,
        out,
    };
    writeln!(player.out, "{}: {}", sample.name, sample.about)?;
    player.attempts(&to.url, retries).await
}

/// How an attempt ended, its redirects included.
pub(super) struct Ended {
    /// How the last request of it ended.
    pub(super) heard: Heard,
    next: Next,
    /// Whether the body was still sent to where the last redirect led.
    pub(super) body_arrived: bool,
}

struct Player<'a, W> {
    client: Client,
    sending: Sending,
    sender: Sender,
    out: &'a mut W,
}

impl<W: Write> Player<'_, W> {
    /// Attempt after attempt, until that server would stop.
    async fn attempts(&mut self, url: &Url, retries: Retries) -> anyhow::Result<Ended> {
        let attempts_max = sender::attempts_max(&self.sender).unwrap_or(1);
        let mut attempt = 1;
        loop {
            write!(self.out, "attempt {attempt} of {attempts_max}: ")?;
            let ended = self.attempt(attempt, url).await?;
            match ended.next {
                Next::Again { min, max } if retries == Retries::Real => {
                    tokio::time::sleep(rand::random_range(min..=max)).await;
                    attempt += 1;
                }
                _ => return Ok(ended),
            }
        }
    }

    /// One attempt, with the redirects that this server follows within it.
    async fn attempt(&mut self, attempt: u32, url: &Url) -> anyhow::Result<Ended> {
        let mut call = Call::post(url.clone(), &self.sending);
        let mut redirects = 0;
        loop {
            self.out.flush()?;
            let started = Instant::now();
            let answer = self.client.send(call.clone()).await;
            writeln!(
                self.out,
                "{}, {} ms",
                shown(&answer),
                started.elapsed().as_millis()
            )?;
            let heard = heard(&answer);
            let step = sender::next(&self.sender, attempt, heard);
            writeln!(self.out, "  {}", step.why)?;
            let location = answer.ok().and_then(|answer| answer.location);
            match (step.next, location) {
                (Next::Follow { with_body }, Some(url))
                    if redirects < sender::redirects_max(&self.sender) =>
                {
                    write!(self.out, "  at {}: ", plain(url.as_str()))?;
                    follow(&mut call, url, with_body, self.sender.kind);
                    redirects += 1;
                }
                (next, _) => return self.ended(heard, next, call.body.is_some()),
            }
        }
    }

    fn ended(&mut self, heard: Heard, next: Next, body_arrived: bool) -> anyhow::Result<Ended> {
        if matches!(next, Next::Follow { .. }) {
            writeln!(self.out, "  lost: too many redirects")?;
        } else if !body_arrived && matches!(heard, Heard::Answered(200..=299)) {
            writeln!(
                self.out,
                "  but the body stayed behind at the redirect: the receiver got nothing"
            )?;
        }
        self.out.flush()?;
        Ok(Ended {
            heard,
            next,
            body_arrived,
        })
    }
}

/// Turns a call to where a redirect leads, as httpx and fetch do.
fn follow(call: &mut Call<'_>, url: Url, with_body: bool, kind: SenderKind) {
    let moved = host(&url) != host(&call.url);
    if !with_body {
        call.method = Method::GET;
        call.body = None;
    }
    call.headers
        .retain(|(name, _)| match name.to_ascii_lowercase().as_str() {
            "content-length" => with_body,
            "content-type" => with_body || kind == SenderKind::LanggraphPython,
            "authorization" => !moved,
            _ => true,
        });
    for (name, value) in &mut call.headers {
        if name.eq_ignore_ascii_case("host") {
            *value = host(&url);
        }
    }
    call.url = url;
}

fn heard(answer: &Result<Answer, Failure>) -> Heard {
    match answer {
        Ok(Answer {
            status: status @ (301..=303 | 307 | 308),
            location: Some(_),
            ..
        }) => Heard::Redirected(*status),
        Ok(answer) => Heard::Answered(answer.status),
        Err(Failure::NotConnected(_)) => Heard::NotConnected,
        Err(Failure::TimedOut) => Heard::TimedOut,
        Err(Failure::Reset) => Heard::Reset,
        Err(Failure::Closed) => Heard::Closed,
        Err(Failure::Garbled(_)) => Heard::Garbled,
    }
}

/// What came, in one line; of a refusal the beginning of what it says.
fn shown(answer: &Result<Answer, Failure>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return plain(&failure.to_string()),
    };
    let status = StatusCode::from_u16(answer.status).ok();
    let reason = status
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let shown = format!("{} {reason}", answer.status);
    let shown = shown.trim_end();
    if answer.status < 400 || answer.beginning.is_empty() {
        return shown.to_owned();
    }
    let beginning = String::from_utf8_lossy(&answer.beginning);
    let says: String = beginning.chars().take(200).collect();
    format!("{shown} \"{}\"", plain(&says))
}

/// A text that cannot move the cursor, colour the screen or turn the line around: what is not printable is escaped.
fn plain(text: &str) -> String {
    let escaped = text.chars().map(|char| match char {
        '"' | '\'' => char.to_string(),
        _ => char.escape_debug().to_string(),
    });
    escaped.collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::thread::JoinHandle;

    use super::*;
    use crate::commands::send::exit_code;
    use crate::langgraph::read;

    /// A receiver that gives these answers, one a connection, and hands back the requests as they came.
    fn receiver(answers: &'static [&str]) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook/x?token=t", listener.local_addr().unwrap());
        let serve = move || {
            answers
                .iter()
                .map(|answer| serve(listener.accept().unwrap().0, answer))
                .collect()
        };
        (url, std::thread::spawn(serve))
    }

    fn serve(mut stream: TcpStream, answer: &str) -> String {
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
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(bytes).unwrap()
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
    const DOWN: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\n\u{1b}[2J";
    const ELSEWHERE: &str = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    #[tokio::test]
    async fn the_bytes_on_the_wire_are_those_of_the_server() {
        for name in ["success", "js"] {
            let (url, receiver) = receiver(&[OK]);
            let (code, out) = send(name, &url, Retries::Real).await;
            assert_eq!(code, 0, "{out}");
            let request = receiver.join().unwrap().remove(0);
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let url = Url::parse(&url).unwrap();
            let sample = Sample::find(name).unwrap();
            let mut expected = vec!["POST /hook/x?token=t HTTP/1.1".to_owned()];
            let headers = sample.sending(url.as_str(), &url, Time::now()).headers;
            expected.extend(
                headers
                    .into_iter()
                    .map(|(name, value)| format!("{name}: {value}")),
            );
            assert_eq!(head.split("\r\n").collect::<Vec<_>>(), expected);
            let head = crate::domain::head::Head {
                raw: format!("{head}\r\n\r\n").into(),
                exact: true,
            };
            let run = read(&head, body.as_bytes(), None, Time::now())
                .1
                .run
                .expect("a run");
            assert_eq!(run.sender, sample.sender());
        }
    }

    #[tokio::test]
    async fn what_failed_for_a_while_is_sent_again_with_the_same_bytes() {
        let (url, receiver) = receiver(&[DOWN, OK]);
        let (code, out) = send("error", &url, Retries::Real).await;
        assert_eq!(code, 0, "{out}");
        let requests = receiver.join().unwrap();
        assert_eq!(requests[0], requests[1]);
        assert!(
            out.contains("attempt 1 of 3: 503 Service Unavailable"),
            "{out}"
        );
        assert!(out.contains("attempt 2 of 3 comes in 1 to 2 s"), "{out}");
        assert!(
            out.contains(r"\u{1b}[2J") && !out.contains('\u{1b}'),
            "{out}"
        );
    }

    #[tokio::test]
    async fn without_retries_one_attempt_is_made_and_the_next_one_foretold() {
        let (url, _) = receiver(&[DOWN]);
        let (code, out) = send("success", &url, Retries::None).await;
        assert_eq!(code, 1, "{out}");
        assert!(
            out.contains("503: attempt 2 of 3 comes in 1 to 2 s"),
            "{out}"
        );
    }

    #[tokio::test]
    async fn a_redirect_turns_the_delivery_into_a_get_and_is_no_success() {
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
        assert!(out.contains("the receiver got nothing"), "{out}");
    }

    #[tokio::test]
    async fn a_connection_closed_without_an_answer_is_lost() {
        let (url, _) = receiver(&[""]);
        let (code, out) = send("success", &url, Retries::Real).await;
        assert_eq!(code, 1, "{out}");
        assert!(
            out.contains("closed without an answer is not tried again"),
            "{out}"
        );
    }

    #[tokio::test]
    async fn nobody_there_is_told_apart_from_a_refusal() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let (code, out) = send("js", &url, Retries::Real).await;
        assert_eq!(code, 3, "{out}");
        assert!(out.contains("no connection: Connection refused"), "{out}");
    }
}
