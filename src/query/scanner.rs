//! The characters of a query, read one after the other.
//!
//! **Invariant:** positions count characters from 0.

use super::error::QueryError;

/// Most characters of a query.
const CHARACTERS_MAX: usize = 2_000;

/// The characters, and how far they are read.
#[derive(Debug)]
pub(super) struct Scanner {
    characters: Vec<char>,
    at: usize,
}

/// A text between quotes, or without.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) position: usize,
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

impl Scanner {
    /// # Errors
    /// When the text is too long.
    pub(super) fn new(text: &str) -> Result<Self, QueryError> {
        let characters: Vec<char> = text.chars().take(CHARACTERS_MAX + 1).collect();
        if characters.len() > CHARACTERS_MAX {
            let message = format!("a query has at most {CHARACTERS_MAX} characters");
            return Err(QueryError::new(CHARACTERS_MAX, message));
        }
        Ok(Self { characters, at: 0 })
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads again from an earlier position.
    pub(super) fn go_to(&mut self, position: usize) {
        self.at = position;
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// Reads the next character if it is this one.
    pub(super) fn take(&mut self, character: char) -> bool {
        let is_next = self.peek() == Some(character);
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether a word ends here.
    pub(super) fn is_at_end_of_word(&self) -> bool {
        self.peek()
            .is_none_or(|next| next.is_whitespace() || next == ')')
    }

    /// The whole word that begins at a position, for messages.
    pub(super) fn word_at(&self, position: usize) -> String {
        let rest = self.characters.get(position..).unwrap_or_default();
        let ends = |character: &char| character.is_whitespace() || *character == ')';
        rest.iter()
            .take_while(|character| !ends(character))
            .collect()
    }

    /// The word here, if it is one of these.
    pub(super) fn keyword(&self, words: &[&'static str]) -> Option<&'static str> {
        let word = self.word_at(self.at);
        words.iter().copied().find(|keyword| {
            *keyword == word
                || word
                    .strip_prefix(keyword)
                    .is_some_and(|rest| rest.starts_with('('))
        })
    }

    /// A text between quotes that begins here. `\"` and `\\` are a quote and a backslash; any other backslash stays.
    ///
    /// # Errors
    /// When it does not end.
    pub(super) fn quoted(&mut self) -> Result<Piece, QueryError> {
        let position = self.at;
        self.step();
        let mut text = String::new();
        while let Some(next) = self.peek() {
            self.step();
            match next {
                '"' => {
                    return Ok(Piece {
                        position,
                        text,
                        is_quoted: true,
                    });
                }
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.step();
                }
                other => text.push(other),
            }
        }
        Err(QueryError::new(position, "this quote is not closed"))
    }

    /// The characters up to one of `ends`, the end of the word, or a quote or parenthesis, which stand only around a whole text.
    ///
    /// # Errors
    /// When a quote or a parenthesis is inside.
    pub(super) fn bare(&mut self, ends: &[char]) -> Result<Piece, QueryError> {
        let position = self.at;
        let mut text = String::new();
        while let Some(next) = self.peek().filter(|next| !ends.contains(next)) {
            if self.is_at_end_of_word() {
                break;
            }
            if next == '"' || next == '(' {
                let what = if next == '"' {
                    "a quote"
                } else {
                    "a parenthesis"
                };
                let message = format!("{what} inside a word: put the whole text between quotes");
                return Err(QueryError::new(self.at, message));
            }
            text.push(next);
            self.step();
        }
        Ok(Piece {
            position,
            text,
            is_quoted: false,
        })
    }
}

/// A text between quotes, with escapes.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
