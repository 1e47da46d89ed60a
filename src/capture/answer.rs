//! The response to the sender. LangGraph ignores the body of a response; the status decides whether it retries.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::domain::delivery::Truncation;
use crate::domain::reply::Reply;

/// The reply to a delivery: the endpoint's, or 408 if the body timed out; none if the sender disconnected.
pub(super) fn reply(of_endpoint: &Reply, cut: Option<Truncation>) -> Option<Reply> {
    match cut {
        Some(Truncation::Disconnected) => None,
        Some(Truncation::TimedOut) => Some(Reply::always(StatusCode::REQUEST_TIMEOUT.as_u16())),
        None | Some(Truncation::TooLong | Truncation::Unknown) => Some(of_endpoint.clone()),
    }
}

/// The response to a stored delivery.
pub(super) fn send(status: Option<u16>) -> HttpResponse {
    let status = status
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or_default();
    let mut response = HttpResponse::build(status);
    if status == StatusCode::REQUEST_TIMEOUT {
        response.force_close();
        return response.finish();
    }
    // RFC 9110, sections 15.3.5 and 15.3.6: these two have no content.
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        return response.finish();
    }
    response
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body("caught\n")
}
