//! What a store can leave out: conditions on columns that hold for every delivery that a query matches, and for some others.
//!
//! **Invariant:** a delivery that matches is never left out. A column says what the delivery says; where a query compares in another way
//! than SQL (case, Unicode, absent values), its narrowing is wider.

use uuid::Uuid;

use super::ast::{Comparison, Condition, Subject, Term, Test};
use super::choices;
use super::fields::Field;
use super::text_match::{How, TextMatch};
use crate::domain::counts::RunStatus;
use crate::domain::token_check::TokenResult;

/// Conditions on columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// Nothing can be left out.
    Everything,
    /// This holds.
    Fact(Fact),
    /// This does not hold; it does not either where the column is null.
    Not(Fact),
    /// All of them hold.
    All(Vec<Narrowing>),
    /// At least one of them holds.
    Any(Vec<Narrowing>),
}

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It is a run.
    IsRun,
    /// It is a run with one of these statuses.
    Status(Vec<RunStatus>),
    /// One of these results of the token check.
    Token(Vec<TokenResult>),
    /// The name of its graph, in lower case, is this, or begins with it. Only names of ASCII characters are compared.
    Graph {
        /// The text.
        text: String,
        /// Whether the name only begins with it.
        begins: bool,
    },
    /// The name of its graph is not in ASCII characters, or it has none.
    OtherGraph,
    /// The id of its run.
    RunId(Uuid),
    /// The id of its thread.
    ThreadId(Uuid),
    /// A number that compares so with this one. An absent number does not.
    Number(FactNumber, Comparison, i64),
}

/// A column with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactNumber {
    /// Seq.
    Seq,
    /// Number of the attempt.
    Attempt,
    /// Microseconds since 1970.
    ReceivedAt,
    /// Status of the response.
    Answered,
    /// Bytes of the body.
    Size,
}

/// The narrowing of a condition, or of its opposite.
pub(super) fn of(condition: &Condition, holds: bool) -> Narrowing {
    let parts = |conditions: &[Condition]| conditions.iter().map(|one| of(one, holds)).collect();
    match (condition, holds) {
        (Condition::All(conditions), true) | (Condition::Any(conditions), false) => {
            all(parts(conditions))
        }
        (Condition::Any(conditions), true) | (Condition::All(conditions), false) => {
            any(parts(conditions))
        }
        (Condition::Not(condition), holds) => of(condition, !holds),
        (Condition::Term(term), true) => {
            any(term.tests.iter().map(|test| fact(term, test)).collect())
        }
        (Condition::Term(term), false) => {
            all(term.tests.iter().map(|test| opposite(term, test)).collect())
        }
    }
}

fn all(mut parts: Vec<Narrowing>) -> Narrowing {
    parts.retain(|part| *part != Narrowing::Everything);
    match parts.pop() {
        None => Narrowing::Everything,
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Narrowing::All(parts)
        }
    }
}

fn any(mut parts: Vec<Narrowing>) -> Narrowing {
    if parts.contains(&Narrowing::Everything) {
        return Narrowing::Everything;
    }
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            Narrowing::Any(parts)
        }
    }
}

/// What holds wherever a test does.
fn fact(term: &Term, test: &Test) -> Narrowing {
    let Subject::Field(field) = term.subject else {
        return Narrowing::Everything;
    };
    Narrowing::Fact(match (field, test) {
        (Field::Status, Test::Choice(name)) => match RunStatus::named(name) {
            RunStatus::Other => Fact::Status(vec![RunStatus::Other]),
            // The column has the status if it is spelled like this, and otherwise "other".
            status => Fact::Status(vec![status, RunStatus::Other]),
        },
        // A character beyond ASCII may be the same as one in ASCII but for its case.
        (Field::Graph, Test::Text(name)) if name.text.is_ascii() => {
            return Narrowing::Any(vec![
                Narrowing::Fact(graph(name)),
                Narrowing::Fact(Fact::OtherGraph),
            ]);
        }
        (Field::Run | Field::Thread, Test::Text(id)) if id.how == How::Is => {
            match Uuid::try_parse(&id.text) {
                Ok(id) if field == Field::Run => Fact::RunId(id),
                Ok(id) => Fact::ThreadId(id),
                Err(_) => Fact::IsRun,
            }
        }
        (Field::Kind, Test::Choice("run"))
        | (
            Field::Status
            | Field::Graph
            | Field::Assistant
            | Field::Thread
            | Field::Run
            | Field::Cron
            | Field::Sender
            | Field::Version
            | Field::Error
            | Field::Duration
            | Field::Lag
            | Field::Messages,
            _,
        ) => Fact::IsRun,
        _ => match exact(field, test) {
            Some(fact) => fact,
            None => return Narrowing::Everything,
        },
    })
}

/// What holds wherever a test does not.
fn opposite(term: &Term, test: &Test) -> Narrowing {
    let Subject::Field(field) = term.subject else {
        return Narrowing::Everything;
    };
    let certain = match (field, test) {
        // Where the column has a status, the delivery has it too.
        (Field::Status, Test::Choice(name)) if RunStatus::named(name) != RunStatus::Other => {
            Some(Fact::Status(vec![RunStatus::named(name)]))
        }
        (Field::Kind, Test::Choice("run")) | (Field::Sender, Test::Present) => Some(Fact::IsRun),
        (Field::Graph, Test::Text(name)) if name.text.is_ascii() && !name.is_exact() => {
            Some(graph(name))
        }
        _ => exact(field, test),
    };
    certain.map_or(Narrowing::Everything, Narrowing::Not)
}

fn graph(name: &TextMatch) -> Fact {
    Fact::Graph {
        text: name.text.to_ascii_lowercase(),
        begins: name.how == How::Begins,
    }
}

/// The column that has exactly the value of a test.
fn exact(field: Field, test: &Test) -> Option<Fact> {
    match (field, test) {
        (Field::Token, Test::Choice(name)) => Some(Fact::Token(vec![choices::token_named(name)?])),
        (_, Test::Number(comparison, wanted)) => {
            let number = match field {
                Field::Seq => FactNumber::Seq,
                Field::Attempt => FactNumber::Attempt,
                Field::After | Field::Before => FactNumber::ReceivedAt,
                Field::Answered => FactNumber::Answered,
                Field::Size => FactNumber::Size,
                _ => return None,
            };
            Some(Fact::Number(number, *comparison, wanted.value))
        }
        _ => None,
    }
}

impl Narrowing {
    /// Whether it is one of the conditions that must all hold, or all of them.
    #[must_use]
    pub fn required(&self) -> &[Self] {
        match self {
            Self::All(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }

    /// All facts in it.
    #[must_use]
    pub fn facts(&self) -> Vec<&Fact> {
        match self {
            Self::Everything => Vec::new(),
            Self::Fact(fact) | Self::Not(fact) => vec![fact],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::facts).collect(),
        }
    }
}
