//! Advertises the limits of HTTP/2 streams and heads, and closes the connection after a header block that is too long. The web framework has
//! no options for these, so two settings are added to its first outgoing frame, which is SETTINGS (RFC 9113 section 3.4).
//!
//! **Invariant:** only this frame changes. If the first bytes are not this complete frame, nothing changes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::header_blocks::HeaderBlocks;
use crate::limits::Limit;
use crate::limits::connection::Connection;

/// Bytes of a frame before its payload.
const FRAME_HEAD: usize = 9;
const SETTINGS: u8 = 4;
const MAX_CONCURRENT_STREAMS: [u8; 2] = [0, 3];
const MAX_HEADER_LIST_SIZE: [u8; 2] = [0, 6];
/// Bytes of the settings that are added.
const ADDED: u32 = 12;

/// The limits that are advertised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advertised {
    /// Concurrent streams.
    pub(super) streams: u32,
    /// Bytes of a head: names, values and 32 for each field (RFC 9113 section 6.5.2).
    pub(super) head_bytes: u32,
}

/// A stream whose first SETTINGS frame has the additional settings.
pub(super) struct Advertising<S> {
    pub(super) stream: S,
    state: State,
    observed: Option<Observed>,
}

/// What an HTTP/2 client sends, and where that is noted.
struct Observed {
    blocks: HeaderBlocks,
    /// The block in which the bytes that were read last end.
    block: Option<u64>,
    connection: Arc<Connection>,
}

enum State {
    /// Nothing was written yet.
    Begin { limits: Advertised },
    /// The changed frame is being written; it replaces this many bytes.
    Settings {
        frame: Vec<u8>,
        written: usize,
        replaces: usize,
    },
    /// Everything is written unchanged.
    Done,
}

impl<S> Advertising<S> {
    /// On HTTP/1: nothing changes.
    pub(super) fn http1(stream: S) -> Self {
        Self {
            stream,
            state: State::Done,
            observed: None,
        }
    }

    /// On HTTP/2: advertises the limits, and notes header blocks in `connection`.
    pub(super) fn http2(stream: S, limits: Advertised, connection: Arc<Connection>) -> Self {
        Self {
            stream,
            state: State::Begin { limits },
            observed: Some(Observed {
                blocks: HeaderBlocks::default(),
                block: None,
                connection,
            }),
        }
    }
}

/// The frame with two additional settings, and the number of bytes that it replaces.
fn with_setting(bytes: &[u8], limits: Advertised) -> Option<(Vec<u8>, usize)> {
    let head = bytes.get(..FRAME_HEAD)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    // Neither an acknowledgement nor a frame of a stream.
    if head[3] != SETTINGS || head[4..] != [0; 5] {
        return None;
    }
    let end = FRAME_HEAD + usize::try_from(length).ok()?;
    let payload = bytes.get(FRAME_HEAD..end)?;
    let mut frame = (length + ADDED).to_be_bytes()[1..].to_vec();
    frame.extend_from_slice(&head[3..]);
    frame.extend_from_slice(payload);
    frame.extend_from_slice(&MAX_CONCURRENT_STREAMS);
    frame.extend_from_slice(&limits.streams.to_be_bytes());
    frame.extend_from_slice(&MAX_HEADER_LIST_SIZE);
    frame.extend_from_slice(&limits.head_bytes.to_be_bytes());
    Some((frame, end))
}

impl<S: AsyncWrite + Unpin> Advertising<S> {
    /// Writes the changed frame completely; returns the number of the caller's bytes that it replaces, or `None` if nothing changes.
    fn poll_settings(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<Option<usize>>> {
        if let State::Begin { limits } = self.state {
            self.state = match with_setting(bytes, limits) {
                Some((frame, replaces)) => State::Settings {
                    frame,
                    written: 0,
                    replaces,
                },
                None => State::Done,
            };
        }
        let State::Settings {
            frame,
            written,
            replaces,
        } = &mut self.state
        else {
            return Poll::Ready(Ok(None));
        };
        while *written < frame.len() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(context, &frame[*written..]))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            *written += count;
        }
        let replaced = *replaces;
        self.state = State::Done;
        Poll::Ready(Ok(Some(replaced)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Advertising<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let received = &buffer.filled()[before..];
        let Some(observed) = &mut self.observed else {
            return Poll::Ready(Ok(()));
        };
        if observed.blocks.observe(received).is_err() {
            Limit::HeadBytes.took_effect();
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        let block = observed.blocks.current();
        if block != observed.block {
            observed.block = block;
            observed.connection.header_block_begins(block.is_some());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Advertising<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match ready!(self.poll_settings(context, bytes))? {
            Some(count) => Poll::Ready(Ok(count)),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
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
        let first = slices.iter().find(|slice| !slice.is_empty());
        match ready!(self.poll_settings(context, first.map_or(&[], |slice| slice)))? {
            Some(count) => Poll::Ready(Ok(count)),
            None => Pin::new(&mut self.stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_settings_frame_gets_the_setting() {
        let limits = Advertised {
            streams: 100,
            head_bytes: 131_072,
        };
        let plain = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, b'+'];
        let (frame, replaces) = with_setting(&plain, limits).unwrap();
        assert_eq!(replaces, 15);
        assert_eq!(
            frame,
            [
                0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 3, 0, 0, 0, 100, 0, 6, 0, 2, 0, 0
            ]
        );
        for other in [
            &plain[..14],
            &plain[..5],
            &[0, 0, 0, 4, 1, 0, 0, 0, 0],
            &[0, 0, 0, 6, 0, 0, 0, 0, 0],
        ] {
            assert_eq!(with_setting(other, limits), None);
        }
    }
}
