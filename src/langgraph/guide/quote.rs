//! Quotes text as one word of a shell and as one string literal, for commands and code to paste.

/// A word that every POSIX shell reads as the text.
#[must_use]
pub(crate) fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string literal of JSON, which Python and JavaScript read too.
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
