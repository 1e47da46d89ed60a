//! The live page: deliveries appear without a reload, each once, whatever happens to the connection.

use std::time::{Duration, Instant};

use crate::app::{Creel, Minted, fixture};
use crate::browser::Browser;

/// Mints an endpoint and opens its page by the link that the API gave out.
pub(crate) async fn open_page(creel: &Creel, browser: &Browser) -> Minted {
    let endpoint = creel.mint("{}");
    browser.go(&endpoint.inspect_url).await;
    endpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_makes_an_endpoint_and_its_first_delivery_appears_within_a_second_and_is_understood()
 {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.go(&format!("http://{}/", creel.addr)).await;
    browser.click("form[action='/endpoints'] button").await;
    browser.read("body", "/hook/").await;
    browser.see("#live[data-state='live']").await;

    let url = browser
        .see("#copy-url")
        .await
        .attr("data-copy")
        .await
        .unwrap()
        .unwrap();
    let target = format!("/{}", url.splitn(4, '/').nth(3).unwrap());
    let body = fixture("threads-runs-create")["body"]
        .as_str()
        .unwrap()
        .to_owned();
    let answered = creel.http(
        "POST",
        &target,
        &[
            ("Content-Type", "application/json"),
            ("User-Agent", "python-httpx/0.28.1"),
        ],
        body.as_bytes(),
    );
    assert_eq!(answered.status, 200);
    let sent = Instant::now();
    browser.see_seqs(&[1]).await;
    assert!(
        sent.elapsed() < Duration::from_secs(1),
        "the row came after {:?}",
        sent.elapsed()
    );

    browser.read(".row[data-seq='1']", "success").await;
    browser.read(".row[data-seq='1']", "agent").await;
    browser.click(".row[data-seq='1'] a").await;
    browser
        .read("#pane", "01a20015-a599-73cf-a7e4-82e5ac641e67")
        .await;
    browser
        .read("#pane", "LangGraph’s Python server, version 0.16.7")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_outlives_a_kill_of_the_server_ends_up_with_every_delivery_once() {
    let mut creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    browser.see("#live[data-state='live']").await;
    let post = |creel: &Creel, n: u32| {
        let body = format!("{{\"n\":{n}}}");
        assert_eq!(
            creel
                .http("POST", &endpoint.target, &[], body.as_bytes())
                .status,
            200
        );
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
async fn a_pause_holds_the_list_still_and_what_came_meanwhile_appears_once_after_it() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    let post = || assert_eq!(creel.http("POST", &endpoint.target, &[], b"{}").status, 200);
    post();
    browser.see_seqs(&[1]).await;
    browser.click("#live").await;
    browser.see("#live[data-state='paused']").await;
    post();
    post();
    creel.wait_for(&endpoint, 3);
    assert_eq!(browser.seqs().await, [1]);
    browser.click("#live").await;
    browser.see_seqs(&[3, 2, 1]).await;
    browser.see("#live[data-state='live']").await;
}
