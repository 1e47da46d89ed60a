//! A delivery for subscribers.
//!
//! **Invariant:** a delivery is read once and rendered once, however many subscribers there are.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use crate::contract::delivery::DeliveryJson;
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
        let bytes = summary.target.len() + json_bytes(&summary.reading);
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

/// Length of a value as JSON.
fn json_bytes(value: &impl serde::Serialize) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // After an error, the count so far is still a good estimate.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}
