//! One delivery, attempt after attempt, until the server that is played would stop.

use std::io::Write;
use std::time::Instant;

use anyhow::Context as _;
use reqwest::StatusCode;
use url::Url;

use super::{Retries, Webhook};
use crate::domain::run::{Sender, SenderKind};
use crate::domain::time::Time;
use crate::http::{Answer, Call, Client, Failure};
use crate::langgraph::retry::{self, AttemptEnd, Next};
use crate::langgraph::samples::{Sample, Sending, host};
use crate::sender_client;

/// Sends a sample as its server would, and tells each attempt. Gives back how its last delivery ended, or the first that failed; after
/// one that found nobody, the others stay unsent.
pub(super) async fn play(
    sample: &Sample,
    to: &Webhook,
    retries: Retries,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let sender = sample.sender();
    let mut player = Player {
        client: sender_client::client(sender.kind).context("cannot set up TLS")?,
        sender,
        out,
    };
    writeln!(player.out, "{}: {}", sample.name, sample.about)?;
    let sendings = sample.sendings(&to.text, &to.url, Time::now());
    let mut ended = Ended::NOTHING;
    for (index, sending) in sendings.iter().enumerate() {
        // Where the next one is an attempt at the same delivery, that is the retry.
        let retries = match sendings.get(index + 1) {
            Some(next) if next.attempt > 1 => Retries::None,
            _ => retries,
        };
        player.announce(sending, index + 1, sendings.len())?;
        tokio::time::sleep(sending.wait).await;
        let this = player.attempts(sending, retries).await?;
        if ended.is_delivered() {
            ended = this;
        }
        if ended.heard == AttemptEnd::NotConnected {
            break;
        }
    }
    Ok(ended)
}

/// How an attempt ended, its redirects included.
pub(super) struct Ended {
    /// How the last request of it ended.
    pub(super) heard: AttemptEnd,
    next: Next,
    /// Whether what was to be sent still was sent to where the last redirect led.
    whole: bool,
}

impl Ended {
    /// Nothing was to be sent, and all of it arrived.
    const NOTHING: Self = Self {
        heard: AttemptEnd::Answered(200),
        next: Next::Done,
        whole: true,
    };

    /// Whether the receiver has it, and said so.
    pub(super) fn is_delivered(&self) -> bool {
        self.whole && matches!(self.heard, AttemptEnd::Answered(200..=299))
    }
}

struct Player<'a, W> {
    client: Client,
    sender: Sender,
    out: &'a mut W,
}

impl<W: Write> Player<'_, W> {
    /// Tells what comes next, where a sample is of several deliveries or attempts.
    fn announce(&mut self, next: &Sending, number: usize, of: usize) -> anyhow::Result<()> {
        if next.attempt > 1 {
            writeln!(self.out, "sent again, as if that answer had been lost")?;
        } else if of > number || number > 1 {
            writeln!(self.out, "request {number} of {of}")?;
        }
        self.out.flush()?;
        Ok(())
    }

    /// Attempt after attempt, until that server would stop.
    async fn attempts(&mut self, sending: &Sending, retries: Retries) -> anyhow::Result<Ended> {
        let attempts_max = retry::attempts_max(&self.sender).unwrap_or(1);
        let mut attempt = sending.attempt;
        loop {
            write!(self.out, "attempt {attempt} of {attempts_max}: ")?;
            let ended = self.attempt(attempt, sending).await?;
            match ended.next {
                Next::Retry { min, max } if retries == Retries::Real => {
                    tokio::time::sleep(rand::random_range(min..=max)).await;
                    attempt += 1;
                }
                _ => return Ok(ended),
            }
        }
    }

    /// One attempt, with the redirects that this server follows within it.
    async fn attempt(&mut self, attempt: u32, sending: &Sending) -> anyhow::Result<Ended> {
        let mut call = sender_client::call(sending.url.clone(), sending);
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
            let step = retry::next(&self.sender, attempt, heard);
            writeln!(self.out, "  {}", step.why)?;
            let location = answer.ok().and_then(|answer| answer.location);
            match (step.next, location) {
                (Next::Follow { with_body }, Some(url))
                    if redirects < retry::redirects_max(&self.sender) =>
                {
                    write!(self.out, "  at {}: ", plain(url.as_str()))?;
                    follow(&mut call, url, with_body, self.sender.kind);
                    redirects += 1;
                }
                (next, _) => {
                    let whole = call.body.is_some() || sending.body.is_none();
                    return self.ended(heard, next, whole);
                }
            }
        }
    }

    fn ended(&mut self, heard: AttemptEnd, next: Next, whole: bool) -> anyhow::Result<Ended> {
        if matches!(next, Next::Follow { .. }) {
            writeln!(self.out, "  lost: too many redirects")?;
        } else if !whole && matches!(heard, AttemptEnd::Answered(200..=299)) {
            writeln!(
                self.out,
                "  but the body stayed behind at the redirect: the receiver got nothing"
            )?;
        }
        self.out.flush()?;
        Ok(Ended { heard, next, whole })
    }
}

/// Turns a call to where a redirect leads, as httpx and fetch do.
fn follow(call: &mut Call<'_>, url: Url, with_body: bool, kind: SenderKind) {
    let moved = host(&url) != host(&call.url);
    if !with_body {
        call.method = "GET";
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

fn heard(answer: &Result<Answer, Failure>) -> AttemptEnd {
    match answer {
        Ok(Answer {
            status: status @ (301..=303 | 307 | 308),
            location: Some(_),
            ..
        }) => AttemptEnd::Redirected(*status),
        Ok(answer) => AttemptEnd::Answered(answer.status),
        Err(Failure::NotConnected(_)) => AttemptEnd::NotConnected,
        Err(Failure::TimedOut) => AttemptEnd::TimedOut,
        Err(Failure::Reset) => AttemptEnd::Reset,
        Err(Failure::Closed) => AttemptEnd::Closed,
        Err(Failure::Garbled(_)) => AttemptEnd::NotHttp,
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
mod tests;
