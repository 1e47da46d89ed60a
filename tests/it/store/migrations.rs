//! Databases of earlier versions, brought to the present form.
//!
//! **Invariant:** an old database is made by the migrations of its time, which are released and never change.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use creel::domain::counts::{Counts, Rows, RunStatus};
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::settings::{Settings, SettingsInput};
use creel::domain::time::Time;
use creel::query::Query;
use creel::store::sqlite::{FILE_NAME, SqliteStore};
use creel::store::{EndpointFilter, Filter, Page};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{all_endpoints, is_not_found, keep, key, minted, open_sqlite, record, run, seqs};
use crate::app::eventually;

/// Makes a database of the fourth form out of one of the present form. The settings of its endpoints are lost.
pub(crate) const BACK_TO_FOURTH: &str = "
    drop trigger delivery_with_trailers_deleted;
    drop table trailers;
    drop table refused;
    drop index delivery_facts;
    alter table delivery drop column run_status;
    alter table delivery drop column attempt_number;
    alter table delivery drop column graph_key;
    alter table endpoint drop column reply_position;
    alter table endpoint drop column preflights;
    drop trigger newest_delivery_deleted;
    alter table endpoint drop column last_seq_floor;
    alter table endpoint drop column settings;
    alter table endpoint add column name text;
    alter table endpoint add column token text;
    alter table endpoint add column reply text not null default '[200]';
    pragma user_version = 4;";

/// A database of the first version with these readings in the deliveries of an endpoint, each received a microsecond after the previous one,
/// and with two endpoints without deliveries, one of them deleted.
fn first_form(folder: &Path, readings: &[String]) -> (EndpointId, EndpointId) {
    let file = Connection::open(folder.join(FILE_NAME)).expect("it opens");
    let [id, empty, deleted] = [(); 3].map(|()| EndpointId::random());
    let first = include_str!("../../../src/store/sqlite/migrations/0001_first.sql");
    file.execute_batch(first).unwrap();
    file.pragma_update(None, "user_version", 1).unwrap();
    for (id, last_seq, deleted) in [
        (id, i64::try_from(readings.len()).unwrap(), 0),
        (empty, 0, 0),
        (deleted, 9, 1),
    ] {
        file.execute(
            "insert into endpoint (id, created_at_us, last_seq, deleted) values (?1, 0, ?2, ?3)",
            rusqlite::params![id.0, last_seq, deleted],
        )
        .unwrap();
    }
    for (n, reading) in (1_u8..).zip(readings) {
        let key = (1_i64 << 32) + i64::from(n);
        file.execute(
            "insert into delivery (key, id, received_at_us, http_version, method, target, headers_exact, body_bytes, body_sha256,
                                   body_kind, token, reading, reply_status)
             values (?1, zeroblob(16), ?2, 'HTTP/1.1', 'POST', '/', 1, 0, zeroblob(32), 'json', 'not_asked', ?3, 200)",
            rusqlite::params![key, n, reading],
        )
        .unwrap();
        file.execute(
            "insert into content (key, head, body) values (?1, ?2, ?3)",
            rusqlite::params![key, [b'h', n], [b'b', n]],
        )
        .unwrap();
    }
    (id, empty)
}

#[test]
fn a_database_of_the_first_version_is_migrated() {
    const RUN: &str = "01a20015-a599-73cf-a7e4-82e5ac641e67";
    let folder = TempDir::new().expect("a temporary folder");
    let reading = |run: &str| format!("{{\"kind\":\"run\",\"why\":null,\"run\":{run}}}");
    let full = format!(
        "{{\"run_id\":\"{RUN}\",\"thread_id\":\"{RUN}\",\"sender\":{{\"kind\":\"unknown\"}}}}"
    );
    let readings = [
        reading(&full),
        reading("{\"run_id\":\"no UUID\",\"thread_id\":\"0a\",\"sender\":{\"kind\":\"unknown\"}}"),
        "{\"kind\":\"text\",\"why\":null,\"run\":null}".to_owned(),
    ];
    let (id, empty) = first_form(folder.path(), &readings);
    let store = open_sqlite(folder.path());
    run(async {
        assert_eq!(
            store.endpoint(id).await.unwrap().settings,
            Settings::default()
        );
        let of = |filter: Filter| store.deliveries(id, Page::newest(10).filter(filter));
        let uuid = uuid::Uuid::try_parse(RUN).unwrap();
        assert_eq!(of(Filter::All).await.unwrap().len(), 3);
        assert_eq!(
            of(Filter::LatestAttempts(Rows::All)).await.unwrap().len(),
            3
        );
        for one in [Filter::Run(uuid), Filter::Thread(uuid)] {
            let found = of(one).await.unwrap();
            assert_eq!(found.len(), 1, "{one:?}");
            assert_eq!(found[0].seq, Seq(1));
        }
        for n in 1..=3 {
            let found = store.delivery(id, Seq(n.into())).await.unwrap();
            assert_eq!(
                (&*found.head.raw, &*found.body),
                (&[b'h', n][..], &[b'b', n][..])
            );
        }
        let listed = all_endpoints(&*store).await;
        let newest: Vec<_> = listed
            .iter()
            .map(|catch| (catch.endpoint.id, catch.last_seq, catch.last_received_at))
            .collect();
        let third = Some(Time::from_micros(3));
        assert_eq!(newest, [(empty, Seq(0), None), (id, Seq(3), third)]);
        let kept = keep(&*store, record(id, b"next")).await.unwrap();
        assert_eq!(kept.seq, Seq(4));
    });
}

#[test]
fn deliveries_of_the_first_version_are_counted_by_status() {
    let folder = TempDir::new().expect("a temporary folder");
    let run_with = |n: usize, status: &str| {
        format!(
            "{{\"kind\":\"run\",\"why\":null,\"run\":{{\"run_id\":\"01a20015-a599-73cf-a7e4-82e5ac641e6{n}\",
              {status}\"sender\":{{\"kind\":\"unknown\"}}}}}}"
        )
    };
    let mut readings: Vec<_> = [
        "\"status\":\"error\",",
        "\"status\":\"success\",",
        "\"status\":\"timeout\",",
        "\"status\":\"running\",",
        "\"status\":null,",
        "",
        "\"status\":\"error\",",
    ]
    .iter()
    .enumerate()
    .map(|(n, status)| run_with(n, status))
    .collect();
    // The status of something else is not that of a run.
    readings.push("{\"kind\":\"json\",\"why\":null,\"run\":null,\"status\":\"error\"}".to_owned());
    readings.push("{\"kind\":\"text\",\"why\":null,\"run\":null}".to_owned());
    let (id, empty) = first_form(folder.path(), &readings);
    let store = open_sqlite(folder.path());
    run(async {
        let counts = store.counts(id).await.unwrap();
        let expected = [
            (RunStatus::Success, 1),
            (RunStatus::Error, 2),
            (RunStatus::Timeout, 1),
            (RunStatus::Other, 3),
        ];
        assert_eq!(counts.runs, expected);
        assert_eq!((counts.all, counts.token), (9, 0));
        let failed = Page::newest(10).filter(Filter::LatestAttempts(Rows::Failed));
        let failed = store.deliveries(id, failed).await.unwrap();
        assert_eq!(seqs(&failed), [7, 3, 1]);
        assert_eq!(store.counts(empty).await.unwrap(), Counts::default());
    });
}

#[test]
fn deliveries_of_the_first_version_are_found_by_graph() {
    let folder = TempDir::new().expect("a temporary folder");
    let reading = |graph: &str| {
        format!(
            "{{\"kind\":\"run\",\"why\":null,\"run\":{{\"graph_id\":{graph},\"sender\":{{\"kind\":\"unknown\"}}}}}}"
        )
    };
    let mut readings: Vec<_> = ["\"Agent\"", "\"agent2\"", "\"\u{c4}rger\"", "null"]
        .map(reading)
        .into();
    readings.push("{\"kind\":\"json\",\"why\":null,\"run\":null}".to_owned());
    let (id, _) = first_form(folder.path(), &readings);
    let store = open_sqlite(folder.path());
    run(async {
        for (query, expected) in [
            ("graph:agent", vec![1]),
            ("graph:AG*", vec![2, 1]),
            ("graph:\u{e4}rger", vec![3]),
            ("-graph:agent", vec![5, 4, 3, 2]),
            ("graph:=agent", vec![]),
        ] {
            let query = Arc::new(Query::parse(query, Time::now()).unwrap());
            let page = Page::newest(10);
            let found = store.search(id, query, page, Duration::from_mins(1)).await;
            assert_eq!(seqs(&found.unwrap().items), expected);
        }
    });
}

/// Makes a database of the fifth form out of one of the present form.
const BACK_TO_FIFTH: &str = "
    drop trigger delivery_with_trailers_deleted;
    drop table trailers;
    drop table refused;
    drop index delivery_facts;
    alter table delivery drop column run_status;
    alter table delivery drop column attempt_number;
    alter table delivery drop column graph_key;
    alter table endpoint drop column reply_position;
    alter table endpoint drop column preflights;
    pragma user_version = 5;";

/// SQL for values of `reading` and `attempt` that cannot be read, or that say nothing sensible.
const DAMAGED_FACTS: &[(&str, &str)] = &[
    ("reading", "'{'"),
    ("reading", "''"),
    ("reading", "'null'"),
    ("reading", "'[]'"),
    ("reading", "'\"run\"'"),
    ("reading", "cast(x'ff' as text)"),
    ("reading", "replace(hex(zeroblob(3000)), '0', '[')"),
    (
        "reading",
        "'{\"kind\":\"run\",\"run\":{\"status\":{\"a\":1}}}'",
    ),
    ("reading", "'7'"),
    ("attempt", "'{'"),
    ("attempt", "''"),
    ("attempt", "'null'"),
    ("attempt", "'{\"number\":\"many\"}'"),
    ("attempt", "'{\"number\":[1]}'"),
    ("attempt", "cast(x'ff' as text)"),
    ("attempt", "'7'"),
];

#[test]
fn a_damaged_value_does_not_stop_the_migration_and_changes_no_other_number() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    let (damaged, whole) = run(async {
        let (damaged, whole) = (minted(&*store).await, minted(&*store).await);
        for _ in DAMAGED_FACTS {
            keep(&*store, record(damaged, b"damaged")).await.unwrap();
        }
        keep(&*store, record(whole, b"whole")).await.unwrap();
        (damaged, whole)
    });
    drop(store);
    let file = Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
    file.execute_batch(BACK_TO_FIFTH).expect("the fifth form");
    for (n, (column, value)) in (1..).zip(DAMAGED_FACTS) {
        let sql = format!(
            "update delivery set {column} = {value} where key = {}",
            (1_i64 << 32) + n
        );
        assert_eq!(file.execute(&sql, []).expect("it is written"), 1, "{sql}");
    }
    drop(file);
    let store = open_sqlite(folder.path());
    run(async {
        let page = Page::newest(100).filter(Filter::LatestAttempts(Rows::All));
        let listed = store.deliveries(damaged, page).await.unwrap();
        assert_eq!(listed.len(), DAMAGED_FACTS.len());
        store.counts(damaged).await.expect("what can be counted");
        let counts = store.counts(whole).await.unwrap();
        assert_eq!((counts.all, counts.of(Rows::Other)), (1, 1));
        let kept = keep(&*store, record(damaged, b"next")).await.unwrap();
        assert_eq!(kept.seq, Seq(DAMAGED_FACTS.len() as u64 + 1));
        store.check().await.unwrap();
    });
}

#[test]
fn a_failed_migration_leaves_the_database_unchanged() {
    let folder = TempDir::new().expect("a temporary folder");
    first_form(folder.path(), &[]);
    let file = Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
    file.execute_batch("create table delivery_of_one_row (in_the_way)")
        .unwrap();
    let refused = SqliteStore::open(folder.path()).map(drop);
    let error = refused.expect_err("a table is in the way").to_string();
    assert!(error.contains("could not be migrated"), "{error}");
    let form: i64 = file
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(form, 2, "the step before it was whole");
    file.execute_batch("select last_seq from endpoint; select body from content")
        .expect("the old form is still there");
    file.execute_batch("drop table delivery_of_one_row")
        .unwrap();
    SqliteStore::open(folder.path()).expect("nothing is in the way any more");
}

/// An empty database of the fourth form.
fn fourth_form(folder: &Path) -> Connection {
    let file = Connection::open(folder.join(FILE_NAME)).expect("it opens");
    let flags = rusqlite::functions::FunctionFlags::SQLITE_UTF8;
    file.create_scalar_function("without_own_cookies", 1, flags, |call| {
        call.get::<Vec<u8>>(0)
    })
    .expect("the fourth migration calls it");
    for migration in [
        include_str!("../../../src/store/sqlite/migrations/0001_first.sql"),
        include_str!("../../../src/store/sqlite/migrations/0002_attempts.sql"),
        include_str!("../../../src/store/sqlite/migrations/0003_one_row.sql"),
        include_str!("../../../src/store/sqlite/migrations/0004_sessions.sql"),
    ] {
        file.execute_batch(migration).expect("it was released");
    }
    file.pragma_update(None, "user_version", 4).unwrap();
    file
}

/// Adds an endpoint to a database of the fourth form, with SQL for its name, its token and its reply.
fn add(file: &Connection, deleted: u8, [name, token, reply]: [&str; 3]) -> EndpointId {
    let id = EndpointId::random();
    let sql = format!(
        "insert into endpoint (id, created_at_us, owner, deleted, name, token, reply)
         values (?1, 7, ?2, ?3, {name}, {token}, {reply})"
    );
    let owner = key("owner").0;
    file.execute(&sql, rusqlite::params![id.0, owner, deleted])
        .expect("it is written");
    id
}

/// SQL for name, token and reply of an endpoint of the fourth form, and the same as a program asks for it.
const SETTINGS: [([&str; 3], &str); 4] = [
    (["null", "null", "'[200]'"], "{}"),
    (
        ["'it''s \"x\" \\ \u{2028}ü'", "'t\"\\ü'", "'[500, 503,204]'"],
        r#"{"name": "it's \"x\" \\ \u2028ü", "token": "t\"\\ü", "reply": [500, 503, 204]}"#,
    ),
    (
        ["'{}'", "'null'", "'[599]'"],
        r#"{"name": "{}", "token": "null", "reply": [599]}"#,
    ),
    (
        [
            "null",
            "'[1]'",
            "'[200,200,200,200,200,200,200,200,200,200]'",
        ],
        r#"{"token": "[1]", "reply": [200,200,200,200,200,200,200,200,200,200]}"#,
    ),
];

#[test]
fn endpoints_of_the_fourth_form_keep_their_settings() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = fourth_form(folder.path());
    let ids = SETTINGS.map(|(columns, _)| add(&file, 0, columns));
    drop(file);
    for _ in 0..2 {
        let store = open_sqlite(folder.path());
        run(async {
            let listed = store
                .endpoints(EndpointFilter::One(key("owner")), None, 10)
                .await;
            let listed: Vec<_> = listed.unwrap().into_iter().rev().collect();
            for ((id, (_, json)), listed) in ids.iter().zip(SETTINGS).zip(&listed) {
                let asked: SettingsInput = serde_json::from_str(json).unwrap();
                let expected = Settings::default().changed_by(asked).unwrap();
                let found = store.endpoint(*id).await.unwrap();
                assert_eq!(found.settings, expected);
                assert_eq!(found.created_at, Time::from_micros(7));
                assert_eq!(listed.reply_position, 1);
                assert_eq!(format!("{:?}", listed.endpoint), format!("{found:?}"));
            }
            assert_eq!(listed.len(), SETTINGS.len());
        });
    }
}

#[test]
fn a_damaged_endpoint_of_the_fourth_form_stops_no_other() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = fourth_form(folder.path());
    let damaged = [
        ["null", "null", "'[]'"],
        ["null", "null", "'{'"],
        ["null", "null", "cast(x'ff' as text)"],
        ["null", "cast(x'ff' as text)", "'[200]'"],
        ["cast(x'ff' as text)", "null", "'[200]'"],
    ];
    let damaged = damaged.map(|columns| add(&file, 0, columns));
    let whole = add(&file, 0, ["'whole'", "'t'", "'[204]'"]);
    drop(file);
    let store = open_sqlite(folder.path());
    run(async {
        let listed = all_endpoints(&*store).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].endpoint.id, whole);
        for id in damaged {
            let error = store.endpoint(id).await.expect_err("it is damaged");
            let source = std::error::Error::source(&error).expect("a cause");
            let cause = source.source().expect("what is damaged").to_string();
            assert!(
                cause.contains(&format!("endpoint {id} is damaged")),
                "{cause}"
            );
            assert!(cause.contains("settings"), "{cause}");
            let kept = keep(&*store, record(id, b"x")).await;
            assert_eq!(kept.unwrap().seq, Seq(1), "its deliveries are its own");
            store.delete_endpoint(id).await.expect("it can be deleted");
        }
    });
}

#[test]
fn a_deleted_endpoint_of_the_fourth_form_stays_deleted() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = fourth_form(folder.path());
    let id = add(&file, 1, ["null", "null", "'[200]'"]);
    let store = open_sqlite(folder.path());
    run(async {
        assert!(is_not_found(&store.endpoint(id).await));
        assert_eq!(all_endpoints(&*store).await.len(), 0);
    });
    eventually("it is cleared away", || {
        let sql = "select deleted from endpoint where settings is null";
        let state: i64 = file.query_row(sql, [], |row| row.get(0)).unwrap();
        (state == 2).then_some(())
    });
}
