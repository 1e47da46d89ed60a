//! The query language: which deliveries a reader asks for. One language for lists, and for whatever else chooses deliveries.
//!
//! **Invariant:** a query is exact. What it means is defined once, in `matcher`; a store may only leave out deliveries that it cannot match.
//!
//! | file | what it does |
//! |---|---|
//! | `fields`, `choices` | the table of fields, and the values of those that take one of a few |
//! | `scanner`, `names`, `terms`, `units`, `parser` | from a text to conditions |
//! | `error`, `suggest` | what cannot be read, where, and what may have been meant |
//! | `ast`, `json_names`, `text_match` | conditions, paths of JSON values, comparison of texts |
//! | `matcher`, `values` | whether a condition holds for a delivery |
//! | `narrowing` | what a store can leave out by the columns that it has |
//! | `wording` | a query in words |

mod ast;
mod choices;
mod error;
mod fields;
mod json_names;
mod matcher;
mod names;
mod narrowing;
mod parser;
mod scanner;
mod suggest;
mod terms;
mod text_match;
mod units;
mod values;
mod wording;

#[cfg(test)]
mod tests;

pub use ast::Comparison;
pub use error::QueryError;
pub use fields::{ALIASES, FIELDS, Field, FieldEntry, FieldGroup, Takes};
pub use matcher::{Candidate, DECODED_BYTES_MAX};
pub use narrowing::{Fact, FactNumber, Narrowing};

use ast::Condition;

use crate::domain::delivery::Delivery;
use crate::domain::time::Time;

/// A query that was read.
///
/// ```
/// use creel::domain::time::Time;
/// use creel::query::Query;
///
/// let query = Query::parse("status:error,timeout graph:agent", Time::now())?;
/// assert_eq!(query.to_string(), "status is error or timeout, and graph is agent");
/// let error = Query::parse("stauts:error", Time::now()).unwrap_err();
/// assert_eq!((error.position, error.suggestion.as_deref()), (0, Some("status:")));
/// # Ok::<(), creel::query::QueryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Query {
    condition: Condition,
}

impl Query {
    /// Reads a query. Moments such as `15m` are before `now`. An empty text asks for all deliveries.
    ///
    /// # Errors
    /// When it cannot be read completely.
    pub fn parse(text: &str, now: Time) -> Result<Self, QueryError> {
        parser::parse(text, now).map(|condition| Self { condition })
    }

    /// Whether it holds for a delivery.
    #[must_use]
    pub fn matches(&self, delivery: &Delivery) -> bool {
        // Everything is loaded, so there is an answer.
        self.matches_loaded(&delivery.into()) == Some(true)
    }

    /// Whether it holds, as far as that is known by what is loaded; `None` if head or body are needed.
    #[must_use]
    pub fn matches_loaded(&self, candidate: &Candidate<'_>) -> Option<bool> {
        matcher::holds(&self.condition, candidate)
    }

    /// What a store may leave out.
    #[must_use]
    pub fn narrowing(&self) -> Narrowing {
        narrowing::of(&self.condition, true)
    }
}

/// The query in words.
impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&wording::words(&self.condition))
    }
}
