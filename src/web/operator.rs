//! The operator's page, with all endpoints and the state of the storage, and the sign-in page.
//!
//! **Invariant:** the operator token is accepted only in the body of a form, and no response repeats it.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::error::AppError;
use crate::store::EndpointFilter;
use crate::web::home::{self, EndpointRow};
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;

#[derive(Template)]
#[template(path = "operator.html")]
struct Operator {
    healthy: bool,
    mints: &'static str,
    endpoints: Vec<EndpointRow>,
    older: Option<String>,
}

/// The sign-in page.
#[derive(Template)]
#[template(path = "operator_sign_in.html")]
struct SignIn {
    /// Why the last attempt failed.
    wrong: Option<&'static str>,
}

/// What the sign-in form sends.
#[derive(Deserialize)]
pub(crate) struct Token {
    token: String,
}

/// `GET /operator`; with `?code=` it signs in and redirects to the URL without the code.
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let code = page::param(&request, "code");
    // A HEAD request, for example of a link checker, must not use up the code.
    if let Some(code) = code.filter(|_| request.method() != Method::HEAD) {
        let signed_in = app.access.sign_in_with_code(&request, &code).await;
        if signed_in.is_err() && app.access.is_operator(&request).await? {
            return Ok(page::see_other("/operator"));
        }
        return after_sign_in(
            signed_in,
            "This sign-in link was already used, or creel was restarted since.",
        );
    }
    if !app.access.is_operator(&request).await? {
        return sign_in_page(None);
    }
    let (endpoints, older) = home::endpoints(&request, &app, EndpointFilter::Any).await?;
    page::html(&Operator {
        healthy: app.store.check().await.is_ok(),
        mints: if app.config.operator_creates {
            "Only the operator"
        } else {
            "Anyone who can reach this page"
        },
        endpoints,
        older,
    })
}

/// `POST /operator`: signs in with the operator token.
pub(crate) async fn sign_in(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<Token>,
) -> Result<HttpResponse, PageError> {
    let token = form.token.trim();
    let signed_in = app.access.sign_in_with_token(&request, token).await;
    after_sign_in(signed_in, "Wrong operator token.")
}

/// `POST /operator/sign-out`: ends the session of this browser.
pub(crate) async fn sign_out(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let removal = app.access.sign_out(&request).await?;
    Ok(page::with_cookies(page::see_other("/"), [removal]))
}

fn after_sign_in(
    signed_in: Result<Vec<actix_web::cookie::Cookie<'static>>, AppError>,
    wrong: &'static str,
) -> Result<HttpResponse, PageError> {
    match signed_in {
        Ok(cookies) => Ok(page::with_cookies(page::see_other("/operator"), cookies)),
        Err(AppError::NotFound) => sign_in_page(Some(wrong)),
        Err(error) => Err(error.into()),
    }
}

fn sign_in_page(wrong: Option<&'static str>) -> Result<HttpResponse, PageError> {
    let mut page = page::html(&SignIn { wrong })?;
    *page.status_mut() = StatusCode::FORBIDDEN;
    Ok(page)
}
