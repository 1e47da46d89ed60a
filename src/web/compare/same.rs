//! What is said of two bodies with different bytes that read the same.
//!
//! **Invariant:** they are never called the same without what differs. Where decoding may hide a difference, only that is said.

use crate::diff::SpellingDiff;

/// In which way two bodies read the same; with that in which their sending differs.
pub(super) enum Same {
    /// The same values, spelled differently.
    Json(Vec<&'static str>, Vec<SpellingDiff>),
    Fields(Vec<&'static str>),
    Parts(Vec<&'static str>),
    Markup(Vec<&'static str>),
    Text(Vec<&'static str>),
}

impl Same {
    /// Whether two texts of this kind read the same.
    pub(super) fn holds(&self, a: &str, b: &str) -> bool {
        match self {
            Self::Text(_) => lines(a) == lines(b),
            _ => a == b,
        }
    }

    /// The sentence.
    pub(super) fn sentence(&self, a: &str, b: &str) -> String {
        // Bytes that are not valid are all read as this.
        if [a, b]
            .iter()
            .any(|text| text.contains(char::REPLACEMENT_CHARACTER))
        {
            return "They read the same, but their bytes differ; bytes that are not valid text may be the difference.".to_owned();
        }
        let (what, mut words) = match self {
            Self::Json(sent, _) => ("meaning", sent.clone()),
            Self::Fields(sent) => ("fields", sent.clone()),
            Self::Parts(sent) => ("parts", sent.clone()),
            Self::Markup(sent) => ("markup", sent.clone()),
            Self::Text(sent) if a == b => ("text", sent.clone()),
            Self::Text(sent) => ("lines", sent.clone()),
        };
        match self {
            Self::Json(_, spelling) => words.extend(spelling.iter().map(|one| word(*one))),
            Self::Fields(sent) if sent.is_empty() => words.push("percent-encoding"),
            Self::Parts(sent) if sent.is_empty() => {
                words.push("the boundary, or in what is around the parts");
            }
            Self::Markup(sent) if sent.is_empty() => words.push("white space between elements"),
            Self::Text(_) if a != b => words.push("line ends"),
            Self::Fields(_) | Self::Parts(_) | Self::Markup(_) | Self::Text(_) => {}
        }
        let maybe = match self {
            Self::Json(_, spelling) if spelling.contains(&SpellingDiff::KeyOrder) => {
                ", and possibly in whitespace and escapes"
            }
            Self::Fields(sent) if !sent.is_empty() => ", and possibly in percent-encoding",
            Self::Parts(sent) if !sent.is_empty() => ", and possibly in the boundary",
            Self::Markup(sent) if !sent.is_empty() => ", and possibly in white space",
            _ => "",
        };
        if words.is_empty() {
            return format!("Same {what}, but the bytes differ.");
        }
        format!("Same {what}; differs in {}{maybe}.", words.join(" and "))
    }
}

fn word(one: SpellingDiff) -> &'static str {
    match one {
        SpellingDiff::ByteOrderMark => "a byte order mark",
        SpellingDiff::KeyOrder => "the order of keys",
        SpellingDiff::Escapes => "escapes in strings",
        SpellingDiff::Whitespace => "whitespace",
    }
}

/// A text with LF as the only line end.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_always_said() {
        for (same, a, b, expected) in [
            (
                Same::Text(vec!["charset"]),
                "ü",
                "ü",
                "Same text; differs in charset.",
            ),
            (
                Same::Text(vec![]),
                "a\r\n",
                "a\n",
                "Same lines; differs in line ends.",
            ),
            (
                Same::Fields(vec![]),
                "a",
                "a",
                "Same fields; differs in percent-encoding.",
            ),
            (
                Same::Fields(vec!["Content-Encoding"]),
                "a",
                "a",
                "Same fields; differs in Content-Encoding, and possibly in percent-encoding.",
            ),
            (
                Same::Json(
                    vec!["Content-Encoding", "charset"],
                    vec![SpellingDiff::Whitespace],
                ),
                "1",
                "1 ",
                "Same meaning; differs in Content-Encoding and charset and whitespace.",
            ),
            (
                Same::Text(vec![]),
                "a",
                "a",
                "Same text, but the bytes differ.",
            ),
        ] {
            assert!(same.holds(a, b) || matches!(same, Same::Json(..)));
            assert_eq!(same.sentence(a, b), expected);
        }
        let unsure = Same::Text(vec!["charset"]).sentence("a\u{fffd}", "a\u{fffd}");
        assert!(unsure.starts_with("They read the same, but their bytes differ"));
        assert!(!Same::Fields(vec![]).holds("\"a\"", "\"a\": \"\""));
    }
}
