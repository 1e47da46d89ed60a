//! Text as one word of a shell and as one string of a language, whatever it holds: what commands and code to paste are made with.

/// A word that every POSIX shell takes as it is.
#[must_use]
pub fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string literal of JSON, which is one of Python and of JavaScript too.
#[must_use]
pub fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_it_is_one_word_and_one_string() {
        let text = "a'b\"c$(d)`e`\\f\ng";
        assert_eq!(shell_word(text), "'a'\\''b\"c$(d)`e`\\f\ng'");
        assert_eq!(literal(text), r#""a'b\"c$(d)`e`\\f\ng""#);
        let said = std::process::Command::new("sh")
            .args(["-c", &format!("printf %s {}", shell_word(text))])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), text);
    }
}
