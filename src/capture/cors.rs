//! Lets pages of other origins send from a browser, and read the response (CORS, WHATWG Fetch section 3.3): answers preflights, and adds the
//! headers to responses.
//!
//! **Invariant:** no response allows cookies, and only a request that a browser sends as a preflight is answered as one: everything else is
//! a delivery.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::domain::cors::Cors;

/// How long a browser remembers the answer to a preflight, in seconds. Short, so that a changed setting takes effect soon.
const MAX_AGE_SECONDS: &str = "600";
/// What the answer to a preflight depends on.
const VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";
/// A page of a public site asks whether it may send to a private network (WICG Private Network Access).
const ASKS_FOR_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// Whether a browser asks if a page may send a request.
pub(super) fn is_preflight(request: &HttpRequest) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && only(headers, &header::ORIGIN).is_some()
        && only(headers, &header::ACCESS_CONTROL_REQUEST_METHOD).is_some()
        && !headers.contains_key(header::TRANSFER_ENCODING)
        && headers
            .get_all(header::CONTENT_LENGTH)
            .all(|length| length == "0")
}

/// The answer to a preflight. To a page that may not send it has no headers of CORS, from which the browser concludes that.
pub(super) fn answer_preflight(request: &HttpRequest, cors: &Cors) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::VARY, VARY));
    let asked = request.headers();
    let Some(allowed) = allowed(asked, cors) else {
        return response.finish();
    };
    response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed));
    response.insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS));
    // Any method and any header may be sent. `*` would leave out Authorization, and some browsers do not know it.
    if let Some(method) = asked.get(header::ACCESS_CONTROL_REQUEST_METHOD) {
        response.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, method.clone()));
    }
    for names in asked.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        response.append_header((header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone()));
    }
    if asked
        .get(ASKS_FOR_PRIVATE_NETWORK)
        .is_some_and(|asks| asks == "true")
    {
        response.insert_header((PRIVATE_NETWORK, "true"));
    }
    response.finish()
}

/// Lets an allowed page read the response to what it sent.
pub(super) fn allow_reading(response: &mut HttpResponse, request: &HttpRequest, cors: &Cors) {
    if !request.headers().contains_key(header::ORIGIN) {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(allowed) = allowed(request.headers(), cors) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("*"),
        );
    }
}

/// The value of `Access-Control-Allow-Origin` for the page that sent these header lines, if it is allowed.
fn allowed(headers: &HeaderMap, cors: &Cors) -> Option<HeaderValue> {
    let origin = only(headers, &header::ORIGIN)?.to_str().ok()?;
    HeaderValue::from_str(cors.allowed(origin)?).ok()
}

/// The value of a header that a browser sends once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name);
    values.next().filter(|_| values.next().is_none())
}
