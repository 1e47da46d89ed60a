//! Renders pages, and parses their URLs.
//!
//! **Invariant:** an invalid id or seq in the path is `NotFound`. In the query, invalid values and unknown or repeated parameters are
//! ignored, so that a link with additional parameters still works; only an unknown charset is an error.

use std::str::FromStr;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;

use crate::access::cookies::Cookies;
use crate::app::App;
use crate::content::charset_name;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::error::AppError;
use crate::limits::response_memory::Reserved;
use crate::response_memory;
use crate::web::layout::error::PageError;
use crate::web::layout::headers::protect;

/// A rendered page.
///
/// # Errors
/// When the template fails, which is a bug.
pub(crate) fn html(template: &impl Template) -> Result<HttpResponse, PageError> {
    let text = template
        .render()
        .map_err(|error| PageError::internal(&error))?;
    Ok(HttpResponse::Ok()
        .content_type(header::ContentType::html())
        .body(text))
}

/// A rendered page that needs complete bodies.
///
/// # Errors
/// When the template fails, which is a bug.
pub(crate) fn kept_html(
    template: &impl Template,
    reserved: Reserved,
) -> Result<HttpResponse, PageError> {
    html(template).map(|response| response_memory::keep(response, reserved))
}

/// The redirect after a form was submitted.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

/// The response with cookies. All of them are creel's own, with characters that are valid in a header.
pub(crate) fn with_cookies(
    mut response: HttpResponse,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    for cookie in cookies {
        if let Err(error) = response.add_cookie(&cookie) {
            tracing::error!(error = %error, "a cookie is not a valid header value");
        }
    }
    response
}

/// Adds the protecting headers to every response, including errors, and turns errors of the outer checks into pages.
///
/// # Errors
/// Those of the handlers, as pages.
pub(crate) async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let removals = Cookies::removals_of_old(request.request());
    match next.call(request).await {
        Ok(mut response) => {
            protect(response.headers_mut());
            for cookie in &removals {
                if let Err(error) = response.response_mut().add_cookie(cookie) {
                    tracing::error!(error = %error, "a cookie is not a valid header value");
                }
            }
            Ok(response)
        }
        Err(error) => Err(match error.as_error::<AppError>() {
            Some(known) => PageError::from(known).into(),
            None => error,
        }),
    }
}

/// The endpoint id in the path.
///
/// # Errors
/// `NotFound` if it is not an id.
pub(crate) fn endpoint_id(request: &HttpRequest) -> Result<EndpointId, AppError> {
    path_part(request, "endpoint")
}

/// The endpoint in the path, for a request that may change it.
///
/// # Errors
/// `NotFound` if it does not exist, or the caller may not change it.
pub(crate) async fn managed_endpoint(
    request: &HttpRequest,
    app: &App,
) -> Result<Arc<Endpoint>, AppError> {
    app.access.manager(request, endpoint_id(request)?).await
}

/// The seq in the path.
///
/// # Errors
/// `NotFound` if it is not a number.
pub(crate) fn seq(request: &HttpRequest) -> Result<Seq, AppError> {
    path_part(request, "seq").map(Seq)
}

/// A part of the path.
///
/// # Errors
/// `NotFound` if it is not of that type.
pub(crate) fn path_part<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T, AppError> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| AppError::NotFound)
}

/// The first query parameter of that name. Unknown and repeated ones are ignored, so a link with additional parameters still works.
pub(crate) fn param(request: &HttpRequest, name: &str) -> Option<String> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// What to say on the page that follows the deletion of an endpoint.
pub(crate) fn deletion(request: &HttpRequest) -> Option<&'static str> {
    param(request, "deleted").map(|_| "The endpoint is deleted.")
}

/// The charset that a request names, by its WHATWG name. An unknown one is an error, because the page would show something else than asked.
///
/// # Errors
/// `Invalid` if there is no charset with that label.
pub(crate) fn charset(request: &HttpRequest) -> Result<Option<&'static str>, AppError> {
    let Some(label) = param(request, "charset").filter(|label| !label.is_empty()) else {
        return Ok(None);
    };
    let name = charset_name(&label).ok_or_else(AppError::unknown_charset)?;
    Ok(Some(name))
}

/// A query parameter that is an id or a number; an invalid one counts as absent.
pub(crate) fn parsed_param<T: FromStr>(request: &HttpRequest, name: &str) -> Option<T> {
    param(request, name)?.parse().ok()
}

/// A query parameter that is a seq.
pub(crate) fn seq_param(request: &HttpRequest, name: &str) -> Option<Seq> {
    parsed_param(request, name).map(Seq)
}
