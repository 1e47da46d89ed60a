//! Screenshots of the pages, wide and narrow, light and dark, in `target/screenshots`, to check changes of the design. One of them, the Run
//! tab in light mode, is in the README: it is updated if `CREEL_README_PICTURE` is set in the environment.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::app::Creel;
use crate::browser::Browser;
use crate::compare::{PAUSED, THREAD, send_thread_deliveries};
use crate::doctor;

/// The widths, in pixels, and colour schemes of the screenshots.
const SHAPES: [((&str, u32), &str); 4] = [
    (("wide", 1280), "light"),
    (("wide", 1280), "dark"),
    (("narrow", 400), "light"),
    (("narrow", 400), "dark"),
];

/// Samples for a typical list, oldest first.
const LIST_SAMPLES: [&str; 8] = [
    "old",
    "js",
    "stateless",
    "error",
    "superseded",
    "timeout",
    "paused",
    "success",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_every_width_in_light_and_dark() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint(r#"{"name":"staging agents","token":"YOUR_SECRET_TOKEN"}"#);
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    browser.go(&endpoint.inspect_url).await;
    screenshots(&browser, "waiting", &base).await;
    for name in LIST_SAMPLES {
        send(name, &endpoint.capture_url);
    }
    for (name, below) in [
        ("list", ""),
        ("run", "/8"),
        ("error", "/4"),
        ("body", "/8?tab=body"),
        ("request", "/8?tab=request"),
    ] {
        screenshots(&browser, name, &format!("{base}{below}")).await;
    }
    if std::env::var_os("CREEL_README_PICTURE").is_some() {
        browser.set_window(1280, "light").await;
        browser.go(&format!("{base}/8")).await;
        let taken = browser.screenshot("readme").await;
        let kept =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/screenshots/inspect.png");
        std::fs::copy(taken, kept).unwrap();
    }
    for _ in 0..3 {
        let again = crate::app::fixture("retry-500-500-200");
        let body = again["body"].as_str().unwrap();
        creel.http("POST", &endpoint.target, &[], body.as_bytes());
    }
    screenshots(&browser, "attempts", &format!("{base}/11")).await;
    let mut gone = creel.connect();
    let begun = format!(
        "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n{{\"run_id\": \"1\",\n \"status\"",
        endpoint.target
    );
    gone.write_all(begun.as_bytes()).unwrap();
    drop(gone);
    creel.wait_for(&endpoint, 12);
    screenshots(&browser, "gone", &format!("{base}/12")).await;
    let home = format!("http://{}/", creel.pages());
    screenshots(&browser, "home", &home).await;
    for name in [
        "staging agents",
        "",
        "a name of a hundred characters, which is as long as a name can be, and longer than any narrow window",
    ] {
        browser.go(&home).await;
        let field = browser.see("input[name='name']").await;
        field.send_keys(name).await.unwrap();
        browser.click("form[action='/endpoints'] button").await;
        browser.see("#copy-url").await;
    }
    screenshots(&browser, "home-list", &home).await;
    screenshots(&browser, "docs", &format!("http://{}/docs", creel.pages())).await;
    screenshots(
        &browser,
        "findings",
        &format!("http://{}/findings", creel.pages()),
    )
    .await;
    screenshots(
        &browser,
        "doctor",
        &format!("http://{}/doctor", creel.pages()),
    )
    .await;
    doctor_screenshots(&browser, &creel).await;
    let operator_page = format!("http://{}/operator", creel.pages());
    screenshots(&browser, "sign-in", &operator_page).await;
    let operator = creel.greeting.last().unwrap().split(' ').nth(1).unwrap();
    browser.go(operator).await;
    screenshots(&browser, "operator", &operator_page).await;
    let endpoint = creel.mint(r#"{"name":"staging agents","reply":[500,500,200]}"#);
    let settings = format!("http://{}/inspect/{}/settings", creel.pages(), endpoint.id);
    screenshots(&browser, "settings", &settings).await;
    for (name, below) in [("share", "key"), ("revoke", "revoke"), ("delete", "delete")] {
        browser.set_window(400, "light").await;
        browser.go(&settings).await;
        browser
            .click(&format!("form[action$='/{below}'] button"))
            .await;
        browser
            .see(&format!(":not(.form) > form[action$='/{below}']"))
            .await;
        browser.screenshot(name).await;
    }
    screenshots(
        &browser,
        "missing",
        &format!(
            "http://{}/inspect/7c7f4d38-94d1-4e4b-9d8f-000000000000",
            creel.pages()
        ),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thread_and_comparison_fit_every_width_in_light_and_dark() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint(r#"{"name":"staging agents","token":"YOUR_SECRET_TOKEN"}"#);
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    send_thread_deliveries(&creel, &endpoint);
    for (name, text) in [
        ("X-Extra", "one\ntwo\nthree\n"),
        ("x-other", "one\n2\nthree\nfour"),
    ] {
        let lines = [("Content-Type", "text/plain"), (name, "some")];
        creel.http("POST", &endpoint.target, &lines, text.as_bytes());
    }
    browser.go(&endpoint.inspect_url).await;
    for (name, below) in [
        ("thread", format!("/thread/{THREAD}")),
        ("thread-paused", format!("/thread/{PAUSED}")),
        ("compare", "/compare?a=1&b=4".to_owned()),
        ("compare-text", "/compare?a=7&b=8".to_owned()),
        ("compare-again", "/compare?a=1&b=2".to_owned()),
        ("compare-form", "/compare?b=4".to_owned()),
    ] {
        screenshots(&browser, name, &format!("{base}{below}")).await;
    }
    browser.set_window(1280, "light").await;
    browser.go(&format!("{base}/4")).await;
    browser.see("#live[data-state='live']").await;
    browser.click("#menu-compare summary").await;
    browser.screenshot("compare-with").await;
}

/// The results of the doctor.
async fn doctor_screenshots(browser: &Browser, creel: &Creel) {
    for (name, fields) in [
        (
            "doctor-refused",
            &[("url", "http://127.0.0.1:8080/hook/7c7f4d38?token=abc")][..],
        ),
        (
            "doctor-accepted",
            &[("url", "https://10.1.2.3/hook"), ("langgraph", "0.9")],
        ),
        (
            "doctor-unsure",
            &[("url", "https://hooks.example.com/hook")],
        ),
        ("doctor-wrong", &[("url", "x"), ("webhooks", "nonsense")]),
    ] {
        for (shape, scheme) in SHAPES {
            browser.set_window(shape.1, scheme).await;
            doctor::ask(browser, creel, fields).await;
            screenshot(browser, name, shape, scheme).await;
        }
    }
}

/// Sends a sample.
pub(crate) fn send(name: &str, to: &str) {
    let mut sender = Command::new(env!("CARGO_BIN_EXE_creel"));
    let sent = sender.args(["send", name, "--to", to]).output();
    assert!(sent.expect("creel runs").status.success(), "{name} is sent");
}

/// Takes screenshots of a page, wide and narrow, light and dark.
pub(crate) async fn screenshots(browser: &Browser, name: &str, url: &str) {
    for (shape, scheme) in SHAPES {
        browser.set_window(shape.1, scheme).await;
        browser.go(url).await;
        browser.see("main").await;
        screenshot(browser, name, shape, scheme).await;
    }
}

/// Takes a screenshot of the page; fails if it is wider than the window.
async fn screenshot(browser: &Browser, name: &str, (shape, width): (&str, u32), scheme: &str) {
    let needed = browser
        .run("return document.documentElement.scrollWidth")
        .await;
    assert!(
        needed.as_u64() <= Some(width.into()),
        "{name} needs {needed} px of {width}"
    );
    browser
        .screenshot(&format!("{name}-{shape}-{scheme}"))
        .await;
}
