//! creel behind a real nginx, below a path of its host (C40): a user's way through the pages, with their scripts and the live stream.

use crate::app::Creel;
use crate::browser::Browser;
use crate::proxy::Nginx;

#[tokio::test(flavor = "multi_thread")]
async fn pages_scripts_and_the_live_stream_work_below_a_path() {
    // The port of nginx is not known yet; creel compares host names only.
    let creel = Creel::start(&["--public-url", "http://tools.localhost/creel"]);
    for removes in [false, true] {
        let nginx = Nginx::start(&creel, |server| {
            if removes {
                server.replace("proxy_pass http://creel;", "proxy_pass http://creel/;")
            } else {
                server
            }
        });
        let browser = Browser::open().await;
        let base = format!("http://tools.localhost:{}/creel", nginx.port());
        browser.go(&format!("{base}/")).await;
        browser.click(".create-form button").await;
        browser
            .read(".waiting", "Waiting for the first delivery")
            .await;
        let copy = browser.see("#copy-url").await;
        let url = copy.attr("data-copy").await.expect("an attribute");
        let (_, hook) = url
            .as_deref()
            .and_then(|url| url.split_once("/hook/"))
            .expect("a URL");
        let target = format!("/hook/{hook}");
        for (n, body) in (1..).zip(["{\"n\": 1}", "{\"n\": 2}"]) {
            let sent = creel.http("POST", &target, &[], body.as_bytes());
            assert_eq!(sent.status, 200);
            browser.see(&format!(".row[data-seq='{n}']")).await;
        }
        browser.see_seqs(&[2, 1]).await;
        // Opened in place by the script.
        browser.run("window.stays = true").await;
        browser.click(".row[data-seq='1'] a").await;
        browser.read("#detail", "\"n\": 1").await;
        browser.wait("return window.stays", true).await;
        let path = browser.run("return location.pathname").await;
        let path = path.as_str().expect("a path");
        assert!(
            path.starts_with("/creel/inspect/") && path.ends_with("/1"),
            "{path}"
        );
        browser.click(".bar-nav a[href$='/settings']").await;
        browser
            .see("input[name='name']")
            .await
            .send_keys("below a path")
            .await
            .expect("it is typed");
        browser.click("#general button").await;
        browser.read("#general", "Saved").await;
        browser.click(".home-link").await;
        browser.read(".endpoints", "below a path").await;
    }
}
