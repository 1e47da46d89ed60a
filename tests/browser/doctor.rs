//! The URL doctor in a browser: its result is in view, and no URL of the page contains what was asked.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use serde_json::Value;

use crate::app::Creel;
use crate::browser::Browser;

/// Fills in the form of the doctor and sends it.
pub(crate) async fn ask(browser: &Browser, creel: &Creel, fields: &[(&str, &str)]) {
    browser
        .go(&format!("http://{}/doctor", creel.pages()))
        .await;
    for (name, value) in fields {
        let fill =
            format!("document.querySelector('form [name={name}]').value = {value:?}; return 1");
        browser.run(&fill).await;
    }
    browser.click("form[action='/doctor'] button").await;
    browser.see(".diagnosis, [aria-invalid]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_is_in_view_and_no_url_has_the_token() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.set_window(400, "light").await;
    let url = "http://127.0.0.1:8080/hook/7c7f4d38?token=SECRET";
    ask(&browser, &creel, &[("url", url)]).await;
    let seen = browser
        .run("const box = document.querySelector('.diagnosis').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight")
        .await;
    assert_eq!(seen, Value::Bool(true), "without scrolling");
    browser.read(".diagnosis", "token=SECRET").await;
    let urls = browser
        .run("return [location.href, ...navigation.entries().map(entry => entry.url)].join(' ')")
        .await;
    let urls = urls.as_str().unwrap();
    assert!(urls.ends_with("/doctor"), "{urls}");
    assert!(!urls.contains("SECRET"), "{urls}");
}
