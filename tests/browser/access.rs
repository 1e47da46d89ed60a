//! What a real browser sends: creel's cookies go only to the host name that set them, and cookies set by others are not trusted.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::app::Creel;
use crate::browser::Browser;

pub(crate) const OPERATOR: &str = "an-operator-token-of-a-test";

/// Another web server on this machine. It records the received heads, and answers each with the same page.
pub(crate) struct OtherServer {
    pub(crate) port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl OtherServer {
    /// Answers with these header lines and this page.
    pub(crate) fn start(lines: &'static str, page: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&heads);
        std::thread::spawn(move || {
            // A browser opens connections in advance: none may wait for another.
            for stream in listener.incoming().flatten() {
                let (page, kept) = (page.clone(), Arc::clone(&kept));
                std::thread::spawn(move || answer(stream, lines, &page, &kept));
            }
        });
        Self { port, heads }
    }

    fn heads(&self) -> String {
        self.heads.lock().unwrap().join("\n")
    }
}

fn answer(mut stream: TcpStream, lines: &str, page: &str, kept: &Mutex<Vec<String>>) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        head.push(byte[0]);
    }
    kept.lock()
        .unwrap()
        .push(String::from_utf8_lossy(&head).into_owned());
    let response = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n{lines}\r\n{page}",
        page.len()
    );
    let _ = stream.write_all(response.as_bytes());
}

/// Signs the operator in with the form, at the pages' own host name.
pub(crate) async fn sign_in(creel: &Creel, browser: &Browser) {
    browser
        .go(&format!("http://{}/operator", creel.pages()))
        .await;
    let field = browser.see("input[name='token']").await;
    field.send_keys(OPERATOR).await.unwrap();
    browser.click("main button").await;
    browser.see(".operator-head").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_capture_url_stores_no_cookie_of_creel() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let endpoint = creel.mint("{}");
    let browser = Browser::open().await;
    sign_in(&creel, &browser).await;
    browser.create_endpoint(&creel).await;
    // The browser has an owner cookie at 127.0.0.1 too, where creel serves both pages and captures.
    let hosts = ["127.0.0.1", "localhost", "creel.localhost"];
    browser
        .go(&format!("http://127.0.0.1:{}/", creel.port()))
        .await;
    browser.click("form[action='/endpoints'] button").await;
    browser.see("#copy-url").await;
    let link = |host: &str| {
        let url = format!("http://{host}:{}{}", creel.port(), endpoint.target);
        format!("<a id='{host}' href='{url}'>a gift</a> ")
    };
    let links = hosts.map(link).concat();
    let site = OtherServer::start("", format!("<!doctype html>{links}"));
    for host in hosts {
        browser
            .go(&format!("http://site.localhost:{}/", site.port))
            .await;
        browser.click(&format!("[id='{host}']")).await;
        let expected = if host == "creel.localhost" {
            "not served"
        } else {
            "caught"
        };
        browser.read("body", expected).await;
    }
    let kept = creel.wait_for(&endpoint, 2);
    assert_eq!(
        kept.len(),
        2,
        "captures are not served under the name of the pages"
    );
    for seq in [1, 2] {
        let text = creel.api(&endpoint, &format!("/deliveries/{seq}")).text();
        let cookies: Vec<_> = text.split("creel_").skip(1).collect();
        for cookie in cookies {
            let value = cookie.split('=').nth(1).unwrap_or("removed-by-creel");
            assert!(value.starts_with("removed-by-creel"), "{text}");
        }
        assert!(!text.contains("creel_session_"), "{text}");
    }
    let at_address = creel.api(&endpoint, "/deliveries/1").text();
    assert!(at_address.contains("removed-by-creel"), "{at_address}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_server_at_another_host_name_cannot_read_or_set_creels_cookies() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let browser = Browser::open().await;
    sign_in(&creel, &browser).await;
    let mine = browser.create_endpoint(&creel).await;
    let cookies = browser.page.get_all_cookies().await.unwrap();
    assert_eq!(cookies.len(), 2, "a session and an owner");
    let owner = creel.owner_cookie("an attacker");
    let name = owner.split('=').next().unwrap().to_owned();
    let script = format!(
        "<!doctype html><script>for (const rest of ['', '; domain=localhost', '; domain=creel.localhost', '; path=/inspect'])
         document.cookie = '{owner}' + rest; document.cookie = 'creel_deployment=url=https%3A%2F%2Fevil.example&assistant=a';</script>"
    );
    let other = OtherServer::start("", script);
    for host in ["127.0.0.1", "localhost", "other.localhost"] {
        browser.go(&format!("http://{host}:{}/", other.port)).await;
    }
    assert!(other.heads().contains("GET / HTTP/1.1"));
    for cookie in &cookies {
        assert!(!other.heads().contains(&cookie.value), "{}", other.heads());
    }
    browser
        .go(&format!("http://creel.localhost:{}/", creel.port()))
        .await;
    let id = mine
        .split("/hook/")
        .nth(1)
        .unwrap()
        .split('?')
        .next()
        .unwrap()
        .to_owned();
    browser.see(&format!("a[href='/inspect/{id}']")).await;
    let again = browser.create_endpoint(&creel).await;
    let listed = creel.http("GET", "/api/v1/endpoints", &[("Cookie", &owner)], b"");
    assert_eq!(listed.json()["items"], Value::Array(Vec::new()), "{name}");
    assert!(again.contains("/hook/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_link_leaves_no_secret_in_history_or_referer() {
    let creel = Creel::start(&[]);
    let greeting = creel.greeting.last().unwrap();
    let link = greeting.split(' ').nth(1).unwrap();
    let browser = Browser::open().await;
    browser
        .go(&format!("http://creel.localhost:{}/findings", creel.port()))
        .await;
    browser.go(link).await;
    browser.read("h1", "All endpoints").await;
    let shown = browser
        .run("return [location.href, document.referrer, ...navigation.entries().map(entry => entry.url)].join(' ')")
        .await;
    let shown = shown.as_str().unwrap();
    assert!(
        shown.ends_with("/operator") && !shown.contains("code="),
        "{shown}"
    );
    browser
        .click("form[action='/operator/sign-out'] button")
        .await;
    browser.read("h1", "Receive and inspect webhooks").await;
    browser
        .go(&format!("http://{}/operator", creel.pages()))
        .await;
    browser.read("h1", "Sign in as operator").await;
    browser.go(link).await;
    browser.read("main", "was already used").await;
}
