//! Hostile captured text in a real browser: it is shown as text, breaks nothing and runs no script.

use crate::app::{Creel, Minted};
use crate::browser::Browser;
use crate::live::open_page;

/// Thread id of the only hostile run that has one.
const THREAD: &str = "01a20017-8e06-701c-8a97-83cbc0b849b8";

const SCRIPT: &str = "<script>window.caught=1</script><img src=x onerror=window.caught=1><svg onload=window.caught=1>\"'><marquee>";

/// Requests with markup: rest of the request line, header lines, body.
fn hostile_requests() -> Vec<(String, String, Vec<u8>)> {
    let encoded = "/%3Cscript%3Ewindow.caught=1%3C/script%3E%22%27%3E?%3Cimg%20src=x%20onerror=window.caught=1%3E=%3Cmarquee%3E&token=%22%3E%3Csvg%20onload=window.caught=1%3E";
    let empty = String::new();
    let header = format!("X-Html: {SCRIPT}\r\n");
    let run = format!(
        r#"{{"run_id":"01a20015-a599-73cf-a7e4-82e5ac641e67","thread_id":"{s}","assistant_id":"{s}","status":"{s}","metadata":{{"graph_id":"{s}"}},"kwargs":{{"context":{{"{s}token":"x"}},"webhook":"{s}","config":{{"metadata":{{"langgraph_api_version":"{s}"}}}}}},"error":{{"error":"{s}","message":"{s}\r\n\u0000{bidi}"}},"webhook_sent_at":"2026-11-21T21:49:09.361329+00:00","values":{{"messages":[{{"content":"{s}"}}]}},"{s}":1}}"#,
        s = SCRIPT.replace('"', "\\\""),
        bidi = '\u{202e}'
    );
    let messages = format!(
        r#"{{"run_id":"01a20015-a599-73cf-a7e4-82e5ac641e67","thread_id":"{THREAD}","status":"{s}","kwargs":{{}},"values":{{"messages":[{{"type":"{s}","content":"{s}{bidi}","tool_calls":[{{"name":"{s}"}}]}}],"{s}":"{s}"}}}}"#,
        s = SCRIPT.replace('"', "\\\""),
        bidi = '\u{202e}'
    );
    let keys = format!(
        "{{\"{0}\":{{\"{0}\":[\"{0}\"]}}}}",
        SCRIPT.replace('"', "\\\"")
    );
    let deep = format!("{}1{}", "{\"a\":[".repeat(150), "]}".repeat(150));
    vec![
        (
            encoded.to_owned(),
            header.clone(),
            SCRIPT.as_bytes().to_vec(),
        ),
        (empty.clone(), header.clone(), run.into_bytes()),
        (empty.clone(), empty.clone(), messages.into_bytes()),
        (empty.clone(), header, keys.into_bytes()),
        (empty.clone(), empty.clone(), deep.into_bytes()),
        (
            empty.clone(),
            empty.clone(),
            b"a\rb\nc\r\nd\0e\n\nevent: delivery\nid: 99\ndata: {}\n\n\r".to_vec(),
        ),
        (
            empty.clone(),
            empty.clone(),
            b"\xff\xfe\xfa<script>window.caught=1</script>\x80".to_vec(),
        ),
        (
            empty.clone(),
            "X-Latin: \u{e9}\u{202e}\r\nContent-Type: text/html\r\n".to_owned(),
            b"<html><script>window.caught=1</script>".to_vec(),
        ),
        (
            empty,
            "Content-Type: application/json\r\n".to_owned(),
            b"{\"broken\": <script>window.caught=1</script>".to_vec(),
        ),
    ]
}

/// Sends all of them, and returns their number.
pub(crate) fn send_all(creel: &Creel, endpoint: &Minted) -> u64 {
    let requests = hostile_requests();
    for (below, lines, body) in &requests {
        let target = if below.is_empty() {
            endpoint.target.clone()
        } else {
            format!("/hook/{}{below}", endpoint.id)
        };
        let mut raw = format!("POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{lines}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        raw.extend_from_slice(body);
        assert_eq!(creel.raw(&raw).status, 200);
    }
    requests.len() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_captures_are_text_and_run_no_script() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    browser.see("#live[data-state='live']").await;
    let all: Vec<u64> = (1..=send_all(&creel, &endpoint)).rev().collect();
    browser.see_seqs(&all).await;
    let page = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    for seq in all.iter().rev() {
        for tab in [
            "run",
            "conversation",
            "body",
            "body&view=raw",
            "headers",
            "query",
            "fields",
        ] {
            browser.go(&format!("{page}/{seq}?tab={tab}")).await;
            browser.see("#detail").await;
            let state = browser.run("return [window.caught ?? null, document.querySelectorAll('#detail script, #detail img, #detail marquee, [onerror], [onload]').length]").await;
            assert_eq!(state, serde_json::json!([null, 0]), "#{seq} {tab}");
        }
    }
    let others = all
        .windows(2)
        .map(|pair| format!("compare?a={}&b={}", pair[0], pair[1]));
    let same = format!("thread/{THREAD}");
    for below in others.chain([format!("compare?a={}&b=1", all[0]), same]) {
        browser.go(&format!("{page}/{below}")).await;
        browser.see(".compare-head").await;
        let state = browser.run("return [window.caught ?? null, document.querySelectorAll('main script, main img, main marquee, main svg, [onerror], [onload]').length]").await;
        assert_eq!(state, serde_json::json!([null, 0]), "{below}");
    }
    browser
        .read("main", "<script>window.caught=1</script>")
        .await;
    browser.go(&format!("{page}/1?tab=body&view=raw")).await;
    browser
        .read("#detail", "<script>window.caught=1</script>")
        .await;
}
