//! Which parts of a request are trusted: its Host, its Origin, and the headers of proxies.

use crate::access::{bearer, caught, change};
use crate::app::{Creel, Response};

/// A request with only this Host.
pub(crate) fn at_host(
    creel: &Creel,
    host: &str,
    method: &str,
    target: &str,
    lines: &str,
) -> Response {
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\n{lines}Connection: close\r\nContent-Length: 0\r\n\r\n"
    );
    creel.raw(head.as_bytes())
}

#[test]
fn an_unknown_host_name_serves_only_captures() {
    let creel = Creel::start(&[]);
    let endpoint = caught(&creel);
    let port = creel.addr.rsplit(':').next().unwrap_or_default();
    let key = format!("Authorization: {}\r\n", bearer(&endpoint.read_key));
    let foreign = [
        "evil.example",
        &format!("evil.example:{port}"),
        "localhost.evil.example",
        "a b.localhost",
        "#.localhost",
        "127.0.0.1/endpoints?x=.localhost",
        "",
        "127.0.0.1.evil.example",
    ];
    for host in foreign {
        for (method, target) in [
            ("GET", format!("/api/v1/endpoints/{}", endpoint.id)),
            ("GET", "/api/v1/endpoints".to_owned()),
            ("POST", "/api/v1/endpoints".to_owned()),
            ("GET", "/api/openapi.json".to_owned()),
            ("GET", "/".to_owned()),
            ("GET", format!("/inspect/{}", endpoint.id)),
        ] {
            let response = at_host(&creel, host, method, &target, &key);
            assert_eq!(
                response.status, 403,
                "{host} {method} {target}: {}",
                response.head
            );
        }
        let response = at_host(&creel, host, "POST", &endpoint.target, "");
        assert_eq!(
            response.status, 200,
            "{host}: senders call it what they like"
        );
        let response = at_host(&creel, host, "GET", "/livez", "");
        assert_eq!(response.status, 200, "{host}: and so do probes");
    }
    for host in [
        "localhost",
        "LOCALHOST:1",
        "creel.localhost",
        "127.0.0.1",
        "[::1]",
        "192.0.2.7:8080",
    ] {
        let response = at_host(&creel, host, "GET", "/api/openapi.json", "");
        assert_eq!(response.status, 200, "{host}");
    }
}

#[test]
fn the_public_url_is_accepted_and_used_in_urls() {
    let creel = Creel::start(&["--public-url", "http://creel.example:9000"]);
    let minted = at_host(
        &creel,
        "creel.example:9000",
        "POST",
        "/api/v1/endpoints",
        "",
    );
    assert_eq!(minted.status, 201, "{}", minted.text());
    let minted = minted.json();
    let id = minted["id"].as_str().expect("an id");
    for (name, begins) in [
        (
            "capture_url",
            format!("http://creel.example:9000/hook/{id}?token="),
        ),
        (
            "inspect_url",
            format!("http://creel.example:9000/inspect/{id}?key="),
        ),
    ] {
        let url = minted[name].as_str().unwrap_or_default();
        assert!(url.starts_with(&begins), "{name}: {url}");
    }
    assert!(
        creel
            .greeting
            .last()
            .is_some_and(|line| line.contains("http://creel.example:9000/operator?code="))
    );
    // Whatever the host name of the request.
    let minted = creel.mint("{}");
    assert!(
        minted
            .capture_url
            .starts_with("http://creel.example:9000/hook/")
    );
    assert_eq!(
        at_host(&creel, "evil.example", "GET", "/api/openapi.json", "").status,
        403
    );
}

#[test]
fn a_configured_capture_url_is_used_for_senders() {
    let creel = Creel::start(&["--capture-url", "https://in.example"]);
    let minted = creel.mint("{}");
    assert!(
        minted
            .capture_url
            .starts_with(&format!("https://in.example/hook/{}?token=", minted.id))
    );
    assert!(
        minted
            .inspect_url
            .starts_with(&format!("http://creel.localhost:{}/inspect/", creel.port()))
    );
}

#[test]
fn forwarded_host_and_scheme_are_not_trusted() {
    let creel = Creel::start(&["--trusted-proxy", "127.0.0.0/8"]);
    let lies = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example;proto=https\r\n";
    let minted = at_host(&creel, &creel.addr, "POST", "/api/v1/endpoints", lies);
    assert_eq!(minted.status, 201);
    assert!(!minted.text().contains("evil.example"), "{}", minted.text());
    let lies = "X-Forwarded-Host: localhost\r\nForwarded: host=localhost\r\n";
    assert_eq!(
        at_host(&creel, "evil.example", "GET", "/api/openapi.json", lies).status,
        403
    );
}

#[test]
fn a_page_of_another_site_changes_nothing() {
    let creel = Creel::start(&["--public-url", "https://creel.example"]);
    let cookie = creel.owner_cookie("o");
    let owner = ("Cookie", cookie.as_str());
    let minted = creel
        .http("POST", "/api/v1/endpoints", &[owner], b"{}")
        .json();
    let id = minted["id"].as_str().expect("an id");
    let ours = format!("http://{}", creel.addr);
    let foreign = [
        vec![("Origin", "http://evil.example")],
        vec![("Origin", "null")],
        vec![("Origin", "http://creel.example")],
        vec![("Origin", "https://creel.example.evil.example")],
        vec![("Origin", "http://127.0.0.1:1")],
        vec![
            ("Origin", "http://evil.example"),
            ("Sec-Fetch-Site", "same-origin"),
        ],
        vec![("Sec-Fetch-Site", "cross-site")],
        vec![("Sec-Fetch-Site", "same-site")],
    ];
    for mut from in foreign {
        from.push(owner);
        for method in ["PATCH", "DELETE"] {
            assert_eq!(
                change(&creel, method, id, &from).status,
                403,
                "{method} {from:?}"
            );
        }
        assert_eq!(
            creel.http("POST", "/api/v1/endpoints", &from, b"{}").status,
            403,
            "{from:?}"
        );
        let hook = format!("/hook/{id}");
        assert_eq!(
            creel.http("POST", &hook, &from, b"").status,
            200,
            "captures are for all"
        );
    }
    for mut from in [
        vec![],
        vec![("Origin", ours.as_str())],
        vec![("Origin", "https://creel.example")],
        vec![("Sec-Fetch-Site", "same-origin")],
        vec![("Sec-Fetch-Site", "none")],
    ] {
        from.push(owner);
        assert_eq!(change(&creel, "PATCH", id, &from).status, 200, "{from:?}");
    }
}

#[test]
fn c37_the_client_is_named_by_a_trusted_proxy_or_the_peer() {
    let client = |creel: &Creel, lines: &[(&str, &str)]| {
        let endpoint = creel.mint("{}");
        assert_eq!(creel.http("POST", &endpoint.target, lines, b"").status, 200);
        let caught = creel.deliveries(&endpoint).remove(0);
        assert!(
            caught["peer"]
                .as_str()
                .is_some_and(|peer| peer.starts_with("127.0.0.1:"))
        );
        caught["client"].as_str().unwrap_or_default().to_owned()
    };
    let untrusting = Creel::start(&[]);
    let forwarded = [("Forwarded", "for=203.0.113.9")];
    let many: Vec<_> = forwarded.into_iter().chain([("X-N", "y"); 120]).collect();
    let elsewhere = Creel::start(&["--trusted-proxy", "10.0.0.0/8"]);
    let trusting = Creel::start(&["--trusted-proxy", "127.0.0.0/8,10.0.0.0/8"]);
    let chain = [("X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.1.2.3")];
    assert_eq!(client(&untrusting, &chain), "127.0.0.1");
    assert_eq!(
        client(&trusting, &many),
        "203.0.113.9",
        "with more lines than the framework accepts"
    );
    assert_eq!(
        client(&elsewhere, &chain),
        "127.0.0.1",
        "the peer is no proxy of ours"
    );
    for (lines, expected) in [
        (&chain[..], "203.0.113.9"),
        (
            &[
                ("X-Forwarded-For", "198.51.100.1"),
                ("x-forwarded-for", "203.0.113.9"),
            ],
            "203.0.113.9",
        ),
        (&[("X-Forwarded-For", "10.9.9.9, 10.1.2.3")], "10.9.9.9"),
        (&[("X-Forwarded-For", "2001:db8::1")], "2001:db8::1"),
        (
            &[("X-Forwarded-For", "203.0.113.9, unknown, 10.1.2.3")],
            "10.1.2.3",
        ),
        (&[("X-Forwarded-For", "nonsense")], "127.0.0.1"),
        (&[("X-Forwarded-For", "")], "127.0.0.1"),
        (&[("X-Real-IP", "203.0.113.9")], "127.0.0.1"),
        (&[], "127.0.0.1"),
        // Ports, brackets, several lines (C37).
        (&[("X-Forwarded-For", "203.0.113.9:51234")], "203.0.113.9"),
        (&[("X-Forwarded-For", "[2001:db8::1]:4711")], "2001:db8::1"),
        (
            &[
                ("X-Forwarded-For", "198.51.100.1:1, [2001:db8::1]:4711"),
                ("X-Forwarded-For", "10.1.2.3:80"),
                ("X-Forwarded-For", "::ffff:10.1.2.4"),
            ],
            "2001:db8::1",
        ),
        (
            &[("X-Forwarded-For", "203.0.113.9, ::ffff:198.51.100.1")],
            "198.51.100.1",
        ),
        // Nothing before an entry that cannot be read is believed.
        (&[("X-Forwarded-For", "203.0.113.9, ")], "127.0.0.1"),
        (&[("X-Forwarded-For", "203.0.113.9, _hidden")], "127.0.0.1"),
        (
            &[("X-Forwarded-For", "203.0.113.9, unix:, 10.1.2.3")],
            "10.1.2.3",
        ),
        (&[("Forwarded", "for=203.0.113.9")], "203.0.113.9"),
        (
            &[
                ("forwarded", "for=198.51.100.1, FOR=\"[2001:db8::1]:4711\""),
                ("Forwarded", "by=_x;for=10.1.2.3;proto=https"),
            ],
            "2001:db8::1",
        ),
        (
            &[("Forwarded", "for=203.0.113.9, for=unknown")],
            "127.0.0.1",
        ),
        (&[("Forwarded", "for=203.0.113.9, proto=http")], "127.0.0.1"),
        // A client can send Forwarded through a proxy that writes only X-Forwarded-For.
        (
            &[
                ("Forwarded", "for=198.51.100.1"),
                ("X-Forwarded-For", "203.0.113.9"),
            ],
            "203.0.113.9",
        ),
    ] {
        assert_eq!(client(&trusting, lines), expected, "{lines:?}");
    }
}
