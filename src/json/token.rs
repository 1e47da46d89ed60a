//! Splits JSON text into tokens, each as received. Nothing is decoded and nothing recurses, so any depth works. Invalid JSON is split into
//! tokens too.
//!
//! **Invariant:** the tokens and the whitespace between them are the text, byte for byte.

/// The kind of a token, determined by its first character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// With its quotes.
    String,
    Number,
    /// `true`, `false` or `null`, and text that is not JSON.
    Literal,
}

/// Iterates over the tokens of a text; the whitespace between them is left out.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    #[must_use]
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The text after the tokens read so far.
    #[must_use]
    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    /// The kind of the next token.
    pub(crate) fn peek(&mut self) -> Option<TokenKind> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        Some(match self.rest.chars().next()? {
            '{' | '[' => TokenKind::Open,
            '}' | ']' => TokenKind::Close,
            ',' => TokenKind::Comma,
            ':' => TokenKind::Colon,
            '"' => TokenKind::String,
            '-' | '0'..='9' => TokenKind::Number,
            _ => TokenKind::Literal,
        })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (TokenKind, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.peek()?;
        let length = match kind {
            TokenKind::Open | TokenKind::Close | TokenKind::Comma | TokenKind::Colon => 1,
            TokenKind::String => string_length(self.rest),
            TokenKind::Number | TokenKind::Literal => literal_length(self.rest),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some((kind, token))
    }
}

/// Length of the string at the start, both quotes included; without a closing quote, to the end of the text.
fn string_length(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

/// Length of the number or literal at the start; at least one character.
fn literal_length(json: &str) -> usize {
    let ends = |found: char| " \t\n\r{}[],:\"".contains(found);
    let first = json.chars().next().map_or(0, char::len_utf8);
    json[first..].find(ends).map_or(json.len(), |at| first + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_as_received() {
        let found: Vec<_> = Tokens::new(r#" {"a\"": [-1.50,true ,"ü"]}"#)
            .map(|(_, token)| token)
            .collect();
        assert_eq!(
            found,
            [
                "{", r#""a\"""#, ":", "[", "-1.50", ",", "true", ",", "\"ü\"", "]", "}"
            ]
        );
    }
}
