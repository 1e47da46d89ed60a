//! The comparison of deliveries and the history of a thread: by keyboard, without JavaScript, and with hostile text.

use thirtyfour::prelude::*;

use crate::app::{Creel, Minted};
use crate::browser::Browser;

/// The thread of the history.
pub(crate) const THREAD: &str = "01a20017-8e06-701c-8a97-83cbc0b849b8";
/// The thread of a run that paused and was resumed.
pub(crate) const PAUSED: &str = "01a20015-e2c9-74f4-852f-84544db74178";

/// #1 and #4 are turns of one thread, #2 repeats #1, #3 was rolled back; #5 paused and #6 resumed it.
pub(crate) fn send_thread_deliveries(creel: &Creel, endpoint: &Minted) {
    let unchanged = |body| body;
    creel.replay(endpoint, "thread-turn-1", unchanged);
    creel.replay(endpoint, "thread-turn-1", unchanged);
    creel.replay(endpoint, "status-cancel-rollback", |body| {
        let (before, rest) = body.split_once("\"thread_id\":\"").expect("a thread");
        format!("{before}\"thread_id\":\"{THREAD}{}", &rest[36..])
    });
    creel.replay(endpoint, "thread-turn-2", unchanged);
    creel.replay(endpoint, "status-interrupt-by-graph", unchanged);
    creel.replay(endpoint, "status-resume-after-interrupt", unchanged);
}

fn page(creel: &Creel, endpoint: &Minted, seq: u64) -> String {
    format!("http://{}/inspect/{}/{seq}", creel.pages(), endpoint.id)
}

/// The path of the open page after the endpoint's id.
async fn path_of_page(browser: &Browser, endpoint: &Minted) -> String {
    let here = browser.run("return location.href").await;
    let here = here.as_str().unwrap_or_default();
    let (_, path_of_page) = here.split_once(&endpoint.id).expect("a page of it");
    path_of_page.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_leads_to_the_differences_and_back() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    send_thread_deliveries(&creel, &endpoint);
    browser.go(&endpoint.inspect_url).await;
    browser.go(&page(&creel, &endpoint, 4)).await;
    browser.see("#live[data-state='live']").await;
    let type_in = async |keys: TypingData| {
        let focused = browser.page.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    };
    type_in("d".into()).await;
    browser.read("h1", "Differences").await;
    assert_eq!(path_of_page(&browser, &endpoint).await, "/compare?a=3&b=4");
    browser.page.back().await.unwrap();
    browser.see("#live[data-state='live']").await;
    // Down to the oldest, which is marked, and up again.
    type_in("G".into()).await;
    browser.see(".delivery[data-delivery='2']").await;
    type_in("x".into()).await;
    browser.see(".row.chosen-a[data-seq='2']").await;
    type_in("kk".into()).await;
    browser.see(".delivery[data-delivery='4']").await;
    browser
        .see("#menu-compare .with-a a[href$='a=2&b=4']")
        .await;
    type_in("d".into()).await;
    browser.read(".sides", "#2").await;
    assert_eq!(path_of_page(&browser, &endpoint).await, "/compare?a=2&b=4");
    browser
        .read(".changes", "values.messages[1].tool_calls[0].args.city")
        .await;
    browser.click("a[href$='/compare?a=4&b=2']").await;
    browser.read(".sides .side:first-child", "#4").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_works_without_javascript() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    let endpoint = creel.mint("{}");
    send_thread_deliveries(&creel, &endpoint);
    browser.go(&endpoint.inspect_url).await;
    browser.go(&page(&creel, &endpoint, 4)).await;
    browser.click(".facts a[href*='/thread/']").await;
    browser.read("h1", "Thread history").await;
    assert_eq!(
        path_of_page(&browser, &endpoint).await,
        format!("/thread/{THREAD}")
    );
    browser.read("#entry-4", "Rome").await;
    browser.click("input[name='a'][value='1']").await;
    browser.click("input[name='b'][value='3']").await;
    browser.click(".entries-bar button").await;
    browser.read("h1", "Differences").await;
    assert_eq!(path_of_page(&browser, &endpoint).await, "/compare?a=1&b=3");
    browser.go(&page(&creel, &endpoint, 6)).await;
    browser.click("#menu-compare summary").await;
    browser.click("#menu-compare a[href$='/compare?b=6']").await;
    browser.read("h2", "Compare #6 with").await;
    browser.click(".choices a[href$='a=2&b=6']").await;
    browser.read("h1", "Differences").await;
    assert_eq!(path_of_page(&browser, &endpoint).await, "/compare?a=2&b=6");
}
