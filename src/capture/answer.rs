//! Sends the response to the sender. LangGraph ignores the body of a response; the status decides whether it retries.
//!
//! **Invariant:** the sent response is the stored one.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

use crate::domain::response::Response;
use crate::error::AppError;

/// The response to a stored delivery. Without a response its sender stopped in the middle of the body: one that closed only its own half of
/// the connection still reads, and is told that its request is incomplete (RFC 9112 section 8).
pub(super) fn send(response: Option<Response>) -> Result<HttpResponse, AppError> {
    let Some(response) = response else {
        return Ok(HttpResponse::BadRequest().force_close().finish());
    };
    let status = StatusCode::from_u16(response.status).map_err(|error| {
        tracing::error!(%error, status = response.status, "this status cannot be sent");
        AppError::Unavailable
    })?;
    let mut answer = HttpResponse::build(status);
    if response == Response::TIMEOUT {
        return Ok(answer.force_close().finish());
    }
    // RFC 9110, sections 15.3.5 and 15.3.6: these two have no content.
    if matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        return Ok(answer.finish());
    }
    answer.insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"));
    Ok(answer.body("caught\n"))
}
