//! Text that reads like nothing but is distributed like prose: a few short words very often, many long ones seldom.
//!
//! **Invariant:** the same seed gives the same text, whatever the machine and whatever the versions of other crates.

/// Words to choose from.
const VOCABULARY: usize = 20_000;
const SYLLABLES: [&str; 40] = [
    "an", "ber", "ci", "da", "den", "el", "er", "fo", "ga", "hi", "in", "ja", "ka", "la", "le",
    "ment", "mi", "na", "ne", "no", "on", "or", "pa", "pre", "qui", "ra", "re", "ri", "sa", "se",
    "st", "ta", "te", "ti", "tion", "un", "ver", "wa", "xi", "zo",
];

/// Writes words and ids.
pub(crate) struct Writer {
    state: u64,
    words: Vec<String>,
}

impl Writer {
    pub(crate) fn new(seed: u64) -> Self {
        let mut writer = Self {
            state: seed,
            words: Vec::new(),
        };
        writer.words = (0..VOCABULARY).map(|rank| writer.word(rank)).collect();
        writer
    }

    /// The next random number: `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A random number below this one.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// A word. Frequent words are shorter.
    fn word(&mut self, rank: usize) -> String {
        let syllables = match rank {
            0..40 => 1,
            40..700 => 2,
            _ => 3 + self.below(2),
        };
        (0..syllables)
            .map(|_| SYLLABLES[self.below(SYLLABLES.len())])
            .collect()
    }

    /// Zipf's law: the n-th most common word is chosen 1/n as often as the first.
    fn rank(&mut self) -> usize {
        let uniform = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((VOCABULARY as f64).powf(uniform) as usize).min(VOCABULARY) - 1
    }

    /// The inside of a JSON string of so many bytes, or up to a word more: sentences, paragraphs, quotes, numbers.
    pub(crate) fn text(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 32);
        while text.len() < bytes {
            let rank = self.rank();
            match self.below(60) {
                0 => text.push_str(".\\n\\n"),
                1..5 => text.push_str(". "),
                5..9 => text.push_str(", "),
                9 => text.extend([" ", &self.below(1000).to_string(), " °C "]),
                10 => text.extend([" \\\"", &self.words[rank], "\\\" "]),
                _ => text.push(' '),
            }
            text.push_str(&self.words[rank]);
        }
        text
    }

    /// A random uuid.
    pub(crate) fn uuid(&mut self) -> String {
        let random = u128::from(self.next()) << 64 | u128::from(self.next());
        uuid::Builder::from_random_bytes(random.to_be_bytes())
            .into_uuid()
            .to_string()
    }
}
