//! Preflights are counted in memory and written once a second.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use creel::preflights::Preflights;
use creel::store::Store;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::live::watched::Watched;
use crate::store::{minted, open_sqlite, run};

/// A store, and what counts for it.
struct Counting {
    store: Arc<Watched>,
    preflights: Arc<Preflights>,
    tasks: TaskTracker,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Counting {
    fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let store = Arc::new(Watched::new(open_sqlite(folder.path())));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let kept: Arc<dyn Store> = Arc::clone(&store) as _;
        Self {
            preflights: Preflights::new(kept, tasks.clone(), stop.clone()),
            store,
            tasks,
            stop,
            _folder: folder,
        }
    }

    fn writes(&self) -> usize {
        *self.store.writes.borrow()
    }

    /// Stops the server, and waits as its shutdown does.
    async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

#[test]
fn a_flood_of_preflights_is_one_write() {
    run(async {
        let counting = Counting::start();
        let ids = [
            minted(&*counting.store).await,
            minted(&*counting.store).await,
        ];
        for n in 0..10_000 {
            counting.preflights.count(ids[n % 2]);
        }
        counting.end().await;
        assert_eq!(counting.writes(), 1);
        for id in ids {
            assert_eq!(counting.store.preflights(id).await.unwrap(), 5_000);
        }
    });
}

#[test]
fn what_the_store_could_not_write_is_written_later() {
    run(async {
        let counting = Counting::start();
        let id = minted(&*counting.store).await;
        counting.store.fails.store(true, Ordering::SeqCst);
        counting.preflights.count(id);
        let mut writes = counting.store.writes.subscribe();
        writes.wait_for(|writes| *writes >= 1).await.unwrap();
        counting.preflights.count(id);
        counting.store.fails.store(false, Ordering::SeqCst);
        writes.wait_for(|writes| *writes >= 2).await.unwrap();
        counting.end().await;
        assert_eq!(counting.store.preflights(id).await.unwrap(), 2);
    });
}
