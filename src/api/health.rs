//! Health checks: whether the process runs, and whether it can store captures.
//!
//! **Invariant:** anyone may call them, so they reveal nothing else.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::error::AppError;

/// The process is running.
#[utoipa::path(get, path = "/livez", tag = "health", responses((status = 200, description = "The process is running", body = String)))]
pub(super) async fn livez() -> HttpResponse {
    ok()
}

/// The storage can be written: a capture would be stored.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "The storage can be written", body = String),
    (status = 503, description = "The storage cannot be written", body = crate::error::Problem, content_type = "application/problem+json"),
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
