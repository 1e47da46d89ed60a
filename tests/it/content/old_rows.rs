//! Deliveries that were stored before the kind and the coding of a body were: both are found when the database is opened.

use rusqlite::Connection;

use super::encodings::gzip;
use crate::app::Creel;

/// Makes a database of the eighth form out of one of the present form: kinds by the bytes alone, and no codings.
const BACK_TO_EIGHTH: &str = "
    update delivery set body_kind = 'text' where body_kind in ('form', 'multipart', 'xml', 'ndjson');
    update delivery set body_kind = 'binary' where body_kind = 'image' or reading ->> '$.facts.coding' is not null;
    update delivery set reading = json_remove(reading, '$.facts.coding');
    drop trigger delivery_with_trailers_deleted;
    drop table trailers;
    drop table refused;
    drop index delivery_facts;
    alter table delivery drop column graph_key;
    create index delivery_facts on delivery (key, run_status, token, attempt_number);
    pragma user_version = 8;";

#[test]
fn old_deliveries_get_their_kind_and_coding() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let zipped = gzip(b"{\"a\":1}");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
    let part = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n";
    for (media_type, encoding, body) in [
        ("application/x-www-form-urlencoded", "", &b"a=1&b=%FC"[..]),
        ("multipart/form-data; boundary=b", "", part),
        ("text/xml", "", b"<a/>"),
        ("application/x-ndjson", "", b"{\"a\":1}\n{\"a\":2}\n"),
        ("image/png", "", png),
        ("application/json", "gzip", &zipped),
        (
            "application/json; charset=ISO-8859-1",
            "",
            b"{\"a\":\"\xfc\"}",
        ),
        ("application/json", "", b"{\"a\":1}"),
        ("text/plain", "", b"hello"),
        ("application/octet-stream", "", b"\0\x01"),
        ("application/octet-stream", "", b""),
    ] {
        let lines = [("Content-Type", media_type), ("Content-Encoding", encoding)];
        let lines = &lines[..if encoding.is_empty() { 1 } else { 2 }];
        creel.deliver(&endpoint, lines, body);
    }
    let new = creel.deliveries(&endpoint);
    let kinds: Vec<_> = new
        .iter()
        .map(|one| one["body"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "form",
            "multipart",
            "xml",
            "ndjson",
            "image",
            "json",
            "json",
            "json",
            "text",
            "binary",
            "empty"
        ]
    );
    creel.end("TERM");
    let database = Connection::open(creel.data_dir().join("creel.db")).expect("it opens");
    database
        .execute_batch(BACK_TO_EIGHTH)
        .expect("it is made older");
    drop(database);
    creel.restart();
    assert_eq!(creel.deliveries(&endpoint), new);
}
