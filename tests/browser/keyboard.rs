//! The keyboard on the inspect page: where each key leads, where the focus is afterwards, and that the help lists exactly these keys.

use serde_json::{Value, json};
use thirtyfour::Key;

use crate::app::{Creel, Minted, fixture};
use crate::browser::Browser;

/// The row with the focus, or the id of the element that has it.
const FOCUS: &str = "const focused = document.activeElement; \
    return focused.closest('.row')?.dataset.seq ?? focused.id";
/// The delivery that is open, and the row that is marked as selected.
const OPEN: &str = "return [document.querySelector('.delivery')?.dataset.delivery, \
    document.querySelector('.row a[aria-current]')?.closest('.row').dataset.seq]";
/// The label of the current tab.
const TAB: &str =
    "return document.querySelector('.tabs [aria-current]')?.firstChild.textContent.trim()";
/// The path and the query of the address after the endpoint.
const PLACE: &str = "return location.pathname.split('/').slice(3).join('/') + location.search";

/// The inspect page of an endpoint with these bodies, live.
async fn open_with(creel: &Creel, browser: &Browser, bodies: &[&str]) -> Minted {
    let endpoint = creel.mint("{}");
    for body in bodies {
        creel.deliver(&endpoint, &[], body);
    }
    browser.go(&endpoint.inspect_url).await;
    browser.see("#live[data-state='live']").await;
    endpoint
}

/// A run with another id for each number.
pub(crate) fn run_with(n: u32, status: &str) -> String {
    let body = fixture("threads-runs-create")["body"]
        .as_str()
        .expect("a body")
        .replace(
            "01a20015-a599-73cf-a7e4-82e5ac641e67",
            &format!("01a20015-a599-73cf-a7e4-82e5ac64{n:04}"),
        );
    body.replace(
        "\"status\":\"success\"",
        &format!("\"status\":\"{status}\""),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_move_through_the_list_and_the_focus_follows() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    open_with(&creel, &browser, &["1", "2", "3", "4"]).await;
    for (key, seq) in [
        ("j", "4"),
        ("j", "3"),
        ("k", "4"),
        ("k", "4"),
        ("\u{e015}", "3"),
        ("\u{e013}", "4"),
        ("G", "1"),
        ("j", "1"),
        ("g", "4"),
    ] {
        browser.press(key).await;
        browser.wait(FOCUS, seq).await;
        browser.wait(OPEN, json!([seq, seq])).await;
        browser.wait(PLACE, seq).await;
    }
    // Tab continues at the row, not at the top of the page.
    browser.press(Key::Tab).await;
    assert_eq!(browser.run(FOCUS).await, "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_leads_into_the_delivery_and_escape_back_to_its_row() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let long = "line\n".repeat(400);
    open_with(&creel, &browser, &["1", &long, "3"]).await;
    browser.press("jj").await;
    browser.wait(OPEN, json!(["2", "2"])).await;
    browser.press(Key::Enter).await;
    assert_eq!(browser.run(FOCUS).await, "detail");
    // Here arrow keys scroll.
    browser.press(Key::Down).await;
    browser
        .wait(
            "return document.getElementById('detail').scrollTop > 0",
            true,
        )
        .await;
    assert_eq!(browser.run(OPEN).await, json!(["2", "2"]));
    browser.press(Key::Escape).await;
    assert_eq!(browser.run(FOCUS).await, "2");
    browser.press(Key::Down).await;
    browser.wait(OPEN, json!(["1", "1"])).await;
    // From a link of the delivery too.
    browser.press(Key::Enter).await;
    browser.press(Key::Tab).await;
    let inside = "return document.activeElement.closest('#detail') !== null";
    assert_eq!(browser.run(inside).await, true);
    browser.press(Key::Escape).await;
    assert_eq!(browser.run(FOCUS).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn u_opens_unread_deliveries_and_f_shows_failed_ones() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = open_with(&creel, &browser, &["1", "2"]).await;
    creel.deliver(&endpoint, &[], run_with(1, "error"));
    creel.deliver(&endpoint, &[], run_with(2, "success"));
    browser.see_seqs(&[4, 3, 2, 1]).await;
    browser.see(".row.unread[data-seq='3']").await;
    browser.press("G").await;
    browser.wait(OPEN, json!(["1", "1"])).await;
    for seq in ["4", "3", "3"] {
        browser.press("u").await;
        browser.wait(OPEN, json!([seq, seq])).await;
        assert_eq!(browser.run(FOCUS).await, seq);
    }
    browser
        .wait("return document.querySelector('.row.unread')", Value::Null)
        .await;
    browser.press_and_leave("f").await;
    // The delivery stays open.
    browser.wait(PLACE, "3?show=failed").await;
    browser.see_seqs(&[3]).await;
    browser.see("#live[data-state='live']").await;
    browser.press_and_leave("f").await;
    browser.wait(PLACE, "3").await;
    browser.see_seqs(&[4, 3, 2, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_and_digits_open_the_tabs() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    open_with(&creel, &browser, &["{\"a\": 1}", &run_with(1, "success")]).await;
    browser.press("j").await;
    browser.wait(OPEN, json!(["2", "2"])).await;
    for (key, tab) in [
        ("b", "Body"),
        ("v", "Conversation"),
        ("h", "Request"),
        ("o", "Overview"),
        ("5", "Fields"),
        ("4", "Request"),
        ("3", "Body"),
        ("2", "Conversation"),
        ("1", "Overview"),
        ("b", "Body"),
    ] {
        browser.press(key).await;
        browser.wait(TAB, tab).await;
    }
    // The tab stays open in the next delivery, whose tabs are fewer.
    browser.press("j").await;
    browser.wait(OPEN, json!(["1", "1"])).await;
    assert_eq!(browser.run(TAB).await, "Body");
    for (key, tab) in [
        ("2", "Request"),
        ("1", "Body"),
        ("o", "Body"),
        ("5", "Body"),
    ] {
        browser.press(key).await;
        browser.wait(TAB, tab).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c_copies_the_url_and_y_a_curl_command() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.allow_clipboard(&creel).await;
    let target = browser.create_endpoint(&creel).await;
    browser.see("#live[data-state='live']").await;
    assert_eq!(creel.http("POST", &target, &[], b"in the body").status, 200);
    browser.wait(OPEN, json!(["1", "1"])).await;
    browser.press("c").await;
    browser.read("#copy-url", "Copied").await;
    let url = format!("http://{}{target}", creel.addr);
    browser.paste(&url).await;
    browser.press("y").await;
    browser.read("#menu-copy summary", "Copied").await;
    browser.paste("curl --globoff").await;
    browser.paste("--data-raw 'in the body'").await;
    browser.read("#menu-copy summary", "Copy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l_pauses_n_shows_new_rows_and_s_leads_to_sharing() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let target = browser.create_endpoint(&creel).await;
    for _ in 0..40 {
        creel.http("POST", &target, &[], b"{}");
    }
    browser.page.refresh().await.expect("a reload");
    browser.see("#live[data-state='live']").await;
    browser.press("l").await;
    browser.see("#live[data-state='paused']").await;
    browser.press("l").await;
    browser.see("#live[data-state='live']").await;
    browser.run("list.scrollTop = 500").await;
    creel.http("POST", &target, &[], b"{}");
    browser.read("#new-rows:not([hidden])", "1 new").await;
    assert_eq!(browser.seqs().await[0], 40);
    browser.press("n").await;
    browser.see(".row[data-seq='41']").await;
    browser.wait("return list.scrollTop", 0).await;
    browser.press_and_leave("s").await;
    browser.wait(PLACE, "settings").await;
    browser.see("#share:target").await;
}

/// Presses every key that there may be, and returns those that the page handles. Nothing that they start leads away from the page.
const HANDLED: &str = r#"
    navigation.addEventListener("navigate", (event) => event.preventDefault());
    const named = ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Enter", "Escape", "Tab", "Home", "End", "PageUp", "PageDown",
                   "Backspace", "Delete", "F1", " "];
    const printed = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at));
    const handled = [...named, ...printed].filter((key) => {
        document.activeElement.blur();
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
        help.close();
        return event.defaultPrevented;
    });
    return handled.sort();
"#;
/// The keys that the help lists, as events name them.
const LISTED: &str = r#"
    const names = { "Esc": "Escape", "↓": "ArrowDown", "↑": "ArrowUp" };
    const keys = [...document.querySelectorAll("dialog kbd")].map((key) => key.textContent);
    const all = keys.flatMap((key, at) => {
        if (key !== "…") return [names[key] ?? key];
        const [from, to] = [keys[at - 1], keys[at + 1]].map(Number);
        return Array.from({ length: to - from - 1 }, (_, more) => String(from + 1 + more));
    });
    return all.sort();
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_help_lists_every_key_and_no_other() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    open_with(&creel, &browser, &["1", "2"]).await;
    browser.press("j").await;
    browser.wait(OPEN, json!(["2", "2"])).await;
    browser.press("?").await;
    browser.see("#help[open]").await;
    let lines = "return [...document.querySelectorAll('#help .keys > div')].every(line => line.querySelector('kbd') && line.querySelector('dd').innerText)";
    assert_eq!(browser.run(lines).await, true);
    let mut listed: Vec<String> = serde_json::from_value(browser.run(LISTED).await).expect("keys");
    // It begins at its first line, also where it is longer than the window.
    browser.press(Key::Escape).await;
    browser.set_window(400, "light").await;
    browser.press("?").await;
    browser.see("#help[open]").await;
    let place = "return [help.scrollHeight > help.clientHeight, help.scrollTop]";
    assert_eq!(browser.run(place).await, json!([true, 0]));
    // While the help is open, no other key does anything.
    browser.press("j").await;
    assert_eq!(browser.run(OPEN).await, json!(["2", "2"]));
    browser.press("?").await;
    browser.see("#help:not([open])").await;
    browser.press("?").await;
    browser.press(Key::Escape).await;
    browser.see("#help:not([open])").await;
    // What Enter does is up to the browser; e and p mean something within JSON.
    listed.retain(|key| !["Enter", "e", "p"].contains(&key.as_str()));
    let handled: Vec<String> = serde_json::from_value(browser.run(HANDLED).await).expect("keys");
    assert_eq!(handled, listed);
    assert!(listed.len() > 20, "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_do_nothing_in_a_field_or_with_control() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    open_with(&creel, &browser, &["1", "2"]).await;
    browser.press("j").await;
    browser.wait(OPEN, json!(["2", "2"])).await;
    let chain = browser
        .page
        .action_chain()
        .key_down(Key::Control)
        .send_keys("j");
    chain.key_up(Key::Control).perform().await.expect("keys");
    assert_eq!(browser.run(OPEN).await, json!(["2", "2"]));
    browser
        .run("const field = document.createElement('input'); document.body.append(field); field.focus()")
        .await;
    browser.press("jx").await;
    browser
        .wait("return document.activeElement.value", "jx")
        .await;
    assert_eq!(browser.run(OPEN).await, json!(["2", "2"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_opens_closes_and_moves_by_keyboard() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    open_with(&creel, &browser, &["1"]).await;
    browser.press("j").await;
    browser.wait(OPEN, json!(["1", "1"])).await;
    browser
        .run("document.querySelector('#menu-copy summary').focus()")
        .await;
    browser.press(Key::Enter).await;
    browser.see("#menu-copy[open]").await;
    let at = "const items = [...document.querySelectorAll('#menu-copy .menu-items :is(a, button)')]; \
              return [items.indexOf(document.activeElement), items.length]";
    let items = browser.run(at).await[1].as_i64().expect("a number");
    for (key, index) in [
        (Key::Up, items - 1),
        (Key::Down, 0),
        (Key::Down, 1),
        (Key::Up, 0),
    ] {
        browser.press(key).await;
        assert_eq!(browser.run(at).await, json!([index, items]));
    }
    browser.press(Key::Escape).await;
    browser.see("#menu-copy:not([open])").await;
    let focused = "return document.activeElement.matches('#menu-copy summary')";
    assert_eq!(browser.run(focused).await, true);
    assert_eq!(browser.run(OPEN).await, json!(["1", "1"]));
}
