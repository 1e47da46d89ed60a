//! Requests of well-known services in the list and in the API.

use super::seen;
use crate::app::Creel;

#[test]
fn a_row_names_service_and_event_of_what_is_not_a_run() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let below = endpoint.target.replace('?', "/below?");
    let headers = [("X-GitHub-Event", "push")];
    let response = creel.http("POST", &below, &headers, b"{}");
    assert_eq!(response.status, 200);
    let row = seen(&creel.inspect(&endpoint, "").text());
    assert!(row.contains("GitHub push"), "{row}");
    assert!(row.contains("/below"), "the path stays: {row}");
    let summary = creel.deliveries(&endpoint).remove(0);
    let source = serde_json::json!({"service": "GitHub", "event": "push"});
    assert_eq!(summary["reading"]["source"], source);
}

#[test]
fn a_run_names_no_other_source() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.replay(&endpoint, "threads-runs-create", |body| body);
    let summary = creel.deliveries(&endpoint).remove(0);
    assert_eq!(summary["reading"]["kind"], "run");
    assert_eq!(summary["reading"].get("source"), None);
}
