//! Deliveries as real servers sent them, to be played at a receiver. Each body is that of a recording, byte for byte, in which only the
//! ids, the times and the webhook's address are exchanged; so the order of the keys and the form of the JSON are those of the server
//! (langgraph-api 0.16.7 and 0.4.48, @langchain/langgraph-api 2.0.0). What no server was seen to send says so in its `about`.
//!
//! | file | knows |
//! |---|---|
//! | `catalog` | all samples |
//! | `fresh` | how a recorded body becomes new |
//! | `lines` | the header lines of each server |
//! | `large` | how a body grows to megabytes |

mod catalog;
mod fresh;
mod large;
mod lines;

use std::time::Duration;

use url::Url;

pub use self::catalog::SAMPLES;
pub use self::lines::host;

use self::fresh::Renewal;
use super::retry::{self, AttemptEnd, Next};
use crate::domain::run::{Sender, SenderKind};
use crate::domain::time::Time;

/// Something that can be sent at will: one delivery, or several that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What it is called.
    pub name: &'static str,
    /// What happened to the run, and what is worth seeing in the payload.
    pub about: &'static str,
    /// Where it belongs in a list.
    pub group: Group,
    /// A recorded body for each delivery.
    recorded: &'static [&'static str],
    form: Form,
    pace: Pace,
}

/// Samples that belong together; a list shows them in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// One delivery of the Python server, in its newest version that was recorded.
    Python,
    /// The same, with something unusual about how it is sent.
    Wire,
    /// Several deliveries of the Python server.
    Several,
    /// One delivery of an old Python server.
    OldPython,
    /// One delivery of the JavaScript server.
    JavaScript,
    /// What no server was seen to send.
    MadeUp,
    /// What another product of the same house sends.
    LangSmith,
}

impl Group {
    /// All of them, in their order.
    pub const ALL: [Self; 7] = [
        Self::Python,
        Self::Wire,
        Self::Several,
        Self::OldPython,
        Self::JavaScript,
        Self::MadeUp,
        Self::LangSmith,
    ];

    /// Its samples, which stand side by side.
    #[must_use]
    pub fn samples(self) -> &'static [Sample] {
        let mut groups = SAMPLES.chunk_by(|one, next| one.group == next.group);
        let is_it = |samples: &&[Sample]| samples.iter().any(|one| one.group == self);
        groups.find(is_it).unwrap_or_default()
    }

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Python => "langgraph-api 0.16.7, the Python server",
            Self::Wire => "langgraph-api 0.16.7, sent in other ways",
            Self::Several => "langgraph-api 0.16.7, several deliveries that belong together",
            Self::OldPython => "langgraph-api 0.4.48, an old Python server",
            Self::JavaScript => "@langchain/langgraph-api 2.0.0, the JavaScript server",
            Self::MadeUp => "Made up: no server was seen to send these",
            Self::LangSmith => "LangSmith: not a run",
        }
    }
}

/// How it is put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As the server does it by default.
    Usual,
    /// With header lines of `webhooks.headers`, the token in one of them.
    Configured,
    /// With a second content-type line of `webhooks.headers`.
    TwoContentTypes,
    /// As what httpx makes of a 301, 302 or 303: a GET without the body.
    Redirected,
    /// With a state of so many bytes.
    Large(usize),
}

/// How its deliveries follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// With the waits of the recording.
    Recorded,
    /// Without waits; by their times, the earlier ones come late.
    AtOnce,
    /// As attempts: the same bytes, with the waits that the server keeps between attempts.
    Attempts,
}

/// One request of a sample.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The wait before it.
    pub wait: Duration,
    /// Which attempt of its delivery it is; more than 1 only where a sample is of several attempts.
    pub attempt: u32,
    /// `POST`, or `GET` where a redirect made it one.
    pub method: &'static str,
    /// Where it goes.
    pub url: Url,
    /// The header lines in the server's order.
    pub headers: Vec<(&'static str, String)>,
    /// The body, if it has one.
    pub body: Option<String>,
}

impl Sample {
    /// The sample of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }

    /// The server that sends it.
    #[must_use]
    pub fn sender(&self) -> Sender {
        let (kind, version) = match self.group {
            Group::Python | Group::Wire | Group::Several | Group::MadeUp => {
                (SenderKind::LanggraphPython, Some("0.16.7"))
            }
            Group::OldPython => (SenderKind::LanggraphPython, Some("0.4.48")),
            Group::JavaScript => (SenderKind::LanggraphJs, None),
            Group::LangSmith => (SenderKind::Unknown, None),
        };
        Sender {
            kind,
            version: version.map(str::to_owned),
        }
    }

    /// What the server would send to a webhook of this address if it began now, in its order. `webhook` is the address as the run's
    /// creator wrote it, which both servers repeat in `kwargs.webhook`.
    #[must_use]
    pub fn sendings(&self, webhook: &str, url: &Url, now: Time) -> Vec<Sending> {
        let (url, token) = match self.form {
            Form::Configured => lines::without_token(url),
            _ => (url.clone(), None),
        };
        let webhook = token.as_ref().map_or(webhook, |_| url.as_str());
        let mut renewal = Renewal::new(webhook, now.micros() - self.present().micros());
        let mut made: Vec<Sending> = Vec::new();
        for (index, recorded) in self.recorded.iter().enumerate() {
            let mut next = match (self.pace, made.last()) {
                (Pace::Attempts, Some(before)) => Sending {
                    attempt: before.attempt + 1,
                    ..before.clone()
                },
                _ => self.sending(renewal.body(recorded), url.clone(), token.as_deref()),
            };
            next.wait = self.wait(index);
            made.push(next);
        }
        made
    }

    /// The recorded time that becomes now.
    fn present(&self) -> Time {
        let sent_at = match self.pace {
            Pace::AtOnce => self.recorded.last(),
            Pace::Recorded | Pace::Attempts => self.recorded.first(),
        };
        sent_at.map_or(Time::from_micros(0), |recorded| fresh::sent_at(recorded))
    }

    /// How long to wait before the delivery or attempt of that index.
    fn wait(&self, index: usize) -> Duration {
        let sent_at = |index: usize| self.recorded.get(index).map(|body| fresh::sent_at(body));
        let before = index.checked_sub(1);
        match (self.pace, before.and_then(sent_at), sent_at(index)) {
            (Pace::Recorded, Some(before), Some(this)) => {
                let micros = this.micros() - before.micros();
                Duration::from_micros(u64::try_from(micros).unwrap_or_default())
            }
            (Pace::Attempts, Some(_), _) => {
                let attempt = u32::try_from(index).unwrap_or(u32::MAX);
                match retry::next(&self.sender(), attempt, AttemptEnd::Reset).next {
                    Next::Retry { min, max } => rand::random_range(min..=max),
                    _ => Duration::ZERO,
                }
            }
            _ => Duration::ZERO,
        }
    }

    /// A first attempt with this body.
    fn sending(&self, body: String, url: Url, token: Option<&str>) -> Sending {
        let body = match self.form {
            Form::Redirected => None,
            Form::Large(bytes) => Some(large::grown(&body, bytes)),
            Form::Usual | Form::Configured | Form::TwoContentTypes => Some(body),
        };
        let mut headers = match self.group {
            Group::JavaScript => lines::javascript(&url),
            Group::LangSmith => lines::langsmith(&url),
            _ => lines::python(&url),
        };
        match self.form {
            Form::Configured => lines::configure(&mut headers, token),
            Form::TwoContentTypes => lines::second_content_type(&mut headers),
            _ => {}
        }
        lines::close(&mut headers, body.as_ref().map(String::len), &url);
        Sending {
            wait: Duration::ZERO,
            attempt: 1,
            method: if body.is_some() { "POST" } else { "GET" },
            url,
            headers,
            body,
        }
    }
}

#[cfg(test)]
mod tests;
