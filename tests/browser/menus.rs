//! The menus of the inspect page: preferences, copies, and other endpoints.

use serde_json::{Value, json};

use crate::app::Creel;
use crate::browser::Browser;
use crate::inspect::{HIDDEN, OPEN, endpoint_with, is_live, open, post};
use crate::keyboard::run_with;

#[tokio::test(flavor = "multi_thread")]
async fn each_new_delivery_opens_if_the_reader_prefers_so() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = endpoint_with(&creel, &browser, "{}", &["1".to_owned(), "2".to_owned()]).await;
    browser.click(".row[data-seq='1'] a").await;
    browser.wait(OPEN, "1").await;
    post(&creel, &endpoint, "3");
    browser.see_seqs(&[3, 2, 1]).await;
    assert_eq!(browser.run(OPEN).await, "1", "it stays where the reader is");
    browser.click("#menu-more summary").await;
    browser.click("#follow-newest").await;
    let entries = browser.run("return history.length").await;
    for body in ["4", "5"] {
        post(&creel, &endpoint, body);
        browser.wait(OPEN, body).await;
    }
    assert_eq!(
        browser.run("return history.length").await,
        entries,
        "one step back leads out of them"
    );
    browser.page.refresh().await.expect("a reload");
    is_live(&browser).await;
    assert_eq!(
        browser
            .run("return document.getElementById('follow-newest').checked")
            .await,
        true
    );
    post(&creel, &endpoint, "6");
    browser.wait(OPEN, "6").await;
    // What a filter hides opens nothing.
    post(&creel, &endpoint, &run_with(1, "error"));
    browser.wait(OPEN, "7").await;
    post(&creel, &endpoint, &run_with(2, "error"));
    browser.wait(OPEN, "8").await;
    open(&creel, &browser, &endpoint, "/7?show=failed").await;
    post(&creel, &endpoint, "9");
    browser.wait(HIDDEN, "1 new hidden by this filter").await;
    assert_eq!(
        browser
            .run("return document.getElementById('detail').ariaBusy")
            .await,
        Value::Null
    );
    assert_eq!(browser.run(OPEN).await, "7");
    post(&creel, &endpoint, &run_with(3, "error"));
    browser.wait(OPEN, "10").await;
    browser.click("#menu-more summary").await;
    browser.click("#follow-newest").await;
    post(&creel, &endpoint, &run_with(4, "error"));
    browser.see_seqs(&[11, 10, 8, 7]).await;
    assert_eq!(browser.run(OPEN).await, "10");
}

#[tokio::test(flavor = "multi_thread")]
async fn c39_exact_times_are_local_or_in_utc_as_the_reader_prefers() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let cdp = browser.page.cdp();
    let zone = json!({"timezoneId": "Asia/Kolkata"});
    cdp.send_raw("Emulation.setTimezoneOverride", zone)
        .await
        .expect("a time zone");
    let endpoint = endpoint_with(&creel, &browser, "{}", &["1".to_owned(), "2".to_owned()]).await;
    open(&creel, &browser, &endpoint, "/1").await;
    let received = creel.deliveries(&endpoint)[0]["received_at"]
        .as_str()
        .expect("a time")
        .to_owned();
    let utc = received.replace('T', " ").replace('Z', " UTC");
    let exact = "return document.querySelector('.delivery-facts time.exact').textContent";
    browser
        .wait(&format!("{exact}.endsWith(' UTC+5:30')"), true)
        .await;
    let local = browser.run(exact).await.as_str().expect("text").to_owned();
    // The same instant, to the microsecond.
    let minutes = |text: &str| -> u32 {
        let (hours, minutes) = text[11..16].split_once(':').expect("a time");
        hours.parse::<u32>().unwrap() * 60 + minutes.parse::<u32>().unwrap()
    };
    assert_eq!(
        (minutes(&utc) + 330) % 1440,
        minutes(&local),
        "{utc} {local}"
    );
    assert_eq!(utc[16..26], local[16..26]);
    browser.click("#menu-more summary").await;
    browser.click("#times-in-utc").await;
    browser.wait(exact, utc.as_str()).await;
    // Also in a delivery that opens later, and after a reload.
    browser.click(".row[data-seq='2'] a").await;
    browser.wait(OPEN, "2").await;
    browser
        .wait(&format!("{exact}.endsWith(' UTC')"), true)
        .await;
    open(&creel, &browser, &endpoint, "/1").await;
    browser.wait(exact, utc.as_str()).await;
    browser.click("#menu-more summary").await;
    browser.click("#times-in-utc").await;
    browser.wait(exact, local.as_str()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preference_lasts_as_long_as_the_page_if_the_browser_stores_nothing() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let spoil = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })";
    let cdp = browser.page.cdp();
    cdp.send_raw(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": spoil }),
    )
    .await
    .expect("a script before the page's own");
    let endpoint = endpoint_with(&creel, &browser, "{}", &["1".to_owned()]).await;
    browser.click("#menu-more summary").await;
    browser.click("#follow-newest").await;
    post(&creel, &endpoint, "2");
    browser.wait(OPEN, "2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_menu_copies_every_form_and_says_so() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.allow_clipboard(&creel).await;
    let endpoint = endpoint_with(&creel, &browser, "{}", &["in the body".to_owned()]).await;
    open(&creel, &browser, &endpoint, "/1").await;
    let link = format!("http://{}/inspect/{}/1", creel.pages(), endpoint.id);
    for (entry, text) in [
        ("[data-copy-href$='/copy/curl']", "--data-raw 'in the body'"),
        ("[data-copy-href$='/copy/http']", "\r\n\r\nin the body"),
        ("[data-copy-href*='/api/'][data-copy-href$='/1']", "\"seq\""),
        ("[data-copy-href$='/body']", "in the body"),
        ("[data-copy-link]", &link),
    ] {
        browser.click("#menu-copy summary").await;
        browser.see("#menu-copy[open]").await;
        browser
            .run("return navigator.clipboard.writeText('nothing')")
            .await;
        browser.click(&format!("#menu-copy {entry}")).await;
        browser.read("#menu-copy summary", "Copied").await;
        browser.see("#menu-copy:not([open])").await;
        browser.read("#announcement", "Copied").await;
        browser.paste(text).await;
        browser
            .wait(
                "return document.querySelector('#menu-copy summary').textContent",
                "Copy",
            )
            .await;
    }
    // What cannot be fetched is not claimed to be copied.
    browser
        .run("window.fetch = () => Promise.reject(new TypeError('cut off'))")
        .await;
    browser.click("#menu-copy summary").await;
    browser
        .click("#menu-copy [data-copy-href$='/copy/curl']")
        .await;
    browser.read("#menu-copy summary", "Not copied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_of_the_request_can_be_copied() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.allow_clipboard(&creel).await;
    let endpoint = creel.mint("{}");
    let target = format!("{}&q=a%20b", endpoint.target);
    creel.http("POST", &target, &[("X-Marker", "in  a \"header\"")], b"x");
    browser.go(&endpoint.inspect_url).await;
    open(&creel, &browser, &endpoint, "/1?tab=request").await;
    for (value, text) in [("in  a \"header\"", "in  a \"header\""), ("a b", "a b")] {
        let press = format!(
            "[...document.querySelectorAll('.lines [data-copy]')].find(one => one.dataset.copy === {}).click()",
            Value::from(value)
        );
        browser.run(&press).await;
        browser.paste(text).await;
    }
    browser.click("[data-copy-href$='/copy/head']").await;
    browser.paste("X-Marker: in  a \"header\"\r\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_leads_to_the_other_endpoints_of_this_browser() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.create_endpoint(&creel).await;
    assert_eq!(
        browser
            .run("return document.getElementById('menu-endpoints')")
            .await,
        Value::Null
    );
    let first = browser
        .run("return location.pathname")
        .await
        .as_str()
        .expect("a path")
        .to_owned();
    browser.go(&format!("http://{}/", creel.pages())).await;
    browser
        .see("input[name='name']")
        .await
        .send_keys("staging <b>")
        .await
        .unwrap();
    browser.click("form[action='/endpoints'] button").await;
    browser.read(".bar-title", "staging <b>").await;
    let second = browser
        .run("return location.pathname")
        .await
        .as_str()
        .expect("a path")
        .to_owned();
    let links = "return [...document.querySelectorAll('#menu-endpoints a')].map(link => link.getAttribute('href'))";
    assert_eq!(browser.run(links).await, json!([first]));
    browser.click("#menu-endpoints summary").await;
    browser
        .click(&format!("#menu-endpoints a[href='{first}']"))
        .await;
    browser
        .wait("return location.pathname", first.as_str())
        .await;
    browser.click("#menu-endpoints summary").await;
    browser.read("#menu-endpoints[open]", "staging <b>").await;
    assert_eq!(browser.run(links).await, json!([second]));
    // A click elsewhere closes it.
    browser.click("main h2").await;
    browser.see("#menu-endpoints:not([open])").await;
}
