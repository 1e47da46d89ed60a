//! Properties of the SQLite backend that are not part of the trait's contract.

use creel::domain::endpoint::Endpoint;
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::run::ReadingKind;
use creel::domain::time::Time;
use creel::domain::token_check::TokenRule;
use creel::store::sqlite::{FILE_NAME, SqliteStore};
use creel::store::{Filter, Owner, Page};
use futures_util::future::join;
use tempfile::TempDir;

use super::{fill, is_not_found, key, minted, open_sqlite, record, run};
use crate::app::eventually;

#[test]
fn a_deletion_removes_all_rows_of_only_that_endpoint() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    let (deleted, kept) = run(async {
        let owned = Endpoint::new(
            Some("name".to_owned()),
            TokenRule::Secret("t".to_owned()),
            Some(key("o")),
        );
        let deleted = owned.id;
        store
            .create_endpoint(owned, Some(key("key")))
            .await
            .unwrap();
        let kept = minted(&*store).await;
        fill(&*store, deleted, 3000).await;
        fill(&*store, kept, 500).await;
        store.add_read_key(deleted, key("more")).await.unwrap();
        store.delete_endpoint(deleted).await.unwrap();
        // Captures continue during the sweep.
        fill(&*store, kept, 500).await;
        (deleted, kept)
    });
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("the file opens");
    let number = |id: EndpointId| -> i64 {
        let sql = "select number from endpoint where id = ?1";
        file.query_row(sql, [id.0], |row| row.get(0))
            .expect("its row stays")
    };
    let rows = |id: EndpointId| -> i64 {
        let sql = "select count(*) from delivery where key >> 32 = ?1";
        file.query_row(sql, [number(id)], |row| row.get(0))
            .expect("rows can be counted")
    };
    eventually("all rows are cleared away", || {
        (rows(deleted) == 0).then_some(())
    });
    let keys: i64 = file
        .query_row(
            "select count(*) from read_key where endpoint = ?1",
            [number(deleted)],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(keys, 0);
    let left: (Option<String>, Option<String>, Option<Vec<u8>>) = file
        .query_row(
            "select name, token, owner from endpoint where id = ?1",
            [deleted.0],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(left, (None, None, None));
    assert_eq!(rows(kept), 1000);
    let check: String = file
        .query_row("pragma integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}

#[test]
fn a_read_key_added_during_the_deletion_leaves_no_row() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    run(async {
        let id = minted(&*store).await;
        store.endpoint(id).await.unwrap();
        let _ = join(
            store.delete_endpoint(id),
            store.add_read_key(id, key("late")),
        )
        .await;
    });
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("the file opens");
    let keys: i64 = file
        .query_row("select count(*) from read_key", [], |row| row.get(0))
        .unwrap();
    assert_eq!(keys, 0);
}

#[test]
fn without_free_numbers_no_endpoint_is_created() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    run(async {
        let first = minted(&*store).await;
        fill(&*store, first, 3).await;
        let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
        let highest = i64::MAX >> 32;
        file.execute(
            "update sqlite_sequence set seq = ?1 where name = 'endpoint'",
            [highest - 1],
        )
        .unwrap();
        let last = minted(&*store).await;
        fill(&*store, last, 2).await;
        let refused = store
            .create_endpoint(Endpoint::new(None, TokenRule::NotAsked, None), None)
            .await;
        assert!(refused.is_err());
        assert_eq!(
            store
                .deliveries(first, Page::newest(10))
                .await
                .unwrap()
                .len(),
            3
        );
        assert_eq!(
            store
                .deliveries(last, Page::newest(10))
                .await
                .unwrap()
                .len(),
            2
        );
    });
}

#[test]
fn a_row_with_unknown_values_is_still_shown() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    run(async {
        let id = minted(&*store).await;
        fill(&*store, id, 2).await;
        let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
        file.execute(
            "update delivery set reading = '{\"kind\":\"of tomorrow\"}' where key & 3 = 1",
            [],
        )
        .unwrap();
        let found = store.deliveries(id, Page::newest(10)).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].reading.kind, ReadingKind::Unknown);
        assert_eq!(found[1].damaged, ["reading"]);
        assert_eq!(
            store.delivery(id, Seq(1)).await.unwrap().summary.seq,
            Seq(1)
        );
    });
}

/// A database of the first version with these readings in the deliveries of an endpoint, each received a microsecond after the previous one,
/// and with two endpoints without deliveries, one of them deleted.
fn first_form(folder: &std::path::Path, readings: &[String]) -> (EndpointId, EndpointId) {
    let file = rusqlite::Connection::open(folder.join(FILE_NAME)).expect("it opens");
    let [id, empty, deleted] = [(); 3].map(|()| EndpointId::random());
    let first = include_str!("../../../src/store/sqlite/migrations/0001_first.sql");
    file.execute_batch(first).unwrap();
    file.pragma_update(None, "user_version", 1).unwrap();
    for (id, last_seq, deleted) in [(id, 3, 0), (empty, 0, 0), (deleted, 9, 1)] {
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
        assert_eq!(store.endpoint(id).await.unwrap().reply.statuses(), [200]);
        let of = |filter: Filter| store.deliveries(id, Page::newest(10).filter(filter));
        let uuid = uuid::Uuid::try_parse(RUN).unwrap();
        assert_eq!(of(Filter::All).await.unwrap().len(), 3);
        assert_eq!(of(Filter::LatestAttempts).await.unwrap().len(), 3);
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
        let listed = store.endpoints(Owner::Any, None, 10).await.unwrap();
        let newest: Vec<_> = listed
            .iter()
            .map(|catch| (catch.endpoint.id, catch.last_seq, catch.last_received_at))
            .collect();
        let third = Some(Time::from_micros(3));
        assert_eq!(newest, [(empty, Seq(0), None), (id, Seq(3), third)]);
        let kept = store.record(record(id, b"next")).await.unwrap();
        assert_eq!(kept.seq, Seq(4));
    });
}

#[test]
fn a_failed_migration_leaves_the_database_unchanged() {
    let folder = TempDir::new().expect("a temporary folder");
    first_form(folder.path(), &[]);
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
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

/// A list reads only the columns before them.
#[test]
fn head_and_body_are_the_last_columns() {
    let folder = TempDir::new().expect("a temporary folder");
    let _store = open_sqlite(folder.path());
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
    let mut columns = file
        .prepare("select name from pragma_table_info('delivery') order by cid desc limit 2")
        .unwrap();
    let last: rusqlite::Result<Vec<String>> =
        columns.query_map([], |row| row.get(0)).unwrap().collect();
    assert_eq!(last.unwrap(), ["body", "head"]);
}

#[test]
fn an_endpoint_without_free_seqs_stores_no_more() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    run(async {
        let id = minted(&*store).await;
        fill(&*store, id, 1).await;
        let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
        let to_last_but_one = (1_i64 << 32) - 4;
        file.execute("update delivery set key = key + ?1", [to_last_but_one])
            .unwrap();
        assert_eq!(
            store.record(record(id, b"x")).await.unwrap().seq,
            Seq((1 << 32) - 2)
        );
        assert!(is_not_found(&store.record(record(id, b"x")).await));
    });
}

/// The cost of a list of a run or thread depends on its size, not on that of its endpoint.
#[test]
fn deliveries_of_a_run_and_of_a_thread_are_found_by_an_index() {
    let folder = TempDir::new().expect("a temporary folder");
    let _store = open_sqlite(folder.path());
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
    for (condition, index, keys) in [
        ("run_id = x'00'", "delivery_by_run", "rowid>? AND rowid<?"),
        (
            "key >> 10 = 3 and thread_id = x'00'",
            "delivery_by_thread",
            "<expr>=? AND thread_id=? AND rowid>? AND rowid<?",
        ),
    ] {
        let sql = format!(
            "explain query plan select * from delivery where key > 1 and key < 9 and {condition} order by key desc limit 3"
        );
        let plan: String = file.query_row(&sql, [], |row| row.get(3)).unwrap();
        assert!(plan.contains(index), "{plan}");
        assert!(plan.contains(keys), "{plan}");
    }
}
