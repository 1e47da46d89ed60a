//! Headline and findings of every recorded delivery, one line each, to be compared with what is known about LangGraph; and that the result
//! over HTTP is the same.

mod attempts;
mod cases;
mod coded;
mod expected;
mod honesty;
mod pages;
mod recorded;
mod runs;

use creel::domain::delivery::{Delivery, Intake, Summary};
use creel::domain::ids::EndpointId;
use creel::domain::response::Response;
use creel::domain::token_check::TokenCheck;
use creel::langgraph::findings::{Level, findings};
use creel::langgraph::{headline, read};

use crate::readings::{Recording, recordings, sender};

/// Every recording with a request: sender, headline and findings. A finding that is a warning has a `!`.
#[rustfmt::skip]
pub(crate) const TOLD: &[&str] = &[
    "allowed-fields                python -      A run ended with `success` | success_may_be_paused partial_payload",
    "answer-202                    python 0.16.7 A run of `plain` ended with `success` after 29 ms, delivered 14 ms later | success_may_be_paused",
    "curl-stream                   python 0.16.7 A run of `agent` ended with `success` after 24 ms, delivered 9 ms later | success_may_be_paused token_in_body",
    "custom-headers                python 0.16.7 A run of `agent` ended with `success` after 171 ms, delivered 7 ms later | success_may_be_paused token_in_body",
    "custom-headers-redirect       python 0.16.7 A run of `plain` ended with `success` after 12 ms, delivered 8 ms later | success_may_be_paused token_in_body",
    "disconnect-continue           python 0.16.7 A run of `slow` ended with `success` after 4.25 s, delivered 2 ms later | success_may_be_paused",
    "headers-override              -             A `POST` without a body | content_type_repeated!",
    "js-hang                       js -          A run of `agent` ended with `success` after 63 ms, delivered 17 ms later | success_may_be_paused content_type_text token_in_body",
    "js-retry-500                  js -          A run of `agent` ended with `success` after 52 ms, delivered 2 ms later | success_may_be_paused content_type_text token_in_body",
    "js-stateless-runs-wait        js -          A run of `agent` ended with `success` after 45 ms, delivered 6 ms later | success_may_be_paused values_absent content_type_text token_in_body",
    "js-status-error               js -          A run of `boom` failed after 152 ms, delivered 16 ms later | content_type_text token_in_body",
    "js-status-interrupt-by-graph  js -          A run of `approve` ended with `success` after 52 ms, delivered 11 ms later | success_may_be_paused content_type_text token_in_body",
    "js-threads-runs-create        js -          A run of `agent` ended with `success` after 204 ms, delivered 16 ms later | success_may_be_paused content_type_text token_in_body",
    "large-1mb                     python 0.16.7 A run of `plain` ended with `success` after 16 ms, delivered 9 ms later | success_may_be_paused",
    "multitask-enqueue-second      python 0.16.7 A run of `slow` ended with `success` after 209 ms, delivered 2 ms later | success_may_be_paused",
    "multitask-interrupt-first     python 0.16.7 A run of `slow` was superseded by another run after 851 ms, delivered 2 ms later | superseded",
    "multitask-reject-first        python 0.16.7 A run of `slow` ended with `success` after 4.00 s, delivered 7 ms later | success_may_be_paused",
    "multitask-rollback-second     python 0.16.7 A run of `slow` ended with `success` after 211 ms, delivered 3 ms later | success_may_be_paused",
    "old-0.4.48-error              python 0.4.48 A run of `boom` failed after 28 ms, delivered 4 ms later | token_in_body",
    "old-0.4.48-redirect-307       python 0.4.48 A run of `plain` ended with `success` after 25 ms, delivered 7 ms later | success_may_be_paused token_in_body",
    "old-0.4.48-success            python 0.4.48 A run of `agent` ended with `success` after 54 ms, delivered 8 ms later | success_may_be_paused token_in_body",
    "redirect-301                  python 0.16.7 A run of `plain` ended with `success` after 50 ms, delivered 41 ms later | success_may_be_paused token_in_body",
    "redirect-302                  python 0.16.7 A run of `plain` ended with `success` after 15 ms, delivered 9 ms later | success_may_be_paused token_in_body",
    "redirect-307                  python 0.16.7 A run of `plain` ended with `success` after 7 ms, delivered 5 ms later | success_may_be_paused token_in_body",
    "redirect-loop                 python 0.16.7 A run of `plain` ended with `success` after 5 ms, delivered 4 ms later | success_may_be_paused",
    "retry-400                     python 0.16.7 A run of `plain` ended with `success` after 12 ms, delivered 4 ms later | success_may_be_paused",
    "retry-401                     python 0.16.7 A run of `plain` ended with `success` after 83 ms, delivered 40 ms later | success_may_be_paused",
    "retry-404                     python 0.16.7 A run of `plain` ended with `success` after 84 ms, delivered 23 ms later | success_may_be_paused",
    "retry-410                     python 0.16.7 A run of `plain` ended with `success` after 12 ms, delivered 4 ms later | success_may_be_paused",
    "retry-500-500-200             python 0.16.7 A run of `plain` ended with `success` after 30 ms, delivered 9 ms later | success_may_be_paused",
    "retry-500-always              python 0.16.7 A run of `plain` ended with `success` after 34 ms, delivered 10 ms later | success_may_be_paused",
    "retry-503-then-200            python 0.16.7 A run of `plain` ended with `success` after 34 ms, delivered 23 ms later | success_may_be_paused",
    "retry-drop-early              -             A `POST` without a body | ",
    "retry-hang-forever            python 0.16.7 A run of `plain` ended with `success` after 83 ms, delivered 83 ms later | success_may_be_paused",
    "retry-reset-then-200          python 0.16.7 A run of `plain` ended with `success` after 57 ms, delivered 42 ms later | success_may_be_paused",
    "retry-slow-25s-200            python 0.16.7 A run of `plain` ended with `success` after 83 ms, delivered 82 ms later | success_may_be_paused",
    "runs-crons-keep               python 0.16.7 A run of `agent` ended with `success` after 15 ms, delivered 3 ms later | success_may_be_paused token_in_body",
    "sdk-js-stream                 python 0.16.7 A run of `agent` ended with `success` after 36 ms, delivered 7 ms later | success_may_be_paused token_in_body",
    "sdk-python-create             python 0.16.7 A run of `agent` ended with `success` after 12 ms, delivered 3 ms later | success_may_be_paused",
    "sdk-python-stream             python 0.16.7 A run of `agent` ended with `success` after 136 ms, delivered 8 ms later | success_may_be_paused token_in_body",
    "shutdown-while-retrying       python 0.16.7 A run of `plain` ended with `success` after 15 ms, delivered 10 ms later | success_may_be_paused",
    "stateless-runs-create         python 0.16.7 A run of `agent` ended with `success` after 9 ms, delivered 2 ms later | success_may_be_paused values_null_stateless token_in_body",
    "stateless-runs-wait           python 0.16.7 A run of `agent` ended with `success` after 6 ms, delivered 2 ms later | success_may_be_paused values_null_stateless token_in_body",
    "stateless-runs-wait-keep      python 0.16.7 A run of `agent` ended with `success` after 17 ms, delivered 6 ms later | success_may_be_paused token_in_body",
    "status-cancel-rollback        python 0.16.7 A run of `slow` was rolled back after 668 ms, delivered 2 ms later | rolled_back values_null_rolled_back",
    "status-cancel-running         python 0.16.7 A run of `slow` was cancelled after 827 ms, delivered 5 ms later | cancelled",
    "status-error-bad-input        python 0.16.7 A run of `plain` failed with `EmptyInputError` after 8 ms, delivered 5 ms later | values_null_no_checkpoint",
    "status-error-custom-exception python 0.16.7 A run of `boom` failed with `UpstreamUnavailable` after 10 ms, delivered 7 ms later | error_masked",
    "status-error-valueerror       python 0.16.7 A run of `boom` failed with `ValueError` after 14 ms, delivered 6 ms later | ",
    "status-interrupt-by-graph     python 0.16.7 A run of `approve` ended with `success` after 8 ms, delivered 2 ms later | success_may_be_paused",
    "status-resume-after-interrupt python 0.16.7 A run of `approve` ended with `success` after 3 ms, delivered 2 ms later | success_may_be_paused",
    "status-success-plain          python 0.16.7 A run of `plain` ended with `success` after 11 ms, delivered 7 ms later | success_may_be_paused",
    "status-timeout                python 0.16.7 A run of `slow` exceeded the server’s time limit after 2.00 s, delivered 78 ms later | timed_out! token_in_body",
    "thread-turn-1                 python 0.16.7 A run of `agent` ended with `success` after 13 ms, delivered 2 ms later | success_may_be_paused",
    "thread-turn-2                 python 0.16.7 A run of `agent` ended with `success` after 5 ms, delivered 2 ms later | success_may_be_paused",
    "threads-runs-create           python 0.16.7 A run of `agent` ended with `success` after 171 ms, delivered 6 ms later | success_may_be_paused token_in_body",
    "threads-runs-crons            python 0.16.7 A run of `agent` ended with `success` after 18 ms, delivered 3 ms later | success_may_be_paused token_in_body",
    "threads-runs-stream           python 0.16.7 A run of `agent` ended with `success` after 25 ms, delivered 8 ms later | success_may_be_paused token_in_body",
    "threads-runs-wait             python 0.16.7 A run of `agent` ended with `success` after 10 ms, delivered 3 ms later | success_may_be_paused token_in_body",
    "token-encoded                 python 0.16.7 A run of `plain` ended with `success` after 5 ms, delivered 3 ms later | success_may_be_paused token_in_body",
    "token-plus-space              python 0.16.7 A run of `plain` ended with `success` after 4 ms, delivered 4 ms later | success_may_be_paused token_in_body",
    "token-raw                     python 0.16.7 A run of `plain` ended with `success` after 4 ms, delivered 2 ms later | success_may_be_paused token_in_body not_strict_http",
    "url-localhost                 python 0.16.7 A run of `plain` ended with `success` after 5 ms, delivered 3 ms later | success_may_be_paused",
];

/// A recording as an endpoint without a token would store it.
pub(crate) fn summary(recording: &Recording) -> Summary {
    let Recording {
        head,
        body,
        received_at,
    } = recording;
    let found = read(head, body, None, *received_at);
    let intake = Intake {
        received_at: *received_at,
        peer: None,
        client: None,
        head: head.clone(),
        body: body.clone().into(),
        cut: None,
        trailers: bytes::Bytes::new(),
    };
    let id = EndpointId::random();
    let mut summary = Delivery::new(id, intake, TokenCheck::NOT_ASKED, found).summary;
    summary.response = Some(Response { status: 200 });
    summary
}

fn line(name: &str, recording: &Recording) -> String {
    let summary = summary(recording);
    let run = summary.reading.run.as_deref();
    let sender = run.map_or_else(|| "-".to_owned(), sender);
    let names = findings(&summary).into_iter().map(|finding| {
        let loud = if finding.level > Level::Note { "!" } else { "" };
        format!("{}{loud}", finding.code())
    });
    let names: Vec<_> = names.collect();
    let headline = headline(&summary);
    format!("{name:29} {sender:13} {headline} | {}", names.join(" "))
}

#[test]
fn every_recording_has_the_findings_of_the_table() {
    let told: Vec<String> = recordings()
        .iter()
        .map(|(name, recording)| line(name, recording))
        .collect();
    for line in &told {
        assert!(
            TOLD.contains(&line.as_str()),
            "told, but not in the table:\n    {line:?},"
        );
    }
    assert_eq!(told.len(), TOLD.len());
}
