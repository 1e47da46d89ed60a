//! Where `creel listen` starts, and the file that keeps how far it came.
//!
//! **Invariant:** the file holds either the earlier position or the new one, whenever the program is killed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::commands::client::{Api, ClientFailure};
use crate::domain::ids::{EndpointId, Seq};
use crate::domain::time::Time;

/// Which earlier deliveries to print first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// All.
    Start,
    /// Those after this seq.
    After(Seq),
    /// Those that arrived at most this long ago.
    Age(Duration),
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "start" {
            return Ok(Self::Start);
        }
        let end = text.find(|char: char| !char.is_ascii_digit());
        let (number, unit) = text.split_at(end.unwrap_or(text.len()));
        let wrong = "must be a seq such as 42, an age such as 15m (s, m, h, d), or start";
        let number: u64 = number.parse().map_err(|_| wrong)?;
        let seconds = match unit {
            "" => return Ok(Self::After(Seq(number))),
            "s" => 1,
            "m" => 60,
            "h" => 60 * 60,
            "d" => 24 * 60 * 60,
            _ => return Err(wrong),
        };
        let age = number.checked_mul(seconds).ok_or(wrong)?;
        Ok(Self::Age(Duration::from_secs(age)))
    }
}

/// What the state file holds.
#[derive(Deserialize, Serialize)]
struct State {
    endpoint: String,
    seq: Seq,
}

/// How far the deliveries were printed.
pub(super) struct Position {
    endpoint: EndpointId,
    after: Seq,
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Newest {
    last_seq: Seq,
}

#[derive(Deserialize)]
struct Listed {
    items: Vec<Arrival>,
    next: Option<Seq>,
}

#[derive(Deserialize)]
struct Arrival {
    seq: Seq,
    received_at: Time,
}

impl Position {
    /// That of the state file, or else of `--since`, or else the newest delivery. Asks the server in each case, so that a wrong endpoint or
    /// key is found at once.
    pub(super) async fn find(
        api: &Api,
        endpoint: EndpointId,
        since: Option<Since>,
        file: Option<PathBuf>,
    ) -> Result<Self, ClientFailure> {
        let Newest { last_seq } = api.json(&endpoint.to_string()).await?;
        let stored = match &file {
            Some(file) => stored(file, endpoint)?,
            None => None,
        };
        let after = match (stored, since) {
            (Some(seq), _) | (None, Some(Since::After(seq))) => seq,
            (None, Some(Since::Start)) => Seq(0),
            (None, Some(Since::Age(age))) => before(api, endpoint, age).await?,
            (None, None) => last_seq,
        };
        let mut position = Self {
            endpoint,
            after,
            file,
        };
        position.advance(after)?;
        Ok(position)
    }

    /// The last seq that was printed.
    pub(super) fn after(&self) -> Seq {
        self.after
    }

    /// The deliveries up to this one were printed.
    pub(super) fn advance(&mut self, seq: Seq) -> Result<(), ClientFailure> {
        self.after = seq;
        let Some(file) = &self.file else {
            return Ok(());
        };
        let state = State {
            endpoint: self.endpoint.to_string(),
            seq,
        };
        let failed = |error| failed(file, &error);
        let json = serde_json::to_vec(&state).map_err(io::Error::from);
        let mut next = file.clone().into_os_string();
        next.push(".new");
        json.and_then(|json| fs::write(&next, json))
            .map_err(failed)?;
        fs::rename(&next, file).map_err(failed)
    }
}

/// The seq in the state file, if there is one.
fn stored(file: &Path, endpoint: EndpointId) -> Result<Option<Seq>, ClientFailure> {
    let json = match fs::read(file) {
        Ok(json) => json,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(file, &error)),
    };
    let wrong = |why: &str| ClientFailure::WrongUsage(format!("--state {}: {why}", file.display()));
    let state: State =
        serde_json::from_slice(&json).map_err(|_| wrong("not a state file of `creel listen`"))?;
    if state.endpoint != endpoint.to_string() {
        return Err(wrong("it is of another endpoint; use one file for each"));
    }
    Ok(Some(state.seq))
}

fn failed(file: &Path, error: &io::Error) -> ClientFailure {
    ClientFailure::Other(format!("--state {}: {error}", file.display()))
}

/// The newest seq of those that arrived longer ago than this; 0 if there is none. The clocks of server and client are taken for the same.
async fn before(api: &Api, endpoint: EndpointId, age: Duration) -> Result<Seq, ClientFailure> {
    let micros = i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
    let oldest = Time::from_micros(Time::now().micros().saturating_sub(micros));
    let mut path = format!("{endpoint}/deliveries?limit=500");
    loop {
        let page: Listed = api.json(&path).await?;
        let earlier = page.items.iter().find(|item| item.received_at < oldest);
        match (earlier, page.next) {
            (Some(earlier), _) => return Ok(earlier.seq),
            (None, None) => return Ok(Seq(0)),
            (None, Some(next)) => path = format!("{endpoint}/deliveries?limit=500&before={next}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_seq_an_age_or_the_start() {
        let age = |seconds| Since::Age(Duration::from_secs(seconds));
        for (text, expected) in [
            ("start", Since::Start),
            ("0", Since::After(Seq(0))),
            ("42", Since::After(Seq(42))),
            ("30s", age(30)),
            ("15m", age(900)),
            ("2h", age(7200)),
            ("7d", age(604_800)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for text in [
            "",
            "m",
            "-1",
            "1.5h",
            "15 m",
            "1w",
            "now",
            "99999999999999999999",
            "18446744073709551615d",
        ] {
            assert!(text.parse::<Since>().is_err(), "{text}");
        }
    }
}
