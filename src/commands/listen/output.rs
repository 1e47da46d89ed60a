//! The output of `creel listen`, in three forms.
//!
//! **Invariant:** each event is written by one call and flushed, so a reader never sees a part of a line for long; nothing received is
//! written unescaped.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::json;

use super::summary::DeliverySummary;
use crate::commands::client::ClientFailure;
use crate::commands::terminal::{Colours, escape_json, escape_unprintable};
use crate::domain::ids::{EndpointId, Seq};

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A line for each delivery, its error and findings below
    Pretty,
    /// A line for each delivery
    Compact,
    /// A line of JSON for each event (NDJSON)
    Json,
}

/// Prints events.
pub(super) struct Printer {
    output: Output,
    colours: Colours,
}

impl Printer {
    pub(super) fn new(output: Output) -> Self {
        let colours = Colours::of_stdout();
        Self { output, colours }
    }

    /// The connection is open; deliveries after this one follow.
    pub(super) fn ready(&self, endpoint: EndpointId, after: Seq) -> io::Result<()> {
        if self.output == Output::Json {
            let id = endpoint.to_string();
            return line(&json!({"type": "ready", "endpoint": id, "after": after}).to_string());
        }
        note(&format!("listening, after #{after}"));
        Ok(())
    }

    /// A delivery, as the API has it.
    pub(super) fn delivery(&self, json: &str) -> Result<(), ClientFailure> {
        if self.output == Output::Json {
            let json = escape_json(json);
            let event = format!(r#"{{"type":"delivery","delivery":{json}}}"#);
            return Ok(line(&event)?);
        }
        let summary: DeliverySummary =
            serde_json::from_str(json).map_err(|error| ClientFailure::not_creel(&error))?;
        let text = match self.output {
            Output::Compact => summary.line(self.colours),
            _ => summary.lines(self.colours),
        };
        Ok(line(&text)?)
    }

    /// Deliveries that were deleted before they were received.
    pub(super) fn gap(&self, from: Seq, through: Seq) -> io::Result<()> {
        if self.output == Output::Json {
            return line(&json!({"type": "gap", "from": from, "through": through}).to_string());
        }
        note(&format!(
            "#{from} to #{through} were deleted before they were received"
        ));
        Ok(())
    }

    /// The connection is gone.
    pub(super) fn reconnecting(&self, why: &str) -> io::Result<()> {
        if self.output == Output::Json {
            let event = json!({"type": "reconnecting", "why": why}).to_string();
            return line(&escape_json(&event));
        }
        note(&format!("reconnecting: {why}"));
        Ok(())
    }

    /// The failure that ends the program. The other forms have it on stderr only.
    pub(super) fn error(&self, failure: &ClientFailure) {
        if self.output == Output::Json {
            let event = json!({"type": "error", "why": failure.to_string()}).to_string();
            // The program ends with this failure anyway, and says so on stderr.
            let _ = line(&escape_json(&event));
        }
    }
}

fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()
}

/// A text about the connection, on stderr: stdout has deliveries only.
fn note(text: &str) {
    eprintln!("creel: {}", escape_unprintable(text));
}
