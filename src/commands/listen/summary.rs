//! The summary of a delivery as lines for people.
//!
//! **Invariant:** every received text is escaped.

use serde::Deserialize;

use crate::commands::terminal::{Colours, Style, escape_unprintable};
use crate::domain::source::Source;
use crate::domain::time;

/// The part of a summary that is shown.
#[derive(Deserialize)]
pub(super) struct DeliverySummary {
    seq: u64,
    received_at: String,
    method: String,
    path: String,
    body: BodySummary,
    reading: ReadingSummary,
    findings: Vec<FindingSummary>,
    attempt: AttemptSummary,
    reply: ReplySummary,
}

#[derive(Deserialize)]
struct BodySummary {
    bytes: u64,
    kind: String,
}

#[derive(Deserialize)]
struct ReadingSummary {
    run: Option<RunSummary>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct RunSummary {
    status: Option<String>,
    graph_id: Option<String>,
    run_ms: Option<i64>,
    error: Option<ErrorSummary>,
}

#[derive(Deserialize)]
struct ErrorSummary {
    class: Option<String>,
    message: String,
}

#[derive(Deserialize)]
struct FindingSummary {
    level: String,
    code: String,
    text: String,
}

#[derive(Deserialize)]
struct AttemptSummary {
    number: Option<u32>,
}

#[derive(Deserialize)]
struct ReplySummary {
    status: Option<u16>,
}

impl DeliverySummary {
    /// One line.
    pub(super) fn line(&self, colours: Colours) -> String {
        let clock = self.received_at.get(11..19).unwrap_or(&self.received_at);
        let mut words = vec![
            colours.paint(Style::Bold, &format!("#{}", self.seq)),
            colours.paint(Style::Dim, &format!("{clock}Z")),
            escape_unprintable(&format!("{} {}", self.method, self.path)),
        ];
        match (&self.reading.run, &self.reading.source) {
            (Some(run), _) => words.extend(run.words(colours)),
            (None, Some(source)) => words.push(escape_unprintable(&source.to_string())),
            (None, None) => {
                let text = format!("{} {} B", self.body.kind, self.body.bytes);
                words.push(escape_unprintable(&text));
            }
        }
        if let Some(number) = self.attempt.number.filter(|number| *number > 1) {
            words.push(colours.paint(Style::Yellow, &format!("attempt {number}")));
        }
        let status = self.reply.status;
        if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
            words.push(colours.paint(Style::Yellow, &format!("answered {status}")));
        }
        words.join("  ")
    }

    /// The same, with the error and the findings below.
    pub(super) fn lines(&self, colours: Colours) -> String {
        let mut lines = vec![self.line(colours)];
        let run = self.reading.run.as_ref();
        if let Some(error) = run.and_then(|run| run.error.as_ref()) {
            let text = match &error.class {
                Some(class) => format!("{class}: {}", error.message),
                None => error.message.clone(),
            };
            lines.push(format!("    {}", colours.paint(Style::Red, &text)));
        }
        for finding in &self.findings {
            let style = match finding.level.as_str() {
                "problem" => Style::Red,
                "warning" => Style::Yellow,
                _ => Style::Dim,
            };
            let code = colours.paint(style, &format!("{} {}", finding.level, finding.code));
            lines.push(format!("    {code}: {}", escape_unprintable(&finding.text)));
        }
        lines.join("\n")
    }
}

impl RunSummary {
    fn words(&self, colours: Colours) -> Vec<String> {
        let status = self.status.as_deref().unwrap_or("run");
        let style = match status {
            "success" => Style::Green,
            "error" | "timeout" => Style::Red,
            _ => Style::Yellow,
        };
        let mut words = vec![colours.paint(style, status)];
        words.extend(self.graph_id.as_deref().map(escape_unprintable));
        words.extend(self.run_ms.map(time::duration));
        words
    }
}
