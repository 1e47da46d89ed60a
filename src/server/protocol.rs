//! Finds out which protocol a client speaks.
//!
//! **Invariant:** no byte is taken from the connection, however its first bytes are split.

use std::io;
use std::time::Duration;

use actix_http::Protocol;
use tokio::net::TcpStream;
use tokio::time::sleep;

/// The first bytes of a client that uses HTTP/2 with prior knowledge (RFC 9113 section 3.4).
const H2_PREFACE: &[u8; 12] = b"PRI * HTTP/2";

/// How soon a client that has sent a part of the preface is asked for more; each time twice as late, up to the other.
const FIRST_POLL: Duration = Duration::from_millis(5);
const LAST_POLL: Duration = Duration::from_millis(200);

/// The protocol of a client, by its first bytes.
pub(super) async fn of(stream: &TcpStream) -> io::Result<Protocol> {
    let mut first = [0; H2_PREFACE.len()];
    let mut poll = FIRST_POLL;
    loop {
        let count = stream.peek(&mut first).await?;
        if first == *H2_PREFACE {
            return Ok(Protocol::Http2);
        }
        if count == 0 || !H2_PREFACE.starts_with(&first[..count]) {
            return Ok(Protocol::Http1);
        }
        // Part of the preface, or `P` of a method. The socket stays readable until its bytes are taken, so it does not say when there are
        // more of them.
        sleep(poll).await;
        poll = LAST_POLL.min(2 * poll);
    }
}
