//! Names that may have been meant.
//!
//! **Invariant:** without a name that is similar, nothing is suggested.

/// Most typing errors: letters that are wrong, missing, added or swapped.
const ERRORS_MAX: usize = 2;
/// Shortest part of a name that means it.
const PART_LETTERS_MIN: usize = 3;

/// The name that is most similar to a word.
pub(super) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let errors = |name: &'a str| {
        let count = strsim::damerau_levenshtein(&word, name);
        let is_part = letters >= PART_LETTERS_MIN && name.contains(&word);
        match is_part {
            _ if count <= ERRORS_MAX && 2 * count < letters.max(name.len()) => Some((count, name)),
            true => Some((ERRORS_MAX + 1, name)),
            false => None,
        }
    };
    let (_, name) = names.filter_map(errors).min_by_key(|(count, _)| *count)?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_found_and_others_are_not() {
        let names = ["status", "seq", "langgraph_js", "langgraph_python"];
        for (word, expected) in [
            ("stauts", Some("status")),
            ("STATUS", Some("status")),
            ("sqe", Some("seq")),
            ("python", Some("langgraph_python")),
            ("graph", Some("langgraph_js")),
            ("q", None),
            ("signature", None),
        ] {
            assert_eq!(nearest(word, names.into_iter()), expected, "{word}");
        }
    }
}
