//! The length of a value as JSON, without the text being built.
//!
//! **Invariant:** it takes no memory that depends on the value.

use std::io::{self, Write};

use serde::Serialize;

/// Length of a value as JSON, in bytes.
pub(crate) fn json_bytes(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // After an error, the count so far is still a good estimate.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}
