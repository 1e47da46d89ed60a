//! axe-core finds nothing on any page, wide or narrow, light or dark.
//!
//! **Invariant:** all rules of axe-core apply, also its best practices; none is switched off.

use std::path::Path;

use serde_json::Value;

use crate::access::{OPERATOR, sign_in};
use crate::app::{Creel, Minted};
use crate::browser::Browser;
use crate::compare::{THREAD, send_thread_deliveries};
use crate::doctor;
use crate::looks::send;
use crate::reader_settings::{prefer, resize};

/// Runs axe-core and returns what it finds, one line for each element.
const FIND: &str = "return axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}).then(found =>
    found.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target} ${node.failureSummary}`.replaceAll('\\n', ' '))))";

/// A browser with axe-core, and what it found so far.
struct Audit {
    browser: Browser,
    axe: String,
    found: Vec<String>,
}

impl Audit {
    async fn open() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/test-axe/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&file).unwrap_or_else(|_| {
            panic!("{} is missing: tests/run test installs it", file.display())
        });
        Self {
            browser: Browser::open().await,
            axe,
            found: Vec::new(),
        }
    }

    /// Opens a page and checks it.
    async fn page(&mut self, name: &str, url: &str) {
        self.open_page(url).await;
        self.check(name).await;
    }

    /// Opens a page and waits for its script.
    async fn open_page(&self, url: &str) {
        self.browser.go(url).await;
        self.browser
            .see("body:not(.inspect) main, #live[data-state='live']")
            .await;
    }

    /// Checks the page as it is now.
    async fn check(&mut self, name: &str) {
        self.browser.run(&self.axe).await;
        for width in [1280, 400] {
            for scheme in ["light", "dark"] {
                // So high that nothing is out of sight, because axe-core does not check the contrast of text that is.
                resize(&self.browser, width, 4000, 1).await;
                prefer(&self.browser, "prefers-color-scheme", scheme).await;
                let found = self.browser.run(FIND).await;
                let found = found.as_array().expect("a list");
                let found = found.iter().filter_map(Value::as_str);
                let lines = found.map(|line| format!("{name}, {width} px, {scheme}: {line}"));
                self.found.extend(lines);
            }
        }
        resize(&self.browser, 1280, 800, 1).await;
    }

    fn assert_nothing_found(&self) {
        assert!(self.found.is_empty(), "{}", self.found.join("\n"));
    }
}

/// An endpoint that this browser owns.
pub(crate) async fn owned(creel: &Creel, browser: &Browser) -> Minted {
    let target = browser.create_endpoint(creel).await;
    let id = browser.run("return document.body.dataset.endpoint").await;
    Minted {
        id: id.as_str().expect("an id").to_owned(),
        read_key: String::new(),
        token: String::new(),
        capture_url: format!("http://{}{target}", creel.addr),
        inspect_url: String::new(),
        target,
    }
}

/// Sends two requests that HTTP forbids to accept.
pub(crate) fn refuse(creel: &Creel, endpoint: &Minted) {
    for lines in ["Host: h\r\nHost: i", "Host: h\r\nX: \u{1b}[31m<b>"] {
        let request = format!("POST {} HTTP/1.1\r\n{lines}\r\n\r\n", endpoint.target);
        assert_eq!(creel.raw(request.as_bytes()).status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_has_no_accessibility_defects() {
    let creel = Creel::start(&[]);
    let mut audit = Audit::open().await;
    let endpoint = owned(&creel, &audit.browser).await;
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    for tab in ["curl", "langgraph", "services"] {
        audit
            .page(&format!("waiting, {tab}"), &format!("{base}?how={tab}"))
            .await;
    }
    for sample in ["success", "error", "paused", "timeout", "rollback"] {
        send(sample, &endpoint.capture_url);
    }
    let json = ("Content-Type", "application/json");
    creel.deliver(
        &endpoint,
        &[json, ("X-GitHub-Event", "push")],
        r#"{"ref":"refs/heads/main","after":"1"}"#,
    );
    creel.deliver(&endpoint, &[json], r#"{"a": [1, 2"#);
    assert_eq!(creel.http("GET", &endpoint.target, &[], b"").status, 200);
    let with_trailers = format!(
        "POST {} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n",
        endpoint.target
    );
    assert_eq!(creel.raw(with_trailers.as_bytes()).status, 200);
    refuse(&creel, &endpoint);
    for (name, below) in [
        ("list", ""),
        ("refused", "/refused"),
        ("trailers", "/9?tab=request"),
        ("failed runs", "?show=failed"),
        ("send", "?how=curl"),
        ("run", "/1"),
        ("conversation", "/1?tab=conversation"),
        ("body", "/1?tab=body"),
        ("request", "/1?tab=request"),
        ("fields", "/1?tab=fields"),
        ("error", "/2"),
        ("paused", "/3"),
        ("push", "/6"),
        ("invalid JSON", "/7"),
        ("no body", "/8"),
        ("settings", "/settings"),
    ] {
        audit.page(name, &format!("{base}{below}")).await;
    }
    for open in ["copy", "compare", "more"] {
        let below = if open == "more" { "" } else { "/2" };
        audit.open_page(&format!("{base}{below}")).await;
        audit.browser.click(&format!("#menu-{open} summary")).await;
        audit.check(&format!("menu {open}")).await;
    }
    audit.open_page(&base).await;
    audit.browser.click("#menu-more summary").await;
    audit.browser.click("#help-open").await;
    audit.browser.see("#help[open]").await;
    audit.check("help").await;
    for action in ["key", "revoke", "delete"] {
        audit.open_page(&format!("{base}/settings")).await;
        let button = format!("form[action*='/{action}'] button");
        audit.browser.click(&button).await;
        audit.browser.see("[data-copy], [name='confirmed']").await;
        audit.check(action).await;
    }
    audit.assert_nothing_found();
}

#[tokio::test(flavor = "multi_thread")]
async fn comparisons_have_no_accessibility_defects() {
    let creel = Creel::start(&[]);
    let mut audit = Audit::open().await;
    let endpoint = creel.mint(r#"{"name":"staging agents"}"#);
    audit
        .page("waiting for a reader", &endpoint.inspect_url)
        .await;
    send_thread_deliveries(&creel, &endpoint);
    for text in ["one\ntwo\n", "one\n2\n"] {
        creel.deliver(&endpoint, &[("Content-Type", "text/plain")], text);
    }
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    for (name, below) in [
        ("list for a reader", ""),
        ("run for a reader", "/1"),
        ("comparison", "/compare?a=1&b=4"),
        ("comparison of text", "/compare?a=7&b=8"),
        ("choices", "/compare?b=4"),
        ("thread", &*format!("/thread/{THREAD}")),
        ("missing delivery", "/99"),
    ] {
        audit.page(name, &format!("{base}{below}")).await;
    }
    audit.assert_nothing_found();
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_around_endpoints_have_no_accessibility_defects() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let mut audit = Audit::open().await;
    let base = format!("http://{}", creel.pages());
    for (name, below) in [
        ("home", "/"),
        ("docs", "/docs"),
        ("nothing arrives", "/docs/nothing-arrives"),
        ("starting runs", "/docs/starting-runs"),
        ("proxies", "/docs/proxies"),
        ("query language", "/docs/query"),
        ("components", "/docs/components"),
        ("findings", "/findings"),
        ("doctor", "/doctor"),
        ("sign in", "/operator"),
        ("missing page", "/nothing"),
        (
            "missing endpoint",
            "/inspect/7c7f4d38-94d1-4e4b-9d8f-000000000000",
        ),
    ] {
        audit.page(name, &format!("{base}{below}")).await;
    }
    for (name, fields) in [
        (
            "accepted",
            [("url", "https://10.1.2.3/hook"), ("langgraph", "0.9")],
        ),
        (
            "refused",
            [("url", "http://127.0.0.1:8080/hook"), ("langgraph", "0.9")],
        ),
        ("wrong", [("url", "x"), ("webhooks", "nonsense")]),
    ] {
        doctor::ask(&audit.browser, &creel, &fields).await;
        audit.check(name).await;
    }
    owned(&creel, &audit.browser).await;
    audit.page("home with endpoints", &base).await;
    sign_in(&creel, &audit.browser).await;
    audit.check("operator").await;
    audit.assert_nothing_found();
}
