//! The operator's page, with all endpoints and the state of the storage, and the sign-in page.
//!
//! **Invariant:** the operator token is accepted only in the body of a form, and no response repeats it.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::app::App;
use crate::domain::ids::EndpointId;
use crate::error::AppError;
use crate::store::EndpointFilter;
use crate::web::endpoints::EndpointTable;
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;
use crate::web::links;
use crate::web::render::format;

#[derive(Template)]
#[template(path = "operator.html")]
struct Operator {
    healthy: bool,
    /// Size of the database, and free space on its disk.
    size: Option<String>,
    free: Option<String>,
    only_operator_creates: bool,
    /// The text that is searched for; empty for all endpoints.
    q: String,
    endpoints: EndpointTable,
    /// Whether this is not the first page.
    is_later: bool,
    /// What was done just now.
    done: Option<&'static str>,
    older_href: Option<String>,
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
            return Ok(page::see_other(&links::page("/operator")));
        }
        return after_sign_in(
            signed_in,
            "This sign-in link was already used, or creel was restarted since.",
        );
    }
    if !app.access.is_operator(&request).await? {
        return sign_in_page(None);
    }
    let q = page::param(&request, "q").unwrap_or_default();
    let q = q.trim();
    let filter = if q.is_empty() {
        EndpointFilter::Any
    } else {
        EndpointFilter::Matching(q.to_owned())
    };
    let endpoints = EndpointTable::read(&request, &app, filter).await?;
    // The page is most useful when the disk has a problem, so it does without these figures if need be.
    let disk = app.store.disk_use().await.ok();
    let free = disk.and_then(|disk| disk.free);
    page::html(&Operator {
        healthy: app.store.check().await.is_ok(),
        size: disk.map(|disk| format::bytes(disk.bytes)),
        free: free.map(format::bytes),
        only_operator_creates: app.config.operator_creates,
        is_later: page::param(&request, "before").is_some(),
        done: page::deletion(&request),
        older_href: endpoints.older.map(|before| href(q, before)),
        endpoints,
        q: q.to_owned(),
    })
}

/// The page of the endpoints that match `q` and were created before another one.
fn href(q: &str, before: EndpointId) -> String {
    let mut query = Serializer::new(String::new());
    if !q.is_empty() {
        query.append_pair("q", q);
    }
    let query = query.append_pair("before", &before.to_string()).finish();
    links::page(&format!("/operator?{query}"))
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
    Ok(page::with_cookies(
        page::see_other(&links::page("/")),
        [removal],
    ))
}

fn after_sign_in(
    signed_in: Result<Vec<actix_web::cookie::Cookie<'static>>, AppError>,
    wrong: &'static str,
) -> Result<HttpResponse, PageError> {
    match signed_in {
        Ok(cookies) => Ok(page::with_cookies(
            page::see_other(&links::page("/operator")),
            cookies,
        )),
        Err(AppError::NotFound) => sign_in_page(Some(wrong)),
        Err(error) => Err(error.into()),
    }
}

fn sign_in_page(wrong: Option<&'static str>) -> Result<HttpResponse, PageError> {
    let mut page = page::html(&SignIn { wrong })?;
    *page.status_mut() = StatusCode::FORBIDDEN;
    Ok(page)
}
