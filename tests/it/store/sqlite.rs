//! Properties of the SQLite backend that are not part of the trait's contract.

use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::run::ReadingKind;
use creel::store::sqlite::FILE_NAME;
use creel::store::{Page, Store, StoreError};
use futures_util::future::join;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{
    all_endpoints, change, endpoint, fill, keep, key, minted, named, open_sqlite, record, run,
};
use crate::app::eventually;

/// The database in a folder, besides the store that has it open.
fn file(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join(FILE_NAME)).expect("the file opens")
}

#[test]
fn a_deletion_removes_all_rows_of_only_that_endpoint() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    let (deleted, kept) = run(async {
        let owned = named("name", Some("t"), Some(key("o")));
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
    let file = file(&folder);
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
    let left: (Option<String>, Option<Vec<u8>>) = file
        .query_row(
            "select settings, owner from endpoint where id = ?1",
            [deleted.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(left, (None, None));
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
    let file = file(&folder);
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
        let file = file(&folder);
        let highest = i64::MAX >> 32;
        file.execute(
            "update sqlite_sequence set seq = ?1 where name = 'endpoint'",
            [highest - 1],
        )
        .unwrap();
        let last = minted(&*store).await;
        fill(&*store, last, 2).await;
        let refused = store.create_endpoint(endpoint(), None).await;
        assert!(matches!(refused, Err(StoreError::UsedUp("endpoints"))));
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
        let file = file(&folder);
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

/// A list reads only the columns before them. Those behind them are read from an index alone.
#[test]
fn head_and_body_come_after_what_a_list_reads() {
    let folder = TempDir::new().expect("a temporary folder");
    let _store = open_sqlite(folder.path());
    let file = file(&folder);
    let mut columns = file
        .prepare("select name from pragma_table_info('delivery') order by cid desc limit 5")
        .unwrap();
    let last: rusqlite::Result<Vec<String>> =
        columns.query_map([], |row| row.get(0)).unwrap().collect();
    assert_eq!(
        last.unwrap(),
        ["graph_key", "attempt_number", "run_status", "body", "head"]
    );
}

#[test]
fn an_endpoint_without_free_seqs_stores_no_more() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    run(async {
        let id = minted(&*store).await;
        fill(&*store, id, 1).await;
        let file = file(&folder);
        let to_last_but_one = (1_i64 << 32) - 4;
        file.execute("update delivery set key = key + ?1", [to_last_but_one])
            .unwrap();
        assert_eq!(
            keep(&*store, record(id, b"x")).await.unwrap().seq,
            Seq((1 << 32) - 2)
        );
        let refused = keep(&*store, record(id, b"x")).await;
        assert!(matches!(refused, Err(StoreError::UsedUp("deliveries"))));
    });
}

/// The last seq of an endpoint as everything that shows it has it.
async fn last_seqs(store: &dyn Store, id: EndpointId) -> [Seq; 2] {
    let mut listed = all_endpoints(store).await.into_iter();
    let listed = listed.find(|one| one.endpoint.id == id);
    [
        store.last_seq(id).await.unwrap(),
        listed.expect("it is listed").last_seq,
    ]
}

#[test]
fn a_seq_is_not_given_out_again_after_the_newest_deliveries_are_deleted() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    let (id, other) = run(async { (minted(&*store).await, minted(&*store).await) });
    let file = file(&folder);
    let delete = |seqs: &str| {
        let sql =
            format!("delete from delivery where key >> 32 = 1 and key & 4294967295 in ({seqs})");
        file.execute(&sql, []).expect("they are deleted")
    };
    run(async {
        fill(&*store, id, 5).await;
        fill(&*store, other, 2).await;
        // The newest, then one in the middle, then all that are left.
        for (seqs, count) in [("4, 5", 2), ("2", 1), ("1, 3", 2)] {
            assert_eq!(delete(seqs), count);
            assert_eq!(last_seqs(&*store, id).await, [Seq(5); 2]);
        }
        assert_eq!(last_seqs(&*store, other).await, [Seq(2); 2]);
        let next = keep(&*store, record(id, b"x")).await.unwrap();
        assert_eq!(next.seq, Seq(6));
        assert_eq!(delete("6"), 1);
        store.check().await.unwrap();
    });
    drop(store);
    let store = open_sqlite(folder.path());
    run(async {
        let listed = all_endpoints(&*store).await;
        assert_eq!(listed[1].last_received_at, None, "none is there");
        assert_eq!(last_seqs(&*store, id).await, [Seq(6); 2]);
        let next = keep(&*store, record(id, b"x")).await.unwrap();
        assert_eq!(next.seq, Seq(7));
        assert_eq!(last_seqs(&*store, id).await, [Seq(7); 2]);
    });
}

/// The readiness check writes and deletes a row with the last key that there is.
#[test]
fn the_readiness_check_uses_up_no_seq_of_the_last_endpoint() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    let file = file(&folder);
    run(async {
        minted(&*store).await;
        let sql = "update sqlite_sequence set seq = ?1 where name = 'endpoint'";
        file.execute(sql, [(i64::MAX >> 32) - 1]).unwrap();
        let last = minted(&*store).await;
        store.check().await.unwrap();
        assert_eq!(last_seqs(&*store, last).await, [Seq(0); 2]);
        let first = keep(&*store, record(last, b"x")).await.unwrap();
        assert_eq!(first.seq, Seq(1));
    });
}

/// A deletion looks at the next key of the endpoint, and at no other row.
#[test]
fn what_a_deletion_looks_for_is_found_by_key() {
    let folder = TempDir::new().expect("a temporary folder");
    let _store = open_sqlite(folder.path());
    let file = file(&folder);
    let plan = |sql: &str| -> String {
        file.query_row(&format!("explain query plan {sql}"), [], |row| row.get(3))
            .unwrap()
    };
    let next = plan("select 1 from delivery where key > 5 and key <= (5 | 4294967295)");
    assert!(
        next.contains("COVERING INDEX delivery_facts (key>? AND key<?)"),
        "{next}"
    );
    let floor =
        plan("update endpoint set last_seq_floor = 5 where number = 5 >> 32 and deleted = 0");
    assert!(floor.contains("INTEGER PRIMARY KEY (rowid=?)"), "{floor}");
}

/// The cost of a list of a run or thread depends on its size, not on that of its endpoint.
#[test]
fn deliveries_of_a_run_and_of_a_thread_are_found_by_an_index() {
    let folder = TempDir::new().expect("a temporary folder");
    let _store = open_sqlite(folder.path());
    let file = file(&folder);
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

#[test]
fn a_damaged_position_or_reply_stops_no_capture() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path());
    run(async {
        let id = minted(&*store).await;
        let asked = change(r#"{"reply": [500, 200]}"#);
        let reply = store.change_settings(id, asked).await.unwrap();
        let reply = reply.settings.reply.clone();
        let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("it opens");
        for damage in [
            "reply_position = -1",
            "reply_position = 9223372036854775807",
            "reply_position = 1, settings = '{'",
        ] {
            let sql = format!("update endpoint set {damage}");
            file.execute(&sql, []).expect("it is written");
            for status in [500, 200] {
                let receipt = store.record(record(id, b"x"), reply.clone()).await;
                let response = receipt.expect("it is recorded").response;
                assert_eq!(response.map(|one| one.status), Some(status), "{damage}");
            }
        }
    });
}
