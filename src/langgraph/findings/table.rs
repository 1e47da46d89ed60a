//! The table of findings.
//!
//! **Invariant:** the API, the pages and the documentation all take their texts from here. A statement about a version was measured on it
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
        why: "When a graph calls `interrupt()`, or stops because of `interrupt_before` or `interrupt_after`, its run is delivered with \
              the status `success` and the state so far. There is no `__interrupt__`, no `next` and no other sign of the pause. Both \
              servers do this (0.16.7; JavaScript 2.0.0). Resuming starts a new run, which is delivered separately under its own id.",
        advice: "Get the thread from LangGraph’s API, `GET /threads/{thread_id}`: its status is `interrupted` while it is paused. A \
                 stateless run leaves no thread to check; if a run may pause, start it on a thread.",
        rule: status::success,
    },
    Entry {
        code: Code::Cancelled,
        title: "Cancelled or stopped",
        level: Level::Note,
        at_times: None,
        text: "The run was stopped before it finished.",
        why: "The status `interrupted` does not mean that the graph paused at an interrupt; that is reported as `success`. It means that \
              the run was cancelled through the API, that the client streaming it disconnected (`on_disconnect=cancel`), or that another \
              run superseded it. 0.16.7 gives the reason in `error.message`; 0.12.12 and older do not, and 0.4.48 says `User interrupted \
              the run`. The JavaScript server reports an `error` with the text `interrupt` or `rollback`. A run that is cancelled before \
              it starts is not delivered.",
        advice: "Find out what calls `…/cancel`. If a streamed run should continue without its client, create it with \
                 `on_disconnect=continue`.",
        rule: status::cancelled,
    },
    Entry {
        code: Code::Superseded,
        title: "Superseded by another run",
        level: Level::Note,
        at_times: None,
        text: "Another run on the same thread superseded this one.",
        why: "With the multitask strategy `interrupt` or `rollback`, a new run ends the one that is running on its thread. 0.16.7 \
              names the new run in `error.message`; with 0.12.12 and older it looks like any other `interrupted` run.",
        advice: "Look for the delivery of the other run. With the strategy `enqueue`, both runs finish.",
        rule: status::superseded,
    },
    Entry {
        code: Code::RolledBack,
        title: "Rolled back",
        level: Level::Note,
        at_times: None,
        text: "The server deleted this run: LangGraph’s API answers 404 for it.",
        why: "The status `rollback` is not in LangGraph’s OpenAPI document. The cause is a cancellation with `action=rollback`, or \
              another run that superseded this one with the multitask strategy `rollback`.",
        advice: "Keep this delivery if you need the run: the server has no other record of it.",
        rule: status::rolled_back,
    },
    Entry {
        code: Code::TimedOut,
        title: "Timed out",
        level: Level::Warning,
        at_times: None,
        text: "The run took longer than the server’s `BG_JOB_TIMEOUT_SECS`.",
        why: "The server stops a run that takes longer than `BG_JOB_TIMEOUT_SECS`. The error is a `TimeoutError` with an empty message; \
              `values` has the state so far (0.16.7).",
        advice: "Raise the limit in the server’s environment, or make the run shorter.",
        rule: status::timed_out,
    },
    Entry {
        code: Code::ValuesNullStateless,
        title: "No state: stateless",
        level: Level::Note,
        at_times: None,
        text: "`values` is null because the run is stateless.",
        why: "Runs created through `/runs`, `/runs/stream`, `/runs/wait`, `/runs/batch` and `/runs/crons` are stateless by default \
              (`kwargs.temporary` is true), and the Python server then sends no state (0.16.7).",
        advice: "Create the run with `on_completion=keep` (a cron with `on_run_completed=keep`), or run on a thread.",
        rule: values::null_stateless,
    },
    Entry {
        code: Code::ValuesNullRolledBack,
        title: "No state: rolled back",
        level: Level::Note,
        at_times: None,
        text: "`values` is null because the run was rolled back.",
        why: "A run that is rolled back is delivered without a state (0.16.7).",
        advice: "To get the state so far, cancel with `action=interrupt` instead.",
        rule: values::null_rolled_back,
    },
    Entry {
        code: Code::ValuesNullNoCheckpoint,
        title: "No state: nothing checkpointed",
        level: Level::Note,
        at_times: None,
        text: "`values` is null because nothing was checkpointed.",
        why: "The run ended before the graph wrote a state. This happens when the input is null, which causes an `EmptyInputError` (0.16.7).",
        advice: "Check the error and the input of the run.",
        rule: values::null_no_checkpoint,
    },
    Entry {
        code: Code::ValuesAbsent,
        title: "No state: not sent",
        level: Level::Note,
        at_times: None,
        text: "The payload has no `values` field.",
        why: "The JavaScript server leaves the field out for stateless runs (2.0.0). The Python server always sends it, unless \
              `webhooks.allowed_fields` in `langgraph.json` does not list it (since 0.7.11).",
        advice: "Treat an absent field like null. If you need the state, run on a thread, or list `values` in `webhooks.allowed_fields`.",
        rule: values::absent,
    },
    Entry {
        code: Code::ErrorMasked,
        title: "Error message hidden",
        level: Level::Note,
        at_times: None,
        text: "LangGraph replaced the message of this exception: it sends the messages of well-known classes only.",
        why: "These are `ValueError`, `TypeError`, `KeyError`, `AttributeError`, `RuntimeError`, `RecursionError`, `TimeoutError`, their \
              subclasses, LangGraph’s own errors and `HTTPException`. For any other class, the payload has the class name and the \
              message `An internal error occurred` (introduced between 0.4.48 and 0.7.103). 0.4.48 sent every message.",
        advice: "Read the message in the server’s log, or raise a subclass of one of these classes.",
        rule: status::error_masked,
    },
    Entry {
        code: Code::PartialPayload,
        title: "Fields left out",
        level: Level::Note,
        at_times: None,
        text: "Fields that LangGraph’s servers always send are missing.",
        why: "`webhooks.allowed_fields` in `langgraph.json` makes the Python server send only the listed fields (since 0.7.11). creel can \
              show less of such a delivery.",
        advice: "Add the fields that you need to `webhooks.allowed_fields`. `langsmith_session_name` cannot be listed.",
        rule: sender::partial,
    },
    Entry {
        code: Code::ContentTypeText,
        title: "JSON sent as text",
        level: Level::Note,
        at_times: None,
        text: "The body is JSON, but its Content-Type is text.",
        why: "The JavaScript server sends `text/plain;charset=UTF-8` (2.0.0), the Python server `application/json`.",
        advice: "Parse the body as JSON regardless of its Content-Type: a framework that decides by Content-Type does not parse it.",
        rule: request::content_type_text,
    },
    Entry {
        code: Code::ContentTypeRepeated,
        title: "Content-Type repeated",
        level: Level::Warning,
        at_times: None,
        text: "There is more than one Content-Type header; receivers differ in which one they use.",
        why: "A lower-case `content-type` in `webhooks.headers` of `langgraph.json` is sent in addition to the Python server’s own (0.16.7).",
        advice: "Remove it from `webhooks.headers`.",
        rule: request::content_type_repeated,
    },
    Entry {
        code: Code::BodyCut,
        title: "Body truncated",
        level: Level::Problem,
        at_times: None,
        text: "Only the first bytes of the body were stored.",
        why: "The body was longer than creel stores (`--body-bytes-max`), the sender disconnected, or the rest did not arrive in time. \
              LangGraph was not found to limit the size: bodies of 21 MB arrived complete (0.16.7).",
        advice: "Raise the limit, or keep the state small: `values` contains all of it.",
        rule: request::body_cut,
    },
    Entry {
        code: Code::BodyCompressed,
        title: "Compressed body",
        level: Level::Note,
        at_times: Some((
            Level::Warning,
            "when the body could not be decoded, or not completely",
        )),
        text: "The body was sent with a Content-Encoding, and decoded for reading.",
        why: "A sender, or a proxy in front of creel, compressed the body. Many receivers do not decode request bodies, and a signature is \
              usually made over the bytes as sent. LangGraph’s Python server does not compress its deliveries (0.4.48 and 0.16.7), so a run \
              that is compressed comes from elsewhere or through something that changes it.",
        advice: "Check that your receiver decodes this encoding. The bytes are kept as received; `/body?decoded` of the API gives them \
                 decoded.",
        rule: request::body_compressed,
    },
    Entry {
        code: Code::CharsetNotUtf8,
        title: "JSON not in UTF-8",
        level: Level::Warning,
        at_times: None,
        text: "The JSON was sent in another charset than UTF-8.",
        why: "JSON that is exchanged between systems must be UTF-8, and `application/json` has no `charset` parameter (RFC 8259, section \
              8.1). A parser that expects UTF-8 fails, or reads other characters. The charset is the declared one, that of the byte order \
              mark, or a guess where neither says it; the Body tab tells which.",
        advice: "Let the sender encode JSON as UTF-8, without a byte order mark.",
        rule: request::charset_not_utf8,
    },
    Entry {
        code: Code::TokenMissing,
        title: "Token missing",
        level: Level::Warning,
        at_times: None,
        text: "This endpoint expects a token, but the request has none.",
        why: "LangGraph does not sign its webhooks. A receiver can authenticate it only by a secret in the URL, or in a header \
              configured with `webhooks.headers`.",
        advice: "Use the capture URL with its token, as the endpoint’s page shows it. A receiver that answers 401 loses the delivery: \
                 LangGraph does not retry it.",
        rule: request::token_missing,
    },
    Entry {
        code: Code::TokenWrong,
        title: "Wrong token",
        level: Level::Warning,
        at_times: None,
        text: "The token does not match this endpoint’s token.",
        why: "The token was changed after the URL was configured in LangGraph, or the request comes from someone else. Before comparing, \
              creel decodes percent-escapes and also accepts `+` as a space.",
        advice: "Compare the URL that LangGraph uses (`kwargs.webhook` repeats it) with the one on this endpoint’s page.",
        rule: request::token_wrong,
    },
    Entry {
        code: Code::TokenRepeated,
        title: "Token repeated",
        level: Level::Warning,
        at_times: None,
        text: "The query has more than one token; receivers differ in which one they use.",
        why: "LangGraph sends the query unchanged, including repeated parameters.",
        advice: "Use a URL with one `token=`.",
        rule: request::token_repeated,
    },
    Entry {
        code: Code::TokenInBody,
        title: "Token in the body",
        level: Level::Note,
        at_times: None,
        text: "The body contains the URL’s token, in `kwargs.webhook`.",
        why: "Both servers copy the webhook URL into the payload, including a token in its query or a user name and password. The Python \
              server does this since 0.1.",
        advice: "Assume that everyone who can see the body, for example in a log or a queue, knows the token. Or send the token in a header \
                 configured with `webhooks.headers`, which the body does not repeat.",
        rule: request::token_in_body,
    },
    Entry {
        code: Code::SecretsInBody,
        title: "Secrets in the body",
        level: Level::Warning,
        at_times: Some((
            Level::Note,
            "when it is only the record of the authenticated user",
        )),
        text: "The body contains possible secrets.",
        why: "LangGraph sends `kwargs.context` and `kwargs.config.configurable` as the caller wrote them, including API keys of other \
              services. `langgraph_auth_user` contains the record of the authenticated user. creel recognises secrets by field names.",
        advice: "Put secrets into the server’s environment instead of the run. Exclude `kwargs` with `webhooks.allowed_fields` (since \
                 0.7.11), and be careful where bodies are logged.",
        rule: request::secrets_in_body,
    },
    Entry {
        code: Code::RedirectedGet,
        title: "Redirected",
        level: Level::Problem,
        at_times: Some((Level::Note, "when nothing shows that LangGraph sent it")),
        text: "LangGraph delivers with POST. When it follows a 301, 302 or 303, it sends a GET without a body instead. If LangGraph sent \
               this, something in front of this URL redirects, and the run’s data was lost.",
        why: "The Python server follows redirects since 0.8. After 301, 302 and 303 it sends a GET without the body, and treats a 2xx \
              there as delivered. It fails at 307 and 308, and before 0.8 at any redirect.",
        advice: "Use the URL that the redirect points to. Common causes: `http` instead of `https`, a missing `www`, a trailing slash.",
        rule: request::redirected_get,
    },
    Entry {
        code: Code::SameRunOtherBytes,
        title: "Same run, other body",
        level: Level::Warning,
        at_times: None,
        text: "An earlier delivery of the same run has a different body.",
        why: "LangGraph delivers a finished run once, and each retry has the same bytes. Different bodies mean that the sender is not \
              LangGraph, or that something in between changes bodies.",
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
        why: "The Python server sends up to 3 times: after 5xx, 429, a timeout or a connection failure, with a wait of 1 to 2 s and then \
              of 2 to 3 s. It does not retry after other 4xx, or when the connection is closed without a response. It sends neither an \
              attempt number nor an attempt id. Versions before 0.1 and the JavaScript server send once.",
        advice: "Identify runs by `run_id` in the receiver, and ignore a delivery that was already processed.",
        rule: request::delivered_again,
    },
    Entry {
        code: Code::ClockSkew,
        title: "Clocks disagree",
        level: Level::Note,
        at_times: None,
        text: "Times of this delivery contradict each other.",
        why: "The times in the payload are from the sender’s clock, the time of receipt is from creel’s. Durations between the two are \
              only as accurate as the clocks.",
        advice: "Synchronise both clocks with NTP.",
        rule: request::clock_skew,
    },
    Entry {
        code: Code::TimeWithoutZone,
        title: "Time without a time zone",
        level: Level::Note,
        at_times: None,
        text: "A time of this run has no time zone, so it is shown as received, and no duration is computed from it.",
        why: "Both LangGraph servers send their times with an offset (`+00:00`, or `Z`). Without one, receivers differ: some read the time \
              as UTC, others as the local time of their machine. creel does not guess.",
        advice: "Find out what changes the times: another server that is compatible with LangGraph, or something between it and this URL. \
                 It should add the offset.",
        rule: request::time_without_zone,
    },
    Entry {
        code: Code::MemberRepeated,
        title: "Member repeated",
        level: Level::Warning,
        at_times: None,
        text: "A member of this run occurs more than once; creel reads the last one, as most parsers do.",
        why: "JSON allows repeated names, but receivers differ: most parsers keep the last value, some the first, and some refuse the body. \
              LangGraph’s servers never repeat a member. creel looks at the top level and at `kwargs`.",
        advice: "Check the body, which is stored as received, and find out what writes it or changes it on its way.",
        rule: values::member_repeated,
    },
    Entry {
        code: Code::NumberNotJson,
        title: "Number that is not JSON",
        level: Level::Warning,
        at_times: None,
        text: "The body has a number that JSON does not have; strict parsers refuse the whole body.",
        why: "Python’s `json` writes `NaN`, `Infinity` and `-Infinity` unless `allow_nan=False` is set. They are not JSON (RFC 8259), so most \
              other parsers refuse the body. LangGraph’s servers send null instead (0.16.7). creel reads everything else.",
        advice: "Find out which server sends this, and let it write null or a string. A receiver in Python reads such a body; for others, \
                 replace the numbers before parsing.",
        rule: values::number_not_json,
    },
    Entry {
        code: Code::StatusUnknown,
        title: "Unknown status",
        level: Level::Warning,
        at_times: None,
        text: "creel does not know this status.",
        why: "The known statuses of deliveries are `success`, `error`, `interrupted`, `timeout` and `rollback` (up to 0.16.7).",
        advice: "Check the body, which is stored as received, or try a newer version of creel.",
        rule: status::unknown,
    },
    Entry {
        code: Code::ShapeNewer,
        title: "Newer than creel",
        level: Level::Note,
        at_times: None,
        text: "The sender is newer than the versions that creel knows.",
        why: "creel knows langgraph-api up to 0.16.7. A newer version, or an unknown field, can mean something that creel does not show.",
        advice: "Check the body, which is stored as received, or try a newer version of creel.",
        rule: sender::newer,
    },
    Entry {
        code: Code::OtherLangchainWebhook,
        title: "Another LangChain webhook",
        level: Level::Note,
        at_times: None,
        text: "This looks like a LangSmith webhook, not a LangGraph run.",
        why: "LangSmith has its own webhooks: for automation rules, alerts, prompt changes, and issues that its Engine finds. creel \
              recognises them by the field names in LangSmith’s documentation.",
        advice: "To receive runs, pass the URL as `webhook` when you create the run or the cron.",
        rule: sender::other,
    },
    Entry {
        code: Code::OwnCookiesRemoved,
        title: "creel’s cookies removed",
        level: Level::Note,
        at_times: None,
        text: "The request contained creel’s own cookies. Their values were not stored: each is replaced by `removed-by-creel`.",
        why: "Someone opened the capture URL in a browser that also uses creel’s pages on the same host name. These cookies grant access, \
              so storing them would give that browser’s access to every reader of this endpoint. creel removes nothing else from a \
              request.",
        advice: "Use separate host names: `--capture-url` for captures and `--public-url` for pages. On one machine, open the pages at \
                 `http://creel.localhost:8080/` and send to `127.0.0.1`.",
        rule: request::own_cookies_removed,
    },
    Entry {
        code: Code::NotStrictHttp,
        title: "Not strict HTTP",
        level: Level::Note,
        at_times: None,
        text: "A strict server would have refused this request.",
        why: "In the target of a request, spaces, letters beyond ASCII and the characters `\"<>\\^{|}` must be percent-encoded (RFC 3986); a \
              server should answer 400 where they are not (RFC 9112, section 3), and Tomcat and nginx do for some of them. Servers also \
              limit the number of header lines: Apache and Python’s `http.server` accept 100. creel keeps what it can read without doubt.",
        advice: "Let the sender percent-encode the URL, such as `?name=Zo%C3%AB` for `?name=Zoë`, or send fewer header lines, before it \
                 sends to another server.",
        rule: request::not_strict_http,
    },
    Entry {
        code: Code::RowDamaged,
        title: "Damaged database row",
        level: Level::Problem,
        at_times: None,
        text: "Some stored values of this delivery cannot be read.",
        why: "Another program changed the database file, another version of creel wrote it, or the disk is failing. creel shows what it \
              can read and does not guess the rest.",
        advice: "Stop creel, check the file with `sqlite3 creel.db 'pragma integrity_check'`, and find out whether another program writes \
                 to the data folder.",
        rule: request::row_damaged,
    },
];
