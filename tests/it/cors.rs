//! Browsers may send (C30): preflights, the headers of responses, and the setting that says which pages may.

mod counting;

use serde_json::{Value, json};

use crate::app::{Creel, Minted, Response, eventually};

const PAGE: &str = "https://app.example.com";
const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// A preflight from a page of this origin, with more header lines.
fn preflight(creel: &Creel, endpoint: &Minted, origin: &str, lines: &str) -> Response {
    let head = format!(
        "OPTIONS {} HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: PUT\r\n{lines}Connection: close\r\n\r\n",
        endpoint.target, creel.addr
    );
    creel.raw(head.as_bytes())
}

fn post(creel: &Creel, endpoint: &Minted, origin: &str) -> Response {
    creel.http("POST", &endpoint.target, &[("Origin", origin)], b"{}")
}

fn preflights(creel: &Creel, endpoint: &Minted) -> Value {
    creel.api(endpoint, "").json()["preflights"].clone()
}

fn is_allowed(response: &Response) -> bool {
    response.header(ALLOW_ORIGIN).is_some()
}

#[test]
fn a_preflight_is_answered_and_no_delivery() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let lines = "Access-Control-Request-Headers: authorization,content-type,x-a\r\n\
                 Access-Control-Request-Private-Network: true\r\n";
    let response = preflight(&creel, &endpoint, PAGE, lines);
    assert_eq!((response.status, response.body.len()), (204, 0));
    for (name, value) in [
        (ALLOW_ORIGIN, "*"),
        ("access-control-allow-methods", "PUT"),
        (
            "access-control-allow-headers",
            "authorization,content-type,x-a",
        ),
        ("access-control-max-age", "600"),
        ("access-control-allow-private-network", "true"),
        ("content-security-policy", "sandbox"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(response.header(name), Some(value), "{}", response.head);
    }
    let vary = response.header("vary").unwrap();
    assert!(vary.starts_with("Origin, Access-Control-Request-Method"));
    assert!(!response.head.contains("-credentials"), "{}", response.head);

    let many = preflight(&creel, &endpoint, PAGE, &"X-N: y\r\n".repeat(120));
    assert_eq!(
        many.status, 204,
        "with more lines than the framework accepts"
    );
    let plain = preflight(&creel, &endpoint, PAGE, "Content-Length: 0\r\n");
    assert_eq!(plain.status, 204);
    assert!(!plain.head.contains("private-network: "), "{}", plain.head);
    assert!(!plain.head.contains("allow-headers"), "{}", plain.head);
    assert_eq!(creel.deliveries(&endpoint), [json!(null); 0]);
    eventually("all are counted", || {
        (preflights(&creel, &endpoint) == 3).then_some(())
    });
    let listed = creel.http(
        "OPTIONS",
        "/hook/00000000-0000-4000-8000-000000000000",
        &[],
        b"",
    );
    assert_eq!(listed.status, 404);
}

#[test]
fn options_that_are_no_preflight_are_deliveries() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let asks = "Access-Control-Request-Method: PUT\r\n";
    for (n, lines) in [
        String::new(),
        format!("Origin: {PAGE}\r\n"),
        asks.to_owned(),
        format!("Origin: {PAGE}\r\nOrigin: {PAGE}\r\n{asks}"),
        // As CloudEvents asks.
        "WebHook-Request-Origin: events.example\r\nWebHook-Request-Rate: 120\r\n".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let head = format!(
            "OPTIONS {} HTTP/1.1\r\nHost: x\r\n{lines}Connection: close\r\n\r\n",
            endpoint.target
        );
        assert_eq!(creel.raw(head.as_bytes()).status, 200, "{lines}");
        assert_eq!(creel.deliveries(&endpoint).len(), n + 1, "{lines}");
    }
    let with_body = [("Origin", PAGE), ("Access-Control-Request-Method", "PUT")];
    let response = creel.http("OPTIONS", &endpoint.target, &with_body, b"x");
    assert_eq!(response.status, 200);
    let asked = creel.http("POST", &endpoint.target, &with_body, b"x");
    assert_eq!(asked.status, 200);
    assert_eq!(creel.deliveries(&endpoint).len(), 7);
    assert_eq!(preflights(&creel, &endpoint), 0);
}

#[test]
fn an_allowed_page_can_read_the_response() {
    let creel = Creel::start(&[]);
    let any = creel.mint(r#"{"reply": [503, 204, 200]}"#);
    for (origin, status) in [(PAGE, 503), ("null", 204), ("moz-extension://a-b", 200)] {
        let response = post(&creel, &any, origin);
        assert_eq!(response.status, status);
        assert_eq!(response.header(ALLOW_ORIGIN), Some("*"));
        assert_eq!(response.header("vary"), Some("Origin"));
        assert_eq!(response.header("access-control-expose-headers"), Some("*"));
        assert_eq!(response.header("content-security-policy"), Some("sandbox"));
        assert!(!response.head.contains("-credentials"), "{}", response.head);
    }
    let from_a_program = creel.http("POST", &any.target, &[], b"{}");
    assert!(!from_a_program.head.contains("access-control-"));
    assert_eq!(from_a_program.header("vary"), None);
}

#[test]
fn only_pages_of_listed_origins_may_send_and_read() {
    let creel = Creel::start(&[]);
    let cors = r#"{"cors": ["https://APP.example.com:443/", "http://localhost:3000", "null"]}"#;
    let endpoint = creel.mint(cors);
    for origin in [PAGE, "http://localhost:3000", "null"] {
        for response in [
            preflight(&creel, &endpoint, origin, ""),
            post(&creel, &endpoint, origin),
        ] {
            assert_eq!(response.header(ALLOW_ORIGIN), Some(origin));
            assert!(response.header("vary").unwrap().starts_with("Origin"));
        }
    }
    let strangers = ["http://app.example.com", "http://localhost:3001", "file://"];
    for origin in strangers {
        let asked = preflight(&creel, &endpoint, origin, "");
        assert_eq!(asked.status, 204);
        assert!(!asked.head.contains("access-control-"), "{}", asked.head);
        let sent = post(&creel, &endpoint, origin);
        assert!(sent.status == 200 && !is_allowed(&sent), "{}", sent.head);
        assert_eq!(sent.header("vary"), Some("Origin"));
    }
    assert_eq!(creel.deliveries(&endpoint).len(), 6, "all are recorded");
    eventually("all are counted", || {
        (preflights(&creel, &endpoint) == 6).then_some(())
    });
}

#[test]
fn off_allows_no_page_and_records_all() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"cors": "off"}"#);
    for origin in [PAGE, "null"] {
        assert!(!is_allowed(&preflight(&creel, &endpoint, origin, "")));
        assert!(!is_allowed(&post(&creel, &endpoint, origin)));
    }
    assert_eq!(creel.deliveries(&endpoint).len(), 2);
}

#[test]
fn pages_and_api_allow_no_other_origin() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let lines = [("Origin", PAGE), ("Access-Control-Request-Method", "POST")];
    let at_endpoint = format!("/api/v1/endpoints/{}", endpoint.id);
    for target in ["/", "/api/v1/endpoints", &at_endpoint, "/livez", "/doctor"] {
        for method in ["OPTIONS", "GET", "POST"] {
            let response = creel.http(method, target, &lines, b"");
            assert!(!is_allowed(&response), "{method} {target}");
        }
    }
}

#[test]
fn the_setting_is_shown_changed_and_checked() {
    let creel = Creel::start(&["--operator-token", crate::access::OPERATOR]);
    let endpoint = creel.mint("{}");
    assert_eq!(creel.api(&endpoint, "").json()["cors"], "any");
    let target = format!("/api/v1/endpoints/{}", endpoint.id);
    let operator = crate::access::bearer(crate::access::OPERATOR);
    let patch = |cors: &str| {
        let json = format!("{{\"cors\": {cors}}}");
        let lines = [("Authorization", operator.as_str())];
        creel.http("PATCH", &target, &lines, json.as_bytes())
    };
    for (asked, shown) in [
        ("\"off\"", json!("off")),
        ("[\" https://A.example/ \"]", json!(["https://a.example"])),
        ("null", json!(["https://a.example"])),
        ("\"any\"", json!("any")),
    ] {
        let changed = patch(asked);
        assert_eq!(changed.status, 200, "{}", changed.text());
        assert_eq!(changed.json()["cors"], shown);
        assert_eq!(creel.api(&endpoint, "").json()["cors"], shown);
    }
    for (wrong, why) in [
        ("\"all\"", "cors: \"all\" is not known; use \"any\""),
        ("7", "a list of origins"),
        ("[]", "at least one origin"),
        ("[\"a.example\"]", "cors: \"a.example\" is not an origin"),
        ("[\"https://*.example\"]", "has a wildcard"),
    ] {
        let refused = patch(wrong);
        assert_eq!(refused.status, 400, "{wrong}");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(why), "{wrong}: {detail}");
    }
}

#[test]
fn preflights_survive_a_restart() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for _ in 0..3 {
        preflight(&creel, &endpoint, PAGE, "");
    }
    creel.end("TERM");
    creel.restart();
    assert_eq!(preflights(&creel, &endpoint), 3);
    preflight(&creel, &endpoint, PAGE, "");
    eventually("they add up", || {
        (preflights(&creel, &endpoint) == 4).then_some(())
    });
}

#[test]
fn the_page_says_how_many_preflights_there_were() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let page = || creel.inspect(&endpoint, "").text();
    assert!(!page().contains("preflight"));
    preflight(&creel, &endpoint, PAGE, "");
    eventually("the waiting page says it", || {
        page()
            .contains("1 CORS preflight of browsers")
            .then_some(())
    });
    creel.deliver(&endpoint, &[], "{}");
    assert!(page().contains("1 CORS preflight of browsers"));
    assert!(!page().contains("not every page may send"));
    let off = creel.mint(r#"{"cors": "off"}"#);
    preflight(&creel, &off, PAGE, "");
    eventually("it names the setting", || {
        let page = creel.inspect(&off, "").text();
        page.contains("not every page may send").then_some(())
    });
}
