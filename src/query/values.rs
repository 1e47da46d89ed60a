//! The values of a delivery's fields, as far as its row has them.
//!
//! **Invariant:** a value that is not known is absent: no test holds for it.

use std::borrow::Cow;

use super::choices;
use super::fields::Field;
use crate::domain::counts::RunStatus;
use crate::domain::delivery::Summary;
use crate::domain::run::Run;
use crate::domain::target;

/// The name of the status of a run, whatever its case.
pub(super) fn status(run: &Run) -> &'static str {
    let status = run.status.as_deref().map(str::to_lowercase);
    status
        .map_or(RunStatus::Other, |status| RunStatus::named(&status))
        .word()
}

/// `1.0`, `1.1`, `2`, or what another version calls itself.
pub(super) fn http_version(summary: &Summary) -> &str {
    let version = summary.http_version.as_str();
    let version = version.strip_prefix("HTTP/").unwrap_or(version);
    version
        .strip_suffix(".0")
        .filter(|major| *major != "1")
        .unwrap_or(version)
}

/// The texts of a field: one, of an error up to two.
pub(super) fn texts(field: Field, summary: &Summary) -> [Option<Cow<'_, str>>; 2] {
    let run = summary.reading.run.as_deref();
    let of_run = |text: fn(&Run) -> &Option<String>| run.and_then(|run| text(run).as_deref());
    let text = match field {
        Field::Status => of_run(|run| &run.status),
        Field::Graph => of_run(|run| &run.graph_id),
        Field::Assistant => of_run(|run| &run.assistant_id),
        Field::Thread => of_run(|run| &run.thread_id),
        Field::Run => of_run(|run| &run.run_id),
        Field::Cron => of_run(|run| &run.cron_id),
        Field::Version => of_run(|run| &run.sender.version),
        Field::Error => {
            let error = run.and_then(|run| run.error.as_ref());
            let class = error.and_then(|error| error.class.as_deref());
            let message = error.map(|error| error.message.as_str());
            return [class.map(Cow::Borrowed), message.map(Cow::Borrowed)];
        }
        Field::Method => Some(summary.method.as_str()),
        Field::Path => Some(target::sub_path(&summary.target)),
        Field::Target => Some(target::origin_form(&summary.target)),
        Field::Client => return [summary.client.map(|client| client.to_string().into()), None],
        _ => None,
    };
    [text.map(Cow::Borrowed), None]
}

/// The number of a field, in its smallest unit.
pub(super) fn number(field: Field, summary: &Summary) -> Option<i64> {
    let run = summary.reading.run.as_deref();
    match field {
        Field::Duration => run?.run_ms,
        Field::Lag => run?.lag_ms,
        Field::Messages => i64::try_from(run?.messages?).ok(),
        Field::Size => i64::try_from(summary.body.bytes).ok(),
        Field::Attempt => summary
            .attempt
            .is_known()
            .then_some(summary.attempt.number.into()),
        Field::Seq => i64::try_from(summary.seq.0).ok(),
        Field::Answered => summary.response.map(|response| response.status.into()),
        Field::After | Field::Before => Some(summary.received_at.micros()),
        _ => None,
    }
}

/// Whether the row has a value for a field.
pub(super) fn is_present(field: Field, summary: &Summary) -> bool {
    match field {
        Field::Sender => summary.reading.run.is_some(),
        Field::Token => choices::token(summary.token_check.result).is_some(),
        _ => number(field, summary).is_some() || texts(field, summary).iter().any(Option::is_some),
    }
}
