//! Findings on pages without JavaScript: on the Overview tab, as marks in the list, and on the page that explains them.

use creel::langgraph::findings::Code;
use serde_json::{Value, json};

use crate::app::{Creel, Minted, fixture};

const HOSTILE: &str = "<script>x</script>\"'&";

fn page(creel: &Creel, endpoint: &Minted, below: &str) -> String {
    let response = creel.inspect(endpoint, below);
    assert_eq!(response.status, 200, "{below}");
    response.text()
}

/// A recorded run, changed.
fn recorded(name: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut run: Value = serde_json::from_str(fixture(name)["body"].as_str().unwrap()).unwrap();
    change(&mut run);
    run.to_string().into_bytes()
}

fn caught(creel: &Creel, bodies: &[Vec<u8>]) -> Minted {
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    for body in bodies {
        let headers = [
            ("User-Agent", "python-httpx/0.28.1"),
            ("Content-Type", "application/json"),
        ];
        creel.deliver(&endpoint, &headers, body);
    }
    endpoint
}

/// The text between the two.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

#[test]
fn each_finding_is_explained_publicly_at_its_own_url() {
    let creel = Creel::start(&[]);
    let response = creel.http("GET", "/findings", &[], b"");
    assert_eq!(response.status, 200);
    assert!(response.header("content-security-policy").is_some());
    let text = response.text();
    for code in Code::ALL {
        let section = between(
            &text,
            &format!("<section class=\"explained\" id=\"{code}\""),
            "</section>",
        );
        assert!(section.contains(&format!("<code>{code}</code>")), "{code}");
        for part in [
            "<h2",
            "class=\"level ",
            "<dt>Why</dt>",
            "<dt>What to do</dt>",
        ] {
            assert!(section.contains(part), "{code}: {part}");
        }
        assert!(
            text.contains(&format!("href=\"#{code}\"")),
            "{code} is in the index"
        );
    }
    let docs = creel.http("GET", "/docs", &[], b"").text();
    assert!(docs.contains("href=\"/findings\""));
}

#[test]
fn the_run_tab_shows_each_finding_once_with_its_level() {
    let creel = Creel::start(&[]);
    let body = recorded("threads-runs-create", |run| {
        run["webhook_sent_at"] = "2999-01-01T00:00:00Z".into();
    });
    let endpoint = caught(&creel, &[body]);
    let page = page(&creel, &endpoint, "/1");
    assert!(page.contains("href=\"/findings\""), "the help leads there");
    let section = between(&page, "<section class=\"findings\"", "</section>");
    for (code, level) in [("success_may_be_paused", "Note"), ("clock_skew", "Note")] {
        let item = between(section, &format!("data-finding=\"{code}\""), "</li>");
        assert!(item.contains(&format!(">{level}</span>")), "{item}");
        assert!(
            item.contains(&format!("href=\"/findings#{code}\"")),
            "{item}"
        );
        assert!(
            item.contains("<details") && item.contains("<dt>What to do</dt>"),
            "{item}"
        );
    }
    assert_eq!(section.matches("data-finding=").count(), 2);
    let text = page.replace("&#39;", "’");
    assert_eq!(text.matches("creel’s disagree").count(), 1);
    assert_eq!(text.matches("the payload is the same for both").count(), 1);
    let headline = between(&page, "class=\"headline\">", "</h2>");
    assert_eq!(
        headline, "A run of <code>agent</code> ended with <code>success</code> after 171\u{a0}ms",
        "no span is told of clocks that disagree"
    );
    assert_eq!(
        page.matches(">Received<").count(),
        1,
        "the word stands for the time alone"
    );
}

#[test]
fn a_row_has_a_mark_for_warnings_and_problems() {
    let creel = Creel::start(&[]);
    let endpoint = caught(
        &creel,
        &[
            recorded("threads-runs-create", |_| ()),
            recorded("status-timeout", |run| {
                run["kwargs"]["context"] = json!({"password": "x"});
            }),
        ],
    );
    let list = page(&creel, &endpoint, "");
    let row = |seq: u32| between(&list, &format!("data-seq=\"{seq}\""), "</li>");
    assert!(
        row(2).contains("class=\"row-mark level-warning\""),
        "{}",
        row(2)
    );
    assert!(
        row(2).contains("aria-label=\"Warning: Timed out; Secrets in the body\""),
        "{}",
        row(2)
    );
    assert!(!row(1).contains("row-mark"), "{}", row(1));
}

#[test]
fn quoted_text_in_findings_is_escaped() {
    let creel = Creel::start(&[]);
    let endpoint = caught(
        &creel,
        &[recorded("threads-runs-create", |run| {
            run["status"] = HOSTILE.into();
            run["kwargs"]["context"] = json!({(format!("{HOSTILE}token")): "x"});
            run[HOSTILE] = 1.into();
        })],
    );
    for below in ["", "/1"] {
        let page = page(&creel, &endpoint, below);
        assert!(!page.contains("<script>x"), "{below}");
        assert!(page.contains("&lt;script&gt;x"), "{below}");
    }
    let found = page(&creel, &endpoint, "/1");
    let quoted = "&lt;script&gt;x&lt;/script&gt;&quot;&#39;&amp;";
    for code in ["status_unknown", "secrets_in_body", "shape_newer"] {
        let item = between(&found, &format!("data-finding=\"{code}\""), "<dl");
        assert!(item.contains(quoted), "{code}: {item}");
    }
}

#[test]
fn a_superseded_run_links_to_its_successor() {
    let creel = Creel::start(&[]);
    let first = recorded("multitask-interrupt-first", |_| ());
    let endpoint = caught(&creel, &[first]);
    assert!(!page(&creel, &endpoint, "/1").contains("<dt>Successor</dt>"));
    let second = recorded("threads-runs-create", |run| {
        run["run_id"] = "01a20016-2178-7719-9fcc-4319d4ee7692".into();
    });
    creel.http("POST", &endpoint.target, &[], &second);
    let page = page(&creel, &endpoint, "/1");
    let link = format!(
        "<dt>Successor</dt><dd><a href=\"/inspect/{}/2\">#2</a></dd>",
        endpoint.id
    );
    assert!(page.contains(&link), "{page}");
}

#[test]
fn only_the_default_assistant_is_called_so() {
    let creel = Creel::start(&[]);
    let other = recorded("threads-runs-create", |run| {
        run["assistant_id"] = "fe096781-5601-53d2-b2f6-0d3403f7e9cb".into();
    });
    let endpoint = caught(&creel, &[recorded("threads-runs-create", |_| ()), other]);
    let says =
        |below| page(&creel, &endpoint, below).contains("Default assistant of <code>agent</code>");
    assert!(says("/1") && !says("/2"));
}

#[test]
fn run_input_is_folded_and_shortened() {
    let creel = Creel::start(&[]);
    let endpoint = caught(
        &creel,
        &[recorded("threads-runs-create", |run| {
            run["kwargs"]["input"] = json!({"city": format!("{HOSTILE}{}", "x".repeat(100_000))});
        })],
    );
    let page = page(&creel, &endpoint, "/1");
    let section = between(&page, "<section class=\"parts\"", "</section>");
    for path in ["kwargs.input", "kwargs.config", "metadata"] {
        assert!(section.contains(&format!("<code>{path}</code>")), "{path}");
    }
    assert!(
        !section.contains("kwargs.context"),
        "an empty one is left out"
    );
    assert!(!section.contains("<details open"));
    assert!(
        section.contains("?tab=body") && section.contains("Showing the first 16.3 kB"),
        "{}",
        &section[..500]
    );
    assert!(!section.contains("<script>"));
    assert!(page.len() < 60_000, "{} bytes", page.len());
}
