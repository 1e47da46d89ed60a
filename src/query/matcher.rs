//! The meaning of a query: whether it holds for a delivery.
//!
//! **Invariant:** this is the only definition. Where a part of the delivery is not loaded yet, the answer is that it is needed, unless it
//! makes no difference.

use std::cell::OnceCell;

use super::ast::{Condition, Subject, Term, Test};
use super::fields::Field;
use super::text_match::{How, TextMatch};
use super::{choices, units, values};
use crate::content::{self, BodyTexts, ContentOptions};
use crate::domain::delivery::{Delivery, Summary};
use crate::domain::head::Head;
use crate::domain::target;
use crate::json::{JsonType, RawJson};
use crate::langgraph::findings::{findings, level_of};

/// Most bytes that Content-Encoding may give for searching, as for reading. Only these are searched.
pub const DECODED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What is loaded of a delivery.
pub struct Candidate<'a> {
    summary: &'a Summary,
    head: Option<&'a Head>,
    body: Option<&'a [u8]>,
    texts: OnceCell<BodyTexts<'a>>,
}

impl<'a> Candidate<'a> {
    /// Without head and body.
    #[must_use]
    pub fn row(summary: &'a Summary) -> Self {
        Self {
            summary,
            head: None,
            body: None,
            texts: OnceCell::new(),
        }
    }

    /// With its head.
    #[must_use]
    pub fn with_head(self, head: &'a Head) -> Self {
        Self {
            head: Some(head),
            ..self
        }
    }

    /// With its body.
    #[must_use]
    pub fn with_body(self, body: &'a [u8]) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    fn texts(&self) -> Option<&BodyTexts<'a>> {
        let (head, body) = (self.head?, self.body?);
        Some(self.texts.get_or_init(|| {
            let options = ContentOptions {
                decoded_bytes: DECODED_BYTES_MAX,
                text_bytes: usize::MAX,
                fields: usize::MAX,
                ..ContentOptions::default()
            };
            content::texts(head, body, &options)
        }))
    }
}

impl<'a> From<&'a Delivery> for Candidate<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        let row = Self::row(&delivery.summary);
        row.with_head(&delivery.head).with_body(&delivery.body)
    }
}

/// Whether a condition holds; `None` if a part that is not loaded is needed.
pub(super) fn holds(condition: &Condition, candidate: &Candidate<'_>) -> Option<bool> {
    match condition {
        Condition::All(conditions) => all(conditions.iter().map(|one| holds(one, candidate))),
        Condition::Any(conditions) => any(conditions.iter().map(|one| holds(one, candidate))),
        Condition::Not(condition) => holds(condition, candidate).map(|holds| !holds),
        Condition::Term(term) => any(term
            .tests
            .iter()
            .map(|test| holds_test(term, test, candidate))),
    }
}

/// Whether all hold: one that does not is enough to know.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(answers.map(|answer| answer.map(|holds| !holds))).map(|holds| !holds)
}

/// Whether one holds: the first that does is enough to know.
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(false);
    for answer in answers {
        match answer {
            Some(true) => return answer,
            Some(false) => {}
            None => known = None,
        }
    }
    known
}

fn holds_test(term: &Term, test: &Test, candidate: &Candidate<'_>) -> Option<bool> {
    let holds_for = |value: &str| holds_for_text(test, value.as_bytes());
    match &term.subject {
        Subject::Anywhere => anywhere(test, candidate),
        Subject::Field(field) => holds_for_field(*field, test, candidate),
        Subject::Header(name) => {
            let lines = candidate.head?.headers();
            let mut named = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
            Some(named.any(|(_, value)| holds_for(&value)))
        }
        Subject::QueryParam(name) => {
            let pairs = target::query_pairs(&candidate.summary.target).into_iter();
            let mut named = pairs.filter(|(found, _)| found == name);
            Some(named.any(|(_, value)| holds_for(&value)))
        }
        Subject::FormField(name) => {
            let fields = candidate.texts()?.fields().iter();
            let mut named = fields.filter(|field| field.name == *name);
            Some(named.any(|field| holds_for(field.value.as_deref().unwrap_or_default())))
        }
        Subject::Json(names) => {
            let roots = candidate.texts()?.json().into_iter();
            let mut roots = roots.map(RawJson::new);
            Some(roots.any(|root| names.any(root, &|value| holds_for_json(test, value))))
        }
    }
}

/// Target, header lines and body.
fn anywhere(test: &Test, candidate: &Candidate<'_>) -> Option<bool> {
    let target = &candidate.summary.target;
    let is_in_target = holds_for_text(test, target.as_bytes())
        || target.contains(['%', '+']) && {
            let decoded = target::decoded(target);
            holds_for_text(test, decoded.as_bytes())
        };
    if is_in_target {
        return Some(true);
    }
    let head = candidate.head?;
    let mut lines = String::with_capacity(head.raw.len());
    for (name, value) in head.headers() {
        lines.extend([&name, ": ", &value, "\n"]);
    }
    if holds_for_text(test, lines.as_bytes()) {
        return Some(true);
    }
    holds_for_body(test, candidate)
}

fn holds_for_body(test: &Test, candidate: &Candidate<'_>) -> Option<bool> {
    Some(
        candidate
            .texts()?
            .any(&mut |text| holds_for_text(test, text)),
    )
}

fn holds_for_field(field: Field, test: &Test, candidate: &Candidate<'_>) -> Option<bool> {
    let summary = candidate.summary;
    if field == Field::Body {
        return holds_for_body(test, candidate);
    }
    if field == Field::Encoding {
        let encodings = content::decode(candidate.head?, &[], &ContentOptions::default()).encodings;
        let mut names = encodings.iter().map(ToString::to_string);
        return Some(names.any(|name| holds_for_text(test, name.as_bytes())));
    }
    Some(match test {
        Test::Present => values::is_present(field, summary),
        Test::Choice(name) => holds_choice(field, name, summary),
        Test::Text(wanted) => values::texts(field, summary)
            .into_iter()
            .flatten()
            .any(|value| wanted.holds(value.as_bytes())),
        Test::Number(comparison, wanted) => {
            let found = values::number(field, summary);
            comparison.holds(found.map(|found| found.cmp(&wanted.value)))
        }
        Test::Decimal(..) => false,
    })
}

fn holds_choice(field: Field, name: &str, summary: &Summary) -> bool {
    match field {
        Field::Status => summary
            .reading
            .run
            .as_deref()
            .is_some_and(|run| values::status(run) == name),
        Field::Token => choices::token(summary.token_check.result) == Some(name),
        Field::Kind => {
            choices::body_kind(summary.body.kind) == Some(name)
                || choices::reading_kind(summary.reading.kind) == Some(name)
        }
        Field::Sender => {
            let run = summary.reading.run.as_deref();
            run.is_some_and(|run| choices::sender(run.sender.kind) == name)
        }
        Field::Http => values::http_version(summary) == name,
        Field::Finding => match choices::finding_code(name) {
            Some(code) => level_of(summary, code).is_some(),
            None => findings(summary)
                .iter()
                .any(|found| found.level.name() == name),
        },
        _ => false,
    }
}

/// A test of a text of the delivery. A number is compared with a text that is a number.
fn holds_for_text(test: &Test, found: &[u8]) -> bool {
    match test {
        Test::Present => true,
        Test::Text(wanted) => wanted.holds(found),
        Test::Decimal(comparison, wanted) => {
            let found = units::number_in(found.trim_ascii());
            comparison.holds(found.and_then(|found| found.partial_cmp(wanted)))
        }
        Test::Choice(_) | Test::Number(..) => false,
    }
}

fn holds_for_json(test: &Test, value: RawJson<'_>) -> bool {
    match test {
        Test::Text(wanted) => json_holds(wanted, value),
        other => holds_for_text(other, value.json().as_bytes()),
    }
}

fn json_holds(wanted: &TextMatch, value: RawJson<'_>) -> bool {
    let json = value.json();
    match value.json_type() {
        JsonType::String => value
            .text()
            .is_some_and(|text| wanted.holds(text.as_bytes())),
        JsonType::Object | JsonType::Array if wanted.how == How::Contains => {
            wanted.holds(json.as_bytes())
                || content::json_unescaped(json).is_some_and(|text| wanted.holds(text.as_bytes()))
        }
        JsonType::Object | JsonType::Array => false,
        JsonType::Literal | JsonType::Number => match wanted.how {
            How::Begins => wanted.holds(json.as_bytes()),
            _ => wanted.is(json.as_bytes()) || is_same_number(wanted, json),
        },
    }
}

/// Whether both are the same number, such as `5` and `5.0`. After `=`, only the same spelling is the same.
fn is_same_number(wanted: &TextMatch, json: &str) -> bool {
    let number = |text: &str| units::number_in(text.as_bytes());
    let same = number(&wanted.text).zip(number(json));
    !wanted.is_exact() && same.is_some_and(|(wanted, found)| wanted.total_cmp(&found).is_eq())
}
