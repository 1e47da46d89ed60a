//! The forms of an export: what comes before the deliveries, each delivery, and what comes after them.
//!
//! **Invariant:** every form has the request of each delivery completely: method, target, header lines in their order, bytes of the body.

mod csv;
mod error;
mod har;

use std::fmt;
use std::str::FromStr;

use utoipa::ToSchema;

pub(crate) use self::error::ExportError;
use super::curl;
use super::delivery::DeliveryJson;
use crate::content;
use crate::domain::capture_base::CaptureBase;
use crate::domain::delivery::Delivery;

/// A form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ExportFormat {
    /// One JSON object per line: a delivery in full.
    Ndjson,
    /// The same in one array.
    Json,
    /// HTTP Archive 1.2, for browsers and proxies.
    Har,
    /// A table with a header line.
    Csv,
    /// A shell script of curl commands that sends them again.
    Curl,
}

/// A word that names no form.
#[derive(Debug, thiserror::Error)]
#[error("must be ndjson, json, har, csv or curl")]
pub(crate) struct UnknownFormat;

impl ExportFormat {
    pub(crate) const ALL: [Self; 5] = [Self::Ndjson, Self::Json, Self::Har, Self::Csv, Self::Curl];

    /// Its name in the API and the commands.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Json => "json",
            Self::Har => "har",
            Self::Csv => "csv",
            Self::Curl => "curl",
        }
    }

    /// Its name for people.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Ndjson => "NDJSON",
            Self::Json => "JSON",
            Self::Har => "HAR",
            Self::Csv => "CSV",
            Self::Curl => "curl",
        }
    }

    /// The end of a file's name.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Curl => "sh",
            other => other.name(),
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Json | Self::Har => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Curl => "text/plain; charset=utf-8",
        }
    }

    /// What comes before the first delivery.
    ///
    /// # Errors
    /// When it cannot be written, which is a bug.
    pub(crate) fn start(self) -> Result<Vec<u8>, ExportError> {
        Ok(match self {
            Self::Ndjson => Vec::new(),
            Self::Json => b"[\n".to_vec(),
            Self::Har => har::start()?.into_bytes(),
            Self::Csv => csv::header()?,
            Self::Curl => {
                b"#!/bin/sh\n# Sends the deliveries again, oldest first. It needs curl and base64.\n"
                    .to_vec()
            }
        })
    }

    /// What comes between two deliveries.
    pub(crate) fn separator(self) -> &'static str {
        match self {
            Self::Ndjson | Self::Csv => "",
            Self::Json | Self::Har => ",\n",
            Self::Curl => "\n",
        }
    }

    /// Appends one delivery.
    ///
    /// # Errors
    /// When it cannot be written, which is a bug.
    pub(crate) fn push(
        self,
        text: &mut Vec<u8>,
        delivery: &Delivery,
        base: &CaptureBase,
    ) -> Result<(), ExportError> {
        match self {
            Self::Ndjson => {
                push_json(text, delivery)?;
                text.push(b'\n');
            }
            Self::Json => push_json(text, delivery)?,
            Self::Har => har::push(text, delivery, base)?,
            Self::Csv => csv::push(text, delivery)?,
            Self::Curl => {
                text.extend(curl::command_for_script(delivery, base).into_bytes());
                text.push(b'\n');
            }
        }
        Ok(())
    }

    /// What comes after the last delivery.
    pub(crate) fn end(self) -> &'static str {
        match self {
            Self::Ndjson | Self::Csv | Self::Curl => "",
            Self::Json => "\n]\n",
            Self::Har => har::END,
        }
    }
}

fn push_json(text: &mut Vec<u8>, delivery: &Delivery) -> Result<(), ExportError> {
    let plain = content::plain(&delivery.head, &delivery.body);
    serde_json::to_writer(text, &DeliveryJson::complete(delivery, &plain))?;
    Ok(())
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ExportFormat {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.name() == word)
            .ok_or(UnknownFormat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_for_an_unknown_word_names_all_formats() {
        let message = "xml".parse::<ExportFormat>().unwrap_err().to_string();
        for format in ExportFormat::ALL {
            assert!(message.contains(format.name()), "{message}");
            assert_eq!(format.name().parse::<ExportFormat>().unwrap(), format);
        }
    }
}
