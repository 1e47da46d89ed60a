//! Many pages of creel in one browser: all of them load and stay live, with few connections.

use serde_json::json;
use thirtyfour::WindowHandle;

use crate::app::{Creel, Minted};
use crate::browser::Browser;

/// Opens a page in a new tab and waits until it is live.
async fn open_tab(browser: &Browser, url: &str) -> WindowHandle {
    let tab = browser.page.new_tab().await.expect("a tab");
    browser
        .page
        .switch_to_window(tab.clone())
        .await
        .expect("it opens");
    browser.go(url).await;
    browser.see("#live[data-state='live']").await;
    tab
}

/// How many streams the pages of this browser hold.
async fn streams(browser: &Browser) -> u64 {
    let held = "const { held } = await navigator.locks.query(); \
                return held.filter(({ name }) => name.startsWith('creel.slot.')).length";
    browser.run(held).await.as_u64().expect("a number")
}

fn post(creel: &Creel, endpoint: &Minted) {
    let response = creel.http("POST", &endpoint.target, &[], b"{}");
    assert_eq!(response.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn c41_ten_tabs_of_an_endpoint_are_live_with_one_stream() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    post(&creel, &endpoint);
    browser.go(&endpoint.inspect_url).await;
    let page = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    let mut tabs = Vec::new();
    for _ in 0..10 {
        tabs.push(open_tab(&browser, &format!("{page}/1")).await);
    }
    assert!(streams(&browser).await <= 1);
    post(&creel, &endpoint);
    for tab in tabs {
        browser.page.switch_to_window(tab).await.unwrap();
        browser.see_seqs(&[2, 1]).await;
        browser.see("#live[data-state='live']").await;
    }
    assert!(streams(&browser).await <= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn c41_pages_of_four_endpoints_are_live_with_two_streams() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoints: Vec<_> = (0..4).map(|_| creel.mint("{}")).collect();
    let mut tabs = Vec::new();
    for endpoint in &endpoints {
        tabs.push(open_tab(&browser, &endpoint.inspect_url).await);
        // Several windows can be visible at the same time, unlike tabs.
        let visible = json!({"state": "active"});
        let cdp = browser.page.cdp();
        cdp.send_raw("Page.setWebLifecycleState", visible)
            .await
            .unwrap();
    }
    for (tab, endpoint) in tabs.into_iter().zip(&endpoints) {
        post(&creel, endpoint);
        browser.page.switch_to_window(tab).await.unwrap();
        browser.see_seqs(&[1]).await;
        assert!(streams(&browser).await <= 2);
    }
}
