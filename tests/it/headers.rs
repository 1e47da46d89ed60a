//! The protecting headers on every kind of response.

use crate::access::bearer;
use crate::app::{Creel, Response};
use crate::guard::at_host;
use crate::http::Follower;

const API: &[(&str, &str)] = &[
    ("cache-control", "private, no-store"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
];
const DOWNLOAD: &[(&str, &str)] = &[
    ("cache-control", "private, no-store"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "content-security-policy",
        "sandbox; default-src 'none'; frame-ancestors 'none'",
    ),
];
const PAGE: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];
const HEALTH: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
];
const CAPTURE: &[(&str, &str)] = &[
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "sandbox"),
];

/// Method, target, header lines and body of a request, and the status of its response.
type Case<'a> = (&'a str, String, &'a [(&'a str, &'a str)], &'a [u8], u16);

fn assert_carries(what: &str, response: &Response, status: u16, headers: &[(&str, &str)]) {
    assert_eq!(response.status, status, "{what}: {}", response.head);
    for (name, value) in headers {
        assert_eq!(
            response.header(name),
            Some(*value),
            "{what}: {}",
            response.head
        );
    }
}

#[test]
fn every_api_response_forbids_caching_sniffing_and_embedding() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.http("POST", &endpoint.target, &[], b"x");
    let key = bearer(&endpoint.read_key);
    let key = &[("Authorization", key.as_str())][..];
    let here = format!("/api/v1/endpoints/{}", endpoint.id);
    let foreign = [("Origin", "http://evil.example")];
    let too_long = vec![b' '; 70_000];
    let cases: &[Case<'_>] = &[
        ("GET", "/api/openapi.json".into(), &[], b"", 200),
        ("HEAD", "/api/openapi.json".into(), &[], b"", 200),
        ("POST", "/api/v1/endpoints".into(), &[], b"{}", 201),
        ("GET", "/api/v1/endpoints".into(), &[], b"", 200),
        ("GET", here.clone(), key, b"", 200),
        ("GET", format!("{here}/deliveries"), key, b"", 200),
        ("GET", format!("{here}/deliveries/1"), key, b"", 200),
        ("POST", "/api/v1/endpoints".into(), &[], b"[", 400),
        ("GET", "/api/v1/endpoints?x=1".into(), &[], b"", 400),
        ("POST", "/api/v1/endpoints".into(), &foreign, b"{}", 403),
        ("GET", here.clone(), &[], b"", 404),
        ("GET", format!("{here}/deliveries/1/body"), &[], b"", 404),
        ("GET", "/api/v1/nothing".into(), &[], b"", 404),
        ("GET", "/api/nothing".into(), &[], b"", 404),
        ("PUT", here.clone(), key, b"", 405),
        ("POST", "/api/v1/endpoints".into(), &[], &too_long, 413),
    ];
    for (method, target, headers, body, status) in cases {
        let response = creel.http(method, target, headers, body);
        assert_carries(&format!("{method} {target}"), &response, *status, API);
    }
    let response = at_host(&creel, "evil.example", "GET", "/api/openapi.json", "");
    assert_carries("a foreign Host", &response, 403, API);
    let response = creel.api(&endpoint, "/deliveries/1/body");
    assert_carries("a download", &response, 200, DOWNLOAD);
    let response = creel.api(&endpoint, "/deliveries/1/body?decoded");
    assert_carries("a decoded download", &response, 200, DOWNLOAD);
    let response = creel.api(&endpoint, "/deliveries/1/content");
    assert_carries("a decoded body", &response, 200, API);
    let head = Follower::new(&creel, &endpoint, "", &[]).head;
    let (status, body) = (200, Vec::new());
    let response = Response { status, head, body };
    assert_carries("a stream", &response, 200, API);
}

#[test]
fn pages_and_static_files_cannot_be_embedded_by_other_sites() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let foreign = [("Origin", "http://evil.example")];
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let home = creel.http("GET", "/", &[], b"").text();
    let asset = home.split('"').find(|text| text.starts_with("/static/"));
    let asset = asset.expect("the page has a style sheet");
    for (method, target, headers, status) in [
        ("GET", "/", &[][..], 200),
        ("GET", asset, &[], 200),
        ("GET", "/static/nothing", &[], 404),
        ("GET", "/operator?code=wrong", &[], 403),
        ("GET", "/nothing", &[], 404),
        ("POST", "/endpoints", &foreign, 403),
        ("POST", "/endpoints", &form, 303),
        ("GET", &format!("/inspect/{}", endpoint.id), &[], 404),
    ] {
        let response = creel.http(method, target, headers, b"");
        assert_carries(&format!("{method} {target}"), &response, status, PAGE);
    }
}

#[test]
fn health_checks_are_neither_cached_nor_sniffed() {
    let creel = Creel::start(&[]);
    for target in ["/livez", "/readyz"] {
        let response = creel.http("GET", target, &[], b"");
        assert_carries(target, &response, 200, HEALTH);
        let response = creel.http("POST", target, &[], b"");
        assert_carries(target, &response, 405, HEALTH);
    }
}

#[test]
fn every_capture_response_is_inert_in_a_browser() {
    let creel = Creel::start(&[]);
    let plain = creel.mint("{}").target;
    let empty = creel.mint("{\"reply\": [204]}").target;
    let failing = creel.mint("{\"reply\": [500]}").target;
    for (target, status) in [
        (plain.as_str(), 200),
        (empty.as_str(), 204),
        (failing.as_str(), 500),
        ("/hook/00000000-0000-4000-8000-000000000000", 404),
        ("/hook/no-id/below?x", 404),
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let response = creel.http(method, target, &[], b"x");
            assert_carries(&format!("{method} {target}"), &response, status, CAPTURE);
        }
    }
}
