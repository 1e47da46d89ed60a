//! A query in words: `status is error or timeout, and path contains /orders`.
//!
//! **Invariant:** the words say all of the query, so that a reader sees how it was read.

use super::ast::{Comparison, Condition, Subject, Term, Test};
use super::fields::Field;
use super::scanner::quote;
use super::text_match::{How, TextMatch};

/// A condition in words.
pub(super) fn words(condition: &Condition) -> String {
    match condition {
        Condition::All(conditions) if conditions.is_empty() => "every delivery".to_owned(),
        Condition::All(conditions) => list(conditions, ", and "),
        Condition::Any(conditions) => list(conditions, ", or "),
        Condition::Not(condition) => format!("not ({})", words(condition)),
        Condition::Term(term) => term_words(term),
    }
}

fn list(conditions: &[Condition], between: &str) -> String {
    let part = |condition: &Condition| match condition {
        Condition::All(_) | Condition::Any(_) => format!("({})", words(condition)),
        Condition::Not(_) | Condition::Term(_) => words(condition),
    };
    let parts: Vec<String> = conditions.iter().map(part).collect();
    parts.join(between)
}

fn term_words(term: &Term) -> String {
    let subject = match &term.subject {
        Subject::Anywhere => "the request".to_owned(),
        Subject::Field(Field::After | Field::Before) => "received".to_owned(),
        Subject::Field(Field::Body) => "the body".to_owned(),
        Subject::Field(field) => field.entry().name.to_owned(),
        Subject::Header(name) => format!("header {name}"),
        Subject::QueryParam(name) => format!("query parameter {name}"),
        Subject::FormField(name) => format!("form field {name}"),
        Subject::Json(names) => format!("JSON value {names}"),
    };
    let mut found = subject;
    let mut last = String::new();
    for (index, test) in term.tests.iter().enumerate() {
        let (verb, value) = test_words(&term.subject, test);
        if index > 0 {
            found.push_str(" or");
        }
        // "is error or timeout" needs its verb once.
        if verb != last {
            found = format!("{found} {verb}");
            last = verb;
        }
        if !value.is_empty() {
            found = format!("{found} {value}");
        }
    }
    found
}

fn test_words(subject: &Subject, test: &Test) -> (String, String) {
    let is_time = matches!(subject, Subject::Field(Field::After | Field::Before));
    let (verb, value) = match test {
        Test::Present => ("is there", String::new()),
        Test::Choice(name) => ("is", (*name).to_owned()),
        Test::Text(wanted) => (text_verb(wanted), shown(&wanted.text)),
        Test::Number(Comparison::Less, quantity) if is_time => ("before", quantity.text.clone()),
        Test::Number(_, quantity) if is_time => ("at or after", quantity.text.clone()),
        Test::Number(comparison, quantity) => (comparison_verb(*comparison), quantity.text.clone()),
        Test::Decimal(comparison, number) => (comparison_verb(*comparison), number.to_string()),
    };
    (verb.to_owned(), value)
}

fn text_verb(text: &TextMatch) -> &'static str {
    match (text.how, text.is_exact()) {
        (How::Contains, _) => "contains",
        (How::BeginsWord, _) => "has a word that begins with",
        (How::Is, false) => "is",
        (How::Is, true) => "is exactly",
        (How::Begins, false) => "begins with",
        (How::Begins, true) => "begins exactly with",
    }
}

fn comparison_verb(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "is",
        Comparison::Greater => "is more than",
        Comparison::GreaterOrEqual => "is at least",
        Comparison::Less => "is less than",
        Comparison::LessOrEqual => "is at most",
    }
}

/// A text, between quotes where its ends would not be seen.
fn shown(text: &str) -> String {
    let is_plain =
        |letter: char| !letter.is_whitespace() && !matches!(letter, '"' | ',' | '(' | ')');
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        quote(text)
    }
}
