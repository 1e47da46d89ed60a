//! Ends a stream when the right that opened it ends.
//!
//! **Invariant:** after a right has ended, nothing more is sent on a stream that it opened.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::sync::watch;
use tokio::time::Interval;

use super::{Access, Right};
use crate::domain::ids::EndpointId;
use crate::store::StoreError;

/// How often an open stream checks whether its right has expired.
const RECHECK: Duration = Duration::from_mins(1);

impl Access {
    /// Whether the right to read the endpoint still exists.
    async fn holds(&self, right: Right, id: EndpointId) -> Result<bool, StoreError> {
        Ok(match right {
            Right::OperatorToken => true,
            Right::Session(hash) => self.sessions.is_open(hash).await?,
            Right::Owner(owner) => self.store.endpoint(id).await?.owner == Some(owner),
            Right::ReadKey(key) => self.store.has_read_key(id, key).await?,
        })
    }

    /// Ends `items` when the right to read the endpoint ends: by revocation, sign-out or expiry. A failure of the store ends it too.
    pub fn while_allowed<S: Stream + Unpin>(
        self: Arc<Self>,
        right: Right,
        id: EndpointId,
        items: S,
    ) -> impl Stream<Item = S::Item> {
        let mut recheck = tokio::time::interval(RECHECK);
        recheck.reset();
        // From here on no change is missed. One since the check of the request would be, so the right is checked again before the first item.
        let mut changes = self.changes.subscribe();
        changes.mark_changed();
        let allowed = Allowed {
            changes,
            access: self,
            right,
            id,
            recheck,
            items,
        };
        stream::unfold(allowed, |mut allowed| async {
            let item = allowed.next().await?;
            Some((item, allowed))
        })
    }
}

/// Items, until a right ends.
struct Allowed<S> {
    access: Arc<Access>,
    right: Right,
    id: EndpointId,
    changes: watch::Receiver<()>,
    recheck: Interval,
    items: S,
}

impl<S: Stream + Unpin> Allowed<S> {
    async fn next(&mut self) -> Option<S::Item> {
        let mut read = None;
        let mut in_doubt = self.changes.has_changed().unwrap_or(true);
        loop {
            if in_doubt {
                self.changes.mark_unchanged();
                let holds = self.access.holds(self.right, self.id).await;
                if !holds.unwrap_or(false) {
                    return None;
                }
            }
            in_doubt = self.changes.has_changed().unwrap_or(true);
            if in_doubt {
                continue;
            }
            if let Some(item) = read {
                return Some(item);
            }
            tokio::select! {
                biased;
                _ = self.changes.changed() => in_doubt = true,
                _ = self.recheck.tick() => in_doubt = true,
                item = self.items.next() => read = Some(item?),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::domain::endpoint::Endpoint;
    use crate::domain::secret::SecretHash;
    use crate::domain::settings::Settings;
    use crate::store::Store;
    use crate::store::sqlite::SqliteStore;
    use crate::urls::Urls;

    #[tokio::test]
    async fn a_right_that_ends_before_its_stream_begins_opens_none() {
        let folder = tempfile::TempDir::new().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
        let endpoint = Endpoint::new(Settings::default(), None);
        let (id, key) = (endpoint.id, SecretHash::of("a key"));
        store.create_endpoint(endpoint, Some(key)).await.unwrap();
        let config = Config::for_urls(None, None);
        let urls = Urls::new(&config, config.bind, None);
        let access = Access::new(Arc::clone(&store), config, urls).await.unwrap();
        store.revoke_read_keys(id).await.unwrap();
        let items = stream::iter(["an item"]);
        let mut items = Box::pin(access.while_allowed(Right::ReadKey(key), id, items));
        assert_eq!(items.next().await, None);
    }
}
