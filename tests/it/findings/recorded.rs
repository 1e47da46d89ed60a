//! The same for the recordings of the samples: more ways in which runs of both servers start and end.

use super::line;
use crate::readings::recordings_in;

/// Every recording of the samples, as in the table of the others.
#[rustfmt::skip]
const TOLD: &[&str] = &[
    "all-options                   python 0.16.7 A run of `agent` failed with `LangSmithConnectionError` after 3.02 s, delivered 21 ms later | error_masked token_in_body",
    "client-disconnected           python 0.16.7 A run of `slow` was cancelled after 8 ms, delivered 2 ms later | cancelled token_in_body",
    "from-checkpoint               python 0.16.7 A run of `agent` ended with `success` after 5 ms, delivered 2 ms later | success_may_be_paused token_in_body",
    "headers-twice                 python 0.16.7 A run of `plain` ended with `success` after 5 ms, delivered 18 ms later | content_type_repeated! success_may_be_paused token_in_body",
    "js-all-options                js -          A run of `agent` failed after 11 ms, delivered 2 ms later | secrets_in_body! content_type_text token_in_body",
    "js-cancel                     js -          A run of `slow` was stopped after 1.82 s, delivered 12 ms later | cancelled content_type_text token_in_body",
    "js-paused-tool-call           js -          A run of `approval` ended with `success` after 15 ms, delivered 2 ms later | success_may_be_paused! content_type_text token_in_body",
    "js-resumed-tool-call          js -          A run of `approval` ended with `success` after 11 ms, delivered 5 ms later | success_may_be_paused content_type_text token_in_body",
    "js-stateless-error            js -          A run of `boom` failed after 9 ms, delivered 6 ms later | values_absent content_type_text token_in_body",
    "js-superseded-interrupt-first js -          A run of `slow` was stopped after 1.92 s, delivered 2 ms later | cancelled content_type_text token_in_body",
    "js-superseded-interrupt-second js -          A run of `slow` ended with `success` after 25 ms, delivered 2 ms later | success_may_be_paused content_type_text token_in_body",
    "js-superseded-rollback-first  js -          A run of `slow` was stopped after 1.84 s, delivered 2 ms later | cancelled content_type_text token_in_body",
    "js-superseded-rollback-second js -          A run of `slow` ended with `success` after 16 ms, delivered 2 ms later | success_may_be_paused content_type_text token_in_body",
    "langsmith-tracer              python 0.16.7 A run of `agent` ended with `success` after 7 ms, delivered 2 ms later | success_may_be_paused token_in_body",
    "paused-tool-call              python 0.16.7 A run of `approval` ended with `success` after 4 ms, delivered 2 ms later | success_may_be_paused! token_in_body",
    "redirected-get                -             A `GET` without a body, possibly a redirected delivery | redirected_get!",
    "resumed-tool-call             python 0.16.7 A run of `approval` ended with `success` after 4 ms, delivered 1 ms later | success_may_be_paused token_in_body",
    "runs-crons-1                  python 0.16.7 A run of `agent` ended with `success` after 9 ms, delivered 3 ms later | success_may_be_paused values_null_stateless token_in_body",
    "runs-crons-2                  python 0.16.7 A run of `agent` ended with `success` after 7 ms, delivered 2 ms later | success_may_be_paused values_null_stateless token_in_body",
    "secrets                       python 0.16.7 A run of `agent` ended with `success` after 13 ms, delivered 19 ms later | secrets_in_body! success_may_be_paused token_in_body",
    "secrets-context               python 0.16.7 A run of `agent` ended with `success` after 6 ms, delivered 2 ms later | secrets_in_body! success_may_be_paused token_in_body",
    "stateless-error               python 0.16.7 A run of `boom` failed with `ValueError` after 5 ms, delivered 3 ms later | values_null_stateless token_in_body",
    "status-error-recursion        python 0.16.7 A run of `loop` failed with `GraphRecursionError` after 10 ms, delivered 20 ms later | token_in_body",
    "superseded-interrupt-first    python 0.16.7 A run of `slow` was superseded by another run after 1.00 s, delivered 3 ms later | superseded token_in_body",
    "superseded-interrupt-second   python 0.16.7 A run of `slow` ended with `success` after 203 ms, delivered 1 ms later | success_may_be_paused token_in_body",
    "superseded-rollback-first     python 0.16.7 A run of `slow` was superseded by another run and rolled back after 1.00 s, delivered 4 ms later | superseded rolled_back values_null_rolled_back token_in_body",
    "superseded-rollback-second    python 0.16.7 A run of `slow` ended with `success` after 208 ms, delivered 4 ms later | success_may_be_paused token_in_body",
    "thread-cron-1                 python 0.16.7 A run of `agent` ended with `success` after 10 ms, delivered 3 ms later | success_may_be_paused token_in_body",
    "thread-cron-2                 python 0.16.7 A run of `agent` ended with `success` after 10 ms, delivered 1 ms later | success_may_be_paused token_in_body",
    "thread-turns-1                python 0.16.7 A run of `agent` ended with `success` after 13 ms, delivered 2 ms later | success_may_be_paused token_in_body",
    "thread-turns-2                python 0.16.7 A run of `agent` ended with `success` after 8 ms, delivered 2 ms later | success_may_be_paused token_in_body",
    "thread-turns-3                python 0.16.7 A run of `agent` ended with `success` after 8 ms, delivered 2 ms later | success_may_be_paused token_in_body",
];

#[test]
fn every_sample_recording_has_the_findings_of_the_table() {
    let told: Vec<String> = recordings_in("recordings")
        .iter()
        .map(|(name, recording)| line(name, recording))
        .collect();
    assert_eq!(told, TOLD, "{told:#?}");
}
