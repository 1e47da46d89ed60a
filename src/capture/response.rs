//! Builds the HTTP response to the sender. Its status was chosen by the endpoint's `ReplyPlan` (`domain/reply.rs`) when the delivery was
//! stored. LangGraph ignores the body; the status decides whether it retries.
//!
//! **Invariant:** the status is the stored one. A sender that disconnected has none stored and gets 400.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::domain::response::Response;
use crate::error::AppError;

/// The response to a stored delivery. `None` means that the sender stopped sending in the middle of the body. If it closed only its sending
/// half of the connection, it can still read, so it gets 400 for the incomplete request (RFC 9112 section 8).
pub(super) fn build(response: Option<Response>) -> Result<HttpResponse, AppError> {
    let Some(response) = response else {
        return Ok(HttpResponse::BadRequest().force_close().finish());
    };
    let status = StatusCode::from_u16(response.status).map_err(|error| {
        tracing::error!(%error, status = response.status, "this status cannot be sent");
        AppError::Unavailable
    })?;
    let mut builder = HttpResponse::build(status);
    if response == Response::TIMEOUT {
        return Ok(builder.force_close().finish());
    }
    // RFC 9110, sections 15.3.5 and 15.3.6: responses with these statuses have no content.
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        return Ok(builder.finish());
    }
    builder.insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"));
    Ok(builder.body("caught\n"))
}
