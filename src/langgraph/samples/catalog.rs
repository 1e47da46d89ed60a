//! All samples. Each body is a file in this folder; `samples/tests.rs` compares it with its recording.
//!
//! **Invariant:** names are unique, and the samples of a group are adjacent, in the order of `Group::ALL`.

use super::{Form, Group, Pace, Sample};

/// The body of a recording.
macro_rules! body {
    ($name:literal) => {
        include_str!(concat!($name, ".json"))
    };
}

/// All samples, group by group.
#[rustfmt::skip]
pub const SAMPLES: &[Sample] = &[
    one(Group::Python, "success", &[body!("success")], "an agent called a tool and answered; values has the whole conversation"),
    one(Group::Python, "plain", &[body!("plain")], "a graph whose state is not a conversation, with non-ASCII text"),
    one(Group::Python, "paused", &[body!("paused")], "the graph called interrupt(); the status is success nevertheless"),
    one(Group::Python, "paused-tool-call", &[body!("paused-tool-call")], "the graph called interrupt() before it ran a tool; the tool call has no result yet"),
    one(Group::Python, "resumed", &[body!("resumed")], "a paused thread was resumed with command.resume"),
    one(Group::Python, "error", &[body!("error")], "a node raised ValueError; class and message are sent"),
    one(Group::Python, "error-masked", &[body!("error-masked")], "a node raised a custom exception class; the server hides the message"),
    one(Group::Python, "error-recursion", &[body!("error-recursion")], "the graph reached its recursion limit; values has the state so far"),
    one(Group::Python, "error-bad-input", &[body!("error-bad-input")], "the input was null; nothing was checkpointed, so values is null"),
    one(Group::Python, "interrupted", &[body!("interrupted")], "the run was cancelled; values has the state so far"),
    one(Group::Python, "disconnected", &[body!("disconnected")], "the client that streamed the run disconnected, with on_disconnect=cancel"),
    one(Group::Python, "superseded", &[body!("superseded")], "another run superseded this one; the error names it"),
    one(Group::Python, "superseded-rollback", &[body!("superseded-rollback")], "another run superseded this one with multitask_strategy=rollback; this one was deleted"),
    one(Group::Python, "timeout", &[body!("timeout")], "the run took longer than BG_JOB_TIMEOUT_SECS; the error message is empty"),
    one(Group::Python, "rollback", &[body!("rollback")], "the run was cancelled and deleted; values is null"),
    one(Group::Python, "stateless", &[body!("stateless")], "a run without a persistent thread; values is null"),
    one(Group::Python, "stateless-kept", &[body!("stateless-kept")], "a stateless run with on_completion=keep: its thread remains, and values is sent"),
    one(Group::Python, "stateless-error", &[body!("stateless-error")], "a run without a persistent thread failed"),
    one(Group::Python, "cron", &[body!("cron")], "a cron of a thread started the run; configurable.cron_id names it"),
    one(Group::Python, "cron-stateless", &[body!("cron-stateless")], "a cron without a thread started the run; values is null"),
    one(Group::Python, "cron-kept", &[body!("cron-kept")], "a cron without a thread, with on_run_completed=keep: the run's thread remains, and values is sent"),
    one(Group::Python, "partial", &[body!("partial")], "webhooks.allowed_fields lists four fields"),
    one(Group::Python, "options", &[body!("options")], "all options that a payload repeats; the run failed without LangSmith"),
    one(Group::Python, "secrets", &[body!("secrets")], "an API key in configurable and context, a user record with a token, a configurable header: all repeated in the payload"),

    one(Group::Wire, "headers", &[body!("headers")], "webhooks.headers sets Authorization with the token, a custom header and another User-Agent").form(Form::Configured),
    one(Group::Wire, "headers-twice", &[body!("headers-twice")], "webhooks.headers sets content-type in lower case; two content-type headers arrive").form(Form::TwoContentTypes),
    one(Group::Wire, "redirected-get", &[""], "what arrives after a 301, 302 or 303: a GET without the body").form(Form::Redirected),
    one(Group::Wire, "large-1mb", &[body!("thread-1")], "a conversation of 1 MB, generated for each send in the recorded format").form(Form::Large(1_000_000)),
    one(Group::Wire, "large-5mb", &[body!("thread-1")], "a conversation of 5 MB, generated for each send in the recorded format").form(Form::Large(5_000_000)),

    one(Group::Several, "thread", &[body!("thread-1"), body!("thread-2"), body!("thread-3")], "three turns of a conversation on one thread; values grows"),
    one(Group::Several, "paused-then-resumed", &[body!("paused-tool-call"), body!("resumed-tool-call")], "a run paused before a tool; the next run on its thread resumed it"),
    one(Group::Several, "superseded-pair", &[body!("superseded-interrupt"), body!("superseded-interrupt-second")], "a run that was superseded, and the run that superseded it"),
    one(Group::Several, "rollback-pair", &[body!("superseded-rollback"), body!("superseded-rollback-second")], "a run that was superseded and deleted, and the run that superseded it"),
    one(Group::Several, "cron-twice", &[body!("thread-cron-1"), body!("thread-cron-2")], "two runs of a cron, a minute apart by their times, sent together").pace(Pace::AtOnce),
    one(Group::Several, "redelivered", &[body!("success"); 3], "all three attempts of a delivery, as if each response had been lost").pace(Pace::Attempts),

    one(Group::OldPython, "old", &[body!("old")], "a node raised ValueError; error is a string"),
    one(Group::OldPython, "old-success", &[body!("old-success")], "an agent called a tool and answered; there is no langsmith_session_name"),

    one(Group::JavaScript, "js", &[body!("js")], "an agent called a tool and answered; JSON sent as text/plain, messages as constructor records"),
    one(Group::JavaScript, "js-paused", &[body!("js-paused")], "the graph called interrupt() before it ran a tool; the status is success nevertheless"),
    one(Group::JavaScript, "js-resumed", &[body!("js-resumed")], "a paused thread was resumed with command.resume; there is no kwargs.input"),
    one(Group::JavaScript, "js-error", &[body!("js-error")], "a node threw; error is a string"),
    one(Group::JavaScript, "js-cancelled", &[body!("js-cancelled")], "the run was cancelled: status error, with the text interrupt"),
    one(Group::JavaScript, "js-rolled-back", &[body!("js-rolled-back")], "another run superseded this one with multitask_strategy=rollback: status error, with the text rollback"),
    one(Group::JavaScript, "js-stateless", &[body!("js-stateless")], "a stateless run; values is absent"),
    one(Group::JavaScript, "js-stateless-error", &[body!("js-stateless-error")], "a stateless run failed"),
    one(Group::JavaScript, "js-options", &[body!("js-options")], "all options that a payload repeats, with an API key in configurable; the run failed"),

    one(Group::MadeUp, "made-up-status", &[body!("made-up-status")], "a status that no version is known to send"),
    one(Group::MadeUp, "made-up-version", &[body!("made-up-version")], "version 0.99.0, with extra fields, missing fields and a field of another type"),
    one(Group::MadeUp, "same-run-other-bytes", &[body!("plain"), body!("plain-again")], "one run delivered twice with different bodies"),

    one(Group::LangSmith, "langsmith-rule", &[body!("langsmith-rule")], "an automation rule; format of docs.langchain.com/langsmith/webhooks, values and headers made up"),
    one(Group::LangSmith, "langsmith-alert", &[body!("langsmith-alert")], "an alert; format of docs.langchain.com/langsmith/alerts-webhook, values and headers made up"),
];

/// A sample with the default form and pace.
const fn one(
    group: Group,
    name: &'static str,
    recorded: &'static [&'static str],
    about: &'static str,
) -> Sample {
    Sample {
        name,
        about,
        group,
        recorded,
        form: Form::Usual,
        pace: Pace::Recorded,
    }
}

impl Sample {
    const fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    const fn pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }
}
