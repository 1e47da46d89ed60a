//! Recorded deliveries of real servers, to be sent to a receiver.
//!
//! **Invariant:** only ids, times and the webhook URL of a recorded body are replaced, so the order of keys and the formatting of the JSON
//! are those of the server (langgraph-api 0.16.7 and 0.4.48, @langchain/langgraph-api 2.0.0). Whatever was not recorded (made-up
//! deliveries, generated turns) is declared as such by the group or by `about`.
//!
//! | file | what it holds |
//! |---|---|
//! | `catalog` | all samples |
//! | `fresh` | fresh ids and times for a recorded body |
//! | `lines` | the header lines of each server |
//! | `large` | how a body is grown to megabytes |

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
use crate::http::Failure;

/// One delivery, or several that belong together, to be sent on demand.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What it is called.
    pub name: &'static str,
    /// What happened to the run, and what to notice in the payload.
    pub about: &'static str,
    /// Its group in a list.
    pub group: Group,
    /// A recorded body for each delivery.
    recorded: &'static [&'static str],
    form: Form,
    pace: Pace,
}

/// Groups of samples, in the order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// One delivery of the Python server, in the newest recorded version.
    Python,
    /// The same, with something unusual about how it is sent.
    Wire,
    /// Several deliveries of the Python server.
    Several,
    /// One delivery of an old Python server.
    OldPython,
    /// One delivery of the JavaScript server.
    JavaScript,
    /// Made up: no server was observed to send it.
    MadeUp,
    /// A delivery of LangSmith, another product of LangChain.
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

    /// Its samples. They are adjacent in the catalog.
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
            Self::Wire => "langgraph-api 0.16.7, unusual requests",
            Self::Several => "langgraph-api 0.16.7, several related deliveries",
            Self::OldPython => "langgraph-api 0.4.48, an old Python server",
            Self::JavaScript => "@langchain/langgraph-api 2.0.0, the JavaScript server",
            Self::MadeUp => "Made up: not known from any server",
            Self::LangSmith => "LangSmith: not a run",
        }
    }
}

/// How a sample is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As the server sends by default.
    Usual,
    /// With header lines of `webhooks.headers`, one of them with the token.
    Configured,
    /// With a second content-type line of `webhooks.headers`.
    TwoContentTypes,
    /// As httpx sends it after a 301, 302 or 303: a GET without the body.
    Redirected,
    /// With a state of this many bytes.
    Large(usize),
}

/// The timing of its deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// With the waits of the recording.
    Recorded,
    /// Without waits; by their times, the earlier ones arrive late.
    AtOnce,
    /// As attempts: the same bytes, with the server's waits between attempts.
    Attempts,
}

/// One request of a sample.
#[derive(Clone, Debug)]
pub struct Sending {
    /// The wait before it.
    pub wait: Duration,
    /// The number of the attempt; more than 1 only for a sample of several attempts.
    pub attempt: u32,
    /// `POST`, or `GET` after a redirect.
    pub method: &'static str,
    /// The URL to send it to.
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

    /// The requests that the server would send to this webhook URL, starting now. `webhook` is the URL as the caller wrote it, which both
    /// servers repeat in `kwargs.webhook`.
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

    /// The recorded time that is moved to now.
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
                match retry::next(&self.sender(), attempt, &AttemptEnd::Failed(Failure::Reset)).next
                {
                    Next::Retry { min, max } => rand::random_range(min..=max),
                    _ => Duration::ZERO,
                }
            }
            _ => Duration::ZERO,
        }
    }

    /// The first attempt with this body.
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
