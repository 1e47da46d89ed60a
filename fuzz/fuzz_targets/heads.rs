//! The head recorder with arbitrary bytes of a connection, in pieces: it and the web framework must see the same requests.
#![no_main]

#[path = "../../tests/it/heads/agreement.rs"]
mod agreement;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // The first byte is the size of the pieces.
    if let Some((piece, stream)) = input.split_first() {
        agreement::assert_agree(stream, usize::from(*piece));
        agreement::assert_agree(stream, stream.len());
    }
});
