//! Starting runs and missing deliveries: the panel, the deployment stored in the browser, and the documentation pages.

use super::{Visitor, attributes, between, set_cookies};
use crate::app::Creel;
use crate::guard::at_host;

/// The text of the element with this id.
pub(super) fn text(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).expect(id);
    let markup = between(rest, ">", "</pre>");
    [
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(markup.to_owned(), |text, (escaped, letter)| {
        text.replace(escaped, letter)
    })
}

/// The URLs of all snippets that the panel links to.
fn snippets(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1);
    let mut found: Vec<String> = links
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.ends_with("#start"))
        .map(|link| link.replace("&#38;", "&").replace("#start", ""))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_call_is_linked_in_every_language() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let url = format!("http://{}{}", creel.addr, owner.target(&id));
    let first = owner.opens(&format!("/inspect/{id}?how=langgraph"));
    assert!(text(&first, "start-snippet").contains("/threads/$THREAD_ID/runs\""));
    let mut ways: Vec<String> = Vec::new();
    for link in snippets(&first) {
        let page = owner.opens(&link);
        ways.push(link);
        for link in snippets(&page) {
            let page = owner.opens(&link);
            assert!(text(&page, "start-snippet").contains(&url), "{link}");
            let (_, panel) = page.split_once("id=\"start\"").expect("the panel");
            assert_eq!(panel.matches("aria-current=\"true\"").count(), 2, "{link}");
            ways.push(link);
        }
    }
    ways.sort();
    ways.dedup();
    assert_eq!(ways.len(), 30);
    let nonsense = owner.opens(&format!("/inspect/{id}?how=langgraph&way=%3Cx%3E&in=cobol"));
    assert_eq!(
        text(&nonsense, "start-snippet"),
        text(&first, "start-snippet")
    );
}

#[test]
fn l08_a_stateless_cron_has_a_caveat_for_the_javascript_server() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let panel = |way: &str| {
        let page = owner.opens(&format!(
            "/inspect/{id}?how=langgraph&way={way}&in=javascript"
        ));
        let (_, panel) = page.split_once("id=\"start\"").expect("the panel");
        panel.to_owned()
    };
    let caveat = "JavaScript server answers 400";
    for way in ["cron", "cron-change", "thread-cron"] {
        assert!(panel(way).contains(caveat), "{way}");
    }
    assert!(!panel("stateless").contains(caveat));
    let docs = creel.http("GET", "/docs/starting-runs", &[], b"").text();
    assert_eq!(docs.matches(caveat).count(), 3);
}

#[test]
fn the_panel_is_served_as_a_fragment() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let cookie = creel.key_cookie(&endpoint);
    let page = format!("/inspect/{}?how=langgraph&way=batch&in=python", endpoint.id);
    let headers = [("Cookie", cookie.as_str()), ("X-Fragment", "start")];
    let panel = creel.http("GET", &page, &headers, b"");
    assert!(panel.text().starts_with("<section class=\"start\""));
    assert!(panel.text().contains("create_batch"));
    let stranger = creel.http("GET", &page, &headers[1..], b"");
    assert_eq!(stranger.status, 404);
}

#[test]
fn a_deployment_is_stored_per_browser() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let (one, other) = (owner.mints(), owner.mints());
    let form =
        "url=https%3A%2F%2Fagents.example.com%2F&assistant=it%27s+mine&key=on&way=cron&in=curl";
    let typed = owner.sends(&format!("/inspect/{one}/deployment"), form);
    assert_eq!(typed.status, 303, "{}", typed.text());
    let back = format!("/inspect/{one}?how=langgraph&way=cron&in=curl#start");
    assert_eq!(typed.header("location"), Some(back.as_str()));
    let cookies = set_cookies(&typed);
    assert_eq!(cookies.len(), 1);
    let expected = [
        "HttpOnly",
        "Max-Age=31536000",
        "Path=/inspect",
        "SameSite=Lax",
    ];
    assert_eq!(attributes(&cookies[0]), expected);
    let kept = cookies[0].split(';').next().expect("a cookie");
    assert!(
        !kept.to_lowercase().contains("langsmith"),
        "no key is in it: {kept}"
    );

    let stranger = owner.opens(&format!("/inspect/{other}?how=langgraph"));
    assert!(text(&stranger, "start-snippet").contains("'http://localhost:2024'"));
    owner.cookies = format!("{}; {kept}", owner.cookies);
    for id in [&one, &other] {
        let page = owner.opens(&format!("/inspect/{id}?how=langgraph&way=stateless"));
        let snippet = text(&page, "start-snippet");
        assert!(snippet.contains("LANGGRAPH_URL='https://agents.example.com'\n"));
        assert!(
            snippet.contains("\"assistant_id\": \"it'\\''s mine\""),
            "{snippet}"
        );
        assert!(snippet.contains("\"x-api-key: $LANGSMITH_API_KEY\""));
        assert!(page.contains("name=\"key\" checked"));
    }
}

#[test]
fn invalid_deployments_are_refused_in_forms_and_cookies() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let send = |form: &str| owner.sends(&format!("/inspect/{id}/deployment"), form);
    for (form, why) in [
        ("url=javascript:alert(1)&assistant=a", "http://"),
        (
            "url=http://user:secret@h/&assistant=a",
            "must not contain a user name",
        ),
        ("url=http://h/?x=1&assistant=a", "must not contain ? or #"),
        ("url=http://h/&assistant=", "1 to 100"),
        ("url=http://h/&assistant=a%0Ab", "one line"),
    ] {
        let refused = send(form);
        assert_eq!(refused.status, 400, "{form}");
        assert!(refused.text().contains(why), "{form}: {}", refused.text());
        assert_eq!(set_cookies(&refused), [""; 0]);
    }
    for value in [
        "url=javascript%3Aalert(1)&assistant=a",
        "url=http%3A%2F%2Fh&assistant=a%0Ab",
        "assistant=a",
        "%%%",
        "",
    ] {
        let cookies = creel.cookies();
        let mut spoilt = Visitor::new(&creel);
        let request = owner.cookies.split_once('=').expect("a cookie").1;
        let secret = request.split_once('.').expect("a value with its MAC").0;
        let cookie = cookies.deployment(secret, value).stripped().to_string();
        spoilt.cookies = format!("{}; {cookie}", owner.cookies);
        let page = spoilt.opens(&format!("/inspect/{id}?how=langgraph"));
        assert!(
            text(&page, "start-snippet").starts_with("LANGGRAPH_URL='http://localhost:2024'\n"),
            "{cookie}"
        );
    }
}

#[test]
fn another_site_cannot_set_the_deployment() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let target = format!("/inspect/{id}/deployment");
    let form = b"url=http://evil.example&assistant=a";
    let content_type = ("Content-Type", "application/x-www-form-urlencoded");
    let foreign = [
        ("Cookie", owner.cookies.as_str()),
        content_type,
        ("Origin", "http://evil.example"),
    ];
    assert_eq!(creel.http("POST", &target, &foreign, form).status, 403);
    assert_eq!(
        creel.http("POST", &target, &[content_type], form).status,
        404
    );
    let link = format!("/inspect/{id}?how&url=http://evil.example&assistant=a");
    let page = owner.asks("GET", &link);
    assert_eq!(set_cookies(&page), [""; 0]);
    assert!(!page.text().contains("evil.example"));
}

#[test]
fn the_token_can_be_sent_in_a_header() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let target = owner.target(&id);
    let (path, token) = target.split_once("?token=").expect("a token");
    let page = owner.opens(&format!("/inspect/{id}?how=langgraph"));
    let block = text(&page, "header-block");
    let block: serde_json::Value = serde_json::from_str(&format!("{{{block}}}")).unwrap();
    assert_eq!(
        block["webhooks"]["headers"]["Authorization"],
        "Bearer ${{ env.LG_WEBHOOK_TOKEN }}"
    );
    assert_eq!(block["webhooks"]["url"]["disable_loopback"], false);
    assert_eq!(
        text(&page, "header-environment"),
        format!("LG_WEBHOOK_TOKEN='{token}'")
    );
    let url = text(&page, "header-url");
    assert_eq!(url, format!("http://{}{path}", creel.addr));
    let bearer = format!("Bearer {token}");
    let sent = creel.http("POST", path, &[("Authorization", &bearer)], b"{}");
    assert_eq!(sent.status, 200);
    assert!(
        owner
            .opens(&format!("/inspect/{id}/1"))
            .contains("token ok")
    );
    owner.sends(&format!("/inspect/{id}/settings"), "name=&token=none");
    let page = owner.opens(&format!("/inspect/{id}?how=langgraph"));
    assert!(!page.contains("header-block"), "there is no token");
}

#[test]
fn only_a_waiting_page_links_to_the_causes() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let waits = owner.opens(&format!("/inspect/{id}?how=langgraph"));
    assert!(waits.contains("id=\"stalled\" role=\"status\" data-after-ms=\"30000\""));
    let doctor = format!("href=\"/doctor?endpoint={id}\"");
    for page in [&waits, &owner.opens("/docs/nothing-arrives")] {
        for (cause, says) in [
            ("refused", "Webhook host blocked: loopback IP range"),
            ("singular", "/threads/"),
            ("container", "host.docker.internal"),
            ("certificate", "is not trusted"),
            ("disabled", "http.disable_webhooks"),
            ("redirect", "307 or 308"),
            ("javascript", "worker"),
        ] {
            let (_, rest) = page.split_once(&format!("id=\"{cause}\"")).expect(cause);
            let cause = rest.split("</li>").next().unwrap_or_default();
            assert!(cause.contains(says), "{cause}");
        }
    }
    assert!(waits.contains(&doctor), "it asks about this URL");
    assert_eq!(
        creel.http("POST", &owner.target(&id), &[], b"{}").status,
        200
    );
    let how = owner.opens(&format!("/inspect/{id}?how=langgraph"));
    assert!(how.contains("id=\"refused\"") && !how.contains("id=\"stalled\""));
}

#[test]
fn the_documentation_is_public_and_has_no_captured_data() {
    let creel = Creel::start(&["--mint", "operator"]);
    for path in ["/docs/nothing-arrives", "/docs/starting-runs"] {
        let page = creel.http("GET", path, &[], b"");
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(set_cookies(&page), [""; 0]);
        assert_eq!(at_host(&creel, "evil.example", "GET", path, "").status, 403);
        assert_eq!(creel.http("HEAD", path, &[], b"").status, 200);
    }
    let ways = creel.http("GET", "/docs/starting-runs", &[], b"").text();
    assert_eq!(ways.matches("</strong> /").count(), 10);
    for way in [
        "POST</strong> /runs/batch",
        "PATCH</strong> /runs/crons/{cron_id}",
    ] {
        assert!(ways.contains(way), "{way}");
    }
    assert!(ways.contains("LG_WEBHOOK_TOKEN"));
}
