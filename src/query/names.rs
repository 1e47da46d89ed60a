//! The name of a field: `status`, `header.x-request-id`, `json.values."a.b".0`.
//!
//! **Invariant:** what is between quotes is one step of the name, whatever it contains.

use super::ast::Subject;
use super::error::QueryError;
use super::fields::{Field, FieldEntry};
use super::json_names::{JsonNames, JsonStep, STEPS_MAX};
use super::scanner::{Piece, Scanner};

/// Ends of a step.
const ENDS: &[char] = &['.', ':', ','];

/// A name as written.
#[derive(Debug)]
pub(super) struct FieldName {
    /// Where it begins.
    pub(super) position: usize,
    /// The part before the first dot.
    pub(super) base: String,
    /// The steps after it.
    steps: Vec<Piece>,
}

impl FieldName {
    /// Reads a name; `None` if none begins here. Whether a colon follows is for the caller to see.
    pub(super) fn read(scanner: &mut Scanner) -> Result<Option<Self>, QueryError> {
        if matches!(scanner.peek(), None | Some('"' | '(' | ',')) {
            return Ok(None);
        }
        let base = scanner.bare(ENDS)?;
        let mut steps = Vec::new();
        while scanner.take('.') {
            steps.push(match scanner.peek() {
                Some('"') => scanner.quoted()?,
                _ => scanner.bare(ENDS)?,
            });
        }
        Ok(Some(Self {
            position: base.position,
            base: base.text,
            steps,
        }))
    }
}

/// What a name means.
pub(super) fn subject(entry: &FieldEntry, name: &FieldName) -> Result<Subject, QueryError> {
    let Some(suffix) = entry.suffix else {
        return match name.steps.first() {
            None => Ok(Subject::Field(entry.field)),
            Some(step) => {
                let message = format!("{} has no names after a dot", entry.name);
                Err(QueryError::new(step.position - 1, message))
            }
        };
    };
    let end = name.position + name.base.chars().count();
    if name.steps.is_empty() {
        let message = format!("{} needs a name: {}.{suffix}", entry.name, entry.name);
        return Err(QueryError::new(end, message));
    }
    if let Some(empty) = name
        .steps
        .iter()
        .find(|step| step.text.is_empty() && !step.is_quoted)
    {
        return Err(QueryError::new(
            empty.position,
            "a name is missing after the dot",
        ));
    }
    if entry.field == Field::Json {
        return json(&name.steps).map(Subject::Json);
    }
    let texts: Vec<&str> = name.steps.iter().map(|step| step.text.as_str()).collect();
    let text = texts.join(".");
    Ok(match entry.field {
        Field::Header => Subject::Header(text),
        Field::Query => Subject::QueryParam(text),
        _ => Subject::FormField(text),
    })
}

fn json(steps: &[Piece]) -> Result<JsonNames, QueryError> {
    if let Some(step) = steps.get(STEPS_MAX) {
        let message = format!("a path has at most {STEPS_MAX} steps");
        return Err(QueryError::new(step.position, message));
    }
    let step = |piece: &Piece| match piece.text.as_str() {
        "*" if !piece.is_quoted => JsonStep::Each,
        name => JsonStep::Name(name.to_owned()),
    };
    Ok(JsonNames {
        steps: steps.iter().map(step).collect(),
    })
}
