//! Response headers that prevent captured text from doing harm if escaping fails.
//!
//! **Invariant:** a page runs and loads only what creel serves, and sends data only to creel.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Adds the protecting headers to a response; an existing Cache-Control stays.
pub(crate) fn protect(headers: &mut HeaderMap) {
    // A response may set a stricter policy itself.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        let policy = HeaderValue::from_static(POLICY);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Other sites get no reference to a window with one of our pages, and cannot embed our pages.
    set(header::CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    set(header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    // Not `no-referrer`: with it, browsers send `Origin: null` with our own forms. This value tells other sites just as little.
    set(header::REFERRER_POLICY, "same-origin");
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
