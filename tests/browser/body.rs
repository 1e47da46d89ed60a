//! Bodies by their kind: JSON that folds, fields, parts, pictures.

use serde_json::json;

use crate::app::{Creel, Minted};
use crate::browser::Browser;

/// A picture of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x56\xc7\x2f\r\0\0\0\0IEND\xaeB`\x82";

/// Sends a body and opens its tab.
async fn open_body(creel: &Creel, browser: &Browser, endpoint: &Minted, sent: (&str, &[u8])) {
    let (media_type, body) = sent;
    let lines = [("Content-Type", media_type)];
    let response = creel.http("POST", &endpoint.target, &lines, body);
    assert_eq!(response.status, 200);
    let page = format!(
        "http://{}/inspect/{}/1?tab=body",
        creel.pages(),
        endpoint.id
    );
    browser.go(&endpoint.inspect_url).await;
    browser.go(&page).await;
    browser.see("#live[data-state='live']").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_folds_and_says_its_paths() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let body = br#"{"a": {"b c": [1, {"d": null}]}, "e": "x"}"#;
    open_body(&creel, &browser, &endpoint, ("application/json", body)).await;
    let lines =
        "return [...document.querySelectorAll('.json-line')].filter(line => !line.hidden).length";
    assert_eq!(browser.run(lines).await, 11);
    browser.click(".json-line:nth-child(6)").await;
    browser.read(".json-bar code", r#"a["b c"][1].d"#).await;
    browser.click(".json-line:nth-child(2)").await;
    browser.read(".json-bar code", "a").await;
    browser.click(".json-bar button").await;
    browser.read(".json-bar", "Unfold").await;
    assert_eq!(browser.run(lines).await, 4);
    browser.press("e").await;
    assert_eq!(browser.run(lines).await, 4, "e folds only within the body");
    browser
        .run("document.querySelector('pre.json').focus()")
        .await;
    browser.press("e").await;
    assert_eq!(browser.run(lines).await, 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_and_their_values_are_told_apart() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let form = "application/x-www-form-urlencoded";
    let body = b"note=a%26b%3Dc+d&tag=x&tag=y&empty=&flag";
    open_body(&creel, &browser, &endpoint, (form, body)).await;
    let cells = "return [...document.querySelectorAll('.lines tbody tr')].map(row => \
                 [row.querySelector('th code').textContent, row.querySelector('td code')?.textContent ?? null])";
    let expected = json!([
        ["note", "a&b=c d"],
        ["tag", "x"],
        ["tag", "y"],
        ["empty", ""],
        ["flag", null]
    ]);
    assert_eq!(browser.run(cells).await, expected);
    browser.click(".segments a[href$='view=raw']").await;
    browser.read("#body-text", "note=a%26b%3Dc+d&tag=x").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_shown_by_their_kind_and_pictures_are_drawn() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let text = b"--b\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"id\":7}\r\n\
                 --b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"../na\xc3\xafve.png\"\r\n\r\n";
    let body = [text, PNG, b"\r\n--b--\r\n"].concat();
    let media_type = "multipart/form-data; boundary=b";
    open_body(&creel, &browser, &endpoint, (media_type, &body)).await;
    browser
        .read(".body-part:nth-child(1) pre", "\"id\": 7")
        .await;
    browser
        .read(".body-part:nth-child(2)", "na\u{ef}ve.png")
        .await;
    browser
        .wait(
            "return document.querySelector('.picture img').naturalWidth",
            json!(1),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_no_json_stops_no_script() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let body = b"{\"\\x\":1}\n{\"a\":2}\n";
    open_body(&creel, &browser, &endpoint, ("application/x-ndjson", body)).await;
    browser.press("?").await;
    browser.see("#help[open]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c18_copy_gives_the_exact_text() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    browser.allow_clipboard(&creel).await;
    for (media_type, body, text) in [
        (
            "text/plain",
            &b"line one\r\nline two\r\n"[..],
            "line one\r\nline two\r\n",
        ),
        ("text/plain", b"one\rtwo\tthree \n", "one\rtwo\tthree \n"),
        (
            "text/plain; charset=iso-8859-1",
            b"Z\xfcrich\r\n",
            "Zürich\r\n",
        ),
        ("application/json", b"\xff\xfe[\0]\0", "[]"),
        ("application/json", b"{\"a\":  1.0}", "{\"a\":  1.0}"),
    ] {
        let endpoint = creel.mint("{}");
        open_body(&creel, &browser, &endpoint, (media_type, body)).await;
        let emptied = "return navigator.clipboard.writeText('nothing')";
        browser.run(emptied).await;
        browser.click(".body-bar button.copy").await;
        let copied = "return navigator.clipboard.readText()";
        browser.wait(copied, json!(text)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c08_a_charset_is_chosen_on_the_page() {
    let creel = Creel::start(&[]);
    for browser in [Browser::open().await, Browser::without_script().await] {
        let endpoint = creel.mint("{}");
        let lines = [("Content-Type", "text/plain; charset=iso-8859-1")];
        let sent = creel.http("POST", &endpoint.target, &lines, b"Z\xfcrich");
        assert_eq!(sent.status, 200);
        let pages = creel.pages();
        let page = format!("http://{pages}/inspect/{}/1?tab=body", endpoint.id);
        browser.go(&endpoint.inspect_url).await;
        browser.go(&page).await;
        browser.read("#body-text", "Zürich").await;
        browser.click(".charset summary").await;
        browser.click(".charset option:nth-child(22)").await;
        browser.click(".charset button").await;
        browser.read("#body-text", "ZЭrich").await;
        browser.read(".body-bar", "koi8-r, chosen").await;
        browser.click(".segments a[href*='view=raw']").await;
        browser.read(".body-bar", "koi8-r, chosen").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_take_a_quarter_of_the_request_tab() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let (name, value) = ("n".repeat(200), "v".repeat(2000));
    let lines = [(name.as_str(), value.as_str()), ("A", "b")];
    let sent = creel.http("POST", &endpoint.target, &lines, b"");
    assert_eq!(sent.status, 200);
    browser.go(&endpoint.inspect_url).await;
    let pages = creel.pages();
    let page = format!("http://{pages}/inspect/{}/1?tab=request", endpoint.id);
    browser.go(&page).await;
    browser.see("table.lines").await;
    let shares = "return [...document.querySelectorAll('table.lines')].map(table => \
                  Math.round(100 * table.querySelector('tbody th').offsetWidth / table.offsetWidth))";
    assert_eq!(browser.run(shares).await, json!([24, 24]));
}

#[tokio::test(flavor = "multi_thread")]
async fn c20_blanks_take_their_room() {
    let creel = Creel::start(&[]);
    let browser = Browser::open().await;
    let endpoint = creel.mint("{}");
    let target = format!("{}&q=a++b&p=%20x%20&n=a+b", endpoint.target);
    assert_eq!(creel.http("POST", &target, &[], b"").status, 200);
    browser.go(&endpoint.inspect_url).await;
    let page = format!(
        "http://{}/inspect/{}/1?tab=request",
        creel.pages(),
        endpoint.id
    );
    browser.go(&page).await;
    browser.see(".lines .exact-text").await;
    let widths = "const codes = [...document.querySelectorAll('td .exact-text')]; \
                  const width = text => codes.find(code => code.textContent === text)?.getBoundingClientRect().width ?? 0; \
                  return [width('a  b') > width('a b'), width(' x ') === width('a b'), codes.map(code => code.textContent)]";
    let found = browser.run(widths).await;
    assert_eq!(
        (&found[0], &found[1]),
        (&json!(true), &json!(true)),
        "{found}"
    );
}
