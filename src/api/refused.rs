//! The requests of an endpoint that HTTP forbids to accept.
//!
//! **Invariant:** who may read the deliveries of an endpoint may read these.

use actix_web::{HttpRequest, HttpResponse, web};

use super::arguments::endpoint_id;
use crate::app::App;
use crate::contract::refused::RefusedRequestsJson;
use crate::domain::refusal::{REFUSED_HEAD_BYTES_MAX, REFUSED_MAX};
use crate::error::{AppError, Problem};
use crate::response_memory::{self, JSON};

/// Lists requests that were refused before they could become deliveries.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/refused", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint")), responses(
    (status = 200, description = "The newest refused requests", body = inline(RefusedRequestsJson)),
    (status = 404, description = "No such endpoint, or no access", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many large responses are being sent", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list_refused(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let bytes = (REFUSED_MAX * REFUSED_HEAD_BYTES_MAX) as u64;
    let reserved = response_memory::reserve(&request, &app, bytes, JSON).await?;
    let refused = app.store.refused(id).await?;
    let response = HttpResponse::Ok().json(RefusedRequestsJson::from(refused));
    Ok(response_memory::keep(response, reserved))
}
