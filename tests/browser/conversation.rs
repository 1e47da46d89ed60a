//! A conversation of 5 MB: it opens immediately at its end, folded parts unfold, and its content stays text.

use std::time::Instant;

use serde_json::json;
use thirtyfour::Key;

use crate::app::{Creel, PATIENCE};
use crate::browser::Browser;
use crate::live::open_page;
use crate::looks::screenshots;
use crate::talk::{
    a_bit_of_everything, as_constructors, human, plan, turns, with_messages, with_values,
};

/// This many turns have 5 MB.
const TURNS: usize = 1_000;

/// Follows a link by keyboard.
async fn follow(browser: &Browser, css: &str) {
    let link = browser.see(css).await;
    link.send_keys(Key::Enter).await.expect("a link takes keys");
}

/// Waits until this is true in the page.
async fn until(browser: &Browser, condition: &str) {
    let end = Instant::now() + PATIENCE;
    while browser.run(&format!("return Boolean({condition})")).await != true {
        assert!(Instant::now() < end, "{condition}: not within {PATIENCE:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_of_5_mb_opens_at_its_end() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    let body = with_messages(&turns(TURNS));
    assert!(body.len() > 5_000_000, "{}", body.len());
    creel.deliver(&endpoint, &[], &body);
    browser.see_seqs(&[1]).await;
    browser.click(".row[data-seq='1'] a").await;
    browser.read(".last-message", "Answer 999").await;
    browser.click(".last-message a").await;
    browser.read("#m4000", "Answer 999").await;
    until(
        &browser,
        "document.getElementById('m4000').getBoundingClientRect().bottom < innerHeight",
    )
    .await;
    let elements = browser
        .run("return document.querySelectorAll('*').length")
        .await;
    assert!(elements.as_u64() < Some(5_000), "{elements}");

    // Earlier messages are inserted above; the reader's position does not change.
    browser.run("document.querySelector('.earlier a').focus({preventScroll: true}); window.top0 = document.getElementById('m3951').getBoundingClientRect().top").await;
    browser
        .run("document.querySelector('.earlier a').click()")
        .await;
    browser.see("#m3901").await;
    let moved = browser.run("return Math.abs(document.getElementById('m3951').getBoundingClientRect().top - window.top0)").await;
    assert!(moved.as_f64() < Some(2.0), "moved by {moved}");
    let focused = browser.run("return document.activeElement.id").await;
    assert_eq!(focused, "m3950", "the keyboard stays where it was");
    browser.read(".earlier", "messages 3851 to 3900").await;

    // A long result, its JSON, and another tab: none of them loads a page.
    browser
        .run("window.here = true; document.querySelector('#m3999 pre.long-text a').click()")
        .await;
    until(
        &browser,
        "!document.querySelector('#m3999 pre.long-text a')",
    )
    .await;
    let result = browser
        .run(
            "return document.querySelector('#m3999 pre.long-text').textContent.split('\\n').length",
        )
        .await;
    assert_eq!(result, 81);
    browser
        .run("document.querySelector('#m3999 details summary').click()")
        .await;
    browser.read("#m3999 details", "tool_call_id").await;
    browser
        .run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '3', bubbles: true}))")
        .await;
    browser.see("#body-text").await;
    let state = browser.run("return [window.here, location.search]").await;
    assert_eq!(state, json!([true, "?tab=body"]));
    browser.run("history.back()").await;
    browser.see("#m4000").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_of_5_mb_unfolds_in_place_and_by_keyboard() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    let rows: Vec<_> = (0..40_000)
        .map(|row| json!({"row": row, "text": "x".repeat(30)}))
        .collect();
    let values = json!({"rows": rows, "long": "\u{e9}".repeat(1_250_000)});
    creel.deliver(
        &endpoint,
        &[],
        with_values("status-interrupt-by-graph", &values.to_string()),
    );
    let page = format!(
        "http://{}/inspect/{}/1?tab=conversation",
        creel.pages(),
        endpoint.id
    );
    browser.go(&page).await;
    browser.read(".tabs [aria-current]", "State").await;
    browser.read(".tree", "40000 items").await;
    browser
        .run("document.querySelector('.tree summary').focus()")
        .await;
    browser
        .page
        .action_chain()
        .send_keys(" ")
        .perform()
        .await
        .unwrap();
    browser.read(".tree", "row: 99").await;
    browser.click(".tree .tree .rest").await;
    browser.read(".tree .tree", "row: 199").await;
    browser.read(".tree .tree .rest", "39800 more").await;
    // The text is loaded part by part.
    browser
        .run("document.querySelector('.delivery-body > .tree > li:last-child > details').open = true")
        .await;
    until(&browser, "document.querySelector('pre.long-text span')").await;
    for _ in 0..20 {
        let done = browser
            .run("const link = document.querySelector('pre.long-text a'); link?.click(); return !link")
            .await;
        if done == true {
            break;
        }
        until(
            &browser,
            "!document.querySelector('pre.long-text a[aria-busy]')",
        )
        .await;
    }
    let length = browser
        .run("return document.querySelector('pre.long-text').textContent.trim().length")
        .await;
    assert_eq!(length, 1_250_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_links_lead_to_every_part() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    let endpoint = open_page(&creel, &browser).await;
    creel.deliver(&endpoint, &[], with_messages(&turns(TURNS)));
    let page = format!("http://{}/inspect/{}/1", creel.pages(), endpoint.id);
    browser.go(&page).await;
    follow(&browser, ".last-message a").await;
    browser.see("#m4000").await;
    follow(&browser, ".earlier a").await;
    browser.read("#m3901", "Question 975").await;
    follow(&browser, ".later a").await;
    browser.see("#m3951").await;
    follow(&browser, "#m3951 pre.long-text a").await;
    browser.read(".crumbs", "messages").await;
    browser.read("pre.long-text", "Lorem ipsum").await;
    follow(&browser, ".crumbs a:nth-child(3)").await;
    browser.read(".tree", "tool_call_id").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfolded_conversation_stays_text() {
    const SCRIPT: &str =
        "</pre><script>window.caught=1</script><img src=x onerror=window.caught=1>";
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_page(&creel, &browser).await;
    let picture = json!([{"type": "image_url", "image_url": {"url": "javascript:window.caught=1"}}, {"type": SCRIPT}]);
    let messages = json!([
        human(&SCRIPT.repeat(200)),
        {"type": SCRIPT, "name": SCRIPT, "id": SCRIPT, "content": picture},
        {"type": "ai", "content": SCRIPT, "tool_calls": [{"name": SCRIPT, "id": SCRIPT, "args": {SCRIPT: SCRIPT.repeat(60)}}]},
    ]);
    creel.deliver(&endpoint, &[], with_messages(&messages));
    browser
        .go(&format!(
            "http://{}/inspect/{}/1?tab=conversation",
            creel.pages(),
            endpoint.id
        ))
        .await;
    browser.see("#m3").await;
    // Fetched content can be unfolded further.
    until(&browser, "(document.querySelectorAll('details').forEach(one => one.open = true), document.querySelectorAll('a[data-part]').forEach(one => one.click()), !document.querySelector('a[data-part]'))").await;
    let state = browser.run("return [window.caught ?? null, document.querySelectorAll('#detail script, #detail img, [onerror]').length, [...document.querySelectorAll('#detail a')].filter(a => !a.href.startsWith(location.origin)).length]").await;
    assert_eq!(state, json!([null, 0, 0]));
    browser.read("#m1", SCRIPT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_fit_every_width_in_light_and_dark() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint(r#"{"name":"staging agents","token":"none"}"#);
    let messages = a_bit_of_everything();
    let state = plan();
    let all = json!({"messages": messages, "plan": state["plan"]}).to_string();
    let constructors = json!({"messages": as_constructors(&messages)}).to_string();
    for body in [
        with_values("threads-runs-create", &all),
        with_values("js-threads-runs-create", &constructors),
        with_values("status-interrupt-by-graph", &state.to_string()),
        with_messages(&turns(1_000)),
    ] {
        creel.deliver(&endpoint, &[], &body);
    }
    browser.go(&endpoint.inspect_url).await;
    let base = format!("http://{}/inspect/{}", creel.pages(), endpoint.id);
    for (name, below) in [
        ("conversation", "/1?tab=conversation"),
        ("conversation-js", "/2?tab=conversation"),
        ("conversation-end", "/1?tab=conversation#m9"),
        ("conversation-long", "/4?tab=conversation"),
        ("last-message", "/1"),
        ("state", "/3?tab=conversation"),
        ("state-text", "/3?tab=conversation&at=2"),
        ("state-list", "/3?tab=conversation&at=0"),
    ] {
        screenshots(&browser, name, &format!("{base}{below}")).await;
    }
}
