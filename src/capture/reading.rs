//! What a request means: a run of LangGraph, or else which service sent it.
//!
//! **Invariant:** reading never fails, and what it finds changes nothing about how the request is kept.

use crate::domain::delivery::{BodyKind, Intake};
use crate::domain::run::{Reading, ReadingKind};
use crate::langgraph;
use crate::sources;

/// What the bytes of the body are, and what was understood of them.
pub(super) fn read(intake: &Intake) -> (BodyKind, Reading) {
    let (head, body) = (&intake.head, &intake.body);
    let (kind, mut reading) = langgraph::read(head, body, intake.cut, intake.received_at);
    if reading.kind != ReadingKind::Run {
        reading.source = sources::read(head, body, reading.observations.langsmith);
    }
    (kind, reading)
}
