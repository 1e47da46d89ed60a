//! A delivery as a record of CSV (RFC 4180), for spreadsheets.
//!
//! **Invariant:** no cell is a formula: a text that begins with `=`, `+`, `-`, `@`, TAB or CR gets an apostrophe before it.

use std::borrow::Cow;
use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use csv::{Terminator, WriterBuilder};
use serde::{Serialize, Serializer};

use super::error::ExportError;
use crate::domain::delivery::{Delivery, Truncation};
use crate::domain::ids::Seq;
use crate::domain::run::{ReadingKind, RunError};
use crate::domain::time::Time;
use crate::domain::token_check::TokenResult;
use crate::langgraph::findings::findings;

/// A record; the names of the fields are those of the columns.
#[derive(Default, Serialize)]
struct Record<'a> {
    seq: Seq,
    id: Option<String>,
    received_at: Option<Time>,
    client: Option<IpAddr>,
    method: Cell<'a>,
    target: Cell<'a>,
    http_version: Cell<'a>,
    /// The header lines as received, each ends with LF.
    headers: Cell<'a>,
    /// The body, if it is UTF-8.
    body: Cell<'a>,
    /// The body in base64, if it is not UTF-8.
    body_base64: Cell<'a>,
    body_bytes: u64,
    body_sha256: Option<String>,
    /// Why only the first bytes of the body were stored.
    body_cut: Option<Truncation>,
    kind: Option<ReadingKind>,
    token: Option<TokenResult>,
    status: Cell<'a>,
    graph_id: Cell<'a>,
    thread_id: Cell<'a>,
    run_id: Cell<'a>,
    error: Cell<'a>,
    attempt: Option<u32>,
    reply_status: Option<u16>,
    /// The codes of the findings, separated by spaces.
    findings: String,
}

/// A text that may come from a sender.
#[derive(Default)]
struct Cell<'a>(Cow<'a, str>);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            return serializer.collect_str(&format_args!("'{}", self.0));
        }
        serializer.serialize_str(&self.0)
    }
}

impl<'a> Cell<'a> {
    fn of(text: Option<&'a String>) -> Self {
        Self(text.map(Cow::from).unwrap_or_default())
    }
}

impl<'a> From<&'a Delivery> for Record<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        let summary = &delivery.summary;
        let run = summary.reading.run.as_deref();
        let attempt = summary.attempt;
        let text = std::str::from_utf8(&delivery.body).ok();
        let base64 = || STANDARD.encode(&delivery.body);
        let codes = findings(summary).into_iter();
        let codes: Vec<_> = codes.map(|finding| finding.code().to_string()).collect();
        Self {
            seq: summary.seq,
            id: summary.id.map(|id| id.hyphenated().to_string()),
            received_at: Some(summary.received_at),
            client: summary.client,
            method: Cell::of(Some(&summary.method)),
            target: Cell::of(Some(&summary.target)),
            http_version: Cell::of(Some(&summary.http_version)),
            headers: Cell(header_lines(delivery).into()),
            body: Cell(text.unwrap_or_default().into()),
            body_base64: Cell(text.is_none().then(base64).unwrap_or_default().into()),
            body_bytes: summary.body.bytes,
            body_sha256: summary.body.sha256_hex(),
            body_cut: summary.body.cut,
            kind: Some(summary.reading.kind),
            token: Some(summary.token_check.result),
            status: Cell::of(run.and_then(|run| run.status.as_ref())),
            graph_id: Cell::of(run.and_then(|run| run.graph_id.as_ref())),
            thread_id: Cell::of(run.and_then(|run| run.thread_id.as_ref())),
            run_id: Cell::of(run.and_then(|run| run.run_id.as_ref())),
            error: Cell(
                run.and_then(|run| run.error.as_ref())
                    .map(error_text)
                    .unwrap_or_default(),
            ),
            attempt: attempt.is_known().then_some(attempt.number),
            reply_status: summary.response.map(|response| response.status),
            findings: codes.join(" "),
        }
    }
}

/// The header lines as received; those that are not UTF-8 are read as ISO 8859-1.
fn header_lines(delivery: &Delivery) -> String {
    let lines = delivery.head.headers();
    lines.fold(String::new(), |text, (name, value)| {
        text + &name + ": " + &value + "\n"
    })
}

fn error_text(error: &RunError) -> Cow<'_, str> {
    match &error.class {
        Some(class) => format!("{class}: {}", error.message).into(),
        None => error.message.as_str().into(),
    }
}

/// The line with the names of the columns.
pub(super) fn header() -> Result<Vec<u8>, ExportError> {
    let mut both = Vec::new();
    push_lines(&mut both, &Record::default(), true)?;
    let end = both.windows(2).position(|window| window == b"\r\n");
    Ok(both[..end.map_or(0, |at| at + 2)].to_vec())
}

/// Appends one delivery.
pub(super) fn push(text: &mut Vec<u8>, delivery: &Delivery) -> Result<(), ExportError> {
    push_lines(text, &Record::from(delivery), false)
}

fn push_lines(
    text: &mut Vec<u8>,
    record: &Record<'_>,
    with_header: bool,
) -> Result<(), ExportError> {
    let mut writer = WriterBuilder::new()
        .has_headers(with_header)
        .terminator(Terminator::CRLF)
        .from_writer(text);
    writer.serialize(record)?;
    writer.flush().map_err(csv::Error::from)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::tests::delivery;

    fn cell(text: &str) -> String {
        let record = Record {
            method: Cell(text.into()),
            ..Record::default()
        };
        let mut line = Vec::new();
        push_lines(&mut line, &record, false).unwrap();
        let line = String::from_utf8(line).unwrap();
        line.strip_prefix("0,,,,").unwrap().to_owned()
    }

    #[test]
    fn no_cell_is_a_formula_and_special_characters_are_quoted() {
        for text in ["=1", "+1", "-1", "@x", "\tx"] {
            assert!(cell(text).starts_with(&format!("'{text},")), "{text}");
        }
        assert!(cell("\rx").starts_with("\"'\rx\","));
        assert!(cell("a,\"b\"\nc").starts_with("\"a,\"\"b\"\"\nc\","));
        assert!(cell("a=1").starts_with("a=1,"));
    }

    #[test]
    fn the_header_names_each_cell() {
        let header = String::from_utf8(header().unwrap()).unwrap();
        assert!(header.starts_with("seq,id,received_at,"), "{header}");
        assert_eq!(header.matches("\r\n").count(), 1);
        let sent = delivery(b"GET /hook/x HTTP/1.1\r\nA: 1\r\na:2\r\n\r\n", b"");
        let mut record = Vec::new();
        push(&mut record, &sent).unwrap();
        let record = String::from_utf8(record).unwrap();
        assert!(record.contains(",\"A: 1\na: 2\n\","), "{record}");
        assert_eq!(record.matches(',').count(), header.matches(',').count());
    }
}
