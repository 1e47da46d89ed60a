//! Notifies subscribers of commits at an endpoint.
//!
//! **Invariant:** a notification after [`Notifier::subscribe`] is never missed; several of them between two checks count as one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::domain::ids::EndpointId;

/// Notifies of commits at an endpoint: a delivery, a change, its deletion.
#[derive(Default)]
pub struct Notifier {
    channels: Mutex<HashMap<EndpointId, watch::Sender<()>>>,
}

impl Notifier {
    /// Notifies the subscribers of this endpoint. Without subscribers, this only costs a look-up.
    pub fn notify(&self, endpoint: EndpointId) {
        let mut channels = self.channels();
        let is_closed = |channel: &watch::Sender<()>| channel.send(()).is_err();
        if channels.get(&endpoint).is_some_and(is_closed) {
            channels.remove(&endpoint);
        }
    }

    /// Every notification from now on.
    pub(super) fn subscribe(&self, endpoint: EndpointId) -> watch::Receiver<()> {
        let mut channels = self.channels();
        channels.retain(|_, channel| channel.receiver_count() > 0);
        channels
            .entry(endpoint)
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    /// After a panic elsewhere, the map is still consistent: every change under this lock is a single operation.
    fn channels(&self) -> MutexGuard<'_, HashMap<EndpointId, watch::Sender<()>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
