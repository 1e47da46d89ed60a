//! The waiting page: starting runs, sending samples, why nothing arrives. Also the commands that query LangGraph after a delivery.

use serde_json::json;
use thirtyfour::Key;

use crate::app::Creel;
use crate::browser::Browser;
use crate::looks::screenshots;

/// Creates an endpoint in this browser. Returns the URL of its page.
async fn create_endpoint(creel: &Creel, browser: &Browser) -> String {
    browser.create_endpoint(creel).await;
    let url = browser.page.current_url().await.expect("an address");
    url.to_string()
}

/// Collects the functions that a page schedules for half a minute or later, so that the test can call them.
const HELD_CLOCK: &str = "const start = window.setTimeout; window.held = []; \
    window.setTimeout = (call, ms, ...more) => ms >= 30000 ? held.push(call) : start(call, ms, ...more);";

#[tokio::test(flavor = "multi_thread")]
async fn after_half_a_minute_the_page_links_to_the_causes() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let held = json!({"source": HELD_CLOCK});
    let cdp = browser.page.cdp();
    cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", held)
        .await
        .expect("a clock of the test's");
    let endpoint = creel.mint("{}");
    browser.go(&endpoint.inspect_url).await;
    browser.see("#live[data-state='live']").await;
    let shown = || async {
        let state = "return [document.querySelector('#stalled').innerText, document.querySelector('#causes').open]";
        browser.run(state).await
    };
    assert_eq!(shown().await, json!(["", false]));
    assert_eq!(browser.run("return held.length").await, 1);
    browser.run("held[0]()").await;
    assert_eq!(
        shown().await,
        json!(["Nothing received for 30 s. Why?", true])
    );
    let role = "return document.querySelector('#stalled').getAttribute('role')";
    assert_eq!(browser.run(role).await, "status");
    browser.click("#stalled a").await;
    browser.click("#causes #refused summary").await;
    browser.read("#causes #refused", "422").await;
    let sent = creel.http("POST", &endpoint.target, &[], b"{}");
    assert_eq!(sent.status, 200);
    browser.read("#detail", "JSON, 2 B").await;
    assert_eq!(
        browser
            .run("return document.querySelector('#stalled')")
            .await,
        json!(null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_panel_changes_in_place_and_keeps_the_focus() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    create_endpoint(&creel, &browser).await;
    browser.click(".tabs a[href$='how=langgraph']").await;
    browser.read("#start-snippet", "THREAD_ID=$(curl").await;
    browser.run("window.here = true").await;
    browser.click("#start .call[href*='way=cron&']").await;
    browser.read(".start-call", "POST /runs/crons").await;
    browser.click("#start .segments a[href*='in=python']").await;
    browser.read("#start-snippet", "client.crons.create(").await;
    browser.read("#end-snippet", "client.crons.delete(").await;
    let state = "return [window.here, document.activeElement.textContent, location.search, \
                 document.querySelector('#start .copy').hidden]";
    let expected = json!([
        true,
        "Python SDK",
        "?how=langgraph&way=cron&in=python",
        false
    ]);
    assert_eq!(browser.run(state).await, expected);
    browser.page.refresh().await.unwrap();
    browser.read("#start-snippet", "client.crons.create(").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_sent_and_shown_by_keyboard() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    create_endpoint(&creel, &browser).await;
    browser.click(".samples summary").await;
    let button = browser.see(".sample[value='paused']").await;
    button.send_keys(Key::Enter).await.unwrap();
    browser.see_seqs(&[1]).await;
    browser.read("#headline", "ended with success").await;
    browser.click(".follow-up details:last-child summary").await;
    browser
        .read(".follow-up", r#""command": {"resume": "yes"}"#)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_runs_and_samples_work_without_javascript() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    let page = create_endpoint(&creel, &browser).await;
    browser.click(".tabs a[href$='how=langgraph']").await;
    browser.click(".deployment summary").await;
    let url = browser.see("input[name=url]").await;
    url.clear().await.unwrap();
    url.send_keys("https://agents.example.com/").await.unwrap();
    browser.click(".deployment-form button").await;
    browser
        .read(
            "#start-snippet",
            "LANGGRAPH_URL='https://agents.example.com'",
        )
        .await;
    browser
        .click("#start .segments a[href*='in=javascript']")
        .await;
    browser
        .read("#start-snippet", r#"apiUrl: "https://agents.example.com""#)
        .await;
    browser.click("#causes summary").await;
    browser.read("#causes", "LangGraph rejected the URL").await;
    browser.click(".samples-first button").await;
    browser.see(".row[data-seq='1']").await;
    let shown = browser
        .page
        .current_url()
        .await
        .expect("an address")
        .to_string();
    assert_eq!(shown, format!("{page}/1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_pages_fit_every_width() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let page = create_endpoint(&creel, &browser).await;
    screenshots(&browser, "start", &format!("{page}?how=langgraph")).await;
    screenshots(&browser, "services", &format!("{page}?how=services")).await;
    for (name, query) in [
        ("start-python", "way=thread-stream&in=python"),
        ("start-javascript", "way=batch&in=javascript"),
        ("start-cron", "way=thread-cron"),
    ] {
        let url = format!("{page}?how=langgraph&{query}#start");
        screenshots(&browser, name, &url).await;
    }
    for (name, open) in [
        ("start-samples", ".samples details"),
        ("start-header", ".token-header"),
        ("start-causes", "#causes"),
    ] {
        for (shape, width) in [("wide", 1280), ("narrow", 400)] {
            for scheme in ["light", "dark"] {
                browser.set_window(width, scheme).await;
                browser.go(&format!("{page}?how=langgraph")).await;
                let opened = format!(
                    "const part = document.querySelector('{open}'); part.open = true; part.scrollIntoView(); \
                     document.querySelector('#stalled p').hidden = false"
                );
                browser.run(&opened).await;
                browser
                    .screenshot(&format!("{name}-{shape}-{scheme}"))
                    .await;
            }
        }
    }
    for (seq, sample) in ["paused", "stateless", "rollback"].iter().enumerate() {
        browser.set_window(1280, "light").await;
        browser.go(&format!("{page}?how=langgraph")).await;
        browser.click(".samples summary").await;
        browser.click(&format!(".sample[value='{sample}']")).await;
        browser.see(".follow-up").await;
        let url = format!("{page}/{}#follow-up-title", seq + 1);
        screenshots(&browser, &format!("follow-up-{sample}"), &url).await;
        let open = "document.querySelectorAll('.follow-up details').forEach(one => one.open = true); \
                    document.querySelector('.follow-up').scrollIntoView()";
        browser.run(open).await;
        browser
            .screenshot(&format!("follow-up-{sample}-open"))
            .await;
    }
    for name in ["nothing-arrives", "starting-runs", "query"] {
        let url = format!("http://{}/docs/{name}", creel.pages());
        screenshots(&browser, &format!("docs-{name}"), &url).await;
    }
}
