//! Whether the process lives and whether it can keep what arrives. Says nothing else, since anyone may ask.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::error::AppError;

/// The process answers.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, description = "The process answers", body = String)))]
pub(super) async fn livez() -> HttpResponse {
    ok()
}

/// The store can be written: a capture that arrived now would be kept.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "The store can be written", body = String),
    (status = 503, description = "It cannot", body = crate::error::Problem, content_type = "application/problem+json"),
))]
pub(super) async fn readyz(app: web::Data<App>) -> Result<HttpResponse, AppError> {
    app.store.check().await?;
    Ok(ok())
}

fn ok() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
