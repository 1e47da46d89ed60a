//! Pages of other origins that send to a capture URL from a real browser.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use serde_json::{Value, json};

use crate::access::OtherServer;
use crate::app::{Creel, Minted, eventually};
use crate::browser::Browser;

/// Calls `fetch` with these options in the open page; the text of the response, or the name of the error.
async fn fetch(browser: &Browser, creel: &Creel, endpoint: &Minted, options: &str) -> Value {
    let url = format!("http://127.0.0.1:{}{}", creel.port(), endpoint.target);
    let script = format!(
        "return fetch({url:?}, {options}).then(response => response.text()).catch(error => error.name)"
    );
    browser.run(&script).await
}

/// A page of another origin than creel's.
async fn open_page(browser: &Browser, host: &str, site: &OtherServer) -> String {
    let origin = format!("http://{host}:{}", site.port);
    browser.go(&format!("{origin}/")).await;
    origin
}

const JSON: &str = "{method:'POST', headers:{'content-type':'application/json'}, body:'{}'}";

#[tokio::test(flavor = "multi_thread")]
async fn c30_any_page_may_send_what_it_likes_but_no_cookies() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let browser = Browser::open().await;
    let site = OtherServer::start("", "<!doctype html><p>page</p>".to_owned());
    open_page(&browser, "app.localhost", &site).await;
    for options in [
        JSON,
        "{method:'PUT', headers:{authorization:'Bearer x', 'x-a':'1'}, body:'x'}",
        "{method:'DELETE'}",
        "{}",
    ] {
        let answer = fetch(&browser, &creel, &endpoint, options).await;
        assert_eq!(answer, "caught\n", "{options}");
    }
    let methods: Vec<_> = creel.deliveries(&endpoint);
    let methods: Vec<_> = methods.iter().map(|one| one["method"].clone()).collect();
    assert_eq!(json!(methods), json!(["POST", "PUT", "DELETE", "GET"]));
    eventually("three preflights are counted", || {
        (creel.api(&endpoint, "").json()["preflights"] == 3).then_some(())
    });
    let with_cookies = "{method:'POST', credentials:'include', headers:{'x-a':'1'}}";
    let refused = fetch(&browser, &creel, &endpoint, with_cookies).await;
    assert_eq!(refused, "TypeError");
    assert_eq!(creel.deliveries(&endpoint).len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_listed_pages_may_send_json() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let site = OtherServer::start("", "<!doctype html><p>page</p>".to_owned());
    let origin = open_page(&browser, "app.localhost", &site).await;
    let settings = json!({"cors": ["https://else.example", origin]});
    let endpoint = creel.mint(&settings.to_string());
    let off = creel.mint(r#"{"cors": "off"}"#);
    assert_eq!(fetch(&browser, &creel, &endpoint, JSON).await, "caught\n");
    assert_eq!(fetch(&browser, &creel, &off, JSON).await, "TypeError");
    open_page(&browser, "other.localhost", &site).await;
    assert_eq!(fetch(&browser, &creel, &endpoint, JSON).await, "TypeError");
    assert_eq!(creel.deliveries(&endpoint).len(), 1);
    assert_eq!(creel.deliveries(&off).len(), 0);
    // What needs no preflight arrives, but the page cannot read the response.
    let text = "{method:'POST', body:'x'}";
    assert_eq!(fetch(&browser, &creel, &off, text).await, "TypeError");
    assert_eq!(creel.wait_for(&off, 1).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_an_origin_may_send() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let url = format!("http://127.0.0.1:{}{}", creel.port(), endpoint.target);
    let script = format!(
        "<script>fetch('{url}', {JSON}).then(r => r.text()).then(text => parent.postMessage(text, '*'))</script>"
    );
    let page = format!(
        "<!doctype html><p id=answer></p><script>onmessage = message => answer.innerText = message.data</script>\
         <iframe sandbox=allow-scripts srcdoc=\"{script}\"></iframe>"
    );
    let site = OtherServer::start("", page);
    let browser = Browser::open().await;
    open_page(&browser, "app.localhost", &site).await;
    browser.read("#answer", "caught").await;
    let sent = creel.api(&endpoint, "/deliveries/1").text();
    assert!(sent.contains(r#"["Origin","null"]"#), "{sent}");
}
