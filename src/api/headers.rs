//! Protecting headers for responses of the API, in case a browser receives them.
//!
//! **Invariant:** every response under `/api` has them, including errors and responses of checks before the handlers.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

/// For every response. Responses contain tokens and keys, so they must not be cached, embedded or interpreted as another type.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "private, no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];
/// For a response without its own policy.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds the headers to every response.
///
/// # Errors
/// Those of the checks before the handlers, with the headers on their responses. `DefaultHeaders` would not add them there.
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
