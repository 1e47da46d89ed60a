//! The cases from the field through HTTP: what was sent, and what the API and the pages say. Each test has the id of its case in its name, and
//! siblings of its kind.
//!
//! | id | test | elsewhere |
//! |---|---|---|
//! | C01 | `bodies::c01_…` | `content::cases::c01_…` |
//! | C03, C04 | `bodies::c03_…`, `bodies::c04_…` | `content::parts` |
//! | C06 | `bodies::c06_…`, `compare::c06_…` | `content::coded`, `content::encodings`, `findings::coded` |
//! | C08 | `texts::c08_…` | `content::api`, `content::cases` |
//! | C10 | `texts::c10_…` | `content::cases` |
//! | C12 | `compare::c12_…` | `web::compare` |
//! | C13, C16 | `runs::c13_…`, `runs::c16_…` | `findings::runs`, unit tests of `json` |
//! | C17 | `texts::c17_…` | `content::cases` |
//! | C18 | `texts::c18_…` | `browser::body` |
//! | C20, C23 | `queries::c20_…`, `queries::c23_…`, `compare::c23_…` | `web::compare` |
//! | C42 | `bodies::c42_…` | `content::cases`, `browser::body` |
//! | also | `queries::also_…`, `bodies::also_…` | |
//! | L01, L06, L07 | | `doctor`, over the command line |
//! | L08 | | `web::start` |
//! | L09, L10, the last row | `runs::l09_…`, `runs::l10_…`, `runs::l_roles_…` | `findings::cases` |

mod bodies;
mod compare;
mod queries;
mod runs;
mod texts;

use serde_json::Value;

use crate::app::{Creel, Minted};
use crate::web::seen;

/// A server with one endpoint.
struct Field {
    creel: Creel,
    endpoint: Minted,
}

impl Field {
    fn new() -> Self {
        let creel = Creel::start(&[]);
        let endpoint = creel.mint(r#"{"token":"none"}"#);
        Self { creel, endpoint }
    }

    /// Sends a body and returns its seq.
    fn post(&self, lines: &[(&str, &str)], body: &[u8]) -> u64 {
        self.send("POST", "", lines, body)
    }

    /// Sends a request below the capture URL and returns its seq.
    fn send(&self, method: &str, below: &str, lines: &[(&str, &str)], body: &[u8]) -> u64 {
        let target = format!("{}{below}", self.endpoint.target);
        let response = self.creel.http(method, &target, lines, body);
        assert_eq!(response.status, 200, "{method} {below}");
        let newest = self.creel.api(&self.endpoint, "/deliveries?limit=1").json();
        newest["items"][0]["seq"].as_u64().expect("a seq")
    }

    /// The delivery in full.
    fn delivery(&self, seq: u64) -> Value {
        let below = format!("/deliveries/{seq}");
        self.creel.api(&self.endpoint, &below).json()
    }

    /// The decoded body in the API.
    fn content(&self, seq: u64, query: &str) -> Value {
        let below = format!("/deliveries/{seq}/content{query}");
        self.creel.api(&self.endpoint, &below).json()
    }

    /// The bytes below a delivery in the API.
    fn bytes(&self, seq: u64, below: &str) -> Vec<u8> {
        let below = format!("/deliveries/{seq}/{below}");
        let response = self.creel.api(&self.endpoint, &below);
        assert_eq!(response.status, 200, "{below}");
        response.body
    }

    /// The HTML of a page.
    fn html(&self, below: &str) -> String {
        let response = self.creel.inspect(&self.endpoint, below);
        assert_eq!(response.status, 200, "{below}");
        response.text()
    }

    /// The text of the body tab.
    fn body_tab(&self, seq: u64, query: &str) -> String {
        seen(&self.html(&format!("/{seq}?tab=body{query}")))
    }

    /// The text of the section of a comparison.
    fn compared(&self, (a, b): (u64, u64), section: &str) -> String {
        let page = self.html(&format!("/compare?a={a}&b={b}"));
        let (_, rest) = page
            .split_once(&format!("id=\"{section}-title\""))
            .expect("a section");
        seen(rest.split_once("</section>").expect("its end").0)
    }
}

/// A Content-Type.
fn typed(media_type: &str) -> [(&str, &str); 1] {
    [("Content-Type", media_type)]
}

/// The codes of the notes of a decoded body.
fn notes(content: &Value) -> Vec<&str> {
    let notes = content["notes"].as_array().expect("notes");
    notes
        .iter()
        .filter_map(|note| note["code"].as_str())
        .collect()
}
