//! A TCP connection whose inbound bytes are heard by a [`Tape`] on their way to the framework.
//!
//! **Invariant:** the framework gets exactly the bytes that came.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::tape::Tape;

/// A connection with its tape.
pub struct Wire {
    stream: TcpStream,
    tape: Option<Tape>,
    /// Held, never read: tells that the connection is open.
    _open: TaskTrackerToken,
}

impl Wire {
    /// Listens to an HTTP/1 connection.
    #[must_use]
    pub fn taped(stream: TcpStream, open: TaskTrackerToken) -> Self {
        Self {
            stream,
            tape: Some(Tape::default()),
            _open: open,
        }
    }

    /// Leaves an HTTP/2 connection alone: its heads are compressed fields without order or spelling of their own.
    #[must_use]
    pub fn plain(stream: TcpStream, open: TaskTrackerToken) -> Self {
        Self {
            stream,
            tape: None,
            _open: open,
        }
    }

    /// The tape that listens, if one does.
    #[must_use]
    pub fn tape(&self) -> Option<Tape> {
        self.tape.clone()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if let Some(tape) = &self.tape {
            tape.hear(&buffer.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
