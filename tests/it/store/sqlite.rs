//! What only the SQLite file can show: no promise of the trait, but of this backend.

use creel::domain::delivery::Seq;
use creel::domain::endpoint::{Endpoint, EndpointId};
use creel::domain::run::ReadingKind;
use creel::domain::verdict::TokenRule;
use creel::store::Page;
use creel::store::sqlite::FILE_NAME;
use futures_util::future::join;
use tempfile::TempDir;

use super::{fill, key, minted, open_sqlite, run};
use crate::app::eventually;

#[test]
fn a_deletion_finally_leaves_no_row_of_the_endpoint_and_all_rows_of_the_others() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path(), Box::new(|_| ()));
    let (deleted, kept) = run(async {
        let owned = Endpoint::new(
            Some("name".to_owned()),
            TokenRule::Secret("t".to_owned()),
            Some(key("o")),
        );
        let deleted = owned.id;
        store.mint(owned, Some(key("key"))).await.unwrap();
        let kept = minted(&*store).await;
        fill(&*store, deleted, 3000).await;
        fill(&*store, kept, 500).await;
        store.add_read_key(deleted, key("more")).await.unwrap();
        store.delete_endpoint(deleted).await.unwrap();
        // Captures go on while it is cleared away.
        fill(&*store, kept, 500).await;
        (deleted, kept)
    });
    let file = rusqlite::Connection::open(folder.path().join(FILE_NAME)).expect("the file opens");
    let number = |id: EndpointId| -> i64 {
        let sql = "select number from endpoint where id = ?1";
        file.query_row(sql, [id.0], |row| row.get(0))
            .expect("its row stays")
    };
    let rows = |table: &str, id: EndpointId| -> i64 {
        let sql = format!("select count(*) from {table} where key >> 32 = ?1");
        file.query_row(&sql, [number(id)], |row| row.get(0))
            .expect("rows can be counted")
    };
    eventually("all rows are cleared away", || {
        (rows("delivery", deleted) + rows("content", deleted) == 0).then_some(())
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
    assert_eq!(
        (rows("delivery", kept), rows("content", kept)),
        (1000, 1000)
    );
    let check: String = file
        .query_row("pragma integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}

#[test]
fn a_read_key_that_comes_with_the_deletion_leaves_no_row() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path(), Box::new(|_| ()));
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
fn when_all_numbers_are_given_out_no_endpoint_is_made_and_none_sees_anothers_rows() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path(), Box::new(|_| ()));
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
            .mint(Endpoint::new(None, TokenRule::NotAsked, None), None)
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
fn a_row_that_another_version_understood_its_own_way_is_still_shown() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = open_sqlite(folder.path(), Box::new(|_| ()));
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
        assert_eq!(found[1].reading.kind, ReadingKind::Unreadable);
        assert_eq!(
            store.delivery(id, Seq(1)).await.unwrap().summary.seq,
            Seq(1)
        );
    });
}
