//! Deliveries as real servers sent them, to be played at a receiver. Each body is that of a recording, byte for byte, in which only the
//! ids, the times and the webhook's address are exchanged; so the order of the keys and the form of the JSON are those of the server
//! (langgraph-api 0.16.7 and 0.4.48, @langchain/langgraph-api 2.0.0).

mod fresh;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::domain::run::{Sender, SenderKind};
use crate::domain::time::Time;

/// A delivery that can be sent at will.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What it is called.
    pub name: &'static str,
    /// What happened to the run, and what is worth seeing in the payload.
    pub about: &'static str,
    kind: SenderKind,
    version: Option<&'static str>,
    recorded: &'static str,
}

/// What a server puts on the wire, beside the request line.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The header lines in the server's order and spelling.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

macro_rules! sample {
    ($kind:ident, $version:expr, $name:literal, $about:literal) => {
        Sample {
            name: $name,
            about: $about,
            kind: SenderKind::$kind,
            version: $version,
            recorded: include_str!(concat!("samples/", $name, ".json")),
        }
    };
}

/// All samples.
#[rustfmt::skip]
pub const SAMPLES: &[Sample] = &[
    sample!(LanggraphPython, Some("0.16.7"), "success", "an agent called a tool and answered; values hold the whole conversation"),
    sample!(LanggraphPython, Some("0.16.7"), "paused", "the graph called interrupt(); the status is success all the same"),
    sample!(LanggraphPython, Some("0.16.7"), "resumed", "a paused thread went on with command.resume"),
    sample!(LanggraphPython, Some("0.16.7"), "error", "a node raised ValueError; the class and the text arrive"),
    sample!(LanggraphPython, Some("0.16.7"), "error-masked", "a node raised a class of its own; the server hides the text"),
    sample!(LanggraphPython, Some("0.16.7"), "interrupted", "someone cancelled the run; values hold what was reached"),
    sample!(LanggraphPython, Some("0.16.7"), "superseded", "another run took over the thread; the error names it"),
    sample!(LanggraphPython, Some("0.16.7"), "timeout", "the run took longer than BG_JOB_TIMEOUT_SECS; the error has no text"),
    sample!(LanggraphPython, Some("0.16.7"), "rollback", "the run was cancelled and deleted; values are null"),
    sample!(LanggraphPython, Some("0.16.7"), "stateless", "a run without a lasting thread; values are null"),
    sample!(LanggraphPython, Some("0.16.7"), "cron", "a cron started the run; configurable.cron_id names it"),
    sample!(LanggraphPython, Some("0.16.7"), "partial", "webhooks.allowed_fields let five fields through"),
    sample!(LanggraphPython, Some("0.4.48"), "old", "an error from version 0.4.48: error is a text"),
    sample!(LanggraphJs, None, "js", "an agent on the JavaScript server; JSON sent as text/plain, messages as constructor records"),
    sample!(LanggraphJs, None, "js-error", "a node threw on the JavaScript server; error is a text"),
    sample!(LanggraphJs, None, "js-stateless", "a stateless run on the JavaScript server; values are absent"),
];

impl Sample {
    /// The sample of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }

    /// The server that sent it.
    #[must_use]
    pub fn sender(&self) -> Sender {
        Sender {
            kind: self.kind,
            version: self.version.map(str::to_owned),
        }
    }

    /// What the server would send now to a webhook of this address. `webhook` is the address as the run's creator wrote it, which
    /// both servers repeat in `kwargs.webhook`.
    #[must_use]
    pub fn sending(&self, webhook: &str, url: &Url, now: Time) -> Sending {
        let body = fresh::fresh(self.recorded, webhook, now);
        let headers = match self.kind {
            SenderKind::LanggraphJs => javascript_headers(url, body.len()),
            _ => python_headers(url, body.len()),
        };
        Sending { headers, body }
    }
}

fn python_headers(url: &Url, body_bytes: usize) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Host", host(url)),
        ("Accept", "*/*".to_owned()),
        ("Accept-Encoding", "gzip, deflate, zstd".to_owned()),
        ("Connection", "keep-alive".to_owned()),
        ("User-Agent", "python-httpx/0.28.1".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("Content-Length", body_bytes.to_string()),
    ];
    headers.extend(basic(url).map(|value| ("Authorization", value)));
    headers
}

fn javascript_headers(url: &Url, body_bytes: usize) -> Vec<(&'static str, String)> {
    vec![
        ("host", host(url)),
        ("connection", "keep-alive".to_owned()),
        ("content-type", "text/plain;charset=UTF-8".to_owned()),
        ("accept", "*/*".to_owned()),
        ("accept-language", "*".to_owned()),
        ("sec-fetch-mode", "cors".to_owned()),
        ("user-agent", "node".to_owned()),
        ("accept-encoding", "gzip, deflate".to_owned()),
        ("content-length", body_bytes.to_string()),
    ]
}

/// The value of the Host line: the port only where it is not the scheme's own.
#[must_use]
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// What httpx makes of `user:password@` in an address. The standing of the line behind the others is httpx's, not recorded.
fn basic(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    Some(format!("Basic {}", STANDARD.encode(pair)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use serde_json::Value;

    use super::*;

    const TO: &str = "http://localhost:8080/hook/x?token=t";

    fn recordings() -> Vec<Value> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
        let files = std::fs::read_dir(folder).unwrap();
        let read = |file: std::fs::DirEntry| std::fs::read(file.path()).unwrap();
        files
            .map(|file| serde_json::from_slice(&read(file.unwrap())).unwrap())
            .collect()
    }

    fn send(sample: &Sample) -> Sending {
        sample.sending(TO, &Url::parse(TO).unwrap(), Time::now())
    }

    #[test]
    fn every_sample_is_a_recording_and_is_sent_with_its_header_lines() {
        let recordings = recordings();
        for sample in SAMPLES {
            let recording = recordings
                .iter()
                .find(|recording| recording["body"].as_str() == Some(sample.recorded))
                .expect(sample.name);
            let sending = send(sample);
            let recorded: Vec<_> = recording["headers"].as_array().unwrap().iter().collect();
            let configured = sample.name == "partial";
            let names: Vec<_> = recorded
                .iter()
                .map(|line| line[0].as_str().unwrap())
                .collect();
            let sent: Vec<_> = sending.headers.iter().map(|(name, _)| *name).collect();
            assert_eq!(sent, names, "{}", sample.name);
            for (sent, recorded) in sending.headers.iter().zip(recorded) {
                let name = sent.0.to_ascii_lowercase();
                if name != "host" && name != "content-length" && !configured {
                    assert_eq!(recorded[1], sent.1, "{}", sample.name);
                }
            }
            let length = sending
                .headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            assert_eq!(length.unwrap().1, sending.body.len().to_string());
        }
    }

    #[test]
    fn names_are_unique_and_every_sample_is_found_by_its_name() {
        let names: BTreeSet<_> = SAMPLES.iter().map(|sample| sample.name).collect();
        assert_eq!(names.len(), SAMPLES.len());
        assert!(names.iter().all(|name| Sample::find(name).is_some()));
        assert!(Sample::find("succes").is_none());
    }

    #[test]
    fn the_host_line_names_the_port_unless_it_is_the_schemes_own() {
        let host = |url| host(&Url::parse(url).unwrap());
        assert_eq!(host("http://localhost:8080/a"), "localhost:8080");
        assert_eq!(host("https://creel.example:443/a"), "creel.example");
        assert_eq!(host("http://[::1]:81/"), "[::1]:81");
    }

    #[test]
    fn a_user_in_the_address_becomes_a_basic_authorization() {
        let basic = |url| basic(&Url::parse(url).unwrap());
        assert_eq!(
            basic("http://user:pa%40ss@h/").as_deref(),
            Some("Basic dXNlcjpwYUBzcw==")
        );
        assert_eq!(basic("http://h/"), None);
    }
}
