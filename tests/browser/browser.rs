//! A real headless Chromium for a test, controlled through ChromeDriver. Both end with the test, by their own process ids.
//!
//! **Invariant:** nothing here sleeps for a fixed time; it waits for conditions, with a deadline after which the test fails.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities};

use crate::app::Creel;

/// Deadline for a condition.
const PATIENCE: Duration = Duration::from_secs(20);

/// Arguments with which Chromium runs as root, without a screen and without questions.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
];

/// A browser.
pub(crate) struct Browser {
    driver_process: Child,
    /// `127.0.0.1:PORT` of ChromeDriver.
    driver_addr: String,
    /// The window.
    pub(crate) page: WebDriver,
}

impl Browser {
    /// Opens one.
    pub(crate) async fn open() -> Self {
        Self::with_script(true).await
    }

    /// Opens one in which no page's script runs.
    pub(crate) async fn without_script() -> Self {
        Self::with_script(false).await
    }

    async fn with_script(script: bool) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (driver_process, driver_addr) = start_driver();
        let mut wanted = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            wanted.add_arg(argument).expect("an argument");
        }
        if !script {
            let preferences = json!({"profile.managed_default_content_settings.javascript": 2});
            wanted
                .add_experimental_option("prefs", preferences)
                .expect("a preference");
        }
        let page = WebDriver::new(format!("http://{driver_addr}"), wanted)
            .await
            .expect("Chromium starts");
        Self {
            driver_process,
            driver_addr,
            page,
        }
    }

    /// Opens a URL.
    pub(crate) async fn go(&self, url: &str) {
        self.page.goto(url).await.expect("the page loads");
    }

    /// Waits for an element.
    pub(crate) async fn see(&self, css: &str) -> WebElement {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Ok(found) = self.page.find(By::Css(css)).await {
                return found;
            }
            assert!(
                Instant::now() < end,
                "{css}: not seen within {PATIENCE:?} on\n{}",
                self.source().await
            );
        }
    }

    /// Creates an endpoint with the button of the home page, at the pages' own host name; its page is open then. Gives back the capture
    /// URL's path and query.
    pub(crate) async fn create_endpoint(&self, creel: &Creel) -> String {
        self.go(&format!("http://{}/", creel.pages())).await;
        self.click("form[action='/endpoints'] button").await;
        let copy = self.see("#copy-url").await;
        let url = copy.attr("data-copy").await.expect("an attribute");
        let url = url.expect("the capture URL");
        let target = url.splitn(4, '/').nth(3).expect("a path");
        format!("/{target}")
    }

    /// Clicks on an element as soon as it is there.
    pub(crate) async fn click(&self, css: &str) {
        self.see(css)
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("{css} can be clicked: {error}"));
    }

    /// Waits until an element contains this text.
    pub(crate) async fn read(&self, css: &str, text: &str) {
        let look = format!(
            "return [...document.querySelectorAll({css:?})].map(e => e.innerText).join('\\n')"
        );
        let end = Instant::now() + PATIENCE;
        loop {
            let shown = self.run(&look).await;
            if shown.as_str().unwrap_or_default().contains(text) {
                return;
            }
            assert!(
                Instant::now() < end,
                "{css} does not show {text:?} within {PATIENCE:?} but {shown}"
            );
        }
    }

    /// Waits until a script of the test returns this.
    pub(crate) async fn wait(&self, script: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.run(script).await;
            if found == expected {
                return;
            }
            assert!(
                Instant::now() < end,
                "{script} gives {found}, not {expected}, after {PATIENCE:?}"
            );
        }
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        let pressed = self.page.action_chain().send_keys(keys).perform().await;
        pressed.expect("keys can be pressed");
    }

    /// Presses a key that leads to another page. ChromeDriver sends its two events one after the other, and repeats or loses one if the
    /// page changes in between, so a script sends the event.
    pub(crate) async fn press_and_leave(&self, key: &str) {
        let event = format!(
            "new KeyboardEvent('keydown', {{ key: {key:?}, bubbles: true, cancelable: true }})"
        );
        self.run(&format!("document.activeElement.dispatchEvent({event})"))
            .await;
    }

    /// Lets the pages of creel read the clipboard.
    pub(crate) async fn allow_clipboard(&self, creel: &Creel) {
        let granted = json!({
            "origin": format!("http://{}", creel.pages()),
            "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
        });
        let cdp = self.page.cdp();
        cdp.send_raw("Browser.grantPermissions", granted)
            .await
            .expect("a permission");
    }

    /// Waits until the clipboard contains this text.
    pub(crate) async fn paste(&self, text: &str) {
        let contains = format!(
            "return navigator.clipboard.readText().then(text => text.includes({}) || text)",
            Value::from(text)
        );
        self.wait(&contains, true).await;
    }

    /// Runs a script of the test in the page and returns its result.
    pub(crate) async fn run(&self, script: &str) -> Value {
        let result = self
            .page
            .execute(script, Vec::new())
            .await
            .expect("a script runs");
        result.json().clone()
    }

    /// The seqs of the list from top to bottom.
    pub(crate) async fn seqs(&self) -> Vec<u64> {
        let found = self.run("return [...document.querySelectorAll('.row[data-seq]')].map(row => Number(row.dataset.seq))").await;
        serde_json::from_value(found).expect("numbers")
    }

    /// Waits until the list shows exactly these seqs.
    pub(crate) async fn see_seqs(&self, expected: &[u64]) {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.seqs().await;
            if found == expected {
                return;
            }
            assert!(
                Instant::now() < end,
                "the list shows {found:?}, not {expected:?}, after {PATIENCE:?}"
            );
        }
    }

    async fn source(&self) -> String {
        self.page.source().await.unwrap_or_default()
    }

    /// Sets the width of the page, and light or dark mode.
    pub(crate) async fn set_window(&self, width: u32, scheme: &str) {
        self.set_size(width, 800).await;
        let cdp = self.page.cdp();
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        cdp.send_raw("Emulation.setEmulatedMedia", media)
            .await
            .expect("a colour scheme");
    }

    /// Makes the window as high as the page, for a picture of all of it.
    pub(crate) async fn fit_window_to_page(&self, width: u32) {
        let height = self
            .run("return document.documentElement.scrollHeight")
            .await;
        let height = height.as_u64().expect("a height");
        self.set_size(
            width,
            u32::try_from(height).expect("a page of a few thousand pixels"),
        )
        .await;
    }

    async fn set_size(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.page
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", metrics)
            .await
            .expect("a size");
    }

    /// Saves a screenshot of the page as `target/screenshots/NAME.png`.
    pub(crate) async fn screenshot(&self, name: &str) -> std::path::PathBuf {
        let folder =
            std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let file = folder.join(format!("{name}.png"));
        self.page.screenshot(&file).await.expect("a picture");
        file
    }
}

impl Drop for Browser {
    /// Asks ChromeDriver to end Chromium (if ChromeDriver were killed, Chromium would stay), then ends ChromeDriver.
    fn drop(&mut self) {
        // The library's own `quit` blocks the runtime that it needs itself.
        let _ = self.page.clone().leak();
        if let Ok(mut stream) = TcpStream::connect(&self.driver_addr) {
            let end = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                self.page.session_id(),
                self.driver_addr
            );
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let _ = stream.write_all(end.as_bytes());
            let _ = stream.read(&mut [0; 64]);
        }
        let _ = self.driver_process.kill();
        let _ = self.driver_process.wait();
    }
}

/// How often ChromeDriver may find its port in use.
const STARTS_MAX: usize = 10;

/// Starts ChromeDriver on a free port. It chooses one that is free for IPv4 and ends if it is in use for IPv6; then this tries again.
fn start_driver() -> (Child, String) {
    let started = (0..STARTS_MAX).find_map(|_| try_driver());
    started.expect("chromedriver starts and says its port")
}

/// A running ChromeDriver and its address; `None` if it ended before it printed the address.
fn try_driver() -> Option<(Child, String)> {
    let mut command = Command::new("chromedriver");
    command
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = command
        .spawn()
        .expect("chromedriver is installed: tests/run does it");
    let mut lines = BufReader::new(process.stdout.take().expect("stdout is piped")).lines();
    let port = lines.find_map(|line| {
        let line = line.ok()?;
        let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
        Some(port.trim_end_matches('.').to_owned())
    });
    let Some(port) = port else {
        let _ = process.wait();
        return None;
    };
    // Continues to read, so that the pipe does not fill up.
    std::thread::spawn(move || lines.for_each(drop));
    Some((process, format!("127.0.0.1:{port}")))
}
