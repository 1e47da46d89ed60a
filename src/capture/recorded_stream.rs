//! A TCP connection that passes its inbound bytes to a [`HeadRecorder`] before the framework reads them, and reports its progress to its
//! [`Connection`].
//!
//! **Invariant:** the framework gets what the recorder gives it, in order, and never a part of a head.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::head_recorder::{HeadRecorder, Received};
use crate::limits::HeadLimits;
use crate::limits::connection::Connection;

/// A connection with its recorder.
pub struct RecordedStream<E> {
    stream: TcpStream,
    recorder: Option<HeadRecorder>,
    entry: Arc<E>,
    /// Never read. Shutdown waits until the tokens of all connections are dropped.
    _open: TaskTrackerToken,
}

impl<E: AsRef<Connection>> RecordedStream<E> {
    /// Records the heads of an HTTP/1 connection. HTTP/2 has compressed fields without original order or spelling.
    #[must_use]
    pub fn new(
        stream: TcpStream,
        entry: Arc<E>,
        limits: HeadLimits,
        open: TaskTrackerToken,
    ) -> Self {
        let is_http2 = (*entry).as_ref().http2();
        Self {
            stream,
            recorder: (!is_http2).then(|| HeadRecorder::new(limits)),
            entry,
            _open: open,
        }
    }

    /// The recorder of its heads, if there is one.
    #[must_use]
    pub fn recorder(&self) -> Option<HeadRecorder> {
        self.recorder.clone()
    }

    /// Its entry in the table of connections.
    #[must_use]
    pub fn entry(&self) -> Arc<E> {
        Arc::clone(&self.entry)
    }

    fn connection(&self) -> &Connection {
        (*self.entry).as_ref()
    }

    /// Takes what the recorder has for the framework; true if that was something, or if there will be no more.
    fn take_waiting(&self, buffer: &mut ReadBuf<'_>) -> bool {
        let Some(recorder) = &self.recorder else {
            return false;
        };
        let waiting = recorder.take_waiting(buffer.remaining());
        buffer.put_slice(&waiting);
        !waiting.is_empty() || recorder.has_ended()
    }

    /// Reports to the connection whether this write made progress, for `--answer-idle-seconds`.
    fn report_write(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.connection().written(written.is_ready());
        written
    }
}

impl<E: AsRef<Connection>> AsyncRead for RecordedStream<E> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        loop {
            if self.take_waiting(buffer) {
                return Poll::Ready(Ok(()));
            }
            ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
            let bytes = &buffer.filled()[before..];
            if bytes.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let received = match &self.recorder {
                Some(recorder) => recorder.receive(bytes),
                None => Received {
                    passed: bytes.len(),
                    in_body: false,
                },
            };
            self.connection().received(received.in_body);
            buffer.set_filled(before + received.passed);
            if received.passed > 0 {
                return Poll::Ready(Ok(()));
            }
            // Not without bytes: that would mean the end of the connection.
        }
    }
}

impl<E: AsRef<Connection>> AsyncWrite for RecordedStream<E> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.report_write(written)
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
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.report_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
