//! Runs: C13, C16, L09, L10, and that both forms of a role mean the same.

use serde_json::{Value, json};

use super::Field;
use crate::app::fixture;
use crate::web::seen;

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

/// A recorded run with a new id.
fn run() -> Value {
    let recorded = fixture("thread-turn-2");
    let mut run: Value =
        serde_json::from_str(recorded["body"].as_str().expect("a body")).expect("JSON");
    run["run_id"] = uuid::Uuid::now_v7().to_string().into();
    run
}

fn codes(delivery: &Value) -> Vec<String> {
    let findings = delivery["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["level"].as_str().unwrap(),
                one["code"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn c13_of_a_repeated_member_the_last_counts_and_a_finding_says_so() {
    let field = Field::new();
    let text = run().to_string();
    for (member, first, read) in [
        ("status", "\"status\":\"error\"", "/run/status"),
        (
            "thread_id",
            "\"thread_id\":\"01a20015-a595-7477-8a65-5249450bb4e7\"",
            "/run/thread_id",
        ),
        ("values", "\"values\":null", "/run/messages"),
        ("kwargs", "\"kwargs\":{}", "/run/stateless"),
    ] {
        let plain = field.delivery(field.post(&JSON, run().to_string().as_bytes()));
        let body = format!("{{{first},{}", &text[1..]);
        let found = field.delivery(field.post(&JSON, body.as_bytes()));
        assert_eq!(
            found["reading"].pointer(read),
            plain["reading"].pointer(read),
            "{member}"
        );
        assert!(
            codes(&found).contains(&"warning member_repeated".to_owned()),
            "{member}: {:?}",
            codes(&found)
        );
        assert!(!codes(&plain).contains(&"warning member_repeated".to_owned()));
    }
}

#[test]
fn c16_a_run_with_a_number_that_is_not_json_is_read() {
    let field = Field::new();
    for word in ["NaN", "Infinity", "-Infinity"] {
        let mut run = run();
        run["values"]["score"] = json!("HERE");
        let body = run.to_string().replace("\"HERE\"", word);
        let seq = field.post(&JSON, body.as_bytes());
        let found = field.delivery(seq);
        assert_eq!(found["reading"]["kind"], "run", "{word}");
        assert_eq!(found["reading"]["run"]["run_id"], run["run_id"]);
        assert_eq!(found["reading"]["run"]["given_as_text"], json!(["values"]));
        assert!(
            codes(&found)
                .iter()
                .any(|code| code.ends_with("number_not_json"))
        );
        let page = seen(&field.html(&format!("/{seq}")));
        assert!(
            page.contains("values.score") && page.contains(word),
            "{word}: {page}"
        );
        assert!(
            field
                .html(&format!("/{seq}?tab=body"))
                .contains("id=\"break\""),
            "the place is marked"
        );
        assert_eq!(field.bytes(seq, "body"), body.as_bytes());
    }
    let other = field.delivery(field.post(&JSON, b"{\"a\":NaN}"));
    assert_eq!(
        other["reading"]["kind"], "unreadable",
        "only a run is read like that"
    );
}

#[test]
fn l09_a_server_that_drops_webhooks_is_among_the_causes() {
    let field = Field::new();
    let told = "Some compatible servers accept webhook and drop it";
    let docs = field.creel.http("GET", "/docs/nothing-arrives", &[], b"");
    assert!(seen(&docs.text()).contains(told), "{}", seen(&docs.text()));
    let waiting = seen(&field.html(""));
    assert!(waiting.contains(told), "{waiting}");
}

#[test]
fn l10_a_time_without_an_offset_is_shown_and_not_computed_with() {
    let field = Field::new();
    for (time, finding) in [
        ("2026-11-21T21:49:08", true),
        ("2026-11-21T21:49:08.123456", true),
        ("2026-11-21 21:49:08", true),
        ("2026-11-21T21:49:08Z", false),
        ("2026-11-21T21:49:08+02:00", false),
    ] {
        let mut run = run();
        run["created_at"] = time.into();
        let seq = field.post(&JSON, run.to_string().as_bytes());
        let found = field.delivery(seq);
        let has = codes(&found)
            .iter()
            .any(|code| code.ends_with("time_without_zone"));
        assert_eq!(has, finding, "{time}");
        assert_eq!(
            found["reading"]["run"]["created_at"].is_null(),
            finding,
            "{time}"
        );
        assert_eq!(
            found["reading"]["run"]["queue_ms"].is_null(),
            finding,
            "{time}"
        );
        if finding {
            let page = seen(&field.html(&format!("/{seq}")));
            assert!(page.contains(time), "{time}: {page}");
        }
    }
}

#[test]
fn l_roles_a_message_means_the_same_in_both_forms() {
    let field = Field::new();
    let calls = json!([{"id": "c1", "name": "search", "args": {}}]);
    let mut said = Vec::new();
    for message in [
        json!({"type": "ai", "content": "", "tool_calls": calls}),
        json!({"role": "assistant", "content": "", "tool_calls": calls}),
        json!({"role": "ai", "content": "", "tool_calls": calls}),
        json!({"type": "assistant", "content": "", "tool_calls": calls}),
    ] {
        let mut run = run();
        run["values"] = json!({"messages": [{"type": "human", "content": "hi"}, message]});
        let found = field.delivery(field.post(&JSON, run.to_string().as_bytes()));
        said.push(codes(&found));
        assert!(
            said[0].contains(&"warning success_may_be_paused".to_owned()),
            "{said:?}"
        );
    }
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
}
