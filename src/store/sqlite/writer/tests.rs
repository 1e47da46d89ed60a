//! Panics on the writing thread.
//!
//! **Invariant:** a panic in a write stores nothing of its group, a panic after a commit fails only its caller, and the thread continues
//! after both.

use rusqlite::Connection;

use super::{Outcome, Writer};

fn writer() -> Writer {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "create table endpoint (number integer primary key, deleted integer not null);
             create table written (value integer not null)",
        )
        .unwrap();
    Writer::start(connection).unwrap()
}

fn insert(connection: &Connection) -> Outcome<()> {
    connection.execute("insert into written values (1)", [])?;
    Ok(Ok(()))
}

fn panics(connection: &Connection) -> Outcome<()> {
    connection.execute("insert into written values (2)", [])?;
    panic!("in a write");
}

fn values(connection: &Connection) -> Outcome<Vec<i64>> {
    let mut statement = connection.prepare("select value from written")?;
    let values = statement.query_map([], |row| row.get(0))?;
    values.collect::<rusqlite::Result<_>>().map(Ok)
}

#[tokio::test]
async fn a_panic_in_a_write_fails_only_that_write() {
    let writer = writer();
    writer.write(insert).await.unwrap();
    let error = writer.write(panics).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("in a write"), "{source}");
    writer.write(insert).await.unwrap();
    assert_eq!(writer.write(values).await.unwrap(), [1, 1]);
}

#[tokio::test]
async fn a_panic_after_a_commit_affects_only_one_caller() {
    let writer = writer();
    let failed = writer.write_then(insert, || panic!("after a commit"));
    assert!(failed.await.is_err());
    assert_eq!(writer.write(values).await.unwrap(), [1]);
}
