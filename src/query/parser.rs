//! From the text of a query to its conditions.
//!
//! **Invariant:** every character is read or is an error, and the depth and the number of values are bounded.
//!
//! ```text
//! any     = all { "OR" all }
//! all     = unary { unary }
//! unary   = [ "-" | "!" ] ( "(" any ")" | term )
//! term    = [ name ":" ] value { "," value }
//! value   = [ "=" | ">" | ">=" | "<" | "<=" ] ( word | quoted ) [ "*" ]
//! ```

#[cfg(test)]
mod tests;

use super::ast::{Condition, Term};
use super::error::QueryError;
use super::scanner::{Scanner, quote};
use super::terms::Terms;
use crate::domain::time::Time;

/// Most parentheses inside each other.
const DEPTH_MAX: usize = 20;
/// Words that mean something in other languages, and what to write here.
const FOREIGN: &[(&str, &str)] = &[("AND", " "), ("&&", " "), ("||", "OR"), ("NOT", "-")];

/// Reads a query.
pub(super) fn parse(text: &str, now: Time) -> Result<Condition, QueryError> {
    let mut parser = Parser {
        terms: Terms::new(Scanner::new(text)?, now),
        depth: 0,
    };
    parser.scanner().skip_blanks();
    if parser.scanner().peek().is_none() {
        return Ok(Condition::All(Vec::new()));
    }
    let condition = parser.any()?;
    let position = parser.scanner().position();
    match parser.scanner().peek() {
        None => Ok(condition),
        Some(_) => Err(QueryError::new(position, "this parenthesis closes nothing")),
    }
}

struct Parser {
    terms: Terms,
    depth: usize,
}

impl Parser {
    fn scanner(&mut self) -> &mut Scanner {
        &mut self.terms.scanner
    }

    /// Conditions with `OR` between them.
    fn any(&mut self) -> Result<Condition, QueryError> {
        let mut found = vec![self.all("OR needs a word before it")?];
        while self.scanner().keyword(&["OR"]).is_some() {
            self.scanner().step();
            self.scanner().step();
            found.push(self.all("OR needs a word after it")?);
        }
        Ok(one_of(found, Condition::Any))
    }

    /// Conditions with blanks between them.
    fn all(&mut self, missing: &str) -> Result<Condition, QueryError> {
        let mut found = Vec::new();
        loop {
            self.scanner().skip_blanks();
            let next = self.scanner().peek();
            if next.is_none() || next == Some(')') || self.scanner().keyword(&["OR"]).is_some() {
                break;
            }
            found.push(self.unary()?);
        }
        if found.is_empty() {
            let scanner = self.scanner();
            let (position, is_closed) = (scanner.position(), scanner.peek() == Some(')'));
            let is_or = scanner.keyword(&["OR"]).is_some();
            let after_or = missing.ends_with("after it");
            let missing = if is_closed && self.depth == 0 {
                "this parenthesis closes nothing"
            } else if is_or || after_or {
                missing
            } else {
                "nothing is between these parentheses"
            };
            return Err(QueryError::new(position, missing));
        }
        Ok(one_of(found, Condition::All))
    }

    fn unary(&mut self) -> Result<Condition, QueryError> {
        let position = self.scanner().position();
        let sign = self
            .scanner()
            .peek()
            .filter(|next| matches!(next, '-' | '!'));
        let Some(sign) = sign else {
            return self.primary();
        };
        self.scanner().step();
        if self.scanner().is_at_end_of_word() {
            let message = format!("{sign} needs a word directly after it");
            return Err(QueryError::new(position, message));
        }
        if matches!(self.scanner().peek(), Some('-' | '!')) {
            let word = self.scanner().word_at(position);
            let message = format!("only one {sign} can be before a word");
            return Err(QueryError::new(position + 1, message).suggest(quote(&word)));
        }
        Ok(Condition::Not(Box::new(self.primary()?)))
    }

    fn primary(&mut self) -> Result<Condition, QueryError> {
        let position = self.scanner().position();
        if !self.scanner().take('(') {
            return self.term();
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("at most {DEPTH_MAX} parentheses can be inside each other");
            return Err(QueryError::new(position, message));
        }
        let open = QueryError::new(position, "this parenthesis is not closed");
        self.scanner().skip_blanks();
        if self.scanner().peek().is_none() {
            return Err(open);
        }
        let condition = self.any()?;
        if !self.scanner().take(')') {
            return Err(open);
        }
        self.depth -= 1;
        let after = self.scanner().position();
        if !self.scanner().is_at_end_of_word() && self.scanner().peek() != Some('(') {
            return Err(QueryError::new(
                after,
                "write a blank after the parenthesis",
            ));
        }
        Ok(condition)
    }

    fn term(&mut self) -> Result<Condition, QueryError> {
        let position = self.scanner().position();
        for (word, instead) in FOREIGN {
            if self.scanner().keyword(&[word]).is_some() {
                let message = match *instead {
                    " " => format!(
                        "{word} is not needed: words with a blank between them must all hold"
                    ),
                    instead => format!("write {instead} instead of {word}"),
                };
                return Err(QueryError::new(position, message).suggest(quote(word)));
            }
        }
        let terms: Vec<Term> = self.terms.read()?;
        let terms = terms.into_iter().map(Condition::Term).collect();
        Ok(one_of(terms, Condition::Any))
    }
}

/// A single condition as it is, and several as a list.
fn one_of(mut found: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match found.pop() {
        Some(only) if found.is_empty() => only,
        last => {
            found.extend(last);
            join(found)
        }
    }
}
