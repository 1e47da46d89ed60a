//! The Fields tab, wide and narrow, light and dark, and the key that opens it.

use crate::app::Creel;
use crate::browser::Browser;
use crate::looks::{screenshots, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_the_fields_of_a_run() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    browser.go(&endpoint.inspect_url).await;
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    for (seq, name) in [
        (1, "success"),
        (2, "made-up-version"),
        (3, "partial"),
        (4, "js"),
    ] {
        send(name, &endpoint.capture_url);
        let page = format!("{base}/{seq}?tab=fields");
        screenshots(&browser, &format!("fields-{name}"), &page).await;
    }
    browser.go(&format!("{base}/1")).await;
    browser.see("#help-open:not([hidden])").await;
    let press =
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '5', bubbles: true}))";
    browser.run(press).await;
    browser.read(".tabs [aria-current]", "Fields").await;
    browser.read("#detail", "54 of 54 fields").await;
}
