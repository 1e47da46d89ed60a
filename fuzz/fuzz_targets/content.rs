//! A body with arbitrary header lines, as it is read: it must not panic, its result must stay within the limits, and the body must be decoded
//! for readers of JSON in the same way when it arrives and later. The first two lines of the input are Content-Type and Content-Encoding.
#![no_main]

use creel::content::{ContentOptions, decode, examine, is_coded, plain, read};
use creel::domain::head::Head;
use libfuzzer_sys::fuzz_target;

const TEXT_BYTES_MAX: usize = 4_096;
const DECODED_BYTES_MAX: usize = 65_536;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (media_type, encoding, body) = (line(), line(), line());
    let raw = [
        b"POST / HTTP/1.1\r\nContent-Type: ".as_slice(),
        media_type,
        b"\r\nContent-Encoding: ",
        encoding,
        b"\r\n\r\n",
    ];
    let head = Head {
        raw: raw.concat().into(),
        exact: true,
    };
    let options = ContentOptions {
        text_bytes: TEXT_BYTES_MAX,
        decoded_bytes: DECODED_BYTES_MAX,
        ..ContentOptions::default()
    };
    let found = read(&head, body, &options);
    let text = found.text.as_ref().map_or(0, String::len);
    let fields = found.fields.iter();
    let fields: usize = fields
        .map(|field| field.name.len() + field.value.as_ref().map_or(0, String::len))
        .sum();
    assert!(text + fields <= TEXT_BYTES_MAX, "{text} {fields}");
    let decoded = decode(&head, body, &options);
    assert!(decoded.bytes.len() <= DECODED_BYTES_MAX.max(body.len()));
    let examined = examine(&head, body);
    assert_eq!(examined.plain, plain(&head, body));
    if !is_coded(&head, body) {
        assert_eq!(examined.plain.as_ref(), body);
    }
    for note in &found.notes {
        assert!(!note.to_string().is_empty());
    }
});
