//! Which host name serves what: pages have their own.

use super::OPERATOR;
use crate::app::Creel;
use crate::guard::at_host;
use crate::refusals::{assert_says, refused};

fn statuses(creel: &Creel, host: &str, hook: &str) -> [u16; 3] {
    ["/", "/api/openapi.json", hook].map(|target| at_host(creel, host, "GET", target, "").status)
}

#[test]
fn locally_pages_have_a_host_name_and_captures_an_address() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let port = creel.port();
    let of = |text: &str| text.split('/').nth(2).unwrap().to_owned();
    assert_eq!(of(&endpoint.inspect_url), format!("creel.localhost:{port}"));
    assert_eq!(of(&endpoint.capture_url), format!("127.0.0.1:{port}"));
    let hook = &endpoint.target;
    assert_eq!(
        statuses(&creel, &format!("creel.localhost:{port}"), hook),
        [200, 200, 421]
    );
    assert_eq!(statuses(&creel, &creel.addr, hook), [200, 200, 200]);
    assert_eq!(
        statuses(&creel, &format!("localhost:{port}"), hook),
        [200, 200, 200]
    );
    let refused = at_host(&creel, &format!("creel.localhost:{port}"), "GET", hook, "");
    let expected = format!("send to http://127.0.0.1:{port}/hook/... instead");
    assert!(refused.text().contains(&expected), "{}", refused.text());
    assert_eq!(
        creel.deliveries(&endpoint).len(),
        2,
        "what was refused is not kept"
    );
}

#[test]
fn public_host_and_capture_host_serve_only_their_part() {
    let args = [
        "--public-url",
        "https://creel.example",
        "--capture-url",
        "https://in.example",
    ];
    let creel = Creel::start(&args);
    let endpoint = creel.mint("{}");
    let hook = &endpoint.target;
    assert_eq!(statuses(&creel, "creel.example", hook), [200, 200, 421]);
    assert_eq!(statuses(&creel, "in.example", hook), [403, 403, 200]);
    assert_eq!(statuses(&creel, &creel.addr, hook), [200, 200, 200]);
    let (pages, captures) = (&endpoint.inspect_url, &endpoint.capture_url);
    assert!(
        pages.starts_with("https://creel.example/inspect/"),
        "{pages}"
    );
    assert!(
        captures.starts_with("https://in.example/hook/"),
        "{captures}"
    );
}

#[test]
fn the_capture_listener_refuses_the_host_of_the_pages() {
    let creel = Creel::start(&["--capture-bind", "127.0.0.1:0"]);
    let endpoint = creel.mint("{}");
    let addr = creel.greeting[1]
        .strip_prefix("capturing on http://")
        .unwrap();
    let send = |host: &str| {
        let head = format!(
            "GET {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
            endpoint.target
        );
        Creel::raw_to(addr, head.as_bytes()).status
    };
    let port = addr.rsplit(':').next().unwrap();
    assert_eq!(
        [addr, &format!("creel.localhost:{port}")].map(send),
        [200, 421]
    );
}

#[test]
fn a_shared_host_is_warned_about_once() {
    for (args, warned) in [
        (&["--public-url", "https://creel.example"][..], true),
        (
            &[
                "--public-url",
                "https://c.example",
                "--capture-url",
                "https://c.example:8443",
            ],
            true,
        ),
        (
            &[
                "--public-url",
                "https://c.example",
                "--capture-url",
                "https://in.example",
            ],
            false,
        ),
        (&[], false),
    ] {
        let log = tempfile::NamedTempFile::new().unwrap();
        let stderr = std::fs::File::create(log.path()).unwrap();
        let mut creel = Creel::start_as(args, |command| {
            command.stderr(stderr);
        });
        creel.end("TERM");
        let log = std::fs::read_to_string(log.path()).unwrap();
        let lines = log.lines().filter(|line| line.contains("share the host"));
        let with_fix = lines.filter(|line| line.contains("--capture-url")).count();
        assert_eq!(with_fix, usize::from(warned), "{args:?}: {log}");
    }
}

#[test]
fn a_url_with_a_password_is_refused_as_an_option() {
    for option in ["--capture-url", "--public-url"] {
        for url in [
            "http://:pass@h",
            "http://user@h",
            "http://user:pass@h",
            "http://h/#x",
        ] {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_creel"))
                .args(["serve", "--bind", "127.0.0.1:0", option, url])
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{option} {url}");
            assert!(text.contains(option) && text.contains("password"), "{text}");
            assert!(!text.contains("pass@"), "{text}");
        }
    }
}

#[test]
fn pages_can_have_a_name_that_nobody_can_guess() {
    let host = "creel-k7q2.localhost";
    let url = format!("http://{host}:8080");
    let creel = Creel::start(&["--public-url", &url, "--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    let (pages, captures) = (&endpoint.inspect_url, &endpoint.capture_url);
    assert!(pages.starts_with(&format!("{url}/inspect/")), "{pages}");
    let expected = format!("http://{}/hook/", creel.addr);
    assert!(captures.starts_with(&expected), "{captures}");
    let hook = &endpoint.target;
    assert_eq!(statuses(&creel, host, hook), [200, 200, 421]);
    let head = format!(
        "POST /operator HTTP/1.1\r\nHost: {host}:8080\r\nOrigin: {url}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\ntoken={OPERATOR}",
        OPERATOR.len() + 6
    );
    let signed_in = creel.raw(head.as_bytes());
    assert_eq!(signed_in.status, 303, "{}", signed_in.head);
    // Without a domain, a browser sends a cookie to this very name alone.
    let cookie = signed_in.header("set-cookie").expect("a session");
    assert!(!cookie.to_ascii_lowercase().contains("domain="), "{cookie}");
}

#[test]
fn a_chosen_name_of_the_pages_is_not_given_away() {
    let args = [
        "--public-url",
        "http://creel-k7q2.localhost:8080",
        "--capture-url",
        "http://127.0.0.1:8080",
    ];
    let creel = Creel::start(&args);
    for target in [
        "/",
        "/api/v1/endpoints",
        "/hook/no-such-endpoint",
        "/inspect/x",
    ] {
        let response = at_host(&creel, "127.0.0.1:8080", "GET", target, "");
        let text = format!("{}{}", response.head, response.text());
        assert!(!text.contains("k7q2"), "{target}: {text}");
    }
}

#[test]
fn a_host_with_a_dot_at_its_end_is_refused() {
    for option in ["--public-url", "--capture-url"] {
        let room = tempfile::TempDir::new().expect("a temporary folder");
        let said = refused(room.path(), &[option, "https://creel.example."]);
        assert_says(&said, &[option, "without a dot at its end"]);
    }
}
