//! HTTP/2 connections, frame by frame, to test data that a client library would not send.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{Logged, connect_from, read_to_close};
use crate::app::{Creel, eventually};

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
pub(crate) const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame (RFC 9113 section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short frame");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A header field without a table and without Huffman's code (RFC 7541 section 6.2.2); `name` is its number in the static table.
fn field(name: u8, value: &str) -> Vec<u8> {
    let length = u8::try_from(value.len()).expect("a short value");
    assert!(length < 127, "a length of one byte");
    let number = if name < 15 {
        vec![name]
    } else {
        vec![15, name - 15]
    };
    [&number[..], &[length], value.as_bytes()].concat()
}

/// A head: `method` is 2 (GET) or 3 (POST) in the static table.
pub(crate) fn head(stream: u32, method: u8, target: &str, key: &str, flags: u8) -> Vec<u8> {
    let fields = [
        vec![0x80 | method, 0x86],
        field(1, "localhost"),
        field(4, target),
        field(23, &format!("Bearer {key}")),
    ];
    frame(HEADERS, flags | END_HEADERS, stream, &fields.concat())
}

/// A head of POST with `times` header lines `x-a`, each with a value of 3900 bytes: one line literally, and the others by its number in the
/// table of the connection (RFC 7541 section 6.1).
pub(crate) fn long_head(stream: u32, target: &str, times: usize) -> Vec<u8> {
    const LENGTH_OF_3900: [u8; 3] = [127, 189, 29];
    const FIRST_OF_TABLE: u8 = 0x3e;
    let fields = [
        &[0x83, 0x86][..],
        &field(1, "localhost"),
        &field(4, target),
        &[0x40, 3],
        b"x-a",
        &LENGTH_OF_3900,
        &[b'a'; 3900],
        &vec![0x80 | FIRST_OF_TABLE; times - 1],
    ];
    let flags = END_STREAM | END_HEADERS;
    frame(HEADERS, flags, stream, &fields.concat())
}

/// Preface and settings; streams get no window for a response.
pub(crate) fn begin_without_window(stream: &mut TcpStream) -> std::io::Result<()> {
    let initial_window_size = [0, 4, 0, 0, 0, 0];
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")?;
    stream.write_all(&frame(SETTINGS, 0, 0, &initial_window_size))
}

fn connect(creel: &Creel) -> TcpStream {
    let mut stream = connect_from(creel, "127.0.0.1");
    begin_without_window(&mut stream).expect("it is sent");
    stream
}

/// The stream and the block of the next received head.
pub(crate) fn next_head(stream: &mut TcpStream) -> (u32, Vec<u8>) {
    loop {
        let mut start = [0; 9];
        stream.read_exact(&mut start).expect("a frame");
        let length = u32::from_be_bytes([0, start[0], start[1], start[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).expect("its payload");
        let number = u32::from_be_bytes([start[5], start[6], start[7], start[8]]);
        if start[3] == HEADERS {
            return (number, payload);
        }
    }
}

pub(crate) const STATUS_200: u8 = 0x88;

#[test]
fn the_stream_limit_is_advertised() {
    let creel = Creel::start(&["--http2-streams-max", "7"]);
    let mut stream = connect(&creel);
    let mut start = [0; 9];
    stream.read_exact(&mut start).expect("a frame");
    assert_eq!(start[3..], [SETTINGS, 0, 0, 0, 0, 0]);
    let mut settings = vec![0; usize::from(start[2])];
    stream.read_exact(&mut settings).expect("its payload");
    let told: Vec<_> = settings.chunks(6).collect();
    assert!(told.contains(&&[0, 3, 0, 0, 0, 7][..]), "{told:?}");
}

#[test]
fn streams_over_the_limit_are_refused_and_others_answered() {
    let logged = Logged::start(&["--http2-streams-max", "3"]);
    let endpoint = logged.creel.mint("{}");
    let mut stream = connect(&logged.creel);
    for number in [1, 3, 5, 7, 9] {
        let head = head(number, 3, &endpoint.target, "", 0);
        stream.write_all(&head).expect("it is sent");
    }
    for refused in [7, 9] {
        let (number, block) = next_head(&mut stream);
        assert_eq!(number, refused);
        assert_ne!(block[0], STATUS_200);
    }
    for number in [1, 3, 5] {
        let end = frame(0, END_STREAM, number, b"body");
        stream.write_all(&end).expect("it is sent");
        let (answered, block) = next_head(&mut stream);
        assert_eq!((answered, block[0]), (number, STATUS_200));
    }
    assert_eq!(logged.creel.deliveries(&endpoint).len(), 3);
    logged.assert_reported("--http2-streams-max");
}

#[test]
fn a_connection_without_requests_is_closed() {
    let logged = Logged::start(&["--head-seconds", "1"]);
    let mut stream = connect(&logged.creel);
    read_to_close(&mut stream);
    logged.assert_reported("--head-seconds");
}

#[test]
fn streams_with_stalled_bodies_are_answered_individually() {
    let logged = Logged::start(&["--body-idle-seconds", "1"]);
    let endpoint = logged.creel.mint("{}");
    let mut stream = connect(&logged.creel);
    for number in [1, 3] {
        let head = head(number, 3, &endpoint.target, "", 0);
        stream.write_all(&head).expect("it is sent");
    }
    let answered = [next_head(&mut stream).0, next_head(&mut stream).0];
    assert!(answered == [1, 3] || answered == [3, 1], "{answered:?}");
    let whole = head(5, 3, &endpoint.target, "", END_STREAM);
    stream.write_all(&whole).expect("the connection goes on");
    assert_eq!(next_head(&mut stream).0, 5);
}

#[test]
fn a_response_without_window_is_closed_on_a_live_connection() {
    let logged = Logged::start(&["--answer-idle-seconds", "1"]);
    let endpoint = logged.creel.mint("{}");
    let mut stream = connect(&logged.creel);
    let target = format!("/api/v1/endpoints/{}", endpoint.id);
    let get = head(1, 2, &target, &endpoint.read_key, END_STREAM);
    stream.write_all(&get).expect("it is sent");
    let mut pings = stream.try_clone().expect("a second handle");
    let pinging = std::thread::spawn(move || {
        let ping = frame(6, 0, 0, &[0; 8]);
        while pings.write_all(&ping).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    read_to_close(&mut stream);
    pinging.join().expect("it ends with the connection");
    eventually("it is reported", || {
        (!logged.lines("--answer-idle-seconds").is_empty()).then_some(())
    });
}

/// Checks that everything was refused: no delivery was stored, and an honest sender is answered.
fn assert_nothing_kept(logged: &Logged, endpoint: &crate::app::Minted) {
    let honest = logged.creel.http("POST", &endpoint.target, &[], b"honest");
    assert_eq!(honest.status, 200);
    let kept = logged.creel.deliveries(endpoint);
    assert_eq!(kept.len(), 1, "only the honest one");
    logged.assert_reported("--head-bytes-max");
}

#[test]
fn a_head_that_is_too_long_when_decoded_is_answered_431() {
    let logged = Logged::start(&[]);
    let endpoint = logged.creel.mint("{}");
    let mut stream = connect(&logged.creel);
    // A field of 3,900 bytes is entry 62 of the dynamic table; each byte after it means the complete field.
    let value = [vec![0x7f, 0xbd, 0x1d], vec![b'v'; 3900]].concat();
    let field_in_table = [vec![0x40, 1, b'n'], value].concat();
    let request = [
        vec![0x80 | 3, 0x86],
        field(1, "localhost"),
        field(4, &endpoint.target),
    ];
    let block = [request.concat(), field_in_table, vec![0xbe; 1000]].concat();
    let head = frame(HEADERS, END_HEADERS | END_STREAM, 1, &block);
    stream.write_all(&head).expect("it is sent");
    let (number, response) = next_head(&mut stream);
    assert_eq!(number, 1);
    assert_ne!(response[0], STATUS_200);
    assert_nothing_kept(&logged, &endpoint);
}

#[test]
fn a_header_block_that_is_too_long_closes_the_connection() {
    let logged = Logged::start(&[]);
    let endpoint = logged.creel.mint("{}");
    let names: Vec<u8> = (0..26_000)
        .flat_map(|number| [vec![0, 5], format!("{number:05}").into_bytes(), vec![0]].concat())
        .collect();
    let request = [
        vec![0x80 | 3, 0x86],
        field(1, "localhost"),
        field(4, &endpoint.target),
    ];
    let block = [request.concat(), names].concat();
    for is_whole in [true, false] {
        let mut stream = connect(&logged.creel);
        let mut pieces = block.chunks(16_000).peekable();
        let mut kind = HEADERS;
        while let Some(piece) = pieces.next() {
            let is_last = pieces.peek().is_none();
            let flags = if is_last && is_whole { END_HEADERS } else { 0 };
            let sent = stream.write_all(&frame(kind, flags | END_STREAM, 1, piece));
            kind = 9; // CONTINUATION
            if sent.is_err() {
                break;
            }
        }
        read_to_close(&mut stream);
    }
    assert_nothing_kept(&logged, &endpoint);
}

#[test]
fn an_unfinished_header_block_closes_a_connection_that_was_used() {
    let logged = Logged::start(&["--head-seconds", "1"]);
    let endpoint = logged.creel.mint("{}");
    // Without its last frame, and without the last byte of a frame that would be the last.
    let unfinished = frame(HEADERS, END_STREAM, 3, &[0x83, 0x86]);
    let mut cut_off = head(3, 3, &endpoint.target, "k", END_STREAM);
    cut_off.pop();
    for begun in [unfinished, cut_off] {
        let mut stream = connect(&logged.creel);
        let used = head(1, 2, "/livez", "k", END_STREAM);
        stream.write_all(&used).expect("it is sent");
        assert_eq!(next_head(&mut stream).1[0], STATUS_200);
        stream.write_all(&begun).expect("it is sent");
        read_to_close(&mut stream);
    }
    logged.assert_reported("--head-seconds");
}

#[test]
fn short_trailers_are_taken_and_long_ones_close_the_connection() {
    let logged = Logged::start(&[]);
    let endpoint = logged.creel.mint("{}");
    let trailers = |bytes: usize| {
        let value = vec![b'v'; 100];
        let field = [&[0, 1, b't', 100][..], &value].concat();
        let block = field.repeat(bytes / field.len());
        frame(HEADERS, END_HEADERS | END_STREAM, 1, &block)
    };
    let request = |trailers: Vec<u8>| {
        let head = head(1, 3, &endpoint.target, "k", 0);
        [head, frame(0, 0, 1, b"body"), trailers].concat()
    };
    let mut short = connect(&logged.creel);
    short
        .write_all(&request(trailers(208)))
        .expect("it is sent");
    assert_eq!(next_head(&mut short).1[0], STATUS_200);
    assert_eq!(logged.creel.deliveries(&endpoint).len(), 1);
    let mut long = connect(&logged.creel);
    // The server may close it before everything is written.
    let _ = long.write_all(&request(trailers(1000)));
    read_to_close(&mut long);
    logged.assert_reported("--head-bytes-max");
}

#[test]
fn a_preface_that_arrives_byte_by_byte_is_understood() {
    let creel = Creel::start(&[]);
    let mut stream = connect_from(&creel, "127.0.0.1");
    stream.set_nodelay(true).expect("a setting of the socket");
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    stream.write_all(&preface[..1]).expect("it is sent");
    // The server has looked at the first byte when it answers another client.
    assert_eq!(creel.http("GET", "/livez", &[], b"").status, 200);
    stream.write_all(&preface[1..]).expect("it is sent");
    let settings = frame(SETTINGS, 0, 0, &[]);
    let request = head(1, 2, "/livez", "k", END_STREAM);
    stream
        .write_all(&[settings, request].concat())
        .expect("it is sent");
    assert_eq!(next_head(&mut stream).1[0], STATUS_200);
}
