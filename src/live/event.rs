//! A delivery for subscribers.
//!
//! **Invariant:** a delivery is read once and rendered once, however many subscribers there are.

use std::sync::{Arc, OnceLock};

use crate::contract::delivery::{DeliveryJson, summary_bytes};
use crate::domain::delivery::Summary;
use crate::domain::ids::Seq;

/// A delivery for subscribers. Clones share their data.
#[derive(Clone, Debug)]
pub struct Event(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    summary: Summary,
    /// The summary as JSON, after the first subscriber asked for it.
    json: OnceLock<Box<str>>,
    /// Estimated size of the summary in bytes. Senders influence it.
    bytes: usize,
}

impl Event {
    /// Of a delivery.
    #[must_use]
    pub fn new(summary: Summary) -> Self {
        let bytes = summary_bytes(&summary);
        Self(Arc::new(Shared {
            summary,
            json: OnceLock::new(),
            bytes,
        }))
    }

    /// The delivery.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.0.summary
    }

    /// Its seq.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.0.summary.seq
    }

    /// The summary as JSON, rendered for the first subscriber that asks. Compact JSON contains no unescaped control characters, so it is one
    /// line.
    ///
    /// # Errors
    /// When it cannot be serialised, which is a bug.
    pub fn json(&self) -> serde_json::Result<&str> {
        if let Some(json) = self.0.json.get() {
            return Ok(json);
        }
        let json = serde_json::to_string(&DeliveryJson::summary(&self.0.summary))?;
        Ok(self.0.json.get_or_init(|| json.into()))
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.bytes
    }
}

/// An item of a subscription.
#[derive(Clone, Debug)]
pub enum FeedItem {
    /// The next delivery.
    Delivery(Event),
    /// Deliveries were deleted before this subscriber received them.
    Gap {
        /// The first deleted seq.
        from: Seq,
        /// The last deleted seq.
        through: Seq,
    },
}
