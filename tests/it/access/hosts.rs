//! Which host name serves what: pages have their own.

use crate::app::Creel;
use crate::guard::at_host;

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
    let (pages, captures) = (
        "http://creel-7f3k9q.localhost:8080",
        "http://127.0.0.1:8080",
    );
    let args = ["--public-url", pages, "--capture-url", captures];
    let creel = Creel::start(&args);
    let name = &pages["http://".len()..];
    let made = at_host(&creel, name, "POST", "/api/v1/endpoints", "").json();
    let url = |field: &str| made[field].as_str().unwrap().to_owned();
    let hook = url("capture_url")
        .strip_prefix(captures)
        .unwrap()
        .to_owned();
    assert!(url("inspect_url").starts_with(pages), "{made}");
    assert_eq!(statuses(&creel, name, &hook), [200, 200, 421]);
    assert_eq!(statuses(&creel, &creel.addr, &hook), [403, 403, 200]);
    let link = creel
        .greeting
        .iter()
        .find(|line| line.contains("?code="))
        .unwrap();
    assert!(link.contains(pages), "{link}");
    let target = link.split(name).nth(1).unwrap().split(' ').next().unwrap();
    let signed_in = at_host(&creel, name, "GET", target, "");
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(
        !cookie.to_lowercase().contains("domain="),
        "for this name alone: {cookie}"
    );
}
