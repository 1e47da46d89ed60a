//! JSON text cut into tokens, each as received. Nothing is decoded and nothing recurses, so that no depth is too deep, and text that is
//! no JSON comes out as tokens too.
//!
//! **Invariant:** the tokens and the blanks between them are the text, byte for byte.

/// What a token is; its first character tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// A string with its quotes.
    Text,
    /// A number.
    Number,
    /// `true`, `false`, `null`, and what is no JSON at all.
    Word,
}

/// Cuts JSON text into its tokens; the blanks between them are left out.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// The tokens of this text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// The text behind the tokens that were taken.
    #[must_use]
    pub fn rest(&self) -> &'a str {
        self.rest
    }

    /// Kind of the next token.
    pub fn peek(&mut self) -> Option<Kind> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        Some(match self.rest.chars().next()? {
            '{' | '[' => Kind::Open,
            '}' | ']' => Kind::Close,
            ',' => Kind::Comma,
            ':' => Kind::Colon,
            '"' => Kind::Text,
            '-' | '0'..='9' => Kind::Number,
            _ => Kind::Word,
        })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Kind, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.peek()?;
        let length = match kind {
            Kind::Open | Kind::Close | Kind::Comma | Kind::Colon => 1,
            Kind::Text => text_length(self.rest),
            Kind::Number | Kind::Word => word_length(self.rest),
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some((kind, token))
    }
}

/// Length of the string at the start, both quotes included; one without an end reaches to the end.
fn text_length(json: &str) -> usize {
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

/// Length of the number or word at the start; at least one character.
fn word_length(json: &str) -> usize {
    let ends = |found: char| " \t\n\r{}[],:\"".contains(found);
    let first = json.chars().next().map_or(0, char::len_utf8);
    json[first..].find(ends).map_or(json.len(), |at| first + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_cut_as_received() {
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
