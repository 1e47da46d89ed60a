//! The limits of one reading, and what is left of them while it goes on.
//!
//! **Invariant:** all parts of a body, at any depth, share one [`Allowance`]. So a body that is nested or repeated uses no more than one that
//! is not.

/// How much of a body is decoded, and how.
#[derive(Clone, Debug)]
pub struct ContentOptions {
    /// Most bytes that one layer of Content-Encoding may give.
    pub decoded_bytes: usize,
    /// Most bytes that Content-Encoding may give per byte received. The first MiB is free.
    pub ratio: usize,
    /// Most layers of Content-Encoding.
    pub layers: usize,
    /// Most calls of a decoder. Each is bounded, so this bounds the time.
    pub steps: usize,
    /// Most bytes of decoded text in the result, in UTF-8, all parts, fields and records together.
    pub text_bytes: usize,
    /// Most fields of forms in the result.
    pub fields: usize,
    /// Most parts in the result.
    pub parts: usize,
    /// Most levels of parts inside parts.
    pub depth: usize,
    /// Most records in the result.
    pub records: usize,
    /// The charset that a reader chose, as a WHATWG label. It overrides all others.
    pub charset: Option<String>,
}

/// Bytes that Content-Encoding may give whatever the ratio.
const RATIO_FREE_BYTES: usize = 1024 * 1024;

impl Default for ContentOptions {
    fn default() -> Self {
        Self {
            decoded_bytes: 64 * 1024 * 1024,
            ratio: 1_000,
            layers: 4,
            steps: 1_000_000,
            text_bytes: 4 * 1024 * 1024,
            fields: 1_000,
            parts: 200,
            depth: 4,
            records: 100,
            charset: None,
        }
    }
}

impl ContentOptions {
    /// Most bytes that may come of this many received ones.
    pub(super) fn ratio_bytes(&self, received: usize) -> usize {
        received.saturating_mul(self.ratio).max(RATIO_FREE_BYTES)
    }
}

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Allowance {
    /// Calls of a decoder.
    pub(super) steps: usize,
    /// Bytes of text.
    pub(super) text_bytes: usize,
    /// Form fields.
    pub(super) fields: usize,
    /// Parts.
    pub(super) parts: usize,
    /// Records.
    pub(super) records: usize,
}

impl Allowance {
    /// All of it.
    pub(super) fn new(options: &ContentOptions) -> Self {
        Self {
            steps: options.steps,
            text_bytes: options.text_bytes,
            fields: options.fields,
            parts: options.parts,
            records: options.records,
        }
    }

    /// The beginning of a text, as much as is left; it ends between two characters.
    pub(super) fn take_text<'a>(&mut self, text: &'a str) -> &'a str {
        let taken = &text[..text.floor_char_boundary(self.text_bytes)];
        self.text_bytes -= taken.len();
        taken
    }

    /// The whole text, or nothing if less is left.
    pub(super) fn take_whole(&mut self, text: &str) -> bool {
        let fits = text.len() <= self.text_bytes;
        if fits {
            self.text_bytes -= text.len();
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_taken_between_characters_until_nothing_is_left() {
        let mut left = Allowance::new(&ContentOptions {
            text_bytes: 4,
            ..ContentOptions::default()
        });
        assert_eq!(left.take_text("aéé"), "aé");
        assert!(!left.take_whole("bb"));
        assert_eq!(left.take_text("bb"), "b");
        assert_eq!(left.take_text("b"), "");
    }

    #[test]
    fn the_ratio_begins_after_the_first_mebibyte() {
        let options = ContentOptions::default();
        assert_eq!(options.ratio_bytes(10), 1024 * 1024);
        assert_eq!(options.ratio_bytes(10_000), 10_000_000);
    }
}
