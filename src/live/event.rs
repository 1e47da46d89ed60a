//! A delivery as subscribers get it.
//!
//! **Invariant:** however many subscribers there are, a delivery is read once and rendered once.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use crate::contract::delivery::DeliveryJson;
use crate::domain::delivery::Summary;
use crate::domain::ids::Seq;

/// A delivery for subscribers. A clone shares everything.
#[derive(Clone, Debug)]
pub struct Event(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    summary: Summary,
    /// The summary as the live stream writes it, once somebody asked for it.
    json: OnceLock<Box<str>>,
    /// About how many bytes the summary takes: what senders put into it is theirs to choose.
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

    /// The summary as JSON, rendered by the first subscriber that asks. It is one line: JSON escapes every control character inside its
    /// strings, and has none between them.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a bug.
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

/// What a subscriber gets.
#[derive(Clone, Debug)]
pub enum FeedItem {
    /// The next delivery.
    Delivery(Event),
    /// Deliveries that this subscriber had not got are deleted.
    Gap {
        /// The first seq that is deleted.
        from: Seq,
        /// The last seq that is deleted.
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
    // What was counted until an error is still a good estimate.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}
