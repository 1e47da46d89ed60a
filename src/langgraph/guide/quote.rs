//! Quotes text as a shell word and as a string literal, for generated commands and code.
//!
//! **Invariant:** no text can end the word or the literal that contains it.

/// A word that every POSIX shell expands to the text.
#[must_use]
pub(crate) fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A JSON string literal, which is also valid in Python and JavaScript.
#[must_use]
pub(crate) fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_one_word_and_one_string() {
        let text = "a'b\"c$(d)`e`\\f\ng";
        assert_eq!(shell_word(text), "'a'\\''b\"c$(d)`e`\\f\ng'");
        assert_eq!(literal(text), r#""a'b\"c$(d)`e`\\f\ng""#);
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("printf %s {}", shell_word(text))])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
    }
}
