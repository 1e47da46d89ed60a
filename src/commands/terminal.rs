//! Text for a terminal: received text made harmless, colours.
//!
//! **Invariant:** no received character acts on the terminal, and a received line end does not start a line.

use std::fmt::Write;
use std::io::IsTerminal;

/// Escapes characters that are not printable, so that received text cannot send control sequences to the terminal.
pub(super) fn escape_unprintable(text: &str) -> String {
    let escaped = text.chars().map(|char| match char {
        '"' | '\'' => char.to_string(),
        _ => char.escape_debug().to_string(),
    });
    escaped.collect()
}

/// A line of JSON in which every character that is not printable is an escape of JSON. `json` is valid JSON, so outside of its strings there
/// are no such characters except white space.
pub(super) fn escape_json(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            '\n' | '\r' | '\t' => line.push(' '),
            ' '..='~' => line.push(char),
            _ if is_printable(char) => line.push(char),
            _ => {
                let mut units = [0; 2];
                for unit in char.encode_utf16(&mut units) {
                    // Writing to a `String` cannot fail.
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
        }
    }
    line
}

fn is_printable(char: char) -> bool {
    char.escape_debug().len() == 1
}

/// A colour or weight of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
}

/// Whether to use colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Colours(bool);

impl Colours {
    /// Colours if stdout is a terminal and `NO_COLOR` is not set (<https://no-color.org>).
    pub(super) fn of_stdout() -> Self {
        let is_refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self(!is_refused && std::io::stdout().is_terminal())
    }

    /// The text in this style. It is escaped.
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        let text = escape_unprintable(text);
        if !self.0 {
            return text;
        }
        let code = match style {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Red => "31",
            Style::Green => "32",
            Style::Yellow => "33",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_is_one_printable_line_with_the_same_value() {
        let text = "é🙂\u{9b}31m\u{202e}\u{2028}\u{7f}\u{1b}[2J\n\u{e0001}";
        let json = serde_json::to_string_pretty(&[text]).unwrap();
        let line = escape_json(&json);
        assert!(
            !line
                .chars()
                .any(|char| char.is_control() || char == '\u{202e}'),
            "{line}"
        );
        assert!(line.contains("é🙂"));
        let read: [String; 1] = serde_json::from_str(&line).unwrap();
        assert_eq!(read[0], text);
    }

    #[test]
    fn colours_are_only_around_escaped_text() {
        let painted = Colours(true).paint(Style::Red, "a\x1b[2J");
        assert_eq!(painted, "\x1b[31ma\\u{1b}[2J\x1b[0m");
        assert_eq!(Colours(false).paint(Style::Red, "a\n"), "a\\n");
    }
}
