//! Grows a body to megabytes: generated turns are inserted before the recorded one, in the same format, with new ids.
//!
//! **Invariant:** word frequencies are those of prose (a few frequent words, many rare ones), so the text compresses like prose.

use std::fmt::Write as _;

use rand::RngExt as _;

use super::fresh::Renewal;

/// The text before and after the messages of a recorded state.
const MESSAGES: (&str, &str) = ("\"values\":{\"messages\":[", "]}}");
/// The recorded texts, and the length of their replacements in bytes.
const TEXTS: [(&str, usize); 3] = [
    ("\"The weather in Oslo: sunny, 21 °C.\"", 9_000),
    ("\"sunny, 21 °C\"", 8_000),
    ("\"How is the weather in Oslo?\"", 1_000),
];
/// Size of the vocabulary.
const VOCABULARY: usize = 8_000;
const SYLLABLES: [&str; 32] = [
    "an", "ber", "da", "den", "el", "er", "fo", "ga", "hi", "in", "ka", "la", "ment", "mi", "na",
    "né", "no", "on", "or", "pa", "ra", "ri", "sa", "se", "sta", "ta", "ti", "tion", "un", "ver",
    "wa", "zo",
];

/// A body with a conversation in its state, grown to about this many bytes (at most one turn less). Other bodies are returned unchanged.
pub(super) fn grown(body: &str, bytes: usize) -> String {
    let (before, behind) = MESSAGES;
    let parts = body.split_once(before).and_then(|(head, rest)| {
        let turn = rest.strip_suffix(behind)?;
        Some((head, turn))
    });
    let Some((head, recorded)) = parts else {
        return body.to_owned();
    };
    let mut grown = format!("{head}{before}");
    let words: Vec<String> = (0..VOCABULARY).map(word).collect();
    for number in 1.. {
        let turn = turn(recorded, number, &words);
        if grown.len() + turn.len() + recorded.len() + behind.len() >= bytes {
            break;
        }
        grown.extend([turn.as_str(), ","]);
    }
    grown + recorded + behind
}

/// A turn in the format of the recorded one.
fn turn(recorded: &str, number: usize, words: &[String]) -> String {
    let turn = Renewal::new("", 0).body(recorded);
    let turn = turn.replace("\"call_", &format!("\"call_{number}_"));
    TEXTS.iter().fold(turn, |turn, (text, bytes)| {
        turn.replace(text, &format!("\"{}\"", prose(*bytes, words)))
    })
}

/// A word. Frequent words are shorter.
fn word(rank: usize) -> String {
    let mut random = rand::rng();
    let syllables = match rank {
        0..30 => 1,
        30..600 => 2,
        _ => random.random_range(3..5),
    };
    (0..syllables)
        .map(|_| SYLLABLES[random.random_range(..SYLLABLES.len())])
        .collect()
}

/// The content of a JSON string of at least this many bytes: sentences, paragraphs, quotes, numbers.
fn prose(bytes: usize, words: &[String]) -> String {
    let mut random = rand::rng();
    let mut text = String::with_capacity(bytes + 32);
    while text.len() < bytes {
        // Three draws, each below the previous one, make the first words far more frequent than the last.
        let below = random.random_range(1..=words.len());
        let below = random.random_range(1..=below);
        let word = &words[random.random_range(..below)];
        // Writing to a `String` cannot fail.
        let _ = match random.random_range(0..60) {
            0 => write!(text, "{word}.\\n\\n"),
            1..5 => write!(text, "{word}. "),
            5..9 => write!(text, "{word}, "),
            9 => write!(text, "{} {word} ", random.random_range(0..10_000)),
            10 => write!(text, "\\\"{word}\\\" "),
            _ => write!(text, "{word} "),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::langgraph::samples::Sample;

    #[test]
    fn size_and_format_are_as_promised() {
        let small: Value = serde_json::from_str(recorded()).unwrap();
        let grown = grown(recorded(), 1_000_000);
        assert!(
            (950_000..1_000_000).contains(&grown.len()),
            "{}",
            grown.len()
        );
        let large: Value = serde_json::from_str(&grown).unwrap();
        let messages = large["values"]["messages"].as_array().unwrap();
        let shapes = small["values"]["messages"].as_array().unwrap();
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        for (index, message) in messages.iter().enumerate() {
            assert_eq!(keys(message), keys(&shapes[index % 4]));
            assert_eq!(message["type"], shapes[index % 4]["type"]);
        }
        let ids: BTreeSet<_> = messages.iter().map(|one| one["id"].as_str()).collect();
        assert_eq!(ids.len(), messages.len());
        for turn in messages.chunks(4) {
            assert_eq!(turn[1]["tool_calls"][0]["id"], turn[2]["tool_call_id"]);
        }
    }

    #[test]
    fn its_text_hardly_repeats() {
        let words: Vec<String> = (0..VOCABULARY).map(word).collect();
        let text = prose(100_000, &words);
        let words: Vec<&str> = text.split(' ').collect();
        let runs: BTreeSet<_> = words.windows(4).collect();
        assert!(
            runs.len() * 100 > words.len() * 98,
            "{} of {}",
            runs.len(),
            words.len()
        );
    }

    #[test]
    fn a_body_without_a_conversation_is_unchanged() {
        assert_eq!(grown("{}", 1_000), "{}");
    }

    fn recorded() -> &'static str {
        Sample::find("large-1mb").unwrap().recorded[0]
    }
}
