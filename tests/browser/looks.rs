//! Screenshots of the pages in every state, at three widths, light and dark, in `target/screenshots`, to check changes of the design. Three
//! of them are in the README: they are updated if `CREEL_README_PICTURE` is set in the environment.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::accessibility::refuse;
use crate::app::Creel;
use crate::browser::Browser;
use crate::compare::{PAUSED, THREAD, send_thread_deliveries};
use crate::doctor;
use crate::hostile;

/// The widths, in pixels, and colour schemes of the screenshots.
const SHAPES: [((&str, u32), &str); 6] = [
    (("wide", 1280), "light"),
    (("wide", 1280), "dark"),
    (("middle", 1024), "light"),
    (("middle", 1024), "dark"),
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
    refuse(&creel, &endpoint);
    screenshots(&browser, "refused", &format!("{base}/refused")).await;
    screenshots(&browser, "refused-list", &base).await;
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
    let components = format!("http://{}/docs/components", creel.pages());
    screenshots(&browser, "components", &components).await;
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
            .click(&format!("form[action*='/{below}'] button"))
            .await;
        browser
            .see(&format!(":not(.form) > form[action*='/{below}']"))
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

/// Updates the pictures of the README, if asked to: a run, a failed run, and the list on a phone.
#[tokio::test(flavor = "multi_thread")]
async fn the_readme_shows_the_list_and_its_deliveries() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let home = format!("http://{}/", creel.pages());
    browser.go(&home).await;
    let field = browser.see("input[name='name']").await;
    field.send_keys("staging agents").await.unwrap();
    browser.click("form[action='/endpoints'] button").await;
    let url = browser.see("#copy-url").await.attr("data-copy").await;
    let url = url.unwrap().expect("the capture URL");
    let target = url
        .strip_prefix(&format!("http://{}", creel.addr))
        .expect("its path");
    let json = ("Content-Type", "application/json");
    for name in ["js", "superseded", "timeout"] {
        send(name, &url);
    }
    creel.http(
        "POST",
        target,
        &[json, ("X-GitHub-Event", "push")],
        br#"{"ref":"refs/heads/main"}"#,
    );
    for name in ["stateless", "paused-tool-call", "error"] {
        send(name, &url);
    }
    let paid = br#"{"id":"evt_1","object":"event","type":"invoice.paid"}"#;
    creel.http(
        "POST",
        target,
        &[json, ("Stripe-Signature", "t=1,v1=x")],
        paid,
    );
    send("success", &url);
    let page = browser.page.current_url().await.unwrap();
    let base: String = page
        .as_str()
        .split('/')
        .take(5)
        .collect::<Vec<_>>()
        .join("/");
    for (name, width, below, text) in [
        ("inspect", 1280, "/9", "A run of agent ended with success"),
        ("list", 1280, "/7", "failed with ValueError"),
        ("narrow", 400, "", "GitHub push"),
    ] {
        browser.set_window(width, "light").await;
        browser.go(&format!("{base}{below}")).await;
        browser.see("#live[data-state='live']").await;
        browser.read("#list, .headline", text).await;
        let taken = browser.screenshot(&format!("readme-{name}")).await;
        if std::env::var_os("CREEL_README_PICTURE").is_some() {
            let kept = format!("tests/browser/screenshots/{name}.png");
            std::fs::copy(taken, Path::new(env!("CARGO_MANIFEST_DIR")).join(kept)).unwrap();
        }
    }
}

/// A name as long as one can be, which no line can break.
const LONG_NAME: &str = "staging-agents-of-the-billing-team-with-a-name-that-no-line-can-break-and-that-fills-all-100-letters";

#[tokio::test(flavor = "multi_thread")]
async fn long_names_and_many_deliveries_fit_every_width() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint(&format!("{{\"name\":\"{LONG_NAME}\",\"token\":\"none\"}}"));
    assert_eq!(LONG_NAME.len(), 100);
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    browser.go(&endpoint.inspect_url).await;
    send_thread_deliveries(&creel, &endpoint);
    let one = format!("{base}/1");
    screenshots(&browser, "long-name", &one).await;
    for seq in 7..=130 {
        match seq % 5 {
            0 => creel.replay(&endpoint, "status-error-valueerror", |body| {
                body.replacen("01a2", &format!("{seq:04x}"), 1)
            }),
            1 => creel.deliver(&endpoint, &[("X-GitHub-Event", "push")], b"{}"),
            2 => creel.deliver(
                &endpoint,
                &[("Content-Type", "application/json")],
                b"{\"a\": ",
            ),
            3 => creel.deliver(&endpoint, &[], "long ".repeat(2000)),
            _ => creel.deliver(&endpoint, &[], b"\xff\0"),
        }
    }
    for (name, below) in [
        ("many", ""),
        ("many-failed", "?show=failed"),
        ("many-token", "?show=token"),
        ("many-older", "?before=20"),
        ("many-text", "/8"),
        ("many-invalid", "/7"),
        ("many-binary", "/9"),
        ("many-how", "?how=langgraph"),
        ("many-services", "?how=services"),
        ("long-name-compare", "/compare?a=1&b=4"),
        ("long-name-choice", "/compare?b=4"),
        ("long-name-thread", &format!("/thread/{THREAD}")),
    ] {
        screenshots(&browser, name, &format!("{base}{below}")).await;
    }
    // The name gets what the links next to it leave, and no second line.
    let height = browser
        .run("return document.querySelector('.bar').offsetHeight")
        .await;
    assert!(
        height.as_u64().is_some_and(|height| height <= 64),
        "{height}"
    );
    let operator = creel.greeting.last().unwrap().split(' ').nth(1).unwrap();
    browser.go(operator).await;
    screenshots(&browser, "long-name-settings", &format!("{base}/settings")).await;
    screenshots(
        &browser,
        "long-name-operator",
        &format!("http://{}/operator", creel.pages()),
    )
    .await;
    browser.go(&format!("{base}/settings")).await;
    browser.click("form[action$='/delete'] button").await;
    browser.read("h1", "Delete").await;
    in_every_shape(&browser, "long-name-delete").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_fits_every_width() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let requests = hostile::send_all(&creel, &endpoint);
    browser.go(&endpoint.inspect_url).await;
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    screenshots(&browser, "hostile-list", &base).await;
    for seq in 1..=requests {
        for tab in ["overview", "conversation", "body", "request", "fields"] {
            let page = format!("{base}/{seq}?tab={tab}");
            screenshots(&browser, &format!("hostile-{seq}-{tab}"), &page).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_of_the_live_page_fits_every_width() {
    let mut creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let owner = creel.owner_cookie("me");
    let endpoint = creel.mint_as("{}", &[("Cookie", &owner)]);
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    browser.go(&endpoint.inspect_url).await;
    screenshots(&browser, "state-empty", &base).await;
    send("error", &endpoint.capture_url);
    screenshots(&browser, "state-one", &base).await;
    screenshots(&browser, "state-one-open", &format!("{base}/1")).await;
    for _ in 0..40 {
        creel.deliver(&endpoint, &[], b"text");
    }
    let state = |name| format!("#live[data-state='{name}']");
    browser.go(&format!("{base}/1?show=failed")).await;
    browser.see(&state("live")).await;
    creel.deliver(&endpoint, &[], b"hidden");
    browser.read("#filter-note:not([hidden])", "1 new").await;
    in_every_shape(&browser, "state-hidden").await;
    browser.set_window(1280, "light").await;
    browser.go(&base).await;
    browser.see(&state("live")).await;
    browser.run("list.scrollTop = 400").await;
    creel.deliver(&endpoint, &[], b"new");
    browser.see("#new-rows:not([hidden])").await;
    in_every_shape(&browser, "state-new").await;
    browser.run("document.getElementById('live').click()").await;
    browser.see(&state("paused")).await;
    creel.deliver(&endpoint, &[], b"counted");
    browser.read("#live", "1 new").await;
    in_every_shape(&browser, "state-paused").await;
    browser.set_window(1280, "light").await;
    browser.go(&format!("{base}/1")).await;
    browser.see(&state("live")).await;
    for menu in ["copy", "compare"] {
        browser
            .run(&format!(
                "document.getElementById('menu-{menu}').open = true"
            ))
            .await;
        in_every_shape(&browser, &format!("state-menu-{menu}")).await;
        browser
            .run(&format!(
                "document.getElementById('menu-{menu}').open = false"
            ))
            .await;
    }
    browser.press("?").await;
    browser.see("#help[open]").await;
    in_every_shape(&browser, "state-help").await;
    browser.set_window(1280, "light").await;
    browser.go(&base).await;
    browser.see(&state("live")).await;
    browser
        .run("document.getElementById('menu-more').open = true")
        .await;
    in_every_shape(&browser, "state-menu-more").await;
    browser
        .run("document.getElementById('menu-more').open = false")
        .await;
    creel.kill();
    browser.see(&state("reconnecting")).await;
    in_every_shape(&browser, "state-reconnecting").await;
    creel.restart();
    browser.see(&state("live")).await;
    creel.revoke(&endpoint, &owner);
    browser.see(&state("gone")).await;
    in_every_shape(&browser, "state-gone").await;
}

/// Takes screenshots of the page as it is.
async fn in_every_shape(browser: &Browser, name: &str) {
    for (shape, scheme) in SHAPES {
        browser.set_window(shape.1, scheme).await;
        screenshot(browser, name, shape, scheme).await;
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
        if WHOLE.contains(&name) {
            browser.fit_window_to_page(shape.1).await;
        }
        screenshot(browser, name, shape, scheme).await;
    }
}

/// Pages of which the pictures show all, however long they are.
const WHOLE: [&str; 1] = ["components"];

/// What is wider than its place: the page, or a part of it that is not meant to be scrolled sideways.
const TOO_WIDE: &str = "const parts = ['html', '.bar', 'main', '#list', '#detail', '.menu[open] .menu-items', 'dialog[open]']; \
    return parts.flatMap(part => [...document.querySelectorAll(part)]) \
        .filter(one => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > innerWidth + 0.5 \
                       || (one.clientWidth > 0 && one.getBoundingClientRect().left < -0.5)) \
        .map(one => `${one.tagName} ${one.id}: ${one.scrollWidth} of ${one.clientWidth} px`).join(', ')";

/// Takes a screenshot of the page; fails if something is wider than its place.
async fn screenshot(browser: &Browser, name: &str, (shape, _): (&str, u32), scheme: &str) {
    browser
        .screenshot(&format!("{name}-{shape}-{scheme}"))
        .await;
    let too_wide = browser.run(TOO_WIDE).await;
    assert_eq!(too_wide, "", "{name} {shape}");
}
