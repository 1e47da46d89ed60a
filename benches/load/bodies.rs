//! Bodies to send: Runs of the exact shape that LangGraph's Python server was recorded to send, longer, with text in them.
//!
//! **Invariant:** they do not compress better than the recording does, so that no store looks fast for what real text would not give.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::text::Writer;

const RECORDING: &str = include_str!("../../tests/it/fixtures/threads-runs-create.json");
/// Stands where the id of the run belongs, twice in each body. A request puts an id of its own there.
pub(crate) const RUN_MARK: &str = "{{run_id}}";
/// Stands where the capture URL belongs.
pub(crate) const WEBHOOK_MARK: &str = "{{webhook}}";
/// Bytes of all bodies of a pool together.
const POOL_BYTES: usize = 24 * 1024 * 1024;
/// Bytes of a body for each turn of its conversation.
const TURN_BYTES: usize = 25 * 1024;
/// How many bodies are compressed to learn how well they do.
const SAMPLES: usize = 8;

/// Bodies of one length, a line each.
pub(crate) struct Pool {
    pub(crate) bodies: Vec<String>,
    /// Compressed length by length.
    pub(crate) ratio: f64,
    /// The same of the recording.
    pub(crate) recorded_ratio: f64,
}

#[derive(Deserialize)]
struct Recorded {
    body: String,
}

#[derive(Deserialize)]
struct Body<'a> {
    run_id: &'a str,
    thread_id: &'a str,
    #[serde(borrow)]
    kwargs: Kwargs<'a>,
    #[serde(borrow)]
    values: Values<'a>,
}

#[derive(Deserialize)]
struct Kwargs<'a> {
    webhook: &'a str,
}

#[derive(Deserialize)]
struct Values<'a> {
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

/// The recording with its ids and texts taken out.
struct Shape {
    head: String,
    /// A turn: what a person said, the call of a tool, what the tool gave back, the answer.
    turn: String,
}

const TAIL: &str = "]}}";

impl Shape {
    fn of(recorded: &str) -> Result<Self> {
        let body: Body<'_> = serde_json::from_str(recorded)?;
        let messages: Vec<&str> = body.values.messages.iter().map(|raw| raw.get()).collect();
        let turn = messages.join(",");
        let head = recorded
            .strip_suffix(&format!("{turn}{TAIL}"))
            .context("a recorded body ends with its messages")?
            .replace(body.run_id, RUN_MARK)
            .replace(body.kwargs.webhook, WEBHOOK_MARK)
            .replace(body.thread_id, "{{thread_id}}")
            .replace("\"content\":\"Oslo\"", "\"content\":\"{{asked}}\"");
        let turn = turn
            .replace("\"content\":\"Oslo\"", "\"content\":\"{{asked}}\"")
            .replace("f0d9f6c5-59d2-4ea9-aa2f-a0f5e0e29728", "{{id}}")
            .replace("ai-call", "{{id}}")
            .replace("call_1", "{{call}}")
            .replace("tool-1", "{{id}}")
            .replace("ai-final", "{{id}}")
            .replace("The weather is sunny, 21 °C.", "{{answered}}")
            .replace("sunny, 21 °C", "{{found}}");
        Ok(Self { head, turn })
    }

    /// A body of about so many bytes (a word more at most).
    fn body(&self, bytes: usize, writer: &mut Writer) -> String {
        let turns = (bytes / TURN_BYTES).max(1);
        let room = bytes.saturating_sub(self.head.len() + turns * self.turn.len()) / turns;
        let first = writer.text(room / 10);
        let mut body = self.head.replace("{{asked}}", &first);
        body = body.replace("{{thread_id}}", &writer.uuid());
        for turn in 0..turns {
            let asked = if turn == 0 {
                first.clone()
            } else {
                writer.text(room / 10)
            };
            let filled = self.turn.replace("{{asked}}", &asked);
            let filled = filled.replace("{{found}}", &writer.text(room / 3));
            let filled = filled.replace("{{call}}", &format!("call_{}", writer.uuid()));
            let mut parts = filled.split("{{id}}");
            body.push_str(if turn == 0 { "" } else { "," });
            body.push_str(parts.next().unwrap_or_default());
            for part in parts {
                body.push_str(&writer.uuid());
                body.push_str(part);
            }
            let written = body.len() + TAIL.len();
            let due = bytes * (turn + 1) / turns;
            body = body.replace("{{answered}}", &writer.text(due.saturating_sub(written)));
        }
        body + TAIL
    }
}

/// The same bodies at every run of the benchmark.
pub(crate) fn pool(bytes: usize, folder: &Path) -> Result<Pool> {
    let recorded: Recorded = serde_json::from_str(RECORDING)?;
    let shape = Shape::of(&recorded.body)?;
    let mut writer = Writer::new(bytes as u64);
    let bodies: Vec<String> = (0..POOL_BYTES / bytes)
        .map(|_| shape.body(bytes, &mut writer))
        .collect();
    for body in &bodies {
        serde_json::from_str::<IgnoredAny>(body).context("a made body is JSON")?;
        ensure!(body.matches(RUN_MARK).count() == 2 && !body.contains('\n'));
    }
    let mut ratio = 0.0;
    for body in &bodies[..SAMPLES] {
        ratio += compressed(body, folder)? / SAMPLES as f64;
    }
    let recorded_ratio = compressed(&recorded.body, folder)?;
    ensure!(
        ratio >= recorded_ratio,
        "made bodies compress to {ratio:.3}, the recording to {recorded_ratio:.3}: their text is too poor"
    );
    Ok(Pool {
        bodies,
        ratio,
        recorded_ratio,
    })
}

/// A body of about so many bytes, always the same.
pub(crate) fn one(bytes: usize) -> Result<String> {
    let recorded: Recorded = serde_json::from_str(RECORDING)?;
    let mut writer = Writer::new(bytes as u64);
    let body = Shape::of(&recorded.body)?.body(bytes, &mut writer);
    let body = body.replace(RUN_MARK, "01a20015-a599-73cf-a7e4-82e5ac641e67");
    Ok(body.replace(WEBHOOK_MARK, "http://127.0.0.1:3000/hook/6f0d34a5"))
}

/// Compressed length by length, as `gzip -6` has it.
fn compressed(body: &str, folder: &Path) -> Result<f64> {
    let file = folder.join("body");
    std::fs::write(&file, body)?;
    let output = Command::new("gzip").arg("-6c").arg(&file).output();
    let output = output.context("gzip is needed to check the made bodies")?;
    ensure!(output.status.success(), "gzip failed");
    Ok(output.stdout.len() as f64 / body.len() as f64)
}
