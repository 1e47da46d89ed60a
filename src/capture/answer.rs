//! What the sender is told. LangGraph ignores the body of an answer; the status decides whether it sends again.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::domain::delivery::CutWhy;

/// The status for a delivery: 200, unless its sender fell silent before the end of the body.
pub(super) fn status(cut: Option<CutWhy>) -> u16 {
    match cut {
        Some(CutWhy::TimedOut) => StatusCode::REQUEST_TIMEOUT.as_u16(),
        None | Some(CutWhy::TooLong | CutWhy::Disconnected) => StatusCode::OK.as_u16(),
    }
}

/// Answers a delivery that is on disk.
pub(super) fn give(status: u16) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    if status == StatusCode::REQUEST_TIMEOUT {
        response.force_close();
        return response.finish();
    }
    response
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body("caught\n")
}
