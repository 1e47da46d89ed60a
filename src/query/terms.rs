//! One word of a query: a field with its values, or a text to search for.
//!
//! **Invariant:** a field, a name or a value that creel does not know is an error at its first character.

use super::ast::{Comparison, Quantity, Subject, Term, Test};
use super::error::QueryError;
use super::fields::{self, Field, FieldEntry, Takes};
use super::names::{FieldName, subject};
use super::scanner::{Piece, Scanner, quote};
use super::suggest::nearest;
use super::text_match::{How, TextMatch};
use super::units::{self, WrongNumber};
use crate::domain::time::Time;

/// Most values in a query.
const VALUES_MAX: usize = 100;

/// Reads words.
pub(super) struct Terms {
    pub(super) scanner: Scanner,
    now: Time,
    /// Values so far.
    count: usize,
}

/// A value as written.
struct Value {
    /// Where it begins, with its operator.
    position: usize,
    operator: Operator,
    piece: Piece,
    is_prefix: bool,
}

/// What is written before a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    None,
    Exactly,
    Compare(Comparison),
}

impl Terms {
    pub(super) fn new(scanner: Scanner, now: Time) -> Self {
        Self {
            scanner,
            now,
            count: 0,
        }
    }

    /// The word here. Of its terms, one must hold.
    pub(super) fn read(&mut self) -> Result<Vec<Term>, QueryError> {
        let position = self.scanner.position();
        match FieldName::read(&mut self.scanner)? {
            Some(name) if self.scanner.take(':') => self.field(&name),
            _ => {
                self.scanner.go_to(position);
                self.bare().map(|term| vec![term])
            }
        }
    }

    /// A text to search for everywhere.
    fn bare(&mut self) -> Result<Term, QueryError> {
        let mut tests = Vec::new();
        loop {
            let value = self.value(Operator::None)?;
            if !value.piece.is_quoted && value.piece.text.contains(':') {
                let message = "a comma joins values of one field; write OR between fields";
                return Err(QueryError::new(value.position, message));
            }
            tests.push(text_test(&value, How::Contains, How::BeginsWord)?);
            if !self.scanner.take(',') {
                break;
            }
        }
        self.ends()?;
        Ok(Term {
            subject: Subject::Anywhere,
            tests,
        })
    }

    /// The values of a field.
    fn field(&mut self, name: &FieldName) -> Result<Vec<Term>, QueryError> {
        let Some((entry, operator)) = fields::find(&name.base) else {
            return Err(self.unknown_field(name));
        };
        if self.scanner.peek().is_none_or(char::is_whitespace) {
            let message = format!("{}: needs a value directly after the colon", name.base);
            let example = entry.examples.first().map(|example| (*example).to_owned());
            return Err(QueryError::new(self.scanner.position(), message).suggest_any(example));
        }
        if entry.field == Field::Has {
            return self.has();
        }
        let subject = subject(entry, name)?;
        let mut tests = Vec::new();
        loop {
            let value = self.value(Operator::of(operator))?;
            self.tests(entry, &subject, &value, &mut tests)?;
            if !self.scanner.take(',') {
                break;
            }
        }
        self.ends()?;
        Ok(vec![Term { subject, tests }])
    }

    /// The names after `has:`.
    fn has(&mut self) -> Result<Vec<Term>, QueryError> {
        let mut terms = Vec::new();
        loop {
            self.add_value()?;
            let position = self.scanner.position();
            let Some(name) = FieldName::read(&mut self.scanner)? else {
                let message = "has: needs a field, such as has:error or has:header.x-request-id";
                return Err(QueryError::new(position, message));
            };
            let Some((entry, "")) = fields::find(&name.base) else {
                let names = fields::FIELDS.iter().filter(|entry| entry.is_optional);
                let suggestion = nearest(&name.base, names.map(|entry| entry.name));
                let message = format!("unknown field \"{}\"", name.base);
                let suggestion = suggestion.map(|name| format!("has:{name}"));
                return Err(QueryError::new(position, message).suggest_any(suggestion));
            };
            if !entry.is_optional {
                let message = format!("each delivery has {}", entry.name);
                return Err(QueryError::new(position, message));
            }
            terms.push(Term {
                subject: subject(entry, &name)?,
                tests: vec![Test::Present],
            });
            if !self.scanner.take(',') {
                break;
            }
        }
        self.ends()?;
        Ok(terms)
    }

    fn add_value(&mut self) -> Result<(), QueryError> {
        self.count += 1;
        if self.count > VALUES_MAX {
            let message = format!("a query has at most {VALUES_MAX} words and values");
            return Err(QueryError::new(self.scanner.position(), message));
        }
        Ok(())
    }

    /// A value, with the operator before it unless an alias has one.
    fn value(&mut self, given: Operator) -> Result<Value, QueryError> {
        self.add_value()?;
        let position = self.scanner.position();
        let operator = match given {
            Operator::None => Operator::read(&mut self.scanner),
            given => given,
        };
        let mut piece = if self.scanner.peek() == Some('"') {
            self.scanner.quoted()?
        } else {
            self.scanner.bare(&[','])?
        };
        let is_prefix = if piece.is_quoted {
            self.scanner.take('*')
        } else {
            piece.text.ends_with('*')
        };
        if is_prefix && !piece.is_quoted {
            piece.text.pop();
        }
        if !piece.is_quoted
            && let Some(at) = piece.text.chars().position(|letter| letter == '*')
        {
            let message = "* can only be at the end; put the text between quotes to search for it";
            return Err(QueryError::new(piece.position + at, message));
        }
        let may_be_empty = piece.is_quoted && operator == Operator::Exactly && !is_prefix;
        if piece.text.is_empty() && !may_be_empty {
            let message = if is_prefix {
                "* needs a text before it"
            } else if piece.is_quoted {
                "there is nothing between these quotes"
            } else {
                "a value is missing here"
            };
            return Err(QueryError::new(piece.position, message));
        }
        Ok(Value {
            position,
            operator,
            piece,
            is_prefix,
        })
    }

    /// After the last value there is a blank or the end.
    fn ends(&self) -> Result<(), QueryError> {
        if self.scanner.is_at_end_of_word() {
            return Ok(());
        }
        let message = "write a blank here, or put the whole text between quotes";
        Err(QueryError::new(self.scanner.position(), message))
    }

    fn unknown_field(&self, name: &FieldName) -> QueryError {
        let error = |message: String| QueryError::new(name.position, message);
        let word = quote(&self.scanner.word_at(name.position));
        if name.base.is_empty() {
            return error("a field is missing before the colon".to_owned()).suggest(word);
        }
        let aliases = fields::ALIASES.iter().map(|(alias, _)| *alias);
        let names = fields::FIELDS.iter().map(|entry| entry.name).chain(aliases);
        let is_url = self.scanner.peek() == Some('/');
        let known = nearest(&name.base, names).filter(|_| !is_url);
        let suggestion = known.map_or(word, |known| format!("{known}:"));
        error(format!("unknown field \"{}\"", name.base)).suggest(suggestion)
    }

    /// The tests of one value.
    fn tests(
        &self,
        entry: &FieldEntry,
        subject: &Subject,
        value: &Value,
        tests: &mut Vec<Test>,
    ) -> Result<(), QueryError> {
        let number = |parse: fn(&str) -> Result<i64, WrongNumber>| number_test(value, parse);
        tests.push(match entry.takes {
            Takes::Choice(names) => return choices(entry, &names(), value, tests),
            Takes::Is => text_test(value, How::Is, How::Begins)?,
            Takes::Address => address_test(value)?,
            Takes::Contains => match value.operator {
                Operator::Compare(comparison) if *subject != Subject::Field(entry.field) => {
                    let number = units::decimal(&value.piece.text);
                    Test::Decimal(comparison, number.map_err(|wrong| value.wrong(wrong))?)
                }
                _ => text_test(value, How::Contains, How::Begins)?,
            },
            Takes::Count => number(units::count)?,
            Takes::Size => number(units::size)?,
            Takes::Duration => number(units::duration)?,
            Takes::Time => time_test(entry.field, value, self.now)?,
            // Only `has` takes a name.
            Takes::Name => Test::Present,
        });
        Ok(())
    }
}

impl Operator {
    /// The operator of an alias.
    fn of(text: &str) -> Self {
        match text {
            ">" => Self::Compare(Comparison::Greater),
            "<" => Self::Compare(Comparison::Less),
            _ => Self::None,
        }
    }

    fn read(scanner: &mut Scanner) -> Self {
        if scanner.take('=') {
            return Self::Exactly;
        }
        let compare = |scanner: &mut Scanner, alone, with_equal| {
            let has_equal = scanner.take('=');
            Self::Compare(if has_equal { with_equal } else { alone })
        };
        if scanner.take('>') {
            compare(scanner, Comparison::Greater, Comparison::GreaterOrEqual)
        } else if scanner.take('<') {
            compare(scanner, Comparison::Less, Comparison::LessOrEqual)
        } else {
            Self::None
        }
    }
}

impl Value {
    fn wrong(&self, (message, suggestion): WrongNumber) -> QueryError {
        QueryError::new(self.piece.position, message).suggest_any(suggestion)
    }

    /// An error if it ends with `*`.
    fn has_no_star(&self, what: &str) -> Result<(), QueryError> {
        if self.is_prefix {
            let message = format!("{what} cannot end with *");
            return Err(QueryError::new(self.piece.position, message));
        }
        Ok(())
    }

    /// An error if it is compared.
    fn is_not_compared(&self) -> Result<(), QueryError> {
        match self.operator {
            Operator::Compare(comparison) => {
                let message = format!(
                    "only numbers can be compared with {}",
                    comparison.operator()
                );
                Err(QueryError::new(self.position, message))
            }
            _ => Ok(()),
        }
    }
}

fn text_test(value: &Value, how: How, with_star: How) -> Result<Test, QueryError> {
    value.is_not_compared()?;
    let text = &value.piece.text;
    if value.operator == Operator::Exactly {
        let how = if value.is_prefix {
            How::Begins
        } else {
            How::Is
        };
        return Ok(Test::Text(TextMatch::exact(how, text)));
    }
    let how = if value.is_prefix { with_star } else { how };
    let found = TextMatch::new(how, text);
    let too_long = |_| QueryError::new(value.piece.position, "this text is too long to search for");
    found.map(Test::Text).map_err(too_long)
}

fn address_test(value: &Value) -> Result<Test, QueryError> {
    let text = &value.piece.text;
    if !value.is_prefix && text.parse::<std::net::IpAddr>().is_err() {
        let message = format!("\"{text}\" is not an IP address");
        let error = QueryError::new(value.piece.position, message);
        let suggestion = Some(format!("{text}*"));
        return Err(error.suggest_any(
            suggestion.filter(|_| text.starts_with(|letter: char| letter.is_ascii_hexdigit())),
        ));
    }
    text_test(value, How::Is, How::Begins)
}

fn number_test(
    value: &Value,
    parse: fn(&str) -> Result<i64, WrongNumber>,
) -> Result<Test, QueryError> {
    value.has_no_star("a number")?;
    let comparison = match value.operator {
        Operator::Compare(comparison) => comparison,
        Operator::None | Operator::Exactly => Comparison::Equal,
    };
    let number = parse(&value.piece.text).map_err(|wrong| value.wrong(wrong))?;
    let quantity = Quantity {
        value: number,
        text: value.piece.text.clone(),
    };
    Ok(Test::Number(comparison, quantity))
}

fn time_test(field: Field, value: &Value, now: Time) -> Result<Test, QueryError> {
    value.has_no_star("a time")?;
    value.is_not_compared()?;
    let micros = units::moment(&value.piece.text, now).map_err(|wrong| value.wrong(wrong))?;
    let comparison = match field {
        Field::Before => Comparison::Less,
        _ => Comparison::GreaterOrEqual,
    };
    let quantity = Quantity {
        value: micros,
        text: Time::from_micros(micros).to_string(),
    };
    Ok(Test::Number(comparison, quantity))
}

/// The names that a value means: itself, or those that begin with it.
fn choices(
    entry: &FieldEntry,
    names: &[&'static str],
    value: &Value,
    tests: &mut Vec<Test>,
) -> Result<(), QueryError> {
    value.is_not_compared()?;
    if entry.field == Field::Status && value.operator == Operator::Exactly {
        tests.push(text_test(value, How::Is, How::Begins)?);
        return Ok(());
    }
    let text = value.piece.text.to_lowercase();
    let is_meant = |name: &&&'static str| {
        if value.is_prefix {
            name.starts_with(&text)
        } else {
            **name == text
        }
    };
    let before = tests.len();
    tests.extend(names.iter().filter(is_meant).map(|name| Test::Choice(name)));
    if tests.len() > before {
        return Ok(());
    }
    let message = format!("unknown {} \"{}\"", entry.name, value.piece.text);
    let suggestion = nearest(&text, names.iter().copied());
    let suggestion = suggestion.map(|name| format!("{}:{name}", entry.name));
    Err(QueryError::new(value.piece.position, message).suggest_any(suggestion))
}
