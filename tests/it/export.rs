//! The export of an endpoint's deliveries: every format has what was sent, and no export holds much memory.

mod formats;
mod har;
mod size;

use std::io::{Read, Write};

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted, Response};

const FORMATS: [&str; 5] = ["ndjson", "json", "har", "csv", "curl"];

/// An export as one response.
fn export(creel: &Creel, endpoint: &Minted, format: &str) -> Response {
    let response = creel.api(endpoint, &format!("/export?format={format}"));
    assert_eq!(response.status, 200, "{format}: {}", response.text());
    response
}

#[test]
fn an_export_is_an_inert_attachment_with_a_safe_name() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint(r#"{"name": "../../etc/x\"; y"}"#);
    creel.deliver(&endpoint, &[], b"<script>alert(1)</script>");
    for (format, ending, media_type) in [
        ("ndjson", "ndjson", "application/x-ndjson"),
        ("json", "json", "application/json"),
        ("har", "har", "application/json"),
        ("csv", "csv", "text/csv; charset=utf-8; header=present"),
        ("curl", "sh", "text/plain; charset=utf-8"),
    ] {
        let target = format!("/api/v1/endpoints/{}/export?format={format}", endpoint.id);
        let name = format!(
            "attachment; filename=\"deliveries-{}.{ending}\"",
            endpoint.id
        );
        for method in ["GET", "HEAD"] {
            let key = bearer(&endpoint.read_key);
            let response = creel.http(method, &target, &[("Authorization", &key)], b"");
            assert_eq!(response.status, 200);
            assert_eq!(response.body.is_empty(), method == "HEAD");
            for (header, value) in [
                ("content-type", media_type),
                ("content-disposition", &name),
                ("x-content-type-options", "nosniff"),
                (
                    "content-security-policy",
                    "sandbox; default-src 'none'; frame-ancestors 'none'",
                ),
                ("cache-control", "private, no-store"),
            ] {
                assert_eq!(response.header(header), Some(value), "{format} {header}");
            }
        }
    }
}

#[test]
fn an_unknown_format_or_parameter_is_answered_400_with_the_choices() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    for query in ["", "?format=", "?format=xml", "?format=CSV"] {
        let response = creel.api(&endpoint, &format!("/export{query}"));
        assert_eq!(response.status, 400, "{query}");
        let problem = response.json();
        assert_eq!(problem["type"], "/problems/invalid");
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(detail, "format: must be ndjson, json, har, csv or curl");
    }
    for query in ["?format=csv&masked=true", "?format=csv&limit=1"] {
        let response = creel.api(&endpoint, &format!("/export{query}"));
        assert_eq!(response.status, 400, "{query}");
    }
}

#[test]
fn an_export_without_deliveries_is_complete_in_each_format() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let text = |format| export(&creel, &endpoint, format).text();
    assert_eq!(text("ndjson"), "");
    assert_eq!(
        export(&creel, &endpoint, "json").json(),
        serde_json::json!([])
    );
    har::assert_valid(&export(&creel, &endpoint, "har").json());
    assert!(text("csv").starts_with("seq,") && text("csv").ends_with("findings\r\n"));
    assert!(text("curl").starts_with("#!/bin/sh\n"));
}

/// Opens an export that no socket takes at once, and reads its status line.
fn open(creel: &Creel, endpoint: &Minted) -> std::net::TcpStream {
    let body = "x".repeat(20_000_000);
    for _ in 0..2 {
        creel.deliver(endpoint, &[], &body);
    }
    let head = format!(
        "GET /api/v1/endpoints/{}/export?format=ndjson HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: {}\r\n\r\n",
        endpoint.id,
        creel.addr,
        bearer(&endpoint.read_key)
    );
    let mut stream = creel.connect();
    stream.write_all(head.as_bytes()).unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    stream
}

/// Reads to the end; whether the last chunk came.
fn is_complete(mut stream: std::net::TcpStream) -> bool {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    rest.ends_with(b"\r\n0\r\n\r\n")
}

#[test]
fn an_export_is_cut_off_when_its_endpoint_or_its_right_goes() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let owner = creel.owner_cookie("me");
    let mint = || creel.mint_as("{}", &[("Cookie", &owner)]);
    assert!(is_complete(open(&creel, &mint())));
    let revoked = mint();
    let stream = open(&creel, &revoked);
    creel.revoke(&revoked, &owner);
    assert!(!is_complete(stream), "its key was revoked");
    let deleted = mint();
    let stream = open(&creel, &deleted);
    let target = format!("/api/v1/endpoints/{}", deleted.id);
    let gone = creel.http("DELETE", &target, &[("Cookie", &owner)], b"");
    assert_eq!(gone.status, 204);
    assert!(!is_complete(stream), "its endpoint was deleted");
}

#[test]
fn the_page_links_each_format() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], b"x");
    let page = creel.inspect(&endpoint, "").text();
    for format in FORMATS {
        let target = format!("/api/v1/endpoints/{}/export?format={format}", endpoint.id);
        assert!(
            page.contains(&format!("href=\"{target}\" download")),
            "{format}"
        );
        // The page's reader has this cookie for the API too.
        let cookie = creel.key_cookie(&endpoint);
        let response = creel.http("GET", &target, &[("Cookie", &cookie)], b"");
        assert_eq!(response.status, 200);
    }
}
