//! What a delivery can be held against: the others of its thread, and another one.

use askama::Template;
use askama::filters::HtmlSafe;
use uuid::Uuid;

use crate::domain::delivery::Summary;
use crate::domain::ids::{EndpointId, Seq};
use crate::web::links;

/// What else there is to see of a delivery: the others of its thread, and what differs from another one.
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
