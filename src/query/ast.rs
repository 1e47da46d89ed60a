//! What a query consists of.
//!
//! **Invariant:** everything that can be asked is one of these; the evaluator, the narrowing and the wording each handle all of them.

use std::cmp::Ordering;

use super::fields::Field;
use super::json_names::JsonNames;
use super::text_match::TextMatch;

/// A condition on a delivery.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// All hold; without any, it holds for each delivery.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// One of the tests holds for the subject.
    Term(Term),
}

/// `status:error,timeout`: a subject and its tests, of which one must hold.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) subject: Subject,
    pub(super) tests: Vec<Test>,
}

/// The part of a delivery that is tested. A name may occur several times in a delivery; then it is enough that the test holds for one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Target, header lines and decoded body.
    Anywhere,
    /// A field without its own name.
    Field(Field),
    /// Values of the header lines with this name, ignoring case.
    Header(String),
    /// Values of the parameter with this name.
    QueryParam(String),
    /// Values of the form field with this name.
    FormField(String),
    /// The JSON values with this path.
    Json(JsonNames),
}

/// What is tested.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The subject has a value.
    Present,
    /// The text.
    Text(TextMatch),
    /// The value has this name.
    Choice(&'static str),
    /// An integer in the unit of the field: bytes, milliseconds, or microseconds since 1970.
    Number(Comparison, Quantity),
    /// A number of any kind.
    Decimal(Comparison, f64),
}

/// An integer, and how it was written.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    pub(super) value: i64,
    pub(super) text: String,
}

/// How numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

impl Comparison {
    /// The operator, as SQL writes it too.
    #[must_use]
    pub fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }

    /// Whether it holds for a value that compares so with the one in the query; `None` for a value that is not a number.
    pub(super) fn holds(self, ordering: Option<Ordering>) -> bool {
        ordering.is_some_and(|ordering| match self {
            Self::Equal => ordering.is_eq(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
        })
    }
}
