//! Links to compare a delivery: with the others of its thread, or with any other.
//!
//! **Invariant:** the links contain ids and numbers only, never received text.

use askama::Template;
use askama::filters::HtmlSafe;
use uuid::Uuid;

use crate::domain::delivery::Summary;
use crate::domain::ids::{EndpointId, Seq};
use crate::web::links;

/// Links to the deliveries of its thread, and to the differences from another delivery.
#[derive(Template)]
#[template(path = "_compare_with.html")]
pub(crate) struct CompareWith {
    id: EndpointId,
    seq: Seq,
    thread: Option<Uuid>,
}

impl HtmlSafe for CompareWith {}

impl CompareWith {
    pub(crate) fn new(delivery: &Summary) -> Self {
        Self {
            id: delivery.endpoint_id,
            seq: delivery.seq,
            thread: links::thread_id(delivery),
        }
    }
}
