//! How pages are answered, and what their addresses ask for.

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
use crate::answers;
use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::error::AppError;
use crate::limits::answer_memory::Reserved;
use crate::web::layout::error::PageError;
use crate::web::layout::headers::protect;

/// A rendered page.
///
/// # Errors
/// When the template fails, which is a mistake of creel's own.
pub(crate) fn html(template: &impl Template) -> Result<HttpResponse, PageError> {
    let text = template
        .render()
        .map_err(|error| PageError::internal(&error))?;
    Ok(HttpResponse::Ok()
        .content_type(header::ContentType::html())
        .body(text))
}

/// A rendered page that is made from whole bodies.
///
/// # Errors
/// When the template fails, which is a mistake of creel's own.
pub(crate) fn kept_html(
    template: &impl Template,
    reserved: Reserved,
) -> Result<HttpResponse, PageError> {
    html(template).map(|response| answers::keep(response, reserved))
}

/// The way on after a form was sent.
pub(crate) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

/// The answer with cookies. All of them are creel's own, made of characters that fit into a header.
pub(crate) fn with_cookies(
    mut response: HttpResponse,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    for cookie in cookies {
        if let Err(error) = response.add_cookie(&cookie) {
            tracing::error!(error = %error, "a cookie does not fit into a header");
        }
    }
    response
}

/// Puts the protecting headers on every answer, errors included, and turns errors of the outer checks into pages.
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
                    tracing::error!(error = %error, "a cookie does not fit into a header");
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

/// The endpoint that the path names.
///
/// # Errors
/// `NotFound` when it is no id at all.
pub(crate) fn endpoint_id(request: &HttpRequest) -> Result<EndpointId, AppError> {
    path_part(request, "endpoint")
}

/// The endpoint that the path names, for a request that may change it.
///
/// # Errors
/// `NotFound` when there is none, or it is not the requester's to change.
pub(crate) async fn managed_endpoint(
    request: &HttpRequest,
    app: &App,
) -> Result<Arc<Endpoint>, AppError> {
    app.access.manager(request, endpoint_id(request)?).await
}

/// The delivery that the path names.
///
/// # Errors
/// `NotFound` when it is no number.
pub(crate) fn seq(request: &HttpRequest) -> Result<Seq, AppError> {
    path_part(request, "seq").map(Seq)
}

/// A part of the path.
///
/// # Errors
/// `NotFound` when it is not of that kind.
pub(crate) fn path_part<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T, AppError> {
    let text = request.match_info().get(name).unwrap_or_default();
    text.parse().map_err(|_| AppError::NotFound)
}

/// The first query parameter of that name. Unknown and repeated ones do no harm: a link with a tail still opens.
pub(crate) fn param(request: &HttpRequest, name: &str) -> Option<String> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// A query parameter that is an id or a number; what is none counts as not given.
pub(crate) fn parsed_param<T: FromStr>(request: &HttpRequest, name: &str) -> Option<T> {
    param(request, name)?.parse().ok()
}

/// A query parameter that is a seq.
pub(crate) fn seq_param(request: &HttpRequest, name: &str) -> Option<Seq> {
    parsed_param(request, name).map(Seq)
}
