//! Notifies open streams when a reader's access may have ended.
//!
//! **Invariant:** a change after [`Changes::subscribe`] is never missed.

use tokio::sync::watch;

/// Notifies open streams that a reader's access may have ended.
pub(super) struct Changes(watch::Sender<()>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Changes {
    pub(super) fn notify(&self) {
        self.0.send_replace(());
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}
