//! What is compressed, what is not because of a secret, and that a first visit is small.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;

use super::{Visitor, between};
use crate::app::{Creel, Response};

fn ask(creel: &Creel, path: &str, encodings: Option<&str>) -> Response {
    let lines: Vec<_> = encodings
        .map(|encodings| ("Accept-Encoding", encodings))
        .into_iter()
        .collect();
    creel.http("GET", path, &lines, b"")
}

#[test]
fn assets_are_compressed_for_clients_that_accept_it() {
    let creel = Creel::start(&[]);
    let home = creel.http("GET", "/", &[], b"").text();
    let root = format!("/static/{}", between(&home, "\"/static/", "/"));
    for name in ["css/base.css", "js/inspect.js", "creel.svg"] {
        let path = format!("{root}/{name}");
        let plain = ask(&creel, &path, None);
        assert_eq!(plain.header("content-encoding"), None, "{name}");
        assert_eq!(plain.header("vary"), Some("Accept-Encoding"), "{name}");
        for encodings in ["gzip", "gzip, deflate, br, zstd", "br;q=1, GZIP;q=0.5"] {
            let small = ask(&creel, &path, Some(encodings));
            assert_eq!(small.status, 200);
            assert_eq!(small.header("content-encoding"), Some("gzip"), "{name}");
            for header in ["vary", "content-type", "cache-control"] {
                assert_eq!(small.header(header), plain.header(header), "{header}");
            }
            let length = small.header("content-length").expect("a length");
            assert_eq!(length, small.body.len().to_string());
            assert!(small.body.len() < plain.body.len(), "{name}");
            assert!(unpacked(&small) == plain.body, "{name}");
        }
        for encodings in [
            "",
            "identity",
            "br",
            "gzip;q=0",
            "gzip;q=0, *",
            "identity, gzip;q=0.5",
        ] {
            let response = ask(&creel, &path, Some(encodings));
            assert_eq!(response.header("content-encoding"), None, "{encodings:?}");
            assert!(response.body == plain.body, "{name} {encodings:?}");
        }
    }
}

#[test]
fn a_page_with_a_secret_and_text_of_others_is_not_compressed() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let (page, id) = (|id: &str| format!("/inspect/{id}"), owner.mints());
    let empty = page(&owner.mints());
    let send = |target: &str| creel.http("POST", target, &[], b"x");
    assert_eq!(send(&owner.target(&id)).status, 200);
    let (list, first, how) = (page(&id), page(&id) + "/1", page(&id) + "?how");
    for (target, is_compressed) in [
        ("/", false),
        ("/doctor", false),
        ("/nowhere", false),
        (&list, false),
        (&first, false),
        (&how, false),
        (&empty, true),
        ("/docs", true),
        ("/docs/nothing-arrives", true),
        ("/docs/starting-runs", true),
        ("/docs/proxies", true),
        ("/docs/query", true),
    ] {
        let lines = [("Cookie", owner.cookies.as_str())];
        let plain = creel.http("GET", target, &lines, b"");
        let lines = [lines[0], ("Accept-Encoding", "gzip")];
        let response = creel.http("GET", target, &lines, b"");
        let encoding = response.header("content-encoding");
        assert_eq!(encoding, is_compressed.then_some("gzip"), "{target}");
        if is_compressed {
            assert_eq!(unpacked(&response), plain.body, "{target}");
        } else {
            assert!(response.text().contains("</html>"), "{target}");
        }
    }
}

fn unpacked(response: &Response) -> Vec<u8> {
    let mut text = Vec::new();
    let read = GzDecoder::new(response.body.as_slice()).read_to_end(&mut text);
    read.expect("it is gzip");
    text
}

/// Bytes of a page and of all that it loads, as browsers ask for it.
fn first_visit(owner: &Visitor<'_>, target: &str) -> usize {
    let (creel, page) = (owner.creel, owner.opens(target));
    let lines = [
        ("Cookie", owner.cookies.as_str()),
        ("Accept-Encoding", "gzip"),
    ];
    let sent = creel.http("GET", target, &lines, b"").body.len();
    let root = format!("/static/{}", between(&page, "\"/static/", "/"));
    let mut open: Vec<String> = page
        .split('"')
        .filter(|text| text.starts_with(&root))
        .map(str::to_owned)
        .collect();
    let (mut seen, mut bytes) = (BTreeSet::new(), sent);
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        bytes += ask(creel, &path, Some("gzip")).body.len();
        let text = ask(creel, &path, None).text();
        let imports = text.lines().filter(|line| line.starts_with("import "));
        let names = imports.filter_map(|line| line.split("\"./").nth(1)?.split('"').next());
        open.extend(names.map(|name| format!("{root}/js/{name}")));
    }
    assert!(seen.len() > 10, "{seen:?}");
    bytes
}

#[test]
fn a_first_visit_takes_less_than_60_kilobytes() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    creel.http("POST", &owner.target(&id), &[], b"{\"a\": 1}");
    let empty = format!("/inspect/{}", owner.mints());
    for target in [
        "/",
        &empty,
        &format!("{empty}?how=langgraph"),
        &format!("/inspect/{id}/1"),
    ] {
        let bytes = first_visit(&owner, target);
        assert!(bytes < 60_000, "{target} takes {bytes} bytes");
    }
}
