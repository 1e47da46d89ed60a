//! The table of findings, from which the API, the pages and the documentation speak. What it says of a version was measured on it
//! (langgraph-api 0.4.48 and 0.16.7, @langchain/langgraph-api 2.0.0) or read in its code.

use super::{Code, Entry, Level, request, sender, status, values};

/// All findings, in the order of their codes.
pub const TABLE: &[Entry] = &[
    Entry {
        code: Code::SuccessMayBePaused,
        title: "Success may mean paused",
        level: Level::Note,
        at_times: Some((
            Level::Warning,
            "when the last AI message has tool calls that no tool message answers",
        )),
        text: "The run finished, or it paused at an interrupt: the payload is the same for both.",
        why: "A graph that calls `interrupt()`, or stops because of `interrupt_before` or `interrupt_after`, is delivered with the \
              status `success` and the state so far: no `__interrupt__`, no `next`, nothing else that tells. So it is with both servers \
              (0.16.7; JavaScript 2.0.0). When it is resumed, the new run is delivered by itself, under its own id.",
        advice: "Ask LangGraph’s API for the thread, `GET /threads/{thread_id}`: its status is `interrupted` while it waits. A stateless \
                 run leaves no thread to ask; run it on one if it may pause.",
        rule: status::success,
    },
    Entry {
        code: Code::Cancelled,
        title: "Cancelled or stopped",
        level: Level::Note,
        at_times: None,
        text: "The run was stopped before its end.",
        why: "The status `interrupted` does not mean that the graph paused at an interrupt, which is a `success`: somebody asked the \
              server to cancel it, or the client that streamed it left (`on_disconnect=cancel`), or another run took its place. 0.16.7 tells \
              which in `error.message`; 0.12.12 and older do not, 0.4.48 says `User interrupted the run`. The JavaScript server reports an `error` with the text \
              `interrupt` or `rollback`. A run that is cancelled before it starts is not delivered at all.",
        advice: "Look who calls `…/cancel`; for streams, create the run with `on_disconnect=continue` if it is to outlive its client.",
        rule: status::cancelled,
    },
    Entry {
        code: Code::Superseded,
        title: "Superseded by another run",
        level: Level::Note,
        at_times: None,
        text: "Another run was created on the same thread and took its place.",
        why: "With the multitask strategy `interrupt` or `rollback`, a new run ends the one that is running on its thread. 0.16.7 \
              names the new run in `error.message`; to 0.12.12 and older it is an `interrupted` run like any other.",
        advice: "Look for the delivery of the other run. With the strategy `enqueue` both run to their end.",
        rule: status::superseded,
    },
    Entry {
        code: Code::RolledBack,
        title: "Rolled back",
        level: Level::Note,
        at_times: None,
        text: "Its server deleted the run: LangGraph’s API answers 404 for it.",
        why: "The status `rollback` is not among those of LangGraph’s OpenAPI document. It comes from a cancellation with \
              `action=rollback`, or from a run that took this one’s place with the multitask strategy `rollback`.",
        advice: "Keep this delivery if you need the run: there is no other record of it.",
        rule: status::rolled_back,
    },
    Entry {
        code: Code::TimedOut,
        title: "Timed out",
        level: Level::Warning,
        at_times: None,
        text: "It took longer than its server allows; the limit is `BG_JOB_TIMEOUT_SECS` there.",
        why: "The server stops a run that takes longer than `BG_JOB_TIMEOUT_SECS`. The error is a `TimeoutError` without a text; \
              `values` hold the state so far (0.16.7).",
        advice: "Raise the limit in the environment of the server, or make the run shorter.",
        rule: status::timed_out,
    },
    Entry {
        code: Code::ValuesNullStateless,
        title: "No state: stateless",
        level: Level::Note,
        at_times: None,
        text: "`values` are null because the run is stateless.",
        why: "Runs of `/runs`, `/runs/stream`, `/runs/wait`, `/runs/batch` and `/runs/crons` are stateless unless asked otherwise \
              (`kwargs.temporary` is true), and the Python server then sends no state (0.16.7).",
        advice: "Create the run with `on_completion=keep`, the cron with `on_run_completed=keep`, or run on a thread.",
        rule: values::null_stateless,
    },
    Entry {
        code: Code::ValuesNullRolledBack,
        title: "No state: rolled back",
        level: Level::Note,
        at_times: None,
        text: "`values` are null because the run was rolled back.",
        why: "A run that is rolled back is delivered without a state (0.16.7).",
        advice: "Cancel with `action=interrupt` instead to get the state that was reached.",
        rule: values::null_rolled_back,
    },
    Entry {
        code: Code::ValuesNullNoCheckpoint,
        title: "No state: nothing checkpointed",
        level: Level::Note,
        at_times: None,
        text: "`values` are null because nothing was checkpointed.",
        why: "The run ended before the graph wrote a state: so it is with an input of null, which ends in an `EmptyInputError` (0.16.7).",
        advice: "Look at the error, and at the input that the run was created with.",
        rule: values::null_no_checkpoint,
    },
    Entry {
        code: Code::ValuesAbsent,
        title: "No state: not sent",
        level: Level::Note,
        at_times: None,
        text: "`values` did not come, not even as null.",
        why: "The JavaScript server leaves the field out for stateless runs (2.0.0). The Python server sends it always, unless \
              `webhooks.allowed_fields` in `langgraph.json` does not list it (since 0.7.11).",
        advice: "Read absent and null alike. If the state is wanted: run on a thread, or list `values` in `webhooks.allowed_fields`.",
        rule: values::absent,
    },
    Entry {
        code: Code::ErrorMasked,
        title: "Text of the error replaced",
        level: Level::Note,
        at_times: None,
        text: "The text of this exception was replaced: LangGraph passes on that of well-known classes only.",
        why: "Those are `ValueError`, `TypeError`, `KeyError`, `AttributeError`, `RuntimeError`, `RecursionError`, `TimeoutError` with \
              their subclasses, LangGraph’s own and `HTTPException`. Of all others the class is matched and the text becomes `An internal \
              error occurred`; by 0.7.103 at the latest. 0.4.48 passed on every text.",
        advice: "Read the text in the server’s log, or raise a subclass of one of these.",
        rule: status::error_masked,
    },
    Entry {
        code: Code::PartialPayload,
        title: "Fields left out",
        level: Level::Note,
        at_times: None,
        text: "Fields that LangGraph’s servers always send did not come.",
        why: "`webhooks.allowed_fields` in `langgraph.json` makes the Python server send the listed fields and no others (since 0.7.11). \
              creel shows less of such a delivery.",
        advice: "List what is wanted in `webhooks.allowed_fields`. `langsmith_session_name` cannot be listed.",
        rule: sender::partial,
    },
    Entry {
        code: Code::ContentTypeText,
        title: "JSON called text",
        level: Level::Note,
        at_times: None,
        text: "The body is JSON, and its Content-Type says text.",
        why: "The JavaScript server sends `text/plain;charset=UTF-8` (2.0.0), the Python server `application/json`.",
        advice: "Parse the body whatever its Content-Type says: frameworks that go by it do not see JSON here.",
        rule: request::content_type_text,
    },
    Entry {
        code: Code::ContentTypeRepeated,
        title: "Content-Type repeated",
        level: Level::Warning,
        at_times: None,
        text: "There is more than one Content-Type line: receivers differ in which one they read.",
        why: "`webhooks.headers` in `langgraph.json` with a lower-case `content-type` adds a second line to the Python server’s own (0.16.7).",
        advice: "Take it out of `webhooks.headers`.",
        rule: request::content_type_repeated,
    },
    Entry {
        code: Code::BodyCut,
        title: "Body cut",
        level: Level::Problem,
        at_times: None,
        text: "Only the first bytes of the body are there.",
        why: "It was longer than this creel keeps (`--body-bytes-max`), the sender went away, or the end did not come in time. No \
              limit of LangGraph’s own was found: bodies of 21 MB arrived whole (0.16.7).",
        advice: "Raise the limit; or keep the state small, of which `values` hold the whole.",
        rule: request::body_cut,
    },
    Entry {
        code: Code::TokenMissing,
        title: "Token missing",
        level: Level::Warning,
        at_times: None,
        text: "This endpoint expects a token, and there is none.",
        why: "LangGraph does not sign its webhooks: a secret in the address, or in a header line from `webhooks.headers`, is all by which \
              a receiver can know it.",
        advice: "Give LangGraph the capture URL with its token, as its page shows it. A receiver that refuses with 401 loses the delivery: \
                 LangGraph does not send it again.",
        rule: request::token_missing,
    },
    Entry {
        code: Code::TokenWrong,
        title: "Wrong token",
        level: Level::Warning,
        at_times: None,
        text: "The token is not the one of this endpoint.",
        why: "The token was changed since LangGraph was given the URL, or somebody else found the address. A `+` counts as a blank too, \
              and percent-escapes are decoded, before tokens are compared.",
        advice: "Compare the URL that LangGraph was given (`kwargs.webhook` repeats it) with the one that this endpoint’s page shows.",
        rule: request::token_wrong,
    },
    Entry {
        code: Code::TokenRepeated,
        title: "Token repeated",
        level: Level::Warning,
        at_times: None,
        text: "The query has more than one token: receivers differ in which one they read.",
        why: "LangGraph sends the query as it was given, repeats included.",
        advice: "Give LangGraph an address with one `token=`.",
        rule: request::token_repeated,
    },
    Entry {
        code: Code::TokenInBody,
        title: "Token in the body",
        level: Level::Note,
        at_times: None,
        text: "The body repeats the secret of the URL, in `kwargs.webhook`.",
        why: "Both servers put the webhook’s address as it was first given into the payload, with the token of its query or its user and \
              password. The Python server does so since 0.1.",
        advice: "Take whoever gets to see the body, in a log or a queue, for somebody who knows the token; or send it in a header line by \
                 `webhooks.headers`, which the body does not repeat.",
        rule: request::token_in_body,
    },
    Entry {
        code: Code::SecretsInBody,
        title: "Secrets in the body",
        level: Level::Warning,
        at_times: Some((
            Level::Note,
            "when it is the record of the user who called and nothing else",
        )),
        text: "What look like secrets stand in the body.",
        why: "LangGraph sends `kwargs.context` and `kwargs.config.configurable` as the caller gave them, keys of other services included; \
              `langgraph_auth_user` holds the record of the user who called. creel goes by the names of the members.",
        advice: "Give secrets to the server’s environment instead of the run. Leave `kwargs` out by `webhooks.allowed_fields` (since \
                 0.7.11), and take care where bodies are logged.",
        rule: request::secrets_in_body,
    },
    Entry {
        code: Code::RedirectedGet,
        title: "Redirected",
        level: Level::Problem,
        at_times: Some((Level::Note, "when nothing shows that LangGraph sent it")),
        text: "LangGraph delivers with POST, and makes a GET without a body of it when it follows a 301, 302 or 303: if this came from \
               LangGraph, something in front of this URL redirects, and the run was lost on the way.",
        why: "The Python server follows redirects since 0.8. At 301, 302 and 303 it goes on with a GET without the body, and takes a 2xx \
              there for delivered. It fails at 307 and 308; before 0.8 at any redirect.",
        advice: "Give LangGraph the address that the redirect leads to: mind `http` for `https`, a missing `www`, a slash at the end.",
        rule: request::redirected_get,
    },
    Entry {
        code: Code::SameRunOtherBytes,
        title: "Same run, other body",
        level: Level::Warning,
        at_times: None,
        text: "An earlier delivery is of the same run, and its body is another.",
        why: "LangGraph delivers a finished run once, and repeats an attempt byte for byte. Two bodies of one run come from a sender that \
              is not LangGraph, or from something on the way that changes bodies.",
        advice: "Compare the two bodies.",
        rule: request::same_run_other_bytes,
    },
    Entry {
        code: Code::DeliveredAgain,
        title: "Delivered again",
        level: Level::Note,
        at_times: Some((
            Level::Warning,
            "when the attempt before was answered with a 2xx",
        )),
        text: "The same run was delivered before with the same bytes.",
        why: "The Python server sends up to 3 times: after 5xx, 429, a timeout or a broken connection, with a wait of 1 to 2 s and then \
              of 2 to 3 s. Not after other 4xx, nor when the connection is closed without an answer. It sends no number and no id of the \
              attempt. Versions before 0.1 and the JavaScript server send once.",
        advice: "Let the receiver know a run by its `run_id`, and take a second delivery for the same one.",
        rule: request::delivered_again,
    },
    Entry {
        code: Code::ClockSkew,
        title: "Clocks disagree",
        level: Level::Note,
        at_times: None,
        text: "Times of this delivery contradict each other.",
        why: "The times in the payload are the sender’s, that of receipt is creel’s. Durations between the two are no better than the \
              clocks.",
        advice: "Let both hosts keep their time by NTP.",
        rule: request::clock_skew,
    },
    Entry {
        code: Code::StatusUnknown,
        title: "Unknown status",
        level: Level::Warning,
        at_times: None,
        text: "creel does not know this status.",
        why: "Deliveries are known with `success`, `error`, `interrupted`, `timeout` and `rollback` (up to 0.16.7).",
        advice: "Look at the body, which is kept as received, and at a newer creel.",
        rule: status::unknown,
    },
    Entry {
        code: Code::ShapeNewer,
        title: "Newer than creel",
        level: Level::Note,
        at_times: None,
        text: "The sender is newer than what creel knows.",
        why: "creel knows langgraph-api up to 0.16.7. A newer version, or a field that none before had, may mean more than is said here.",
        advice: "Look at the body, which is kept as received, and at a newer creel.",
        rule: sender::newer,
    },
    Entry {
        code: Code::OtherLangchainWebhook,
        title: "Another LangChain webhook",
        level: Level::Note,
        at_times: None,
        text: "It looks like a webhook of LangSmith, not a run delivery of LangGraph.",
        why: "LangSmith has webhooks of its own: for automation rules, alerts, changes of prompts, and issues that its Engine finds. creel \
              knows them by the names of their fields, as LangSmith’s documentation gives them.",
        advice: "For deliveries of runs, give the URL as `webhook` when the run or the cron is created.",
        rule: sender::other,
    },
    Entry {
        code: Code::OwnCookiesRemoved,
        title: "Cookies of creel removed",
        level: Level::Note,
        at_times: None,
        text: "The request carried cookies of creel itself. Their values were not kept: each is replaced by `removed-by-creel`.",
        why: "Someone opened the capture URL in a browser that also uses creel’s pages, under the same host name. A cookie opens what its \
              browser may see, so keeping it would hand that to every reader of this endpoint. It is the only thing that creel removes \
              from a request.",
        advice: "Give captures a host name of their own: `--capture-url` for captures and `--public-url` for pages. On one machine, open \
                 the pages at `http://creel.localhost:8080/` and send to `127.0.0.1`.",
        rule: request::own_cookies_removed,
    },
    Entry {
        code: Code::RowDamaged,
        title: "Damaged in the database",
        level: Level::Problem,
        at_times: None,
        text: "Some of its stored values cannot be read.",
        why: "Something else than this creel changed the database file, another version of creel wrote it, or the disk is failing. \
              creel shows what it can read, and guesses nothing of the rest.",
        advice: "Stop creel, check the file with `sqlite3 creel.db 'pragma integrity_check'`, and look for what else writes to the data \
                 folder.",
        rule: request::row_damaged,
    },
];
