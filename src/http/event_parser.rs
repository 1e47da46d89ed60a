//! Parses a stream of Server-Sent Events (WHATWG HTML, "Interpreting an event stream").
//!
//! **Invariant:** CR, LF and CRLF end a line, wherever the stream is split into chunks; an event without its blank line is not an event.

use memchr::memchr2;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerEvent {
    /// Its type; empty if none is given.
    pub name: String,
    /// Its lines of data, joined by LF.
    pub data: String,
}

/// Parses a stream chunk by chunk. Ids and `retry` are skipped.
#[derive(Debug, Default)]
pub struct EventParser {
    /// The beginning of a line.
    line: Vec<u8>,
    after_cr: bool,
    name: String,
    data: Option<String>,
}

impl EventParser {
    /// The events that this chunk completes.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<ServerEvent> {
        let mut events = Vec::new();
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', bytes) else {
                self.line.extend_from_slice(bytes);
                break;
            };
            self.line.extend_from_slice(&bytes[..end]);
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.line);
            events.extend(self.line(&String::from_utf8_lossy(&line)));
        }
        events
    }

    /// Takes a line; a blank one completes an event, if it has data.
    fn line(&mut self, line: &str) -> Option<ServerEvent> {
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = self.data.take()?;
            return Some(ServerEvent { name, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => data.extend(["\n", value]),
                data => *data = Some(value.to_owned()),
            },
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_the_stream_is_split() {
        let stream = b": hi\r\nretry: 1\nevent: a\rdata: 1\r\ndata:2\n\ndata: \xc3\xa9\n\r\nevent: b\n\ndata\n\ndata: cut";
        let event = |name: &str, data: &str| ServerEvent {
            name: name.to_owned(),
            data: data.to_owned(),
        };
        let expected = [event("a", "1\n2"), event("", "é"), event("", "")];
        for size in 1..=stream.len() {
            let mut parser = EventParser::default();
            let chunks = stream.chunks(size);
            let events: Vec<_> = chunks.flat_map(|chunk| parser.push(chunk)).collect();
            assert_eq!(events, expected, "{size}");
        }
    }
}
