//! The inspect page while deliveries arrive: filters, focus, attempts, and what it shows while nothing is chosen.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::app::{Creel, Minted, fixture};
use crate::browser::Browser;
use crate::keyboard::run_with;

/// The filters as they are shown.
const FILTERS: &str = "return [...document.querySelectorAll('.filter')].map(one => one.innerText.replace(/\\s+/g, ' ').trim())";
/// The delivery that is open.
pub(crate) const OPEN: &str =
    "return document.querySelector('.delivery')?.dataset.delivery ?? null";
/// The note about deliveries that the filter hides.
pub(crate) const HIDDEN: &str = "const note = document.getElementById('filter-note'); return note.hidden ? null : note.textContent";

pub(crate) fn post(creel: &Creel, endpoint: &Minted, body: &str) {
    creel.http("POST", &endpoint.target, &[], body.as_bytes());
}

pub(crate) async fn is_live(browser: &Browser) {
    browser.see("#live[data-state='live']").await;
}

/// Opens the page of an endpoint below its id.
pub(crate) async fn open(creel: &Creel, browser: &Browser, endpoint: &Minted, below: &str) {
    let page = format!("http://{}/inspect/{}{below}", creel.pages(), endpoint.id);
    browser.go(&page).await;
    is_live(browser).await;
}

/// An endpoint with these bodies, which this browser may read.
pub(crate) async fn endpoint_with(
    creel: &Creel,
    browser: &Browser,
    settings: &str,
    bodies: &[String],
) -> Minted {
    let endpoint = creel.mint(settings);
    for body in bodies {
        post(creel, &endpoint, body);
    }
    browser.go(&endpoint.inspect_url).await;
    is_live(browser).await;
    endpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_count_what_arrives_and_say_what_they_hide() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let first = [run_with(1, "error"), "text".to_owned()];
    let endpoint = endpoint_with(&creel, &browser, r#"{"reply": [500]}"#, &first).await;
    browser
        .wait(FILTERS, json!(["All 2", "Failed 1", "Runs 1", "Other 1"]))
        .await;
    browser.click(".filter-failed").await;
    browser.see(".filter-failed[aria-current]").await;
    is_live(&browser).await;
    browser.see_seqs(&[1]).await;
    assert_eq!(browser.run(HIDDEN).await, Value::Null);

    post(&creel, &endpoint, &run_with(2, "success"));
    browser.wait(HIDDEN, "1 new hidden by this filter").await;
    browser
        .wait(FILTERS, json!(["All 3", "Failed 1", "Runs 2", "Other 1"]))
        .await;
    assert_eq!(browser.seqs().await, [1]);

    post(&creel, &endpoint, &run_with(3, "timeout"));
    browser.see_seqs(&[4, 1]).await;
    browser
        .wait(FILTERS, json!(["All 4", "Failed 2", "Runs 3", "Other 1"]))
        .await;
    assert_eq!(browser.run(HIDDEN).await, "1 new hidden by this filter");

    // All attempts of a delivery count as one, hidden or not.
    post(&creel, &endpoint, &run_with(2, "success"));
    post(&creel, &endpoint, &run_with(3, "timeout"));
    browser.see_seqs(&[6, 1]).await;
    assert_eq!(browser.run(HIDDEN).await, "1 new hidden by this filter");
    browser
        .wait(FILTERS, json!(["All 4", "Failed 2", "Runs 3", "Other 1"]))
        .await;
    browser.read("#list .row[data-seq='6']", "2 attempts").await;

    // Also if they arrive together.
    browser.click("#live").await;
    browser.see("#live[data-state='paused']").await;
    post(&creel, &endpoint, &run_with(4, "error"));
    post(&creel, &endpoint, &run_with(4, "error"));
    post(&creel, &endpoint, "more text");
    browser.read("#live", "3 new").await;
    browser.click("#live").await;
    browser.see_seqs(&[8, 6, 1]).await;
    browser.wait(HIDDEN, "2 new hidden by this filter").await;
    browser.click(".filter:not(.filter-failed)").await;
    browser.see_seqs(&[9, 8, 6, 5, 2, 1]).await;
    assert_eq!(browser.run(HIDDEN).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_filtered_list_fills_when_something_matches() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = endpoint_with(&creel, &browser, "{}", &["text".to_owned()]).await;
    open(&creel, &browser, &endpoint, "?show=failed").await;
    browser
        .read("#list-empty", "No delivery matches this filter")
        .await;
    post(&creel, &endpoint, "more text");
    browser.wait(HIDDEN, "1 new hidden by this filter").await;
    browser
        .read("#list-empty", "No delivery matches this filter")
        .await;
    post(&creel, &endpoint, &run_with(1, "error"));
    browser.see_seqs(&[3]).await;
    assert_eq!(
        browser
            .run("return document.getElementById('list-empty')")
            .await,
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_keeps_the_filter_through_a_delivery_and_back() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let bodies = [
        run_with(1, "error"),
        "text".to_owned(),
        run_with(2, "timeout"),
    ];
    let endpoint = endpoint_with(&creel, &browser, "{}", &bodies).await;
    browser.click(".filter-failed").await;
    browser.see_seqs(&[3, 1]).await;
    let address = "return location.pathname.split('/').slice(3).join('/') + location.search";
    browser.click(".row[data-seq='1'] a").await;
    browser.wait(address, "1?show=failed").await;
    browser.click(".tabs [data-letter='b']").await;
    browser.wait(address, "1?show=failed&tab=body").await;
    browser.click(".row[data-seq='3'] a").await;
    browser.wait(address, "3?show=failed&tab=body").await;
    assert_eq!(browser.seqs().await, [3, 1]);
    // A row that arrives now keeps it too.
    post(&creel, &endpoint, &run_with(3, "error"));
    browser.see_seqs(&[4, 3, 1]).await;
    browser.click(".row[data-seq='4'] a").await;
    browser.wait(address, "4?show=failed&tab=body").await;
    for before in [
        "3?show=failed&tab=body",
        "1?show=failed&tab=body",
        "1?show=failed",
        "?show=failed",
    ] {
        browser.page.back().await.expect("back");
        browser.wait(address, before).await;
        browser.see_seqs(&[4, 3, 1]).await;
        browser.see(".filter-failed[aria-current]").await;
    }
    browser.wait(OPEN, Value::Null).await;
    browser.page.refresh().await.expect("a reload");
    browser.see_seqs(&[4, 3, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_does_not_take_the_focus_away() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let first = [run_with(1, "success"), "text".to_owned()];
    let endpoint = endpoint_with(&creel, &browser, r#"{"reply": [500]}"#, &first).await;
    // On a filter.
    browser
        .run("document.querySelectorAll('.filter')[1].focus()")
        .await;
    post(&creel, &endpoint, "more text");
    browser
        .wait(FILTERS, json!(["All 3", "Runs 1", "Other 2"]))
        .await;
    let focused = "return document.activeElement.innerText.replace(/\\s+/g, ' ')";
    assert_eq!(browser.run(focused).await, "Runs 1");
    // On a row that a further attempt replaces.
    browser.press("G").await;
    browser.wait(OPEN, "1").await;
    post(&creel, &endpoint, &run_with(1, "success"));
    browser.see_seqs(&[4, 3, 2]).await;
    let row = "return document.activeElement.closest('.row')?.dataset.seq ?? null";
    browser.wait(row, "4").await;
}

/// The body of a run whose sender makes three attempts.
fn retried() -> String {
    fixture("retry-500-500-200")["body"]
        .as_str()
        .expect("a body")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_delivery_says_that_its_retry_arrived() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = endpoint_with(&creel, &browser, r#"{"reply": [500, 200]}"#, &[]).await;
    let send = || {
        let lines = [
            ("User-Agent", "python-httpx/0.28.1"),
            ("Content-Type", "application/json"),
        ];
        creel
            .http("POST", &endpoint.target, &lines, retried().as_bytes())
            .status
    };
    assert_eq!(send(), 500);
    browser.wait(OPEN, "1").await;
    browser
        .read(".attempts", "The retry has not arrived yet.")
        .await;
    browser.run("window.same = true").await;
    // The sender waits this long; the server may have computed 1 s from a slower clock.
    browser.wait("return Date.now() - Date.parse(document.querySelector('.delivery-facts time').dateTime) > 1500", true).await;
    assert_eq!(send(), 200);
    browser.read(".attempts", "Retried as predicted.").await;
    browser.read(".attempts", "2 identical attempts").await;
    assert_eq!(
        browser
            .run("return [window.same, document.querySelector('.delivery').dataset.delivery]")
            .await,
        json!([true, "1"])
    );
    browser.see(".row[data-seq='2'] a[aria-current]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_reported_without_disturbing_who_reads_the_delivery() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = endpoint_with(&creel, &browser, r#"{"reply": [500, 200]}"#, &[retried()]).await;
    open(&creel, &browser, &endpoint, "/1").await;
    browser.read(".attempts", "Attempt 1 of at most 3").await;
    // A part is unfolded, the focus is on a link, and the pane is scrolled.
    browser
        .click(".delivery-body details:not([open]) > summary")
        .await;
    browser.run("const pane = document.getElementById('detail'); pane.style.maxHeight = '12rem'; pane.scrollTop = 150").await;
    browser
        .run("document.querySelector('.tabs a').focus({ preventScroll: true })")
        .await;
    let state = "const pane = document.getElementById('detail'); \
        return [pane.querySelectorAll('.delivery-body details[open]').length, pane.scrollTop, document.activeElement.matches('.tabs a')]";
    let before = browser.run(state).await;
    assert_eq!(before, json!([1, 150, true]));
    post(&creel, &endpoint, &retried());
    browser.read(".attempts", "2 identical attempts").await;
    let after = browser.run(state).await;
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    assert!(after[1].as_i64().is_some_and(|top| top >= 150), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_is_chosen_a_summary_leads_to_the_filters() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let bodies = [
        run_with(1, "error"),
        "text".to_owned(),
        run_with(2, "success"),
        run_with(3, "timeout"),
    ];
    let endpoint = endpoint_with(&creel, &browser, r#"{"token": "secret"}"#, &bodies).await;
    creel.http(
        "POST",
        &format!("/hook/{}?token=wrong", endpoint.id),
        &[],
        b"x",
    );
    open(&creel, &browser, &endpoint, "").await;
    browser.read(".summary h2", "5 deliveries").await;
    for (link, seqs) in [
        ("runs", &[4, 3, 1][..]),
        ("failed", &[4, 1]),
        ("other", &[5, 2]),
        ("token", &[5]),
    ] {
        let css = format!(".summary a[href$='?show={link}']");
        let count = browser
            .run(&format!(
                "return Number(document.querySelector(\"{css} strong\").textContent)"
            ))
            .await;
        assert_eq!(count, seqs.len(), "{link}");
        browser.click(&css).await;
        browser.see_seqs(seqs).await;
        browser
            .see(&format!(".filter[href$='?show={link}'][aria-current]"))
            .await;
    }
    browser.click(".summary a[href$='/5']").await;
    browser.wait(OPEN, "5").await;
    open(&creel, &browser, &endpoint, "").await;
    // What arrives does not open by itself.
    post(&creel, &endpoint, "text");
    browser.see_seqs(&[6, 5, 4, 3, 2, 1]).await;
    assert_eq!(browser.run(OPEN).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_delivery_opens_itself_and_later_ones_do_not() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = endpoint_with(&creel, &browser, "{}", &[]).await;
    browser
        .read(".waiting-state", "Waiting for the first delivery")
        .await;
    post(&creel, &endpoint, "first");
    browser.wait(OPEN, "1").await;
    browser
        .wait("return location.pathname.split('/')[3]", "1")
        .await;
    browser.see(".row[data-seq='1'] a[aria-current]").await;
    post(&creel, &endpoint, "second");
    browser.see_seqs(&[2, 1]).await;
    assert_eq!(browser.run(OPEN).await, "1");
    assert_eq!(
        browser
            .run("return document.title.startsWith('(1) ')")
            .await,
        true
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_narrow_screen_an_open_delivery_says_how_many_are_unread() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.set_window(400, "light").await;
    let endpoint = endpoint_with(&creel, &browser, "{}", &["1".to_owned(), "2".to_owned()]).await;
    browser.click(".row[data-seq='1'] a").await;
    browser.wait(OPEN, "1").await;
    let back = "const link = document.querySelector('.back'); return [(link?.offsetParent ?? null) !== null, (link?.innerText ?? '').replace(/\\s+/g, ' ').trim()]";
    browser.wait(back, json!([true, "List"])).await;
    post(&creel, &endpoint, "3");
    post(&creel, &endpoint, "4");
    browser
        .wait(&format!("{back}[1].includes('2 unread')"), true)
        .await;
    // Also in a delivery that was opened since, and in one that was reloaded.
    browser.click(".tabs [data-letter='h']").await;
    browser.see(".tabs [data-letter='h'][aria-current]").await;
    browser
        .wait(&format!("{back}[1].includes('2 unread')"), true)
        .await;
    browser.page.refresh().await.expect("a reload");
    browser
        .wait(&format!("{back}[1].includes('2 unread')"), true)
        .await;
    browser.click(".back").await;
    browser.see_seqs(&[4, 3, 2, 1]).await;
    browser.click(".row[data-seq='4'] a").await;
    browser
        .wait(&format!("{back}[1].includes('1 unread')"), true)
        .await;
    browser.press(Key::Escape).await;
    browser.see("body[data-screen='list']").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_ends_an_idle_follower_by_itself() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let owner = creel.owner_cookie("me");
    let endpoint = creel.mint_as("{}", &[("Cookie", &owner)]);
    post(&creel, &endpoint, "kept");
    browser.go(&endpoint.inspect_url).await;
    open(&creel, &browser, &endpoint, "/1").await;
    creel.revoke(&endpoint, &owner);
    browser.see("#live[data-state='gone']").await;
    browser.read("#live", "Gone").await;
    browser.read("#gone", "your access was revoked").await;
    browser.read("#announcement", "Gone").await;
    assert_eq!(browser.seqs().await, [1]);
    browser.read(".delivery-body", "kept").await;
    // On a narrow screen too, where the bar and the list are out of sight.
    browser.set_window(400, "light").await;
    browser.read(".back", "Gone").await;
}
