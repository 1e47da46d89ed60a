//! The head recorder with arbitrary bytes of a connection, in pieces: it must not panic, and every head that it records must be a part of
//! the bytes, in their order.
#![no_main]

use creel::capture::head_recorder::HeadRecorder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let recorder = HeadRecorder::default();
    for part in bytes.chunks(usize::from(piece).max(1)) {
        recorder.observe(part);
    }
    let mut rest = bytes;
    while let Some(head) = recorder.next_head() {
        let at = rest
            .windows(head.raw.len())
            .position(|window| window == &head.raw[..])
            .expect("a recorded head is a part of the bytes");
        rest = &rest[at + head.raw.len()..];
    }
});
