//! The Host and Origin checks of pages and API, which protect against requests that other sites trigger in a browser. They do not apply to
//! captures.
//!
//! **Invariant:** a page of another site can neither change anything (Origin) nor read anything through its own host name that points here
//! (DNS rebinding, Host).

use std::net::IpAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::http::uri::Authority;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};

use super::Access;
use crate::error::AppError;
use crate::urls::{Urls, is_local_name};

/// Accepts a request to pages or API, or answers 403 with the reason.
///
/// # Errors
/// `Forbidden` for an unknown Host, and for a change requested by another site's page.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(access) = request.app_data::<web::Data<Access>>() {
        host_is_ours(request.request(), &access.urls)?;
        if !request.method().is_safe() {
            origin_is_ours(request.request(), &access.urls)?;
        }
    }
    next.call(request).await
}

fn host_is_ours(request: &HttpRequest, urls: &Urls) -> Result<(), AppError> {
    let authority = authority(request);
    if !urls.serves_pages(authority) {
        // Not which name serves them: it may have been chosen so that nobody can guess it.
        return Err(AppError::Forbidden(
            "this host name serves captures only; pages and API are at that of --public-url"
                .to_owned(),
        ));
    }
    let host = host_name(authority);
    // Only names can be rebound, not addresses. So all addresses are accepted, and only known names.
    let is_address = host.parse::<IpAddr>().is_ok();
    if is_address || is_local_name(&host) || urls.is_public_host(&host) {
        return Ok(());
    }
    Err(AppError::Forbidden(format!(
        "unrecognised Host {host:?}; to serve pages at that name, start creel with --public-url"
    )))
}

fn origin_is_ours(request: &HttpRequest, urls: &Urls) -> Result<(), AppError> {
    let header = |name| request.headers().get(name);
    let foreign = match header(header::ORIGIN) {
        Some(origin) => {
            let configured = urls.public_origin();
            let here = format!("http://{}", authority(request));
            origin != here.as_str() && configured.is_none_or(|ours| origin != ours.as_str())
        }
        // Programs send neither header; browsers that omit Origin still send Sec-Fetch-Site.
        None => header(HeaderName::from_static("sec-fetch-site"))
            .is_some_and(|site| site != "same-origin" && site != "none"),
    };
    if foreign {
        let why = "this change was requested by a page of another site".to_owned();
        return Err(AppError::Forbidden(why));
    }
    Ok(())
}

/// Host and port of the request. Not `connection_info`, which trusts any `X-Forwarded-Host`.
#[must_use]
pub fn authority(request: &HttpRequest) -> &str {
    let of_header = || {
        request
            .headers()
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
    };
    request
        .uri()
        .authority()
        .map(Authority::as_str)
        .or_else(of_header)
        .unwrap_or_default()
}

/// The name in `name[:port]`, without brackets, in lower case; empty for anything else.
fn host_name(authority: &str) -> String {
    let (name, port) = match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((name, "")) => (name, ""),
        Some((name, rest)) => (name, rest.strip_prefix(':').unwrap_or("no port")),
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return String::new();
    }
    let in_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if !name.bytes().all(in_a_name) {
        return String::new();
    }
    name.trim_end_matches('.').to_ascii_lowercase()
}
