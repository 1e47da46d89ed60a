//! The headers that protect an answer of the API from the browser that gets it.
//!
//! **Invariant:** every answer under `/api` carries them: also an error, and also one that a check before the handlers returns.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

/// For every answer. Answers hold tokens and keys: nothing may cache them, embed them or take them for something else.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "private, no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];
/// For an answer that has no policy of its own.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Puts the headers on every answer.
///
/// # Errors
/// Those of the checks before the handlers, with the headers on their answers. `DefaultHeaders` would leave these out.
pub(super) async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match next.call(request).await {
        Ok(mut response) => {
            set(response.headers_mut());
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            set(response.headers_mut());
            Err(InternalError::from_response(error, response).into())
        }
    }
}

fn set(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = HeaderValue::from_static(POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
