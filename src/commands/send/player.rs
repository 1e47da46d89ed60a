//! Sends one delivery with all attempts that the sample's server would make.
//!
//! **Invariant:** whatever a receiver answers is escaped before it is printed, so it cannot send control sequences to the terminal.

use std::io::Write;
use std::time::Instant;

use anyhow::Context as _;
use reqwest::StatusCode;
use url::Url;

use super::{Retries, Webhook};
use crate::commands::terminal::escape_unprintable;
use crate::domain::run::{Sender, SenderKind};
use crate::domain::time::Time;
use crate::http::{Call, Client, Failure, ReceivedResponse};
use crate::langgraph::retry::{self, AttemptEnd, Next};
use crate::langgraph::samples::{Sample, Sending, host};
use crate::sender_client;

/// Sends a sample as its server would, and prints each attempt. Returns how the first failed delivery ended, or the last one if none
/// failed. If the receiver cannot be reached, the rest of the sample is not sent.
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
        // If the sample has the next attempt of this delivery as a request of its own, no other retry is sent.
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
        if ended.is_unreachable() {
            break;
        }
    }
    Ok(ended)
}

/// How an attempt ended, after its redirects.
pub(super) struct Ended {
    /// How the last request of it ended.
    attempt_end: AttemptEnd,
    next: Next,
    /// Whether the last request had the body: some redirects drop it.
    body_was_sent: bool,
}

impl Ended {
    /// An empty sample: nothing to send, all of it accepted.
    const NOTHING: Self = Self {
        attempt_end: AttemptEnd::Answered(200),
        next: Next::Done,
        body_was_sent: true,
    };

    /// Whether the receiver got the delivery and accepted it.
    pub(super) fn is_delivered(&self) -> bool {
        self.body_was_sent && matches!(self.attempt_end, AttemptEnd::Answered(200..=299))
    }

    /// Whether the receiver could not be reached.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(
            self.attempt_end,
            AttemptEnd::Failed(Failure::NotConnected(_))
        )
    }
}

struct Player<'a, W> {
    client: Client,
    sender: Sender,
    out: &'a mut W,
}

impl<W: Write> Player<'_, W> {
    /// Prints what is sent next, if a sample has several deliveries or attempts.
    fn announce(&mut self, next: &Sending, number: usize, of: usize) -> anyhow::Result<()> {
        if next.attempt > 1 {
            writeln!(
                self.out,
                "sent again, as if the sender had not received the last response"
            )?;
        } else if of > number || number > 1 {
            writeln!(self.out, "request {number} of {of}")?;
        }
        self.out.flush()?;
        Ok(())
    }

    /// All attempts that the server would make.
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

    /// One attempt, including the redirects that the server follows.
    async fn attempt(&mut self, attempt: u32, sending: &Sending) -> anyhow::Result<Ended> {
        let mut call = sender_client::call(sending.url.clone(), sending);
        let mut redirects = 0;
        loop {
            self.out.flush()?;
            let started = Instant::now();
            let response = self.client.send(call.clone()).await;
            writeln!(
                self.out,
                "{}, {} ms",
                description(&response),
                started.elapsed().as_millis()
            )?;
            let attempt_end = attempt_end(&response);
            let step = retry::next(&self.sender, attempt, &attempt_end);
            writeln!(self.out, "  {}", step.why)?;
            let location = response.ok().and_then(|response| response.location);
            match (step.next, location) {
                (Next::Follow { with_body }, Some(url))
                    if redirects < retry::redirects_max(&self.sender) =>
                {
                    write!(self.out, "  at {}: ", escape_unprintable(url.as_str()))?;
                    follow(&mut call, url, with_body, self.sender.kind);
                    redirects += 1;
                }
                (next, _) => {
                    let body_was_sent = call.body.is_some() || sending.body.is_none();
                    return self.ended(attempt_end, next, body_was_sent);
                }
            }
        }
    }

    fn ended(
        &mut self,
        attempt_end: AttemptEnd,
        next: Next,
        body_was_sent: bool,
    ) -> anyhow::Result<Ended> {
        if matches!(next, Next::Follow { .. }) {
            writeln!(self.out, "  lost: too many redirects")?;
        } else if !body_was_sent && matches!(attempt_end, AttemptEnd::Answered(200..=299)) {
            writeln!(
                self.out,
                "  but the redirect dropped the body: the receiver got no data"
            )?;
        }
        self.out.flush()?;
        Ok(Ended {
            attempt_end,
            next,
            body_was_sent,
        })
    }
}

/// Changes a call to follow a redirect, as httpx and fetch do.
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

fn attempt_end(response: &Result<ReceivedResponse, Failure>) -> AttemptEnd {
    match response {
        Ok(ReceivedResponse {
            status: status @ (301..=303 | 307 | 308),
            location: Some(_),
            ..
        }) => AttemptEnd::Redirected(*status),
        Ok(response) => AttemptEnd::Answered(response.status),
        Err(failure) => AttemptEnd::Failed(failure.clone()),
    }
}

/// The response in one line, with the beginning of its body if it is an error.
fn description(response: &Result<ReceivedResponse, Failure>) -> String {
    let response = match response {
        Ok(response) => response,
        Err(failure) => return escape_unprintable(&failure.to_string()),
    };
    let status = StatusCode::from_u16(response.status).ok();
    let reason = status
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let description = format!("{} {reason}", response.status);
    let description = description.trim_end();
    if response.status < 400 || response.beginning.is_empty() {
        return description.to_owned();
    }
    let beginning = String::from_utf8_lossy(&response.beginning);
    let says: String = beginning.chars().take(200).collect();
    format!("{description} \"{}\"", escape_unprintable(&says))
}

#[cfg(test)]
mod tests;
