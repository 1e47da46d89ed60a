//! The live page: deliveries appear without a reload, each once, whatever happens to the connection.

use crate::app::{Creel, Minted, fixture};
use crate::browser::Browser;

/// Creates an endpoint and opens its page with the link from the API.
pub(crate) async fn open_page(creel: &Creel, browser: &Browser) -> Minted {
    let endpoint = creel.mint("{}");
    browser.go(&endpoint.inspect_url).await;
    endpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_creates_an_endpoint_and_its_first_delivery_appears() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let target = browser.create_endpoint(&creel).await;
    browser.read("body", "/hook/").await;
    browser.see("#live[data-state='live']").await;

    let body = fixture("threads-runs-create")["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let response = creel.http(
        "POST",
        &target,
        &[
            ("Content-Type", "application/json"),
            ("User-Agent", "python-httpx/0.28.1"),
        ],
        body.as_bytes(),
    );
    assert_eq!(response.status, 200);
    browser.see_seqs(&[1]).await;

    browser.read(".row[data-seq='1']", "success").await;
    browser.read(".row[data-seq='1']", "agent").await;
    browser.click(".row[data-seq='1'] a").await;
    browser
        .read("#detail", "01a20015-a599-73cf-a7e4-82e5ac641e67")
        .await;
    browser
        .read("#detail", "LangGraph’s Python server, version 0.16.7")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_server_crash_the_page_has_every_delivery_once() {
    let mut creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    browser.see("#live[data-state='live']").await;
    let post = |creel: &Creel, n: u32| {
        let body = format!("{{\"n\":{n}}}");
        creel.deliver(&endpoint, &[], body);
    };
    for n in 0..5 {
        post(&creel, n);
    }
    browser.see_seqs(&[5, 4, 3, 2, 1]).await;
    creel.kill();
    browser.see("#live[data-state='reconnecting']").await;
    creel.restart();
    for n in 5..25 {
        post(&creel, n);
    }
    let all: Vec<u64> = (1..=25).rev().collect();
    browser.see_seqs(&all).await;
    browser.see("#live[data-state='live']").await;
    post(&creel, 25);
    let all: Vec<u64> = (1..=26).rev().collect();
    browser.see_seqs(&all).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_while_offline_opens_after_the_reconnect() {
    let mut creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    for body in [&b"first"[..], b"second"] {
        creel.deliver(&endpoint, &[], body);
    }
    browser.see_seqs(&[2, 1]).await;
    creel.kill();
    browser.click(".row[data-seq='1'] a").await;
    browser.read("#away", "Connection to creel lost").await;
    assert_eq!(browser.seqs().await, [2, 1]);
    creel.restart();
    browser.read("#detail .delivery-body", "first").await;
    browser.see_seqs(&[2, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_during_a_pause_appear_once_afterwards() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    let post = || creel.deliver(&endpoint, &[], b"{}");
    post();
    browser.see_seqs(&[1]).await;
    browser.click("#live").await;
    browser.see("#live[data-state='paused']").await;
    post();
    post();
    browser.read("#live", "Paused, 2 new").await;
    assert_eq!(browser.seqs().await, [1]);
    browser.click("#live").await;
    browser.see_seqs(&[3, 2, 1]).await;
    browser.see("#live[data-state='live']").await;
}

/// Opens the page of an endpoint with this many deliveries.
async fn open_long_page(creel: &Creel, browser: &Browser, count: u32) -> Minted {
    let endpoint = creel.mint("{}");
    for _ in 0..count {
        creel.deliver(&endpoint, &[], b"{}");
    }
    browser.go(&endpoint.inspect_url).await;
    browser.see("#live[data-state='live']").await;
    endpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn new_rows_wait_behind_a_button_while_the_list_is_read() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_long_page(&creel, &browser, 60).await;
    let there: Vec<u64> = (1..=60).rev().collect();
    browser.see_seqs(&there).await;
    browser.run("list.scrollTop = 600").await;
    let place = "return [list.scrollTop, Math.round(document.querySelector('[data-seq=\"40\"]').getBoundingClientRect().top)]";
    let before = browser.run(place).await;
    for _ in 0..3 {
        creel.deliver(&endpoint, &[], b"{}");
    }
    browser.read("#new-rows:not([hidden])", "3 new").await;
    assert_eq!(browser.seqs().await, there);
    assert_eq!(browser.run(place).await, before);

    browser.click("#new-rows").await;
    let all: Vec<u64> = (1..=63).rev().collect();
    browser.see_seqs(&all).await;
    browser.see("#new-rows[hidden]").await;
    assert_eq!(browser.run("return list.scrollTop").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn older_deliveries_have_a_link_if_fetching_fails() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    open_long_page(&creel, &browser, 205).await;
    browser.click("#older").await;
    let all: Vec<u64> = (6..=205).rev().collect();
    browser.see_seqs(&all).await;
    browser
        .run("window.fetch = () => Promise.reject(new TypeError('cut off'))")
        .await;
    browser.click("#older").await;
    browser.see_seqs(&[5, 4, 3, 2, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_during_a_reconnect() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_long_page(&creel, &browser, 1).await;
    // Streams that end immediately, and rows that arrive when the test allows it.
    browser
        .run(
            "window.EventSource = class extends EventTarget {
               static CLOSED = 2; readyState = 2;
               constructor() { super(); setTimeout(() => this.dispatchEvent(new Event('error'))); }
               close() {}
             };
             const fetched = fetch.bind(window);
             window.fetch = (...asked) => new Promise(go => {
               document.body.dataset.asked = '';
               window.letGo = () => go(fetched(...asked));
             });",
        )
        .await;
    browser.click("#live").await;
    browser.see("#live[data-state='paused']").await;
    browser.click("#live").await;
    creel.deliver(&endpoint, &[], b"{}");
    browser.see("[data-asked]").await;
    browser.click("#live").await;
    browser.see("#live[data-state='paused']").await;
    browser.run("letGo()").await;
    browser.see_seqs(&[2, 1]).await;
    browser.see("#live[data-state='paused']").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_live_without_browser_storage() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    for spoil in [
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError'); } })",
        "sessionStorage.setItem('creel.unread.' + location.pathname.split('/')[2], '{')",
    ] {
        let before_the_page = serde_json::json!({ "source": spoil });
        let cdp = browser.page.cdp();
        let spoilt = cdp
            .send_raw("Page.addScriptToEvaluateOnNewDocument", before_the_page)
            .await
            .expect("a script before the page's own");
        browser.go(&endpoint.inspect_url).await;
        browser.see("#live[data-state='live']").await;
        cdp.send_raw("Page.removeScriptToEvaluateOnNewDocument", spoilt)
            .await
            .expect("it is taken away");
    }
    creel.deliver(&endpoint, &[], b"{}");
    browser.see_seqs(&[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_one_row_that_is_selected_for_each() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint(r#"{"reply": [500, 500, 200]}"#);
    browser.go(&endpoint.inspect_url).await;
    browser.see("#live[data-state='live']").await;
    let recording = fixture("retry-500-500-200");
    let body = recording["body"].as_str().unwrap().to_owned();
    let post = |body: &str| {
        creel
            .http("POST", &endpoint.target, &[], body.as_bytes())
            .status
    };
    assert_eq!(post(&body), 500);
    browser.see_seqs(&[1]).await;
    browser.read("#detail", "Attempt 1 of at most 3").await;
    assert_eq!(post("between"), 500);
    browser.see_seqs(&[2, 1]).await;
    assert_eq!(post(&body), 500);
    browser.see_seqs(&[3, 2]).await;
    // The first attempt is still open: its row is now that of the second.
    browser.see(".row[data-seq='3'] a[aria-current]").await;
    browser.read(".row[data-seq='3']", "2 attempts").await;
    browser.click(".row[data-seq='3'] a").await;
    browser.read("#detail", "2 identical attempts").await;
    browser.click(".attempts a[href$='/1']").await;
    browser.read(".delivery-line", "#1").await;
    browser.see(".row[data-seq='3'] a[aria-current]").await;
    browser
        .go(&format!("http://{}/inspect/{}", creel.pages(), endpoint.id))
        .await;
    browser.see_seqs(&[3, 2]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_endpoint_is_deleted_says_so_and_keeps_what_it_shows() {
    let creel = Creel::start(&["--operator-token", "an-operator-of-these-tests"]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    browser.see("#live[data-state='live']").await;
    creel.http("POST", &endpoint.target, &[], b"kept on the page");
    browser.see_seqs(&[1]).await;
    let operator = [("Authorization", "Bearer an-operator-of-these-tests")];
    let path = format!("/api/v1/endpoints/{}", endpoint.id);
    assert_eq!(creel.http("DELETE", &path, &operator, b"").status, 204);
    browser.see("#live[data-state='gone']").await;
    browser.read("#gone", "This endpoint was deleted").await;
    browser.see_seqs(&[1]).await;
}
