//! The operator's page: all endpoints, and whether the store is well. Who is not the operator finds nothing here.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::error::PageError;
use super::home::{self, EndpointRow};
use super::page;
use crate::access;
use crate::error::AppError;
use crate::state::App;
use crate::store::Whose;

#[derive(Template)]
#[template(path = "operator.html")]
struct Operator {
    healthy: bool,
    mints: &'static str,
    endpoints: Vec<EndpointRow>,
    older: Option<String>,
}

/// `GET /operator`; with `?token=` it trades the token for a cookie and comes back without it.
pub(super) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    if let Some(token) = page::param(&request, "token") {
        return sign_in(&app, token);
    }
    if !access::is_operator(&request, &app) {
        return Err(AppError::NotFound.into());
    }
    let (endpoints, older) = home::endpoints(&request, &app, Whose::Everyone).await?;
    page::html(&Operator {
        healthy: app.store.check().await.is_ok(),
        mints: if app.config.operator_mints {
            "only the operator"
        } else {
            "anyone who reaches this page"
        },
        endpoints,
        older,
    })
}

fn sign_in(app: &App, token: String) -> Result<HttpResponse, PageError> {
    if !access::is_operator_token(app, &token) {
        return Err(AppError::NotFound.into());
    }
    let cookie = access::operator_cookie(app, token);
    Ok(page::with_cookies(page::see_other("/operator"), [cookie]))
}
