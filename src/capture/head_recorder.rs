//! Records the heads on one HTTP/1 connection from its inbound bytes: order, spelling and repeats of header lines, which the web framework's
//! own map does not keep. Also the trailers, which the framework drops.
//!
//! **Invariant:** what is recorded is what was received. The framework gets the received bytes too, but for two kinds of heads: those that
//! only it would refuse are replaced by an equivalent one, and for those that HTTP forbids to accept it gets a request that the middleware
//! answers with the error. No byte behind a refused head is read as a request.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};

use super::head_stream::HeadStream;
pub use super::head_stream::{Recorded, Refused};
use crate::limits::HeadLimits;

/// The heads of one connection; clones share them.
#[derive(Clone)]
pub struct HeadRecorder(Rc<RefCell<HeadStream>>);

/// What happened to received bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// How many of them the framework gets in their place. The rest is dropped, or waits to be taken.
    pub passed: usize,
    /// Whether they end inside a body.
    pub in_body: bool,
}

impl HeadRecorder {
    /// A recorder for a new connection.
    #[must_use]
    pub fn new(limits: HeadLimits) -> Self {
        Self(Rc::new(RefCell::new(HeadStream::new(limits))))
    }

    /// Observes the next inbound bytes. To be called only when nothing waits to be taken.
    pub fn receive(&self, bytes: &[u8]) -> Received {
        let mut stream = self.0.borrow_mut();
        Received {
            passed: stream.receive(bytes),
            in_body: stream.is_in_body(),
        }
    }

    /// Takes at most `max` of the bytes that the framework gets next; empty if there are none.
    #[must_use]
    pub fn take_waiting(&self, max: usize) -> BytesMut {
        self.0.borrow_mut().take_waiting(max)
    }

    /// Whether the framework gets no more bytes, because the trailers were too long.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.0.borrow().has_ended()
    }

    /// What was recorded of the next request. To be called exactly once for every request of the connection, in order.
    #[must_use]
    pub fn next_head(&self) -> Option<Recorded> {
        self.0.borrow_mut().next_head()
    }

    /// The trailers of the request that was taken last, as received; empty if it has none. To be called when its body has ended.
    #[must_use]
    pub fn trailers(&self) -> Bytes {
        self.0.borrow_mut().take_trailers()
    }
}

#[cfg(test)]
mod tests;
