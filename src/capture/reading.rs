//! Interprets a request: a LangGraph run, or otherwise the service that sent it.
//!
//! **Invariant:** reading never fails, and its result does not change how the request is stored.

use crate::domain::delivery::{BodyKind, Intake};
use crate::domain::run::{Reading, ReadingKind};
use crate::langgraph;
use crate::sources;

/// The kind of the body, and its interpretation.
pub(super) fn read(intake: &Intake) -> (BodyKind, Reading) {
    let (head, body) = (&intake.head, &intake.body);
    let (kind, mut reading) = langgraph::read(head, body, intake.cut, intake.received_at);
    if reading.kind != ReadingKind::Run {
        reading.source = sources::read(head, body, reading.observations.langsmith);
    }
    (kind, reading)
}
