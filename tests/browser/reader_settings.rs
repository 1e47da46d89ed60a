//! What readers choose in their system or browser: zoom, forced colours, less motion, a touch screen, printing.
//!
//! **Invariant:** Chromium emulates each choice, and each test sees a difference that the choice makes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::accessibility::owned;
use crate::app::Creel;
use crate::browser::Browser;
use crate::looks::send;

/// Controls that cannot be scrolled into view, and boxes that are too narrow for their content. Tabs and filters may scroll, and text may
/// end with an ellipsis.
const CUT_OFF: &str = "const shown = e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.skip-link, .visually-hidden');
    const unreachable = [...document.querySelectorAll('a, button, summary, input, select, textarea')].filter(e => {
        if (!shown(e)) return false;
        e.scrollIntoView({block: 'center', inline: 'center'});
        const box = e.getClientRects()[0];
        return !e.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
    });
    const cut = [...document.body.querySelectorAll('*')].filter(e => {
        const style = getComputedStyle(e);
        const may = e.matches('nav') || style.overflowX === 'visible' || style.textOverflow === 'ellipsis' || style.clipPath !== 'none';
        return shown(e) && !may && e.scrollWidth > e.clientWidth + 1;
    });
    return [...unreachable, ...cut].map(e => e.outerHTML.slice(0, 150))";

/// Controls lower than `min` pixels. A click on a label, or on the row of an endpoint, counts too. Links within a sentence are exempt: they
/// are as high as its lines.
const TOO_LOW: &str = "return [...document.querySelectorAll('a, button, summary, input, select, textarea')].filter(e => {
        const isInText = getComputedStyle(e).display === 'inline' && e.parentElement.innerText.trim() !== e.innerText.trim();
        const target = e.matches('[type=radio], [type=checkbox]') ? e.closest('label') : e.matches('.endpoint-name a') ? e.closest('tr') : e;
        return e.checkVisibility({visibilityProperty: true}) && !isInText && target.getBoundingClientRect().height < min;
    }).map(e => `${e.getBoundingClientRect().height} ${e.outerHTML.slice(0, 150)}`)";

/// Boxes of the delivery that are too small for their content.
const SCROLLS: &str = "return [document.documentElement, document.body, ...document.querySelectorAll('main, #detail, #detail *')]
    .filter(e => e.checkVisibility() && !e.closest('.visually-hidden') && getComputedStyle(e).overflowY !== 'visible')
    .filter(e => (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1))
    .map(e => e.outerHTML.slice(0, 150))";

/// The shapes of statuses, and of findings in the list.
const BADGES: [&str; 9] = [
    "badge status-success",
    "badge status-error",
    "badge status-interrupted",
    "badge status-timeout",
    "badge status-rollback",
    "badge status-paused",
    "badge status-unreadable",
    "badge status-unknown",
    "badge status-none",
];
const MARKS: [&str; 3] = [
    "row-mark",
    "row-mark level-warning",
    "row-mark level-problem",
];

/// Pages; `ENDPOINT` is the path of an endpoint's page.
const PAGES: [&str; 20] = [
    "ENDPOINT",
    "ENDPOINT?show=failed",
    "ENDPOINT?how=curl",
    "ENDPOINT?how=langgraph",
    "ENDPOINT?how=services",
    "ENDPOINT/1",
    "ENDPOINT/1?tab=conversation",
    "ENDPOINT/1?tab=body",
    "ENDPOINT/1?tab=request",
    "ENDPOINT/1?tab=fields",
    "ENDPOINT/2",
    "ENDPOINT/4",
    "ENDPOINT/compare?a=1&b=2",
    "ENDPOINT/compare?b=2",
    "ENDPOINT/settings",
    "/",
    "/docs",
    "/docs/starting-runs",
    "/doctor",
    "/findings",
];

/// An endpoint of this browser with a run, a failed run, a paused run and a long text. Gives back the URL of its page.
async fn endpoint(creel: &Creel, browser: &Browser) -> String {
    let endpoint = owned(creel, browser).await;
    for sample in ["success", "error", "paused"] {
        send(sample, &endpoint.capture_url);
    }
    let text = "a line of the body\n".repeat(300);
    creel.deliver(&endpoint, &[("Content-Type", "text/plain")], text);
    format!("http://{}/inspect/{}", creel.pages(), endpoint.id)
}

/// The URL of one of the pages.
fn page(endpoint: &str, path: &str) -> String {
    let (site, path_of_endpoint) = endpoint.split_at(endpoint.find("/inspect/").expect("its path"));
    format!("{site}{}", path.replace("ENDPOINT", path_of_endpoint))
}

/// Sets the size of the window and how many device pixels a pixel has.
pub(crate) async fn resize(browser: &Browser, width: u32, height: u32, scale: u32) {
    let metrics = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width == 400});
    send_cdp(browser, "Emulation.setDeviceMetricsOverride", metrics).await;
}

/// Sets a media feature.
pub(crate) async fn prefer(browser: &Browser, name: &str, value: &str) {
    let media = json!({"features": [{"name": name, "value": value}]});
    send_cdp(browser, "Emulation.setEmulatedMedia", media).await;
}

async fn send_cdp(browser: &Browser, command: &str, arguments: Value) -> Value {
    let sent = browser.page.cdp().send_raw(command, arguments).await;
    sent.expect("Chromium emulates it")
}

/// Opens a page and waits for its script.
async fn open(browser: &Browser, url: &str) {
    browser.go(url).await;
    browser
        .see("body:not(.inspect) main:not(:has(.error-status)), #live[data-state='live']")
        .await;
}

/// What a script finds, in lines.
async fn lines(browser: &Browser, script: &str) -> Vec<String> {
    serde_json::from_value(browser.run(script).await).expect("a list")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_cut_off_at_200_percent() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let base = endpoint(&creel, &browser).await;
    let mut found = Vec::new();
    for (width, height, scale) in [(640, 400, 2), (400, 800, 1)] {
        resize(&browser, width, height, scale).await;
        for below in PAGES {
            open(&browser, &page(&base, below)).await;
            let needed = browser
                .run("return document.documentElement.scrollWidth")
                .await;
            assert!(
                needed.as_u64() <= Some(width.into()),
                "{below}: {needed} of {width} px"
            );
            let cut_off = lines(&browser, CUT_OFF).await;
            found.extend(
                cut_off
                    .iter()
                    .map(|line| format!("{width} px, {below}: {line}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_are_high_enough_for_fingers() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let base = endpoint(&creel, &browser).await;
    let mut found = Vec::new();
    for (width, min, touch) in [(1280, 32, false), (400, 44, true)] {
        resize(&browser, width, 800, 1).await;
        send_cdp(
            &browser,
            "Emulation.setTouchEmulationEnabled",
            json!({"enabled": touch}),
        )
        .await;
        for below in PAGES {
            open(&browser, &page(&base, below)).await;
            let coarse = browser
                .run("return matchMedia('(pointer: coarse)').matches")
                .await;
            assert_eq!(coarse, touch);
            let low = lines(&browser, &format!("const min = {min}; {TOO_LOW}")).await;
            found.extend(
                low.iter()
                    .map(|line| format!("{width} px, {below}: {line}")),
            );
        }
    }
    for seq in 1..=4 {
        open(&browser, &format!("{base}/{seq}")).await;
        let top = browser
            .run("return document.querySelector('.delivery-body > *').getBoundingClientRect().top")
            .await;
        if top.as_f64() > Some(150.0) {
            found.push(format!("#{seq} begins at {top} px"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_name_gives_way_to_the_menu_on_a_narrow_screen() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    owned(&creel, &browser).await;
    let endpoint = creel.mint(r#"{"name":"a name that is longer than a narrow window is wide"}"#);
    resize(&browser, 400, 800, 1).await;
    open(&browser, &endpoint.inspect_url).await;
    browser.see(".read-only").await;
    let tops = "return new Set([...document.querySelectorAll('.bar > :is(.read-only, .live, .menu)')]
        .map(e => e.getBoundingClientRect()).map(box => Math.round(box.top + box.height / 2))).size";
    assert_eq!(browser.run(tops).await, 1, "one line");
}

#[tokio::test(flavor = "multi_thread")]
async fn forced_colours_leave_states_distinguishable() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let base = endpoint(&creel, &browser).await;
    open(&browser, &format!("{base}/1?tab=body")).await;
    prefer(&browser, "forced-colors", "active").await;
    assert_eq!(
        browser
            .run("return matchMedia('(forced-colors: active)').matches")
            .await,
        true
    );
    // Only shapes and lines count, because a heavier font is hard to see.
    let style = "const style = new CSSStyleSheet();
        style.replaceSync('* { font-weight: 400 !important }');
        document.adoptedStyleSheets = [style]";
    browser.run(style).await;
    for (css, other) in [
        (".row a[aria-current]", "e.removeAttribute('aria-current')"),
        (".tabs a[aria-current]", "e.removeAttribute('aria-current')"),
        (".filter[aria-current]", "e.removeAttribute('aria-current')"),
        (
            ".segments a[aria-current]",
            "e.removeAttribute('aria-current')",
        ),
        (".row.unread", "e.classList.remove('unread')"),
    ] {
        let element = browser.see(css).await;
        let before = element.screenshot_as_png().await.expect("a picture");
        browser
            .run(&format!(
                "const e = document.querySelector(\"{css}\"); {other}"
            ))
            .await;
        let after = element.screenshot_as_png().await.expect("a picture");
        assert!(before != after, "{css}");
    }
    let badge = browser.see(".row .badge").await;
    for kind in [&BADGES[..], &MARKS[..]] {
        let mut pictures = BTreeSet::new();
        for classes in kind {
            let set = format!("document.querySelector('#rows span span').className = '{classes}'");
            browser.run(&set).await;
            let picture = badge.screenshot_as_png().await.expect("a picture");
            assert!(pictures.insert(picture), "{classes} looks like another");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reduced_motion_stops_all_animations() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.create_endpoint(&creel).await;
    let running = "return document.getAnimations().length";
    assert_ne!(browser.run(running).await, 0);
    prefer(&browser, "prefers-reduced-motion", "reduce").await;
    assert_eq!(browser.run(running).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_delivery_is_complete() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let base = endpoint(&creel, &browser).await;
    let mut found = Vec::new();
    // Inside the margins, A4 is 718 px wide.
    for width in [1280, 718] {
        resize(&browser, width, 300, 1).await;
        for below in ["/1", "/1?tab=conversation", "/1?tab=request", "/2", "/4"] {
            open(&browser, &format!("{base}{below}")).await;
            assert_ne!(lines(&browser, SCROLLS).await, [""; 0], "on the screen");
            send_cdp(
                &browser,
                "Emulation.setEmulatedMedia",
                json!({"media": "print"}),
            )
            .await;
            let scrolls = lines(&browser, SCROLLS).await;
            found.extend(
                scrolls
                    .iter()
                    .map(|line| format!("{width} px, {below}: {line}")),
            );
            let shown = "return ['.bar', '.list', '.delivery-actions', '.copy', '.delivery-target', '.delivery-answer', '.delivery-body', '.delivery-body pre']
                .filter(css => document.querySelector(css)?.checkVisibility())";
            assert_eq!(
                lines(&browser, shown).await,
                [
                    ".delivery-target",
                    ".delivery-answer",
                    ".delivery-body",
                    ".delivery-body pre"
                ]
            );
            send_cdp(&browser, "Emulation.setEmulatedMedia", json!({"media": ""})).await;
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
