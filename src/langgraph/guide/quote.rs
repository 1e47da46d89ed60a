//! Quotes text as a shell word and as a string literal, for generated commands and code.
//!
//! **Invariant:** no text can end the word or the literal that contains it.

/// A word that every POSIX shell expands to the text.
#[must_use]
pub(crate) fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// As [`shell_word`], of bytes. Those that are not UTF-8 cannot be copied as text, so the shell makes them.
#[must_use]
pub(crate) fn shell_word_of_bytes(bytes: &[u8]) -> String {
    // A terminal acts on control characters when they are pasted, whatever the quotes.
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(char::is_control)
    {
        return shell_word(text);
    }
    let one = |byte: &u8| match byte {
        b' '..=b'~' if !matches!(byte, b'\\' | b'%' | b'\'') => char::from(*byte).to_string(),
        _ => format!("\\{byte:03o}"),
    };
    format!(
        "\"$(printf -- '{}')\"",
        bytes.iter().map(one).collect::<String>()
    )
}

/// A JSON string literal, which is also valid in Python and JavaScript.
#[must_use]
pub(crate) fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(word: &str) -> Vec<u8> {
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("printf %s {word}")])
            .output();
        output.unwrap().stdout
    }

    #[test]
    fn any_bytes_are_one_word() {
        for bytes in [
            &b"caf\xe9 '\"$(echo x)`echo x`\\n%s\\\xff!"[..],
            b"it's",
            b"",
        ] {
            assert_eq!(expanded(&shell_word_of_bytes(bytes)), bytes);
        }
    }

    #[test]
    fn any_text_is_one_word_and_one_string() {
        let text = "a'b\"c$(d)`e`\\f\ng";
        assert_eq!(shell_word(text), "'a'\\''b\"c$(d)`e`\\f\ng'");
        assert_eq!(literal(text), r#""a'b\"c$(d)`e`\\f\ng""#);
        assert_eq!(expanded(&shell_word(text)), text.as_bytes());
    }
}
