//! What the sender is answered. LangGraph ignores the body of an answer; the status decides whether it sends again.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::domain::delivery::Truncation;
use crate::domain::reply::Reply;

/// What a delivery is answered: the endpoint's reply, unless its sender fell silent before the end of the body; none when it is gone.
pub(super) fn reply(of_endpoint: &Reply, cut: Option<Truncation>) -> Option<Reply> {
    match cut {
        Some(Truncation::Disconnected) => None,
        Some(Truncation::TimedOut) => Some(Reply::always(StatusCode::REQUEST_TIMEOUT.as_u16())),
        None | Some(Truncation::TooLong | Truncation::Unknown) => Some(of_endpoint.clone()),
    }
}

/// Answers a delivery that is on disk.
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
