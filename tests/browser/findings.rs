//! Findings in a real browser: they are read, opened by keyboard, and explained, with and without JavaScript.

use crate::app::{Creel, fixture};
use crate::browser::Browser;

/// Captures a run of the JavaScript server without `values`.
async fn caught(creel: &Creel, browser: &Browser) -> String {
    let endpoint = creel.mint(r#"{"token":"none"}"#);
    let recorded = fixture("js-stateless-runs-wait");
    let body = recorded["body"].as_str().expect("a recorded body");
    let headers = [("User-Agent", "node"), ("Content-Type", "text/plain")];
    creel.deliver(&endpoint, &headers, body);
    browser.go(&endpoint.inspect_url).await;
    browser.click(".row[data-seq='1'] a").await;
    browser.see("#detail .findings").await;
    format!("http://{}", creel.pages())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finding_opens_by_keyboard_and_leads_to_its_explanation() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let base = caught(&creel, &browser).await;
    let absent = "[data-finding='values_absent']";
    browser.read(absent, "The payload has no values").await;
    browser.read(absent, "Note").await;
    let advice = format!("{absent} .finding-more");
    let is_shown = format!("return document.querySelector(\"{advice}\").checkVisibility()");
    assert_eq!(browser.run(&is_shown).await, false);
    let summary = browser.see(&format!("{absent} summary")).await;
    summary.send_keys("\u{e007}").await.unwrap();
    browser.read(&advice, "webhooks.allowed_fields").await;
    browser.click(&format!("{advice} a")).await;
    browser.see("#values_absent:target").await;
    let address = browser.page.current_url().await.unwrap();
    assert_eq!(address.as_str(), format!("{base}/findings#values_absent"));
    browser.click(".findings-index a[href='#clock_skew']").await;
    browser.see("#clock_skew:target").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_and_run_input_unfold_without_javascript() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    caught(&creel, &browser).await;
    browser
        .click("[data-finding='success_may_be_paused'] summary")
        .await;
    browser
        .see("[data-finding='success_may_be_paused'] details[open]")
        .await;
    browser.click(".part summary").await;
    let input = browser.see(".part[open] pre").await.text().await.unwrap();
    assert!(input.contains("\"content\": \"Oslo\""), "{input}");
}
