//! The feed of an endpoint: it waits for notifications, reads the store, and keeps the last events for all subscribers.
//!
//! **Invariant:** the buffer has all deliveries of the store from one seq to another, without gaps, so a subscriber inside the buffer never
//! reads the store. A read starts after the notification that triggers it; a notification during a read triggers another read.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::Event;
use super::event_source::{EventSource, PAGE};
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::store::StoreError;

/// Most events in the buffer: enough for a subscriber that is a few reads late.
const EVENTS_MAX: usize = 2 * PAGE;
/// Most bytes in the buffer, unless a single event has more.
const BYTES_MAX: usize = 256 * 1024;
/// A feed reads the store this often even without a notification, in case one was lost.
const TICK: Duration = Duration::from_secs(15);

/// A running feed; it stops when this is dropped.
pub(super) struct Feed {
    buffer: watch::Receiver<Buffer>,
    task: AbortOnDropHandle<()>,
}

impl Feed {
    pub(super) fn start(
        source: EventSource,
        endpoint: EndpointId,
        notifications: watch::Receiver<()>,
    ) -> Self {
        let (sender, buffer) = watch::channel(Buffer::default());
        let task = tokio::spawn(run(source, endpoint, notifications, sender));
        Self {
            buffer,
            task: AbortOnDropHandle::new(task),
        }
    }

    /// Whether more events will come.
    pub(super) fn is_running(&self) -> bool {
        !self.task.is_finished() && self.buffer.borrow().end.is_none()
    }

    pub(super) fn buffer(&self) -> watch::Receiver<Buffer> {
        self.buffer.clone()
    }
}

/// The last events of an endpoint.
#[derive(Default)]
pub(super) struct Buffer {
    /// It has every event after this seq. `None` before the first read.
    after: Option<Seq>,
    events: VecDeque<Event>,
    end: Option<StoreError>,
}

/// The buffer's result for a subscriber that has everything up to some seq.
#[derive(Debug)]
pub(super) enum NextEvent {
    /// The next event.
    Event(Event),
    /// Nothing yet: wait for a change.
    Nothing,
    /// The next event has left the buffer: read the store.
    TooLate,
    /// The store failed, or the endpoint was deleted.
    End(StoreError),
}

impl Buffer {
    pub(super) fn after(&self, last_sent: Seq) -> NextEvent {
        if let Some(error) = &self.end {
            return NextEvent::End(error.clone());
        }
        if self.after.is_some_and(|after| last_sent < after) {
            return NextEvent::TooLate;
        }
        let next = self
            .events
            .partition_point(|event| event.seq() <= last_sent);
        self.events
            .get(next)
            .map_or(NextEvent::Nothing, |event| NextEvent::Event(event.clone()))
    }

    fn push(&mut self, events: Vec<Event>) {
        self.events.extend(events);
        let mut bytes: usize = self.events.iter().map(Event::bytes).sum();
        while self.events.len() > EVENTS_MAX || (bytes > BYTES_MAX && self.events.len() > 1) {
            let Some(oldest) = self.events.pop_front() else {
                return;
            };
            bytes -= oldest.bytes();
            self.after = Some(oldest.seq());
        }
    }
}

async fn run(
    source: EventSource,
    endpoint: EndpointId,
    notifications: watch::Receiver<()>,
    buffer: watch::Sender<Buffer>,
) {
    let Err(error) = fill(&source, endpoint, notifications, &buffer).await;
    buffer.send_modify(|buffer| buffer.end = Some(error));
}

/// Fills the buffer until the store fails or the endpoint is deleted.
async fn fill(
    source: &EventSource,
    endpoint: EndpointId,
    mut notifications: watch::Receiver<()>,
    buffer: &watch::Sender<Buffer>,
) -> Result<std::convert::Infallible, StoreError> {
    let mut last = source.last_seq(endpoint).await?;
    buffer.send_modify(|buffer| buffer.after = Some(last));
    loop {
        // Before the read, so that a commit during the read triggers another one.
        notifications.mark_unchanged();
        let events = source.events(endpoint, last).await?;
        let is_last_page = events.len() < PAGE;
        if let Some(event) = events.last() {
            last = event.seq();
            buffer.send_modify(|buffer| buffer.push(events));
        }
        if is_last_page {
            wait(&mut notifications).await;
        }
    }
}

/// Waits for a notification, at most one tick.
async fn wait(notifications: &mut watch::Receiver<()>) {
    let notified = async {
        if notifications.changed().await.is_err() {
            // The notifier was dropped; only the tick remains.
            std::future::pending::<()>().await;
        }
    };
    let _ = tokio::time::timeout(TICK, notified).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::{Delivery, Intake};
    use crate::domain::head::Head;
    use crate::domain::time::Time;
    use crate::domain::token_check::TokenCheck;
    use crate::langgraph;

    /// An event whose target has this many bytes.
    fn event(seq: u64, bytes: usize) -> Event {
        let target = "t".repeat(bytes);
        let raw = format!("GET {target} HTTP/1.1\r\n\r\n").into();
        let head = Head { raw, exact: true };
        let received_at = Time::from_micros(0);
        let read = langgraph::read(&head, b"", None, received_at);
        let intake = Intake {
            received_at,
            peer: None,
            client: None,
            head,
            body: bytes::Bytes::new(),
            cut: None,
            trailers: bytes::Bytes::new(),
        };
        let id = EndpointId::random();
        let mut summary = Delivery::new(id, intake, TokenCheck::NOT_ASKED, read).summary;
        summary.seq = Seq(seq);
        Event::new(summary)
    }

    /// A buffer with these seqs, each with this many bytes.
    fn buffer(seqs: std::ops::Range<u64>, bytes: usize) -> Buffer {
        let mut buffer = Buffer {
            after: Some(Seq(seqs.start - 1)),
            ..Buffer::default()
        };
        seqs.for_each(|seq| buffer.push(vec![event(seq, bytes)]));
        buffer
    }

    /// Its next event after this seq.
    fn next(buffer: &Buffer, last_sent: u64) -> Result<u64, &'static str> {
        match buffer.after(Seq(last_sent)) {
            NextEvent::Event(event) => Ok(event.seq().0),
            NextEvent::Nothing => Err("nothing"),
            NextEvent::TooLate => Err("too late"),
            NextEvent::End(_) => Err("the end"),
        }
    }

    #[test]
    fn a_subscriber_inside_the_buffer_gets_the_next_event() {
        let buffer = buffer(8..10, 1);
        let found = [6, 7, 8, 9].map(|last_sent| next(&buffer, last_sent));
        assert_eq!(found, [Err("too late"), Ok(8), Ok(9), Err("nothing")]);
        assert_eq!(next(&Buffer::default(), 0), Err("nothing"));
    }

    #[test]
    fn the_number_of_events_is_limited() {
        let buffer = buffer(1..1 + 3 * EVENTS_MAX as u64, 1);
        let first = 2 * EVENTS_MAX as u64 + 1;
        assert_eq!(buffer.events.len(), EVENTS_MAX);
        assert_eq!(next(&buffer, first - 1), Ok(first));
        assert_eq!(next(&buffer, first - 2), Err("too late"));
    }

    #[test]
    fn bytes_are_limited_but_one_event_is_kept_however_long() {
        let half = BYTES_MAX / 4 - 1000;
        let halves = buffer(1..6, half);
        assert_eq!(
            (next(&halves, 2), next(&halves, 3)),
            (Err("too late"), Ok(4))
        );
        let long = buffer(1..4, 2 * BYTES_MAX);
        assert_eq!((next(&long, 1), next(&long, 2)), (Err("too late"), Ok(3)));
    }

    #[test]
    fn after_an_end_there_is_nothing_else() {
        let mut buffer = buffer(1..4, 1);
        buffer.end = Some(StoreError::QueueFull);
        assert_eq!(next(&buffer, 1), Err("the end"));
    }
}
