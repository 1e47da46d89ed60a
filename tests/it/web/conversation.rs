//! The Conversation tab without JavaScript, and that the content of a state stays text.

use serde_json::{Value, json};

use super::between;
use crate::app::{Creel, Minted, Response, fixture};
use crate::talk::{ai, as_constructors, human, result, turns, with_messages, with_values};

/// Maximum size of a page of the tab, whatever the state.
const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// A delivery, with a cookie that may read it.
struct Caught {
    creel: Creel,
    endpoint: Minted,
}

impl Caught {
    fn new(body: &[u8]) -> Self {
        let creel = Creel::start(&[]);
        let endpoint = creel.mint("{}");
        creel.deliver(&endpoint, &[], body);
        Self { creel, endpoint }
    }

    fn recorded(name: &str) -> Self {
        let recording = fixture(name);
        Self::new(recording["body"].as_str().unwrap().as_bytes())
    }

    fn asks(&self, target: &str, headers: &[(&str, &str)]) -> Response {
        let cookie = self.creel.key_cookie(&self.endpoint);
        let headers = [&[("Cookie", cookie.as_str())], headers].concat();
        let response = self.creel.http("GET", target, &headers, b"");
        assert_eq!(response.status, 200, "{target}");
        response
    }

    /// The page of the delivery from the tabs on, the only part with received text.
    fn pane(&self, query: &str) -> String {
        let page = self.asks(&format!("/inspect/{}/1?{query}", self.endpoint.id), &[]);
        let page = page.text();
        assert!(page.len() < PAGE_BYTES_MAX, "{query}: {}", page.len());
        between(&page, "<nav class=\"tabs\"", "</article>").to_owned()
    }

    fn tab(&self) -> String {
        self.pane("tab=conversation")
    }

    /// The target of a link of the tab, as a script fetches it.
    fn part(&self, href: &str) -> String {
        let part = self.asks(&href.replace("&#38;", "&"), &[("X-Fragment", "part")]);
        assert!(part.text().len() < PAGE_BYTES_MAX, "{href}");
        part.text()
    }
}

/// URLs of links, as they are in the page.
fn hrefs(page: &str) -> Vec<&str> {
    let links = page.split(" href=\"").skip(1);
    links.filter_map(|rest| rest.split('"').next()).collect()
}

/// The URLs of the omitted parts.
fn rests(page: &str) -> Vec<&str> {
    hrefs(page)
        .into_iter()
        .filter(|href| href.contains("from="))
        .collect()
}

/// The visible text of HTML.
fn seen(html: &str) -> String {
    let (mut seen, mut in_tag) = (String::new(), false);
    for letter in html.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => seen.push(letter),
            _ => {}
        }
    }
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    entities
        .iter()
        .fold(seen, |seen, (entity, letter)| seen.replace(entity, letter))
}

/// The visible words, separated by spaces.
fn words(html: &str) -> String {
    seen(&html.replace('<', " <"))
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_conversation_shows_each_result_below_its_call() {
    for (name, tokens) in [
        ("threads-runs-create", "4 messages, 72 tokens in, 21 out"),
        ("js-threads-runs-create", "4 messages"),
    ] {
        let caught = Caught::recorded(name);
        let shown = words(&caught.tab());
        assert!(
            shown.contains("Overview Conversation 4 Body Request"),
            "{shown}"
        );
        assert!(shown.contains(&format!("{tokens} Last message")), "{shown}");
        let order = [
            "Human",
            "Oslo",
            "AI",
            "calls get_weather call_1",
            "city : \"Oslo\"",
            "Result",
            "sunny, 21 °C",
            "The weather is",
        ];
        let mut at = 0;
        for part in order {
            at += shown[at..]
                .find(part)
                .unwrap_or_else(|| panic!("{part} in {}", &shown[at..]));
        }
        assert!(!shown.contains("No result"), "{shown}");
    }
}

#[test]
fn a_state_without_messages_is_a_tree() {
    for name in ["status-interrupt-by-graph", "js-status-interrupt-by-graph"] {
        let shown = words(&Caught::recorded(name).tab());
        assert!(shown.contains("Overview State Body"), "{shown}");
        assert!(
            shown.contains("items : [] note : \"the first node finished\""),
            "{shown}"
        );
    }
    for name in [
        "stateless-runs-create",
        "js-stateless-runs-wait",
        "status-cancel-rollback",
    ] {
        let caught = Caught::recorded(name);
        let (tab, run) = (caught.tab(), caught.pane("tab=run"));
        assert!(words(&tab).contains("Overview Body"));
        assert_eq!(tab, run, "the Overview tab stands in");
    }
}

#[test]
fn other_values_are_shown_below_the_messages() {
    let values = json!({"messages": [human("hi")], "plan": {"done": false}});
    let shown = words(&Caught::new(&with_values("threads-runs-create", &values.to_string())).tab());
    let (messages, rest) = shown.split_once("Other values in the state").unwrap();
    assert!(messages.contains("hi") && rest.contains("plan"), "{shown}");
    assert!(
        rest.contains("done : false") && !rest.contains("messages"),
        "{rest}"
    );
}

#[test]
fn calls_without_results_and_results_without_calls_are_marked() {
    let messages = json!([result("found", "gone"), ai("", &[("search", "open")])]);
    let shown = words(&Caught::new(&with_messages(&messages)).tab());
    assert!(
        shown.contains("Tool search no earlier call has its id"),
        "{shown}"
    );
    assert!(
        shown.contains("calls search open query : \"open\" No result in this state."),
        "{shown}"
    );
}

#[test]
fn a_long_conversation_shows_the_last_messages_and_links() {
    for messages in [turns(40), as_constructors(&turns(40))] {
        let caught = Caught::new(&with_messages(&messages));
        let mut page = caught.tab();
        assert!(page.contains("id=\"m160\"") && !page.contains("id=\"m100\""));
        assert!(words(&page).contains("Answer 39"));
        let mut found = Vec::new();
        loop {
            let ids = page.split("id=\"m").skip(1);
            found.extend(ids.filter_map(|rest| rest.split('"').next()?.parse::<usize>().ok()));
            let earlier = page.split("<li class=\"earlier\">").nth(1);
            let Some(earlier) = earlier.map(|rest| hrefs(rest)[0].to_owned()) else {
                break;
            };
            page = caught.part(&earlier);
        }
        found.sort_unstable();
        assert_eq!(found, (1..=160).collect::<Vec<_>>());
        let first = caught.pane("tab=conversation&from=0");
        assert!(first.contains("id=\"m1\"") && words(&first).contains("Later messages"));
    }
}

#[test]
fn a_call_and_its_result_on_two_pages_are_linked() {
    let caught = Caught::new(&with_messages(&turns(13)));
    for (query, told, number) in [
        (
            "from=0",
            "calls search call_12 query : \"call_12\" result: message 51",
            51,
        ),
        ("from=50", "Tool search result of a call in message 50", 50),
    ] {
        let page = caught.pane(&format!("tab=conversation&{query}"));
        assert!(words(&page).contains(told), "{page}");
        let place = format!("#m{number}");
        let is_link = |href: &&str| href.ends_with(&place) && href.len() > place.len();
        let href = hrefs(&page).into_iter().find(is_link).unwrap();
        let other = caught.part(href.trim_end_matches(&place));
        assert!(other.contains(&format!("id=\"m{number}\"")), "{other}");
    }
    assert!(
        !words(&caught.tab()).contains("result is"),
        "the last page is never short"
    );
}

#[test]
fn every_part_of_a_long_text_is_linked() {
    let text = "a<b>&\"'\u{202e}日本語\u{0}\n".repeat(20_000);
    let caught = Caught::new(&with_messages(&json!([human(&text)])));
    let page = caught.tab();
    let first = between(&page, "<pre class=\"long-text\">\n", "</pre>");
    let (mut html, mut pieces) = (first.to_owned(), 1);
    while let Some(at) = html.find("<a class=\"rest\"") {
        let href = hrefs(&html[at..])[0].to_owned();
        let whole = caught.pane(href.replace("&#38;", "&").split_once('?').unwrap().1);
        let part = caught.part(&href);
        assert!(
            whole.contains(part.trim()),
            "the page shows what the script fetches"
        );
        html.replace_range(at.., part.strip_suffix("</span>").unwrap_or(&part));
        pieces += 1;
    }
    assert!(pieces > 3, "{pieces}");
    let expected = text.replace('\u{202e}', "U+202E").replace('\u{0}', "NUL");
    assert!(seen(&html) == expected);
}

#[test]
fn every_part_of_a_tree_is_linked_from_its_parent() {
    let rows: Vec<Value> = (0..250)
        .map(|row| json!({"row": row, "text": "x".repeat(30)}))
        .collect();
    let deep = (0..40).fold(
        json!("the bottom"),
        |inner, level| json!({format!("level {level}"): [inner]}),
    );
    let values = json!({"rows": rows, "deep": deep, "long": "y".repeat(9_000), "empty": {}});
    let caught = Caught::new(&with_values("threads-runs-create", &values.to_string()));
    let (mut known, mut left) = (Vec::new(), vec![caught.tab()]);
    let mut shown = String::new();
    while let Some(page) = left.pop() {
        shown += &words(&page);
        for href in hrefs(&page)
            .into_iter()
            .filter(|href| href.contains("&#38;at="))
        {
            if !known.contains(&href.to_owned()) {
                known.push(href.to_owned());
                left.push(caught.part(href));
            }
        }
    }
    assert!(
        shown.contains("row : 249") && shown.contains("level 39") && shown.contains("empty : {}")
    );
    assert!(shown.replace(' ', "").contains(&"y".repeat(9_000)));
    // It is too deep to have its own URL and is in the JSON of the deepest value that has one.
    assert!(shown.contains("the bottom"), "{shown}");
    let page = caught.pane("tab=conversation&at=0.249");
    assert!(words(&page).contains("values rows 249"), "{page}");
}

#[test]
fn media_is_named_but_not_loaded_or_linked() {
    let blocks = json!([
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "javascript:alert(1)"}},
        {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{}", "A".repeat(45_000))}},
        {"type": "image", "source_type": "url", "url": "https://pictures.example/a.png\" onerror=\"x"},
        {"type": "file", "file": {"filename": "<b>.pdf", "file_data": "AAAA"}},
        {"type": "thinking", "thinking": "hm"},
    ]);
    let message = json!({"type": "human", "content": blocks});
    let page = Caught::new(&with_messages(&json!([message]))).tab();
    let shown = words(&page);
    for told in [
        "look",
        "image_url at javascript:alert(1) , not loaded",
        "image_url image/png 45.0 kB of text, not loaded",
        "image at https://pictures.example/a.png\" onerror=\"x , not loaded",
        "file <b>.pdf 4 B of text, not loaded",
        "block thinking",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert!(
        !page.contains("<img") && !page.contains("onerror=\""),
        "{page}"
    );
    assert!(!page.contains("AAAAA") && hrefs(&page).iter().all(|href| !href.contains("pictures")));
}

/// States with markup, or too large for a page.
fn hostile() -> Vec<(&'static str, String)> {
    let script =
        r#"</pre></code><script>x()</script><img src=x onerror=x()>\" onload=\"x() \u0000 \u202e"#;
    let message = format!(
        r#"{{"type":"{script}","name":"{script}","id":"{script}","content":[{{"type":"{script}"}},"{script}"],"status":"{script}",
            "tool_calls":[{{"name":"{script}","id":"{script}","args":{{"{script}":"{script}"}}}},{{"args":"{script}"}}],
            "tool_call_id":"{script}","usage_metadata":{{"input_tokens":"{script}"}}}}"#
    );
    let lists = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let messages = |message: &str, count: usize| {
        format!(r#"{{"messages":[{}]}}"#, vec![message; count].join(","))
    };
    let wide = (0..100).map(|n| format!(r#""a{n}":{{"x":{{"y":1}}}}"#));
    let wide = wide.collect::<Vec<_>>().join(",");
    let wide_call = format!(r#"{{"id":"a","args":{{{wide}}}}}"#);
    let wide_calls = vec![wide_call.as_str(); 20].join(",");
    let many_calls = vec![r#"{"id":"a","args":{}}"#; 50_000].join(",");
    vec![
        ("script", messages(&message, 60)),
        (
            "script in names",
            format!(r#"{{"{script}":{{"{script}":["{script}"]}}}}"#),
        ),
        ("a deep state", lists(10_000)),
        (
            "deep messages",
            format!(r#"{{"messages":[{},{}]}}"#, lists(10_000), objects(10_000)),
        ),
        (
            "deep content",
            format!(r#"{{"messages":[{{"content":{}}}]}}"#, objects(10_000)),
        ),
        (
            "many messages",
            messages(r#"{"type":"ai","content":"a"}"#, 100_000),
        ),
        (
            "many wide calls",
            messages(
                &format!(r#"{{"type":"ai","tool_calls":[{wide_calls}]}}"#),
                74,
            ),
        ),
        ("many numbers", messages("1", 100_000)),
        (
            "many calls",
            format!(r#"{{"messages":[{{"tool_calls":[{many_calls}]}},{{"tool_call_id":"a"}}]}}"#),
        ),
        (
            "a long text",
            format!(
                r#"{{"messages":[{{"content":"{}"}}]}}"#,
                "x".repeat(5_000_000)
            ),
        ),
        (
            "long hidden texts",
            messages(
                &format!(r#"{{"content":"{}"}}"#, "\u{202e}".repeat(9_000)),
                50,
            ),
        ),
        (
            "a long text in a state",
            format!(r#"{{"a":"{}"}}"#, "\\u0000".repeat(500_000)),
        ),
        (
            "long names",
            format!(
                r"{{{}}}",
                vec![format!("\"{}\":1", "\u{7f}".repeat(20_000)); 100].join(",")
            ),
        ),
        (
            "many members",
            format!("[{}]", vec!["{\"a\":[1]}"; 200_000].join(",")),
        ),
        ("only text", format!("\"{script}\"")),
    ]
}

#[test]
fn a_hostile_state_stays_text_of_bounded_size() {
    for (what, values) in hostile() {
        let caught = Caught::new(&with_values("threads-runs-create", &values));
        for query in [
            "tab=conversation",
            "tab=run",
            "tab=conversation&from=0",
            "tab=conversation&at=",
            "tab=conversation&at=0",
        ] {
            let page = caught.pane(query);
            let lower = page.to_lowercase();
            for markup in ["<script", "<img", "\" onload", "\u{202e}", "\u{0}"] {
                assert!(!lower.contains(markup), "{what}, {query}: {markup}");
            }
            for href in hrefs(&page) {
                let own = href.starts_with("/inspect/")
                    || href.starts_with("/api/v1/")
                    || href.starts_with("/findings#")
                    || href.starts_with("#m");
                assert!(own && !href.contains(['<', '\'', ' ']), "{what}: {href}");
            }
        }
        let page = caught.tab();
        for href in rests(&page).into_iter().take(3) {
            caught.part(href);
        }
    }
}

#[test]
fn an_invalid_path_is_reported_or_ignored() {
    let caught = Caught::recorded("threads-runs-create");
    for nowhere in ["at=7", "at=0.4", "at=0.0.0.0.0.0", "from=99"] {
        let shown = words(&caught.pane(&format!("tab=conversation&{nowhere}")));
        assert!(
            shown.contains("The state has no value at this path."),
            "{nowhere}: {shown}"
        );
    }
    let whole = caught.tab();
    let long = format!("at={}", vec!["0"; 5_000].join("."));
    for none in [
        "at=x",
        "at=-1",
        "from=x",
        "from=-1",
        &long,
        "from=99999999999999999999",
    ] {
        assert_eq!(
            caught.pane(&format!("tab=conversation&{none}")),
            whole,
            "{none}"
        );
    }
    let odd = caught.pane("tab=conversation&at=0.0.0&from=18446744073709551615");
    assert!(!words(&odd).contains("Oslo"));
}

#[test]
fn the_run_tab_shows_the_last_messages() {
    let end = |body: &[u8]| {
        let page = Caught::new(body).pane("tab=run");
        let (_, part) = page.split_once("aria-labelledby=\"last-title\">")?;
        let (part, _) = part.split_once("</section>")?;
        Some((words(part), part.to_owned()))
    };
    let recorded = |name: &str| fixture(name)["body"].as_str().unwrap().as_bytes().to_vec();
    let (shown, part) = end(&recorded("js-threads-runs-create")).unwrap();
    assert_eq!(
        shown,
        "Last message Human Oslo AI The weather is sunny, 21 °C. All 4 messages"
    );
    assert!(hrefs(&part)[0].ends_with("?tab=conversation#m4"), "{part}");
    let (shown, _) = end(&recorded("thread-turn-2")).unwrap();
    assert_eq!(shown, "Last message Human Rome All 5 messages");
    let calls = json!([ai("Let me see.", &[("search", "1")])]);
    let (shown, _) = end(&with_messages(&calls)).unwrap();
    assert_eq!(
        shown,
        "Last message AI Let me see. calls search Conversation"
    );
    let (shown, _) = end(&with_messages(
        &json!([{"type": "human", "content": [{"type": "image"}]}]),
    ))
    .unwrap();
    assert_eq!(shown, "Last message Human image Conversation");
    for none in ["status-interrupt-by-graph", "stateless-runs-create"] {
        assert!(end(&recorded(none)).is_none(), "{none}");
    }
    assert!(end(&with_messages(&json!([]))).is_none());
}
