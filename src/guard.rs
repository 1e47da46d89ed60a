//! What a browser may be made to do: the Host and Origin checks of pages and API. Captures never pass here.
//!
//! **Invariant:** a page of another site can neither change anything (Origin) nor read anything under a name of its own that points
//! here (DNS rebinding, Host).

use std::net::IpAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::http::uri::Authority;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};

use crate::error::AppError;
use crate::state::App;

/// Lets a request of pages or API pass, or answers 403 with the reason.
///
/// # Errors
/// `Forbidden` for a foreign Host, and for a change that another site's page asks for.
pub async fn check(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(app) = request.app_data::<web::Data<App>>() {
        host_is_ours(request.request(), app)?;
        if !request.method().is_safe() {
            origin_is_ours(request.request(), app)?;
        }
    }
    next.call(request).await
}

fn host_is_ours(request: &HttpRequest, app: &App) -> Result<(), AppError> {
    let host = host_name(authority(request));
    // An address cannot be rebound, a name can: so every address is ours, and of the names those that we know.
    let known = host.parse::<IpAddr>().is_ok()
        || host == "localhost"
        || host.ends_with(".localhost")
        || app
            .config
            .public_url
            .as_ref()
            .is_some_and(|url| url.host() == host);
    if known {
        return Ok(());
    }
    Err(AppError::Forbidden(format!(
        "creel does not know itself as {host:?}; start it with --public-url to serve pages under that name"
    )))
}

fn origin_is_ours(request: &HttpRequest, app: &App) -> Result<(), AppError> {
    let text = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let foreign = match text(header::ORIGIN) {
        Some(origin) => {
            let same_host = origin
                .split_once("://")
                .is_some_and(|(_, host)| host == authority(request));
            !same_host
                && app
                    .config
                    .public_url
                    .as_ref()
                    .is_none_or(|url| url.origin() != origin)
        }
        // Programs send neither header; browsers that leave out Origin still say where the request comes from.
        None => text(header::HeaderName::from_static("sec-fetch-site"))
            .is_some_and(|site| !matches!(site, "same-origin" | "none")),
    };
    if foreign {
        Err(AppError::Forbidden(
            "a page of another site asked for this change".to_owned(),
        ))
    } else {
        Ok(())
    }
}

/// Host and port that the request was sent to. Not `connection_info`, which believes any `X-Forwarded-Host`.
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

/// The name in a Host header, without port and brackets, in lower case.
fn host_name(host: &str) -> String {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}
