//! Deleted data is removed from all files of the data folder while the server is running.

use std::path::Path;

use creel::store::sqlite::FILE_NAME;
use memchr::memmem;

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, eventually};

/// Files of a folder that contain one of these texts, with the text.
fn holders(folder: &Path, marks: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        for mark in marks {
            if memmem::find(&bytes, mark).is_some() {
                let mark = String::from_utf8_lossy(mark);
                found.push(format!("{}: {mark}", path.display()));
            }
        }
    }
    found
}

#[test]
fn a_deleted_endpoint_leaves_no_bytes_in_any_file() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let operator = bearer(OPERATOR);
    let operator = [("Authorization", operator.as_str())];
    let settings = r#"{"name": "mark-in-name", "token": "mark-in-token"}"#;
    let owner = [(
        "Cookie",
        "creel_owner=secret-of-an-owner-with-as-many-characters-",
    )];
    let kept = creel.mint("{}");
    creel.http("POST", &kept.target, &[], b"mark-that-stays");
    let made = creel.http("POST", "/api/v1/endpoints", &owner, settings.as_bytes());
    let made = made.json();
    let (id, key) = (
        made["id"].as_str().unwrap(),
        made["read_key"].as_str().unwrap(),
    );
    let target = format!("/hook/{id}?mark-in-query");
    let headers = [("X-Mark", "mark-in-header")];
    let long = "mark-in-long-body ".repeat(100_000);
    for body in ["mark-in-body", &long].into_iter().cycle().take(40) {
        let response = creel.http("POST", &target, &headers, body.as_bytes());
        assert_eq!(response.status, 200);
    }
    let hash = sha2_of(key);
    let text = ["name", "token", "query", "header", "body", "long-body"];
    let mut marks: Vec<Vec<u8>> = text.map(|at| format!("mark-in-{at}").into_bytes()).into();
    marks.push(hash);
    let there = holders(creel.data_dir(), &marks);
    for mark in &marks {
        let mark = String::from_utf8_lossy(mark);
        assert!(there.iter().any(|one| one.ends_with(&*mark)), "{mark}");
    }
    let target = format!("/api/v1/endpoints/{id}");
    assert_eq!(creel.http("DELETE", &target, &operator, b"").status, 204);
    eventually("no file holds a mark", || {
        holders(creel.data_dir(), &marks).is_empty().then_some(())
    });
    let stays = [b"mark-that-stays".to_vec()];
    assert_ne!(holders(creel.data_dir(), &stays), [""; 0]);
    assert_eq!(creel.deliveries(&kept).len(), 1);
}

#[test]
fn a_damaged_length_stops_neither_sweep_nor_captures() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let (deleted, kept) = (creel.mint("{}"), creel.mint("{}"));
    for _ in 0..3 {
        creel.deliver(&deleted, &[], b"mark-of-the-deleted");
    }
    let file = rusqlite::Connection::open(creel.data_dir().join(FILE_NAME)).expect("it opens");
    file.execute("update delivery set body_bytes = 9223372036854775807", [])
        .expect("it is written");
    drop(file);
    let operator = bearer(OPERATOR);
    let operator = [("Authorization", operator.as_str())];
    let target = format!("/api/v1/endpoints/{}", deleted.id);
    assert_eq!(creel.http("DELETE", &target, &operator, b"").status, 204);
    let marks = [b"mark-of-the-deleted".to_vec()];
    eventually("no file holds a mark", || {
        holders(creel.data_dir(), &marks).is_empty().then_some(())
    });
    creel.deliver(&kept, &[], b"x");
}

fn sha2_of(text: &str) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    Sha256::digest(text).to_vec()
}
