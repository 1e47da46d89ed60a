//! Serves creel below a path of its host (`--public-url https://tools.example.com/creel`). Some proxies remove the path before they pass a
//! request on, others do not, so requests with and without it are the same here.
//!
//! **Invariant:** only the path that routes compare changes. The target of a capture stays as received.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;

use crate::urls::Urls;

/// Removes the path below which creel is served from the path that routes compare.
pub(super) fn remove(request: &mut ServiceRequest, urls: &Urls) {
    let Some(below) = urls.below_base(request.path()) else {
        return;
    };
    let below = if below.is_empty() { "/" } else { below };
    // A part of a path that was a valid URI is one.
    if let Ok(below) = Uri::try_from(below) {
        request.match_info_mut().get_mut().update(&below);
    }
}
